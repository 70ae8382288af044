"""Where the program keeps its files."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from services.releases.about import Place
from services.system.language import _
from ui.widgets.labels import label

_TITLE, _PATH, _BUTTON = range(3)


class FolderList(QWidget):
    """Files and folders, each with a button that shows it in the file manager."""

    show_requested = Signal(object)
    """Carries the `Path` to show."""

    def __init__(self, places: Sequence[tuple[str, Path]], parent: QWidget | None = None) -> None:
        """`places` have a title each."""
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(_PATH, 1)
        self._buttons: dict[Path, list[QPushButton]] = {}
        for row, (title, path) in enumerate(places):
            where = label(str(path), "muted", wrap=True)
            where.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            where.setAccessibleDescription(title)
            button = QPushButton(_("Show in folder"))
            button.setAccessibleDescription(title)
            button.setAutoDefault(False)
            button.setEnabled(False)
            button.clicked.connect(partial(self.show_requested.emit, path))
            self._buttons.setdefault(path, []).append(button)
            grid.addWidget(label(title), row, _TITLE)
            grid.addWidget(where, row, _PATH)
            grid.addWidget(button, row, _BUTTON)
        grid.setRowStretch(len(places), 1)

    def show_places(self, places: Sequence[Place]) -> None:
        """Enable the buttons of what exists."""
        for place in places:
            for button in self._buttons.get(place.path, ()):
                button.setEnabled(place.exists)
                button.setToolTip("" if place.exists else _("Nothing has been saved here yet."))
