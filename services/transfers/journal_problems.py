"""What can be wrong with the journal of transfers, in words."""

from pathlib import Path

from services.api.errors import Problem, ProblemKind
from services.language import _


def not_saved(detail: str) -> Problem:
    """Transfers are not on the disk, so that a crash now would lose them."""
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
    """The journal was set aside."""
    return Problem(
        ProblemKind.DISK_FAILED,
        _("The list of transfers of the last session could not be read"),
        _("Filewharf starts with an empty one. The old file is kept as {path}.").format(path=path),
    )
