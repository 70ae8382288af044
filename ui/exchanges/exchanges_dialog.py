"""The dialog with the last requests to a server and its responses."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from services.api.exchanges import MOST_KEPT, Exchange
from services.system.language import _
from services.system.locale_format import whole
from ui.exchanges.exchange_model import REQUEST_COLUMN, ExchangeModel
from ui.exchanges.exchange_words import count_of_requests, whole_text
from ui.selected_rows import show_whole_rows
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
from ui.widgets.list_box import ListBox

_LOOK_EVERY_MS = 500
"""How often to look for new exchanges while the dialog is open."""


class ExchangesDialog(QDialog):
    """Lists exchanges, newest first, and shows the selected one whole.

    It stays open beside the window, and looks for new ones by itself.
    """

    copy_curl_requested = Signal(object)
    """Requests to copy an `Exchange` as a curl command."""

    def __init__(
        self,
        look_up: Callable[[str | None], tuple[Exchange, ...]],
        subjects: Sequence[tuple[str, str | None]],
        parent: QWidget | None = None,
    ) -> None:
        """`look_up` returns the exchanges about a subject, or all of them for None.

        `subjects` are the choices: what they are called, and what `look_up` is called with. The
        first one is shown.
        """
        super().__init__(parent)
        self._look_up = look_up
        self.setWindowTitle(_("Requests"))
        self.setAccessibleName(_("Requests"))
        self.choice = ListBox()
        self.choice.setAccessibleName(_("Which requests"))
        for words, subject in subjects:
            self.choice.addItem(words, subject)
        self.choice.currentIndexChanged.connect(self._look)
        self._count = label("", "muted")
        self.model = ExchangeModel(self)
        self.table = table = QTableView()
        table.setAccessibleName(_("Requests"))
        table.setProperty("look", "set-off")
        table.setModel(self.model)
        show_whole_rows(table)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        heads = table.horizontalHeader()
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        heads.setHighlightSections(False)
        character = self.fontMetrics().averageCharWidth()
        for section, width in enumerate((12, 0, 24, 14)):
            heads.resizeSection(section, width * character)
        heads.setSectionResizeMode(REQUEST_COLUMN, QHeaderView.ResizeMode.Stretch)
        self.details = details = QPlainTextEdit()
        details.setAccessibleName(_("The selected request"))
        details.setReadOnly(True)
        details.setTabChangesFocus(True)
        details.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(table)
        split.addWidget(details)
        split.setSizes([1, 1])
        buttons = ButtonRow()
        self.copy_button = buttons.addButton(_("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.curl_button = buttons.addButton(
            _("Copy as curl"), QDialogButtonBox.ButtonRole.ActionRole
        )
        buttons.add_close(self)
        self.copy_button.clicked.connect(self._copy)
        self.curl_button.clicked.connect(self._copy_curl)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.choice)
        head.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(split, 1)
        notes = _(
            "The last {number} requests since the program started. They are kept in memory only, "
            "without the key."
        ).format(number=whole(MOST_KEPT))
        column.addWidget(label(notes, "muted", wrap=True))
        column.addWidget(buttons)
        self.resize(120 * character, 40 * self.fontMetrics().height())
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        table.selectionModel().currentRowChanged.connect(self._show_current)
        self.model.dataChanged.connect(self._show_current)
        self.model.modelReset.connect(self._show_current)
        self.model.rowsRemoved.connect(self._show_current)
        self._look()
        self._show_current()
        table.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Look for new exchanges from now on."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        exchanges = self._look_up(self.choice.currentData())
        self.model.show_exchanges(exchanges)
        self._count.setText(count_of_requests(len(exchanges)))
        if exchanges and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def _current(self) -> Exchange | None:
        index: QModelIndex = self.table.currentIndex()
        return self.model.exchange(index.row()) if index.isValid() else None

    @Slot()
    def _show_current(self) -> None:
        exchange = self._current()
        text = (
            _("No requests since the program started") if exchange is None else whole_text(exchange)
        )
        if text != self.details.toPlainText():
            self.details.setPlainText(text)
        self.copy_button.setEnabled(exchange is not None)
        self.curl_button.setEnabled(exchange is not None)

    @Slot()
    def _copy(self) -> None:
        exchange = self._current()
        if exchange is not None:
            QGuiApplication.clipboard().setText(whole_text(exchange))

    @Slot()
    def _copy_curl(self) -> None:
        exchange = self._current()
        if exchange is not None:
            self.copy_curl_requested.emit(exchange)
