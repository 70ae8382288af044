"""The transfer panel: a header with totals, and a line per transfer."""

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
"""The panel grows automatically up to this many lines."""
_MOST_OPENED = 10
"""The most files to open at once."""
_FINISHED = frozenset({TransferState.DONE, TransferState.CANCELLED})


class TransferPanel(QWidget):
    """The header and table of transfers. It changes none itself but emits what was requested.

    `folder_requested` carries the `Path`s of downloaded files, `open_requested` the `Path` of one,
    `show_requested` finished uploads, and `collapsed_changed` whether the user wants only the
    header. The others carry transfer IDs, in row order.
    """

    pause_requested = Signal(list)
    resume_requested = Signal(list)
    first_requested = Signal(list)
    last_requested = Signal(list)
    cancel_requested = Signal(list)
    retry_requested = Signal(list)
    send_again_requested = Signal(list)
    adopt_requested = Signal(object, str)
    """The ID of a transfer, and of the remote file that it turned out to be."""
    clear_requested = Signal(list)
    folder_requested = Signal(list)
    open_requested = Signal(object)
    copy_ids_requested = Signal(list)
    """The IDs of remote files."""
    show_requested = Signal(list)
    requests_requested = Signal(list)
    """Requests to show what was sent for these transfers and what came back."""
    errors_requested = Signal(list)
    """Requests to show why these transfers were held back."""
    delete_old_requested = Signal(list)
    """The changes whose old files to delete."""
    collapsed_changed = Signal(bool)
    height_changed = Signal()
    """The preferred height changed: it was collapsed or expanded, or has more or fewer lines."""

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
        self._table.action_requested.connect(self._request_action)
        self._table.adopt_requested.connect(self._adopt_chosen)
        self._model.summary_changed.connect(self._show_summary)
        self._update_folded()
        self._show_summary()

    @property
    def model(self) -> TransferModel:
        """What the table shows; the window updates it."""
        return self._model

    @property
    def table(self) -> TransferTable:
        """The table, for setting the focus."""
        return self._table

    @property
    def collapsed(self) -> bool:
        """Whether the user has collapsed the panel."""
        return self._collapsed

    @property
    def folded(self) -> bool:
        """Whether only the header is shown: the panel is collapsed or empty."""
        return self._collapsed or not self._lines

    def set_collapsed(self, collapsed: bool) -> None:
        """Show only the header, or everything."""
        if collapsed != self._collapsed:
            self._collapsed = collapsed
            self._update_folded()
            self.collapsed_changed.emit(collapsed)

    def sizeHint(self) -> QSize:
        """The header and the lines, up to a few."""
        hint = super().sizeHint()
        lines = 0 if self.folded else self._height_of_lines(min(self._lines, _MOST_LINES))
        return QSize(hint.width(), self._head.sizeHint().height() + lines)

    def minimumSizeHint(self) -> QSize:
        """The header, and one line unless it is folded."""
        hint = super().minimumSizeHint()
        lines = 0 if self.folded else self._height_of_lines(1)
        return QSize(hint.width(), self._head.sizeHint().height() + lines)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the header, which has no style until now."""
        self._head.fit_height()
        self._update_folded()
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
        _emit(self.retry_requested, _oldest_first(failed))

    @Slot()
    def _pause_all(self) -> None:
        _emit(self.pause_requested, (t for t in self._model.transfers() if t.can_pause))

    @Slot()
    def _resume_all(self) -> None:
        _emit(self.resume_requested, (t for t in self._model.transfers() if t.can_resume))

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
        _emit(self.cancel_requested, (t for t in self._model.transfers() if t.can_cancel))

    @Slot()
    def _clear_finished(self) -> None:
        _emit(self.clear_requested, (t for t in self._model.transfers() if t.state in _FINISHED))

    @Slot()
    def _clear_ended(self) -> None:
        _emit(self.clear_requested, (t for t in self._model.transfers() if t.state in ENDED))

    @Slot(object, list)
    def _request_action(self, action: RowAction, transfers: list[Transfer]) -> None:
        paths = [t.path for t in transfers if t.path is not None]
        match action:
            case RowAction.FOLDER:
                if paths:
                    self.folder_requested.emit(paths)
            case RowAction.ERRORS:
                self.errors_requested.emit(transfers)
            case RowAction.OPEN:
                for path in paths[:_MOST_OPENED]:
                    self.open_requested.emit(path)
            case RowAction.COPY_ID:
                self.copy_ids_requested.emit([t.file_id for t in _oldest_first(transfers)])
            case RowAction.SHOW:
                self.show_requested.emit(transfers)
            case RowAction.REQUESTS:
                self.requests_requested.emit(transfers)
            case RowAction.DELETE_OLD:
                self.delete_old_requested.emit(transfers)
            case RowAction.COPY_REPORT:
                QGuiApplication.clipboard().setText(_reports(transfers))
            case RowAction.RETRY | RowAction.SEND_AGAIN:
                # They go to the end of the queue, in this order.
                _emit(self._signal_of(action), _oldest_first(transfers))
            case _:
                _emit(self._signal_of(action), transfers)

    def _signal_of(self, action: RowAction) -> SignalInstance:
        return {
            RowAction.PAUSE: self.pause_requested,
            RowAction.RESUME: self.resume_requested,
            RowAction.RETRY: self.retry_requested,
            RowAction.SEND_AGAIN: self.send_again_requested,
            RowAction.CANCEL: self.cancel_requested,
            RowAction.FIRST: self.first_requested,
            RowAction.LAST: self.last_requested,
            RowAction.REMOVE: self.clear_requested,
        }[action]

    @Slot(object, str)
    def _adopt_chosen(self, transfer: Transfer, file_id: str) -> None:
        self.adopt_requested.emit(transfer.id, file_id)

    @Slot()
    def _show_summary(self) -> None:
        lines = self._model.rowCount()
        self._head.show_summary(self._model.summary(), empty=not lines)
        if lines != self._lines:
            self._lines = lines
            self._update_folded()

    def _update_folded(self) -> None:
        self._table.setVisible(not self.folded)
        self._head.show_collapsed(self._collapsed)
        head = self._head.sizeHint().height()
        self.setMaximumHeight(head if self.folded else _UNLIMITED)
        self._column.activate()  # so that row positions are right at once
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
