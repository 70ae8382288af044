"""Finds listed files with the same name and size as files about to be uploaded."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from services.api.remote_file import RemoteFile
from services.catalog.upload_record import KnownUpload
from services.disk.local_file import LocalFile
from services.system.name_matching import folded

_FILES_PER_STEP = 20_000
"""Listed files compared per event-loop iteration, which takes a few milliseconds."""


@dataclass(slots=True)
class _Search:
    remaining: Iterator[RemoteFile]
    wanted: dict[int, dict[str, list[Path]]] = field(default_factory=dict)
    """Paths by size and case-folded name."""


class ListingLookup(QObject):
    """Searches the listing in chunks so that the window stays responsive."""

    found = Signal(object, object)
    """Carries the path of a local file and its `KnownUpload`."""
    ended = Signal()
    """Emitted when a search is complete."""

    def __init__(
        self, listed: Callable[[], Sequence[RemoteFile]], parent: QObject | None = None
    ) -> None:
        """`listed` returns the account's files as currently known."""
        super().__init__(parent)
        self._listed = listed
        self._searches: deque[_Search] = deque()
        """The first is running; the others are queued."""
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._search_chunk)

    def search_for(self, files: Sequence[LocalFile]) -> None:
        """Queue a search for these files; it starts when earlier searches have `ended`."""
        search = _Search(iter(self._listed()))
        for file in files:
            if file.problem is None:
                names = search.wanted.setdefault(file.size, {})
                names.setdefault(folded(file.name), []).append(file.path)
        self._searches.append(search)
        self._turn.start(0)

    def stop(self) -> None:
        """Drop all searches."""
        self._searches.clear()
        self._turn.stop()

    @Slot()
    def _search_chunk(self) -> None:
        search = self._searches[0]
        wanted = search.wanted
        for _number in range(_FILES_PER_STEP):
            file = next(search.remaining, None)
            if file is None:
                self._searches.popleft()
                if not self._searches:
                    self._turn.stop()
                self.ended.emit()
                return
            if file.size not in wanted:
                continue
            if paths := wanted[file.size].get(folded(file.name)):
                known = KnownUpload(
                    file.id, False, file.purpose or "", float(file.created_at or 0), file.name
                )
                for path in paths:
                    self.found.emit(path, known)
