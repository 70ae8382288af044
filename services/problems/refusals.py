"""Turns an error response from the server into a Problem in words.

The situations and the servers' own words come from the API's error guide and from answers seen
at the official service and at servers like it.
"""

import re
from collections.abc import Mapping
from enum import Enum

import msgspec

from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.refusal_words import words_in
from services.problems.retry_after import LONGEST_WAIT, wanted_pause
from services.system.language import _, ngettext
from services.system.locale_format import whole

_LONGEST_DETAIL = 600


class Operation(Enum):
    """Which of the five endpoints was asked."""

    LIST = "list"
    UPLOAD = "upload"
    RETRIEVE = "retrieve"
    DELETE = "delete"
    CONTENT = "content"


class Refusal(msgspec.Struct, frozen=True):
    """What the body of a refusal says; every part may be empty."""

    message: str = ""
    type: str = ""
    code: str = ""
    param: str = ""


def refusal_in(body: bytes) -> Refusal:
    """Understand a refusal's body: the official shape, those of other servers, HTML or text."""
    text = body.decode("utf-8", "replace").strip()
    try:
        decoded: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return Refusal(_text_of_page(text))
    if isinstance(decoded, str):
        return Refusal(decoded)
    if not isinstance(decoded, dict):
        return Refusal(words_in(decoded) or _short(text))
    error = decoded.get("error") or decoded
    if not isinstance(error, dict):
        error = decoded
    return Refusal(
        message=words_in(error) or words_in(decoded) or _short(text),
        type=_word(error.get("type")),
        code=_word(error.get("code")),
        param=_word(error.get("param")),
    )


def error_from_answer(
    operation: Operation,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
) -> FilesError:
    """Make the error for an answer that is no success.

    `headers` are looked up in lower case. They and the body hold no secrets any more: what is
    cut short here could leave half of one. `now` is in seconds since 1970, for a `Retry-After` that
    is a date.
    """
    refusal = refusal_in(body)
    pause = wanted_pause(headers, now)
    kind, title, advice = _told(operation, status, refusal, pause, headers)
    detail = _short(refusal.message)
    if refusal.code not in ("", str(status)) and refusal.code not in detail:
        detail = f"{detail} ({refusal.code})" if detail else refusal.code
    word = headers.get("x-should-retry")
    return FilesError(
        Problem(
            kind,
            title,
            advice,
            detail,
            status=status,
            request_id=headers.get("x-request-id") or headers.get("apim-request-id"),
        ),
        retry_after=pause,
        should_retry={"true": True, "false": False}.get(word or ""),
        param=refusal.param,
    )


def _told(
    operation: Operation,
    status: int,
    refusal: Refusal,
    pause: float | None,
    headers: Mapping[str, str],
) -> tuple[ProblemKind, str, str]:
    """Kind, title and advice."""
    message = refusal.message.lower()
    if status == 401 and ("insufficient permissions" in message or "missing scopes" in message):
        return (
            ProblemKind.NOT_PERMITTED,
            _("This key isn't allowed to do that"),
            _("It's a restricted key. Give it access to files, or use another key."),
        )
    # A gateway without a database of keys (LiteLLM) takes only its own.
    if status == 401 or "no_db_connection" in (refusal.type, refusal.code):
        return (
            ProblemKind.KEY_REFUSED,
            _("The key was rejected"),
            _("Check that it's complete, still valid, and for this server."),
        )
    if status == 403:
        return (
            ProblemKind.NOT_PERMITTED,
            _("The server doesn't allow this"),
            _("Your account, project or country may not have access. Ask the account's owner."),
        )
    if operation is Operation.CONTENT and (
        "not allowed to download" in message or "downloading of fine-tune" in message
    ):
        return (
            ProblemKind.CONTENT_REFUSED,
            _("This file can't be downloaded"),
            _("The server doesn't allow downloads of files with this purpose. Keep your original."),
        )
    if "storage quota" in message or refusal.code == "quotaExceeded":
        return (
            ProblemKind.STORAGE_FULL,
            _("The account's storage is full"),
            _("Delete files you no longer need, then try again."),
        )
    if status == 404 and operation is Operation.LIST:
        return (
            ProblemKind.NOT_A_FILES_API,
            _("No Files API at this address"),
            _("Check the base URL. On most servers it ends in /v1."),
        )
    if status == 404 or "no such file" in message:
        return (
            ProblemKind.NOT_FOUND,
            _("The file no longer exists"),
            _("It was deleted or has expired. Refresh the list."),
        )
    if status in {405, 501} and operation is Operation.LIST:
        return (
            ProblemKind.NOT_A_FILES_API,
            _("This server doesn't list files"),
            _("It supports only part of the Files API, or the base URL is wrong."),
        )
    if status in {405, 501}:
        return (
            ProblemKind.NOT_A_FILES_API,
            _("The server doesn't support this"),
            _("It supports only part of the Files API, or the base URL is wrong."),
        )
    if status == 409:
        return (
            ProblemKind.BUSY,
            _("The server is still busy with this file"),
            _("Try again in a moment."),
        )
    if status == 413:
        return (
            ProblemKind.TOO_LARGE,
            _("The file is too large for this server"),
            _("Split it or make it smaller."),
        )
    if status == 429 and _quota_is_spent(refusal):
        return (
            ProblemKind.QUOTA_USED_UP,
            _("The account's quota is used up"),
            _("Check the account's plan and billing. Trying again won't help."),
        )
    if status == 429:
        return ProblemKind.RATE_LIMITED, _("Too many requests"), _patience(pause)
    if status == 408:
        return (
            ProblemKind.TIMED_OUT,
            _("The server timed out waiting for the request"),
            _("Your connection may be slow. Try again."),
        )
    if 300 <= status < 400:
        return (
            ProblemKind.BAD_ADDRESS,
            _("The server redirected to another address"),
            _whereto(headers.get("location")),
        )
    if status == 503:
        return ProblemKind.SERVER_FAILED, _("The server is overloaded"), _patience(pause)
    if status >= 500:
        return (
            ProblemKind.SERVER_FAILED,
            _("Server error"),
            _("Try again later."),
        )
    return (
        ProblemKind.REQUEST_REFUSED,
        _("The server rejected the request"),
        _("Fix the problem it reports, then try again.")
        if refusal.message
        else _("It didn't say why."),
    )


def _quota_is_spent(refusal: Refusal) -> bool:
    spent = {"insufficient_quota", "credit_balance_exhausted"}
    return bool(spent & {refusal.code, refusal.type})


def _whereto(location: str | None) -> str:
    if location is None:
        return _("It didn't say which one. Check the base URL.")
    return _("Change the account's base URL to match: {address}").format(address=_short(location))


def _patience(pause: float | None) -> str:
    if pause is None:
        return _("Try again in a moment.")
    if pause > LONGEST_WAIT:
        return _("The server says to wait {number} minutes.").format(
            number=whole(round(pause / 60))
        )
    seconds = max(1, round(pause))
    return ngettext(
        "The server says to wait {number} second.",
        "The server says to wait {number} seconds.",
        seconds,
    ).format(number=whole(seconds))


def _word(value: object) -> str:
    """A short field; LiteLLM writes the word None, others numbers."""
    return str(value) if isinstance(value, str | int) and value != "None" else ""


def _text_of_page(text: str) -> str:
    if not text.startswith("<"):
        return _short(text)
    import html  # only here: it loads a table of two thousand names

    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return _short(html.unescape(title.group(1)).strip()) if title else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
