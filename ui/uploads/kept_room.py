"""Room that a part of a dialog has once needed, and keeps."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class KeptRoom(QWidget):
    """As high as its part has been since it is shown: nothing around it moves when it gets smaller.

    The part stands at the top, no higher than it needs to be. It has no layout: one would be asked
    for its height in place of this widget.
    """

    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self._part = part
        self._needed = 0
        part.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """What is needed now or was needed before, whichever is more."""
        hint = QSize() if self._part.isHidden() else self._part.sizeHint()
        return QSize(hint.width(), self._kept(hint.height()))

    def minimumSizeHint(self) -> QSize:
        """What is needed now, at least."""
        return QSize() if self._part.isHidden() else self._part.minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        """As `sizeHint`, where lines are broken to that width."""
        return self._kept(self._height_of_part(width))

    def event(self, event: QEvent) -> bool:
        """The part needs more or less."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The part follows."""
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

    def _kept(self, height: int) -> int:
        if self._part.isHidden():
            self._needed = 0
        self._needed = max(self._needed, height)
        return self._needed
