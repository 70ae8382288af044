"""The lower part of the window: how the transfers are doing, and one line for each."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.language import _
from services.transfers.transfer import Transfer, TransferState
from ui.icons import icon
from ui.labels import IconLabel, label
from ui.theme import Role
from ui.transfers.row_actions import RowAction
from ui.transfers.transfer_model import TransferModel
from ui.transfers.transfer_summary import summary_in_words
from ui.transfers.transfer_table import TransferTable
from ui.transfers.transfer_words import trouble_of
from ui.wording import speed_in_words

_LEFT, _RIGHT, _SPACING = 6, 12, 8
"""Of the head, in pixels."""
_UNLIMITED = 16_777_215
_FINISHED = frozenset({TransferState.DONE, TransferState.CANCELLED})


class TransferPanel(QWidget):
    """Head and table of the transfers. Changes none itself: it says what is asked for.

    `folder_asked` carries the `Path` of a downloaded file, `collapsed_changed` whether only the
    head is left, the others a list of transfer ids in the order of the rows.
    """

    pause_asked = Signal(list)
    resume_asked = Signal(list)
    first_asked = Signal(list)
    last_asked = Signal(list)
    cancel_asked = Signal(list)
    retry_asked = Signal(list)
    send_again_asked = Signal(list)
    adopt_asked = Signal(object, str)
    """The id of a transfer, and of the file at the server that it is."""
    forget_asked = Signal(list)
    folder_asked = Signal(object)
    collapsed_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TransferModel(self)
        self._table = TransferTable(self._model, self)
        self._collapsed = False
        self._toggle = QToolButton()
        self._toggle.setProperty("look", "flat")
        self._title = label(_("Transfers"), "strong")
        self._sum = _ElidedLabel()
        self._sum.setProperty("look", "muted")
        self._upload_speed = _Speed("arrow-up", _("Upload speed"))
        self._download_speed = _Speed("arrow-down", _("Download speed"))
        self._pause_all = _HeadButton("pause", _("Pause all"))
        self._resume_all = _HeadButton("play", _("Resume all"))
        self._cancel_all = _HeadButton("x", _("Cancel all"))
        self._clear = _HeadButton("check-check", _("Clear finished"))
        self._buttons = (self._pause_all, self._resume_all, self._cancel_all, self._clear)
        self._body = QStackedWidget()
        self._head = self._make_head()
        self._put_together()
        self._toggle.clicked.connect(self._toggle_clicked)
        self._pause_all.clicked.connect(self._pause_all_clicked)
        self._resume_all.clicked.connect(self._resume_all_clicked)
        self._cancel_all.clicked.connect(self._cancel_all_clicked)
        self._clear.clicked.connect(self._clear_clicked)
        self._table.asked.connect(self._row_asked)
        self._table.adopt_asked.connect(self._adopt_chosen)
        self._model.summary_changed.connect(self._show_summary)
        self._show_collapsed()
        self._show_summary()

    @property
    def model(self) -> TransferModel:
        """What the table shows; `take` and `forget` there are for the window to call."""
        return self._model

    @property
    def table(self) -> TransferTable:
        """The table, for focus."""
        return self._table

    @property
    def collapsed(self) -> bool:
        """Whether only the head is shown."""
        return self._collapsed

    def set_collapsed(self, collapsed: bool) -> None:
        """Show only the head, or all."""
        if collapsed != self._collapsed:
            self._collapsed = collapsed
            self._show_collapsed()
            self.collapsed_changed.emit(collapsed)

    def sizeHint(self) -> QSize:
        """The head, and about four lines unless it is alone."""
        hint = super().sizeHint()
        lines = 0 if self._collapsed else 4 * self._table.verticalHeader().defaultSectionSize() + 8
        return QSize(hint.width(), self._head.sizeHint().height() + lines)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the head, which has its style only now."""
        # The same height whether or not the buttons have something to do.
        self._head.setMinimumHeight(self._clear.sizeHint().height() + 8)
        self._show_collapsed()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the buttons out where there is no room for them."""
        super().resizeEvent(event)
        self._fit_head()

    @Slot()
    def _toggle_clicked(self) -> None:
        self.set_collapsed(not self._collapsed)

    @Slot()
    def _pause_all_clicked(self) -> None:
        _emit(self.pause_asked, (t for t in self._model.transfers() if t.can_pause))

    @Slot()
    def _resume_all_clicked(self) -> None:
        _emit(self.resume_asked, (t for t in self._model.transfers() if t.can_resume))

    @Slot()
    def _cancel_all_clicked(self) -> None:
        _emit(self.cancel_asked, (t for t in self._model.transfers() if t.can_cancel))

    @Slot()
    def _clear_clicked(self) -> None:
        _emit(self.forget_asked, (t for t in self._model.transfers() if t.state in _FINISHED))

    @Slot(object, list)
    def _row_asked(self, action: RowAction, transfers: list[Transfer]) -> None:
        if action is RowAction.FOLDER:
            for path in {t.path.parent: t.path for t in transfers if t.path is not None}.values():
                self.folder_asked.emit(path)
            return
        if action is RowAction.COPY_REPORT:
            QGuiApplication.clipboard().setText(_reports(transfers))
            return
        signal = {
            RowAction.PAUSE: self.pause_asked,
            RowAction.RESUME: self.resume_asked,
            RowAction.RETRY: self.retry_asked,
            RowAction.SEND_AGAIN: self.send_again_asked,
            RowAction.CANCEL: self.cancel_asked,
            RowAction.FIRST: self.first_asked,
            RowAction.LAST: self.last_asked,
            RowAction.FORGET: self.forget_asked,
        }[action]
        _emit(signal, transfers)

    @Slot(object, str)
    def _adopt_chosen(self, transfer: Transfer, file_id: str) -> None:
        self.adopt_asked.emit(transfer.id, file_id)

    @Slot()
    def _show_summary(self) -> None:
        summary = self._model.summary()
        self._sum.setText(summary_in_words(summary))
        self._upload_speed.show_speed(summary.upload_speed)
        self._download_speed.show_speed(summary.download_speed)
        self._show_buttons(
            {
                self._pause_all: summary.pausable > 0,
                self._resume_all: summary.paused > 0,
                self._cancel_all: summary.can_cancel,
                self._clear: summary.finished > 0,
            }
        )
        self._body.setCurrentIndex(int(self._model.rowCount() == 0))
        self._fit_head()

    def _show_buttons(self, wanted: dict["_HeadButton", bool]) -> None:
        """Show those that have something to do.

        Qt would give the keyboard from one that goes away to the next, and who presses Space twice
        on *Resume all* would cancel all.
        """
        opposite = {self._pause_all: self._resume_all, self._resume_all: self._pause_all}
        for button in sorted(wanted, key=wanted.__getitem__, reverse=True):
            if not wanted[button] and button.hasFocus():
                heir = opposite.get(button)
                (heir if heir is not None and wanted[heir] else self._toggle).setFocus()
            button.setVisible(wanted[button])

    def _show_collapsed(self) -> None:
        self._body.setVisible(not self._collapsed)
        self._toggle.setIcon(
            icon("chevron-right" if self._collapsed else "chevron-down", Role.MUTED)
        )
        name = _("Show transfers") if self._collapsed else _("Hide transfers")
        self._toggle.setAccessibleName(name)
        self._toggle.setToolTip(name)
        head = self._head.sizeHint().height()
        self.setMaximumHeight(head if self._collapsed else _UNLIMITED)
        self.updateGeometry()

    def _fit_head(self) -> None:
        needed = self._toggle.sizeHint().width() + self._sum.sizeHint().width()
        for part in (self._title, self._upload_speed, self._download_speed, *self._buttons):
            if not part.isHidden():
                wide = part.wide if isinstance(part, _HeadButton) else part.sizeHint().width()
                needed += wide + _SPACING
        needed += _SPACING + _LEFT + _RIGHT
        for button in self._buttons:
            button.show_words(needed <= self.width())

    def _make_head(self) -> QFrame:
        head = QFrame()
        row = QHBoxLayout(head)
        row.setContentsMargins(_LEFT, 4, _RIGHT, 4)
        row.setSpacing(_SPACING)
        row.addWidget(self._toggle)
        row.addWidget(self._title)
        row.addWidget(self._sum, 1)
        row.addWidget(self._upload_speed)
        row.addWidget(self._download_speed)
        for button in self._buttons:
            row.addWidget(button)
        return head

    def _put_together(self) -> None:
        empty = label(_("Uploads and downloads appear here."), "muted")
        empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self._body.addWidget(self._table)
        self._body.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._body, 1)


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
        row.setSpacing(4)
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
        self._words = words
        self.setProperty("look", "flat")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def wide(self) -> int:
        """The width with its words, in pixels."""
        return self.sizeHint().width() + (0 if self.text() else self._words_width())

    def show_words(self, shown: bool) -> None:
        """Show the words, or the icon alone."""
        self.setText(self._words if shown else "")

    def minimumSizeHint(self) -> QSize:
        """As wide as the icon alone, so that the words never keep the window from narrowing."""
        hint = super().sizeHint()
        return QSize(self.wide - self._words_width(), hint.height())

    def _words_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._words)


def _reports(transfers: Iterable[Transfer]) -> str:
    told = ((one.name, trouble_of(one)) for one in transfers)
    return "\n\n".join(f"{name}\n{trouble.report}" for name, trouble in told if trouble)


def _emit(signal: SignalInstance, transfers: Iterable[Transfer]) -> None:
    ids = [transfer.id for transfer in transfers]
    if ids:
        signal.emit(ids)
