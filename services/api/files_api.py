"""The five endpoints of the Files API, one blocking method each.

Source: the API reference for /files. Every method raises FilesError with a readable Problem, and
Cancelled as soon as its token is cancelled.
"""

import contextlib
import functools
import random as random_numbers
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from services.api.api_requests import ApiRequests, path_of
from services.api.content import Content, beginning_headers, content_from, resume_headers
from services.api.cursors import next_cursor, page_query, total_in
from services.api.exchanges import ExchangeLog
from services.api.file_page import FilePage
from services.api.http_parts import http_parts
from services.api.list_query import ListQuery
from services.api.named_fields import object_type
from services.api.network_in_use import FindNetwork, NetworkInUse
from services.api.newest_files import NEWEST_FILES, NewestFiles
from services.api.pace import Pace
from services.api.page_limit import LARGEST_PAGE, PageLimit
from services.api.remote_file import RemoteFile, remote_file_from, truncate_fields
from services.api.responses import (
    not_a_files_api,
    read_object,
    read_page,
    responded_too_soon,
)
from services.api.retry import LIKE_SDK, NO_RETRIES, RetryPolicy, WaitListener
from services.disk.local_file import UploadRequest
from services.problems.error_responses import Operation
from services.problems.errors import FilesError
from services.providers.account import Account
from services.providers.key_fingerprint import key_fingerprint, key_hash
from services.providers.network import DEFAULT_NETWORK
from services.providers.paging import Cursor
from services.providers.providers import provider_named
from services.system.cancellation import CancelToken

if TYPE_CHECKING:
    from services.api.batches_api import BatchesApi
    from services.api.connection import Connection
    from services.api.fine_tuning_job import FineTuningJob
    from services.api.item_requests import ItemRequests
    from services.api.vector_stores_api import VectorStoresApi

SHORTEST_EXPIRY = 3600
LONGEST_EXPIRY = 2_592_000
"""Seconds; the range of `expires_after[seconds]`."""


class Retrieved(msgspec.Struct, frozen=True):
    """What `retrieve` returns."""

    fields: tuple[tuple[str, object], ...]
    """All fields in the server's order, including unknown ones; see `truncate_fields`."""
    file: RemoteFile | None
    left_out: int = 0
    """How many fields were left out because there were too many."""


class FilesApi:
    """The Files API for one account. Thread-safe; each thread has its own session."""

    def __init__(
        self,
        account: Account,
        key: str,
        *,
        exchanges: ExchangeLog | None = None,
        find_network: FindNetwork | None = None,
        random: Callable[[], float] = random_numbers.random,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`random` and the clocks are for tests. What is sent is noted in `exchanges`.

        `find_network` is asked before each request; by default, the account's own is used.
        """
        self.account = account
        provider = provider_named(account.provider_id)
        self.pace = Pace(provider.uploads_a_minute)
        """Shared by all workers that run this account's transfers."""
        self.newest = NewestFiles(self._list_newest)
        """The files listed before uploads, shared like the pace."""
        self._provider = provider
        self._list_query = ListQuery(provider.paging)
        self.page_limit = PageLimit(provider.largest_page)
        """The most files that the server allows per page."""
        self.content_hashes: dict[str, str] = {}
        """File ID to SHA-256, for files whose content was downloaded for comparison."""

        in_use = NetworkInUse(account.network or DEFAULT_NETWORK)
        network = find_network or (lambda: in_use)

        def connect() -> "Connection":
            return http_parts().connection(
                account, key, network, exchanges=exchanges, clock=clock, monotonic=monotonic
            )

        def fingerprint(salt: bytes) -> bytes:
            return key_fingerprint(key, salt)

        def mark(salt: bytes) -> str:
            return key_hash(key, salt)

        # Closures, so that no attribute or repr of this object contains the key.
        self._requests = ApiRequests(
            connect, random, provider.paging_of_jobs, provider.largest_page, monotonic, network
        )
        self._fingerprint = fingerprint
        self._mark = mark

    def key_fingerprint(self, salt: bytes) -> bytes:
        """Two bytes derived from the key; see `key_fingerprint`. Takes about 50 ms."""
        return self._fingerprint(salt)

    def key_hash(self, salt: bytes) -> str:
        """A hash that identifies this account's key; see `key_hash`."""
        return self._mark(salt)

    def adjusted(self, retry_policy: RetryPolicy) -> RetryPolicy:
        """See `ApiRequests.adjusted`; for those who repeat several requests as one."""
        return self._requests.adjusted(retry_policy)

    @functools.cached_property
    def batches(self) -> "BatchesApi":
        """The account's batches. Loaded when first used, like the next two, not at the start."""
        from services.api.batches_api import BatchesApi

        return BatchesApi(self._requests)

    @functools.cached_property
    def vector_stores(self) -> "VectorStoresApi":
        """The account's vector stores."""
        from services.api.vector_stores_api import VectorStoresApi

        return VectorStoresApi(self._requests)

    @functools.cached_property
    def fine_tuning(self) -> "ItemRequests[FineTuningJob]":
        """The account's fine-tuning jobs."""
        from services.api.fine_tuning_job import FineTuningJob
        from services.api.item_requests import ItemRequests

        return ItemRequests(self._requests, FineTuningJob, "fine_tuning.job", "/fine_tuning/jobs")

    def list_page(
        self,
        token: CancelToken,
        *,
        purpose: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        after: str | None = None,
        before_decoding: Callable[[], object] = lambda: None,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> FilePage:
        """Fetch one page of the listing.

        `limit` is 1 to 10,000; if the server refuses it, smaller ones are tried. With
        `newest_first`, the files are sorted by creation time, if the server can; `after` is the
        `next_cursor` of the previous page. Omitted arguments aren't sent, because some servers
        refuse empty ones. `before_decoding` is called once the body has arrived. Retried as
        described in `retry`.
        """
        if limit is not None and not 1 <= limit <= LARGEST_PAGE:
            raise ValueError(f"limit must be 1 to {LARGEST_PAGE}, not {limit}")
        paging = self._provider.paging

        def fetch(sent: int | None) -> FilePage:
            page = self._requests.with_retries(
                lambda: self._page(
                    page_query(paging, after, sent) | query, after, token, before_decoding
                ),
                token,
                retry_policy=retry_policy,
            )
            if paging.cursor is Cursor.NONE and len(page.files) + page.without_id == sent:
                page = replace(page, has_more=True)  # there may be, but there is no next page
            return replace(page, limit=sent)

        while True:
            query = self._list_query.parameters(purpose, newest_first=newest_first)
            try:
                if limit is None or not paging.limit_parameter:
                    return fetch(None)
                return self.page_limit.fetch(limit, fetch)
            except FilesError as error:
                if not self._list_query.learn_from(error, query):
                    raise

    def answers_at(self, path: str, token: CancelToken) -> bool:
        """Whether a GET of any path succeeds. Never retried; raises FilesError if it doesn't."""
        with self._requests.connection.request(Operation.LIST, "GET", path, token):
            return True

    def upload(
        self,
        request: UploadRequest,
        token: CancelToken,
        *,
        progress: Callable[[int], None] = lambda _sent: None,
        hashed: Callable[[str], None] | None = None,
    ) -> RemoteFile:
        """Upload a file. Never retried: whether to upload it again is up to the caller.

        `progress` is called with the number of bytes of the file sent so far; `hashed`, if given,
        with the file's SHA-256 before the last byte is reported. A FilesError's `body_sent` says
        whether the server may have the file although no response came.
        """
        expires_after = request.expires_after
        if expires_after is not None and not SHORTEST_EXPIRY <= expires_after <= LONGEST_EXPIRY:
            raise ValueError(f"expires_after is out of range: {expires_after}")
        form = self._provider.form
        fields = form.fields(request.file.name, request.purpose, expires_after)
        body = http_parts().multipart_body(
            request.file, fields, token=token, progress=progress, hashed=hashed
        )
        with self._requests.connection.request(
            Operation.UPLOAD, "POST", form.path, token, body=body
        ) as response:
            if not body.fully_sent:
                raise responded_too_soon(response)
            decoded = read_object(self._requests.connection, Operation.UPLOAD, response)
            file = remote_file_from(decoded, self._provider.names)
            if file is None or object_type(decoded) not in {"", "file"}:
                raise not_a_files_api(
                    response, "the response to the upload doesn't describe a file"
                )
            return file

    def retrieve(self, file_id: str, token: CancelToken) -> Retrieved:
        """Fetch all fields of a file. Retried as described in `retry`."""

        def attempt() -> Retrieved:
            with self._requests.connection.request(
                Operation.RETRIEVE, "GET", self._path_of(file_id), token
            ) as response:
                fields = read_object(self._requests.connection, Operation.RETRIEVE, response)
                if not isinstance(fields, dict):
                    raise not_a_files_api(response, "the response isn't an object")
                kept, left_out = truncate_fields(fields)
                return Retrieved(kept, remote_file_from(fields, self._provider.names), left_out)

        return self._requests.with_retries(attempt, token)

    def delete(
        self,
        file_id: str,
        token: CancelToken,
        *,
        on_attempt: Callable[[], None] = lambda: None,
        on_wait: WaitListener | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
        attempted_before: bool = False,
    ) -> None:
        """Delete a file, also from every vector store; see `ApiRequests.delete`."""
        self._requests.delete(
            Operation.DELETE,
            self._path_of(file_id),
            token,
            on_attempt=on_attempt,
            on_wait=on_wait,
            retry_policy=retry_policy,
            attempted_before=attempted_before,
        )

    @contextlib.contextmanager
    def content(
        self,
        file_id: str,
        token: CancelToken,
        *,
        start: int = 0,
        etag: str = "",
        first: int | None = None,
    ) -> Iterator[Content]:
        """Download the content of a file, streamed; read it within the block. Never retried.

        With `start` and the `etag` of a partial download, only the rest is requested; the
        content's `start` is 0 if the server sends the whole file anyway. If it sends any other
        part, FilesError is raised with the status RANGE_NOT_SATISFIABLE, as if by the server.

        With `first`, only so many bytes are requested, but many servers send the whole file.

        Errors within the block that aren't the server's must be raised as FilesError.
        """
        with self._requests.connection.request(
            Operation.CONTENT,
            "GET",
            self._path_of(file_id) + "/content",
            token,
            # If it's compressed in transit, a truncated body can't be told from a complete one.
            headers={"Accept-Encoding": "identity", "Accept": "*/*"}
            | resume_headers(start, etag)
            | beginning_headers(first),
        ) as response:
            yield content_from(response, token, start=start, etag=etag)

    def _list_newest(self, purpose: str, token: CancelToken) -> FilePage:
        return self.list_page(
            token, purpose=purpose, limit=NEWEST_FILES, newest_first=True, retry_policy=NO_RETRIES
        )

    def _page(
        self,
        query: Mapping[str, str],
        cursor: str | None,
        token: CancelToken,
        before_decoding: Callable[[], object],
    ) -> FilePage:
        with self._requests.connection.request(
            Operation.LIST, "GET", self._provider.files_path, token, query=query
        ) as response:
            page, body = read_page(
                self._requests.connection, response, before_decoding, self._provider.names
            )
            paging = self._provider.paging
            last_id = page.files[-1].id if page.files else None
            return replace(
                page,
                next_cursor=next_cursor(paging, cursor, last_id, body),
                total=total_in(paging, body),
            )

    def _path_of(self, file_id: str) -> str:
        return self._provider.files_path + path_of(file_id)
