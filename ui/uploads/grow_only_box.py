"""A container that grows with its content but doesn't shrink."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class GrowOnlyBox(QWidget):
    """Keeps the greatest height that its part has needed since shown, so its surroundings stay put.

    The part sits at the top at its own height. There is no layout, because Qt would ask the layout
    for the height instead of this widget.
    """

    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self._part = part
        self._height = 0
        part.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """The part's size, with the greatest height so far."""
        hint = QSize() if self._part.isHidden() else self._part.sizeHint()
        return QSize(hint.width(), self._greatest(hint.height()))

    def minimumSizeHint(self) -> QSize:
        """The part's current minimum size."""
        return QSize() if self._part.isHidden() else self._part.minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        """Like `sizeHint`, for text wrapped to `width`."""
        return self._greatest(self._height_of_part(width))

    def event(self, event: QEvent) -> bool:
        """Update when the part needs another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the part."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        height = min(self._height_of_part(self.width()), self.height())
        self._part.setGeometry(0, 0, self.width(), height)

    def _height_of_part(self, width: int) -> int:
        if self._part.isHidden():
            return 0
        height = self._part.heightForWidth(width)
        return self._part.sizeHint().height() if height < 0 else height

    def _greatest(self, height: int) -> int:
        if self._part.isHidden():
            self._height = 0
        self._height = max(self._height, height)
        return self._height
