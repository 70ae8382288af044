"""Saves the files of a clean-up before they are deleted: only what was saved whole may go."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.api.retry import may_retry
from services.cleanup.clean_up_log import LogLine, Step, as_text, from_text
from services.disk.local_names import safe_name
from services.disk.partial_file import PartialFile, part_path, was_finished
from services.disk.safe_rename import remove_placeholder
from services.problems.errors import FilesError, Problem
from services.system.cancellation import CancelToken
from services.transfers.attempts import run_attempts
from services.transfers.clean_up_run import ONE_FILE_ONLY, CleanUpRun
from services.transfers.received_content import checked_pieces, warning_about
from services.transfers.saving_job import SavingJob
from services.transfers.zip_archive import write_zip

_Hashes = Mapping[str, str]
"""Known SHA-256 hashes by file ID."""


def save_one_by_one(job: SavingJob, run: CleanUpRun, hashes: _Hashes) -> None:
    """Save what is left to a folder, one by one. Raises FilesError and Cancelled.

    A file that can't be saved, or isn't as expected, is not deleted.
    """
    job.require_folder()
    saved = _saved_before(job, run)
    for index in run.left:
        if index not in saved:
            file = run.files[index]
            try:
                problem = _save(job, run, index, hashes.get(file.id))
            except FilesError as error:
                if error.problem.kind not in ONE_FILE_ONLY:
                    raise job.blame_missing_folder(error) from error
                problem = error.problem
            if problem is not None:
                run.fail(index, Step.UNSAVED, problem.title, problem)
                continue
            saved.add(index)
        run.set_saved(len(saved))
    run.log.sync()


def save_as_zip(job: SavingJob, run: CleanUpRun, hashes: _Hashes) -> None:
    """Save what is left as one archive, whole or not at all. Raises FilesError and Cancelled.

    Files that can't be saved, or aren't as expected, are not deleted.
    """
    job.require_folder()
    unsaved = _unsaved_in_zip(job, run)
    if unsaved is None:
        try:
            unsaved = run_attempts(lambda: _zip(job, run, hashes), run.api, run.running, may_retry)
        except FilesError as error:
            raise job.blame_missing_folder(error) from error
    run.log.sync()
    for index in set(unsaved).intersection(run.left):
        problem = unsaved[index]
        run.fail(index, Step.UNSAVED, problem.title, problem)
    run.set_saved(len(run.left))


def _saved_before(job: SavingJob, run: CleanUpRun) -> set[int]:
    """The indexes of the files that earlier attempts saved, and that are still there."""
    last: dict[int, LogLine] = {
        line.index: line for line in run.lines if line.step in {Step.SAVING, Step.SAVED}
    }
    saved = set()
    for index, line in last.items():
        path = from_text(line.path)
        part = part_path(job.folder, safe_name(run.files[index].name), job.part_mark)
        if line.step is Step.SAVED:
            if _has_size(path, line.size):
                saved.add(index)
        elif was_finished(part, path, line.size):
            run.log.write(LogLine(Step.SAVED, index, line.path, line.size))
            saved.add(index)
        else:
            remove_placeholder(part, path)
    return saved


def _save(job: SavingJob, run: CleanUpRun, index: int, known_sha256: str | None) -> Problem | None:
    """Save one file; return how it differs from what was expected, if it does."""
    file = run.files[index]
    running = run.running

    def attempt() -> Problem | None:
        run.api.pace.wait(running.token, running.start_waiting)
        running.start_attempt()
        digest = hashlib.sha256() if known_sha256 else None
        with PartialFile(job.folder, safe_name(file.name), job.part_mark) as partial:
            with run.api.content(file.id, running.token) as content:
                partial.check_free_space(content.length)
                for piece in checked_pieces(content, file.size):
                    partial.write(piece)
                    if digest is not None:
                        digest.update(piece)
                    running.spend(len(piece))
            size = partial.written
            warning = warning_about(content, size, file.size, digest, known_sha256)
            if warning is not None:
                partial.finish(job.when_taken, lambda _target: None)
                return warning

            def note(target: Path) -> None:
                run.log.write(LogLine(Step.SAVING, index, as_text(target), size))

            path = partial.finish(job.when_taken, note)
        run.log.write(LogLine(Step.SAVED, index, as_text(path), size))
        return None

    return run_attempts(attempt, run.api, running, may_retry)


def _unsaved_in_zip(job: SavingJob, run: CleanUpRun) -> dict[int, Problem] | None:
    """The files that are not in the archive of an earlier attempt; None if there is no archive."""
    unsaved: dict[int, Problem] = {}
    zipped: LogLine | None = None
    for line in run.lines:
        if line.step is Step.ZIP_STARTED:
            unsaved, zipped = {}, None
        elif line.step is Step.ZIPPED:
            zipped = line
        elif line.step is Step.UNSAVED and line.problem is not None:
            unsaved[line.index] = line.problem
    if zipped is not None:
        return unsaved if _has_size(from_text(zipped.path), zipped.size) else None
    path = job.already_saved(run.running)
    if path is None or job.target_size is None:
        return None
    run.log.write(LogLine(Step.ZIPPED, path=as_text(path), size=job.target_size))
    return unsaved


def _zip(job: SavingJob, run: CleanUpRun, hashes: _Hashes) -> dict[int, Problem]:
    """Save what is left as an archive; return what is not in it, or not as expected."""
    running = run.running
    run.api.pace.wait(running.token, running.start_waiting)
    running.start_attempt()
    indexes = run.left
    files = [run.files[index] for index in indexes]
    unsaved: dict[int, Problem] = {}
    run.log.write(LogLine(Step.ZIP_STARTED))
    with PartialFile(job.folder, job.file_name, job.part_mark) as partial:

        def leave_out(number: int, problem: Problem) -> None:
            unsaved[indexes[number]] = problem

        progress = _ZipProgress(run, files)
        write_zip(partial, files, run.api, progress, hashes, leave_out)
        for index, problem in unsaved.items():
            run.log.write(LogLine(Step.UNSAVED, index, why=problem.title, problem=problem))
        run.log.sync()
        size = partial.written
        path = job.place(partial, None, running)
    run.log.write(LogLine(Step.ZIPPED, path=as_text(path), size=size))
    return unsaved


class _ZipProgress:
    """Turns bytes in an archive into files of the clean-up."""

    def __init__(self, run: CleanUpRun, files: Sequence[RemoteFile]) -> None:
        self._run = run
        self._count = len(files)
        self._size = sum(file.size or 0 for file in files)
        self._bytes = 0

    @property
    def token(self) -> CancelToken:
        return self._run.running.token

    def set_progress(self, done: int) -> None:
        self._run.running.spend(done - self._bytes)
        self._bytes = done
        if self._size:
            self._run.set_saved(self._count * min(done, self._size) // self._size)

    def set_total(self, size: int | None) -> None:
        """Do nothing: the total is in files."""


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
