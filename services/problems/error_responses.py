"""Turns an error response from the server into a readable Problem.

The cases and the phrases that identify them come from the API's error guide and from responses of
the official service and compatible servers.
"""

import re
from collections.abc import Mapping
from enum import Enum

import msgspec

from services.problems.error_messages import message_in
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.other_apis import anthropic
from services.problems.retry_after import LONGEST_WAIT, requested_wait
from services.system.language import _, ngettext
from services.system.locale_format import whole

_LONGEST_DETAIL = 600


class Operation(Enum):
    """Which endpoint was called: one of the five for files, or one for batches and the like."""

    LIST = "list"
    UPLOAD = "upload"
    RETRIEVE = "retrieve"
    DELETE = "delete"
    CONTENT = "content"
    JOBS = "jobs"
    """A list of batches, vector stores or fine-tuning jobs."""
    JOB = "job"
    """One of them, or something in it."""
    START = "start"
    """A new one."""


_OF_JOBS = frozenset({Operation.JOBS, Operation.JOB, Operation.START})


class ErrorBody(msgspec.Struct, frozen=True):
    """What the body of an error response says; any field may be empty."""

    message: str = ""
    type: str = ""
    code: str = ""
    param: str = ""
    is_anthropic: bool = False
    """Whether it's written as by Anthropic's API."""


def parse_error_body(body: bytes) -> ErrorBody:
    """Parse the body of an error response: the official format, other servers', HTML or text."""
    text = body.decode("utf-8", "replace").strip()
    try:
        decoded: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return ErrorBody(_page_title(text))
    if isinstance(decoded, str):
        return ErrorBody(decoded)
    if not isinstance(decoded, dict):
        return ErrorBody(message_in(decoded) or _short(text))
    error = decoded.get("error") or decoded
    if not isinstance(error, dict):
        error = decoded
    return ErrorBody(
        message=message_in(error) or message_in(decoded) or _short(text),
        type=_short_field(error.get("type")),
        code=_short_field(error.get("code")),
        param=_short_field(error.get("param")),
        is_anthropic=decoded.get("type") == "error" and _names_anthropic(error),
    )


def _names_anthropic(error: Mapping[str, object]) -> bool:
    message = error.get("message")
    words = ("x-api-key", "anthropic-version")
    return isinstance(message, str) and any(word in message.lower() for word in words)


def error_from_response(
    operation: Operation,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
) -> FilesError:
    """Make the error for a response with an error status.

    The names in `headers` must be lowercase. Secrets must already be removed from the headers and
    the body, because text is truncated here and could end in half a secret. `now` is in seconds
    since 1970, for a `Retry-After` that is a date.
    """
    error = parse_error_body(body)
    pause = requested_wait(headers, now)
    kind, title, advice = _classify(operation, status, error, pause, headers)
    detail = _short(error.message)
    if error.code not in ("", str(status)) and error.code not in detail:
        detail = f"{detail} ({error.code})" if detail else error.code
    should_retry = headers.get("x-should-retry", "")
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
        should_retry={"true": True, "false": False}.get(should_retry),
        param=error.param,
    )


def _classify(
    operation: Operation,
    status: int,
    error: ErrorBody,
    pause: float | None,
    headers: Mapping[str, str],
) -> tuple[ProblemKind, str, str]:
    """Return the kind, title and advice."""
    message = error.message.lower()
    if error.is_anthropic:
        found = anthropic()
        return found.kind, found.title, found.advice
    if status == 511:
        return (
            ProblemKind.NOT_A_FILES_API,
            _("This network wants you to log in first"),
            _("Open any page in your web browser, log in, and try again."),
        )
    if status == 401 and ("insufficient permissions" in message or "missing scopes" in message):
        return (
            ProblemKind.NOT_PERMITTED,
            _("This key isn't allowed to do that"),
            _("It's a restricted key. Give it access to this, or use another key.")
            if operation in _OF_JOBS
            else _("It's a restricted key. Give it access to files, or use another key."),
        )
    # LiteLLM without a key database accepts only its own master key.
    if status == 401 or "no_db_connection" in (error.type, error.code):
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
    if "storage quota" in message or error.code == "quotaExceeded":
        return (
            ProblemKind.STORAGE_FULL,
            _("The account's storage is full"),
            _("Delete files you no longer need, then try again."),
        )
    if status in {404, 405, 501} and operation is Operation.JOBS:
        return (
            ProblemKind.NOT_OFFERED,
            _("This server doesn't have this list"),
            _("It supports only part of the API."),
        )
    if status in {405, 501} and operation in _OF_JOBS:
        return (
            ProblemKind.NOT_OFFERED,
            _("The server doesn't support this"),
            _("It supports only part of the API."),
        )
    if status == 404 and operation is Operation.JOB:
        return (
            ProblemKind.NOT_FOUND,
            _("It no longer exists"),
            _("It was deleted or has expired. Refresh the list."),
        )
    if status == 404 and operation is Operation.LIST:
        return (
            ProblemKind.NOT_A_FILES_API,
            _("No Files API at this address"),
            _("Check the base URL. On most servers it ends in /v1."),
        )
    if status in {404, 405, 501} and operation is Operation.UPLOAD:
        return (
            ProblemKind.NOT_A_FILES_API,
            _("The server doesn't support this"),
            _("It supports only part of the Files API, or the base URL is wrong."),
        )
    if status == 404 or any(words in message for words in _NO_SUCH_FILE):
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
    if status == 409 and operation in _OF_JOBS:
        return (
            ProblemKind.BUSY,
            _("The server is still busy with it"),
            _("Try again in a moment."),
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
    if status == 429 and _is_quota_used_up(error):
        return (
            ProblemKind.QUOTA_USED_UP,
            _("The account's quota is used up"),
            _("Check the account's plan and billing. Trying again won't help."),
        )
    if status == 429:
        return ProblemKind.RATE_LIMITED, _("Too many requests"), _wait_advice(pause)
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
            _redirect_advice(headers.get("location")),
        )
    if status == 503:
        return ProblemKind.SERVER_FAILED, _("The server is overloaded"), _wait_advice(pause)
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
        if error.message
        else _("It didn't say why."),
    )


_NO_SUCH_FILE = ("no such file", "unable to find file id")
"""The latter is LocalAI's, with status 500."""


def _is_quota_used_up(error: ErrorBody) -> bool:
    spent = {"insufficient_quota", "credit_balance_exhausted"}
    return bool(spent & {error.code, error.type})


def _redirect_advice(location: str | None) -> str:
    if location is None:
        return _("It didn't say which one. Check the base URL.")
    return _("Change the account's base URL to match: {address}").format(address=_short(location))


def _wait_advice(pause: float | None) -> str:
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


def _short_field(value: object) -> str:
    """A short field as text; LiteLLM sends the string "None", others send numbers."""
    return str(value) if isinstance(value, str | int) and value != "None" else ""


def _page_title(text: str) -> str:
    if not text.startswith("<"):
        return _short(text)
    import html  # imported only when needed: it loads a table of two thousand entities

    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return _short(html.unescape(title.group(1)).strip()) if title else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
