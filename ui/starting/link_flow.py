"""Shows the files that links lead to."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Slot

from services.catalog.events import ListingEnded
from services.system.language import _
from ui.backend import AccountLeaving
from ui.main_window import MainWindow
from ui.starting.file_link import linked_ids
from ui.windows import Windows
from ui.wording import one_line


class LinkFlow(QObject):
    """Selects files in the account in front.

    A file that isn't in the list may be new, so the list is refreshed before one is called missing.
    """

    def __init__(self, windows: Windows, parent: QObject) -> None:
        super().__init__(parent)
        self._links: tuple[str, ...] = ()
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

    def follow(self, window: MainWindow) -> None:
        """Show the files of all links in a window with an open account."""
        links, self._links = self._links, ()
        ids = linked_ids(links)
        if ids is None:
            link = next(one for one in links if linked_ids([one]) is None)
            words = _("“{link}” isn't a link to a file").format(link=one_line(link))
            window.messages.show_notice(words)
        elif _missing(window, ids):
            self._awaited, self._window = ids, window
            self._listing = window.backend.session.listing.refresh()
        else:
            window.table.picking.show_ids(ids)

    @Slot(object)
    def _listen_to(self, window: MainWindow) -> None:
        window.backend.events.on(ListingEnded, partial(self._look_again, window))
        window.backend.events.on(AccountLeaving, partial(self._forget, window))

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


def _missing(window: MainWindow, ids: Iterable[str]) -> list[str]:
    """The IDs that aren't in the window's list."""
    files = window.workspace.area.files
    return [one for one in ids if files.get(one) is None]
