"""The problems of the transfer journal, in words."""

from pathlib import Path

from services.api.errors import Problem, ProblemKind
from services.language import _


def not_saved(detail: str) -> Problem:
    """The problem when transfers can't be written to disk, so that a crash would lose them."""
    return Problem(
        ProblemKind.DISK_FAILED,
        _("The list of transfers can't be saved"),
        _(
            "Transfers continue, but those that are unfinished when Filewharf quits will not "
            "resume. Free up disk space, or check the folder for Filewharf's data."
        ),
        detail,
    )


def damaged(path: Path) -> Problem:
    """The problem when a damaged journal was set aside."""
    return Problem(
        ProblemKind.DISK_FAILED,
        _("The transfers from your last session couldn't be read"),
        _("Filewharf starts with an empty list. The old file is kept as {path}.").format(path=path),
    )
