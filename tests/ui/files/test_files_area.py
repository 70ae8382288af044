import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from services.api.errors import ProblemKind
from services.events import (
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
)
from tests.support.making import problem, remote_file
from ui.files.file_list import FileFilter
from ui.files.files_area import FilesArea

ONE = remote_file("one.jsonl", id="file-1", purpose="batch", size=10)
TWO = remote_file("two.pdf", id="file-2", purpose="user_data", size=None)


@pytest.fixture
def area(qtbot: QtBot) -> FilesArea:
    made = FilesArea(lambda: 1_800_000_000.0)
    qtbot.addWidget(made)
    made.show()
    made.begin_account("acme", None)
    return made


def list_files(area: FilesArea, listing: int, *files, complete: bool = True) -> None:
    area.take(ListingStarted("acme", listing))
    area.take(FilesListed("acme", listing, files, len(files)))
    area.take(ListingEnded("acme", listing, complete))


def said(area: FilesArea) -> str:
    if area.table.isVisible():
        return "table"
    return "\n".join(one.text() for one in area.page.findChildren(QLabel) if one.isVisible())


def test_a_new_account_is_being_fetched_until_it_is_listed(area: FilesArea) -> None:
    area.take(ListingStarted("acme", 1))
    assert "Fetching the list" in said(area)
    area.take(ListingEnded("acme", 1, complete=True))
    assert "No files yet" in said(area)


def test_a_page_brings_the_table(area: FilesArea) -> None:
    list_files(area, 1, ONE, TWO)
    assert said(area) == "table"
    assert set(area.shown) == {ONE, TWO}
    assert area.shown_sums == (2, 10)


def test_files_that_a_whole_listing_does_not_have_go_and_others_stay(area: FilesArea) -> None:
    list_files(area, 1, ONE, TWO)
    list_files(area, 2, ONE, complete=False)
    assert len(area.shown) == 2
    list_files(area, 3, ONE)
    assert list(area.shown) == [ONE]


def test_what_another_account_tells_is_not_taken(area: FilesArea) -> None:
    list_files(area, 1, ONE)
    assert not area.take(FileAdded("other", TWO))
    assert not area.take(FileDeleted("other", ONE.id))
    assert not area.take(ListingStarted("other", 2))
    assert list(area.shown) == [ONE]


def test_an_older_listing_is_not_taken_even_where_it_starts_late(area: FilesArea) -> None:
    assert area.take(ListingStarted("acme", 5))
    assert not area.take(ListingStarted("acme", 4))
    assert not area.take(FilesListed("acme", 4, (TWO,), 1))
    assert not area.take(ListingEnded("acme", 4, complete=False))
    assert area.take(FilesListed("acme", 5, (ONE,), 1))
    assert area.take(ListingEnded("acme", 5, complete=True))
    assert list(area.shown) == [ONE]


def test_a_failed_listing_without_rows_has_a_page(area: FilesArea) -> None:
    area.take(ListingStarted("acme", 1))
    area.take(ListingEnded("acme", 1, complete=False, problem=problem("No way")))
    assert "No way" in said(area)
    area.take(ListingStarted("acme", 2))
    assert "Fetching the list" in said(area)


def test_a_listing_stopped_before_the_first_row_is_not_called_empty(area: FilesArea) -> None:
    area.take(ListingStarted("acme", 1))
    area.take(ListingEnded("acme", 1, complete=False))
    assert "could not be fetched" in said(area)


def test_an_account_that_fails_says_so_and_a_new_one_begins_without(area: FilesArea) -> None:
    area.show_failure(problem("There is no key", kind=ProblemKind.KEY_MISSING))
    assert "There is no key" in said(area)
    area.begin_account("other", None)
    assert "There is no key" not in said(area)


def test_a_filter_that_lets_nothing_through_says_so(area: FilesArea) -> None:
    list_files(area, 1, ONE, TWO)
    area.search("seven")
    assert "No file matches “seven”" in said(area)
    area.search("")
    area.choose(FileFilter(purpose="batch"))
    assert list(area.shown) == [ONE]


def test_an_upload_and_a_delete_show_while_nothing_is_listed(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, ONE)
    area.take(FileAdded("acme", TWO))
    qtbot.waitUntil(lambda: set(area.shown) == {ONE, TWO})
    area.take(FileDeleted("acme", ONE.id))
    qtbot.waitUntil(lambda: list(area.shown) == [TWO])
    area.take(FileDeleted("acme", TWO.id))
    qtbot.waitUntil(lambda: "No files yet" in said(area))


def test_many_changes_at_once_are_shown_once(area: FilesArea, qtbot: QtBot) -> None:
    files = [remote_file(f"{number}.jsonl") for number in range(200)]
    list_files(area, 1, *files)
    changes = QSignalSpy(area.list_changed)
    for file in files[:100]:
        area.take(FileDeleted("acme", file.id))
    qtbot.waitUntil(lambda: len(area.shown) == 100)
    assert changes.count() <= 2


def test_a_retrieved_file_changes_its_row_and_adds_none(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, ONE)
    expired = remote_file("one.jsonl", id="file-1", purpose="batch", size=10, status="error")
    area.take(FileRetrieved("acme", ONE.id, (), expired))
    area.take(FileRetrieved("acme", TWO.id, (), TWO))
    qtbot.waitUntil(lambda: list(area.shown) == [expired])


def test_the_end_of_an_account_leaves_nothing(area: FilesArea) -> None:
    list_files(area, 1, ONE)
    area.end_account()
    assert list(area.shown) == []
    assert not area.take(FileAdded("acme", TWO))
