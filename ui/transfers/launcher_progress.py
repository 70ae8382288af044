"""Shows the progress of all transfers on the program's icon in the dock.

Linux desktops that support the Unity launcher API (Ubuntu's dock, KDE's task bar, Dash to Dock)
listen for a D-Bus signal. On other desktops the signal has no effect.
"""

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusMessage

_ENTRY = "application://io.github.filewharf.Filewharf.desktop"
_STEP = 0.01


class LauncherProgress(QObject):
    """Sends transfer progress to the dock."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._shown: float | None = None

    def show(self, fraction: float | None) -> None:
        """Show progress from 0 to 1; None hides it, when nothing runs or progress is unknown."""
        if not sys.platform.startswith("linux") or not self._differs(fraction):
            return
        from PySide6.QtDBus import QDBusConnection

        self._shown = fraction
        bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            bus.send(_update(fraction))

    def _differs(self, fraction: float | None) -> bool:
        if fraction is None or self._shown is None:
            return fraction is not self._shown
        return abs(fraction - self._shown) >= _STEP


def _update(fraction: float | None) -> "QDBusMessage":
    from PySide6.QtDBus import QDBusMessage

    message = QDBusMessage.createSignal(
        "/io/github/filewharf/Filewharf", "com.canonical.Unity.LauncherEntry", "Update"
    )
    shown = {"progress": float(fraction or 0.0), "progress-visible": fraction is not None}
    message.setArguments([_ENTRY, shown])
    return message
