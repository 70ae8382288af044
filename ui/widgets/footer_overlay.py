"""Overlays a widget on the bottom of another, so that nothing moves when it appears."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Signal, Slot
from PySide6.QtWidgets import QWidget


class FooterOverlay(QObject):
    """Places a widget over the bottom of another one: same width, and as high as it needs.

    The overlay is in no layout. Its parent must be an ancestor of the widget it covers.
    """

    covered = Signal(object)
    """Carries how many pixels at the bottom are covered; 0 while the overlay is hidden."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._part: QWidget | None = None
        self._reserved = 0
        self._reserved_next = 0
        self._covered = 0
        widget.installEventFilter(self)

    def cover(self, part: QWidget) -> None:
        """Cover the bottom of this widget from now on."""
        if self._part is not None:
            self._part.removeEventFilter(self)
        self._part = part
        part.installEventFilter(self)
        self.place()

    @Slot(object)
    def reserve(self, height: int) -> None:
        """Leave this many pixels at the bottom to another floating widget.

        When less is reserved, the overlay stays where it is until it is hidden: the user may be
        about to click one of its buttons.
        """
        self._reserved_next = height
        if height > self._reserved or not self._widget.isVisible():
            self._reserved = height
            self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the covered widget and the overlay's content."""
        kind = event.type()
        if watched is self._widget:
            if kind == QEvent.Type.Hide:
                self._reserved = self._reserved_next
                self._set_covered(0)
            elif kind in {QEvent.Type.Show, QEvent.Type.LayoutRequest}:
                self.place()
        elif watched is self._part and kind in {QEvent.Type.Resize, QEvent.Type.Move}:
            self.place()
        return super().eventFilter(watched, event)

    @Slot()
    def place(self) -> None:
        """Update position and height immediately, before the content is painted squeezed."""
        widget, part = self._widget, self._part
        around = widget.parentWidget()
        if part is None or around is None or not widget.isVisible():
            return
        corner = part.mapTo(around, QPoint(0, 0))
        bottom = corner.y() + part.height() - self._reserved
        # The content's arrangement, and so its height, depends on the width.
        widget.resize(part.width(), widget.height())
        _activate_layouts(widget)
        height = min(widget.heightForWidth(part.width()), bottom)
        widget.setGeometry(QRect(corner.x(), bottom - height, part.width(), height))
        widget.raise_()
        self._set_covered(height + self._reserved)

    def _set_covered(self, height: int) -> None:
        if height != self._covered:
            self._covered = height
            self.covered.emit(height)


def _activate_layouts(widget: QWidget) -> None:
    """Make pending layout changes take effect now; hidden widgets need no place."""
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isHidden():
            _activate_layouts(child)
    layout = widget.layout()
    if layout is not None:
        layout.activate()
