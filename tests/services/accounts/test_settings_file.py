"""The settings file with two processes, links, full disks and unreadable files."""

import json
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from services.accounts.settings import VERSION, Settings, SettingsStore
from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account
from tests.support.factories import account


def save_now(save: Callable[[], None]) -> None:
    save()


def named(name: str) -> Account:
    return account(name, id=name.lower())


class Window:
    """A process with the settings open."""

    def __init__(self, path: Path) -> None:
        self.store = SettingsStore(path, save_now)
        self.problems: list[Problem] = []
        self.store.report_problems_to(self.problems.append)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def on_disk(path: Path) -> Settings:
    return SettingsStore(path, save_now).current


def test_a_second_window_keeps_changes_of_the_first(path: Path) -> None:
    first, second = Window(path), Window(path)
    mine, yours = named("Mine"), named("Yours")
    first.store.change(accounts=(mine,), looked_at={mine.id: 1.0}, download_folder="/a")
    second.store.change(accounts=(yours,), looked_at={yours.id: 2.0}, window_geometry=b"abc")
    assert on_disk(path) == Settings(
        accounts=(mine, yours),
        looked_at={mine.id: 1.0, yours.id: 2.0},
        download_folder="/a",
        window_geometry=b"abc",
    )
    assert second.store.current == on_disk(path)


def test_the_color_of_an_account_and_its_production_mark_are_kept(path: Path) -> None:
    marked = account(color="teal", production=True)
    Window(path).store.change(accounts=(marked,))
    assert on_disk(path).accounts == (marked,)


def test_an_account_from_an_older_version_has_no_color_and_no_production_mark(path: Path) -> None:
    older = {"id": "acme", "name": "Acme", "provider_id": "openai", "base_url": "https://a/v1"}
    path.write_text(json.dumps({"version": 1, "accounts": [older]}))
    window = Window(path)
    (known,) = window.store.current.accounts
    assert (known.name, known.color, known.production) == ("Acme", "", False)
    assert not window.problems


def test_an_entry_removed_by_one_window_does_not_come_back(path: Path) -> None:
    gone, stays = named("Gone"), named("Stays")
    first = Window(path)
    first.store.change(accounts=(gone, stays), watch_minutes={gone.id: 5, stays.id: 5})
    second = Window(path)
    first.store.change(accounts=(stays,), watch_minutes={stays.id: 5})
    new = named("New")
    second.store.update(accounts=lambda known: (*known, new))
    second.store.update(watch_minutes=lambda known: known | {new.id: 1})
    assert on_disk(path).accounts == (stays, new)
    assert on_disk(path).watch_minutes == {stays.id: 5, new.id: 1}


def test_the_last_change_to_an_account_wins(path: Path) -> None:
    known = named("Before")
    Window(path).store.change(accounts=(known,))
    first, second = Window(path), Window(path)
    first.store.change(accounts=(account("First", id=known.id, organization="org-1"),))
    last = account("Last", id=known.id)
    second.store.change(accounts=(last,))
    assert on_disk(path).accounts == (last,)


def test_unknown_fields_of_an_account_are_kept(path: Path) -> None:
    known, other = named("Known"), named("Other")
    Window(path).store.change(accounts=(known, other))
    written = json.loads(path.read_bytes())
    written["accounts"][0]["of_later"] = 1
    path.write_text(json.dumps(written))
    Window(path).store.change(accounts=(account("New name", id=known.id), other))
    first, second = json.loads(path.read_bytes())["accounts"]
    assert (first["name"], first["of_later"]) == ("New name", 1)
    assert second == written["accounts"][1]


def test_a_deleted_file_is_recreated_with_all_settings(path: Path) -> None:
    window = Window(path)
    window.store.change(download_folder="/a")
    path.unlink()
    window.store.change(undo_seconds=9)
    assert on_disk(path) == Settings(download_folder="/a", undo_seconds=9)


def test_the_file_is_synced_before_it_is_renamed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append("folder synced" if folder else f"{os.fstat(descriptor).st_size} bytes synced")
        fsync(descriptor)

    def replaced(old: Path, new: Path) -> None:
        steps.append(f"{Path(old).stat().st_size} bytes renamed to {Path(new).name}")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    Window(path).store.change(undo_seconds=9)
    size = path.stat().st_size
    expected = [f"{size} bytes synced", f"{size} bytes renamed to settings.json", "folder synced"]
    assert steps == expected[: 3 if os.name == "posix" else 2]


def test_two_writers_never_share_a_temporary_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    replace = os.replace

    def replaced(old: Path, new: Path) -> None:
        names.append(Path(old).name)
        replace(old, new)

    monkeypatch.setattr(os, "replace", replaced)
    for number in (7, 8):
        Window(path).store.change(undo_seconds=number)
    assert len(set(names)) == 2
    assert {one.name for one in path.parent.iterdir()} == {"settings.json", "settings.lock"}


def test_a_failed_write_is_reported_once_and_keeps_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window(path)
    window.store.change(undo_seconds=9)
    old = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        window.store.change(undo_seconds=10)
        window.store.change(undo_seconds=11)
    assert path.read_bytes() == old
    assert [one.kind for one in window.problems] == [ProblemKind.DISK_FULL]
    assert {one.name for one in path.parent.iterdir()} == {"settings.json", "settings.lock"}
    window.store.change(colour_scheme="dark")
    assert on_disk(path) == Settings(undo_seconds=11, colour_scheme="dark")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        window.store.change(undo_seconds=12)
    assert len(window.problems) == 2


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_settings_file_that_is_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "mine.json"
    target.parent.mkdir()
    target.write_text('{"undo_seconds": 3}')
    path.symlink_to(target)
    window = Window(path)
    window.store.change(download_folder="/a")
    assert path.is_symlink()
    assert json.loads(target.read_bytes()) == {"undo_seconds": 3, "download_folder": "/a"}
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_links_damaged_target_is_renamed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "mine.json"
    target.parent.mkdir()
    target.write_text("{")
    path.symlink_to(target)
    window = Window(path)
    (aside,) = target.parent.iterdir()
    assert aside.read_text() == "{"
    window.store.change(undo_seconds=9)
    assert path.is_symlink()
    assert json.loads(target.read_bytes())["undo_seconds"] == 9


def test_a_second_damaged_file_does_not_replace_the_first(path: Path) -> None:
    for body in ("{", "["):
        path.write_text(body)
        Window(path)
    assert sorted(one.read_text() for one in path.parent.iterdir()) == ["[", "{"]


def test_settings_of_a_newer_version_are_reported_once_and_never_overwritten(path: Path) -> None:
    body = json.dumps({"version": VERSION + 1, "undo_seconds": "soon"})
    path.write_text(body)
    window = Window(path)
    window.store.change(undo_seconds=9)
    window.store.change(undo_seconds=10)
    assert window.store.current.undo_seconds == 10
    assert len(window.problems) == 1
    assert path.read_text() == body


def test_unreadable_settings_are_reported_once_and_never_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text('{"undo_seconds": 3, "download_folder": "/a"}')
    read_bytes = Path.read_bytes

    def refused(file: Path) -> bytes:
        if file == path:
            raise PermissionError(13, "Permission denied")
        return read_bytes(file)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refused)
        window = Window(path)
        window.store.change(undo_seconds=9)
        window.store.change(undo_seconds=10)
    assert window.store.current.undo_seconds == 10
    assert len(window.problems) == 1
    assert json.loads(path.read_bytes()) == {"undo_seconds": 3, "download_folder": "/a"}
    window.store.change(colour_scheme="dark")  # the file can be read again
    assert on_disk(path) == Settings(undo_seconds=10, download_folder="/a", colour_scheme="dark")
    assert window.store.current == on_disk(path)


def test_a_damaged_file_that_cannot_be_renamed_is_left_unchanged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("{")

    def refused(_path: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refused)
    window = Window(path)
    window.store.change(undo_seconds=9)
    assert len(window.problems) == 1
    assert path.read_text() == "{"


def test_no_other_process_writes_between_reading_and_writing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = path.with_suffix(".lock")
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    locked: list[bool] = []
    replace = os.replace

    def replaced(old: Path, new: Path) -> None:
        with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN EXCLUSIVE")
                locked.append(False)
            except sqlite3.OperationalError:
                locked.append(True)
        replace(old, new)

    monkeypatch.setattr(os, "replace", replaced)
    saves.pop()()
    assert locked == [True]


def test_settings_are_written_even_without_file_locks(path: Path) -> None:
    path.with_suffix(".lock").mkdir()
    Window(path).store.change(undo_seconds=9)
    assert on_disk(path).undo_seconds == 9
