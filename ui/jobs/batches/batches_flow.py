"""The list of batches: what the inspector shows of one, and what is done with it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from services.accounts.events import AccountOpening
from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.jobs.events import BatchNotCancelled, JobsChanged
from services.jobs.job_requests import Job
from services.system.language import _
from ui.account_dialogs import AccountDialogs
from ui.backend import Backend
from ui.jobs.batches.batch_acts import BatchActs, acts_of
from ui.jobs.batches.batch_files import files_of
from ui.jobs.batches.batch_look import BATCH_LOOK
from ui.jobs.batches.batch_words import (
    failed_in_words,
    fields_of,
    sentence_of,
)
from ui.jobs.file_acts import FileActs
from ui.jobs.job_file import JobFile
from ui.jobs.job_file_finder import JobFileFinder
from ui.jobs.job_list_flow import JobListFlow
from ui.jobs.job_menu import add_act, add_copies
from ui.messages.message_bar import MessageBar
from ui.theme import Role
from ui.wording import count_in_words, one_line

if TYPE_CHECKING:
    from ui.jobs.batches.batch_errors import BatchErrors
    from ui.jobs.batches.batch_inspector import BatchInspector, ShownBatch
    from ui.widgets.parts_bar import Part


class BatchesFlow(JobListFlow):
    """Shows batches, and cancels them. Whoever listens starts them."""

    start_again_requested = Signal(object)
    """Start a batch with the input of this `Batch`."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        acts: FileActs,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(window, backend, messages, BATCH_LOOK, clock)
        self._acts = acts
        self._inspector: BatchInspector | None = None
        self._batch: Batch | None = None
        """The one that is shown at the right."""
        self._canceling: set[str] = set()
        """The IDs of batches whose cancel is on its way."""
        self._errors: BatchErrors | None = None
        """Created with the inspector."""
        self._dialogs = AccountDialogs(backend)
        self._finder = JobFileFinder(self, backend, acts.area)
        self._finder.found.connect(self._show_again)
        acts.area.list_changed.connect(self._show_again)
        on = backend.events.on
        on(AccountOpening, self._forget)
        on(BatchNotCancelled, self._report_not_canceled)
        on(JobsChanged, self._note_canceled)

    # As the list wants it

    def make_inspector(self) -> QWidget:
        """The inspector of a batch."""
        from ui.jobs.batches.batch_errors import BatchErrors
        from ui.jobs.batches.batch_inspector import BatchInspector

        self._errors = errors = BatchErrors(self, self._backend, self._acts.refused)
        errors.changed.connect(self._show_again)
        self._inspector = inspector = BatchInspector()
        inspector.results_requested.connect(self._look_inside)
        inspector.download_requested.connect(self._download)
        inspector.retry_requested.connect(self._retry)
        inspector.start_requested.connect(self._start_again)
        inspector.cancel_requested.connect(self._ask_to_cancel)
        inspector.file_requested.connect(self._show_file)
        return inspector

    def show_job(self, job: Job | None) -> None:
        """Show a batch at the right, and find out where its files are."""
        batch = job if isinstance(job, Batch) else None
        is_other = batch is None or self._batch is None or batch.file_ids != self._batch.file_ids
        self._batch = batch
        self._look_for_errors()
        self._show_again()
        if batch is not None and is_other:
            self._finder.look_for(file_id for _role, file_id in batch.file_ids)

    def open_job(self, job: Job) -> None:
        """Look inside the results."""
        if isinstance(job, Batch):
            self._open_results(job)

    def fill_menu(self, menu: QMenu, job: Job) -> None:
        """The acts of the inspector, and those for the clipboard."""
        if not isinstance(job, Batch):
            return
        acts = self._acts_of(job, self._files_of(job))
        for words, why_not, act in (
            (_("Look inside results"), acts.look_inside, self._look_inside),
            (acts.download_words, acts.download, self._download),
            (_("Retry unfinished lines…"), acts.retry, self._retry),
            (_("Start again…"), acts.start_again, self._start_again),
            (_("Cancel batch"), acts.cancel, self._ask_to_cancel),
        ):
            add_act(menu, words, why_not, act)
        add_copies(menu, job.id)

    def results_of(self, batch: Batch) -> RemoteFile | None:
        """The file with the results of a batch, unless it is known to be gone."""
        files = self._readable_files(batch)
        return files.get("output") or files.get("error")

    def _readable_files(self, batch: Batch) -> dict[str, RemoteFile]:
        """The files that aren't known to be gone, by role."""
        files = {}
        for one in self._files_of(batch):
            if one.file_id is not None and one.may_be_there:
                purpose = "batch" if one.role == "input" else "batch_output"
                unknown = RemoteFile(one.file_id, purpose=purpose)
                files[one.role] = self._finder.find(one.file_id).file or unknown
        return files

    def input_of(self, batch: Batch) -> RemoteFile | None:
        """The file with the requests of a batch, unless it is known to be gone."""
        return self._readable_files(batch).get("input")

    def files_with(self, file_id: str) -> Mapping[str, RemoteFile]:
        """The files of the batch whose results are in a file, by role; empty if it isn't known.

        Those that are known to be gone aren't among them.
        """
        for job in self.model.all():
            if isinstance(job, Batch) and file_id in (job.output_file_id, job.error_file_id):
                return self._readable_files(job)
        return {}

    # What is shown

    @Slot()
    def _show_again(self) -> None:
        if self._inspector is not None:
            batch = self._batch
            self._inspector.show_batch(None if batch is None else self._shown(batch))

    def _shown(self, batch: Batch) -> "ShownBatch":
        from ui.jobs.batches.batch_errors import ShownErrors
        from ui.jobs.batches.batch_inspector import ShownBatch

        files = self._files_of(batch)
        total = batch.total
        completed = failed = whole = ""
        parts: tuple[Part, ...] = ()
        if total is not None:
            completed = _("{number} completed").format(number=count_in_words(batch.completed))
            failed = failed_in_words(batch.failed) if batch.failed else _("none failed")
            whole = _("{number} in all").format(number=count_in_words(total))
            done = Role.SUCCESS if batch.has_ended else Role.ACCENT
            numbers = (done, batch.completed), (Role.DANGER, batch.failed)
            rest = (Role.TRACK, total - batch.completed - batch.failed)
            parts = tuple(part for part in (*numbers, rest) if part[1])
        return ShownBatch(
            one_line(batch.name),
            sentence_of(batch, self._clock()),
            self._acts_of(batch, files),
            files,
            parts,
            completed,
            failed,
            whole,
            ShownErrors() if self._errors is None else self._errors.of(batch),
            tuple(fields_of(batch)),
            bool(batch.failed),
        )

    def _files_of(self, batch: Batch) -> tuple[JobFile, ...]:
        return files_of(batch, self._finder.find, self._clock())

    def _acts_of(self, batch: Batch, files: tuple[JobFile, ...]) -> BatchActs:
        refused = {}
        for one in files:
            file = self._finder.find(one.file_id).file if one.file_id is not None else None
            reason = self._acts.refused.reason(file.purpose) if file is not None else None
            if reason is not None:
                refused[one.role] = reason
        return acts_of(batch, files, refused, is_canceling=batch.id in self._canceling)

    def _look_for_errors(self) -> None:
        """Have the errors read that the batch doesn't tell itself, if there are any."""
        batch, file = self._batch, None
        if batch is not None and batch.has_ended and not batch.errors:
            files = self._readable_files(batch)
            file = files.get("error") or (files.get("output") if batch.failed else None)
        if self._errors is not None:
            self._errors.look_for(file)

    # What is done

    @Slot()
    def _look_inside(self) -> None:
        if self._batch is not None:
            self._open_results(self._batch)

    def _open_results(self, batch: Batch) -> None:
        results = self.results_of(batch)
        if results is not None:
            self._acts.look_inside(results)
            return
        why_not = self._acts_of(batch, self._files_of(batch)).look_inside
        self._messages.show_notice(why_not)

    @Slot()
    def _download(self) -> None:
        if self._batch is not None:
            self._acts.download(list(self._readable_files(self._batch).values()))

    @Slot()
    def _retry(self) -> None:
        results = self.results_of(self._batch) if self._batch is not None else None
        if results is not None:
            self._acts.retry(results)

    @Slot()
    def _start_again(self) -> None:
        if self._batch is not None:
            self.start_again_requested.emit(self._batch)

    @Slot(str)
    def _show_file(self, file_id: str) -> None:
        self._acts.show(file_id, self._finder.find(file_id), self.leave_requested.emit)

    @Slot()
    def _ask_to_cancel(self) -> None:
        batch = self._batch
        if batch is None:
            return
        from ui.widgets.question_dialog import QuestionDialog

        dialog = QuestionDialog(
            _("Cancel batch"),
            _("Cancel “{name}”?").format(name=one_line(batch.name)),
            _("What is done until then is kept, and has to be paid. The rest isn't started."),
            yes=_("Cancel batch"),
            no=_("Keep running"),
            parent=self._window,
        )
        dialog.accepted.connect(partial(self._cancel, batch.id))
        dialog.finished.connect(dialog.deleteLater)
        self._dialogs.open(dialog)

    def _cancel(self, batch_id: str) -> None:
        self._canceling.add(batch_id)
        self._backend.session.jobs.batches.cancel(batch_id)
        self._show_again()

    def _report_not_canceled(self, event: BatchNotCancelled) -> None:
        self._canceling.discard(event.batch_id)
        batch = self.model.get(event.batch_id)
        name = batch.name if isinstance(batch, Batch) else event.batch_id
        self._messages.show_problem(event.problem, subject=name, subject_id=event.batch_id)
        self._show_again()

    def _note_canceled(self, event: JobsChanged) -> None:
        if event.kind is self.look.kind:
            self._canceling.difference_update(job.id for job in event.jobs)
            self._show_again()

    def _forget(self, _event: AccountOpening) -> None:
        self._canceling.clear()
