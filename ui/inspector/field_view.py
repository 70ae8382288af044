"""Shows fields as lines of title and value; the values can be selected and copied."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QTextEdit, QWidget

from ui.inspector.fields import Field
from ui.theme import Role, color
from ui.widgets.arrow_steps import step_out_of
from ui.widgets.exact_copy import selection_of
from ui.widgets.labels import label
from ui.wording import tool_tip


class FieldView(QWidget):
    """A column of titles and a column of values."""

    value_reached = Signal(object)
    """An arrow key has led to this widget."""

    def __init__(self, parent: QWidget | None = None, *, is_one_stop: bool = False) -> None:
        """`is_one_stop` lets Tab stop at the first value only; the arrow keys go on."""
        super().__init__(parent)
        self._is_one_stop = is_one_stop
        self._fields: tuple[Field, ...] = ()
        self._lines: list[tuple[QLabel, _Value]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._widest_title = QFontMetrics(self.font()).horizontalAdvance("fine-tune-results--")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._add_line()  # the others follow it in the Tab order
        self.show_fields(())

    @property
    def fields(self) -> tuple[Field, ...]:
        """The shown fields."""
        return self._fields

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Show these fields, reusing lines so that nothing flickers."""
        self._fields = tuple(fields)
        # No wider than needed, so that a file ID fits on one line.
        advance = self.fontMetrics().horizontalAdvance
        width = min(max((advance(field.title) for field in fields), default=0), self._widest_title)
        while len(self._lines) < len(fields):
            self._add_line()
        for index, (title, value) in enumerate(self._lines):
            title.setVisible(index < len(fields))
            value.setVisible(index < len(fields))
            if index < len(fields):
                field = fields[index]
                title.setFixedWidth(width)
                title.setText(self._elided(field.title))
                title.setToolTip(tool_tip(field.name or field.title))
                value.show_text(field.value)
                value.setAccessibleName(field.title)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a focus ring around the focused value, which has no frame of its own."""
        super().paintEvent(event)
        focused = next((value for _title, value in self._lines if value.hasFocus()), None)
        if focused is None:
            return
        ring = focused.geometry().adjusted(-_RING, -2, _RING, 2).intersected(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(Role.ACCENT, self.palette()), 1.5))
        painter.drawRoundedRect(QRectF(ring).adjusted(1, 1, -1, -1), 3, 3)
        painter.end()

    def _elided(self, title: str) -> str:
        metrics = self.fontMetrics()
        return metrics.elidedText(title, Qt.TextElideMode.ElideRight, self._widest_title)

    def _add_line(self) -> None:
        title = label("", "muted")
        value = _Value(self)
        row = len(self._lines)
        if self._lines:
            # By default, a new line would come last in the window's Tab order.
            self.setTabOrder(self._lines[-1][1], value)
            if self._is_one_stop:
                value.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        if self._is_one_stop:
            value.left.connect(partial(self._step_from, row))
        self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        self._lines.append((title, value))

    def _step_from(self, line: int, step: int) -> None:
        place = line + step
        if 0 <= place < len(self._fields):
            value = self._lines[place][1]
            value.setFocus(Qt.FocusReason.OtherFocusReason)
            self.value_reached.emit(value)


_RING = 4
"""Pixels that the ring takes on each side of a value."""


class _Value(QTextEdit):
    """Text that wraps anywhere, as IDs have no spaces, and is as high as its contents.

    A QLabel would wrap only at spaces, so a long ID would make the inspector wide.
    """

    left = Signal(object)
    """An arrow key leads out of the text: to the next one, 1, or the one before, -1."""

    def __init__(self, view: QWidget) -> None:
        """`view` draws the focus ring."""
        super().__init__(view)
        self._view = view
        self._text = ""
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        # Hebrew and Arabic names also start on the left and keep their extension on the right, as
        # in the table.
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.document().setDefaultTextOption(option)
        self.viewport().setAutoFillBackground(False)
        self._apply_colors()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = step_out_of(self, event)
        if step:
            self.left.emit(step)
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._view.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._view.update()

    def show_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setPlainText(text)
            # Breaking IDs at their hyphens would take an extra line.
            wrap = QTextOption.WrapMode
            self.setWordWrapMode(
                wrap.WrapAtWordBoundaryOrAnywhere if " " in text else wrap.WrapAnywhere
            )
            self._fit()

    def createMimeDataFromSelection(self) -> QMimeData:
        return selection_of(self.textCursor())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 10, self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        metrics = self.fontMetrics()
        # In some fonts, the underscore is below the font's descent.
        below = max(0, metrics.tightBoundingRect("_").bottom() + 1 - metrics.descent())
        height = max(metrics.height(), round(self.document().size().height()))
        self.setFixedHeight(height + below)

    def _apply_colors(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
