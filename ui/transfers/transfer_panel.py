"""The lower part of the window: how the transfers are doing, and one line for each."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
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
from ui.wording import speed_in_words

_UNLIMITED = 16_777_215
_FINISHED = frozenset({TransferState.DONE, TransferState.CANCELLED})


class TransferPanel(QWidget):
    """Head and table of the transfers. Does nothing itself: it says what is asked for.

    `cancel_asked`, `retry_asked` and `forget_asked` carry a list of transfer ids, `folder_asked`
    the `Path` of a downloaded file, `collapsed_changed` whether only the head is left.
    """

    cancel_asked = Signal(list)
    retry_asked = Signal(list)
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
        self._sum = _ElidedLabel()
        self._sum.setProperty("look", "muted")
        self._upload_speed = _Speed("arrow-up", _("Upload speed"))
        self._download_speed = _Speed("arrow-down", _("Download speed"))
        self._cancel_all = _flat_button("x", _("Cancel all"))
        self._clear = _flat_button("check-check", _("Clear finished"))
        self._body = QStackedWidget()
        self._head = self._make_head()
        self._put_together()
        self._toggle.clicked.connect(self._toggle_clicked)
        self._cancel_all.clicked.connect(self._cancel_all_clicked)
        self._clear.clicked.connect(self._clear_clicked)
        self._table.asked.connect(self._row_asked)
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
        """The head and about four lines."""
        hint = super().sizeHint()
        lines = 0 if self._collapsed else 4 * self._table.verticalHeader().defaultSectionSize()
        return QSize(hint.width(), self._head.sizeHint().height() + lines + 8)

    @Slot()
    def _toggle_clicked(self) -> None:
        self.set_collapsed(not self._collapsed)

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
        signal = {
            RowAction.CANCEL: self.cancel_asked,
            RowAction.RETRY: self.retry_asked,
            RowAction.FORGET: self.forget_asked,
        }[action]
        _emit(signal, transfers)

    @Slot()
    def _show_summary(self) -> None:
        summary = self._model.summary()
        self._sum.setText(summary_in_words(summary))
        self._upload_speed.show_speed(summary.upload_speed)
        self._download_speed.show_speed(summary.download_speed)
        self._cancel_all.setVisible(summary.can_cancel)
        self._clear.setVisible(summary.finished > 0)
        self._body.setCurrentIndex(int(self._model.rowCount() == 0))

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

    def _make_head(self) -> QFrame:
        head = QFrame()
        title = label(_("Transfers"), "strong")
        row = QHBoxLayout(head)
        row.setContentsMargins(6, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(self._toggle)
        row.addWidget(title)
        row.addWidget(self._sum, 1)
        row.addWidget(self._upload_speed)
        row.addWidget(self._download_speed)
        row.addWidget(self._cancel_all)
        row.addWidget(self._clear)
        # The same height whether or not the buttons have something to do.
        head.setMinimumHeight(self._clear.sizeHint().height() + 8)
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


def _flat_button(icon_name: str, text: str) -> QPushButton:
    button = QPushButton(icon(icon_name), text)
    button.setProperty("look", "flat")
    button.setAccessibleName(text)
    button.hide()
    return button


def _emit(signal: SignalInstance, transfers: Iterable[Transfer]) -> None:
    ids = [transfer.id for transfer in transfers]
    if ids:
        signal.emit(ids)
