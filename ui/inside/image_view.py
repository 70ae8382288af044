"""Shows an image: fitted, in its own size, or at any zoom."""

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
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.image_decoding import LargePicture, UnshownImage
from ui.theme import Role, color
from ui.widgets.labels import ElidedLabel, label

_STEP = 1.25
"""The factor between two steps of the zoom."""
_NOTCH = 120
"""What a wheel reports for one notch."""
_MAX_SCALE = 16.0
_SQUARE = 8
"""Side of the squares behind a transparent image, in pixels."""


class ImageView(QWidget):
    """An image with its dimensions, or why there is none.

    `F` fits it into the view, `1` shows a pixel of it on each pixel of the screen, a double click
    changes between them, and `+`, `-` and the wheel with Ctrl zoom. Dragging moves it, and Ctrl+C
    copies it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = _Canvas()
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        self._pages.addWidget(self._canvas)
        self._dimensions = ElidedLabel("muted")
        self._zoom = label("", "muted")
        self._fit = _flat_button(_("Fit"), _("Fit to the window (F)"))
        self._real_size = _flat_button(_("1:1"), _("Original size (1)"))
        self._fit.clicked.connect(self._canvas.fit)
        self._real_size.clicked.connect(self._canvas.show_real_size)
        self._canvas.zoomed.connect(self._show_zoom)
        self._footer = QFrame()
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._dimensions, 1)
        row.addWidget(self._zoom)
        row.addWidget(self._fit)
        row.addWidget(self._real_size)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self._footer)
        self.setFocusProxy(self._canvas)
        self.show_message("")

    def show_picture(self, picture: LargePicture, file_size: int) -> None:
        """Show an image, fitted. `file_size` is in bytes."""
        words = f"{dimensions_in_words(picture.size)} · {picture.form} · {format_size(file_size)}"
        shown = picture.image.size()
        if shown != picture.size:
            reduced = _("shown reduced to {width} × {height}").format(
                width=whole(shown.width()), height=whole(shown.height())
            )
            words = f"{words} · {reduced}"
        self._dimensions.setText(words)
        self._canvas.setAccessibleDescription(words)
        self._canvas.show_picture(picture)
        self._pages.setCurrentWidget(self._canvas)
        self._footer.show()

    def show_unshown(self, image: UnshownImage) -> None:
        """Say why an image can't be shown."""
        if image.size is None:
            self.show_message(_("This image is damaged and can't be shown."))
        else:
            words = _("This image is too large to be shown: {dimensions}.")
            self.show_message(words.format(dimensions=dimensions_in_words(image.size)))

    def show_message(self, text: str) -> None:
        """Show a text in place of an image, whose memory is freed."""
        self._message.setText(text)
        self._canvas.show_picture(None)
        self._pages.setCurrentWidget(self._message)
        self._footer.hide()

    @Slot()
    def _show_zoom(self) -> None:
        scale = self._canvas.scale
        self._zoom.setText(_("{number}%").format(number=whole(max(1, round(100 * scale)))))
        self._fit.setChecked(self._canvas.is_fitted)
        self._real_size.setChecked(not self._canvas.is_fitted and scale == 1)


def dimensions_in_words(size: QSize) -> str:
    """“1,024 × 768 pixels”."""
    return _("{width} × {height} pixels").format(
        width=whole(size.width()), height=whole(size.height())
    )


class _Canvas(QAbstractScrollArea):
    """The image itself, with scroll bars where it's larger than the view."""

    zoomed = Signal()

    def __init__(self) -> None:
        super().__init__()
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
        """Tell what a pointer that can drag looks like."""
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
        """Leave the image where it is."""
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


def _flat_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(True)
    button.setProperty("look", "flat")
    return button


def _checked_ground(palette: QPalette) -> QBrush:
    """Squares that show through what is transparent."""
    tile = QPixmap(2 * _SQUARE, 2 * _SQUARE)
    tile.fill(color(Role.CARD, palette))
    painter = QPainter(tile)
    for place in (QPoint(0, 0), QPoint(_SQUARE, _SQUARE)):
        painter.fillRect(QRect(place, QSize(_SQUARE, _SQUARE)), color(Role.TRACK, palette))
    painter.end()
    return QBrush(tile)
