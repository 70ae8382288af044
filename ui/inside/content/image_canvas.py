"""The image that is looked at, fitted into its place or at any zoom."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from services.system.language import _
from ui.image_decoding import LargePicture
from ui.theme import Role, color

_STEP = 1.25
"""The factor between two steps of the zoom."""
_NOTCH = 120
"""What a wheel reports for one notch."""
_MAX_SCALE = 16.0
_SQUARE = 8
"""Side of the squares behind a transparent image, in pixels."""


class ImageCanvas(QAbstractScrollArea):
    """The image itself, with scroll bars where it's larger than the view."""

    zoomed = Signal()
    """The scale has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: LargePicture | None = None
        self._scale: float | None = None
        """Pixels of the screen per pixel of the image; None if the image is fitted."""
        self._dragged_from: QPoint | None = None
        self.setProperty("look", "part")
        self.setAccessibleName(_("Image"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_picture(self, picture: LargePicture | None) -> None:
        """Show another image, fitted, or none."""
        self._picture = picture
        self.fit()

    @property
    def is_fitted(self) -> bool:
        """Whether the image follows the size of the view."""
        return self._scale is None

    @property
    def scale(self) -> float:
        """Pixels of the screen per pixel of the image."""
        return self._scale if self._scale is not None else self._fitted_scale()

    @Slot()
    def fit(self) -> None:
        """Show all of the image, never larger than it is."""
        self._zoom_to(None, None)

    @Slot()
    def show_real_size(self) -> None:
        """Show a pixel of the image on each pixel of the screen."""
        self._zoom_to(1.0, None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the image into the new size, or keep its scale."""
        super().resizeEvent(event)
        self._update_bars()
        self.zoomed.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        """Update the cursor as the pointer enters."""
        if event.type() is QEvent.Type.Enter:
            self._update_cursor()
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fit, zoom, copy, or move with the arrow keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            if self._picture is not None:
                QGuiApplication.clipboard().setImage(self._picture.image)
            return
        match event.key():
            case Qt.Key.Key_F:
                self.fit()
            case Qt.Key.Key_1:
                self.show_real_size()
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom_by(1, None)
            case Qt.Key.Key_Minus:
                self._zoom_by(-1, None)
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_by(event.angleDelta().y() / _NOTCH, event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between fitted and real size."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._zoom_to(1.0 if self._scale is None else None, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the image."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().toPoint()
            self._update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the image with the pointer."""
        if self._dragged_from is not None:
            here = event.position().toPoint()
            moved = here - self._dragged_from
            self._dragged_from = here
            across, down = self.horizontalScrollBar(), self.verticalScrollBar()
            across.setValue(across.value() - moved.x())
            down.setValue(down.value() - moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._dragged_from = None
        self._update_cursor()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the visible part of the image."""
        if self._picture is None:
            return
        place = self._place()
        visible = place.intersected(QRectF(self.viewport().rect()))
        if visible.isEmpty():
            return
        painter = QPainter(self.viewport())
        # The small image has enough pixels for a small place, and is faster to draw.
        pixels = place.width() * self.devicePixelRatioF()
        is_small = pixels <= self._picture.small.width()
        image = self._picture.small if is_small else self._picture.image
        if image.hasAlphaChannel():
            painter.fillRect(visible, _checked_ground(self.palette()))
        part = QRectF(
            (visible.x() - place.x()) * image.width() / place.width(),
            (visible.y() - place.y()) * image.height() / place.height(),
            visible.width() * image.width() / place.width(),
            visible.height() * image.height() / place.height(),
        )
        # Enlarged, each pixel is a square.
        hint = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(hint, self.scale < 2)
        painter.drawImage(visible, image, part)
        painter.end()

    def _place(self) -> QRectF:
        """Where the whole image is, in the coordinates of the viewport."""
        size = self._shown_size()
        view = self.viewport().size()
        return QRectF(
            max(0.0, (view.width() - size.width()) // 2) - self.horizontalScrollBar().value(),
            max(0.0, (view.height() - size.height()) // 2) - self.verticalScrollBar().value(),
            size.width(),
            size.height(),
        )

    def _shown_size(self) -> QSizeF:
        if self._picture is None:
            return QSizeF(0, 0)
        size = QSizeF(self._picture.image.size()) * (self.scale / self.devicePixelRatioF())
        return size.expandedTo(QSizeF(1, 1))

    def _fitted_scale(self) -> float:
        if self._picture is None:
            return 1.0
        image = self._picture.image.size()
        view = QSizeF(self.maximumViewportSize()) * self.devicePixelRatioF()
        return min(1.0, view.width() / image.width(), view.height() / image.height())

    def _zoom_by(self, steps: float, fixed: QPointF | None) -> None:
        least = self._fitted_scale()
        wanted = self.scale * _STEP**steps
        self._zoom_to(None if wanted <= least else min(_MAX_SCALE, wanted), fixed)

    def _zoom_to(self, scale: float | None, fixed: QPointF | None) -> None:
        """Change the scale; `fixed` stays where it is, by default the middle of the view."""
        fixed = fixed if fixed is not None else QRectF(self.viewport().rect()).center()
        before = self._place()
        self._scale = scale
        self._update_bars()
        if before.width() and scale is not None:
            across = (fixed.x() - before.x()) / before.width()
            down = (fixed.y() - before.y()) / before.height()
            size = self._shown_size()
            self.horizontalScrollBar().setValue(round(across * size.width() - fixed.x()))
            self.verticalScrollBar().setValue(round(down * size.height() - fixed.y()))
        self._update_cursor()
        self.viewport().update()
        self.zoomed.emit()

    def _update_bars(self) -> None:
        size = self._shown_size().toSize() if self._scale is not None else QSize(0, 0)
        for _pass in range(2):  # one bar may take the room that makes the other one needed
            view = self.viewport().size()
            for bar, length, room in (
                (self.horizontalScrollBar(), size.width(), view.width()),
                (self.verticalScrollBar(), size.height(), view.height()),
            ):
                bar.setPageStep(room)
                bar.setSingleStep(max(1, room // 20))
                bar.setRange(0, max(0, length - room))

    def _update_cursor(self) -> None:
        bars = (self.horizontalScrollBar(), self.verticalScrollBar())
        if not any(bar.maximum() for bar in bars):
            self.viewport().unsetCursor()
        elif self._dragged_from is not None:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)


def _checked_ground(palette: QPalette) -> QBrush:
    """Squares that show through what is transparent."""
    tile = QPixmap(2 * _SQUARE, 2 * _SQUARE)
    tile.fill(color(Role.CARD, palette))
    painter = QPainter(tile)
    for place in (QPoint(0, 0), QPoint(_SQUARE, _SQUARE)):
        painter.fillRect(QRect(place, QSize(_SQUARE, _SQUARE)), color(Role.TRACK, palette))
    painter.end()
    return QBrush(tile)
