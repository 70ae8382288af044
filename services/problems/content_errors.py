"""Errors while the content of a file is read to be looked at."""

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _


def endless_content() -> FilesError:
    """The server sends much more than the size it stated."""
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server sends more data than the file has"),
            _("Only what arrived so far is shown."),
        )
    )


def content_cut_off() -> FilesError:
    """The server sent less than the size it stated."""
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("Only part of the file arrived"),
            _("Open the file again to read the rest."),
        )
    )
