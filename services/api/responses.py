"""Reads responses, and tells those of a Files API from errors and from anything else."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from services.api.bounded_reading import OBJECT_BYTES, PAGE_BYTES, read_body
from services.api.file_page import FilePage, NotAFileList, decode_page
from services.api.json_values import NotJson, decode_object
from services.api.named_fields import object_type, unwrapped
from services.api.server_time import server_time
from services.problems.error_responses import Operation
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.other_apis import another_host, other_api_in
from services.providers.answer_names import ENVELOPE, AnswerNames
from services.providers.base_url import host_of
from services.system.language import _

if TYPE_CHECKING:
    import requests

    from services.api.connection import Connection


def read_object(
    connection: "Connection",
    operation: Operation,
    response: "requests.Response",
    *,
    allow_empty: bool = False,
) -> object:
    """The JSON in a response, without the key and envelope; None if it's empty and may be.

    Raises FilesError if it isn't JSON, or describes an error despite the status.
    """
    body = read_body(response, OBJECT_BYTES)
    if not body and allow_empty:
        return None
    try:
        decoded = decode_object(body)
    except NotJson as error:
        raise not_a_files_api(response, str(error)) from None
    if is_an_error(decoded):
        raise connection.error_from(operation, response, body)
    value, redaction = unwrapped(decoded), connection.redaction
    return redaction.value(value) if redaction.may_be_in_json(body) else value


def read_page(
    connection: "Connection",
    response: "requests.Response",
    before_decoding: Callable[[], object],
    names: AnswerNames,
) -> tuple[FilePage, bytes]:
    """The page of a listing in a response, without the key, and the body it was decoded from.

    `before_decoding` is called once the body has arrived; `names` are those of the server. Raises
    FilesError if the body isn't a page.
    """
    body = read_body(response, PAGE_BYTES)
    before_decoding()
    redaction = connection.redaction
    try:
        page = redaction.page(decode_page(body, redaction.redactor_for, names))
    except NotAFileList as error:
        # Drop the cause, which holds the whole body.
        raise not_a_list(connection, Operation.LIST, response, body, str(error)) from None
    seen = server_time(response.headers)
    return replace(page, size=len(body), server_time=seen, other_api=other_api_in(body)), body


def not_a_list(
    connection: "Connection",
    operation: Operation,
    response: "requests.Response",
    body: bytes,
    reason: str,
) -> FilesError:
    """The error for a body that isn't a page of a list; it may describe an error instead."""
    if len(body) <= OBJECT_BYTES and is_an_error(_decoded_or_none(body)):
        return connection.error_from(operation, response, body)
    error = not_a_files_api(response, reason)
    own, other = host_of(connection.account.base_url), host_of(response.url)
    known = another_host(own, other) if _is_html(response) and other != own else other_api_in(body)
    if known is not None:
        error.problem = replace(error.problem, title=known.title, advice=known.advice)
    return error


_WITH_ERROR = frozenset({"file", "fine_tuning.job"})
"""Objects with an `error` field of their own."""


def is_an_error(decoded: object) -> bool:
    """Whether it describes an error; some gateways send one with a success status."""
    kind = object_type(decoded)
    if not isinstance(decoded, dict):
        return False
    has_error = bool(decoded.get("error")) and kind not in _WITH_ERROR
    # Of an envelope, as SiliconFlow sends it.
    failed = decoded.get("status") is False and decoded.get(ENVELOPE) is None
    return kind == "error" or has_error or failed


def not_a_files_api(response: "requests.Response", reason: str) -> FilesError:
    """The error for a response that no Files API sends."""
    return FilesError(
        Problem(
            ProblemKind.NOT_A_FILES_API,
            _("The response isn't from a Files API"),
            _("Check the base URL. On most servers it ends in /v1.")
            if not _is_html(response)
            else _(
                "It's a web page. Check the base URL, and whether this network wants you to log in "
                "first, or a proxy answered in the server's place."
            ),
            reason,
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
        )
    )


def _is_html(response: "requests.Response") -> bool:
    return "html" in response.headers.get("content-type", "").lower()


def responded_too_soon(response: "requests.Response") -> FilesError:
    """The error for a response that came before the whole file was sent."""
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server responded before it had the whole file"),
            _("The file it reports can't be complete. Check the list to see what was stored."),
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
        ),
        body_sent=False,
    )


def not_deleted(response: "requests.Response") -> FilesError:
    """The error for a response that says the file is still there."""
    return FilesError(
        Problem(
            ProblemKind.REQUEST_REFUSED,
            _("The server didn't delete the file"),
            _("It reported no error, but says the file is still there."),
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
        )
    )


def _decoded_or_none(body: bytes) -> object:
    try:
        return decode_object(body)
    except NotJson:
        return None
