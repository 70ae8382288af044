"""The part of an inspector with the details, which scrolls if the window is too short for it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from services.system.language import _

_MOST_LINES = 26
"""The greatest width that is insisted on, as a number of text lines' heights."""


class DetailsArea(QScrollArea):
    """Scrolls vertically only, and is as wide as its content needs, so that nothing is cut off."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setAccessibleName(_("Details"))
        self.setProperty("look", "part")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)

    def minimumSizeHint(self) -> QSize:
        """As wide as the content with a scroll bar, unless that is wider than usual texts are."""
        hint = super().minimumSizeHint()
        inside = self.widget()
        if inside is None:
            return hint
        needed = inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(min(needed, _MOST_LINES * self.fontMetrics().height()), hint.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the content when it needs another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
