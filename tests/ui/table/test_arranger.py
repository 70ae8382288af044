from collections.abc import Generator

import pytest
from PySide6.QtCore import QElapsedTimer, QObject
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileFilter, FileList
from services.browse.ordering import Column, Order
from services.browse.slices import finish
from tests.support.factories import remote_file
from tests.ui.conftest import NOW
from ui.table.arranger import Arranger


class Shown:
    """Records the names shown, from top to bottom, after each job."""

    def __init__(self, files: FileList, arranger: Arranger) -> None:
        self.times: list[list[str]] = []
        self._files = files
        arranger.arranged.connect(self._note)

    def _note(self) -> None:
        self.times.append([file.name for file in self._files.pop_update().files])


class SlowList(FileList):
    """Takes the given times in milliseconds for its sorts, one after the other."""

    def __init__(self, *milliseconds: int) -> None:
        super().__init__(lambda: NOW)
        self.order = Order(Column.NAME)
        self._milliseconds = list(milliseconds)

    def arrange_steps(self) -> Generator[None, None, None]:
        """Like the base method, but slower."""
        wanted = self._milliseconds.pop(0) if self._milliseconds else 0
        since = QElapsedTimer()
        since.start()
        while since.elapsed() < wanted:
            yield
        yield from super().arrange_steps()


@pytest.fixture
def parent(qapp: QApplication) -> QObject:
    return QObject()


def put(files: FileList, *names: str) -> None:
    for name in names:
        files.add(remote_file(name, id=f"id-{name}", created_at=NOW))


def test_few_files_are_sorted_at_once(files: FileList, parent: QObject) -> None:
    arranger = Arranger(files, 10_000, parent)
    shown = Shown(files, arranger)
    put(files, "run10", "run2")
    arranger.arrange()
    assert shown.times == [["run2", "run10"]]
    assert not arranger.is_arranging


def test_calls_in_quick_succession_share_one_job(
    files: FileList, parent: QObject, qtbot: QtBot
) -> None:
    arranger = Arranger(files, 20, parent)
    shown = Shown(files, arranger)
    for name in "abc":
        put(files, name)
        arranger.arrange_soon()
    assert not shown.times
    qtbot.waitUntil(lambda: bool(shown.times))
    qtbot.waitUntil(lambda: arranger.is_idle)
    assert shown.times == [["a", "b", "c"]]


def test_slow_jobs_run_in_slices_and_are_reported(parent: QObject, qtbot: QtBot) -> None:
    files = SlowList(300)
    arranger = Arranger(files, 0, parent)
    shown = Shown(files, arranger)
    told = QSignalSpy(arranger.taking_long)
    put(files, "a")
    arranger.arrange()
    assert arranger.is_arranging
    assert told.count() == 0
    qtbot.waitUntil(lambda: told.count() == 1)
    assert told.at(0) == [True]
    assert not shown.times
    qtbot.waitUntil(lambda: told.count() == 2)
    assert told.at(1) == [False]
    assert shown.times == [["a"]]


def test_a_new_filter_replaces_the_running_job(parent: QObject, qtbot: QtBot) -> None:
    files = SlowList(1_000_000, 0)
    arranger = Arranger(files, 0, parent)
    shown = Shown(files, arranger)
    put(files, "a", "b")
    arranger.arrange()
    arranger.arrange()
    assert not shown.times
    files.file_filter = FileFilter(text="b")
    arranger.arrange()
    qtbot.waitUntil(lambda: bool(shown.times))
    assert shown.times == [["b"]]


def test_slow_sorting_is_done_less_often(parent: QObject, qtbot: QtBot) -> None:
    files = SlowList(30)
    arranger = Arranger(files, 10_000, parent)
    shown = Shown(files, arranger)
    put(files, "a")
    arranger.arrange()
    put(files, "b")
    since = QElapsedTimer()
    since.start()
    arranger.arrange_soon()
    qtbot.waitUntil(lambda: len(shown.times) == 2)
    assert since.elapsed() > 200


def test_changes_before_a_slow_result_is_shown_are_included(parent: QObject, qtbot: QtBot) -> None:
    files = SlowList(60)
    arranger = Arranger(files, 100, parent)
    shown = Shown(files, arranger)
    put(files, "a")
    arranger.arrange()
    assert not shown.times
    put(files, "b")
    qtbot.waitUntil(lambda: bool(shown.times))
    assert shown.times == [["a", "b"]]


def test_other_orders_are_prepared_after_the_listing(
    qtbot: QtBot, files: FileList, parent: QObject
) -> None:
    arranger = Arranger(files, 20, parent)
    Shown(files, arranger)

    def steps_by_size() -> int:
        files.order = Order(Column.SIZE)
        steps = sum(1 for _step in files.arrange_steps())
        files.order = Order(Column.NAME)
        finish(files.arrange_steps())
        return steps

    files.begin_listing(1)
    files.add_page(
        1, [remote_file(f"run{number}", size=number * 7919 % 20_011) for number in range(20_000)]
    )
    arranger.arrange()
    qtbot.waitUntil(lambda: arranger.is_idle)
    assert steps_by_size() > 0
    files.add_page(1, [remote_file("one more")])
    files.end_listing(1, complete=True)
    arranger.arrange()
    qtbot.waitUntil(lambda: arranger.is_idle)
    assert steps_by_size() == 0
