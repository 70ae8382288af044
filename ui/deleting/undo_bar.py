"""The countdown before deletes are sent, with a button to undo them."""

import math
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from services.api.remote_file import RemoteFile
from services.system.language import _
from ui.widgets.labels import label
from ui.wording import count_in_words, files_in_words

_TICK_MILLISECONDS = 100
_STEPS = 1000
_MARGIN = 12


class UndoBar(QFrame):
    """Floats above the bottom of its parent while deletes are pending.

    Files deleted during a countdown join it and restart it: nothing is ever sent earlier than
    announced, and *Undo* cancels all of it. `due` and `undone` are emitted with the files, a tuple
    of `RemoteFile`. If the window is closed during the countdown, `undone` is emitted: nothing is
    sent.
    """

    due = Signal(object)
    undone = Signal(object)
    covered_height_changed = Signal(object)
    """The pixels at the bottom of the parent that this covers; 0 when hidden."""

    def __init__(self, parent: QWidget, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds and never goes back."""
        super().__init__(parent)
        self._parent = parent
        self._clock = clock
        self._pending: dict[str, RemoteFile] = {}
        self._seconds = 0.0
        self._end = 0.0
        self._covered_height = 0
        self._watched: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        self.setProperty("look", "card")
        self.setAccessibleName(_("Deleting files"))
        self._words = label(look="strong")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Time left to undo"))
        self._bar.setMinimumWidth(self.fontMetrics().averageCharWidth() * 10)
        # Created first, so that Tab reaches the harmless button first.
        self._undo = QPushButton(_("Undo"), self)
        self._send_now = QPushButton(_("Delete now"), self)
        self._undo.setProperty("look", "filled")
        time_left = QHBoxLayout()
        time_left.setSpacing(8)
        time_left.addWidget(self._words)
        time_left.addWidget(self._bar, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._send_now)
        buttons.addWidget(self._undo)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 8, 8, 8)
        self._row.setSpacing(8)
        self._row.addLayout(time_left, 1)
        self._row.addLayout(buttons)
        self._row.setAlignment(buttons, Qt.AlignmentFlag.AlignRight)
        self._send_now.clicked.connect(self.send_now)
        self._undo.clicked.connect(self.undo)
        # Not the button's own shortcut, which animates the click first and may be too late.
        keys = QKeySequence(QKeySequence.StandardKey.Undo)
        self._undo.setToolTip(keys.toString(QKeySequence.SequenceFormat.NativeText))
        QShortcut(keys, self).activated.connect(self.undo)
        parent.installEventFilter(self)
        self.hide()

    @property
    def pending(self) -> tuple[RemoteFile, ...]:
        """The files with pending deletes."""
        return tuple(self._pending.values())

    def set_tab_order_after(self, part: QWidget) -> None:
        """Place the buttons after a widget in the Tab order, *Undo* first."""
        self.setTabOrder(part, self._undo)
        self.setTabOrder(self._undo, self._send_now)

    @Slot(QWidget)
    def float_over(self, parent: QWidget) -> None:
        """Float over another widget, which is shown in place of the parent."""
        is_shown = bool(self._pending)
        self._parent.removeEventFilter(self)
        self._parent = parent
        self.setParent(parent)
        parent.installEventFilter(self)
        if is_shown:
            self.show()
            self.raise_()
            self._reposition()

    def start(self, files: Sequence[RemoteFile], seconds: float) -> None:
        """Start the countdown for files, together with those already pending."""
        self._pending.update((file.id, file) for file in files)
        if not self._pending:
            return
        self._seconds = max(float(seconds), 0.0)
        self._end = self._clock() + self._seconds
        if self._seconds == 0:
            self.send_now()
            return
        self._watch(self.window())
        self._show_time(self._seconds)
        self.show()
        self.raise_()
        self._reposition()
        self._timer.start()
        self._announce()

    @Slot()
    def send_now(self) -> None:
        """Send the deletes without waiting."""
        files = self._finish()
        if files:
            self.due.emit(files)

    @Slot()
    def undo(self) -> None:
        """Cancel all pending deletes."""
        files = self._finish()
        if files:
            self.undone.emit(files)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size; undo everything when the window closes."""
        if watched is self._watched and event.type() == QEvent.Type.Close:
            self.undo()
        elif watched is self._parent and event.type() == QEvent.Type.Resize:
            self._reposition()
        return super().eventFilter(watched, event)

    @Slot()
    def _tick(self) -> None:
        left = self._end - self._clock()
        if left <= 0:
            self.send_now()
        else:
            self._show_time(left)

    def _finish(self) -> tuple[RemoteFile, ...]:
        files = self.pending
        self._pending.clear()
        self._timer.stop()
        self._watch(None)
        self.hide()
        self._set_covered_height(0)
        return files

    def _show_time(self, left: float) -> None:
        words = _("Deleting {files} in {number} s").format(
            files=files_in_words(len(self._pending)), number=count_in_words(math.ceil(left))
        )
        self._bar.setValue(round(_STEPS * min(left / self._seconds, 1.0)))
        if words != self._words.text():
            self._words.setText(words)
            self.setAccessibleDescription(words)
            self._reposition()

    def _reposition(self) -> None:
        room = self._parent.width() - 2 * _MARGIN
        # Use the first layout that fits, or the last one.
        for direction, with_bar in (
            (QBoxLayout.Direction.LeftToRight, True),
            (QBoxLayout.Direction.LeftToRight, False),
            (QBoxLayout.Direction.TopToBottom, True),
            (QBoxLayout.Direction.TopToBottom, False),
        ):
            self._row.setDirection(direction)
            self._bar.setVisible(with_bar)
            self._row.activate()
            min_width = self.minimumSizeHint().width()
            if min_width <= room:
                break
        preferred = max(self.sizeHint().width(), 64 * self.fontMetrics().averageCharWidth())
        self.resize(max(min(preferred, room), min_width), self.sizeHint().height())
        # If even the narrowest is too wide, cut off the text rather than the buttons.
        left = _MARGIN + min((room - self.width()) // 2, room - self.width())
        self.move(left, self._parent.height() - self.height() - _MARGIN)
        if self._pending:
            self._set_covered_height(self.height() + 2 * _MARGIN)

    def _set_covered_height(self, height: int) -> None:
        if height != self._covered_height:
            self._covered_height = height
            self.covered_height_changed.emit(height)

    def _watch(self, window: QWidget | None) -> None:
        if self._watched is not None and self._watched is not self._parent:
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None and window is not self._parent:
            window.installEventFilter(self)

    def _announce(self) -> None:
        """Announce it to assistive technology, since the focus does not move."""
        text = _("{words}. Press Undo to cancel.").format(words=self._words.text())
        event = QAccessibleAnnouncementEvent(self, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)
