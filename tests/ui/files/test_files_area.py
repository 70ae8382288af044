import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter
from services.browse.ordering import Column
from services.catalog.events import (
    CachedFilesListed,
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
)
from services.problems.errors import ProblemKind
from tests.support.factories import CREATED_AT, problem, remote_file
from ui.files.files_area import FilesArea
from ui.table.columns import SECTION_OF

ONE = remote_file("one.jsonl", id="file-1", purpose="batch", size=10)
TWO = remote_file("two.pdf", id="file-2", purpose="user_data", size=None)


@pytest.fixture
def area(qtbot: QtBot) -> FilesArea:
    made = FilesArea(lambda: 1_800_000_000.0)
    qtbot.addWidget(made)
    made.show()
    made.switch_account("acme", None)
    return made


def list_files(area: FilesArea, listing: int, *files: RemoteFile, complete: bool = True) -> None:
    area.apply_event(ListingStarted("acme", listing))
    area.apply_event(FilesListed("acme", listing, files, len(files)))
    area.apply_event(ListingEnded("acme", listing, complete))


def visible_text(area: FilesArea) -> str:
    if area.table.isVisible():
        return "table"
    return "\n".join(one.text() for one in area.page.findChildren(QLabel) if one.isVisible())


def test_a_new_account_is_loading_until_it_is_listed(area: FilesArea) -> None:
    assert "Loading files" in visible_text(area), "nobody knows yet that it has no files"
    area.apply_event(ListingStarted("acme", 1))
    assert "Loading files" in visible_text(area)
    area.apply_event(ListingEnded("acme", 1, complete=True))
    assert "No files yet" in visible_text(area)


def test_the_first_page_shows_the_table(area: FilesArea) -> None:
    list_files(area, 1, ONE, TWO)
    assert visible_text(area) == "table"
    assert set(area.shown) == {ONE, TWO}
    assert area.shown_totals == (2, 10)


def test_a_complete_listing_removes_missing_files_and_keeps_others(area: FilesArea) -> None:
    list_files(area, 1, ONE, TWO)
    list_files(area, 2, ONE, complete=False)
    assert len(area.shown) == 2
    list_files(area, 3, ONE)
    assert list(area.shown) == [ONE]


def test_events_of_another_account_are_ignored(area: FilesArea) -> None:
    list_files(area, 1, ONE)
    assert not area.apply_event(FileAdded("other", TWO))
    assert not area.apply_event(FileDeleted("other", ONE.id))
    assert not area.apply_event(ListingStarted("other", 2))
    assert list(area.shown) == [ONE]


def test_an_older_listing_is_ignored_even_if_it_starts_late(area: FilesArea) -> None:
    assert area.apply_event(ListingStarted("acme", 5))
    assert not area.apply_event(ListingStarted("acme", 4))
    assert not area.apply_event(FilesListed("acme", 4, (TWO,), 1))
    assert not area.apply_event(ListingEnded("acme", 4, complete=False))
    assert area.apply_event(FilesListed("acme", 5, (ONE,), 1))
    assert area.apply_event(ListingEnded("acme", 5, complete=True))
    assert list(area.shown) == [ONE]


def test_a_failed_listing_without_rows_shows_a_page(area: FilesArea) -> None:
    area.apply_event(ListingStarted("acme", 1))
    area.apply_event(ListingEnded("acme", 1, complete=False, problem=problem("No way")))
    assert "No way" in visible_text(area)
    area.apply_event(ListingStarted("acme", 2))
    assert "Loading files" in visible_text(area)


def test_a_listing_stopped_before_the_first_row_is_not_called_empty(area: FilesArea) -> None:
    area.apply_event(ListingStarted("acme", 1))
    area.apply_event(ListingEnded("acme", 1, complete=False))
    assert "couldn't be loaded" in visible_text(area)


def test_a_failing_account_shows_why_and_the_next_one_starts_clean(area: FilesArea) -> None:
    area.show_failure(problem("There is no key", kind=ProblemKind.KEY_MISSING))
    assert "There is no key" in visible_text(area)
    area.switch_account("other", None)
    assert "There is no key" not in visible_text(area)


def test_a_filter_that_matches_nothing_says_so(area: FilesArea) -> None:
    list_files(area, 1, ONE, TWO)
    area.search("seven")
    assert "No file matches “seven”" in visible_text(area)
    area.search("")
    area.choose(FileFilter(frozenset({"batch"})))
    assert list(area.shown) == [ONE]


def test_uploads_and_deletes_show_without_a_listing(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, ONE)
    area.apply_event(FileAdded("acme", TWO))
    qtbot.waitUntil(lambda: set(area.shown) == {ONE, TWO})
    area.apply_event(FileDeleted("acme", ONE.id))
    qtbot.waitUntil(lambda: list(area.shown) == [TWO])
    area.apply_event(FileDeleted("acme", TWO.id))
    qtbot.waitUntil(lambda: "No files yet" in visible_text(area))


def test_many_changes_share_one_refresh(area: FilesArea, qtbot: QtBot) -> None:
    files = [remote_file(f"{number}.jsonl") for number in range(200)]
    list_files(area, 1, *files)
    changes = QSignalSpy(area.list_changed)
    for file in files[:100]:
        area.apply_event(FileDeleted("acme", file.id))
    qtbot.waitUntil(lambda: len(area.shown) == 100)
    assert changes.count() <= 2


def test_a_retrieved_file_updates_its_row_and_adds_none(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, ONE)
    expired = remote_file("one.jsonl", id="file-1", purpose="batch", size=10, status="error")
    area.apply_event(FileRetrieved("acme", ONE.id, (), expired))
    area.apply_event(FileRetrieved("acme", TWO.id, (), TWO))
    qtbot.waitUntil(lambda: list(area.shown) == [expired])


def test_closing_an_account_leaves_nothing(area: FilesArea) -> None:
    list_files(area, 1, ONE)
    area.close_account()
    assert list(area.shown) == []
    assert not area.apply_event(FileAdded("acme", TWO))


OUTPUT = remote_file("answers.jsonl", id="file-out", purpose="batch_output")
LATER = remote_file("errors.jsonl", id="file-err", purpose="batch_output")


def outputs_spy(area: FilesArea) -> QSignalSpy:
    return QSignalSpy(area.outputs_found)


def reported_ids(spy: QSignalSpy) -> list[tuple[str, ...]]:
    return [tuple(file.id for file in spy.at(place)[0]) for place in range(spy.count())]


def test_no_file_is_said_to_match_before_the_rows_are_sorted(
    area: FilesArea, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(area.model.arranger, "slice_ms", 0)
    area.apply_event(CachedFilesListed("acme", (ONE, TWO), 1_799_990_000.0))
    assert area.model.is_arranging
    assert "Loading files" in visible_text(area)
    qtbot.waitUntil(lambda: len(area.shown) == 2)


def test_cached_files_show_at_once_and_only_a_complete_listing_removes_them(
    area: FilesArea, qtbot: QtBot
) -> None:
    area.apply_event(CachedFilesListed("acme", (ONE, TWO), 1_799_990_000.0))
    assert visible_text(area) == "table"
    list_files(area, 1, ONE, complete=False)
    assert set(area.shown) == {ONE, TWO}
    list_files(area, 2, ONE)
    assert list(area.shown) == [ONE]


def test_the_rest_of_a_cached_listing_is_shown_once_at_its_end(area: FilesArea) -> None:
    area.apply_event(CachedFilesListed("acme", (ONE,), 1_799_990_000.0))
    changes = QSignalSpy(area.model.has_changed)
    area.apply_event(CachedFilesListed("acme", (TWO,), 1_799_990_000.0, more=True))
    assert list(area.shown) == [ONE]
    assert len(area.files) == 2
    area.apply_event(CachedFilesListed("acme", (OUTPUT,), 1_799_990_000.0))
    assert set(area.shown) == {ONE, TWO, OUTPUT}
    assert changes.count() == 1


def test_a_resumed_listing_keeps_counting_and_keeps_its_files(area: FilesArea) -> None:
    shown = area.switch_account("acme", None)
    area.apply_event(CachedFilesListed("acme", (ONE, TWO), 1_799_990_000.0))
    area.apply_event(ListingStarted("acme", 1))
    area.apply_event(FilesListed("acme", 1, (ONE,), 1))
    area.apply_event(ListingEnded("acme", 1, complete=False, can_resume=True))
    area.apply_event(ListingStarted("acme", 1))
    assert shown.so_far == 1
    area.apply_event(FilesListed("acme", 1, (OUTPUT,), 2))
    area.apply_event(ListingEnded("acme", 1, complete=True))
    assert set(area.shown) == {ONE, OUTPUT}


def test_an_interrupted_listing_can_be_resumed_from_the_page(area: FilesArea, qtbot: QtBot) -> None:
    def button() -> QPushButton:
        (found,) = [
            one
            for one in area.page.findChildren(QPushButton)
            if one.text() == "Try again from here"
        ]
        return found

    area.apply_event(ListingStarted("acme", 1))
    area.apply_event(FilesListed("acme", 1, (ONE,), 1))
    area.apply_event(
        ListingEnded("acme", 1, complete=False, problem=problem("No"), can_resume=True)
    )
    area.search("something else")
    qtbot.waitUntil(button().isVisible)
    with qtbot.waitSignal(area.page.resume_requested):
        qtbot.mouseClick(button(), Qt.MouseButton.LeftButton)
    area.apply_event(ListingStarted("acme", 1))
    assert not button().isVisible()


def test_watched_files_are_added_and_outputs_reported_and_marked(
    area: FilesArea, qtbot: QtBot
) -> None:
    list_files(area, 1, ONE)
    outputs = outputs_spy(area)
    area.apply_event(NewFilesFound("acme", (OUTPUT, TWO)))
    qtbot.waitUntil(lambda: set(area.shown) == {ONE, TWO, OUTPUT})
    assert reported_ids(outputs) == [("file-out",)]
    assert area.files.is_new("file-out")
    assert not area.files.is_new(TWO.id)
    area.apply_event(NewFilesFound("acme", (OUTPUT,)))
    area.apply_event(NewFilesFound("other", (LATER,)))
    assert len(reported_ids(outputs)) == 1


def test_only_later_listings_report_new_outputs(area: FilesArea) -> None:
    outputs = outputs_spy(area)
    list_files(area, 1, OUTPUT)
    assert reported_ids(outputs) == []
    list_files(area, 2, OUTPUT, LATER)
    assert reported_ids(outputs) == [("file-err",)]


def test_outputs_since_the_last_visit_are_reported_on_opening(area: FilesArea) -> None:
    seen = remote_file("seen.jsonl", purpose="batch_output")
    area.switch_account("acme", seen.created_at)
    since = remote_file("since.jsonl", purpose="batch_output", created_at=CREATED_AT + 1)
    outputs = outputs_spy(area)
    area.apply_event(CachedFilesListed("acme", (ONE,), 1_799_990_000.0))
    list_files(area, 1, ONE, OUTPUT, seen, since)
    assert reported_ids(outputs) == [(since.id,)]
    assert area.files.is_new(since.id)
    area.switch_account("acme", None)
    assert area.files.new_count == 0


def test_a_first_visit_reports_no_outputs(area: FilesArea) -> None:
    outputs = outputs_spy(area)
    area.apply_event(CachedFilesListed("acme", (ONE,), 1_799_990_000.0))
    list_files(area, 1, ONE, OUTPUT)
    assert reported_ids(outputs) == []


def test_selecting_a_new_file_marks_it_as_seen(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, ONE)
    area.apply_event(NewFilesFound("acme", (OUTPUT, LATER)))
    qtbot.waitUntil(lambda: len(area.shown) == 3)
    area.table.select_ids([ONE.id])
    assert area.files.new_count == 2
    area.table.select_ids([OUTPUT.id])
    assert area.files.new_ids == {LATER.id}
    area.table.selectAll()
    assert area.files.new_count == 0


def test_selecting_very_many_files_marks_them_as_seen(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, *(remote_file(f"{number}.jsonl") for number in range(10_500)))
    area.apply_event(NewFilesFound("acme", (OUTPUT, LATER)))
    qtbot.waitUntil(lambda: len(area.shown) == 10_502)
    area.table.selectAll()
    assert area.files.new_count == 0


def test_pages_wait_until_sorting_is_done(area: FilesArea, qtbot: QtBot) -> None:
    files = [remote_file(f"run-{number}.jsonl") for number in range(30_000)]
    list_files(area, 1, *files)
    qtbot.waitUntil(lambda: len(area.shown) == 30_000)
    page = (*files[:999], OUTPUT)
    outputs = outputs_spy(area)
    area.model.arranger.slice_ms = 0
    area.model.sort(SECTION_OF[Column.NAME])
    assert area.model.is_arranging
    area.apply_event(ListingStarted("acme", 2))
    for number in range(3):
        area.apply_event(FilesListed("acme", 2, page, 1_000 * number))
    assert reported_ids(outputs) == []
    qtbot.waitUntil(lambda: OUTPUT in area.shown)
    assert reported_ids(outputs) == [("file-out",)]
    assert len(area.shown) == 30_001
    area.model.sort(SECTION_OF[Column.SIZE])
    assert area.model.is_arranging
    area.apply_event(FilesListed("acme", 2, (LATER,), 3_001))
    area.apply_event(ListingEnded("acme", 2, complete=True))
    qtbot.waitUntil(lambda: len(area.shown) == 1_001)
    assert LATER in area.shown
    assert reported_ids(outputs)[1:] == [("file-err",)]


def test_waiting_pages_are_not_added_to_the_next_account(area: FilesArea, qtbot: QtBot) -> None:
    list_files(area, 1, *(remote_file(f"run-{number}.jsonl") for number in range(30_000)))
    qtbot.waitUntil(lambda: len(area.shown) == 30_000)
    area.model.arranger.slice_ms = 0
    area.model.sort(SECTION_OF[Column.NAME])
    assert area.model.is_arranging
    area.apply_event(ListingStarted("acme", 2))
    area.apply_event(FilesListed("acme", 2, (OUTPUT,), 1))
    area.switch_account("other", None)
    list_files_of(area, "other", ONE)
    qtbot.waitUntil(lambda: list(area.shown) == [ONE])


def list_files_of(area: FilesArea, account_id: str, *files: RemoteFile) -> None:
    area.apply_event(ListingStarted(account_id, 9))
    area.apply_event(FilesListed(account_id, 9, files, len(files)))
    area.apply_event(ListingEnded(account_id, 9, complete=True))
