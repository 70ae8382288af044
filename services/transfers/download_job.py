"""Download jobs: what the journal saves of one, and how it is carried out."""

import hashlib
from pathlib import Path
from typing import Self

from msgspec import structs

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import may_retry
from services.disk.local_names import find_existing, safe_name
from services.disk.partial_file import PartialFile, name_taken_error
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import disk_full_but_resumable, error_reading
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from services.transfers.attempts import run_attempts
from services.transfers.events import ContentRefused
from services.transfers.job import JobContext, KnownUploads
from services.transfers.received_content import checked_pieces, warning_about
from services.transfers.running_transfer import RunningTransfer
from services.transfers.saving_job import SavingJob
from services.transfers.transfer import UNDER_WAY, Transfer, TransferState

_PIECE = 1024 * 1024


class DownloadJob(SavingJob, frozen=True, tag="download"):
    """Save a remote file to a folder.

    A part file is kept only if the server supports resuming: it sent `Accept-Ranges: bytes` and a
    strong ETag. It is discarded when the download fails or is canceled.
    """

    file: RemoteFile
    folder: Path
    when_taken: WhenTaken
    etag: str = ""
    """The ETag of the content in the part file; empty if the download has to start over."""

    @property
    def file_name(self) -> str:
        """See SavingJob."""
        return safe_name(self.file.name)

    @property
    def is_resumable(self) -> bool:
        """See Job."""
        return bool(self.etag)

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        return Transfer(
            id=transfer_id,
            kind=self.kind,
            account_id=account_id,
            name=self.file.name,
            total=self.file.size,
            purpose=self.file.purpose or "",
            path=self.folder,
            file_id=self.file.id,
            batch=batch,
            place=place,
        )

    def as_restored(self, state: TransferState, now: float) -> Self:
        """See Job. After a crash, the end of the part file may never have reached the disk."""
        return structs.replace(self, etag="") if state in UNDER_WAY else self

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Save the whole file, with a warning if it differs from what was expected."""
        try:
            saved = self.already_saved(running)
            if saved is not None:
                running.set_path(saved, self.target_modified_ns)
            else:
                self._save(api, running, context.history)
        except FilesError as error:
            if error.problem.kind is ProblemKind.CONTENT_REFUSED:
                context.listener(
                    ContentRefused(api.account.id, self.file.purpose or "", error.problem.detail)
                )
            raise

    def _save(self, api: FilesApi, running: RunningTransfer, history: KnownUploads) -> None:
        name = self.file_name
        if self.when_taken is WhenTaken.SKIP and (found := find_existing(self.folder, name)):
            raise name_taken_error(found)
        known_sha256 = history.hashes_of(api, [self.file.id]).get(self.file.id)
        etag = self.etag

        def attempt() -> None:
            nonlocal etag
            api.pace.wait(running.token, running.start_waiting)
            running.start_attempt()
            try:
                fetch()
            except FilesError as error:
                if etag and error.problem.status == RANGE_NOT_SATISFIABLE:
                    etag = ""  # the next attempt starts over
                    raise FilesError(error.problem, should_retry=True) from error
                raise

        def fetch() -> None:
            nonlocal etag
            with PartialFile(self.folder, name, self.part_mark, resume=bool(etag)) as partial:
                with api.content(
                    self.file.id, running.token, start=partial.written, etag=etag
                ) as content:
                    if content.start != partial.written:
                        partial.truncate()
                    etag = content.etag
                    partial.keep_on_exit(bool(etag))
                    running.update_job(etag=etag)
                    # The listed size may be wrong.
                    partial.check_free_space(content.length)
                    # Some servers list 0 for an unknown size.
                    listed = self.file.size or None
                    running.set_total(listed if content.total is None else content.total)
                    if content.start:
                        running.resume_from(content.start)
                    digest = _begin_hash(self.part, running.token) if known_sha256 else None
                    for piece in checked_pieces(content, self.file.size):
                        partial.write(piece)
                        if digest is not None:
                            digest.update(piece)
                        running.set_progress(partial.written)
                running.set_total(partial.written)
                warning = warning_about(
                    content, partial.written, self.file.size, digest, known_sha256
                )
                running.set_path(self.place(partial, warning, running), partial.modified_ns)

        try:
            run_attempts(attempt, api, running, may_retry)
        except FilesError as error:
            blamed = self.blame_missing_folder(error)
            if blamed.problem.kind is ProblemKind.FOLDER_MISSING:
                # The last writes may never have reached the disk.
                running.update_job(etag="")
            if blamed.problem.kind is ProblemKind.DISK_FULL and self.part.exists():
                raise disk_full_but_resumable(blamed, self.folder) from error
            raise blamed from error


def _begin_hash(part: Path, token: CancelToken) -> "hashlib._Hash":
    """Start a hash with the content of the part file."""
    digest = hashlib.sha256()
    try:
        with part.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                token.check()
                digest.update(piece)
    except OSError as error:
        raise error_reading(error, part) from error
    return digest
