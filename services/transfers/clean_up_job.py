"""Clean-up jobs: what the journal saves of one, and how it is carried out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from services.api.files_api import FilesApi
from services.cleanup.clean_up_log import CleanUpLog
from services.cleanup.report import FileResult, Outcome
from services.cleanup.stored_plan import LOG_SUFFIX, StoredPlan, read_plan, remove_plan
from services.disk.partial_file import SUFFIX, remove_part
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, Problem
from services.system.events import Event
from services.system.language import ngettext
from services.system.locale_format import whole
from services.transfers.clean_up_results import results_so_far
from services.transfers.events import CleanUpEnded
from services.transfers.job import JobContext
from services.transfers.running_transfer import RunningTransfer
from services.transfers.saving_job import SavingJob
from services.transfers.transfer import PAUSING, Transfer, TransferKind
from services.transfers.zip_archive import zip_name

if TYPE_CHECKING:
    from services.cleanup.clean_ups import SaveFirst


class CleanUpJob(SavingJob, frozen=True, tag="cleanup"):
    """Delete the files of a plan, after saving them if wanted.

    The plan is a file, as it may have 100,000 files and the journal saves the job often. What was
    done so far is in a log beside it. So a job that was interrupted goes on where it stopped.
    """

    kind: ClassVar[TransferKind] = TransferKind.CLEAN_UP
    reports_cancel: ClassVar[bool] = True
    counts_files: ClassVar[bool] = True

    plan: StoredPlan
    folder: Path = Path()
    """Where to save the files first."""
    saves: bool = False
    """Whether they are saved first; then only files that were saved whole are deleted."""
    archive: str = ""
    """The name of the archive to save them in; empty to save them one by one."""
    when_taken: WhenTaken = WhenTaken.KEEP_BOTH
    finished: bool = False
    """Whether everything was done and reported."""

    @property
    def file_name(self) -> str:
        """See SavingJob."""
        return self.archive

    @property
    def is_resumable(self) -> bool:
        """See Job. What was done isn't done again."""
        return True

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        count = self.plan.count
        name = ngettext("Clean-up of {number} file", "Clean-up of {number} files", count)
        return Transfer(
            id=transfer_id,
            kind=self.kind,
            account_id=account_id,
            name=name.format(number=whole(count)),
            total=count,
            batch=batch,
            place=place,
            keeps_part=True,
        )

    def with_mount(self, mount_of: Callable[[Path], Path]) -> Self:
        """See Job."""
        return super().with_mount(mount_of) if self.saves else self

    def discard(self) -> None:
        """See Job. The plan and its log stay, for another try."""
        if self.archive:
            super().discard()
        elif self.saves:
            for part in self.folder.glob(f".*.{self.part_mark}{SUFFIX}"):
                remove_part(part)

    def cancelled_event(self, account_id: str) -> Event | None:
        """See Job. The report: what was deleted, and what wasn't."""
        return self._report_so_far(account_id)

    def _report_so_far(self, account_id: str) -> CleanUpEnded | None:
        try:
            files = read_plan(self.plan.path, self.plan.sha256)
            with CleanUpLog(self.plan.path.with_suffix(LOG_SUFFIX)) as log:
                results = results_so_far(files, log.lines())
        except FilesError:
            return None  # without its plan, nothing was deleted either
        return CleanUpEnded(account_id, results, self.folder if self.saves else None, stopped=True)

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Save what is to be saved, then delete what is still as planned.

        Ends with CleanUpEnded. Raises FilesError if files couldn't be saved or deleted; another
        attempt tries those again.
        """
        if self.finished:
            return
        try:
            results, failure = self._attempt(api, running, context)
        except FilesError as error:
            if error.problem.kind not in PAUSING:
                report = self._report_so_far(api.account.id)
                if report is not None and report.count(Outcome.DELETED):
                    context.listener(report)
            raise
        saved_to = self.folder if self.saves else None
        context.listener(CleanUpEnded(api.account.id, results, saved_to))
        if failure is not None:
            raise FilesError(failure)
        running.update_job_on_disk(finished=True)
        remove_plan(self.plan.path)

    def _attempt(
        self, api: FilesApi, running: RunningTransfer, context: JobContext
    ) -> tuple[tuple[FileResult, ...], Problem | None]:
        """Try all files; return what became of each, and the problem if some failed."""
        from services.transfers.clean_up_run import CleanUpRun  # not needed at the start
        from services.transfers.clean_up_saving import save_as_zip, save_one_by_one

        plan = self.plan
        files = read_plan(plan.path, plan.sha256)
        with CleanUpLog(plan.path.with_suffix(LOG_SUFFIX)) as log:
            run = CleanUpRun(files, log, api, running, context)
            run.compare()
            if self.saves:
                hashes = context.history.hashes_of(api, [files[index].id for index in run.left])
                if self.archive:
                    save_as_zip(self, run, hashes)
                else:
                    save_one_by_one(self, run, hashes)
                run.compare()  # saving may have taken hours
            run.leave_needed()
            run.delete()
            return run.results(), run.failure()


def clean_up_job(
    plan: StoredPlan, save_first: "SaveFirst | None", now: float, own_folder: Path
) -> CleanUpJob:
    """The job for a stored plan; `now` is a Unix timestamp.

    `own_folder` is the program's own folder for downloads, which is created if it is missing.
    """
    if save_first is None:
        return CleanUpJob(plan=plan)
    return CleanUpJob(
        plan=plan,
        saves=True,
        folder=save_first.folder,
        archive=zip_name(plan.count, now) if save_first.as_zip else "",
        makes_folder=save_first.folder == own_folder,
    )
