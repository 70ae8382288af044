"""Runs the real window with the whole program in this process, and measures its event loop."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.engine import Engine
from services.previews.content.image_decoders import ImageDecoders
from services.providers.account import Account
from services.system.paths import paths_under
from services.system.worker_threads import WorkerThreads
from services.transfers.transfer import Transfer, TransferState
from tests.bench.product import KEY, TIMEOUT
from ui.application import Program, Start, make_application
from ui.image_decoding import decode_image, decode_large_image
from ui.main_window import MainWindow

INTERVAL = 1
"""Milliseconds between two ticks of the watch."""


class Watch(QObject):
    """Measures how late the event loop is, tick by tick."""

    def __init__(self) -> None:
        super().__init__()
        self.lateness: list[float] = []
        """The lateness of each tick, in milliseconds."""
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start a new measurement."""
        self.lateness = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Stop measuring."""
        self._tick()
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self.lateness.append(max(0.0, (now - self._last) * 1000 - INTERVAL))
        self._last = now


@contextmanager
def open_window(folder: Path, accounts: Sequence[Account]) -> Iterator[MainWindow]:
    """Start the program as main.py does, and open the first account."""
    application = make_application(["bench"])
    paths = paths_under(folder)
    saving = WorkerThreads("settings", 1)
    settings = SettingsStore(paths.settings_file, saving.submit)
    settings.change(
        accounts=tuple(accounts),
        last_account=accounts[0].id,
        skip_review=True,
        download_folder=str(paths.downloads_folder),
    )
    keys = KeyStore()
    for account in accounts:
        keys.keep_in_memory(account.id, KEY)
    program = Program(
        application,
        lambda listener, wait_until_handled: Engine(
            listener,
            AccountBook(settings, keys, {}),
            paths,
            wait_until_handled=wait_until_handled,
            image_decoders=ImageDecoders(decode_image, decode_large_image),
        ),
        paths.downloads_folder,
        Start(),
    )
    program.open()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50)
    wait_for(lambda: bool(program.window.workspace.area.shown))
    yield program.window
    QTimer.singleShot(0, program.window.leave)
    application.exec()
    saving.stop()
    saving.join(1.0)


def wait_for(condition: Callable[[], bool], every: int = 20) -> None:
    """Run the event loop until the condition holds; it is checked every `every` milliseconds."""
    loop = QEventLoop()
    deadline = time.monotonic() + TIMEOUT
    timer = QTimer()

    def check() -> None:
        if condition() or time.monotonic() > deadline:
            loop.quit()

    timer.timeout.connect(check)
    timer.start(every)
    loop.exec()
    timer.stop()  # it may be deleted by another thread's garbage collection
    if not condition():
        raise TimeoutError("timed out")


def rest(milliseconds: int) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def done(window: MainWindow) -> int:
    """The number of finished transfers; raises RuntimeError if one has failed."""
    transfers: tuple[Transfer, ...] = window.workspace.transfers.model.transfers()
    failed = [one for one in transfers if one.state is TransferState.FAILED]
    if failed:
        raise RuntimeError(failed[0].problem)
    return sum(one.state is TransferState.DONE for one in transfers)
