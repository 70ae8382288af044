"""What is known of a file before it is sent: fits, does not fit, can't be sent. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from services.api.purposes import purpose_named, why_unfit
from services.checks.local_file import LocalFile
from services.language import _


class CheckKind(Enum):
    """How a check came out."""

    FITS = "fits"
    DOUBTFUL = "doubtful"
    """The server will probably refuse it; it is sent all the same."""
    LEFT_OUT = "left out"
    """It can't be sent."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """What the column *Checks* says of a file."""

    kind: CheckKind
    text: str
    advice: str = ""
    """More words, for the tool tip."""


def check_file(file: LocalFile, purpose: str) -> RowCheck:
    """Judge a file by what was seen of it: its name, its size, whether it can be read."""
    if file.problem is not None:
        return RowCheck(
            CheckKind.LEFT_OUT,
            _("Left out: {problem}").format(problem=file.problem.title),
            file.problem.advice,
        )
    reason = _doubt(file, purpose)
    if reason is None:
        return RowCheck(CheckKind.FITS, _("Fits {purpose}").format(purpose=purpose))
    return RowCheck(
        CheckKind.DOUBTFUL,
        _("The file {reason}").format(reason=reason),
        _("The server will probably refuse it. Choose another purpose or remove it."),
    )


def can_skip_review(files: Sequence[LocalFile], purpose: str | None) -> bool:
    """Whether nothing is left to decide: a purpose was chosen and every file fits it."""
    return (
        purpose is not None
        and bool(files)
        and all(check_file(file, purpose).kind is CheckKind.FITS for file in files)
    )


def _doubt(file: LocalFile, purpose: str) -> str | None:
    if file.size == 0:
        return _("is empty")
    return why_unfit(purpose_named(purpose), file.name, file.size)
