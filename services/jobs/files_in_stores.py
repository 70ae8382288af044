"""Remembers which files were seen in which vector stores."""

import threading
from collections.abc import Iterable

_MOST_NOTED = 200_000
"""Files of one store that are remembered, so that a huge one can't fill up memory."""


class FilesInStores:
    """The files of one account; there may be others in the stores. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files_in: dict[str, set[str]] = {}

    def stores_with(self, file_id: str) -> tuple[str, ...]:
        """The stores that a file was seen in."""
        with self._lock:
            return tuple(store for store, files in self._files_in.items() if file_id in files)

    def note(self, store_id: str, file_ids: Iterable[str]) -> None:
        """Remember that files were seen in a store."""
        with self._lock:
            noted = self._files_in.setdefault(store_id, set())
            if len(noted) < _MOST_NOTED:
                noted.update(file_ids)

    def discard(self, store_id: str, file_id: str) -> None:
        """Forget that a file was seen in a store."""
        with self._lock:
            self._files_in.get(store_id, set()).discard(file_id)
