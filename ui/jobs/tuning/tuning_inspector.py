"""The selected fine-tuning job at the right of the list: its files, its error, and its fields."""

from functools import partial

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.inspector.field_view import FieldView
from ui.inspector.fields import Field
from ui.inspector.title_label import TitleLabel
from ui.jobs.job_file import JobFile
from ui.jobs.job_file_row import JobFileRow
from ui.widgets.buttons import enable_unless
from ui.widgets.details_area import DetailsArea
from ui.widgets.labels import label


class ShownTuning(msgspec.Struct, frozen=True):
    """What the inspector shows of a fine-tuning job."""

    title: str
    sentence: str
    error: str
    """Why it failed; empty if it hasn't."""
    why_no_curves: str
    """Why there are no curves to look at, as a sentence; empty if there are."""
    why_no_download: str
    files: tuple[JobFile, ...]
    fields: tuple[Field, ...]


class TuningInspector(QWidget):
    """Shows one fine-tuning job."""

    curves_requested = Signal()
    """Look inside the result file."""
    download_requested = Signal()
    """Download all files of the job."""
    file_requested = Signal(str)
    """Show the file with this ID."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Inspector"))
        self._shown: ShownTuning | None = None
        self._hint = label(_("Select a fine-tuning job to see its details."), "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = TitleLabel()
        self._sentence = label("", "muted", wrap=True)
        self._error = label("", "error", wrap=True)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._curves = QPushButton(_("Look at curves"))
        self._curves.clicked.connect(self.curves_requested)
        self._download = QPushButton(_("Download all files"))
        self._download.clicked.connect(self.download_requested)
        self._why_not = label("", "muted", wrap=True)
        self._rows: list[JobFileRow] = []
        self._files = QVBoxLayout()
        self._files.setSpacing(8)
        self._no_files = label(_("The server names no files."), "muted", wrap=True)
        self._fields = FieldView()
        self._details = self._make_details()
        for _place in range(_USUAL_FILES):
            self._add_row()  # so that Tab reaches them before the fields
        self._pages = QStackedWidget()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self._details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def show_job(self, shown: ShownTuning | None) -> None:
        """Show a job, or that none is selected."""
        if shown == self._shown:
            return
        self._shown = shown
        self._pages.setCurrentWidget(self._hint if shown is None else self._details)
        if shown is None:
            return
        self._title.show_text(shown.title)
        self._sentence.setText(shown.sentence)
        self._error.setText(shown.error)
        self._error.setVisible(bool(shown.error))
        for button, why_not in (
            (self._curves, shown.why_no_curves),
            (self._download, shown.why_no_download),
        ):
            enable_unless(button, why_not)
        reasons = dict.fromkeys(filter(None, (shown.why_no_curves, shown.why_no_download)))
        self._why_not.setText(" ".join(reasons))
        self._why_not.setVisible(bool(reasons))
        while len(self._rows) < len(shown.files):
            self._add_row()
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(shown.files))
            if place < len(shown.files):
                row.show_file(shown.files[place])
        self._no_files.setVisible(not shown.files)
        self._fields.show_fields(shown.fields)

    def _add_row(self) -> None:
        row = JobFileRow()
        row.link.clicked.connect(partial(self._request_file, row))
        self._files.addWidget(row)
        self._rows.append(row)

    def _request_file(self, row: JobFileRow) -> None:
        if row.file_id is not None:
            self.file_requested.emit(row.file_id)

    def _make_details(self) -> DetailsArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 15, 14, 13)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._curves)
        row.addWidget(self._download)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._why_not)
        column.addSpacing(4)
        column.addWidget(label(_("FILES"), "section"))
        column.addLayout(self._files)
        column.addWidget(self._no_files)
        column.addSpacing(4)
        column.addWidget(self._fields)
        column.addStretch(1)
        return DetailsArea(inside)


_USUAL_FILES = 3
