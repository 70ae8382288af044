"""What the system asks the running program to open: on macOS, that comes as an event."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from ui.starting.file_link import is_link


class OpeningApplication(QApplication):
    """The QApplication of the program; only what is sent to itself comes to `event`."""

    open_requested = Signal(str)
    """Carries the URI of a local file, or a link to one on the server."""

    def event(self, event: QEvent) -> bool:
        """Pass on what is to be opened."""
        if isinstance(event, QFileOpenEvent):
            self.open_requested.emit(_uri_of(event))
            return True
        return super().event(event)


def _uri_of(event: QFileOpenEvent) -> str:
    # Links that Qt doesn't take for a URL come as the name of a file.
    name = event.file()
    return name if is_link(name) else bytes(event.url().toEncoded().data()).decode()
