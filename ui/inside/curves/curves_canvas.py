"""The charts of fine-tuning results, with a line that follows the pointer from step to step."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from services.system.language import _
from ui.inside.curves.curve_charts import CurveCharts
from ui.inside.curves.curve_file import CurveChoices, CurveFile
from ui.inside.curves.curves_picture import CurvesPicture
from ui.theme import Role, color


class CurvesCanvas(QWidget):
    """Draws the curves of some files.

    The line follows the pointer and the arrow keys, with Shift from validation to validation.
    """

    pointed = Signal(object)
    """The step that the line is at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: Sequence[CurveFile] = ()
        self._choices = CurveChoices()
        self._step: float | None = None
        self._charts: CurveCharts | None = None
        """As laid out for the current size; None if that has to be done again."""
        self._curves: QPixmap | None = None
        """The charts without the line."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Curves"))

    def show_files(self, files: Sequence[CurveFile], choices: CurveChoices) -> None:
        """Show the curves of other files, or others of the same."""
        self._files = files
        self._choices = choices
        self._forget_drawing()
        self._move_to(None)

    @property
    def step(self) -> float | None:
        """The step that the line is at."""
        return self._step

    def minimumSizeHint(self) -> QSize:
        """Room for two low charts."""
        return QSize(320, 300)

    @property
    def picture(self) -> CurvesPicture:
        """The charts as a picture to save."""
        return CurvesPicture(
            self._files, self._choices, self.size(), QFont(self.font()), self.logicalDpiX()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the charts out again."""
        super().resizeEvent(event)
        self._forget_drawing()

    def changeEvent(self, event: QEvent) -> None:
        """Draw in the new colors or font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget_drawing()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the line to the step under the pointer."""
        self._move_to(self._laid_out().layout.step_near(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the line, unless it's used with the keys."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._move_to(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the line to the next or previous step, with Shift to one of a validation."""
        layout = self._laid_out().layout
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Left:
                self._move_to(layout.step_beside(self._step, -1, validation=shift))
            case Qt.Key.Key_Right:
                self._move_to(layout.step_beside(self._step, 1, validation=shift))
            case Qt.Key.Key_Home:
                self._move_to(layout.step_beside(None, 1, validation=shift))
            case Qt.Key.Key_End:
                self._move_to(layout.step_beside(None, -1, validation=shift))
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the line, unless it's under the pointer."""
        super().focusOutEvent(event)
        if not self.underMouse():
            self._move_to(None)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the charts and the line."""
        charts = self._laid_out()
        if self._curves is None:
            ratio = self.devicePixelRatioF()
            self._curves = QPixmap(self.size() * ratio)
            self._curves.setDevicePixelRatio(ratio)
            self._curves.fill(color(Role.WINDOW, self.palette()))
            onto = QPainter(self._curves)
            charts.paint_curves(onto, ratio)
            onto.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._curves)
        if charts.is_empty:
            painter.setPen(color(Role.MUTED, self.palette()))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("Nothing to draw"))
        elif self._step is not None:
            charts.paint_pointer(painter, self._step)
        if self.hasFocus():
            painter.setPen(QPen(color(Role.ACCENT, self.palette()), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _laid_out(self) -> CurveCharts:
        if self._charts is None:
            size = QSizeF(self.size())
            self._charts = CurveCharts(
                self._files, self._choices, size, self.font(), self.palette()
            )
        return self._charts

    def _forget_drawing(self) -> None:
        self._charts = None
        self._curves = None
        self.update()

    def _move_to(self, step: float | None) -> None:
        if step == self._step:
            return
        self._step = step
        words = "" if step is None else self._laid_out().values_in_words(step)
        self.setAccessibleDescription(words)
        self.update()
        self.pointed.emit(step)
