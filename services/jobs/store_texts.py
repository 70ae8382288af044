"""The text that the server parsed out of files for vector stores."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from services.api.files_api import FilesApi
from services.jobs.files_in_stores import FilesInStores
from services.jobs.job_kind import JobKind
from services.jobs.known_jobs import KnownJobs
from services.jobs.open_account import OpenAccount
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken

_MOST_ASKED = 10
"""Vector stores that are asked for a file that wasn't seen in any."""
_NONE_FOR = 600.0
"""Seconds for which a file that was in none isn't asked for again."""

_ELSEWHERE = frozenset(
    {
        ProblemKind.NOT_FOUND,
        ProblemKind.NOT_OFFERED,
        ProblemKind.NOT_PERMITTED,
        ProblemKind.REQUEST_REFUSED,
    }
)
"""Problems that mean that a store doesn't give the text of a file."""


class StoreTexts:
    """Finds the parsed text of a file in the account's vector stores; see `ParsedText`."""

    def __init__(
        self,
        account: OpenAccount,
        known: KnownJobs,
        seen: FilesInStores,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` returns seconds."""
        self._account = account
        self._known = known
        self._seen = seen
        self._clock = clock
        self._lock = threading.Lock()
        self._none_until: dict[str, float] = {}

    def find(self, file_id: str, token: CancelToken) -> Iterator[bytes] | None:
        """The text of a file in UTF-8, piece by piece; None if no store has it.

        Asks the stores that the file was seen in, or else the newest ones. Raises FilesError and
        Cancelled.
        """
        api = self._account.api
        if api is None:
            return None
        seen_in = self._seen.stores_with(file_id)
        if not seen_in and self._has_none(file_id):
            return None
        for store_id in seen_in or self._holding(api, file_id, token):
            pieces = _text_in(api, store_id, file_id, token)
            if pieces is not None:
                return pieces
        with self._lock:
            self._none_until[file_id] = self._clock() + _NONE_FOR
        return None

    def _has_none(self, file_id: str) -> bool:
        with self._lock:
            return self._clock() < self._none_until.get(file_id, 0.0)

    def _holding(self, api: FilesApi, file_id: str, token: CancelToken) -> Iterator[str]:
        """The newest stores that have the file."""
        for store_id in self._newest(api, token):
            try:
                api.vector_stores.files_of(store_id).retrieve(file_id, token)
            except FilesError as error:
                if error.problem.kind not in _ELSEWHERE:
                    raise
            else:
                self._seen.note(store_id, (file_id,))
                yield store_id

    def _newest(self, api: FilesApi, token: CancelToken) -> list[str]:
        stores = list(self._known.of(JobKind.VECTOR_STORES))
        if not stores:
            try:
                stores = list(api.vector_stores.list_page(token, limit=_MOST_ASKED).items)
            except FilesError as error:
                if error.problem.kind not in _ELSEWHERE:
                    raise
        stores.sort(key=lambda store: store.created_at or 0, reverse=True)
        return [store.id for store in stores[:_MOST_ASKED]]


def _text_in(
    api: FilesApi, store_id: str, file_id: str, token: CancelToken
) -> Iterator[bytes] | None:
    texts = _joined(api.vector_stores.parsed_text(store_id, file_id, token))
    try:
        first = next(texts, None)
    except FilesError as error:
        if error.problem.kind not in _ELSEWHERE:
            raise
        return None
    if first is None:
        return None
    return (text.encode("utf-8", "replace") for text in chain((first,), texts))


def _joined(parts: Iterable[str]) -> Iterator[str]:
    """The parts with line breaks between them, where there are none.

    Each content part is a piece of its own, such as a page of a PDF.
    """
    in_line = False
    for part in filter(None, parts):
        if in_line and not part[0].isspace():
            yield "\n"
        yield part
        in_line = not part[-1].isspace()
