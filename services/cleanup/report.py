"""What became of each file of a clean-up."""

from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec

from services.api.remote_file import RemoteFile
from services.disk.csv_text import csv_text
from services.problems.errors import Problem
from services.system.language import _


class Outcome(Enum):
    """What became of a file."""

    DELETED = "deleted"
    CHANGED = "changed"
    """It was left alone, as it differs from the plan."""
    GONE = "gone"
    """It was already gone."""
    NEEDED = "needed"
    """It was left alone, as a batch or job has come to need it."""
    UNSAVED = "not saved"
    """It was left alone, as it couldn't be saved first."""
    FAILED = "failed"
    NOT_TRIED = "not tried"
    """The clean-up stopped before it came to this file."""
    UNKNOWN = "unknown"
    """It was being deleted when the clean-up stopped, so it may be gone."""


LEFT_ALONE = frozenset({Outcome.CHANGED, Outcome.GONE, Outcome.NEEDED, Outcome.UNSAVED})


class FileResult(msgspec.Struct, frozen=True, gc=False):
    """What became of one file."""

    file: RemoteFile
    outcome: Outcome
    why: str = ""
    """Why it wasn't deleted, in words."""
    problem: Problem | None = None


def change_in_words(planned: RemoteFile, current: RemoteFile) -> str:
    """Why a file isn't the one that was planned; empty if it still is."""
    if current.size != planned.size:
        return _("its size has changed")
    if current.created_at != planned.created_at:
        return _("its creation date has changed")
    if current.purpose != planned.purpose:
        return _("its purpose has changed")
    if current.filename != planned.filename:
        return _("its name has changed")
    if current.expires_at != planned.expires_at:
        return _("its expiry has changed")
    return ""


def clean_up_report(results: Sequence[FileResult]) -> bytes:
    """The report as CSV, a file in each row; unknown values are empty."""
    return csv_text(_rows(results))


def _rows(results: Sequence[FileResult]) -> Iterator[list[object]]:
    yield ["id", "name", "purpose", "bytes", "result", "why", "http", "request"]
    for result in results:
        file, problem = result.file, result.problem
        yield [
            file.id,
            file.name,
            file.purpose,
            file.size,
            result.outcome.value,
            result.why,
            problem.status if problem else None,
            problem.request_id if problem else None,
        ]
