"""The line at the foot of the window: what is shown, what is selected, and the listing's age."""

from collections.abc import Callable, Sequence
from time import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.files.listing_remarks import ListingRemarks
from ui.widgets.labels import ElidedLabel
from ui.wording import MINUTE, ago_in_words, count_in_words, files_in_words, one_line

_RECENT = 5
"""Seconds; an earlier listing counts as at least this old, so that it is never “just now”."""


class StatusLine(QFrame):
    """Counts on the left, the listing on the right."""

    stop_asked = Signal()
    """No further page of the listing is wanted."""
    go_on_asked = Signal()
    """The rest of a listing that broke off is wanted."""
    refresh_asked = Signal()
    """A new listing is wanted."""

    def __init__(self, clock: Callable[[], float] = time, parent: QWidget | None = None) -> None:
        """`clock` gives the seconds since 1970."""
        super().__init__(parent)
        self.setProperty("look", "status")
        self._clock = clock
        self._files = ""
        self._selection = ""
        self._arranging = ""
        self._listing = ""
        self._trouble = ""
        self._listed_at: float | None = None
        self._complete = False
        self._left = ElidedLabel()
        self._right = ElidedLabel()
        self._stop = _link(_("Stop"), _("Stop the listing"))
        self._stop.clicked.connect(self.stop_asked)
        self._go_on = _link(_("Try again from here"), _("Try again from here"))
        self._go_on.clicked.connect(self.go_on_asked)
        self._refresh = _link(_("Refresh"), _("List the files again"))
        self._refresh.clicked.connect(self.refresh_asked)
        self._remarks = ListingRemarks()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 14, 3)
        layout.setSpacing(8)
        layout.addWidget(self._left)
        layout.addStretch(1)
        for part in (self._right, self._stop, self._go_on, self._refresh, self._remarks):
            layout.addWidget(part)
        self._aging = QTimer(self)
        self._aging.timeout.connect(self._tell_right)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the same height with and without links, so that nothing moves."""
        self.setFixedHeight(self._stop.sizeHint().height() + 6)
        super().showEvent(event)

    def show_files(self, count: int, size: int, total: int) -> None:
        """How many of all files the table shows, and the sum of their bytes."""
        self._files = files_in_words(count)
        if count < total:
            self._files = ngettext(
                "{number} of {total} file", "{number} of {total} files", total
            ).format(number=count_in_words(count), total=count_in_words(total))
        if count:
            self._files = f"{self._files} · {format_size(size)}"
        self._tell_left()

    def show_no_files(self) -> None:
        """Nothing is known of the files."""
        self._files = ""
        self._tell_left()

    def show_selection(self, count: int, size: int | None) -> None:
        """How many files are selected, and the sum of their bytes; None until it is known."""
        self._selection = ""
        if count:
            selected = ngettext("{number} selected", "{number} selected", count)
            words = selected.format(number=count_in_words(count))
            self._selection = f"{words} · {format_size(size) if size is not None else '…'}"
        self._tell_left()

    @Slot(bool)
    def show_arranging(self, arranging: bool) -> None:
        """Whether the rows are being sorted or searched, which takes a while."""
        self._arranging = _("Sorting…") if arranging else ""
        self._tell_left()

    def show_listing(self, so_far: int, listed_at: float | None = None) -> None:
        """The files are being listed; `so_far` have arrived.

        `listed_at` is when the files that are still shown were listed.
        """
        self._listing = _("Listing…")
        if so_far:
            self._listing = _("Listing… {number} so far").format(number=count_in_words(so_far))
        self._begin(listed_at, listing=True)

    def show_updated(self, moment: float) -> None:
        """The listing was complete at this moment, in seconds since 1970."""
        self._listing = ""
        self._begin(moment, complete=True)

    def show_stopped(
        self,
        text: str,
        listed_at: float | None = None,
        *,
        can_refresh: bool = False,
        can_go_on: bool = False,
    ) -> None:
        """The listing ended early; `text` says why, or is empty.

        `listed_at` is when the files that are still shown were listed.
        """
        self._listing = one_line(text)
        self._begin(listed_at)
        self._go_on.setVisible(can_go_on)
        self._refresh.setVisible(can_refresh)
        self._make_room()

    def show_remarks(self, sentences: Sequence[str]) -> None:
        """Notes about the listing; an empty sequence removes them."""
        self._remarks.show_sentences(sentences)

    def show_watch_trouble(self, text: str) -> None:
        """Why checking for new files failed; empty when it works."""
        self._trouble = one_line(text)
        self._tell_right()

    def _begin(
        self, listed_at: float | None, *, complete: bool = False, listing: bool = False
    ) -> None:
        self._listed_at = listed_at
        self._complete = complete
        # Not hidden and shown again for each page: each time costs a new layout.
        self._stop.setVisible(listing)
        self._go_on.hide()
        self._refresh.hide()
        self._tell_right()

    def _tell_left(self) -> None:
        words = (self._files, self._selection, self._arranging)
        self._left.setText("  ·  ".join(filter(None, words)))
        self._make_room()

    @Slot()
    def _tell_right(self) -> None:
        self._aging.stop()
        age = ""
        if self._listed_at is not None:
            seconds = max(0.0, self._clock() - self._listed_at)
            self._aging.start(1000 if seconds < MINUTE else 30_000)
            if self._complete:
                age = _("Updated {ago}").format(ago=ago_in_words(seconds))
            else:
                age = _("Updated {ago}").format(ago=ago_in_words(max(_RECENT, seconds)))
        self._right.setText(" · ".join(filter(None, (age, self._listing, self._trouble))))
        self._make_room()

    def _make_room(self) -> None:
        """Lay out at once: otherwise, while pages arrive, a word may be painted cut short."""
        layout = self.layout()
        if layout is not None:
            layout.activate()


def _link(text: str, name: str) -> QPushButton:
    link = QPushButton(text)
    link.setProperty("look", "link")
    link.setAccessibleName(name)
    link.setCursor(Qt.CursorShape.PointingHandCursor)
    link.hide()
    return link
