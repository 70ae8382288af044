"""File and disk errors are turned into problems with advice."""

import errno
from pathlib import Path

import pytest

from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import ProblemKind

PATH = Path("/home/me/work/notes.jsonl")


@pytest.mark.parametrize(
    ("code", "kind", "named"),
    [
        (errno.ENOSPC, ProblemKind.DISK_FULL, "work"),
        (errno.EDQUOT, ProblemKind.DISK_FULL, "work"),
        (errno.EACCES, ProblemKind.FOLDER_UNWRITABLE, "work"),
        (errno.ENOENT, ProblemKind.FOLDER_MISSING, "work"),
        (errno.ENOTDIR, ProblemKind.FOLDER_UNWRITABLE, "work"),
        (errno.EEXIST, ProblemKind.FOLDER_UNWRITABLE, "work"),
        (errno.EIO, ProblemKind.DISK_FAILED, ""),
    ],
)
def test_a_write_error_names_the_folder(code: int, kind: ProblemKind, named: str) -> None:
    made = error_writing(OSError(code, "what it says"), PATH)
    assert (made.problem.kind, made.body_sent) == (kind, False)
    assert named in f"{made.problem.title} {made.problem.advice}"
    assert "what it says" in made.problem.detail


def test_a_full_disk_is_recognized_by_its_windows_error_code() -> None:
    full = OSError(errno.EINVAL, "There is not enough space on the disk")
    full.winerror = 112  # type: ignore[attr-defined]
    assert error_writing(full, PATH).problem.kind is ProblemKind.DISK_FULL


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOENT, ProblemKind.FILE_MISSING),
        (errno.EACCES, ProblemKind.FILE_UNREADABLE),
        (errno.EIO, ProblemKind.FILE_UNREADABLE),
    ],
)
def test_a_read_error_names_the_file(code: int, kind: ProblemKind) -> None:
    made = error_reading(OSError(code, "what it says"), PATH)
    assert (made.problem.kind, made.problem.detail) == (kind, "what it says")
    assert "notes.jsonl" in made.problem.title


def test_an_error_without_a_system_message_uses_its_own_text() -> None:
    assert error_reading(OSError("odd"), PATH).problem.detail == "odd"


def test_a_folder_without_a_name_is_shown_with_its_path() -> None:
    made = error_writing(PermissionError(errno.EACCES, "no"), Path("/notes.jsonl"))
    assert made.problem.title.startswith("/ ")
