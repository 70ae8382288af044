"""The messages for problems with the transfer journal."""

from pathlib import Path

from services.problems.errors import Problem, ProblemKind
from services.system.language import _


class NotSaved(Exception):
    """An upload isn't sent, because the journal can't record it and would send it again."""

    def __init__(self) -> None:
        self.problem = _not_sent()
        super().__init__(self.problem.title)


def not_saved(detail: str) -> Problem:
    """The problem when transfers can't be saved, so that a crash would lose them."""
    return _unsaved(
        _(
            "Transfers continue, but those that are unfinished when Filewharf quits won't resume. "
            "Free up disk space, or check Filewharf's data folder."
        ),
        detail,
    )


def no_longer_saved(detail: str) -> Problem:
    """The problem when the journal is out of date and may list sent uploads as unsent."""
    return _unsaved(
        _(
            "Uploads already in the saved list are paused, so that a crash can't upload them twice; "
            "other transfers continue. Free up disk space, or check Filewharf's data folder."
        ),
        detail,
    )


def damaged(path: Path) -> Problem:
    """The problem when a damaged journal was set aside as `path`."""
    return Problem(
        ProblemKind.DISK_FAILED,
        _("The transfers from your last session couldn't be read"),
        _("Filewharf starts with an empty list. The old file is kept as {path}.").format(path=path),
    )


def _not_sent() -> Problem:
    return _unsaved(
        _(
            "After a crash this file could be uploaded twice. Free up disk space, or check "
            "Filewharf's data folder, then resume."
        )
    )


def _unsaved(advice: str, detail: str = "") -> Problem:
    title = _("The list of transfers can't be saved")
    return Problem(ProblemKind.DISK_FAILED, title, advice, detail)
