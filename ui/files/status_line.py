"""The line at the foot of the window: what is shown, what is selected, how old the listing is."""

from collections.abc import Callable
from time import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from services.language import _, ngettext
from services.sizes import size_in_words
from ui.labels import label
from ui.wording import MINUTE, ago_in_words, count_in_words, files_in_words, one_line


class StatusLine(QFrame):
    """Counts on the left, the listing on the right."""

    stop_asked = Signal()
    """No further page of the listing is wanted."""

    def __init__(self, clock: Callable[[], float] = time, parent: QWidget | None = None) -> None:
        """`clock` gives the seconds since 1970."""
        super().__init__(parent)
        self.setProperty("look", "status")
        self._clock = clock
        self._files = ""
        self._selection = ""
        self._updated: float | None = None
        self._left = label("", "muted")
        self._right = label("", "muted")
        self._stop = QPushButton(_("Stop"))
        self._stop.setProperty("look", "link")
        self._stop.setAccessibleName(_("Stop the listing"))
        self._stop.setCursor(Qt.CursorShape.PointingHandCursor)
        self._stop.clicked.connect(self.stop_asked)
        self._stop.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 14, 3)
        layout.setSpacing(8)
        layout.addWidget(self._left)
        layout.addStretch(1)
        layout.addWidget(self._right)
        layout.addWidget(self._stop)
        # As high with the link as without, so that the window does not twitch.
        self.setFixedHeight(self._stop.sizeHint().height() + 6)
        self._aging = QTimer(self)
        self._aging.timeout.connect(self._tell_age)

    def show_files(self, count: int, size: int) -> None:
        """How many files the table shows, and the sum of their bytes."""
        self._files = f"{files_in_words(count)} · {size_in_words(size)}" if count else ""
        if not count:
            self._files = files_in_words(count)
        self._tell_left()

    def show_selection(self, count: int, size: int) -> None:
        """How many files are selected, and the sum of their bytes."""
        self._selection = ""
        if count:
            selected = ngettext("{number} selected", "{number} selected", count)
            words = selected.format(number=count_in_words(count))
            self._selection = f"{words} · {size_in_words(size)}"
        self._tell_left()

    def show_listing(self, so_far: int) -> None:
        """The files are being listed; so many have come."""
        text = _("Listing…")
        if so_far:
            text = _("Listing… {number} so far").format(number=count_in_words(so_far))
        self._tell_right(text, updated=None)
        self._stop.show()

    def show_updated(self, moment: float) -> None:
        """The listing was complete at this moment, in seconds since 1970."""
        self._tell_right("", updated=moment)
        self._tell_age()

    def show_stopped(self, text: str) -> None:
        """The listing ended early; a sentence that says why. Empty for nothing to say."""
        self._tell_right(one_line(text), updated=None)

    def _tell_left(self) -> None:
        self._left.setText("  ·  ".join(filter(None, (self._files, self._selection))))

    def _tell_right(self, text: str, *, updated: float | None) -> None:
        self._updated = updated
        self._aging.stop()
        self._stop.hide()
        self._right.setText(text)

    @Slot()
    def _tell_age(self) -> None:
        if self._updated is None:
            return
        age = max(0.0, self._clock() - self._updated)
        self._right.setText(_("Updated {ago}").format(ago=ago_in_words(age)))
        self._aging.start(1000 if age < MINUTE else 30_000)
