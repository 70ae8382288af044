"""The account's vector stores and their files, one blocking method for each call.

Source: the API reference for /vector_stores. Every method raises FilesError and Cancelled.
"""

from collections.abc import Iterator

import msgspec

from services.api.api_requests import ApiRequests, path_of
from services.api.bounded_reading import PAGE_BYTES, read_body
from services.api.item_requests import ItemRequests, new_page_limit
from services.api.json_values import DECODE_ERRORS
from services.api.responses import is_an_error, not_a_files_api
from services.api.retry import LIKE_SDK, RetryPolicy, WaitListener
from services.api.vector_store import VectorStore, VectorStoreFile
from services.problems.content_errors import endless_content
from services.problems.error_responses import Operation
from services.system.cancellation import CancelToken

STATES = ("in_progress", "completed", "failed", "cancelled")
"""What the files of a store can be filtered by."""

_PATH = "/vector_stores"
_NEWEST_FIRST = {"order": "desc"}
_MOST_TEXT_PAGES = 100_000


class VectorStoresApi(ItemRequests[VectorStore]):
    """Requests vector stores. Thread-safe."""

    def __init__(self, requests: ApiRequests) -> None:
        """Reached as `FilesApi.vector_stores`."""
        super().__init__(requests, VectorStore, "vector_store", _PATH, query=_NEWEST_FIRST)
        self._files_page_limit = new_page_limit(requests)

    def files_of(self, store_id: str, state: str | None = None) -> ItemRequests[VectorStoreFile]:
        """Requests the files of a store, the last attached first.

        `state` is one of `STATES`, or None for all files. Retrieving a file fails with the kind
        NOT_FOUND if it isn't in that store.
        """
        if state is not None and state not in STATES:
            raise ValueError(f"state must be one of {STATES}, not {state!r}")
        return ItemRequests(
            self._requests,
            VectorStoreFile,
            "vector_store.file",
            _files_path(store_id),
            query=_NEWEST_FIRST if state is None else _NEWEST_FIRST | {"filter": state},
            operation=Operation.JOB,
            page_limit=self._files_page_limit,
        )

    def attach(
        self,
        store_id: str,
        file_id: str,
        token: CancelToken,
        *,
        on_wait: WaitListener = lambda _seconds, _problem: None,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> VectorStoreFile:
        """Add a file to a store. Retried as described in `retry`: adding it twice does no harm.

        Waits while the limit of a store is reached; `on_wait` is called with the seconds, also
        before the pauses between attempts.
        """
        pace = self._requests.attach_paces.of(store_id)

        def attempt() -> VectorStoreFile:
            pace.wait_to_start(token, on_wait)
            return self.files_of(store_id).send("POST", token, body={"file_id": file_id})

        return self._requests.with_retries(attempt, token, on_wait, retry_policy)

    def detach(
        self,
        store_id: str,
        file_id: str,
        token: CancelToken,
        *,
        on_wait: WaitListener | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> None:
        """Remove a file from a store; the file itself stays. See `ApiRequests.delete`."""
        self._requests.delete(
            Operation.JOB,
            _files_path(store_id) + path_of(file_id),
            token,
            on_wait=on_wait,
            retry_policy=retry_policy,
        )

    def parsed_text(self, store_id: str, file_id: str, token: CancelToken) -> Iterator[str]:
        """Yield the text that the server parsed out of a file, piece by piece.

        Raises FilesError in between if the server never ends. How much is read in all is up to the
        caller.
        """
        path = _files_path(store_id) + path_of(file_id) + "/content"
        seen: set[str] = set()
        page: str | None = None
        while True:
            texts, following = self._requests.with_retries(
                lambda page=page: self._text_page(path, page, token),  # type: ignore[misc]
                token,
            )
            yield from texts
            if following is None:
                return
            if following in seen or len(seen) == _MOST_TEXT_PAGES:
                raise endless_content()
            seen.add(following)
            page = following

    def _text_page(
        self, path: str, page: str | None, token: CancelToken
    ) -> tuple[list[str], str | None]:
        connection = self._requests.connection
        query = {} if page is None else {"page": page}
        with connection.request(Operation.JOB, "GET", path, token, query=query) as response:
            body = read_body(response, PAGE_BYTES)
            try:
                decoded: object = msgspec.json.decode(body)
            except DECODE_ERRORS as error:
                raise not_a_files_api(response, str(error)) from None
            if is_an_error(decoded):
                raise connection.error_from(Operation.JOB, response, body)
            redact = connection.redaction.redactor_for(body)
            if redact is not None:
                decoded = redact(decoded)
            parts = decoded.get("data") if isinstance(decoded, dict) else None
            if not isinstance(decoded, dict) or not isinstance(parts, list):
                raise not_a_files_api(response, "`data` isn't a list")
            following = decoded.get("next_page") if decoded.get("has_more") else None
            texts = [part.get("text") for part in parts if isinstance(part, dict)]
            return (
                [text for text in texts if isinstance(text, str)],
                str(following) if isinstance(following, str | int) and following else None,
            )


def _files_path(store_id: str) -> str:
    return _PATH + path_of(store_id) + "/files"
