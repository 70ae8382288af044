"""Finds out what needs the selected files."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from services.accounts.events import AccountOpened, AccountOpening
from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.jobs.events import JobsChanged, JobsListed
from services.jobs.job_kind import JobKind
from services.problems.errors import Problem
from services.references.answer import Answer, Verdict
from services.references.events import ReferencesChanged, ScanEnded, ScanOutcome, ScanProgress
from services.references.price import Price
from services.references.reference import Reference, ReferenceKind, most_important_first
from services.references.references import References
from services.system.language import _
from ui.backend import Backend
from ui.inspector.inspector import Inspector
from ui.inspector.needed_by_view import NeededByView
from ui.inspector.needed_by_words import (
    MOST_LINES,
    NeededByCard,
    NeededByLine,
    check_in_words,
    line_in_words,
    more_in_words,
    note_in_words,
    several_in_words,
    time_in_words,
)
from ui.scan_words import scan_in_words

_Change = AccountOpening | AccountOpened | ReferencesChanged | JobsListed | JobsChanged

_MOST_SELECTED = 1_000
"""Above this many selected files, nothing is said about them: that would take too long."""
_PAUSE_MS = 100
"""How long changes are collected before they are shown."""

_ORDER = (Verdict.FOUND, Verdict.REFUSED, Verdict.NOT_CHECKED, Verdict.NONE_FOUND)


class NeededByFlow(QObject):
    """Keeps the inspector's section up to date, and checks when asked to.

    Created when a file is first selected, to keep the start short.
    """

    job_requested = Signal(object)
    """Show a batch, job or store, given its `JobLink`."""

    def __init__(
        self,
        parent: QObject,
        backend: Backend,
        inspector: Inspector,
        selected_files: Callable[[], Sequence[RemoteFile]],
        clock: Callable[[], float],
    ) -> None:
        """`clock` returns a Unix timestamp."""
        super().__init__(parent)
        self._backend = backend
        self._inspector = inspector
        self._selected_files = selected_files
        self._clock = clock
        self._ids: tuple[str, ...] = ()
        self._price: Price | None = None
        """What the button promises."""
        self._promised: int | None = None
        self._failure: Problem | None = None
        self._needs_more = False
        """Whether the last scan needed more requests than promised."""
        self._scanned: tuple[str, ...] = ()
        """The IDs of the files that the last scan from here was for."""
        self._view = view = NeededByView()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.show_now)
        inspector.add_section(view)
        inspector.selection_changed.connect(self._show_soon)
        view.job_requested.connect(self.job_requested)
        view.check_requested.connect(self._check)
        view.stop_requested.connect(self._stop)
        backend.events.on_any(_Change, self._note)
        backend.events.on(ScanProgress, self._note_progress)
        backend.events.on(ScanEnded, self._note_end)
        self._show_soon()

    @Slot()
    def show_now(self) -> None:
        """Show what is known about the selected files, as after time has passed."""
        self._timer.stop()
        self._view.show_card(self._card())

    def _card(self) -> NeededByCard | None:
        if self._backend.open_account is None:
            return None
        files = self._files()
        if not files:
            return None
        references = self._backend.session.references
        self._ids = tuple(file.id for file in files)
        answers = [references.answer(file.id, file.created_at) for file in files]
        answer = _combined(answers)
        lines = tuple(self._line(references, one) for one in answer.references[:MOST_LINES])
        notes = []
        if len(answer.references) > MOST_LINES:
            notes.append(more_in_words(len(answer.references) - MOST_LINES))
        if len(files) > 1 and answer.references:
            needed = sum(bool(one.references) for one in answers)
            notes.append(several_in_words(needed, len(files)))
        running = references.scans.running
        if running is not None:
            notes.append(scan_in_words(running))
            return NeededByCard(lines, "\n".join(notes), is_running=True)
        self._price = price = references.scans.price(self._ids)
        is_scanned = self._ids == self._scanned
        if self._needs_more and is_scanned:
            notes.append(_("It takes more requests than expected."))
        notes.append(
            note_in_words(
                answer,
                references.coverage,
                self._clock(),
                count=len(files),
                failure=self._failure if is_scanned else None,
            )
        )
        return NeededByCard(
            lines,
            "\n".join(notes),
            check_in_words(answer, price),
            time_in_words(price, references.scans.seconds_per_request),
        )

    def _files(self) -> Sequence[RemoteFile]:
        file = self._inspector.file
        if file is not None:
            return (file,)
        files = self._selected_files()
        return files if len(files) <= _MOST_SELECTED else ()

    def _line(self, references: References, reference: Reference) -> NeededByLine:
        batch = None
        if reference.kind is ReferenceKind.BATCH and reference.unfinished:
            batch = self._backend.session.jobs.known.get(JobKind.BATCHES, reference.id)
        return line_in_words(reference, batch if isinstance(batch, Batch) else None)

    @Slot()
    def _check(self) -> None:
        self._failure = None
        self._needs_more = False
        price = self._price
        self._promised = price.requests if price is not None and price.requests else None
        self._scanned = self._ids
        self._backend.session.references.scans.start(self._ids, self._promised)
        self.show_now()

    @Slot()
    def _stop(self) -> None:
        self._backend.session.references.scans.stop()

    @Slot()
    def _show_soon(self) -> None:
        self._timer.start(0)

    def _note(self, event: object) -> None:
        if isinstance(event, AccountOpening):
            self._failure = None
            self._needs_more = False
            self.show_now()
        elif not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    def _note_progress(self, _event: ScanProgress) -> None:
        if not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    def _note_end(self, event: ScanEnded) -> None:
        self._failure = event.problem if event.outcome is ScanOutcome.FAILED else None
        self._needs_more = event.outcome is ScanOutcome.MORE_NEEDED and self._promised is not None
        self._show_soon()


def _combined(answers: Sequence[Answer]) -> Answer:
    """What is known about several files together."""
    if len(answers) == 1:
        return answers[0]
    found = {(one.kind, one.id, one.role): one for answer in answers for one in answer.references}
    times = [answer.checked_at for answer in answers if answer.checked_at is not None]
    complete = all(answer.complete for answer in answers)
    verdict = min((answer.verdict for answer in answers), key=_ORDER.index)
    return Answer(most_important_first(found.values()), verdict, min(times, default=None), complete)
