"""The first lines of a file as a small table."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import (
    QFontDatabase,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from services.previews.content.content_kind import ContentKind
from services.previews.preview import Preview
from services.system.language import N_, _
from ui.copied_rows import copy_rows
from ui.selected_rows import show_whole_rows
from ui.theme import Role, color
from ui.wording import one_line, tool_tip

_Index = QModelIndex | QPersistentModelIndex

_HEADS = {
    ContentKind.BATCH_RESULTS: ("custom_id", N_("Status"), N_("Answer")),
    ContentKind.BATCH_REQUESTS: ("custom_id", N_("Model"), N_("Request")),
    ContentKind.CONVERSATIONS: (N_("Role"), N_("Message")),
    ContentKind.PREFERENCES: (N_("Preferred"), N_("Not preferred")),
    ContentKind.COMPLETIONS: (N_("Prompt"), N_("Completion")),
}
_MONOSPACED = frozenset(
    {
        ContentKind.TEXT,
        ContentKind.JSON,
        ContentKind.JSON_LINES,
        ContentKind.BINARY,
        ContentKind.PDF,
        ContentKind.ARCHIVE,
    }
)
_STATUS_COLUMN = 1
_TOO_MANY_REQUESTS = "429"
_WIDEST_PART = 0.4
"""No column but the last gets more of the width."""
_NARROWEST = 24
_PADDING = 14
"""Pixels beside the text of a cell."""


class PreviewModel(QAbstractTableModel):
    """The cells of a preview."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preview: Preview | None = None
        self._heads: Sequence[str] = ()

    def set_preview(self, preview: Preview | None) -> None:
        """Show another preview, or nothing."""
        self.beginResetModel()
        self._preview = preview
        own = _HEADS.get(preview.kind, ()) if preview is not None else ()
        self._heads = preview.columns or own if preview is not None else ()
        self.endResetModel()

    @property
    def has_heads(self) -> bool:
        """Whether the columns have names."""
        return bool(self._heads)

    @property
    def is_monospaced(self) -> bool:
        """Whether characters stand under each other."""
        return self._preview is not None and self._preview.kind in _MONOSPACED

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many lines there are."""
        inside = parent is not None and parent.isValid()
        return 0 if inside or self._preview is None else len(self._preview.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many columns there are."""
        if self._preview is None or (parent is not None and parent.isValid()):
            return 0
        return max([len(self._heads), *(len(row) for row in self._preview.rows)], default=0)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            head = self._heads[section]
            is_own = self._preview is not None and bool(self._preview.columns)
            return one_line(head) if is_own else _(head)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell, and its color where it is the status of a request."""
        text = self.text_at(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(text) if text else None
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == _STATUS_COLUMN:
            return self._status_color(text)
        return None

    def text_at(self, row: int, column: int) -> str:
        """The text of a cell as it is in the file."""
        if self._preview is None or row >= len(self._preview.rows):
            return ""
        cells = self._preview.rows[row]
        return cells[column] if column < len(cells) else ""

    def _status_color(self, status: str) -> object:
        if self._preview is None or self._preview.kind is not ContentKind.BATCH_RESULTS:
            return None
        if status.startswith("2"):
            role = Role.SUCCESS
        else:
            role = Role.WARNING if status == _TOO_MANY_REQUESTS else Role.DANGER
        return color(role, QGuiApplication.palette())


class PreviewTable(QTableView):
    """Shows a preview; copies its cells."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = PreviewModel(self)
        self.setModel(self._model)
        self.setAccessibleName(_("Preview"))
        self.setProperty("look", "set-off")
        self.setFrameShape(QFrame.Shape.NoFrame)
        show_whole_rows(self)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(round(1.55 * self.fontMetrics().height()))
        heads = self.horizontalHeader()
        heads.setSectionsClickable(False)
        heads.setHighlightSections(False)
        heads.setStretchLastSection(True)
        heads.setMinimumSectionSize(_NARROWEST)
        # The last one is stretched, but never made narrower than this.
        heads.setDefaultSectionSize(_NARROWEST)
        heads.setTextElideMode(Qt.TextElideMode.ElideRight)

    def show_preview(self, preview: Preview | None) -> None:
        """Show another preview, or nothing."""
        self._model.set_preview(preview)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(0.9 * self.window().font().pointSizeF())
        self.setFont(fixed if self._model.is_monospaced else self.window().font())
        self.horizontalHeader().setVisible(self._model.has_heads)
        self._fit_columns()
        self.scrollToTop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected lines, with tabs between the cells."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        columns = range(self._model.columnCount())
        copy_rows(
            self, lambda row: "\t".join(self._model.text_at(row, column) for column in columns)
        )

    def _fit_columns(self) -> None:
        columns = self._model.columnCount()
        part = 1 if self._model.is_monospaced else _WIDEST_PART
        most = round(part * self.viewport().width())
        for column in range(columns - 1):
            self.setColumnWidth(column, min(most, self._width_of(column)))

    def _width_of(self, column: int) -> int:
        metrics = self.fontMetrics()
        texts = [
            one_line(self._model.text_at(row, column)) for row in range(self._model.rowCount())
        ]
        head = self._model.headerData(column, Qt.Orientation.Horizontal)
        widest = max(map(metrics.horizontalAdvance, [*texts, str(head or "")]), default=0)
        return widest + _PADDING
