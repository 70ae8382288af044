"""How much memory a second window takes, on an account of its own.

    python -m tests.bench.two_windows ADDRESS OTHER FILES FOLDER

Runs in a fresh process, with the real windows; the two servers are other processes.
"""

import gc
import json
import statistics
import sys
from pathlib import Path

from tests.bench.page_server import page_server
from tests.bench.report import Line, Options
from tests.bench.window_stalls import in_fresh_process

_FILES = 1000
"""In each of the accounts."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the memory of two windows over that of one."""
    grown = []
    with page_server(_FILES) as address, page_server(_FILES) as other:
        for run in range(options.runs):
            own = folder / str(run)
            own.mkdir()
            figures = in_fresh_process("two_windows", address, other, _FILES, own)
            grown += figures["rss_mib"]
    return [
        Line(
            "memory of a second window",
            max(grown),
            "MiB",
            "two_windows_rss_mib",
            at_most=60,
            ours=f"med. {statistics.median(grown):.1f} MiB",
        )
    ]


def _two_windows(address: str, other: str, files: int, folder: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from services.providers.account import Account
    from tests.bench.memory import status
    from tests.bench.open_window import open_window, rest, wait_for
    from ui.main_window import MainWindow

    accounts = [
        Account("one", "One", "other", f"{address}/v1"),
        Account("two", "Two", "other", f"{other}/v1"),
    ]
    with open_window(folder, accounts) as window:
        rest(5000)  # what is loaded ahead is needed with one window, too
        gc.collect()
        before = status("VmRSS")
        window.commands.new_window.trigger()
        (second,) = [
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, MainWindow) and one is not window
        ]
        wait_for(lambda: second.workspace.area.model.rowCount() == files)
        rest(2000)
        gc.collect()
        print(json.dumps({"rss_mib": [status("VmRSS") - before]}))
        second.leave()


if __name__ == "__main__":
    _two_windows(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
