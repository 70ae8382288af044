"""The backends of all windows of the program, and which of them acts where one is enough."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.system.events import Event
from ui.copying.copy_plan import FilesToCopy

if TYPE_CHECKING:
    from ui.backend import Backend


class Backends:
    """In the order in which the windows were opened; each hears of every event."""

    def __init__(self) -> None:
        self._all: list[Backend] = []
        self._front: Backend | None = None
        self.dragged: FilesToCopy | None = None
        """The files that are dragged out of one of the windows now."""

    @property
    def all(self) -> tuple["Backend", ...]:
        """All of them, the oldest first."""
        return tuple(self._all)

    @property
    def front(self) -> "Backend | None":
        """That of the window that is, or was last, in front."""
        return self._front

    def add(self, backend: "Backend") -> None:
        """Add that of a new window, which comes to front."""
        self._all.append(backend)
        self._front = backend

    def remove(self, backend: "Backend") -> None:
        """Remove that of a window that was closed."""
        self._all.remove(backend)
        if self._front is backend:
            self._front = self._all[-1] if self._all else None

    def bring_to_front(self, backend: "Backend") -> None:
        """Note that a window has come to front."""
        if backend in self._all:
            self._front = backend

    @contextmanager
    def dragging(self, files: FilesToCopy) -> Iterator[None]:
        """Let the windows know which files are dragged during the block."""
        self.dragged = files
        try:
            yield
        finally:
            self.dragged = None

    def deliver(self, events: Sequence[Event]) -> None:
        """Deliver events to all of them."""
        for backend in self.all:
            backend.deliver(events)

    def teller_of(self, account_id: str) -> "Backend | None":
        """The one whose window says what has become of something in an account.

        It's the front one of those that show the account; if none does, of all.
        """
        showing = [one for one in self._all if one.open_id == account_id]
        return self._front if self._front in showing or not showing else showing[0]

    def keeper_of(self, account_id: str) -> "Backend | None":
        """The one that looks after new files of an account: the oldest of those that show it."""
        return next((one for one in self._all if one.open_id == account_id), None)
