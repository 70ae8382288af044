"""Finds files of the listing that have the name and size of those about to be sent."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from services.api.remote_file import RemoteFile
from services.catalog.upload_record import KnownUpload
from services.disk.local_file import LocalFile
from services.system.name_matching import folded

_AT_ONCE = 20_000
"""Files of the listing looked at in one turn of the event loop: a few milliseconds."""


@dataclass(slots=True)
class _Search:
    left: Iterator[RemoteFile]
    wanted: dict[int, dict[str, list[Path]]] = field(default_factory=dict)
    """Paths by size and folded name."""


class ListedAlready(QObject):
    """Goes through a listing piece by piece, so that the window answers in between."""

    found = Signal(object, object)
    """The path of a local file, and a `KnownUpload`."""
    ended = Signal()
    """Everything was looked at for one search."""

    def __init__(
        self, listed: Callable[[], Sequence[RemoteFile]], parent: QObject | None = None
    ) -> None:
        """`listed` gives the files of the account as they are known now."""
        super().__init__(parent)
        self._listed = listed
        self._searches: deque[_Search] = deque()
        """One after the other; the first has begun."""
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._look)

    def look_for(self, files: Sequence[LocalFile]) -> None:
        """Begin with these, once what was looked for before has `ended`."""
        search = _Search(iter(self._listed()))
        for file in files:
            if file.problem is None:
                names = search.wanted.setdefault(file.size, {})
                names.setdefault(folded(file.name), []).append(file.path)
        self._searches.append(search)
        self._turn.start(0)

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._searches.clear()
        self._turn.stop()

    @Slot()
    def _look(self) -> None:
        search = self._searches[0]
        wanted = search.wanted
        for _number in range(_AT_ONCE):
            file = next(search.left, None)
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
