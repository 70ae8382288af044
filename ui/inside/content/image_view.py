"""Shows an image: fitted, in its own size, or at any zoom."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.image_decoding import LargePicture, UnshownImage
from ui.inside.content.image_canvas import ImageCanvas
from ui.widgets.labels import ElidedLabel, label


class ImageView(QWidget):
    """An image with its dimensions, or why there is none.

    `F` fits it into the view, `1` shows a pixel of it on each pixel of the screen, a double click
    changes between them, and `+`, `-` and the wheel with Ctrl zoom. Dragging moves it, and Ctrl+C
    copies it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = ImageCanvas()
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
            words = _("This image is too large to show: {dimensions}.")
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


def _flat_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(True)
    button.setProperty("look", "flat")
    return button
