"""What is told of a problem besides its title and advice. No Qt."""

from services.problems.errors import Problem
from services.system.language import _
from ui.wording import one_line, shortened

_LONGEST = 400
"""Letters of the server's sentence; the details have all of it."""


def said_in_words(problem: Problem | None) -> str:
    """“The server says: Input should be 'assistants'”; empty where it said nothing."""
    said = said_by_server(problem)
    return _("The server says: {sentence}").format(sentence=said) if said else ""


def said_by_server(problem: Problem | None) -> str:
    """The server's own sentence on one line, at a length that can be read."""
    return shortened(one_line(problem.server_message), _LONGEST) if problem is not None else ""


def report_line(problem: Problem | None) -> str:
    """“HTTP 429 · request ID req_…”, as far as there was an answer."""
    if problem is None:
        return ""
    words = []
    if problem.status is not None:
        words.append(_("HTTP {status}").format(status=problem.status))
    if problem.request_id:
        words.append(_("request ID {id}").format(id=one_line(problem.request_id)))
    return " · ".join(words)
