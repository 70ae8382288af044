"""The selected batch at the right of the list: its files, its requests, and what can be done."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _, ngettext
from ui.inspector.fields import Field
from ui.jobs.batches.batch_acts import BatchActs
from ui.jobs.batches.batch_errors import ShownErrors
from ui.jobs.job_file import JobFile
from ui.jobs.job_file_rows import JobFileRows
from ui.jobs.job_inspector import JobInspector, button
from ui.widgets.buttons import enable_unless
from ui.widgets.labels import label, set_look
from ui.widgets.parts_bar import Part, PartsBar
from ui.wording import count_in_words

_MOST_ERRORS = 5


class ShownBatch(msgspec.Struct, frozen=True):
    """What the inspector shows of a batch."""

    title: str
    sentence: str
    acts: BatchActs
    files: tuple[JobFile, ...]
    parts: tuple[Part, ...]
    """The bar of its requests."""
    completed: str
    failed: str
    total: str
    """These three say how many requests; empty if that isn't known."""
    errors: ShownErrors
    fields: tuple[Field, ...]
    has_failed: bool = False
    """Whether any request has."""


class BatchInspector(JobInspector):
    """Shows one batch."""

    results_requested = Signal()
    download_requested = Signal()
    retry_requested = Signal()
    start_requested = Signal()
    """Start a batch with the same input."""
    cancel_requested = Signal()
    file_requested = Signal(str)
    """Show the file with this ID."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Select a batch to see its details."), parent)
        self._inside = button(_("Look inside results"), self.results_requested)
        self._download = button(_("Download all three"), self.download_requested)
        self._retry = button(_("Retry unfinished lines…"), self.retry_requested)
        self._again = button(_("Start again…"), self.start_requested)
        self._cancel = button(_("Cancel batch"), self.cancel_requested)
        self._why_not = label("", "muted", wrap=True)
        self._files = JobFileRows()
        self._files.file_requested.connect(self.file_requested)
        self._bar = PartsBar()
        self._completed = label("", "muted")
        self._failed = label("", "muted")
        self._total = label("", "muted")
        self._requests = self._make_requests()
        self._errors = _ErrorsCard()
        self._add_parts()

    def show_batch(self, shown: ShownBatch | None) -> None:
        """Show a batch, or that none is selected."""
        if not self.begin(shown) or shown is None:
            return
        self.title.show_text(shown.title)
        self.sentence.setText(shown.sentence)
        acts = shown.acts
        self._download.setText(acts.download_words)
        for act, why_not in (
            (self._inside, acts.look_inside),
            (self._download, acts.download),
            (self._retry, acts.retry),
            (self._again, acts.start_again),
            (self._cancel, acts.cancel),
        ):
            enable_unless(act, why_not)
        self._why_not.setText(acts.why_not)
        self._files.show_files(shown.files)
        self._bar.show_parts(shown.parts)
        self._requests.setVisible(bool(shown.parts))
        self._completed.setText(shown.completed)
        self._failed.setText(shown.failed)
        set_look(self._failed, "error" if shown.has_failed else "muted")
        self._total.setText(shown.total)
        words = " · ".join(filter(None, (shown.completed, shown.failed, shown.total)))
        self._bar.setAccessibleName(words)
        self._errors.show_errors(shown.errors)
        self.fields.show_fields(shown.fields)

    def _make_requests(self) -> QWidget:
        part = QWidget()
        legend = QHBoxLayout()
        legend.setSpacing(16)
        legend.addWidget(self._completed)
        legend.addWidget(self._failed)
        legend.addStretch(1)
        legend.addWidget(self._total)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(_("REQUESTS"), "section"))
        column.addWidget(self._bar)
        column.addLayout(legend)
        return part

    def _add_parts(self) -> None:
        self.add_buttons(self._inside, self._download)
        self.add_buttons(self._retry, self._again)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._why_not, 1)
        self.column.addLayout(row)
        for part in (self._files, self._requests, self._errors):
            self.column.addWidget(part)
        self.add_fields()


class _ErrorsCard(QWidget):
    """The commonest errors with their numbers; hidden if there is nothing to tell."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds = label("", "muted")
        head = QHBoxLayout()
        head.addWidget(label(_("ERRORS"), "section"))
        head.addStretch(1)
        head.addWidget(self._kinds)
        self._card = card = QFrame()
        card.setProperty("look", "set-off")
        self._note = label("", "muted", wrap=True)
        self._grid = QGridLayout(card)
        self._grid.setContentsMargins(14, 8, 10, 8)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._lines = []
        for row in range(_MOST_ERRORS):
            number = label("", "error")
            text = label("", wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(number, row, 0, Qt.AlignmentFlag.AlignRight | top)
            self._grid.addWidget(text, row, 1, top)
            self._lines.append((number, text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(card)
        column.addWidget(self._note)

    def show_errors(self, shown: ShownErrors) -> None:
        """Show the first of these errors."""
        errors = shown.counts
        self.setVisible(bool(errors or shown.note))
        self._card.setVisible(bool(errors))
        self._kinds.setVisible(bool(errors))
        self._note.setText(shown.note)
        self._note.setVisible(bool(shown.note))
        words = ngettext("{number} kind", "{number} kinds", len(errors))
        self._kinds.setText(words.format(number=count_in_words(len(errors))))
        for place, (number, text) in enumerate(self._lines):
            is_shown = place < len(errors)
            number.setVisible(is_shown)
            text.setVisible(is_shown)
            if is_shown:
                number.setText(count_in_words(errors[place].number))
                text.setText(errors[place].text)
