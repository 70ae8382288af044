"""Searching for files by what refers to them."""

import pytest

from services.browse.file_list import FileFilter, FileList
from services.browse.ordering import Column, Order
from services.browse.query import parse
from tests.support.factories import remote_file

NOW = 1_800_000_000


class Known:
    """Says what a test sets."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}
        self.all_referenced: tuple[frozenset[str], float] | None = (frozenset({"a", "b"}), NOW)

    def files_of(self, field: str, text: str) -> frozenset[str]:
        ids = {("batch", "nightly"): "a", ("store", "docs"): "b", ("job", "ftjob-1"): "a"}
        return frozenset(ids.get((field, text), ""))

    def referenced(self) -> tuple[frozenset[str], float] | None:
        return self.all_referenced

    def names(self) -> dict[str, str]:
        return self.named


@pytest.fixture
def files() -> FileList:
    made = FileList(lambda: NOW)
    made.set_references(Known())
    for name in "abc":
        made.add(remote_file(f"{name}.txt", id=name, created_at=NOW - 100))
    made.add(remote_file("new.txt", id="new", created_at=NOW + 1))
    return made


def found(files: FileList, text: str) -> set[str]:
    files.file_filter = FileFilter(text=text)
    return {file.id for file in files.arrange()}


def test_a_file_that_may_be_newer_than_the_check_is_not_called_unreferenced(
    files: FileList,
) -> None:
    files.add(remote_file("ageless.txt", id="ageless", created_at=None))
    files.add(remote_file("same-second.txt", id="same-second", created_at=NOW))
    assert found(files, "ref:none") == {"c"}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("batch:nightly", {"a"}),
        ("batch:NIGHTLY", {"a"}),
        ("store:docs", {"b"}),
        ("job:ftjob-1", {"a"}),
        ("batch:other", set()),
        ("-batch:nightly", {"b", "c", "new"}),
        ("ref:none", {"c"}),
        ("-ref:none", {"a", "b", "new"}),
        ("ref:none new", set()),
    ],
)
def test_what_is_found(files: FileList, text: str, ids: set[str]) -> None:
    assert found(files, text) == ids


def test_nothing_is_called_unreferenced_unless_everything_was_asked(files: FileList) -> None:
    known = Known()
    known.all_referenced = None
    assert not files.set_references(known)
    assert found(files, "ref:none") == set()
    known.all_referenced = (frozenset({"a"}), NOW)
    assert files.set_references(known), "the search asks for it"
    assert found(files, "ref:none") == {"b", "c"}


def test_without_knowledge_nothing_is_found() -> None:
    files = FileList(lambda: NOW)
    files.add(remote_file(id="a"))
    assert found(files, "batch:nightly") == found(files, "ref:none") == set()


def test_files_are_sorted_by_the_names_of_what_refers_to_them(files: FileList) -> None:
    known = Known()
    known.named = {"a": "run 10", "c": "Run 9", "new": "docs"}
    files.order = Order(Column.NEEDED_BY)
    assert files.set_references(known), "the order asks for it"
    assert ids_of(files) == ["new", "c", "a", "b"]
    files.order = Order(Column.NEEDED_BY, descending=True)
    assert ids_of(files) == ["a", "c", "new", "b"]
    known.named = {"a": "run 10", "b": "zoo", "later": "abc"}
    assert files.set_references(known)
    assert ids_of(files) == ["b", "a", "c", "new"]
    files.add(remote_file("later.txt", id="later", created_at=NOW))
    files.order = Order(Column.NEEDED_BY)
    assert ids_of(files) == ["later", "a", "b", "c", "new"]
    files.file_filter = FileFilter(text="later")
    assert ids_of(files) == ["later"]
    files.order = Order(Column.ID)
    assert not files.set_references(known)


def ids_of(files: FileList) -> list[str]:
    return [file.id for file in files.arrange()]


def test_other_values_are_explained() -> None:
    (ignored,) = parse("ref:some").ignored
    assert "ref:none" in ignored.reason
