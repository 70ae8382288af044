"""Errors while requests of a batch are retried."""

from pathlib import Path

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _


def input_changed(path: Path) -> FilesError:
    """The input file isn't the one any more that the results were joined to."""
    return FilesError(
        Problem(
            ProblemKind.FILE_CHANGED,
            _("{name} has changed since it was read").format(name=_shown(path)),
            _("No file was written. Choose the file with the requests again."),
        )
    )


def content_elsewhere(name: str, reason: str) -> FilesError:
    """The content of a file is neither on this computer nor may it be downloaded."""
    return FilesError(
        Problem(
            ProblemKind.CONTENT_REFUSED,
            _("{name} isn't on this computer").format(name=name),
            _("{reason} Choose a copy of it on this computer.").format(reason=reason),
        )
    )


def _shown(path: Path) -> str:
    return (path.name or str(path)).encode("utf-8", "replace").decode("utf-8")
