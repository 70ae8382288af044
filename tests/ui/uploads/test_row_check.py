from pathlib import Path
from typing import Any

import pytest

from services.disk.local_file import LocalFile
from services.providers.limits import OFFICIAL
from tests.support.factories import local_file, problem
from ui.uploads.row_check import CheckKind, check_file

_LARGE = 201 * 1024 * 1024


def a_file(name: str = "a.jsonl", size: int = 10, **more: Any) -> LocalFile:
    return local_file(Path("/a") / name, size=size, **more)


@pytest.mark.parametrize(
    ("file", "purpose", "kind", "words"),
    [
        (a_file(), "batch", CheckKind.OK, "Fits batch"),
        (a_file("a.pdf"), "batch", CheckKind.WARNING, "The file is not .jsonl"),
        (a_file("a.pdf"), "vision", CheckKind.WARNING, "The file is not an image"),
        (a_file(size=_LARGE), "batch", CheckKind.WARNING, "The file is larger than 200 MB"),
        (a_file(size=_LARGE), "user_data", CheckKind.OK, "Fits user_data"),
        (a_file(size=0), "user_data", CheckKind.WARNING, "The file is empty"),
    ],
)
def test_a_file_is_checked_by_name_and_size(
    file: LocalFile, purpose: str, kind: CheckKind, words: str
) -> None:
    check = check_file(file, purpose, OFFICIAL)
    assert (check.kind, check.text) == (kind, words)


def test_an_unreadable_file_is_unusable_with_the_reason() -> None:
    check = check_file(
        a_file(problem=problem("The file can't be read", advice="Ask.")), "batch", OFFICIAL
    )
    assert check.kind is CheckKind.UNUSABLE
    assert "The file can't be read" in check.text
    assert check.advice == "Ask."
