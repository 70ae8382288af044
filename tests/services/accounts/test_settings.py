import json
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.settings import Settings, SettingsStore
from services.problems.errors import Problem
from services.providers.account import AccountKind
from tests.support.factories import account


def save_now(save: Callable[[], None]) -> None:
    save()


def problems_of(store: SettingsStore) -> list[Problem]:
    problems: list[Problem] = []
    store.report_problems_to(problems.append)
    return problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


def test_without_a_file_the_defaults_apply_and_nothing_is_written(path: Path) -> None:
    store = SettingsStore(path, save_now)
    assert store.current == Settings()
    assert problems_of(store) == []
    assert not path.parent.exists()


def test_changes_are_loaded_in_the_next_session(path: Path) -> None:
    values: dict[str, Any] = {
        "accounts": (account("Ä · “x”", organization="org-1", project="proj-1"),),
        "last_account": "acme",
        "colour_scheme": "dark",
        "download_folder": "/tmp/日本",
        "skip_review": True,
        "undo_seconds": 0,
        "window_geometry": bytes(range(256)),
        "inspector_shown": False,
    }
    SettingsStore(path, save_now).change(**values)
    read = SettingsStore(path, save_now).current
    assert read == Settings(**values)
    assert read.accounts[0].kind is AccountKind.STORED


def test_successive_changes_are_all_kept(path: Path) -> None:
    store = SettingsStore(path, save_now)
    store.change(undo_seconds=9)
    store.change(colour_scheme="light")
    assert SettingsStore(path, save_now).current == Settings(undo_seconds=9, colour_scheme="light")


def test_an_unchanged_value_is_not_written(path: Path) -> None:
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    store.change(undo_seconds=9)
    assert len(saves) == 1


def test_a_change_applies_immediately_and_is_written_later(path: Path) -> None:
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    assert store.current.undo_seconds == 9
    assert not path.exists()
    writing = threading.Thread(target=saves[0])
    writing.start()
    writing.join(10)
    assert json.loads(path.read_bytes())["undo_seconds"] == 9


def test_a_change_does_not_wait_for_a_running_write(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go_on = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(descriptor: int) -> None:
        writing.set()
        go_on.wait()
        fsync(descriptor)

    threads: list[threading.Thread] = []

    def save_in_thread(save: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=save))
        threads[-1].start()

    monkeypatch.setattr(os, "fsync", slow)
    store = SettingsStore(path, save_in_thread)
    store.change(undo_seconds=9)
    writing.wait()
    store.change(colour_scheme="dark")  # would wait forever
    go_on.set()
    for thread in threads:
        thread.join()
    both = Settings(undo_seconds=9, colour_scheme="dark")
    assert SettingsStore(path, save_now).current == store.current == both


def test_concurrent_changes_from_two_threads_are_all_kept(path: Path) -> None:
    store = SettingsStore(path, lambda _save: None)
    both_here = threading.Barrier(2)

    def add(names: list[str]) -> None:
        def added(current: dict[str, str], name: str) -> dict[str, str]:
            for _turn in range(20):
                time.sleep(0)  # let the other thread run, if it can
            return current | {name: "evals"}

        both_here.wait()
        for name in names:
            store.update(purpose_of_kind=partial(lambda name, current: added(current, name), name))

    halves = [[f"{half} {number}" for number in range(100)] for half in ("one", "other")]
    threads = [threading.Thread(target=add, args=[names]) for names in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.current.purpose_of_kind.keys() == {*halves[0], *halves[1]}


def test_a_change_during_a_write_is_not_lost(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)

    def change_during_write(descriptor: int) -> None:
        if store.current.undo_seconds != 10:
            store.change(undo_seconds=10)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", change_during_write)
    store.change(undo_seconds=9)
    saves.pop(0)()
    assert store.current.undo_seconds == 10
    saves.pop(0)()
    assert SettingsStore(path, save_now).current.undo_seconds == 10


def test_a_late_save_writes_the_newest_settings(path: Path) -> None:
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    store.change(undo_seconds=10)
    for save in reversed(saves):
        save()
    assert SettingsStore(path, save_now).current.undo_seconds == 10


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"undo_seconds": "soon"}', b"\xff\xfe", b'{"accounts": [{}]}'],
)
def test_a_damaged_file_is_renamed_and_kept(path: Path, body: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(body)
    store = SettingsStore(path, save_now)
    assert store.current == Settings()
    (aside,) = path.parent.iterdir()
    assert aside.name.startswith("settings.json.damaged-")
    assert aside.read_bytes() == body
    (problem,) = problems_of(store)
    assert str(aside) in problem.advice
    store.change(undo_seconds=9)
    assert aside.read_bytes() == body
    assert SettingsStore(path, save_now).current == Settings(undo_seconds=9)


def test_fields_of_a_newer_version_are_ignored_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"version": 1, "undo_seconds": 3, "of_later": {"x": 1}}')
    store = SettingsStore(path, save_now)
    assert store.current.undo_seconds == 3
    store.change(undo_seconds=4)
    assert json.loads(path.read_bytes()) == {"version": 1, "undo_seconds": 4, "of_later": {"x": 1}}
    assert problems_of(store) == []


def test_an_expiry_from_an_older_version_is_ignored(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"expires_after": 86400, "undo_seconds": 3}')
    store = SettingsStore(path, save_now)
    assert store.current == Settings(undo_seconds=3)
    assert problems_of(store) == []


@given(st.binary(max_size=300))
def test_any_bytes_in_the_file_give_settings(body: bytes) -> None:
    try:
        read = msgspec.json.decode(body, type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    assert isinstance(read, Settings)
