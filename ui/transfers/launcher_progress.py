"""The progress of all transfers on the icon in the dock, where the desktop shows it.

Linux desktops with the Unity launcher protocol (Ubuntu's dock, KDE's task bar, Dash to Dock)
listen to one signal on the session bus; elsewhere nobody does, and it costs nothing.
"""

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusMessage

_ENTRY = "application://io.github.filewharf.Filewharf.desktop"
_STEP = 0.01


class LauncherProgress(QObject):
    """Tells the desktop what part of the bytes is through."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._told: float | None = None

    def show(self, fraction: float | None) -> None:
        """Show a part from 0 to 1; None when nothing runs, or when it can't be known."""
        if not sys.platform.startswith("linux") or not self._differs(fraction):
            return
        from PySide6.QtDBus import QDBusConnection

        self._told = fraction
        bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            bus.send(_update(fraction))

    def _differs(self, fraction: float | None) -> bool:
        if fraction is None or self._told is None:
            return fraction is not self._told
        return abs(fraction - self._told) >= _STEP


def _update(fraction: float | None) -> "QDBusMessage":
    from PySide6.QtDBus import QDBusMessage

    message = QDBusMessage.createSignal(
        "/io/github/filewharf/Filewharf", "com.canonical.Unity.LauncherEntry", "Update"
    )
    shown = {"progress": float(fraction or 0.0), "progress-visible": fraction is not None}
    message.setArguments([_ENTRY, shown])
    return message
