"""Texts of a problem besides its title and advice. No Qt."""

from services.problems.errors import Problem
from services.system.language import _
from ui.wording import one_line, shortened

_MAX_LENGTH = 400
"""Characters of the server's message; the details show all of it."""


def server_message_in_words(problem: Problem | None) -> str:
    """“The server says: Input should be 'assistants'”; empty without a message."""
    message = server_message(problem)
    return _("The server says: {sentence}").format(sentence=message) if message else ""


def server_message(problem: Problem | None) -> str:
    """The server's own message on one line, shortened if it is very long."""
    return shortened(one_line(problem.server_message), _MAX_LENGTH) if problem is not None else ""


def problem_in_words(problem: Problem) -> str:
    """The title, and what the server says or else what to do, on one line."""
    said = server_message_in_words(problem)
    return f"{one_line(problem.title)}. {said or one_line(problem.advice)}".strip()


def response_in_words(problem: Problem | None) -> str:
    """“HTTP 429 · request ID req_…”; empty if there was no response."""
    if problem is None:
        return ""
    words = []
    if problem.status is not None:
        words.append(_("HTTP {status}").format(status=problem.status))
    if problem.request_id:
        words.append(_("request ID {id}").format(id=one_line(problem.request_id)))
    return " · ".join(words)
