"""How fast 100,000 files are listed and shown, and how long the window stalls meanwhile.

    python -m tests.bench.listing raw ADDRESS
    python -m tests.bench.listing list ADDRESS FEW FILES FOLDER
    python -m tests.bench.listing stalls ADDRESS FEW FILES FOLDER

Each runs in a process, with the real window (except `raw`); the servers are other processes. `FEW`
is the address of a server with a few files, for the window to start with.
"""

import gc
import json
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.fast_server import MIB
from tests.bench.page_server import EVERY, id_of, page_server
from tests.bench.report import Line, Options, timed
from tests.bench.window_stalls import idle_process, in_fresh_process

if TYPE_CHECKING:
    from services.providers.account import Account

_FEW = 3

Figures = dict[str, list[float]]


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure listing and refresh."""
    raw: list[Figures] = []
    listed: list[Figures] = []
    stalls: list[Figures] = []
    folders = iter(folder / str(number) for number in range(2 * options.runs))
    with page_server(options.listed) as address, page_server(_FEW) as few:
        for _run in range(options.runs):
            raw.append(in_fresh_process("listing", "raw", address))
            listed.append(_in_window("list", address, few, options.listed, next(folders)))
            stalls.append(_in_window("stalls", address, few, options.listed, next(folders)))
    return [*_of_listing(listed, raw), *_of_stalls(stalls)]


def _of_listing(listed: Sequence[Figures], raw: Sequence[Figures]) -> list[Line]:
    ours = [answer["seconds"][0] for answer in listed]
    theirs = [answer["seconds"][0] for answer in raw]
    first = [answer["first_rows_ms"][0] for answer in listed]
    return [
        Line(
            "all rows shown, over fetching the pages",
            statistics.median(own / other for own, other in zip(ours, theirs, strict=True)),
            "x",
            "list_100k_vs_raw",
            at_most=1.2,
            ours=f"{statistics.median(ours):.3f} s",
            reference=f"{statistics.median(theirs):.3f} s",
        ),
        Line(
            "first rows painted",
            statistics.median(first),
            "ms",
            "first_rows_ms",
            at_most=100,
            ours=f"max {max(first):.0f} ms",
        ),
        Line(
            "memory over the empty window",
            statistics.median(answer["rss_mib"][0] for answer in listed),
            "MiB",
            "rss_100k_mib",
            at_most=120,
        ),
    ]


def _of_stalls(stalls: Sequence[Figures]) -> list[Line]:
    worst = [max(answer["arrival"] + answer["refresh"]) for answer in stalls]
    return [
        Line(
            "longest stall while listing",
            max(worst),
            "ms",
            "ui_stall_listing_ms_max",
            at_most=50,
            ours=f"med. {statistics.median(worst):.1f} ms",
            reference=f"idle {max(max(answer['idle']) for answer in stalls):.1f} ms",
        ),
        *(
            Line(f"longest stall, {what}", max(max(answer[what]) for answer in stalls), "ms")
            for what in ("arrival", "refresh")
        ),
    ]


def _in_window(what: str, address: str, few: str, number: int, folder: Path) -> Figures:
    folder.mkdir()
    return in_fresh_process("listing", what, address, few, number, folder)


# Run in separate processes


def _raw(address: str) -> None:
    from tests.bench.raw_listing import fetch

    print(json.dumps({"seconds": [timed(lambda: fetch(address))]}))


def _list(address: str, few: str, number: int, folder: Path) -> None:
    from tests.bench.first_paint import times_of_paint
    from tests.bench.open_window import open_window, rest, wait_for

    with open_window(folder, _accounts(address, few)) as window:
        model = window.workspace.area.model
        rest(500)
        empty = _memory()
        painted = times_of_paint(window.workspace.area.table.viewport(), model.rowCount)
        started = time.perf_counter()
        window.backend.open("many")
        wait_for(lambda: model.rowCount() == number and not model.is_arranging, every=1)
        seconds = time.perf_counter() - started
        rest(1000)
        sent = json.loads(urllib.request.urlopen(f"{address}/sent").read())
        first = next(moment for moment, rows in painted if rows > _FEW and moment > sent)
        gc.collect()
        figures = {
            "seconds": [seconds],
            "first_rows_ms": [(first - sent) * 1000],
            "rss_mib": [_memory() - empty],
        }
        print(json.dumps(figures))


def _stalls(address: str, few: str, number: int, folder: Path) -> None:
    from tests.bench.open_window import Watch, open_window, rest, wait_for

    with open_window(folder, _accounts(address, few)) as window:
        area = window.workspace.area
        newest = id_of(number + number // EVERY - 1)
        watch = Watch()
        late: Figures = {}
        rest(500)
        with idle_process() as idle_late:
            watch.start()
            window.backend.open("many")
            wait_for(lambda: area.model.rowCount() == number)
            rest(1000)
            watch.stop()
            late["arrival"] = [round(one, 2) for one in watch.lateness]
            _post(f"{address}/change")
            watch.start()
            window.commands.refresh.trigger()
            wait_for(lambda: area.model.is_shown(newest) and area.model.rowCount() == number)
            rest(1000)
            watch.stop()
            late["refresh"] = [round(one, 2) for one in watch.lateness]
        _post(f"{address}/restore")
        print(json.dumps(late | {"idle": idle_late}))


def _accounts(address: str, few: str) -> "list[Account]":
    from services.providers.account import Account

    return [
        Account("few", "Few", "other", f"{few}/v1"),
        Account("many", "Many", "other", f"{address}/v1"),
    ]


def _memory() -> float:
    """The memory in use, in MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def _post(address: str) -> None:
    urllib.request.urlopen(urllib.request.Request(address, method="POST")).close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["raw", address]:
            _raw(address)
        case ["list", address, few, number, folder]:
            _list(address, few, int(number), Path(folder))
        case ["stalls", address, few, number, folder]:
            _stalls(address, few, int(number), Path(folder))
