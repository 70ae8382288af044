"""The head of the transfers panel: what they sum up to, and what can be done to all of them."""

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
from ui.icons import GAP, icon, keep_apart
from ui.theme import Role
from ui.transfers.transfer_summary import TransferSummary, summary_in_words
from ui.widgets.labels import IconLabel, label
from ui.wording import speed_in_words

_LEFT, _RIGHT, _SPACING = 6, 12, 8
"""In pixels."""
_LETTERS_OF_SUM = 56
"""How much of sum and speeds is to be read before the buttons give up their words."""


class TransferHead(QFrame):
    """Says what was pressed. Its buttons have fixed places and are disabled while of no use."""

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
        self._sum = _ElidedLabel()
        self._sum.setProperty("look", "muted")
        self._upload_speed = _Speed("arrow-up", _("Upload speed"))
        self._download_speed = _Speed("arrow-down", _("Download speed"))
        self._retry = _HeadButton("rotate-cw", _("Retry failed"))
        self._pause = _HeadButton("pause", _("Pause all"))
        self._resume = _HeadButton("play", _("Resume all"))
        self._cancel = _HeadButton("x", _("Cancel all"))
        self._clear = _HeadButton("check-check", _("Clear finished"))
        self._clear_ended = _HeadButton("list-x", _("Clear all ended"))
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
        row.addWidget(self._sum, 1)
        row.addWidget(self._upload_speed)
        row.addWidget(self._download_speed)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        row.addLayout(buttons)
        for button, pressed in self._buttons.items():
            button.clicked.connect(pressed)
            buttons.addWidget(button)

    def show_summary(self, summary: TransferSummary, *, empty: bool) -> None:
        """Show how the transfers are doing; with none, say what will be here."""
        words = _("Uploads and downloads appear here.") if empty else summary_in_words(summary)
        self._sum.setText(words)
        self._sum.setToolTip(words)
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
        """Show what the chevron would do."""
        self._toggle.setIcon(icon("chevron-right" if collapsed else "chevron-down", Role.MUTED))
        name = _("Show transfers") if collapsed else _("Hide transfers")
        self._toggle.setAccessibleName(name)
        self._toggle.setToolTip(name)

    def measure(self) -> None:
        """Take the height of the buttons, which have their style only once they are shown."""
        self.setMinimumHeight(self._clear.sizeHint().height() + 8)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the buttons out where there is no room for them."""
        super().resizeEvent(event)
        self._fit()

    def _enable(self, wanted: dict["_HeadButton", bool]) -> None:
        """Enable those that have something to do.

        Qt would give the keyboard from one that is disabled to the next, and who presses Space
        twice on *Resume all* would cancel all.
        """
        opposite = {self._pause: self._resume, self._resume: self._pause}
        for button in sorted(wanted, key=wanted.__getitem__, reverse=True):
            if not wanted[button] and button.hasFocus():
                heir = opposite.get(button)
                (heir if heir is not None and wanted[heir] else self._toggle).setFocus()
            button.setEnabled(wanted[button])

    def _fit(self) -> None:
        """Show words or icons by the width alone, so that no button moves while it is aimed at."""
        letter = self.fontMetrics().averageCharWidth()
        needed = _LEFT + _RIGHT + _LETTERS_OF_SUM * letter
        for part in (self._toggle, self._title):
            needed += part.sizeHint().width() + _SPACING
        needed += sum(button.wide for button in self._buttons)
        for button in self._buttons:
            button.show_words(needed <= self.width())


class _ElidedLabel(QLabel):
    """Gives way where room is short."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class _Speed(QWidget):
    """An arrow and a speed; out of sight while nothing flows that way."""

    def __init__(self, icon_name: str, name: str) -> None:
        super().__init__()
        self._name = name
        self._words = label(look="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel(icon(icon_name, Role.MUTED), 0.9))
        row.addWidget(self._words)

    def show_speed(self, bytes_a_second: int) -> None:
        self.setVisible(bytes_a_second > 0)
        if bytes_a_second <= 0:
            return
        words = speed_in_words(bytes_a_second)
        self._words.setText(words)
        self._words.setAccessibleName(f"{self._name}: {words}")


class _HeadButton(QPushButton):
    """A flat button that can do without its words; they are its tool tip then."""

    def __init__(self, icon_name: str, words: str) -> None:
        super().__init__(icon(icon_name), words)
        keep_apart(self)
        self._words = words
        self.setProperty("look", "flat")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def wide(self) -> int:
        """The width with its words, in pixels."""
        return self.sizeHint().width() + (0 if self.text() else self._words_width())

    def show_words(self, shown: bool) -> None:
        """Show the words, or the icon alone."""
        self.setText(self._words if shown else "")
        keep_apart(self)

    def minimumSizeHint(self) -> QSize:
        """As wide as the icon alone, so that the words never keep the window from narrowing."""
        hint = super().sizeHint()
        return QSize(self.wide - self._words_width(), hint.height())

    def _words_width(self) -> int:
        """Of the words, and of what keeps them away from the icon."""
        return self.fontMetrics().horizontalAdvance(self._words) + GAP
