"""The status line at the bottom of the window: counts, selection, and the listing's age."""

from collections.abc import Callable, Sequence
from time import time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.files.listing_notes import ListingNotes
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel
from ui.wording import MINUTE, ago_in_words, count_in_words, files_in_words, one_line

_MIN_CACHED_AGE = 5
"""The minimum age shown for a cached listing, in seconds, so that it is never “just now”."""


class StatusLine(QFrame):
    """Shows counts on the left and the listing on the right."""

    stop_requested = Signal()
    """Emitted to stop the listing."""
    resume_requested = Signal()
    """Emitted to resume an interrupted listing."""
    refresh_requested = Signal()
    """Emitted to start a new listing."""

    def __init__(self, clock: Callable[[], float] = time, parent: QWidget | None = None) -> None:
        """`clock` returns a Unix timestamp."""
        super().__init__(parent)
        self.setProperty("look", "status")
        self._clock = clock
        self._files = ""
        self._selection = ""
        self._arranging = ""
        self._listing = ""
        self._watch_failure = ""
        self._listed_at: float | None = None
        self._complete = False
        self._left = ElidedLabel()
        self._right = ElidedLabel()
        self._stop = _link(_("Stop"), _("Stop the listing"))
        self._stop.clicked.connect(self.stop_requested)
        self._resume = _link(_("Try again from here"), _("Try again from here"))
        self._resume.clicked.connect(self.resume_requested)
        self._refresh = _link(_("Refresh"), _("List the files again"))
        self._refresh.clicked.connect(self.refresh_requested)
        self._notes = ListingNotes()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 14, 3)
        layout.setSpacing(8)
        layout.addWidget(self._left)
        layout.addStretch(1)
        for part in (self._right, self._stop, self._resume, self._refresh, self._notes):
            layout.addWidget(part)
        self._age_timer = QTimer(self)
        self._age_timer.timeout.connect(self._update_right)

    def showEvent(self, event: QShowEvent) -> None:
        """Fix the height to that with links, so that nothing moves."""
        self.setFixedHeight(self._stop.sizeHint().height() + 6)
        super().showEvent(event)

    def show_files(self, count: int, size: int, total: int) -> None:
        """Show how many of all files are in the table, and their total size in bytes."""
        self._files = files_in_words(count)
        if count < total:
            self._files = ngettext(
                "{number} of {total} file", "{number} of {total} files", total
            ).format(number=count_in_words(count), total=count_in_words(total))
        if count:
            self._files = f"{self._files} · {format_size(size)}"
        self._update_left()

    def show_no_files(self) -> None:
        """Hide the counts: the files aren't known."""
        self._files = ""
        self._update_left()

    def show_selection(self, count: int, size: int | None) -> None:
        """Show the number of selected files, and their total bytes, None if not known yet."""
        self._selection = ""
        if count:
            selected = ngettext("{number} selected", "{number} selected", count)
            words = selected.format(number=count_in_words(count))
            self._selection = f"{words} · {format_size(size) if size is not None else '…'}"
        self._update_left()

    @Slot(bool)
    def show_arranging(self, is_arranging: bool) -> None:
        """Show or hide that sorting or searching is taking a while."""
        self._arranging = _("Sorting…") if is_arranging else ""
        self._update_left()

    def show_listing(self, so_far: int, listed_at: float | None = None) -> None:
        """Show that files are being listed, and that `so_far` have arrived.

        `listed_at` is when the files still shown were listed.
        """
        self._listing = _("Listing…")
        if so_far:
            self._listing = _("Listing… {number} so far").format(number=count_in_words(so_far))
        self._show_right(listed_at, listing=True)

    def show_updated(self, moment: float) -> None:
        """Show that the listing was completed at this Unix timestamp."""
        self._listing = ""
        self._show_right(moment, complete=True)

    def show_stopped(
        self,
        text: str,
        listed_at: float | None = None,
        *,
        can_refresh: bool = False,
        can_resume: bool = False,
    ) -> None:
        """Show that the listing ended early; `text` says why, or is empty.

        `listed_at` is when the files still shown were listed.
        """
        self._listing = one_line(text)
        self._show_right(listed_at)
        self._resume.setVisible(can_resume)
        self._refresh.setVisible(can_refresh)
        self._relayout()

    def show_notes(self, sentences: Sequence[str]) -> None:
        """Show notes about the listing; an empty sequence removes them."""
        self._notes.show_notes(sentences)

    def show_watch_failure(self, text: str) -> None:
        """Show why checking for new files failed; an empty text removes it."""
        self._watch_failure = one_line(text)
        self._update_right()

    def _show_right(
        self, listed_at: float | None, *, complete: bool = False, listing: bool = False
    ) -> None:
        self._listed_at = listed_at
        self._complete = complete
        # Not hidden and shown again for each page, as each time costs a new layout.
        self._stop.setVisible(listing)
        self._resume.hide()
        self._refresh.hide()
        self._update_right()

    def _update_left(self) -> None:
        words = (self._files, self._selection, self._arranging)
        self._left.setText("  ·  ".join(filter(None, words)))
        self._relayout()

    @Slot()
    def _update_right(self) -> None:
        self._age_timer.stop()
        age = ""
        if self._listed_at is not None:
            seconds = max(0.0, self._clock() - self._listed_at)
            self._age_timer.start(1000 if seconds < MINUTE else 30_000)
            if self._complete:
                age = _("Updated {ago}").format(ago=ago_in_words(seconds))
            else:
                age = _("Updated {ago}").format(ago=ago_in_words(max(_MIN_CACHED_AGE, seconds)))
        self._right.setText(" · ".join(filter(None, (age, self._listing, self._watch_failure))))
        self._relayout()

    def _relayout(self) -> None:
        """Update the layout at once; otherwise text may be painted cut off while pages arrive."""
        layout = self.layout()
        if layout is not None:
            layout.activate()


def _link(text: str, name: str) -> QPushButton:
    link = link_button(text)
    link.setAccessibleName(name)
    link.hide()
    return link
