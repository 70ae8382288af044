"""The program's log: a file of limited size that never contains a key or a proxy's password."""

import logging
import sys
import threading
from collections.abc import Callable
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from types import TracebackType

from services.system.language import _
from services.system.private_files import make_private_file, make_private_folder, restrict

LOG_NAME = "filewharf.log"
"""The name of the newest file in the log folder."""
_LARGEST = 4_000_000
_OLDER = 4

QUIET = {"urllib3": logging.ERROR, "requests": logging.ERROR, "keyring": logging.WARNING}
"""Loggers and their minimum levels."""


def start_logging(folder: Path, without_secrets: Callable[[str], str], *, verbose: bool) -> Path:
    """Log to `LOG_NAME` in the folder, and with `verbose` to the terminal too.

    Returns the log file's path. `without_secrets` removes the keys in use from everything that is
    logged, including tracebacks. Only the current user can read the log. At most five files of 4 MB
    are kept. Unhandled exceptions in all threads are logged too. Raises OSError.
    """
    make_private_folder(folder)
    path = folder / LOG_NAME
    for existing in folder.glob(f"{path.name}*"):
        restrict(existing)
    to_file = _PrivateFileHandler(path, encoding="utf-8", delay=True)
    handlers: list[logging.Handler] = [to_file]
    if verbose:
        handlers.append(logging.StreamHandler())
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    formatter = _WithoutSecrets(without_secrets)
    for handler in handlers:
        handler.setFormatter(formatter)
    quiet_libraries()
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return path


def unwritable(folder: Path, error: OSError) -> str:
    """What to tell the person if `start_logging` can't use its folder."""
    words = _("Filewharf can't write to {folder}: {reason}. Choose another folder with --data-dir.")
    return words.format(folder=folder, reason=error.strerror)


class _PrivateFileHandler(logging.FileHandler):
    """Writes files that only the current user can read, and rotates them when they are full.

    `logging.handlers` can rotate files too, but imports pickle, which would slow down startup.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            path = Path(self.baseFilename)
            if path.exists() and path.stat().st_size >= _LARGEST:
                self._rotate(path)
        except OSError:
            self.handleError(record)
        else:
            super().emit(record)

    def _rotate(self, path: Path) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None  # reopened for the next record
        files = [path, *(path.with_name(f"{path.name}.{age}") for age in range(1, _OLDER + 1))]
        for newer, older in reversed([*pairwise(files)]):
            if newer.exists():
                newer.replace(older)

    def _open(self) -> TextIOWrapper:
        make_private_file(Path(self.baseFilename))
        return super()._open()


def quiet_libraries() -> None:
    """Raise the log level of HTTP libraries: lower levels show requests and response headers."""
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


class _WithoutSecrets(logging.Formatter):
    def __init__(self, without_secrets: Callable[[str], str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        self._without_secrets = without_secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._without_secrets(super().format(record))


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("filewharf").critical("Unhandled exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
