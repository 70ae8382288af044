"""The selected fine-tuning job at the right of the list: its files, its error, and its fields."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QWidget,
)

from services.system.language import _
from ui.inspector.fields import Field
from ui.jobs.job_file import JobFile
from ui.jobs.job_file_rows import JobFileRows
from ui.jobs.job_inspector import JobInspector, button
from ui.widgets.buttons import enable_unless
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


class TuningInspector(JobInspector):
    """Shows one fine-tuning job."""

    curves_requested = Signal()
    """Look inside the result file."""
    download_requested = Signal()
    """Download all files of the job."""
    file_requested = Signal(str)
    """Show the file with this ID."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Select a fine-tuning job to see its details."), parent)
        self._error = label("", "error", wrap=True)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._curves = button(_("Look at curves"), self.curves_requested)
        self._download = button(_("Download all files"), self.download_requested)
        self._why_not = label("", "muted", wrap=True)
        self._files = JobFileRows()
        self._files.file_requested.connect(self.file_requested)
        self.column.addWidget(self._error)
        self.add_buttons(self._curves, self._download)
        self.column.addWidget(self._why_not)
        self.column.addWidget(self._files)
        self.add_fields()

    def show_job(self, shown: ShownTuning | None) -> None:
        """Show a job, or that none is selected."""
        if not self.begin(shown) or shown is None:
            return
        self.title.show_text(shown.title)
        self.sentence.setText(shown.sentence)
        self._error.setText(shown.error)
        self._error.setVisible(bool(shown.error))
        for act, why_not in (
            (self._curves, shown.why_no_curves),
            (self._download, shown.why_no_download),
        ):
            enable_unless(act, why_not)
        reasons = dict.fromkeys(filter(None, (shown.why_no_curves, shown.why_no_download)))
        self._why_not.setText(" ".join(reasons))
        self._why_not.setVisible(bool(reasons))
        self._files.show_files(shown.files)
        self.fields.show_fields(shown.fields)
