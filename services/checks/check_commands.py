"""Gathers, checks and fixes local files in the background, in the order of the requests.

The checks themselves are imported on the threads that run them, not at startup.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from services.checks.events import (
    CheckedFile,
    CheckProgress,
    FileRepaired,
    FilesChecked,
    LinesRead,
    PathsBeingGathered,
    PathsGathered,
)
from services.checks.finding import RepairKind
from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import FilesError, Problem
from services.providers.limits import Limits
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Listener
from services.system.language import _
from services.system.thread_priority import lower_priority
from services.system.worker_threads import WorkerThreads

if TYPE_CHECKING:
    from services.checks.gathering import GatherProgress
    from services.checks.pasted import Pasted

_PROGRESS_INTERVAL = 0.1
"""Seconds between progress events."""

_MAX_PER_EVENT = 250
"""The most files in one event. A window needs about ten microseconds for each."""
_PAUSE_AFTER_EVENT = 0.003
"""How long a check pauses after an event, in seconds, so that the window can handle it."""
_PAUSE_AFTER_PIECE = 0.0005
"""How long a check pauses after each piece of a file, in seconds.

A check is mostly Python code, so without pauses the window would keep waiting for the GIL.
"""


class CheckCommands:
    """Gathers, checks and fixes local files on its own threads.

    Checks run on a single thread. They are mostly Python code, so a second one would only take
    turns.
    """

    def __init__(
        self, listener: Listener, pasted_folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`pasted_folder` is where clipboard content is saved. `clock` returns seconds."""
        self._listener = listener
        self._pasted_folder = pasted_folder
        self._clock = clock
        self._lock = threading.Lock()
        self._gathering = CancelToken()
        self._checking = CancelToken()
        self._gather_worker = WorkerThreads("gather", 2)
        self._check_worker = WorkerThreads("check", 1)
        self._line_worker = WorkerThreads("lines", 1)

    def gather(self, paths: Sequence[Path], request: int) -> None:
        """Inspect files and walk folders, and cancel the previous request.

        Sends PathsBeingGathered from time to time and PathsGathered at the end.
        """
        token = self._start_gathering()
        self._gather_worker.submit(lambda: self._gather(tuple(paths), request, token))

    def gather_pasted(self, pasted: "Pasted", request: int) -> None:
        """Save the clipboard content as a file and inspect it. Sends events like `gather`."""
        token = self._start_gathering()
        self._gather_worker.submit(lambda: self._gather_pasted(pasted, request, token))

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]], limits: Limits) -> None:
        """Check files, each for a purpose, against the limits of the account's server.

        Sends CheckProgress from time to time and FilesChecked with the results, many at a time.
        """
        with self._lock:
            token = self._checking
        self._check_worker.submit(lambda: self._check(request, tuple(rows), limits, token))

    def stop_checks(self) -> None:
        """Cancel all checks requested so far."""
        with self._lock:
            self._checking.cancel()
            self._checking = CancelToken()

    def repair(self, request: int, file: LocalFile, kinds: Sequence[RepairKind]) -> None:
        """Write a fixed copy next to a file. Sends FileRepaired."""
        with self._lock:
            token = self._checking
        self._line_worker.submit(lambda: self._repair(request, file, tuple(kinds), token))

    def read_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        """Read the lines around a place in a file. Sends LinesRead."""
        self._line_worker.submit(lambda: self._read_lines(request, path, line, column))

    def stop(self) -> None:
        """Cancel everything and accept no more requests."""
        self._gathering.cancel()
        self._checking.cancel()
        for pool in self._pools:
            pool.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        deadline = time.monotonic() + seconds
        return all(pool.join(seconds_until(deadline)) for pool in self._pools)

    @property
    def _pools(self) -> tuple[WorkerThreads, ...]:
        return self._gather_worker, self._check_worker, self._line_worker

    def _start_gathering(self) -> CancelToken:
        with self._lock:
            self._gathering.cancel()
            self._gathering = CancelToken()
            return self._gathering

    def _gather(self, paths: tuple[Path, ...], request: int, token: CancelToken) -> None:
        from services.checks.gathering import gather

        reported_at = self._clock()

        def progress(so_far: "GatherProgress") -> None:
            nonlocal reported_at
            if self._clock() - reported_at >= _PROGRESS_INTERVAL:
                reported_at = self._clock()
                self._listener(PathsBeingGathered(request, so_far.files, so_far.folders))

        try:
            found = gather(paths, token, progress)
        except Cancelled:
            return
        self._listener(PathsGathered(request, tuple(found.files), found.skipped, found.folders))

    def _gather_pasted(self, pasted: "Pasted", request: int, token: CancelToken) -> None:
        from services.checks.pasted import save_pasted

        try:
            path = save_pasted(pasted, self._pasted_folder)
        except OSError as error:
            problem = error_writing(error, self._pasted_folder).problem
            unsaved = LocalFile(self._pasted_folder, _("Clipboard"), 0, 0, "user_data", problem)
            self._listener(PathsGathered(request, (unsaved,), 0, 0))
            return
        self._gather((path,), request, token)

    def _check(
        self,
        request: int,
        rows: tuple[tuple[LocalFile, str], ...],
        limits: Limits,
        token: CancelToken,
    ) -> None:
        from services.checks.checking import checked_file

        lower_priority()
        checked: list[CheckedFile] = []
        reported_at = self._clock()

        def report_checked() -> None:
            nonlocal reported_at
            reported_at = self._clock()
            if checked and not token.cancelled:
                self._listener(FilesChecked(request, tuple(checked)))
            checked.clear()

        try:
            for file, purpose in rows:

                def progress(done: int, file: LocalFile = file, purpose: str = purpose) -> None:
                    token.wait(_PAUSE_AFTER_PIECE)
                    if self._clock() - reported_at >= _PROGRESS_INTERVAL:
                        report_checked()
                        self._listener(CheckProgress(request, file, purpose, done))

                checked.append(checked_file(file, purpose, limits, token, progress))
                if (
                    len(checked) == _MAX_PER_EVENT
                    or self._clock() - reported_at >= _PROGRESS_INTERVAL
                ):
                    report_checked()
                    token.wait(_PAUSE_AFTER_EVENT)
        except Cancelled:
            return
        finally:
            report_checked()

    def _repair(
        self, request: int, file: LocalFile, kinds: tuple[RepairKind, ...], token: CancelToken
    ) -> None:
        from services.checks.gathering import inspect_file
        from services.checks.repair import repair

        try:
            fixed = repair(file, kinds, token=token)
        except Cancelled:
            return
        except FilesError as error:
            self._listener(FileRepaired(request, file, None, (), error.problem))
        else:
            found = inspect_file(fixed.path)
            repaired = replace(found, name=fixed.name)
            self._listener(FileRepaired(request, file, repaired, fixed.changes))

    def _read_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        from services.checks.lines_around import lines_around

        problem: Problem | None = None
        try:
            lines = lines_around(path, line, column)
        except FilesError as error:
            lines, problem = (), error.problem
        except OSError as error:
            lines, problem = (), error_reading(error, path).problem
        self._listener(LinesRead(request, path, line, column, lines, problem))
