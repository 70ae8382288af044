"""What all calls of an account share: its connection, retries, and how responses are read."""

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from services.api.bounded_reading import OBJECT_BYTES, read_body
from services.api.json_values import NotJson, decode_object
from services.api.pace import ATTACHES_A_MINUTE, Paces, attaches_limit_reached
from services.api.retry import LIKE_SDK, Result, RetryPolicy, WaitListener, may_retry, with_retries
from services.problems.error_responses import Operation
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.paging import Paging
from services.system.cancellation import CancelToken
from services.system.language import _

if TYPE_CHECKING:
    import requests

    from services.api.connection import Connection


class ApiRequests:
    """Sends an account's requests. Thread-safe."""

    def __init__(
        self,
        connect: "Callable[[], Connection]",
        random: Callable[[], float],
        paging: Paging,
        largest_page: int,
        monotonic: Callable[[], float],
    ) -> None:
        """`connect` is called for the first request; `random` is for the pauses between attempts.

        `monotonic` returns seconds.
        """
        self._connect = connect
        self.attach_paces = Paces(ATTACHES_A_MINUTE, monotonic, attaches_limit_reached)
        """Shared by all that attach files to vector stores; by the store's ID."""
        self._random = random
        self.paging = paging
        """How the next page of a list is requested."""
        self.largest_page = largest_page
        """The most objects to request per page."""

    @functools.cached_property
    def connection(self) -> "Connection":
        """The connection to the account's server."""
        return self._connect()

    def with_retries(
        self,
        attempt: Callable[[], Result],
        token: CancelToken,
        on_wait: WaitListener | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
        may_retry: Callable[[FilesError], bool] = may_retry,
    ) -> Result:
        """Call `attempt` as `retry.with_retries` does."""
        return with_retries(
            attempt,
            token=token,
            random=self._random,
            may_retry=may_retry,
            on_wait=on_wait,
            retry_policy=retry_policy,
        )

    def decoded(
        self, operation: Operation, response: "requests.Response", *, allow_empty: bool = False
    ) -> object:
        """The JSON object in a response, without the key.

        Raises FilesError if it's an error despite the status.
        """
        body = read_body(response, OBJECT_BYTES)
        if not body and allow_empty:
            return None
        try:
            decoded = decode_object(body)
        except NotJson as error:
            raise not_a_files_api(response, str(error)) from None
        if is_an_error(decoded):
            raise self.connection.error_from(operation, response, body)
        return self.connection.redaction.value(decoded)

    def not_a_list(
        self,
        operation: Operation,
        response: "requests.Response",
        body: bytes,
        reason: Exception,
    ) -> FilesError:
        """Make the error for a body that isn't a list, which may describe an error instead."""
        if len(body) <= OBJECT_BYTES and is_an_error(_decoded_or_none(body)):
            return self.connection.error_from(operation, response, body)
        return not_a_files_api(response, str(reason))

    def delete(
        self,
        operation: Operation,
        path: str,
        token: CancelToken,
        *,
        on_attempt: Callable[[], None] = lambda: None,
        on_wait: WaitListener | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
        attempted_before: bool = False,
    ) -> None:
        """Delete what is at `path`. Retried as described in `retry`.

        `on_attempt` is called before each attempt. If a retry finds it gone, an earlier attempt
        deleted it; `attempted_before` says that there was an attempt before this call.
        """
        is_retry = attempted_before

        def attempt() -> None:
            nonlocal is_retry
            on_attempt()
            retrying, is_retry = is_retry, True
            try:
                with self.connection.request(operation, "DELETE", path, token) as response:
                    fields = self.decoded(operation, response, allow_empty=True)
                    if isinstance(fields, Mapping) and fields.get("deleted") in _NOT_DELETED:
                        raise _not_deleted(response)
            except FilesError as error:
                if retrying and error.problem.kind is ProblemKind.NOT_FOUND:
                    return
                raise

        self.with_retries(attempt, token, on_wait, retry_policy)


_NOT_DELETED = (False, "false", "False")


def path_of(*segments: str) -> str:
    """The path of these segments, escaped. Raises FilesError for one that can't be in a path."""
    for segment in segments:
        if segment in {"", ".", ".."}:
            # However they're escaped, they're treated as relative path segments.
            raise FilesError(
                Problem(
                    ProblemKind.NOT_FOUND,
                    _("The file can't be requested"),
                    _("Its ID, {id}, can't be used in a URL.").format(id=segment),
                ),
                body_sent=False,
            )
    return "".join("/" + quote(segment, safe="") for segment in segments)


def object_type(decoded: object) -> str:
    """The `object` field of a decoded object, in lower case; empty if it has none."""
    kind = decoded.get("object") if isinstance(decoded, dict) else None
    return kind.lower() if isinstance(kind, str) else ""


_MAY_HAVE_AN_ERROR = frozenset({"file", "fine_tuning.job"})
"""Objects with an `error` field of their own."""


def is_an_error(decoded: object) -> bool:
    """Whether it describes an error; some gateways send one with a success status."""
    kind = object_type(decoded)
    has_error = isinstance(decoded, dict) and bool(decoded.get("error"))
    return kind == "error" or (has_error and kind not in _MAY_HAVE_AN_ERROR)


def not_a_files_api(response: "requests.Response", reason: str) -> FilesError:
    """The error for a response that is in an unexpected format."""
    return FilesError(
        Problem(
            ProblemKind.NOT_A_FILES_API,
            _("The response isn't from a Files API"),
            _("Check the base URL. On most servers it ends in /v1."),
            reason,
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
        )
    )


def _decoded_or_none(body: bytes) -> object:
    try:
        return decode_object(body)
    except NotJson:
        return None


def _not_deleted(response: "requests.Response") -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.REQUEST_REFUSED,
            _("The server didn't delete the file"),
            _("It reported no error, but says the file is still there."),
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
        )
    )
