"""A page of a PDF, as wide as its place, or a word in its place."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from services.system.language import _
from ui.theme import Role, color

_MARGIN = 16
_MAX_WIDTH = 1_100
"""A page isn't shown wider, in pixels: its letters would be larger than anyone needs."""


class PdfCanvas(QAbstractScrollArea):
    """A page, or a word in its place."""

    turned = Signal(object, bool)
    """Another page is wanted: -1 or 1, and whether to begin at the end of the one before."""
    resized = Signal()
    """The page may have to be rendered at another width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._words = ""
        self._starts_at_end = False
        self.setProperty("look", "part")
        self.setAccessibleName(_("Page"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the width that pages are rendered for.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    @property
    def wanted_width(self) -> int:
        """The width that a page is to be rendered at, in pixels of the screen."""
        return round(self._page_width * self.devicePixelRatioF())

    def show_image(self, image: QImage | None) -> None:
        """Show a page, or none."""
        is_same_page = self._image is not None and image is not None
        self._image = image
        if image is not None:
            self._words = ""
        self._update_bar()
        bar = self.verticalScrollBar()
        if not is_same_page and image is not None:
            bar.setValue(bar.maximum() if self._starts_at_end else 0)
        self.viewport().update()

    def say(self, words: str) -> None:
        """Show a text while there is no page."""
        self._words = words
        self.viewport().update()

    def start_at_end(self, at_end: bool) -> None:
        """Show the end of the next page first, or its beginning."""
        self._starts_at_end = at_end

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the page at the new width; it's rendered for it once the size rests."""
        super().resizeEvent(event)
        self._update_bar()
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll, or go to another page."""
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Left:
                self.turned.emit(-1, False)
            case Qt.Key.Key_Right:
                self.turned.emit(1, False)
            case Qt.Key.Key_PageUp if bar.value() == bar.minimum():
                self.turned.emit(-1, True)
            case Qt.Key.Key_PageDown if bar.value() == bar.maximum():
                self.turned.emit(1, True)
            case Qt.Key.Key_Home:
                bar.setValue(bar.minimum())
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, and beyond the ends of a page to the next."""
        bar = self.verticalScrollBar()
        turned = event.angleDelta().y()
        is_above = turned > 0 and bar.value() == bar.minimum()
        is_below = turned < 0 and bar.value() == bar.maximum()
        # Not while a page is loading: a long turn would leave them all behind.
        if self._image is not None and (is_above or is_below):
            self.turned.emit(-1 if is_above else 1, True)
            event.accept()
        else:
            super().wheelEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the page on a ground, or the words."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), color(Role.PAGE, self.palette()))
        if self._image is None:
            painter.setPen(color(Role.MUTED, self.palette()))
            room = self.viewport().rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, self._words)
        else:
            size = self._shown_size()
            place = QRect(0, _MARGIN - self.verticalScrollBar().value(), *size.toTuple())
            place.moveLeft((self.viewport().width() - size.width()) // 2)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
            painter.setPen(QPen(color(Role.BORDER, self.palette()), 1))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    @property
    def _page_width(self) -> int:
        """The room for a page, in the pixels of the window."""
        return min(_MAX_WIDTH, max(1, self.viewport().width() - 2 * _MARGIN))

    def _shown_size(self) -> QSize:
        if self._image is None:
            return QSize(0, 0)
        # A page that is very long is rendered less wide, and shown so.
        width = min(self._page_width, round(self._image.width() / self.devicePixelRatioF()))
        height = round(width * self._image.height() / self._image.width())
        return QSize(width, max(1, height))

    def _update_bar(self) -> None:
        bar = self.verticalScrollBar()
        room = self.viewport().height()
        bar.setPageStep(max(1, room - 2 * _MARGIN))
        bar.setSingleStep(max(1, room // 12))
        length = self._shown_size().height() + 2 * _MARGIN
        bar.setRange(0, max(0, length - room) if self._image is not None else 0)
