"""The charts of fine-tuning results as a picture to save, drawn on any thread."""

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QRect, QSize, QSizeF
from PySide6.QtGui import QFont, QImage, QPaintDevice, QPainter

from ui.inside.curves.curve_charts import CurveCharts
from ui.inside.curves.curve_file import CurveChoices, CurveFile
from ui.theme import Role, color, make_palette
from ui.wording import one_line

_SCALE = 2
"""Pixels of the picture per pixel on the screen."""
_LEAST_SIZE = QSize(640, 400)
_LEGEND_HEIGHT = 36


class CurvesPicture:
    """The curves of some files in the light colors, with the names of the files above."""

    def __init__(
        self,
        files: Sequence[CurveFile],
        choices: CurveChoices,
        size: QSize,
        font: QFont,
        resolution: int,
    ) -> None:
        """`size` is in pixels of the screen, without the names, and `resolution` is the screen's."""
        self._files = files
        self._choices = choices
        self._size = size.expandedTo(_LEAST_SIZE) + QSize(0, _LEGEND_HEIGHT)
        self._font = font
        self._resolution = resolution

    def png(self) -> bytes:
        """Draw it as a PNG."""
        image = QImage(self._size * _SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_SCALE)
        self._paint(image, _SCALE)
        data, buffer = _open_buffer()
        image.save(buffer, "png")  # type: ignore[call-overload]
        return bytes(data.data())

    def svg(self) -> bytes:
        """Draw it as an SVG."""
        from PySide6.QtSvg import QSvgGenerator

        data, buffer = _open_buffer()
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self._size)
        generator.setViewBox(QRect(0, 0, self._size.width(), self._size.height()))
        generator.setResolution(self._resolution)
        generator.setTitle(", ".join(one_line(file.name) for file in self._files))
        self._paint(generator, None)
        return bytes(data.data())

    def _paint(self, device: QPaintDevice, pixels: float | None) -> None:
        palette = make_palette(dark=False)
        width, height = self._size.width(), self._size.height()
        room = QSizeF(width, height - _LEGEND_HEIGHT)
        charts = CurveCharts(self._files, self._choices, room, self._font, palette)
        painter = QPainter(device)
        painter.fillRect(QRect(0, 0, width, height), color(Role.WINDOW, palette))
        charts.paint_legend(painter, _LEGEND_HEIGHT / 3)
        painter.translate(0, _LEGEND_HEIGHT)
        charts.paint_curves(painter, pixels)
        painter.end()


def _open_buffer() -> tuple[QByteArray, QBuffer]:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    return data, buffer
