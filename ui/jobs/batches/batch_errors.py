"""The errors in the results of batches, as far as they have been read."""

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from services.accounts.events import AccountOpening
from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.previews.batches.batch_summary import BatchSummary
from services.previews.events import ErrorsNotRead, ErrorsRead, ResultsAdded
from services.system.language import _, ngettext
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.jobs.batches.batch_words import ErrorCount, errors_in, errors_of
from ui.messages.problem_words import problem_in_words
from ui.wording import count_in_words

_DELAY_MS = 150
"""Before a file is read, so that moving with the arrow keys doesn't read one for each batch."""
_MOST_KEPT = 100
"""Files whose errors are kept."""


class ShownErrors(msgspec.Struct, frozen=True):
    """The errors of a batch."""

    counts: tuple[ErrorCount, ...] = ()
    """The commonest first."""
    note: str = ""
    """Why these aren't all, as a sentence; empty if they are."""


class BatchErrors(QObject):
    """Reads the beginning of a file with errors unless the file was added up already."""

    changed = Signal()
    """More is known than before."""

    def __init__(self, parent: QObject, backend: Backend, refused: RefusedContent) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(parent)
        self._backend = backend
        self._refused = refused
        self._known: dict[str, ShownErrors] = {}
        """By file ID."""
        self._wanted: RemoteFile | None = None
        """The file that is being read, or about to be."""
        self._problem = ""
        """Why it couldn't be read."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._read)
        on = backend.events.on
        on(AccountOpening, self._forget)
        on(ErrorsRead, self._keep_read)
        on(ErrorsNotRead, self._explain)
        on(ResultsAdded, self._keep_sums)

    def of(self, batch: Batch) -> ShownErrors:
        """What is known of the errors of a batch."""
        told = errors_of(batch)
        if told:
            return ShownErrors(tuple(told))
        for file_id in (batch.error_file_id, batch.output_file_id):
            known = self._known.get(file_id or "")
            if known is not None and known.counts:
                return known
        wanted = self._wanted
        if wanted is None or wanted.id not in (batch.error_file_id, batch.output_file_id):
            return ShownErrors()
        return ShownErrors(note=self._problem or _("Reading the errors…"))

    def look_for(self, file: RemoteFile | None) -> None:
        """Read the errors in a file soon, instead of any other; None reads nothing."""
        if file is not None and file.id in self._known:
            file = None
        if file is not None and self._wanted is not None and file.id == self._wanted.id:
            return
        if self._wanted is not None and not self._problem and not self._timer.isActive():
            self._backend.session.batch_files.cancel_errors()
        self._timer.stop()
        self._wanted, self._problem = file, ""
        if file is not None:
            self._timer.start()

    @Slot()
    def _read(self) -> None:
        file = self._wanted
        if file is not None:
            may_ask = self._refused.reason(file.purpose) is None
            self._backend.session.batch_files.read_errors(file, may_ask)

    def _keep_read(self, event: ErrorsRead) -> None:
        self._keep(event.file_id, event.summary, is_whole=event.is_whole)

    def _keep_sums(self, event: ResultsAdded) -> None:
        if event.progress.is_complete:
            self._keep(event.file_id, event.progress.summary, is_whole=True)

    def _keep(self, file_id: str, summary: BatchSummary, *, is_whole: bool) -> None:
        note = ""
        if not is_whole:
            number = summary.requests
            words = ngettext(
                "In the first {number} line of the file.",
                "In the first {number} lines of the file.",
                number,
            )
            note = words.format(number=count_in_words(number))
        self._known.pop(file_id, None)
        self._known[file_id] = ShownErrors(tuple(errors_in(summary)), note)
        if len(self._known) > _MOST_KEPT:
            del self._known[next(iter(self._known))]
        if self._wanted is not None and self._wanted.id == file_id:
            self._timer.stop()
            self._wanted = None
        self.changed.emit()

    def _explain(self, event: ErrorsNotRead) -> None:
        wanted = self._wanted
        if wanted is None or event.file_id != wanted.id:
            return
        why = self._refused.reason(wanted.purpose) or ""
        if event.problem is not None:
            why = problem_in_words(event.problem)
        self._problem = _("The errors couldn't be read: {why}").format(why=why)
        self.changed.emit()

    def _forget(self, _event: AccountOpening) -> None:
        self._timer.stop()
        self._wanted, self._problem = None, ""
        self._known.clear()
