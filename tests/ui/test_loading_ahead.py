import importlib
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from ui.loading_ahead import NEEDED_SOON, LoadingAhead


def test_modules_are_loaded_in_order(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    loaded = [named(tmp_path, "ahead_one"), named(tmp_path, "ahead_two")]
    parent = QObject()
    ahead = LoadingAhead(parent, loaded)
    assert not {*loaded} & {*sys.modules}
    ahead.begin()
    qtbot.waitUntil(lambda: loaded[-1] in sys.modules)
    assert [one for one in sys.modules if one in loaded] == loaded


def test_nothing_is_loaded_during_a_pause(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    modules = [named(tmp_path, "ahead_before"), named(tmp_path, "ahead_after")]
    parent = QObject()
    ahead = LoadingAhead(parent, modules)
    (timer,) = ahead.findChildren(QTimer)
    timer.timeout.connect(ahead.pause)  # right after the first module was loaded
    ahead.begin()
    qtbot.waitUntil(lambda: modules[0] in sys.modules)
    assert not timer.isActive()
    assert modules[1] not in sys.modules
    ahead.begin()
    qtbot.waitUntil(lambda: modules[1] in sys.modules)


def test_loading_is_postponed_only_while_it_goes_on(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    modules = [named(tmp_path, "ahead_first"), named(tmp_path, "ahead_second")]
    parent = QObject()
    ahead = LoadingAhead(parent, modules)
    (timer,) = ahead.findChildren(QTimer)
    ahead.postpone()
    assert not timer.isActive()
    ahead.begin()
    settling = timer.interval()
    between: list[int] = []

    def postpone() -> None:
        between.append(timer.interval())
        ahead.postpone()

    timer.timeout.connect(postpone)  # right after a module was loaded
    qtbot.waitUntil(lambda: modules[0] in sys.modules)
    assert between[0] < settling
    assert timer.isActive()
    assert timer.interval() == settling
    qtbot.waitUntil(lambda: modules[1] in sys.modules)


@pytest.mark.expects_log("ahead_missing can't be loaded")
def test_a_missing_module_does_not_stop_the_next(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    there = named(tmp_path, "ahead_three")
    parent = QObject()
    LoadingAhead(parent, ["ahead_missing", there]).begin()
    qtbot.waitUntil(lambda: there in sys.modules)


def test_every_module_named_is_there() -> None:
    assert [importlib.import_module(one).__name__ for one in NEEDED_SOON] == [*NEEDED_SOON]


def named(folder: Path, name: str) -> str:
    """Create a module with this name and return the name."""
    (folder / f"{name}.py").write_text("")
    return name
