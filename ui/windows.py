"""All windows of the program: opening, placing and closing them."""

from pathlib import Path

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountsLoaded
from services.engine import Engine
from services.providers.account import Account, AccountKind
from services.transfers.events import TransfersRestored
from ui.backend import Backend, TransfersChanged
from ui.backends import Backends
from ui.main_window import MainWindow
from ui.theme import Theme

_STEP = 32
"""Pixels by which a new window is moved, if there is no room beside the front one."""


class Windows(QObject):
    """Each has an account, files and a selection of its own; all show the same transfers."""

    opened = Signal(object)
    """Carries each new `MainWindow`, before it is shown."""
    all_closed = Signal()
    """Emitted when the last one is being closed."""

    def __init__(
        self, engine: Engine, theme: Theme, system_downloads: Path, parent: QObject
    ) -> None:
        """`system_downloads` is the system's download folder."""
        super().__init__(parent)
        self._engine = engine
        self._theme = theme
        self._system_downloads = system_downloads
        self.backends = Backends()
        self._all: list[MainWindow] = []
        self._restored = False
        """Whether the transfers of earlier runs are known."""
        self._passing_on = False
        self._leaving = False
        """Whether all are being closed."""

    @property
    def all(self) -> tuple[MainWindow, ...]:
        """The windows, the oldest first."""
        return tuple(self._all)

    @property
    def front(self) -> MainWindow:
        """The window that is, or was last, in front."""
        return next(one for one in self._all if one.backend is self.backends.front)

    @property
    def is_sorting_cached(self) -> bool:
        """Whether one of them is still arranging a cached list."""
        return any(one.workspace.area.is_sorting_cached for one in self._all)

    def open(self) -> MainWindow:
        """Make a window without an account; the caller shows it."""
        backend = Backend(self._engine, self.backends)
        window = MainWindow(backend, self._theme, self._system_downloads)
        self._all.append(window)
        backend.events.on(TransfersRestored, self._note_restored)
        window.closing.connect(lambda: self._close(window))
        window.quit_requested.connect(self.leave_all)
        window.commands.new_window.triggered.connect(self.open_another)
        window.dialogs.watch_changed.connect(lambda: self._apply_watch(window))
        window.dialogs.prices_changed.connect(lambda: self._apply_prices(window))
        self.opened.emit(window)
        return window

    @Slot()
    def open_another(self) -> None:
        """Open a window on an account that no other window shows, if there is one."""
        front = self.front
        chosen = self._free_account(front)
        window = self.open()
        _place_beside(window, front)
        window.show()
        backend, known = window.backend, front.accounts.accounts
        backend.deliver([TransfersChanged(tuple(front.workspace.transfers.model.transfers()))])
        if self._restored:
            backend.deliver([TransfersRestored(0)])
        if known:
            backend.deliver([AccountsLoaded(known)])
        if chosen is not None:
            backend.open(chosen.id)

    @Slot()
    def leave_all(self) -> None:
        """Close all windows without asking; the front one last, whose layout is saved."""
        self._leaving = True
        for window in sorted(self._all, key=lambda one: one is self.front):
            window.leave()
        self.all_closed.emit()

    def _free_account(self, front: MainWindow) -> Account | None:
        """What a new window opens: what `front` showed before, or the next one in the list."""
        known = front.accounts.accounts
        shown = {one.backend.account.id for one in self._all if one.backend.account is not None}
        current = front.backend.account
        after = next((n for n, one in enumerate(known) if current and one.id == current.id), -1) + 1
        in_turn = [*known[after:], *known[:after]]
        ranked = [
            *front.backend.in_background,
            *(one for one in in_turn if one.kind is not AccountKind.SANDBOX),
        ]
        return next((one for one in ranked if one.id not in shown), current)

    def _note_restored(self, _event: TransfersRestored) -> None:
        self._restored = True

    def _apply_watch(self, changed_in: MainWindow) -> None:
        for window in self._all:
            if window is not changed_in:
                window.watch.apply_settings()

    def _apply_prices(self, changed_in: MainWindow) -> None:
        if not self._passing_on:
            self._passing_on = True
            for window in self._all:
                if window is not changed_in:
                    window.dialogs.prices_changed.emit()
            self._passing_on = False

    def _close(self, window: MainWindow) -> None:
        if self._leaving:
            return
        if len(self._all) == 1:
            self.all_closed.emit()
            return
        self._all.remove(window)
        window.backend.close()
        window.deleteLater()


def _place_beside(window: QWidget, other: QWidget) -> None:
    """Place a window beside another, or else a step below it, with the same size."""
    room, frame = other.screen().availableGeometry(), other.frameGeometry()
    window.resize(other.normalGeometry().size())
    size = QRect(frame)
    for x in (frame.right() + 1, frame.left() - frame.width()):
        size.moveLeft(x)
        if room.contains(size):
            window.move(size.topLeft())
            return
    size = QRect(frame.topLeft(), window.size()).translated(_STEP, _STEP)
    if not room.contains(size):
        size.moveTopLeft(room.topLeft())
    window.move(size.topLeft())
