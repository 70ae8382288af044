"""How long a file of 500 MB takes to be shown in the real window, and how much of it is sent.

    python -m tests.bench.previews ADDRESS FOLDER FILES

Measured in a fresh process, from the end of the time that the selection has to rest until the rows
are painted; each time with another file, and with a server that ignores ranges.
"""

import json
import statistics
import sys
import time
import urllib.request
from pathlib import Path

from tests.bench.content_server import content_server
from tests.bench.fast_server import MB, MIB
from tests.bench.report import Line, Options
from tests.bench.window_stalls import in_fresh_process

_WARM_UP = 1
"""Files that are looked at before, for what is only loaded once."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the two figures of previews."""
    files = options.runs + _WARM_UP
    with content_server(files, options.previewed * MB) as address:
        found = in_fresh_process("previews", address, folder, files)
    taken = found["ms"]
    return [
        Line(
            "selection at rest, rows painted",
            statistics.median(taken),
            "ms",
            "preview_ms",
            at_most=200,
            ours=f"max {max(taken):.1f} ms",
        ),
        Line("the first time", found["first"][0], "ms"),
        Line("from the click, with the rest", statistics.median(found["total"]), "ms"),
        Line(
            "sent by the server for it",
            max(found["sent"]) / MIB,
            "MiB",
            "preview_bytes_mib",
            at_most=1,
            ours=f"med. {statistics.median(found['sent']) / MIB:.2f} MiB",
        ),
    ]


def _inside(address: str, folder: Path, files: int) -> None:
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

    from services.providers.account import Account
    from tests.bench.open_window import open_window, rest, wait_for
    from tests.support.narrowing import not_none
    from ui.inspector.preview_table import PreviewTable
    from ui.inspector.preview_view import PreviewView

    account = Account("bench", "Bench", "other", f"{address}/v1")
    with open_window(folder / "program", [account]) as window:
        wait_for(lambda: len(window.workspace.area.shown) == files)
        rest(1000)
        window.workspace.area.table.selectRow(0)  # the preview is made with the first selection
        window.workspace.area.table.clearSelection()
        view = not_none(window.workspace.inspector.findChild(PreviewView))
        preview = not_none(view.findChild(PreviewTable))
        model = preview.model()
        loop = QEventLoop()

        class Painted(QObject):
            """Ends the loop after the first paint of rows."""

            def eventFilter(self, _watched: QObject, event: object) -> bool:
                is_paint = isinstance(event, QEvent) and event.type() == QEvent.Type.Paint
                if is_paint and model.rowCount():
                    QTimer.singleShot(0, loop.quit)
                return False

        painted = Painted()
        preview.viewport().installEventFilter(painted)
        asked: list[float] = []
        view.wanted.connect(lambda _file: asked.append(time.perf_counter()))
        found: dict[str, list[float]] = {"ms": [], "total": [], "sent": []}
        for row in range(files):
            started = time.perf_counter()
            QTimer.singleShot(0, lambda: window.workspace.area.table.selectRow(row))  # noqa: B023
            loop.exec()
            ended = time.perf_counter()
            found["ms"].append(1000 * (ended - asked[-1]))
            found["total"].append(1000 * (ended - started))
            rest(500)  # what is on its way arrives or is refused
            found["sent"].append(json.load(urllib.request.urlopen(f"{address}/sent")))
        found["first"] = found["ms"][:_WARM_UP]
        for key in ("ms", "total"):
            found[key] = found[key][_WARM_UP:]
        print(json.dumps(found))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
