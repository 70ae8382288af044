"""Keeps what comes and goes over the foot of a part of the window, so that nothing else moves."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Signal, Slot
from PySide6.QtWidgets import QWidget


class OverFoot(QObject):
    """Lays a widget, in no layout, over the foot of another part: as wide, and as high as it needs.

    The two have an ancestor in common, which is the parent of the widget.
    """

    covered = Signal(object)
    """How many pixels of the foot can't be seen; 0 while the widget is hidden."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._part: QWidget | None = None
        self._free = 0
        self._free_next = 0
        self._told = 0
        widget.installEventFilter(self)

    def lie_over(self, part: QWidget) -> None:
        """Lie over the foot of this part from now on."""
        if self._part is not None:
            self._part.removeEventFilter(self)
        self._part = part
        part.installEventFilter(self)
        self.place()

    @Slot(object)
    def keep_free(self, height: int) -> None:
        """Leave so much of the foot to something else that floats there.

        When that is gone, the widget stays where it is until it goes too: somebody may be aiming
        at its buttons.
        """
        self._free_next = height
        if height > self._free or not self._widget.isVisible():
            self._free = height
            self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the part, and what the widget has to show."""
        kind = event.type()
        if watched is self._widget:
            if kind == QEvent.Type.Hide:
                self._free = self._free_next
                self._tell(0)
            elif kind in {QEvent.Type.Show, QEvent.Type.LayoutRequest}:
                self.place()
        elif watched is self._part and kind in {QEvent.Type.Resize, QEvent.Type.Move}:
            self.place()
        return super().eventFilter(watched, event)

    @Slot()
    def place(self) -> None:
        """Take the height that is needed now; at once, before anything is painted squeezed."""
        widget, part = self._widget, self._part
        around = widget.parentWidget()
        if part is None or around is None or not widget.isVisible():
            return
        corner = part.mapTo(around, QPoint(0, 0))
        bottom = corner.y() + part.height() - self._free
        # How it is arranged, and so how high it is, depends on the width.
        widget.resize(part.width(), widget.height())
        _measure_anew(widget)
        height = min(widget.heightForWidth(part.width()), bottom)
        widget.setGeometry(QRect(corner.x(), bottom - height, part.width(), height))
        widget.raise_()
        self._tell(height + self._free)

    def _tell(self, height: int) -> None:
        if height != self._told:
            self._told = height
            self.covered.emit(height)


def _measure_anew(widget: QWidget) -> None:
    """Have the layouts take notice now of what changed in them; by themselves they do so later."""
    for child in widget.children():
        if isinstance(child, QWidget):
            _measure_anew(child)
    layout = widget.layout()
    if layout is not None:
        layout.activate()
