"""The status line of a list of jobs: counts, and how old the list is."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from services.system.language import _, ngettext
from ui.files.listing_notes import ListingNotes
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel
from ui.wording import MINUTE, ago_in_words, count_in_words, one_line


class JobStatus(QFrame):
    """Shows counts on the left and the listing on the right."""

    stop_requested = Signal()
    """Request no more pages."""
    resume_requested = Signal()
    """Request the rest of the list."""
    refresh_requested = Signal()
    """List all jobs again."""

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(parent)
        self.setProperty("look", "status")
        self._clock = clock
        self._listed_at: float | None = None
        self._words = ""
        self._trouble = ""
        self._left = ElidedLabel()
        self._right = ElidedLabel()
        self._stop = _link(_("Stop"))
        self._stop.clicked.connect(self.stop_requested)
        self._resume = _link(_("Try again from here"))
        self._resume.clicked.connect(self.resume_requested)
        self._refresh = _link(_("Refresh"))
        self._refresh.clicked.connect(self.refresh_requested)
        self._notes = ListingNotes()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 3, 14, 3)
        row.setSpacing(8)
        row.addWidget(self._left)
        row.addStretch(1)
        for part in (self._right, self._stop, self._resume, self._refresh, self._notes):
            row.addWidget(part)
        self._age = QTimer(self)
        self._age.timeout.connect(self._show_right)

    def showEvent(self, event: QShowEvent) -> None:
        """Fix the height to that with links, so that nothing moves."""
        self.setFixedHeight(self._stop.sizeHint().height() + 6)
        super().showEvent(event)

    def show_counts(self, count: str, shown: int | None, running: int, selected: int) -> None:
        """Show how many jobs there are, in words, and how many of them haven't ended.

        `shown` is how many a search has found, None without one.
        """
        words = [count]
        if shown is not None:
            found = ngettext("{number} found", "{number} found", shown)
            words.append(found.format(number=count_in_words(shown)))
        if running:
            text = ngettext("{number} not ended yet", "{number} not ended yet", running)
            words.append(text.format(number=count_in_words(running)))
        if selected:
            text = ngettext("{number} selected", "{number} selected", selected)
            words.append(text.format(number=count_in_words(selected)))
        self._left.setText(" · ".join(filter(None, words)))

    def show_listing(self, so_far: int) -> None:
        """Show that the list is being requested, and how many jobs have arrived."""
        self._words = _("Listing…")
        if so_far:
            self._words = _("Listing… {number} so far").format(number=count_in_words(so_far))
        self._show_links(stop=True)

    def show_updated(self, moment: float) -> None:
        """Show that the whole list was requested at this time, in seconds since 1970."""
        self._listed_at, self._words = moment, ""
        self._show_links()

    def show_stopped(self, why: str, *, can_resume: bool) -> None:
        """Show that the list isn't whole, and why; `why` may be empty."""
        self._words = one_line(why)
        self._show_links(resume=can_resume, refresh=True)

    def show_trouble(self, words: str) -> None:
        """Show why what runs couldn't be looked at; empty once it could."""
        self._trouble = one_line(words)
        self._show_right()

    def show_notes(self, sentences: tuple[str, ...]) -> None:
        """Show what is unusual about the list."""
        self._notes.show_notes(sentences)

    def reset(self) -> None:
        """Show nothing: another account is being opened."""
        self._listed_at, self._words, self._trouble = None, "", ""
        self._left.setText("")
        self.show_notes(())
        self._show_links()

    def _show_links(
        self, *, stop: bool = False, resume: bool = False, refresh: bool = False
    ) -> None:
        self._stop.setVisible(stop)
        self._resume.setVisible(resume)
        self._refresh.setVisible(refresh)
        self._show_right()

    @Slot()
    def _show_right(self) -> None:
        self._age.stop()
        age = ""
        if self._listed_at is not None:
            seconds = max(0.0, self._clock() - self._listed_at)
            age = _("Updated {ago}").format(ago=ago_in_words(seconds))
            self._age.start(1000 if seconds < MINUTE else 30_000)
        self._right.setText(" · ".join(filter(None, (age, self._words, self._trouble))))


def _link(text: str) -> QPushButton:
    link = link_button(text)
    link.hide()
    return link
