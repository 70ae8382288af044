"""The text of a message: wraps anywhere, is as high as its content, and can be selected."""

from math import ceil

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from services.system.unsafe_characters import with_escapes
from ui.inside.opened_line.turns import Turns
from ui.widgets.arrow_steps import step_out_of
from ui.widgets.exact_copy import selection_of


class MessageText(QTextEdit):
    """Read-only text without a frame. A long text must be divided among several of them."""

    focus_changed = Signal()
    left = Signal(object)
    """An arrow key leads out of the text: to the next one, 1, or the one before, -1."""

    def __init__(self, turns: Turns, *, is_code: bool = False) -> None:
        """`turns` lays the text out anew after its width has changed."""
        super().__init__()
        self._turns = turns
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        if is_code:
            self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)

    def show_text(self, text: str, width: int) -> None:
        """Show a text, laid out for a width in pixels."""
        self.setLineWrapColumnOrWidth(max(1, width))  # first: a text is laid out when it's set
        self.setPlainText(with_escapes(text.replace("\r\n", "\n")))
        self._take_height()

    def fit(self, width: int) -> None:
        """Take the height that the text needs at this width, in pixels."""
        self.setLineWrapColumnOrWidth(max(1, width))
        self._take_height()

    def _take_height(self) -> None:
        metrics = self.fontMetrics()
        # In some fonts, the underscore is below the font's descent.
        below = max(0, metrics.tightBoundingRect("_").bottom() + 1 - metrics.descent())
        self.setFixedHeight(max(metrics.height(), ceil(self.document().size().height())) + below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the text soon. Doing so at once, for all texts, could take too long."""
        width = event.size().width()
        # For Qt, only the height has changed: it lays out nothing then.
        super().resizeEvent(QResizeEvent(event.size(), QSize(width, event.oldSize().height())))
        if width != self.lineWrapColumnOrWidth():
            self._turns.add(self, self._fit_now)

    def changeEvent(self, event: QEvent) -> None:
        """Lay out the text anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._turns.add(self, self._fit_now)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selection; without one, the parent copies all of the message."""
        step = step_out_of(self, event)
        if step:
            self.left.emit(step)
            return
        if event.matches(QKeySequence.StandardKey.Copy) and not self.textCursor().hasSelection():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let the parent show the focus."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the parent hide the focus."""
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def createMimeDataFromSelection(self) -> QMimeData:
        """The text to copy or drag."""
        return selection_of(self.textCursor())

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(0, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Any width."""
        return self.sizeHint()

    def _fit_now(self) -> None:
        self.fit(self.viewport().width())
