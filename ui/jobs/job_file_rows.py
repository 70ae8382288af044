"""The files of a job in its inspector."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from services.system.language import _
from ui.jobs.job_file import JobFile
from ui.jobs.job_file_row import JobFileRow
from ui.widgets.labels import label

_USUAL_FILES = 3


class JobFileRows(QWidget):
    """A title, and a row for each file."""

    file_requested = Signal(str)
    """Show the file with this ID."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[JobFileRow] = []
        self._none = label(_("The server names no files."), "muted", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(8)
        self._column.addWidget(label(_("FILES"), "section"))
        self._column.addWidget(self._none)
        for _place in range(_USUAL_FILES):
            self._add_row()  # so that Tab reaches them before what is below

    def show_files(self, files: Sequence[JobFile]) -> None:
        """Show these files, or that there are none."""
        while len(self._rows) < len(files):
            self._add_row()
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(files))
            if place < len(files):
                row.show_file(files[place])
        self._none.setVisible(not files)

    def _add_row(self) -> None:
        row = JobFileRow()
        row.link.clicked.connect(partial(self._request_file, row))
        self._column.addWidget(row)
        if self._rows:
            self.setTabOrder(self._rows[-1].link, row.link)
        self._rows.append(row)

    def _request_file(self, row: JobFileRow) -> None:
        if row.file_id is not None:
            self.file_requested.emit(row.file_id)
