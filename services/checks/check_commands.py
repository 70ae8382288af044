"""What can be asked about local files before they are sent: off the caller's thread, in order.

The checks themselves are loaded on the threads that run them, not when the program starts.
"""

import logging
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
    LinesShown,
    PathsBeingGathered,
    PathsGathered,
)
from services.checks.finding import RepairKind
from services.disk.atomic_write import write_atomically
from services.disk.events import ReportSaved
from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import FilesError, Problem, unexpected
from services.problems.events import SomethingFailed
from services.providers.limits import Limits
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.language import _
from services.system.thread_priority import step_back
from services.system.worker_threads import WorkerThreads

if TYPE_CHECKING:
    from services.checks.gathering import GatherProgress
    from services.checks.pasted import Pasted

_log = logging.getLogger(__name__)

_TELL_EVERY = 0.1
"""Seconds between two events that say how far something is."""

_MOST_AT_ONCE = 250
"""Files that are told of at once: a window needs some ten microseconds for each."""
_REST = 0.003
"""Seconds that a check rests after it has told something, which the window then takes."""
_GIVE_WAY = 0.0005
"""Seconds that a check rests after each piece of a file. It is mostly the interpreter's work, and
the window would else have to wait for the interpreter each time it wants it."""


class CheckCommands:
    """Looks at, checks and fixes local files on threads of its own.

    One thread checks: the work is mostly the interpreter's, so that two would only take turns.
    """

    def __init__(
        self, listener: Listener, pasted_folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`pasted_folder` is where what comes from the clipboard is kept; `clock` gives seconds."""
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
        """Look at files and walk folders to be uploaded.

        PathsBeingGathered now and then, PathsGathered at the end; an earlier request is abandoned.
        """
        token = self._begin_gathering()
        self._gather_worker.submit(lambda: self._gather(tuple(paths), request, token))

    def gather_pasted(self, pasted: "Pasted", request: int) -> None:
        """Save the clipboard's content as a file, and look at it. As `gather`."""
        token = self._begin_gathering()
        self._gather_worker.submit(lambda: self._gather_pasted(pasted, request, token))

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]], limits: Limits) -> None:
        """Check files, each for a purpose, by the limits of the account's server.

        CheckProgress now and then, FilesChecked for each of them, many at once.
        """
        with self._lock:
            token = self._checking
        self._check_worker.submit(lambda: self._check(request, tuple(rows), limits, token))

    def stop_checks(self) -> None:
        """Abandon all checks requested so far."""
        with self._lock:
            self._checking.cancel()
            self._checking = CancelToken()

    def repair(self, request: int, file: LocalFile, kinds: Sequence[RepairKind]) -> None:
        """Write a fixed copy of a file beside it. FileRepaired."""
        with self._lock:
            token = self._checking
        self._line_worker.submit(lambda: self._repair(request, file, tuple(kinds), token))

    def show_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        """Read the lines around a place in a file. LinesShown."""
        self._line_worker.submit(lambda: self._show_lines(request, path, line, column))

    def save_text(self, text: str, path: Path) -> None:
        """Save a text to a file. ReportSaved or SomethingFailed."""
        self._line_worker.submit(lambda: self._save_text(text, path))

    def close(self) -> None:
        """Cancel what runs and take no more."""
        self._gathering.cancel()
        self._checking.cancel()
        for pool in self._pools:
            pool.stop()

    def join(self, seconds: float) -> None:
        """Wait for the threads after `close`."""
        for pool in self._pools:
            pool.join(seconds)

    @property
    def _pools(self) -> tuple[WorkerThreads, ...]:
        return self._gather_worker, self._check_worker, self._line_worker

    def _begin_gathering(self) -> CancelToken:
        with self._lock:
            self._gathering.cancel()
            self._gathering = CancelToken()
            return self._gathering

    def _gather(self, paths: tuple[Path, ...], request: int, token: CancelToken) -> None:
        from services.checks.gathering import gather

        told = self._clock()

        def progress(so_far: "GatherProgress") -> None:
            nonlocal told
            if self._clock() - told >= _TELL_EVERY:
                told = self._clock()
                self._listener(PathsBeingGathered(request, so_far.files, so_far.folders))

        try:
            found = gather(paths, token, progress)
        except Cancelled:
            return
        self._listener(PathsGathered(request, tuple(found.files), found.left_out, found.folders))

    def _gather_pasted(self, pasted: "Pasted", request: int, token: CancelToken) -> None:
        from services.checks.pasted import keep_pasted

        try:
            path = keep_pasted(pasted, self._pasted_folder)
        except OSError as error:
            problem = error_writing(error, self._pasted_folder).problem
            lost = LocalFile(self._pasted_folder, _("Clipboard"), 0, 0, "user_data", problem)
            self._listener(PathsGathered(request, (lost,), 0, 0))
            return
        self._gather((path,), request, token)

    def _check(
        self,
        request: int,
        rows: tuple[tuple[LocalFile, str], ...],
        limits: Limits,
        token: CancelToken,
    ) -> None:
        step_back()
        checked: list[CheckedFile] = []
        told = self._clock()

        def tell_checked() -> None:
            nonlocal told
            told = self._clock()
            if checked and not token.cancelled:
                self._listener(FilesChecked(request, tuple(checked)))
            checked.clear()

        try:
            for file, purpose in rows:

                def progress(done: int, file: LocalFile = file, purpose: str = purpose) -> None:
                    token.wait(_GIVE_WAY)
                    if self._clock() - told >= _TELL_EVERY:
                        tell_checked()
                        self._listener(CheckProgress(request, file, purpose, done))

                checked.append(_checked(file, purpose, limits, token, progress))
                if len(checked) == _MOST_AT_ONCE or self._clock() - told >= _TELL_EVERY:
                    tell_checked()
                    token.wait(_REST)
        except Cancelled:
            return
        finally:
            tell_checked()

    def _repair(
        self, request: int, file: LocalFile, kinds: tuple[RepairKind, ...], token: CancelToken
    ) -> None:
        from services.checks.gathering import look_at
        from services.checks.repair import repair

        try:
            fixed = repair(file, kinds, token=token)
        except Cancelled:
            return
        except FilesError as error:
            self._listener(FileRepaired(request, file, None, (), error.problem))
        else:
            found = look_at(fixed.path)
            told = replace(found, name=fixed.name)
            self._listener(FileRepaired(request, file, told, fixed.told))

    def _show_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        from services.checks.lines_around import lines_around

        problem: Problem | None = None
        try:
            shown = lines_around(path, line, column)
        except FilesError as error:
            shown, problem = (), error.problem
        except OSError as error:
            shown, problem = (), error_reading(error, path).problem
        self._listener(LinesShown(request, path, line, column, shown, problem))

    def _save_text(self, text: str, path: Path) -> None:
        try:
            write_atomically(path, [text.encode("utf-8", "replace")])
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(path))


def _checked(
    file: LocalFile,
    purpose: str,
    limits: Limits,
    token: CancelToken,
    progress: Callable[[int], None],
) -> CheckedFile:
    """Check a file; a fault of the check itself is logged, and is no reason to check no other."""
    from services.checks.checking import check_file

    token.check()
    try:
        report = check_file(file, purpose, limits, token=token, progress=progress)
        token.check()
    except FilesError as error:
        return CheckedFile(file, purpose, None, error.problem)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - a fault in one check must not end the others
        _log.exception("A check has failed")
        return CheckedFile(file, purpose, None, unexpected(error))
    return CheckedFile(file, purpose, report)
