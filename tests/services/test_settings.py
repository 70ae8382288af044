import json
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.account import AccountKind
from services.api.errors import Problem, ProblemKind
from services.settings import Settings, SettingsStore
from tests.support.making import account


def at_once(save: Callable[[], None]) -> None:
    save()


def problems_of(store: SettingsStore) -> list[Problem]:
    problems: list[Problem] = []
    store.tell_problems_to(problems.append)
    return problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


def test_without_a_file_the_defaults_hold_and_nothing_is_written(path: Path) -> None:
    store = SettingsStore(path, at_once)
    assert store.current == Settings()
    assert problems_of(store) == []
    assert not path.parent.exists()


def test_what_was_changed_is_there_in_the_next_session(path: Path) -> None:
    values: dict[str, object] = {
        "accounts": (account("Ä · “x”", organization="org-1", project="proj-1"),),
        "last_account": "acme",
        "colour_scheme": "dark",
        "download_folder": "/tmp/日本",
        "skip_review": True,
        "undo_seconds": 0,
        "expires_after": 3600,
        "window_geometry": bytes(range(256)),
        "inspector_shown": False,
    }
    SettingsStore(path, at_once).change(**values)
    read = SettingsStore(path, at_once).current
    assert read == Settings(**values)
    assert read.accounts[0].kind is AccountKind.STORED


def test_changes_follow_each_other_without_losing_the_first(path: Path) -> None:
    store = SettingsStore(path, at_once)
    store.change(undo_seconds=9)
    store.change(colour_scheme="light")
    assert SettingsStore(path, at_once).current == Settings(undo_seconds=9, colour_scheme="light")


def test_the_same_value_again_is_not_written(path: Path) -> None:
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    store.change(undo_seconds=9)
    assert len(saves) == 1


def test_a_change_is_seen_at_once_and_written_by_somebody_else(path: Path) -> None:
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    assert store.current.undo_seconds == 9
    assert not path.exists()
    writing = threading.Thread(target=saves[0])
    writing.start()
    writing.join(10)
    assert json.loads(path.read_bytes())["undo_seconds"] == 9


def test_a_late_save_writes_the_newest_settings(path: Path) -> None:
    saves: list[Callable[[], None]] = []
    store = SettingsStore(path, saves.append)
    store.change(undo_seconds=9)
    store.change(undo_seconds=10)
    for save in reversed(saves):
        save()
    assert SettingsStore(path, at_once).current.undo_seconds == 10


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"undo_seconds": "soon"}', b"\xff\xfe", b'{"accounts": [{}]}'],
)
def test_a_damaged_file_is_set_aside_and_not_lost(path: Path, body: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(body)
    store = SettingsStore(path, at_once)
    assert store.current == Settings()
    aside = path.with_suffix(".damaged")
    assert aside.read_bytes() == body
    assert not path.exists()
    (problem,) = problems_of(store)
    assert str(aside) in problem.advice


def test_fields_of_a_later_version_do_no_harm(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"version": 1, "undo_seconds": 3, "of_later": {"x": 1}}')
    store = SettingsStore(path, at_once)
    assert store.current.undo_seconds == 3
    assert problems_of(store) == []


def test_a_write_that_fails_is_told_and_leaves_the_old_file_whole(path: Path) -> None:
    store = SettingsStore(path, at_once)
    store.change(undo_seconds=9)
    old = path.read_bytes()
    path.with_suffix(".new").mkdir()  # where the new one would be written first
    store.change(undo_seconds=10)
    assert path.read_bytes() == old
    (problem,) = problems_of(store)
    assert problem.kind is ProblemKind.DISK_FAILED


def test_only_the_settings_file_is_left_in_the_folder(path: Path) -> None:
    SettingsStore(path, at_once).change(undo_seconds=9)
    assert list(path.parent.iterdir()) == [path]


@given(st.binary(max_size=300))
def test_any_bytes_in_the_file_give_settings(body: bytes) -> None:
    try:
        read = msgspec.json.decode(body, type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    assert isinstance(read, Settings)
