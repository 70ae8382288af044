"""What all calls of an account share: its connection, retries, and how responses are read."""

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from services.api.network_in_use import FindNetwork
from services.api.pace import ATTACHES_A_MINUTE, Paces, attaches_limit_reached
from services.api.responses import not_deleted, read_object
from services.api.retry import (
    LIKE_SDK,
    Result,
    RetryPolicy,
    WaitListener,
    may_retry,
    with_retries,
    with_setting,
)
from services.problems.error_responses import Operation
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.paging import Paging
from services.system.cancellation import CancelToken
from services.system.language import _

if TYPE_CHECKING:
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
        find_network: FindNetwork,
    ) -> None:
        """`connect` is called for the first request; `random` is for the pauses between attempts.

        `monotonic` returns seconds.
        """
        self._connect = connect
        self._find_network = find_network
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
        """Call `attempt` as `retry.with_retries` does, with the user's number of retries."""
        return with_retries(
            attempt,
            token=token,
            random=self._random,
            may_retry=may_retry,
            on_wait=on_wait,
            retry_policy=self.adjusted(retry_policy),
        )

    def adjusted(self, retry_policy: RetryPolicy) -> RetryPolicy:
        """The policy with the number of retries set for the account, if any."""
        return with_setting(retry_policy, self._find_network().network.retries)

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
                    fields = read_object(self.connection, operation, response, allow_empty=True)
                    if isinstance(fields, Mapping) and _says_not_deleted(fields):
                        raise not_deleted(response)
            except FilesError as error:
                if retrying and error.problem.kind is ProblemKind.NOT_FOUND:
                    return
                raise

        self.with_retries(attempt, token, on_wait, retry_policy)


def _says_not_deleted(fields: Mapping[str, object]) -> bool:
    """Whether a response to a delete says that the object is still there."""
    return fields.get("deleted", fields.get("Deleted")) in _NOT_DELETED


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
