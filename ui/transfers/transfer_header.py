"""The header of the transfers panel: a summary, and buttons that apply to all transfers."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from services.system.language import _
from ui.icons import GAP, icon, space_icon
from ui.theme import Role
from ui.transfers.transfer_summary import TransferSummary, summary_in_words
from ui.widgets.labels import IconLabel, label
from ui.wording import speed_in_words

_LEFT, _RIGHT, _SPACING = 6, 12, 8
"""In pixels."""
_SUMMARY_CHARACTERS = 56
"""Space for the summary and speeds, in average characters; below this, buttons lose their text."""


class TransferHeader(QFrame):
    """Emits which button was pressed. Buttons have fixed places; unneeded ones are disabled."""

    toggle_pressed = Signal()
    retry_pressed = Signal()
    pause_pressed = Signal()
    resume_pressed = Signal()
    cancel_pressed = Signal()
    clear_pressed = Signal()
    clear_ended_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._toggle = QToolButton()
        self._toggle.setProperty("look", "flat")
        self._title = label(_("Transfers"), "strong")
        self._summary = _ElidedLabel()
        self._summary.setProperty("look", "muted")
        self._upload_speed = _Speed("arrow-up", _("Upload speed"))
        self._download_speed = _Speed("arrow-down", _("Download speed"))
        self._retry = _HeaderButton("rotate-cw", _("Retry failed"))
        self._pause = _HeaderButton("pause", _("Pause all"))
        self._resume = _HeaderButton("play", _("Resume all"))
        self._cancel = _HeaderButton("x", _("Cancel all"))
        self._clear = _HeaderButton("check-check", _("Clear finished"))
        self._clear_ended = _HeaderButton("list-x", _("Clear all ended"))
        self._toggle.clicked.connect(self.toggle_pressed)
        self._buttons = {
            self._retry: self.retry_pressed,
            self._pause: self.pause_pressed,
            self._resume: self.resume_pressed,
            self._cancel: self.cancel_pressed,
            self._clear: self.clear_pressed,
            self._clear_ended: self.clear_ended_pressed,
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT, 4, _RIGHT, 4)
        row.setSpacing(_SPACING)
        row.addWidget(self._toggle)
        row.addWidget(self._title)
        row.addWidget(self._summary, 1)
        row.addWidget(self._upload_speed)
        row.addWidget(self._download_speed)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        row.addLayout(buttons)
        for button, pressed in self._buttons.items():
            button.clicked.connect(pressed)
            buttons.addWidget(button)

    def show_summary(self, summary: TransferSummary, *, empty: bool) -> None:
        """Show a summary of the transfers, or a hint if the list is empty."""
        words = _("Uploads and downloads appear here.") if empty else summary_in_words(summary)
        self._summary.setText(words)
        self._summary.setToolTip(words)
        self._upload_speed.show_speed(summary.upload_speed)
        self._download_speed.show_speed(summary.download_speed)
        self._enable(
            {
                self._retry: summary.failed > 0,
                self._pause: summary.pausable > 0,
                self._resume: summary.paused > 0,
                self._cancel: summary.can_cancel,
                self._clear: summary.finished > 0,
                self._clear_ended: summary.finished + summary.failed > 0,
            }
        )

    def show_collapsed(self, collapsed: bool) -> None:
        """Make the chevron show what a click on it would do."""
        self._toggle.setIcon(icon("chevron-right" if collapsed else "chevron-down", Role.MUTED))
        name = _("Show transfers") if collapsed else _("Hide transfers")
        self._toggle.setAccessibleName(name)
        self._toggle.setToolTip(name)

    def fit_height(self) -> None:
        """Adopt the height of the buttons, which is known only once they are shown and styled."""
        self.setMinimumHeight(self._clear.sizeHint().height() + 8)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the buttons' text if there is no room for it."""
        super().resizeEvent(event)
        self._fit()

    def _enable(self, useful: dict["_HeaderButton", bool]) -> None:
        """Enable the buttons that have something to do.

        Qt moves focus from a disabled button to the next one, so pressing Space twice on *Resume
        all* would cancel all transfers.
        """
        opposite = {self._pause: self._resume, self._resume: self._pause}
        for button in sorted(useful, key=useful.__getitem__, reverse=True):
            if not useful[button] and button.hasFocus():
                other = opposite.get(button)
                (other if other is not None and useful[other] else self._toggle).setFocus()
            button.setEnabled(useful[button])

    def _fit(self) -> None:
        """Show or hide text by width alone, so that buttons don't move under the pointer."""
        letter = self.fontMetrics().averageCharWidth()
        needed = _LEFT + _RIGHT + _SUMMARY_CHARACTERS * letter
        for part in (self._toggle, self._title):
            needed += part.sizeHint().width() + _SPACING
        needed += sum(button.full_width for button in self._buttons)
        for button in self._buttons:
            button.show_text(needed <= self.width())


class _ElidedLabel(QLabel):
    """A label that elides its text when space is short."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class _Speed(QWidget):
    """An arrow and a speed; hidden while nothing moves in that direction."""

    def __init__(self, icon_name: str, name: str) -> None:
        super().__init__()
        self._name = name
        self._speed = label(look="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel(icon(icon_name, Role.MUTED), 0.9))
        row.addWidget(self._speed)

    def show_speed(self, bytes_per_second: int) -> None:
        self.setVisible(bytes_per_second > 0)
        if bytes_per_second <= 0:
            return
        words = speed_in_words(bytes_per_second)
        self._speed.setText(words)
        self._speed.setAccessibleName(f"{self._name}: {words}")


class _HeaderButton(QPushButton):
    """A flat button that can hide its text; the tool tip always shows it."""

    def __init__(self, icon_name: str, text: str) -> None:
        super().__init__(icon(icon_name), text)
        space_icon(self)
        self._text = text
        self.setProperty("look", "flat")
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def full_width(self) -> int:
        """The width with its text, in pixels."""
        return self.sizeHint().width() + (0 if self.text() else self._text_width())

    def show_text(self, shown: bool) -> None:
        """Show the text, or only the icon."""
        self.setText(self._text if shown else "")
        space_icon(self)

    def minimumSizeHint(self) -> QSize:
        """The width of the icon alone, so that the text never limits the window's width."""
        hint = super().sizeHint()
        return QSize(self.full_width - self._text_width(), hint.height())

    def _text_width(self) -> int:
        """The width of the text and its gap from the icon."""
        return self.fontMetrics().horizontalAdvance(self._text) + GAP
