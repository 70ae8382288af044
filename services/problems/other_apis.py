"""Recognizes answers of other APIs, so that they can be called by their names. Pure functions."""

import re

from services.problems.errors import Problem, ProblemKind
from services.system.language import _

_BEGINNING = 4096
"""Bytes of a body in which its first object is."""
_MODEL = re.compile(rb'"object"\s*:\s*"model"')


def other_api_in(body: bytes) -> Problem | None:
    """What is wrong with a list that is not one of the OpenAI API's files; None if it may be one."""
    beginning = body[:_BEGINNING]

    def has(*names: str) -> bool:
        return all(f'"{name}"'.encode() in beginning for name in names)

    if has("mime_type", "size_bytes", "type") and not has("bytes") and not has("cursor"):
        return anthropic()
    if has("files", "mimeType", "uri") or has("files", "sizeBytes"):
        return _other("Gemini", _("This server speaks Gemini's Files API"))
    if _MODEL.search(beginning) and not (has("filename") or has("bytes")):
        return Problem(
            ProblemKind.NOT_A_FILES_API,
            _("The server lists models instead of files"),
            _("It has no Files API at this address. Check the base URL."),
        )
    return None


def anthropic() -> Problem:
    """The problem with a server that speaks Anthropic's API."""
    return _other("Anthropic", _("This server speaks Anthropic's Files API"))


def _other(name: str, title: str) -> Problem:
    advice = _(
        "Filewharf needs the OpenAI Files API. {name} may offer it at another address, or through "
        "a gateway such as LiteLLM."
    )
    return Problem(ProblemKind.NOT_A_FILES_API, title, advice.format(name=name))


def answers_everything(host: str) -> Problem:
    """The problem with a server that answers any request with success."""
    return Problem(
        ProblemKind.NOT_A_FILES_API,
        _("{host} answers every request with success").format(host=host),
        _(
            "It does so even for addresses that can't exist, so it isn't a Files API. Check the base "
            "URL, and whether a proxy answers in the server's place."
        ),
    )


def another_host(own: str, other: str) -> Problem:
    """The problem with a web page that another host sent after a redirect."""
    return Problem(
        ProblemKind.NOT_A_FILES_API,
        _("A web page at {other} answered instead of {host}").format(other=other, host=own),
        _(
            "This network may want you to log in first. Open any page in your web browser, log in, "
            "and try again. Otherwise, check the base URL."
        ),
    )
