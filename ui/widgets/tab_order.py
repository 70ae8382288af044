"""Puts widgets that are made later into their place in the tab order."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def insert_in_tab_order(new: QWidget, place: QWidget) -> None:
    """Let Tab reach `new` just before `place`, whose window it must be in already.

    Otherwise, Tab reaches a new widget after all others of the window.
    """
    before = place.previousInFocusChain()
    # Qt ignores an order in which either can't be reached.
    while before is not None and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
        before = before.previousInFocusChain()
        if before is place:
            return
    if before is not None and before is not new:
        QWidget.setTabOrder(before, new)
