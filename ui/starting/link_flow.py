"""Shows the files that links lead to."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Slot

from services.accounts.events import AccountFailed
from services.catalog.events import ListingEnded
from services.system.language import _
from ui.backend import AccountLeaving
from ui.main_window import MainWindow
from ui.starting.file_link import Destination, destination
from ui.windows import Windows


class LinkFlow(QObject):
    """Selects files in the account that links name, which it opens, or else in the one in front.

    A file that isn't in the list may be new, so the list is refreshed before one is called missing.
    """

    def __init__(self, windows: Windows, parent: QObject) -> None:
        super().__init__(parent)
        self._windows = windows
        self._links: tuple[str, ...] = ()
        self._opening: MainWindow | None = None
        """The window that is opening the account of the links."""
        self._awaited: tuple[str, ...] = ()
        """The files to look for again once the list of `_window` has been refreshed."""
        self._window: MainWindow | None = None
        self._listing = 0
        """The number of the listing that tells; earlier ones may still end."""
        windows.opened.connect(self._listen_to)

    def __bool__(self) -> bool:
        """Whether there are links to follow."""
        return bool(self._links)

    def add(self, links: Iterable[str]) -> None:
        """Keep links until `follow` is called."""
        self._links += tuple(links)

    def lead(self, front: MainWindow) -> MainWindow:
        """The window to follow all links in: the front one, or one that shows their account already.

        If none does, the front one opens it. If that fails, or another account is chosen meanwhile,
        the links are forgotten.
        """
        if self._opening is not None:
            return self._opening
        to = self._destination(front)
        if not isinstance(to, Destination) or to.account_id in ("", front.backend.open_id):
            return front
        for window in self._windows.all:
            if window.backend.open_id == to.account_id:
                return window
        front.accounts.choose(to.account_id)
        self._opening = front
        return front

    def follow(self, window: MainWindow) -> None:
        """Show the files of all links in a window with an open account."""
        to = self._destination(window)
        self._links, self._opening = (), None
        if not isinstance(to, Destination):
            window.messages.show_notice(to)
        elif _missing(window, to.file_ids):
            self._awaited, self._window = to.file_ids, window
            self._listing = window.backend.session.listing.refresh()
        else:
            window.table.picking.show_ids(to.file_ids)

    def _destination(self, window: MainWindow) -> Destination | str:
        return destination(self._links, window.accounts.accounts, window.backend.open_id)

    @Slot(object)
    def _listen_to(self, window: MainWindow) -> None:
        window.backend.events.on(ListingEnded, partial(self._look_again, window))
        window.backend.events.on(AccountLeaving, partial(self._forget, window))
        window.backend.events.on(AccountFailed, partial(self._forget, window))

    def _look_again(self, window: MainWindow, event: ListingEnded) -> None:
        if window is not self._window or event.listing < self._listing:
            return
        ids = self._awaited
        self._forget(window, event)
        window.table.picking.show_ids(ids)
        missing = _missing(window, ids)
        if missing and event.complete:  # or else the window says why
            words = _("Not in this account: {ids}").format(ids=", ".join(missing))
            window.messages.show_notice(words)

    def _forget(self, window: MainWindow, _event: object) -> None:
        if window is self._window:
            self._awaited, self._window = (), None
        if window is self._opening:
            self._links, self._opening = (), None


def _missing(window: MainWindow, ids: Iterable[str]) -> list[str]:
    """The IDs that aren't in the window's list."""
    files = window.workspace.area.files
    return [one for one in ids if files.get(one) is None]
