"""Carries out the plan of a clean-up: compares each file with the server, then deletes it."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.api.remote_file import RemoteFile
from services.api.retry import FOR_TRANSFERS
from services.catalog.events import FileDeleted
from services.cleanup.clean_up_log import FINAL, CleanUpLog, LogLine, Step
from services.cleanup.plan_words import needed_in_words
from services.cleanup.report import FileResult, change_in_words
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.thread_priority import lower_priority, yield_to_window
from services.system.worker_threads import WorkerThreads
from services.transfers.attempts import wait_listener
from services.transfers.clean_up_results import result_of
from services.transfers.job import JobContext
from services.transfers.running_transfer import RunningTransfer

_AT_ONCE = 4
"""How many files are deleted at once."""
_FILES_PER_TURN = 1_000
ONE_FILE_ONLY = frozenset(
    {
        ProblemKind.NOT_FOUND,
        ProblemKind.CONTENT_REFUSED,
        ProblemKind.REQUEST_REFUSED,
        ProblemKind.SERVER_FAILED,
        ProblemKind.BUSY,
        ProblemKind.INCOMPLETE,
    }
)
"""Problems that other files needn't have; any other problem stops the whole clean-up."""
_MOST_NAMED = 100
"""Files that the problem of a clean-up names; the report has all."""
_MOST_FAILED = 3
"""After so many files that failed in a row, the clean-up stops: the server must be in trouble."""


class CleanUpRun:
    """One attempt to carry out a plan. Methods raise FilesError and Cancelled."""

    def __init__(
        self,
        files: Sequence[RemoteFile],
        log: CleanUpLog,
        api: FilesApi,
        running: RunningTransfer,
        context: JobContext,
    ) -> None:
        """`files` are those of the plan; `log` has what earlier attempts did."""
        self.files = files
        self.log = log
        self.api = api
        self.running = running
        self._context = context
        self._lock = threading.Lock()
        self._done: dict[int, LogLine] = {}
        """The last line about each file about which nothing more is done."""
        self._tried: set[int] = set()
        self._failed: dict[int, LogLine] = {}
        self._failed_in_a_row = 0
        self._saved: int | None = None
        self.lines = log.lines()
        """What earlier attempts noted, in order."""
        for line in self.lines:
            if line.step in FINAL:
                self._done[line.index] = line
            elif line.step is Step.DELETING:
                self._tried.add(line.index)

    @property
    def left(self) -> list[int]:
        """The indexes of the files that may still be deleted."""
        return [
            index
            for index in range(len(self.files))
            if index not in self._done and index not in self._failed
        ]

    def set_saved(self, count: int) -> None:
        """Report how many of the files that are left were saved first. That is half of the way."""
        with self._lock:
            self._saved = count
        self._report_progress()

    def compare(self) -> None:
        """Leave alone what is gone or differs from the plan, as the server lists it now.

        If the server doesn't list all files, those that are missing are asked for one by one.
        """
        left = {self.files[index].id: index for index in self.left}
        if not left:
            return
        listing = Listing(self.api, retry_policy=FOR_TRANSFERS)
        for page in listing.pages(self.running.token):
            for first in range(0, len(page.files), _FILES_PER_TURN):
                for file in page.files[first : first + _FILES_PER_TURN]:
                    index = left.pop(file.id, None)
                    if index is not None:
                        self._compare_one(index, file)
                yield_to_window()
        for file_id, index in left.items():
            current = None if listing.complete else self._retrieve(file_id)
            if current is not None:
                self._compare_one(index, current)
            elif index in self._tried:
                self._finish(index, Step.DELETED)
            else:
                self._finish(index, Step.GONE, _("it was already gone"))

    def leave_needed(self) -> None:
        """Leave alone what a batch or job that has not ended needs now."""
        left = {self.files[index].id: index for index in self.left}
        if not left:
            return
        needed = self._context.needed_now(self.api, tuple(left), self.running.token)
        for file_id, referrer in needed.items():
            index = left.get(file_id)
            if index is not None:
                self._finish(index, Step.NEEDED, needed_in_words(referrer))

    def fail(self, index: int, step: Step, why: str, problem: Problem | None = None) -> None:
        """Note that a file is not deleted in this attempt; another attempt may delete it."""
        line = LogLine(step, index, why=why, problem=problem)
        self.log.write(line)
        with self._lock:
            self._failed[index] = line
        self._report_progress()

    def delete(self) -> None:
        """Delete what is left, several files at once."""
        self._at_once(self.left, self._delete_one)

    def results(self) -> tuple[FileResult, ...]:
        """What became of each file."""
        results = []
        for index, file in enumerate(self.files):
            line = self._done.get(index) or self._failed.get(index)
            if line is not None:
                results.append(result_of(file, line))
        return tuple(results)

    def failure(self) -> Problem | None:
        """The problem to report if not everything was done that could be tried again."""
        if not self._failed:
            return None
        count = len(self._failed)
        first = next(iter(self._failed.values()))
        words = ngettext(
            "{number} file couldn't be deleted", "{number} files couldn't be deleted", count
        )
        advice = _("Try again. The files that were deleted or left alone aren't touched again.")
        named = islice(self._failed.items(), _MOST_NAMED)
        lines = [f"{self.files[one].name}: {line.why}" for one, line in named]
        detail = "\n".join([*lines, "…"] if count > _MOST_NAMED else lines)
        kind = first.problem.kind if first.problem else ProblemKind.INCOMPLETE
        return Problem(kind, words.format(number=whole(count)), advice, detail)

    def _compare_one(self, index: int, current: RemoteFile) -> None:
        why = change_in_words(self.files[index], current)
        if why:
            self._finish(index, Step.CHANGED, why)

    def _retrieve(self, file_id: str) -> RemoteFile | None:
        try:
            return self.api.retrieve(file_id, self.running.token).file
        except FilesError as error:
            if error.problem.kind is ProblemKind.NOT_FOUND:
                return None
            raise

    def _delete_one(self, index: int) -> None:
        file = self.files[index]
        tried = index in self._tried
        if not tried:
            self.log.write(LogLine(Step.DELETING, index))

        def on_try() -> None:
            self.api.pace.wait(self.running.token, self.running.start_waiting)
            self.running.start_attempt()

        try:
            self.api.delete(
                file.id,
                self.running.token,
                on_attempt=on_try,
                on_wait=wait_listener(self.api, self.running),
                retry_policy=FOR_TRANSFERS,
                attempted_before=tried,
            )
        except FilesError as error:
            problem = error.problem
            if problem.kind is ProblemKind.NOT_FOUND:
                self._finish(index, Step.GONE, _("it was already gone"))
            elif problem.kind in ONE_FILE_ONLY:
                self.fail(index, Step.DELETING, problem.title, problem)
                self._failed_in_a_row += 1
                if self._failed_in_a_row >= _MOST_FAILED:
                    raise
            else:
                if problem.status is not None:
                    self.fail(index, Step.DELETING, problem.title, problem)  # certainly not deleted
                raise
        else:
            self._failed_in_a_row = 0
            self._finish(index, Step.DELETED)

    def _finish(self, index: int, step: Step, why: str = "") -> None:
        """Note the end of a file; nothing more is done about it."""
        line = LogLine(step, index, why=why)
        self.log.write(line)
        with self._lock:
            self._done[index] = line
        self._report_progress()
        if step in {Step.DELETED, Step.GONE}:
            self._context.listener(FileDeleted(self.api.account.id, self.files[index].id))

    def _report_progress(self) -> None:
        with self._lock:
            ended = len(self._done) + len(self._failed)
            saved = 0 if self._saved is None else min(self._saved, len(self.files) - ended)
        self.running.set_progress(ended + saved // 2)

    def _at_once(self, indexes: Iterable[int], work: Callable[[int], None]) -> None:
        """Call `work` with each index, on several threads; raise the first error of any of them."""
        waiting = deque(indexes)
        errors: list[BaseException] = []

        def pull() -> None:
            lower_priority()
            while waiting and not errors:
                try:
                    index = waiting.popleft()
                except IndexError:
                    return  # another thread was faster
                try:
                    self.running.token.check()
                    work(index)
                except BaseException as error:  # noqa: BLE001 - raised below
                    errors.append(error)

        workers = WorkerThreads("clean-up", _AT_ONCE)
        for _number in range(min(_AT_ONCE, len(waiting))):
            workers.submit(pull)
        workers.stop()
        while not workers.join(3600):
            pass  # each request ends by its timeout, or when the token is canceled
        if errors:
            raise errors[0]
