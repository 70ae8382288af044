"""Which links lead to files."""

import pytest

from ui.starting.file_link import is_link, linked_ids


@pytest.mark.parametrize(
    "link",
    [
        "filewharf://file/file-abc",
        "FileWharf://File/file-abc",
        "filewharf://file/file-abc/",
        "filewharf:file/file-abc",
        "filewharf://file/file%2Dabc",
    ],
)
def test_links_lead_to_a_file(link: str) -> None:
    assert is_link(link)
    assert linked_ids([link]) == ("file-abc",)


@pytest.mark.parametrize(
    "link",
    [
        "filewharf:",
        "filewharf://file/",
        "filewharf://delete/file-abc",
        "filewharf://file/file-abc?delete=yes",
        "filewharf://file/a/b",
        "filewharf://file/a%2Fb",
        "filewharf://file/a%20b",
        "filewharf://file/a%0Ab",
        "filewharf://file/%E2%80%AE",
        "filewharf://file/" + "a" * 201,
    ],
)
def test_other_links_are_not_understood(link: str) -> None:
    assert is_link(link)
    assert linked_ids(["filewharf://file/file-abc", link]) is None


def test_other_schemes_are_no_links() -> None:
    assert not is_link("file:///filewharf")
    assert not is_link("filewharfs://file/a")


def test_each_file_is_shown_once() -> None:
    assert linked_ids(["filewharf://file/b", "filewharf://file/a", "filewharf:file/b"]) == (
        "b",
        "a",
    )
