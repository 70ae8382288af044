"""Errors while the content of a file is read to be looked at."""

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.locale_format import whole


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


def no_metrics(name: str) -> FilesError:
    """A file that should be compared has no results of fine-tuning."""
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("{name} has no fine-tuning results").format(name=name),
            _("Its first line should name a step and a loss or accuracy. Choose another file."),
        )
    )


def only_on_server(name: str, reason: str) -> FilesError:
    """The content of a file isn't on this computer, and the server doesn't give it."""
    return FilesError(
        Problem(
            ProblemKind.CONTENT_REFUSED,
            _("{name} isn't on this computer").format(name=name),
            reason,
        )
    )


def invalid_pattern(reason: str, place: int | None) -> Problem:
    """A text isn't a regular expression. `reason` is in Python's words; `place` counts from 0."""
    words = _("It isn't a regular expression: {reason}.").format(reason=reason)
    if place is not None:
        words = _("It isn't a regular expression, at character {place}: {reason}.").format(
            place=whole(place + 1), reason=reason
        )
    return Problem(ProblemKind.SEARCH_FAILED, _("Nothing was searched for"), words)


def costly_pattern(after_line: int) -> Problem:
    """A regular expression needs too much time or memory."""
    return Problem(
        ProblemKind.SEARCH_FAILED,
        _("The search was ended"),
        _("The regular expression takes too long after line {number}. Use a simpler one.").format(
            number=whole(after_line)
        ),
    )
