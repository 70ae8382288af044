"""The five endpoints of the Files API, blocking, one method each.

Source: the API reference for /files. Every method raises FilesError with a Problem in words, and
Cancelled as soon as its token is cancelled.
"""

import contextlib
import functools
import random as random_numbers
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from services.api.bounded_reading import OBJECT_BYTES, PAGE_BYTES, whole_body
from services.api.content import Content, content_of, rest
from services.api.file_page import FilePage, NotAFileList, decode_page
from services.api.http_parts import http_parts
from services.api.newest_files import NEWEST_FILES, NewestFiles
from services.api.pace import Pace
from services.api.page_limit import LARGEST_PAGE, PageLimit
from services.api.remote_file import (
    NotJson,
    RemoteFile,
    cut_fields,
    decode_object,
    remote_file_from,
)
from services.api.retry import AS_THE_SDK, ONCE, Answer, Patience, WaitListener, repeating
from services.api.server_time import server_time
from services.disk.local_file import UploadRequest
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.refusals import Operation
from services.providers.account import Account
from services.providers.key_fingerprint import key_fingerprint, key_mark
from services.providers.providers import provider_named
from services.system.cancellation import CancelToken
from services.system.language import _

if TYPE_CHECKING:
    import requests

    from services.api.connection import Connection

SHORTEST_EXPIRY = 3600
LONGEST_EXPIRY = 2_592_000
"""Seconds; the range of `expires_after[seconds]`."""


class Retrieved(msgspec.Struct, frozen=True):
    """The answer of `retrieve`."""

    fields: tuple[tuple[str, object], ...]
    """Every field as the server gave it, in its order, the unknown ones too; see `cut_fields`."""
    file: RemoteFile | None
    left_out: int = 0
    """How many more fields there were."""


class FilesApi:
    """The Files API as one account sees it. Thread-safe; each thread has a session of its own."""

    def __init__(
        self,
        account: Account,
        key: str,
        *,
        random: Callable[[], float] = random_numbers.random,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        **limits: float,
    ) -> None:
        """`random` and the clocks are for tests; `limits` goes to Connection."""
        self.account = account
        provider = provider_named(account.provider_id)
        self.pace = Pace(provider.uploads_a_minute)
        """Shared by all who carry out transfers of this account."""
        self.newest = NewestFiles(self._list_newest)
        """What was listed before uploads, shared like the pace."""
        self.page_limit = PageLimit(provider.largest_page)
        """How many files the server gives on a page at most."""
        self.content_hashes: dict[str, str] = {}
        """The SHA-256 of files whose content was fetched to compare it, by their ids."""
        self._random = random

        def connect() -> "Connection":
            return http_parts().connection(account, key, clock=clock, monotonic=monotonic, **limits)

        def fingerprint(salt: bytes) -> bytes:
            return key_fingerprint(key, salt)

        def mark(salt: bytes) -> str:
            return key_mark(key, salt)

        # Closures, so that nothing that is shown of this object has the key in it.
        self._connect = connect
        self._fingerprint = fingerprint
        self._mark = mark

    def key_fingerprint(self, salt: bytes) -> bytes:
        """Two bytes of a mark of the key; see `key_fingerprint`. Takes about 50 ms."""
        return self._fingerprint(salt)

    def key_mark(self, salt: bytes) -> str:
        """Tells the key of this account from all others; see `key_mark`."""
        return self._mark(salt)

    def list_page(
        self,
        token: CancelToken,
        *,
        purpose: str | None = None,
        limit: int | None = None,
        order: str | None = None,
        after: str | None = None,
        before_decoding: Callable[[], object] = lambda: None,
        patience: Patience = AS_THE_SDK,
    ) -> FilePage:
        """One page of the listing.

        `limit` is 1 to 10,000, and fewer are asked for where the server refuses so many; `order`
        is `asc` or `desc` by creation, `after` the id of the last file of the page before.
        Arguments left out are not sent: some servers refuse empty ones. `before_decoding` is
        called when the body has come. Repeated as `retry` says.
        """
        if limit is not None and not 1 <= limit <= LARGEST_PAGE:
            raise ValueError(f"limit must be 1 to {LARGEST_PAGE}, not {limit}")
        if order not in {None, "asc", "desc"}:
            raise ValueError(f"order must be asc or desc, not {order!r}")
        wanted = {"purpose": purpose, "order": order, "after": after}
        query = {name: value for name, value in wanted.items() if value}

        def ask(sent: int | None) -> FilePage:
            limited = query if sent is None else query | {"limit": str(sent)}
            page = self._repeating(
                lambda: self._page(limited, token, before_decoding), token, patience=patience
            )
            return replace(page, limit=sent)

        return ask(None) if limit is None else self.page_limit.ask(limit, ask)

    def upload(
        self,
        request: UploadRequest,
        token: CancelToken,
        *,
        progress: Callable[[int], None] = lambda _sent: None,
        hashed: Callable[[str], None] | None = None,
    ) -> RemoteFile:
        """Send a file, once: whether to send it again is for the caller to decide.

        `progress` is told how many bytes of the file are out; `hashed`, if any, the SHA-256 of
        the file before the last of them is. The FilesError's `body_sent` says whether the server
        may have a file although no answer came.
        """
        fields = {"purpose": request.purpose}
        if request.expires_after is not None:
            if not SHORTEST_EXPIRY <= request.expires_after <= LONGEST_EXPIRY:
                raise ValueError(f"expires_after is out of range: {request.expires_after}")
            fields["expires_after[anchor]"] = "created_at"
            fields["expires_after[seconds]"] = str(request.expires_after)
        body = http_parts().multipart_body(
            request.file, fields, token=token, progress=progress, hashed=hashed
        )
        with self._connection.ask(Operation.UPLOAD, "POST", "/files", token, body=body) as answer:
            if not body.sent_whole:
                raise _answered_too_soon(answer)
            decoded = self._decoded(Operation.UPLOAD, answer)
            file = remote_file_from(decoded)
            if file is None or _kind_of(decoded) not in {"", "file"}:
                raise _not_a_files_api(answer, "the response to the upload doesn't describe a file")
            return file

    def retrieve(self, file_id: str, token: CancelToken) -> Retrieved:
        """Every field that the server gives of a file. Repeated as `retry` says."""

        def attempt() -> Retrieved:
            with self._connection.ask(Operation.RETRIEVE, "GET", _path(file_id), token) as answer:
                fields = self._decoded(Operation.RETRIEVE, answer)
                if not isinstance(fields, dict):
                    raise _not_a_files_api(answer, "the response isn't an object")
                taken, left_out = cut_fields(fields)
                return Retrieved(taken, remote_file_from(fields), left_out)

        return self._repeating(attempt, token)

    def delete(
        self,
        file_id: str,
        token: CancelToken,
        *,
        on_try: Callable[[], None] = lambda: None,
        on_wait: WaitListener | None = None,
        patience: Patience = AS_THE_SDK,
        tried_before: bool = False,
    ) -> None:
        """Delete a file; it leaves every vector store too. Repeated as `retry` says.

        `on_try` is told before each attempt. When a repeat finds the file gone, the attempt
        before had deleted it; `tried_before` says that there was one before all of these.
        """
        repeat = tried_before

        def attempt() -> None:
            nonlocal repeat
            on_try()
            again, repeat = repeat, True
            try:
                with self._connection.ask(
                    Operation.DELETE, "DELETE", _path(file_id), token
                ) as answer:
                    fields = self._decoded(Operation.DELETE, answer, allow_empty=True)
                    if isinstance(fields, dict) and fields.get("deleted") in _DENIED:
                        raise _not_deleted(answer)
            except FilesError as error:
                if again and error.problem.kind is ProblemKind.NOT_FOUND:
                    return
                raise

        self._repeating(attempt, token, on_wait, patience)

    @contextlib.contextmanager
    def content(
        self, file_id: str, token: CancelToken, *, start: int = 0, etag: str = ""
    ) -> Iterator[Content]:
        """Give the content of a file as it comes, once; to be read within the block.

        With `start` and the `etag` of what is there already, the rest is asked for; the answer's
        `start` is 0 when the whole file comes all the same. Any other part is refused with the
        status RANGE_NOT_SATISFIABLE, as the server may do itself.

        Trouble that is not the server's must be raised as FilesError within the block.
        """
        with self._connection.ask(
            Operation.CONTENT,
            "GET",
            _path(file_id) + "/content",
            token,
            # Packed on the way, a cut-off body can't be told from a whole one.
            headers={"Accept-Encoding": "identity", "Accept": "*/*"} | rest(start, etag),
        ) as answer:
            yield content_of(answer, token, start=start, etag=etag)

    @functools.cached_property
    def _connection(self) -> "Connection":
        return self._connect()

    def _list_newest(self, purpose: str, token: CancelToken) -> FilePage:
        return self.list_page(
            token, purpose=purpose, limit=NEWEST_FILES, order="desc", patience=ONCE
        )

    def _page(
        self, query: Mapping[str, str], token: CancelToken, before_decoding: Callable[[], object]
    ) -> FilePage:
        with self._connection.ask(Operation.LIST, "GET", "/files", token, query=query) as answer:
            body = whole_body(answer, PAGE_BYTES)
            before_decoding()
            redaction = self._connection.redaction
            try:
                page = redaction.page(decode_page(body, redaction.for_body))
            except NotAFileList as error:
                if len(body) <= OBJECT_BYTES and _is_an_error(_decoded_or_none(body)):
                    raise self._connection.refusal(Operation.LIST, answer, body) from None
                # The cause holds the whole body.
                raise _not_a_files_api(answer, str(error)) from None
            return replace(page, size=len(body), server_time=server_time(answer.headers))

    def _decoded(
        self, operation: Operation, answer: "requests.Response", *, allow_empty: bool = False
    ) -> object:
        """The one object of an answer, without the key.

        Raises FilesError when it is an error in spite of the status.
        """
        body = whole_body(answer, OBJECT_BYTES)
        if not body and allow_empty:
            return None
        try:
            decoded = decode_object(body)
        except NotJson as error:
            raise _not_a_files_api(answer, str(error)) from None
        if _is_an_error(decoded):
            raise self._connection.refusal(operation, answer, body)
        return self._connection.redaction.value(decoded)

    def _repeating(
        self,
        attempt: Callable[[], Answer],
        token: CancelToken,
        on_wait: WaitListener | None = None,
        patience: Patience = AS_THE_SDK,
    ) -> Answer:
        return repeating(
            attempt, token=token, random=self._random, on_wait=on_wait, patience=patience
        )


_DENIED = (False, "false", "False")


def _path(file_id: str) -> str:
    if file_id in {".", ".."}:
        # No way of writing them keeps them from being taken as steps in the path.
        raise FilesError(
            Problem(
                ProblemKind.NOT_FOUND,
                _("The file can't be requested"),
                _("Its ID, {id}, can't be used in a URL.").format(id=file_id),
            ),
            body_sent=False,
        )
    return "/files/" + quote(file_id, safe="")


def _decoded_or_none(body: bytes) -> object:
    try:
        return decode_object(body)
    except NotJson:
        return None


def _kind_of(decoded: object) -> str:
    """What a decoded object says that it is, in lower case; empty where it does not say."""
    kind = decoded.get("object") if isinstance(decoded, dict) else None
    return kind.lower() if isinstance(kind, str) else ""


def _is_an_error(decoded: object) -> bool:
    """Whether it tells of a failure; some gateways do that with a status of success.

    A file may have an error of its own.
    """
    kind = _kind_of(decoded)
    told = isinstance(decoded, dict) and bool(decoded.get("error"))
    return kind == "error" or (told and kind != "file")


def _answered_too_soon(answer: "requests.Response") -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server responded before it had the whole file"),
            _("What it says it has can't be this file. Check the list to see what's there."),
            status=answer.status_code,
            request_id=answer.headers.get("x-request-id"),
        ),
        body_sent=False,
    )


def _not_a_files_api(answer: "requests.Response", reason: str) -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.NOT_A_FILES_API,
            _("The response isn't from a Files API"),
            _("Check the base URL. On most servers it ends in /v1."),
            reason,
            status=answer.status_code,
            request_id=answer.headers.get("x-request-id"),
        )
    )


def _not_deleted(answer: "requests.Response") -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.REQUEST_REFUSED,
            _("The server didn't delete the file"),
            _("It reported no error, but says the file is still there."),
            status=answer.status_code,
            request_id=answer.headers.get("x-request-id"),
        )
    )
