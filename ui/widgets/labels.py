"""Texts and icons that only show something, in the looks of the style sheet."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from services.system.language import _
from services.system.safe_text import ZERO_WIDTH_SPACE, breakable, shortened
from ui.theme import scaled
from ui.wording import tool_tip

_FACTORS = {"title": 2.0, "heading": 1.25, "section": 0.85, "small": 0.9}
_BOLD = ("title", "heading", "strong")
_LONGEST = 1000
"""Letters that are shown of a text; the clipboard and the details have all of them."""
_LONGEST_WORD = 24
"""Letters of a word that is not broken."""
_PIECE = 4
"""Letters between the places where a longer one may break."""


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text, as some of it comes from servers.

    `look` is one of the style sheet, or `small` (muted, a little smaller), or `strong` (bolder).
    One that does not `wrap` is as wide as its text: what a server or a file says needs one that
    does, or an `ElidedLabel`.
    """
    made = WrappedLabel() if wrap else QLabel()
    _take_look(made, look)
    made.setText(text)
    return made


def set_look(widget: QWidget, look: str) -> None:
    """Change the look of a widget that is already shown."""
    widget.setProperty("look", look)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class WrappedLabel(QLabel):
    """Text on as many lines as it needs; long words break anywhere, and never make it wide.

    A QLabel breaks at spaces only. So long words get invisible places to break, which nobody who
    asks for the text or copies it sees.
    """

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setWordWrap(True)

    def text(self) -> str:
        """The text as it was set."""
        return self._whole

    def setText(self, text: str) -> None:
        """Show this; the end of what would fill the window is cut."""
        self._whole = text
        shown = breakable(shortened(text, _LONGEST), _LONGEST_WORD, _PIECE)
        super().setText(shown)
        # Of itself it would be called as it is shown.
        self.setAccessibleName("" if shown == text else text)
        self._keep_height()

    def minimumSizeHint(self) -> QSize:
        """As wide as a long word; wider ones, in wide letters, are cut."""
        hint = super().minimumSizeHint()
        most = _LONGEST_WORD * self.fontMetrics().averageCharWidth()
        return QSize(min(hint.width(), most), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height that all lines need at the new width."""
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        # Layouts work out heights for no less than the minimum width, even where they give less.
        narrow = self.width() < self.minimumSizeHint().width()
        self.setMinimumHeight(self.heightForWidth(self.width()) if narrow else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is selected as it was set."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What is selected can be pasted with the middle button."""
        super().mouseReleaseEvent(event)
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and self.hasSelectedText():
            clipboard.setText(self._selected(), QClipboard.Mode.Selection)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy."""
        if not self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            event.ignore()
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(_("Copy"))
        copy.setEnabled(self.hasSelectedText())
        copy.triggered.connect(self._copy)
        menu.addAction(_("Select all")).triggered.connect(self._select_all)
        menu.popup(event.globalPos())

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._selected())

    @Slot()
    def _select_all(self) -> None:
        self.setSelection(0, len(super().text()))

    def _selected(self) -> str:
        return self.selectedText().replace(ZERO_WIDTH_SPACE, "")


class ElidedLabel(QLabel):
    """One line that gives way where room is short; the whole text is the tool tip then."""

    def __init__(
        self, look: str = "muted", *, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        """`look` is one of those that `label` takes; `elide` is where words are left out."""
        super().__init__()
        _take_look(self, look)
        self._elide = elide

    def minimumSizeHint(self) -> QSize:
        """Some letters."""
        letters = 4 * self.fontMetrics().averageCharWidth()
        return QSize(min(letters, super().sizeHint().width()), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as there is room for."""
        text = self.text()
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(text, self._elide, room)
        self.setToolTip(tool_tip(text) if shown != text else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))  # by the style sheet
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class IconLabel(QWidget):
    """An icon that is drawn anew in each scheme and sharp on each screen."""

    def __init__(self, icon: QIcon, factor: float = 1.3, parent: QWidget | None = None) -> None:
        """`factor` is its side in heights of the font."""
        super().__init__(parent)
        self._icon = icon
        side = round(self.fontMetrics().height() * factor)
        self.setFixedSize(side, side)

    def show_icon(self, icon: QIcon) -> None:
        """Show another one."""
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it; the icon finds its color by itself."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def _take_look(made: QLabel, look: str) -> None:
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", "muted" if look == "small" else look)
    made.setFont(scaled(made.font(), _FACTORS.get(look, 1.0), bold=look in _BOLD))
