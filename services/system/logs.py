"""The program's log: a file of bounded size, which never holds a key or a proxy's password."""

import logging
import sys
import threading
from collections.abc import Callable
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from types import TracebackType

from services.system.private_files import make_file, narrow, own_folder

_LARGEST = 2_000_000
_OLDER = 4

QUIET = {"urllib3": logging.ERROR, "requests": logging.ERROR, "keyring": logging.WARNING}
"""Loggers, and the lowest level of what they log."""


def start_logging(folder: Path, without_secrets: Callable[[str], str], *, verbose: bool) -> Path:
    """Log to `filewharf.log` in the folder, and to the terminal when `verbose`; say where.

    `without_secrets` strikes the keys in use out of whatever is logged, tracebacks too.
    Only this person can read it. At most five files of 2 MB are kept. Unhandled exceptions are
    logged too, from every thread.
    """
    own_folder(folder)
    path = folder / "filewharf.log"
    for kept in folder.glob(f"{path.name}*"):
        narrow(kept)
    to_file = _PrivateFileHandler(path, encoding="utf-8", delay=True)
    handlers: list[logging.Handler] = [to_file]
    if verbose:
        handlers.append(logging.StreamHandler())
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    formatter = _WithoutSecrets(without_secrets)
    for handler in handlers:
        handler.setFormatter(formatter)
    quieten()
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return path


class _PrivateFileHandler(logging.FileHandler):
    """Only this person can read its files; when one is full, another begins and the oldest goes.

    `logging.handlers` could do the latter, but loads pickle for its other handlers, which a start
    would wait for.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            path = Path(self.baseFilename)
            if path.exists() and path.stat().st_size >= _LARGEST:
                self._begin_another(path)
        except OSError:
            self.handleError(record)
        else:
            super().emit(record)

    def _begin_another(self, path: Path) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None  # opened again with the next record
        files = [path, *(path.with_name(f"{path.name}.{age}") for age in range(1, _OLDER + 1))]
        for newer, older in reversed([*pairwise(files)]):
            if newer.exists():
                newer.replace(older)

    def _open(self) -> TextIOWrapper:
        make_file(Path(self.baseFilename))
        return super()._open()


def quieten() -> None:
    """Let HTTP libraries log only errors: lower levels show requests and response headers."""
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


def _log_uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        _log_uncaught(told.exc_type, told.exc_value, told.exc_traceback)
