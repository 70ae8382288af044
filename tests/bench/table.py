"""How long sorting, searching, scrolling and selecting take in the real window.

    python -m tests.bench.table ADDRESS FOLDER FILES ROUNDS

Measured in a fresh process, from a click on a column header or a key in the search field until the
rows are painted. The reference is the least that Python needs: sorting a list of the same keys, or
searching a list of the same texts.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.report import Line, Options
from tests.bench.window_stalls import idle_process, in_fresh_process, percentile_99

if TYPE_CHECKING:
    from services.api.remote_file import RemoteFile
    from ui.main_window import MainWindow

Figures = dict[str, list[float]]


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure with 100,000 files."""
    found = _all_runs(options.runs, address, folder, options.listed)
    sort = statistics.median(found["sort"])
    return [
        _line("header clicked, rows painted", "sort_100k_ms", found["sort"], 60),
        _ratio("over list.sort of the keys", "sort_100k_vs_bare", found["sort"], found["keys"], 5),
        _line("the first time, before sort orders are prepared", "", found["first_sort"], None),
        Line(
            "all sort orders prepared, using half of the idle time",
            statistics.median(found["prepared"]),
            "s",
        ),
        _line("key typed, rows painted", "filter_100k_ms", found["search"], 30),
        _ratio("over `in` in the texts", "filter_100k_vs_bare", found["search"], found["texts"], 8),
        _line("a second key, which narrows it", "", found["narrow"], None),
        Line(
            "over QSortFilterProxyModel",
            found["proxy"][0] / sort,
            "x",
            "sort_vs_proxy",
            at_least=100,
            ours=f"{sort:.1f} ms",
            reference=f"{found['proxy'][0] / 1000:.1f} s",
        ),
        Line(
            "99th percentile of a frame while scrolling",
            percentile_99(found["frames"]),
            "ms",
            "scroll_frame_ms_p99",
            at_most=16,
            ours=f"med. {statistics.median(found['frames']):.1f} ms",
        ),
        _line(
            "everything selected, counted and painted", "select_all_100k_ms", found["select"], 100
        ),
        _line("a page of 1,000 added and painted", "", found["page"], None),
        _stall(found),
    ]


def measure_very_many(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure with a million files."""
    found = _all_runs(1, address, folder, options.very_many)
    return [
        _line("header clicked, rows painted", "sort_1m_ms", found["sort"], 800),
        _line("the first time, before sort orders are prepared", "", found["first_sort"], None),
        Line(
            "all sort orders prepared, using half of the idle time",
            statistics.median(found["prepared"]),
            "s",
        ),
        _line("key typed, rows painted", "filter_1m_ms", found["search"], 150),
        _line("a second key, which narrows it", "", found["narrow"], None),
        _line("a page of 1,000 added and painted", "", found["page"], None),
        _stall(found),
    ]


def _all_runs(runs: int, address: str, folder: Path, files: int) -> Figures:
    together: Figures = {}
    for run in range(runs):
        run_folder = folder / f"{files}-{run}"
        run_folder.mkdir()
        for key, values in in_fresh_process("table", address, run_folder, files, _ROUNDS).items():
            together.setdefault(key, []).extend(values)
    return together


def _line(name: str, key: str, times: Sequence[float], at_most: float | None) -> Line:
    return Line(
        name, statistics.median(times), "ms", key, at_most=at_most, ours=f"max {max(times):.1f} ms"
    )


def _ratio(
    name: str, key: str, times: Sequence[float], bare: Sequence[float], at_most: float
) -> Line:
    return Line(
        name,
        statistics.median(own / least for own, least in zip(times, bare, strict=True)),
        "x",
        key,
        at_most=at_most,
        ours=f"{statistics.median(times):.1f} ms",
        reference=f"{statistics.median(bare):.1f} ms",
    )


def _stall(found: Figures) -> Line:
    """Of a prepared window while it is sorted and searched; also shows the stalls while preparing."""
    return Line(
        "longest stall meanwhile",
        max(found["late"]),
        "ms",
        at_most=100,
        ours=f"preparing {max(found['late_preparing']):.1f} ms",
        reference=f"idle {max(found['idle']):.1f} ms",
    )


_ROUNDS = 5


def _files(number: int, first: int = 0) -> "list[RemoteFile]":
    """Typical files; always the same for the same arguments."""
    from services.api.remote_file import RemoteFile

    dice = random.Random(first)
    purposes = ("batch", "batch_output", "fine-tune", "user_data", "assistants", "evals")
    return [
        RemoteFile(
            id=f"file-{first + one:08d}{dice.getrandbits(64):016x}",
            filename=f"{dice.choice(purposes)}-run{dice.randrange(900)}_part-{one}.jsonl",
            purpose=dice.choice(purposes),
            size=dice.randrange(1 << 28),
            created_at=1_790_000_000 - one - first,
            expires_at=None if one % 2 else 1_795_000_000 + dice.randrange(1 << 22),
            status="processed",
        )
        for one in range(number)
    ]


def _inside(address: str, folder: Path, number: int, rounds: int) -> None:
    from tests.bench.open_window import Watch, open_window
    from tests.bench.product import account_at

    with open_window(folder / "program", [account_at(address)]) as window:
        user = _User(window)
        found: Figures = {"first_sort": [], "prepared": [], "late_preparing": []}
        user.fill(_files(number))
        watch = Watch()
        found["first_sort"].append(user.sort_by("name"))
        watch.start()
        found["prepared"].append(user.wait_until_prepared())
        watch.stop()
        found["late_preparing"] += watch.lateness
        with idle_process() as idle_late:
            found |= _sorting_and_searching(window, user, rounds)
        found["idle"] = idle_late
        found["frames"] = user.scroll()
        found["page"] = [
            user.add_page(_files(1000, number + 1000 * round_)) for round_ in range(rounds)
        ]
        found["select"] = [user.select_all() for _round in range(rounds)]
        if number <= Options().listed:
            found["proxy"] = [user.sort_through_proxy()]
        print(json.dumps({key: [round(one, 3) for one in found[key]] for key in found}))


def _sorting_and_searching(window: "MainWindow", user: "_User", rounds: int) -> Figures:
    from services.browse.ordering import natural_key, row_of, search_texts
    from tests.bench.open_window import Watch

    files = window.workspace.area.shown
    names = [natural_key(file.name) for file in files]
    texts = search_texts([row_of(file) for file in files])
    found: Figures = {key: [] for key in ("sort", "search", "narrow", "keys", "texts")}
    watch = Watch()
    late: list[float] = []

    def watched(measured: Callable[[], float]) -> float:
        watch.start()
        elapsed = measured()
        watch.stop()
        late.extend(watch.lateness)
        return elapsed

    random.Random(0).shuffle(names)
    for _round in range(rounds):
        user.sort_by("created")
        keys = list(names)
        found["keys"].append(_time(keys.sort))
        found["sort"].append(watched(lambda: user.sort_by("name")))
        found["texts"].append(_time(lambda: [text for text in texts if "7" in text]))
        found["search"].append(watched(lambda: user.type("7")))
        found["narrow"].append(watched(lambda: user.type("1")))
        user.clear_search()
    return found | {"late": late}


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


class _User:
    """Uses the window as a user does, and measures the milliseconds until it is painted."""

    def __init__(self, window: "MainWindow") -> None:
        from PySide6.QtCore import QEventLoop, QObject

        self._area = window.workspace.area
        self._search = window.workspace.bar.search
        self._window = window
        self._listing = 1_000_000
        loop = self._loop = QEventLoop()
        model = self._area.model

        class Painted(QObject):
            """Ends the loop after the first paint of the wanted rows."""

            wanted: Callable[[], bool] = staticmethod(lambda: False)

            def eventFilter(self, _watched: QObject, event: object) -> bool:
                from PySide6.QtCore import QEvent, QTimer

                if (
                    isinstance(event, QEvent)
                    and event.type() == QEvent.Type.Paint
                    and not model.is_arranging
                    and self.wanted()
                ):
                    QTimer.singleShot(0, loop.quit)
                return False

        self._painted = Painted()
        self._area.table.viewport().installEventFilter(self._painted)

    def fill(self, files: "list[RemoteFile]") -> None:
        """List these files in the account."""
        from tests.bench.open_window import wait_for

        area = self._area
        area.files.begin_listing(self._listing)
        area.files.add_page(self._listing, files)
        area.files.end_listing(self._listing, complete=True)
        area.model.refresh()
        wait_for(lambda: len(area.shown) == len(files) and not area.model.is_arranging, every=1)

    def wait_until_prepared(self) -> float:
        """Seconds until all sort orders are prepared."""
        from tests.bench.open_window import wait_for

        started = time.perf_counter()
        wait_for(lambda: self._area.model.arranger.is_idle)
        return time.perf_counter() - started

    def sort_by(self, column: str) -> float:
        """Click a column header."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        from services.browse.ordering import Column
        from ui.table.columns import SECTION_OF

        header = self._area.table.header
        section = SECTION_OF[Column(column)]
        place = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
        return self._until_painted(
            lambda: QTest.mouseClick(
                header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
            ),
            lambda: self._area.model.files.order.column is Column(column),
        )

    def type(self, text: str) -> float:
        """Type into the search field."""
        from PySide6.QtTest import QTest

        self._search.setFocus()
        before = self._area.model.files
        return self._until_painted(
            lambda: QTest.keyClicks(self._search, text),
            lambda: self._area.model.files is not before,
        )

    def clear_search(self) -> None:
        """Show everything again."""
        before = self._area.model.files
        self._until_painted(self._search.clear, lambda: self._area.model.files is not before)

    def select_all(self) -> float:
        """Select everything, with nothing selected before."""
        table = self._area.table
        table.clearSelection()
        return self._until_painted(
            self._window.commands.select_all.trigger, table.selectionModel().hasSelection
        )

    def add_page(self, files: "list[RemoteFile]") -> float:
        """Add another page."""
        area = self._area
        area.files.begin_listing(self._listing)
        before = area.model.files

        def take() -> None:
            area.files.add_page(self._listing, files)
            area.model.refresh()

        return self._until_painted(take, lambda: area.model.files is not before)

    def scroll(self) -> list[float]:
        """Scroll frame by frame: by a few rows, by a page, or to a random place."""
        table = self._area.table
        bar = table.verticalScrollBar()
        dice = random.Random(1)
        frames = []
        for number in range(min(300, len(self._area.shown) // 10)):
            ways = (
                bar.value() + 3,
                bar.value() + bar.pageStep(),
                dice.randrange(bar.maximum() + 1),
            )
            started = time.perf_counter()
            bar.setValue(min(bar.maximum(), ways[number % 3]))
            table.viewport().repaint()
            frames.append((time.perf_counter() - started) * 1000)
        return frames

    def sort_through_proxy(self) -> float:
        """Sort with Qt's own proxy model."""
        from PySide6.QtCore import QSortFilterProxyModel, Qt

        from services.browse.ordering import Column
        from ui.table.columns import SECTION_OF

        proxy = QSortFilterProxyModel()
        proxy.setSourceModel(self._area.model)
        return _time(lambda: proxy.sort(SECTION_OF[Column.NAME], Qt.SortOrder.DescendingOrder))

    def _until_painted(self, act: Callable[[], object], wanted: Callable[[], bool]) -> float:
        from PySide6.QtCore import QTimer

        self._painted.wanted = wanted
        started = time.perf_counter()
        QTimer.singleShot(0, act)
        self._loop.exec()
        elapsed = (time.perf_counter() - started) * 1000
        self._painted.wanted = lambda: False
        return elapsed


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
