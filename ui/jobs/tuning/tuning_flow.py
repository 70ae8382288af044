"""The list of fine-tuning jobs: what the inspector shows of one, and what is done with it."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from services.api.fine_tuning_job import FineTuningJob
from services.api.remote_file import RemoteFile
from services.jobs.job_requests import Job
from services.system.language import _
from services.system.sizes import format_size
from ui.backend import Backend
from ui.jobs.file_acts import FileActs
from ui.jobs.job_file import JobFile, Where, shown_file
from ui.jobs.job_file_finder import JobFileFinder
from ui.jobs.job_list_flow import JobListFlow
from ui.jobs.job_menu import add_act, add_copies
from ui.jobs.tuning.tuning_inspector import ShownTuning, TuningInspector
from ui.jobs.tuning.tuning_look import tuning_look
from ui.jobs.tuning.tuning_words import error_in_words, fields_of, sentence_of
from ui.messages.message_bar import MessageBar
from ui.wording import one_line


class TuningFlow(JobListFlow):
    """Shows fine-tuning jobs, and the curves of what they learned."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        acts: FileActs,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""

        def name_of(file_id: str) -> str:
            file = acts.area.files.get(file_id)
            return file_id if file is None else file.name

        super().__init__(window, backend, messages, tuning_look(name_of), clock)
        self._acts = acts
        self._inspector: TuningInspector | None = None
        self._job: FineTuningJob | None = None
        """The one that is shown at the right."""
        self._finder = JobFileFinder(self, backend, acts.area)
        self._finder.found.connect(self._show_again)
        acts.area.list_changed.connect(self._show_names)

    # As the list wants it

    def make_inspector(self) -> QWidget:
        """The inspector of a fine-tuning job."""
        self._inspector = inspector = TuningInspector()
        inspector.curves_requested.connect(self._look_at_curves)
        inspector.download_requested.connect(self._download)
        inspector.file_requested.connect(self._show_file)
        return inspector

    def show_job(self, job: Job | None) -> None:
        """Show a job at the right, and find out where its files are."""
        shown = job if isinstance(job, FineTuningJob) else None
        is_other = shown is None or self._job is None or shown.file_ids != self._job.file_ids
        self._job = shown
        self._show_again()
        if shown is not None and is_other:
            self._finder.look_for(file_id for _role, file_id in shown.file_ids)

    def open_job(self, job: Job) -> None:
        """Look at the curves of the result file."""
        if isinstance(job, FineTuningJob):
            self._open_curves(job)

    def fill_menu(self, menu: QMenu, job: Job) -> None:
        """The acts of the inspector, and those for the clipboard."""
        if not isinstance(job, FineTuningJob):
            return
        files = self._files_of(job)
        for words, why_not, act in (
            (_("Look at curves"), _why_no_curves(job, files), self._look_at_curves),
            (_("Download all files"), self._why_no_download(job), self._download),
        ):
            add_act(menu, words, why_not, act)
        model = job.fine_tuned_model
        add_copies(menu, job.id, *([(_("Copy model name"), model)] if model else []))

    def job_of(self, file_id: str) -> FineTuningJob | None:
        """The job that made a result file, as far as it is known."""
        for job in self.model.all():
            if isinstance(job, FineTuningJob) and file_id in (job.result_files or ()):
                return job
        return None

    # What is shown

    @Slot()
    def _show_names(self) -> None:
        """The names of training files are known only once the files are listed."""
        self.model.refresh_names()
        self._show_again()

    @Slot()
    def _show_again(self) -> None:
        if self._inspector is not None:
            job = self._job
            self._inspector.show_job(None if job is None else self._shown(job))

    def _shown(self, job: FineTuningJob) -> ShownTuning:
        files = self._files_of(job)
        return ShownTuning(
            one_line(job.name),
            sentence_of(job, self._clock()),
            error_in_words(job),
            _why_no_curves(job, files),
            self._why_no_download(job),
            files,
            tuple(fields_of(job)),
        )

    def _files_of(self, job: FineTuningJob) -> tuple[JobFile, ...]:
        titles = {
            "training": _("Training"),
            "validation": _("Validation"),
            "result": _("Result"),
        }
        files = []
        for role, file_id in job.file_ids:
            found = self._finder.find(file_id)
            parts = [titles[role]]
            if found.file is not None and found.file.size is not None:
                parts.append(format_size(found.file.size))
            detail = " · ".join(parts)
            files.append(shown_file(role, file_id, detail, found, self._clock()))
        return tuple(files)

    def _readable(self, job: FineTuningJob) -> list[RemoteFile]:
        """The files that can be downloaded."""
        found = (self._finder.find(file_id) for _role, file_id in job.file_ids)
        there = (Where.LISTED, Where.FOUND)
        files = [one.file for one in found if one.file is not None and one.where in there]
        return list(self._acts.refused.downloadable(files))

    def _why_no_download(self, job: FineTuningJob) -> str:
        return "" if self._readable(job) else _("There is no file to download.")

    # What is done

    @Slot()
    def _look_at_curves(self) -> None:
        if self._job is not None:
            self._open_curves(self._job)

    def _open_curves(self, job: FineTuningJob) -> None:
        files = self._files_of(job)
        for shown in files:
            if shown.role == "result" and shown.is_there and shown.file_id is not None:
                file = self._finder.find(shown.file_id).file
                if file is not None:
                    self._acts.look_inside(file)
                    return
        self._messages.show_notice(_why_no_curves(job, files))

    @Slot()
    def _download(self) -> None:
        if self._job is not None:
            self._acts.download(self._readable(self._job))

    @Slot(str)
    def _show_file(self, file_id: str) -> None:
        self._acts.show(file_id, self._finder.find(file_id), self.leave_requested.emit)


def _why_no_curves(job: FineTuningJob, files: tuple[JobFile, ...]) -> str:
    if any(file.role == "result" and file.is_there for file in files):
        return ""
    if job.result_files:
        return _("The result file isn't in the list.")
    return _("There is no result file.") if job.has_ended else _("There is no result file yet.")
