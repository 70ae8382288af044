"""How long it takes to switch among three large accounts, until rows are painted.

    python -m tests.bench.switching ADDRESS FOLDER FILES RUNS

In a fresh process with the real window.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from services.providers.account import Account
from tests.bench.open_window import open_window, rest, wait_for
from tests.bench.page_server import page_server
from tests.bench.report import Line, Options
from tests.bench.window_stalls import in_fresh_process
from ui.main_window import MainWindow

_IDS = ("one", "two", "three")
_PAUSE = 1_500
"""Milliseconds in which the window sorts ahead what it may need."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure switching to an open account, and to one whose last listing is cached."""
    with page_server(options.listed) as address:
        found = in_fresh_process("switching", address, folder, options.listed, options.runs)
    warm, cached = found["warm"], found["cached"]
    return [
        Line(
            "switch to an open account",
            statistics.median(warm),
            "ms",
            "switch_warm_ms",
            at_most=100,
            ours=f"max {max(warm):.0f} ms",
        ),
        Line(
            "switch to a cached account",
            statistics.median(cached),
            "ms",
            "switch_cached_ms",
            at_most=300,
            ours=f"max {max(cached):.0f} ms",
        ),
    ]


def main() -> None:
    """Switch in this process, and print the figures."""
    address, folder, files, runs = (
        sys.argv[1],
        Path(sys.argv[2]),
        int(sys.argv[3]),
        int(sys.argv[4]),
    )
    accounts = [Account(one, one, "other", f"{address}/v1") for one in _IDS]
    with open_window(folder, accounts) as window:
        bench = _Bench(window, files)
        for account_id in _IDS:  # list and cache each of them
            bench.time(window.accounts.choose, account_id)
        warm = [bench.time(window.accounts.choose, one) for one in _rounds(runs)]
        cached = [bench.time(window.backend.reopen, one) for one in _rounds(runs)]
    print(json.dumps({"warm": warm, "cached": cached}))


def _rounds(runs: int) -> list[str]:
    return list(_IDS) * runs


class _Bench(QObject):
    """Switches, and watches the table of files for being painted."""

    def __init__(self, window: MainWindow, files: int) -> None:
        super().__init__(window)
        self._window = window
        self._files = files
        self._wanted = ""
        self._painted: float | None = None
        self._table = window.workspace.area.table.viewport()
        self._table.installEventFilter(self)

    def time(self, switch: Callable[[str], None], account_id: str) -> float:
        """Milliseconds from the switch until rows of that account are painted."""
        window, self._wanted, self._painted = self._window, account_id, None
        if window.backend.open_id == account_id:
            self._painted = time.perf_counter()  # it is opened first
        started = time.perf_counter()
        switch(account_id)
        wait_for(lambda: self._painted is not None, every=5)
        assert self._painted is not None
        wait_for(lambda: self._is_listed(account_id))
        rest(_PAUSE)
        return (self._painted - started) * 1000

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first time that rows of the wanted account are painted."""
        if event.type() == QEvent.Type.Paint and self._painted is None and self._shows_rows():
            self._painted = 0.0
            QTimer.singleShot(0, self, self._note)  # once they are painted
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        self._painted = time.perf_counter()

    def _shows_rows(self) -> bool:
        account = self._window.backend.account
        is_there = account is not None and account.id == self._wanted
        return is_there and len(self._window.workspace.area.shown) > 0

    def _is_listed(self, account_id: str) -> bool:
        files = self._window.backend.files_of(account_id)
        return (
            files is not None
            and files.listing is None
            and not files.is_incomplete
            and files.earlier_files_known
            and len(self._window.workspace.area.shown) == self._files
        )


if __name__ == "__main__":
    main()
