"""Every text that a window holds, seen or not: what a screenshot, a screen reader or a copy could reveal."""

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_PROPERTIES = (
    "text",
    "title",
    "windowTitle",
    "toolTip",
    "statusTip",
    "whatsThis",
    "accessibleName",
    "accessibleDescription",
    "placeholderText",
    "plainText",
)


def texts_of_windows() -> Iterator[str]:
    """The texts of all windows of this process, and what is on the clipboard."""
    for widget in QApplication.allWidgets():
        yield from _texts_of(widget)
    clipboard = QGuiApplication.clipboard().mimeData()
    for kind in clipboard.formats():
        yield clipboard.data(kind).toStdString()


def _texts_of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLineEdit):
        yield widget.displayText()
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        yield widget.toPlainText()
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(row) for row in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _texts_of_model(widget.model())
    is_field = isinstance(widget, QLineEdit)
    for one in (widget, *_actions(widget)):
        for name in _PROPERTIES:
            value = None if is_field and name == "text" else one.property(name)
            if isinstance(value, str):
                yield value


def _actions(widget: QWidget) -> list[QObject]:
    return [action for action in widget.actions() if isinstance(action, QAction)]


def _texts_of_model(model: QAbstractItemModel) -> Iterator[str]:
    is_list = isinstance(model, QAbstractListModel)
    for row in range(model.rowCount()):
        for column in range(1 if is_list else model.columnCount()):
            index = model.index(row, column)
            yield from (str(model.data(index, role)) for role in _ROLES)
