"""A small program to drag files out of: `python -m tests.support.drag_source X Y FILE …`.

Shows a small window at X, Y, whose accessible description is the state of the drag. Exits with 0 if
the drop was accepted, and with 3 if it wasn't.
"""

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel

NOT_ACCEPTED = 3

# The states of the drag, as accessible descriptions.
SHOWN = "shown"
PRESSED = "pressed"
DRAGGING = "dragging"


class DragSource(QLabel):
    """Starts a drag as soon as the pointer moves with the button pressed."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(f"{len(paths)} files" if len(paths) > 1 else "1 file")
        self._paths = paths
        self.setWindowTitle("Files to drag")
        self.setAccessibleName("Files to drag")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(
            "background: #2b2d33; color: white; border-radius: 6px; padding: 4px 10px;"
        )
        # The drop target keeps the focus, as when files are dragged from the desktop.
        self.setWindowFlags(
            Qt.WindowType.Window
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.WindowStaysOnTopHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.accessibleDescription():
            self.setAccessibleDescription(SHOWN)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setAccessibleDescription(PRESSED)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(QPoint(-12, -12))
        # Runs in the event loop of exec: from then on, the drag gets every move.
        QTimer.singleShot(0, self._show_dragging)
        action = drag.exec(Qt.DropAction.CopyAction)
        QApplication.exit(0 if action == Qt.DropAction.CopyAction else NOT_ACCEPTED)

    def _show_dragging(self) -> None:
        self.setAccessibleDescription(DRAGGING)


def main(arguments: list[str]) -> int:
    application = QApplication(arguments[:1])
    x, y, *paths = arguments[1:]
    source = DragSource(paths)
    source.resize(source.sizeHint())
    source.move(int(x), int(y))
    source.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
