"""The lower part of the window: how the transfers are doing, and one line for each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, SignalInstance, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from services.system.language import _, ngettext
from services.transfers.transfer import ENDED, Transfer, TransferState
from ui.transfers.row_actions import RowAction
from ui.transfers.transfer_header import TransferHeader
from ui.transfers.transfer_model import TransferModel
from ui.transfers.transfer_table import TransferTable
from ui.transfers.transfer_words import problem_of
from ui.wording import count_in_words

if TYPE_CHECKING:
    from ui.widgets.question_dialog import QuestionDialog

_UNLIMITED = 16_777_215
_MOST_LINES = 4
"""How many lines the panel grows to by itself."""
_MOST_OPENED = 10
"""How many files are opened at once."""
_FINISHED = frozenset({TransferState.DONE, TransferState.CANCELLED})


class TransferPanel(QWidget):
    """Head and table of the transfers. Changes none itself: it says what is asked for.

    `folder_asked` carries a list of the `Path`s of downloaded files, `open_asked` the `Path` of one,
    `show_asked` a list of uploads that are done, `collapsed_changed` whether only the head is wanted, the others a list
    of transfer ids in the order of the rows.
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
    folder_asked = Signal(list)
    open_asked = Signal(object)
    copy_ids_asked = Signal(list)
    """The ids of files at the server."""
    show_asked = Signal(list)
    collapsed_changed = Signal(bool)
    height_changed = Signal()
    """It wants another height: it was folded or unfolded, or has more or fewer lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TransferModel(self)
        self._table = TransferTable(self._model, self)
        self._collapsed = False
        self._lines = 0
        self._question: QuestionDialog | None = None
        self._head = TransferHeader()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._head)
        self._column.addWidget(self._table, 1)
        self._head.toggle_pressed.connect(self._toggle_pressed)
        self._head.retry_pressed.connect(self._retry_failed)
        self._head.pause_pressed.connect(self._pause_all)
        self._head.resume_pressed.connect(self._resume_all)
        self._head.cancel_pressed.connect(self._ask_to_cancel_all)
        self._head.clear_pressed.connect(self._clear_finished)
        self._head.clear_ended_pressed.connect(self._clear_ended)
        self._table.action_requested.connect(self._row_asked)
        self._table.adopt_requested.connect(self._adopt_chosen)
        self._model.summary_changed.connect(self._show_summary)
        self._show_folded()
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
        """Whether the person wants only the head."""
        return self._collapsed

    @property
    def folded(self) -> bool:
        """Whether only the head is shown: it is wanted so, or there is nothing else."""
        return self._collapsed or not self._lines

    def set_collapsed(self, collapsed: bool) -> None:
        """Show only the head, or all."""
        if collapsed != self._collapsed:
            self._collapsed = collapsed
            self._show_folded()
            self.collapsed_changed.emit(collapsed)

    def sizeHint(self) -> QSize:
        """The head, and the lines that there are, up to a few."""
        hint = super().sizeHint()
        lines = 0 if self.folded else self._height_of_lines(min(self._lines, _MOST_LINES))
        return QSize(hint.width(), self._head.sizeHint().height() + lines)

    def minimumSizeHint(self) -> QSize:
        """The head, and one line unless it is folded."""
        hint = super().minimumSizeHint()
        lines = 0 if self.folded else self._height_of_lines(1)
        return QSize(hint.width(), self._head.sizeHint().height() + lines)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the head, which has its style only now."""
        self._head.fit_height()
        self._show_folded()
        super().showEvent(event)

    def _height_of_lines(self, number: int) -> int:
        row = self._table.verticalHeader().defaultSectionSize()
        return number * row + 2 * self._table.frameWidth()

    @Slot()
    def _toggle_pressed(self) -> None:
        self.set_collapsed(not self._collapsed)

    @Slot()
    def _retry_failed(self) -> None:
        failed = (t for t in self._model.transfers() if t.state is TransferState.FAILED)
        _emit(self.retry_asked, _oldest_first(failed))

    @Slot()
    def _pause_all(self) -> None:
        _emit(self.pause_asked, (t for t in self._model.transfers() if t.can_pause))

    @Slot()
    def _resume_all(self) -> None:
        _emit(self.resume_asked, (t for t in self._model.transfers() if t.can_resume))

    @Slot()
    def _ask_to_cancel_all(self) -> None:
        number = sum(t.can_cancel for t in self._model.transfers())
        if number and self._question is None:
            self._question = _question_before_cancelling(number, self.window())
            self._question.accepted.connect(self._cancel_all)
            self._question.finished.connect(self._answered)
            self._question.open()

    @Slot()
    def _answered(self) -> None:
        question, self._question = self._question, None
        if question is not None:
            question.deleteLater()

    @Slot()
    def _cancel_all(self) -> None:
        _emit(self.cancel_asked, (t for t in self._model.transfers() if t.can_cancel))

    @Slot()
    def _clear_finished(self) -> None:
        _emit(self.forget_asked, (t for t in self._model.transfers() if t.state in _FINISHED))

    @Slot()
    def _clear_ended(self) -> None:
        _emit(self.forget_asked, (t for t in self._model.transfers() if t.state in ENDED))

    @Slot(object, list)
    def _row_asked(self, action: RowAction, transfers: list[Transfer]) -> None:
        paths = [t.path for t in transfers if t.path is not None]
        match action:
            case RowAction.FOLDER:
                if paths:
                    self.folder_asked.emit(paths)
            case RowAction.OPEN:
                for path in paths[:_MOST_OPENED]:
                    self.open_asked.emit(path)
            case RowAction.COPY_ID:
                self.copy_ids_asked.emit([t.file_id for t in _oldest_first(transfers)])
            case RowAction.SHOW:
                self.show_asked.emit(transfers)
            case RowAction.COPY_REPORT:
                QGuiApplication.clipboard().setText(_reports(transfers))
            case RowAction.RETRY | RowAction.SEND_AGAIN:
                # They go to the end of the line, in this order.
                _emit(self._signal_of(action), _oldest_first(transfers))
            case _:
                _emit(self._signal_of(action), transfers)

    def _signal_of(self, action: RowAction) -> SignalInstance:
        return {
            RowAction.PAUSE: self.pause_asked,
            RowAction.RESUME: self.resume_asked,
            RowAction.RETRY: self.retry_asked,
            RowAction.SEND_AGAIN: self.send_again_asked,
            RowAction.CANCEL: self.cancel_asked,
            RowAction.FIRST: self.first_asked,
            RowAction.LAST: self.last_asked,
            RowAction.REMOVE: self.forget_asked,
        }[action]

    @Slot(object, str)
    def _adopt_chosen(self, transfer: Transfer, file_id: str) -> None:
        self.adopt_asked.emit(transfer.id, file_id)

    @Slot()
    def _show_summary(self) -> None:
        lines = self._model.rowCount()
        self._head.show_summary(self._model.summary(), empty=not lines)
        if lines != self._lines:
            self._lines = lines
            self._show_folded()

    def _show_folded(self) -> None:
        self._table.setVisible(not self.folded)
        self._head.show_collapsed(self._collapsed)
        head = self._head.sizeHint().height()
        self.setMaximumHeight(head if self.folded else _UNLIMITED)
        self._column.activate()  # so that rows are asked for where they will be
        self.updateGeometry()
        self.height_changed.emit()


def _question_before_cancelling(number: int, window: QWidget) -> "QuestionDialog":
    from ui.widgets.question_dialog import QuestionDialog

    words = ngettext("Cancel {number} transfer?", "Cancel {number} transfers?", number)
    return QuestionDialog(
        _("Cancel transfers"),
        words.format(number=count_in_words(number)),
        _("They stay in the list, where you can retry them."),
        yes=_("Cancel transfers"),
        no=_("Keep running"),
        parent=window,
    )


def _oldest_first(transfers: Iterable[Transfer]) -> list[Transfer]:
    return sorted(transfers, key=lambda one: one.id)


def _reports(transfers: Iterable[Transfer]) -> str:
    told = ((one.name, problem_of(one)) for one in transfers)
    return "\n\n".join(f"{name}\n{trouble.report}" for name, trouble in told if trouble)


def _emit(signal: SignalInstance, transfers: Iterable[Transfer]) -> None:
    ids = [transfer.id for transfer in transfers]
    if ids:
        signal.emit(ids)
