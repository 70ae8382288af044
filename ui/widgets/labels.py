"""Static texts and icons, styled by the style sheet."""

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
_MAX_LENGTH = 1000
"""Characters shown of a text; copying and the details give all of it."""
_MAX_WORD_LENGTH = 24
"""Words with more characters than this may be broken."""
_PIECE = 4
"""Characters between the possible breaks of a long word."""


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """Return a plain-text label; texts from servers must not be interpreted as markup.

    `look` is one of the style sheet's looks, `small` (muted and a little smaller), or `strong`
    (bold). Without `wrap`, the label is as wide as its text, so for texts from servers or files
    use `wrap` or an `ElidedLabel`.
    """
    widget = WrappedLabel() if wrap else QLabel()
    _apply_look(widget, look)
    widget.setText(text)
    return widget


def set_look(widget: QWidget, look: str) -> None:
    """Change the look of an existing widget."""
    widget.setProperty("look", look)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class WrappedLabel(QLabel):
    """A label that wraps its text and also breaks long words.

    QLabel breaks lines only at spaces, so long words get zero-width spaces. `text()` and copied
    text don't contain them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._full_text = ""
        self.setWordWrap(True)

    def text(self) -> str:
        """The text as it was set."""
        return self._full_text

    def setText(self, text: str) -> None:
        """Show a text, cut off if it is very long."""
        self._full_text = text
        shown = breakable(shortened(text, _MAX_LENGTH), _MAX_WORD_LENGTH, _PIECE)
        super().setText(shown)
        # The default accessible name is the text as shown.
        self.setAccessibleName("" if shown == text else text)
        self._update_height()

    def minimumSizeHint(self) -> QSize:
        """At most the width of a long word; wider characters are cut off."""
        hint = super().minimumSizeHint()
        most = _MAX_WORD_LENGTH * self.fontMetrics().averageCharWidth()
        return QSize(min(hint.width(), most), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Require the height that all lines need at the new width."""
        super().resizeEvent(event)
        self._update_height()

    def _update_height(self) -> None:
        # Layouts compute the height for at least the minimum width, even if the label gets less.
        narrow = self.width() < self.minimumSizeHint().width()
        self.setMinimumHeight(self.heightForWidth(self.width()) if narrow else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selection without zero-width spaces."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Make the selection available for middle-click paste."""
        super().mouseReleaseEvent(event)
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and self.hasSelectedText():
            clipboard.setText(self._selected(), QClipboard.Mode.Selection)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show a menu with *Copy* and *Select all*."""
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
    """A one-line label with elided text; the tool tip then shows all of it."""

    def __init__(
        self, look: str = "muted", *, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        """`look` is as for `label`; `elide` is where the text is cut."""
        super().__init__()
        _apply_look(self, look)
        self._elide = elide

    def minimumSizeHint(self) -> QSize:
        """Room for a few characters."""
        few = 4 * self.fontMetrics().averageCharWidth()
        return QSize(min(few, super().sizeHint().width()), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        text = self.text()
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(text, self._elide, room)
        self.setToolTip(tool_tip(text) if shown != text else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))  # set by the style sheet
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class IconLabel(QWidget):
    """An icon that follows the color scheme and is sharp on every screen."""

    def __init__(self, icon: QIcon, factor: float = 1.3, parent: QWidget | None = None) -> None:
        """`factor` is the icon's size as a multiple of the font height."""
        super().__init__(parent)
        self._icon = icon
        side = round(self.fontMetrics().height() * factor)
        self.setFixedSize(side, side)

    def show_icon(self, icon: QIcon) -> None:
        """Replace the icon."""
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon, which picks its own color."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def _apply_look(widget: QLabel, look: str) -> None:
    widget.setTextFormat(Qt.TextFormat.PlainText)
    widget.setProperty("look", "muted" if look == "small" else look)
    widget.setFont(scaled(widget.font(), _FACTORS.get(look, 1.0), bold=look in _BOLD))
