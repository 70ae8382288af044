"""Zip jobs: what the journal saves of one, and how it is carried out."""

from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import may_retry
from services.disk.partial_file import PartialFile
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError
from services.transfers.attempts import run_attempts
from services.transfers.job import JobContext, KnownUploads
from services.transfers.running_transfer import RunningTransfer
from services.transfers.saving_job import SavingJob
from services.transfers.transfer import Transfer
from services.transfers.zip_archive import write_zip


class ZipJob(SavingJob, frozen=True, tag="zip"):
    """Save remote files to a folder as one zip archive, written as they arrive."""

    files: tuple[RemoteFile, ...]
    folder: Path
    name: str
    """The name of the archive; safe on this system."""
    when_taken: WhenTaken

    @property
    def file_name(self) -> str:
        """See SavingJob."""
        return self.name

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        sizes = [file.size for file in self.files]
        return Transfer(
            id=transfer_id,
            kind=self.kind,
            account_id=account_id,
            name=self.name,
            total=None if None in sizes else sum(size or 0 for size in sizes),
            path=self.folder,
            batch=batch,
            place=place,
        )

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Save the files as one archive, completely or not at all."""
        saved = self.already_saved(running) or self._save(api, running, context.history)
        running.set_path(saved)

    def _save(self, api: FilesApi, running: RunningTransfer, history: KnownUploads) -> Path:
        hashes = history.hashes_of(api, [file.id for file in self.files])

        def attempt() -> Path:
            api.pace.wait(running.token, running.start_waiting)
            running.start_attempt()
            with PartialFile(self.folder, self.name, self.part_mark) as partial:
                warning = write_zip(partial, self.files, api, running, hashes)
                return self.place(partial, warning, running)

        try:
            return run_attempts(attempt, api, running, may_retry)
        except FilesError as error:
            raise self.blame_missing_folder(error) from error
