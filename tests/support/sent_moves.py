"""Moves of the pointer, sent to a widget directly: the real pointer lags, and may be elsewhere."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def send_move(
    widget: QWidget, place: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.NoButton
) -> None:
    """Move the pointer to a place in a widget while these buttons are pressed."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
