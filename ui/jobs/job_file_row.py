"""A file of a job in its inspector."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ui.icons import icon
from ui.jobs.job_file import JobFile
from ui.theme import Role
from ui.widgets.elided_link import ElidedLink
from ui.widgets.labels import ElidedLabel, IconLabel, label, set_look

_LOOKS = {Role.WARNING: "warning", Role.DANGER: "error", Role.MUTED: "muted"}


class JobFileRow(QWidget):
    """A link, and below what the file is; where it is at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.file_id: str | None = None
        self.link = ElidedLink()
        self._name = ElidedLabel("muted", elide=Qt.TextElideMode.ElideMiddle)
        self._detail = label("", "small")
        self._expiring = IconLabel(icon("hourglass", Role.WARNING), 0.95)
        self._state = label("", "muted")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(IconLabel(icon("file-braces", Role.MUTED), 1.0), 0, 0)
        # As high as the link, so that nothing moves.
        self._name.setMinimumHeight(self.fontMetrics().height() + 4)
        names = QHBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.link)
        names.addWidget(self._name, 1)
        names.addStretch(1)
        grid.addLayout(names, 0, 1)
        grid.addWidget(self._expiring, 0, 2)
        grid.addWidget(self._state, 0, 3)
        grid.addWidget(self._detail, 1, 1, 1, 3)

    def show_file(self, file: JobFile) -> None:
        """Show another file, or the same one somewhere else."""
        self.file_id = file.file_id
        self.link.setVisible(file.is_there)
        self._name.setVisible(not file.is_there)
        self.link.show_words(file.name)
        self.link.setAccessibleDescription(f"{file.detail}, {file.state}")
        self._name.setText(file.name)
        self._detail.setText(file.detail)
        self._state.setText(file.state)
        set_look(self._state, _LOOKS.get(file.state_role, ""))
        self._expiring.setVisible(file.is_expiring)
