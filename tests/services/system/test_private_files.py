"""The program's files are private to the current user."""

import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.settings import SettingsStore
from services.catalog.events import FileAdded
from services.checks.events import PathsGathered
from services.checks.pasted import PastedText
from services.disk.when_taken import WhenTaken
from services.providers.account import SANDBOX_ID
from services.sandbox.server import SandboxServer
from services.system import paths
from services.system.logs import start_logging
from services.system.paths import paths_of_system, paths_under
from services.system.private_files import (
    make_folder,
    make_private_file,
    make_private_folder,
    restrict,
)
from tests.support.engine_bench import EngineBench
from tests.support.factories import upload_request

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")


@pytest.fixture(autouse=True)
def _no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def accessible_to_others(folder: Path) -> list[str]:
    inside = [folder, *folder.rglob("*")]
    return [f"{path} {permissions(path):o}" for path in inside if permissions(path) & 0o077]


def test_a_new_folder_and_its_parents_are_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "a" / "b")
    assert [permissions(tmp_path / name) for name in ("", "a", "a/b")] == [0o755, 0o700, 0o700]
    (tmp_path / "a" / "b").chmod(0o775)
    make_folder(tmp_path / "a" / "b")
    assert permissions(tmp_path / "a" / "b") == 0o775
    make_private_folder(tmp_path / "a" / "b")
    assert permissions(tmp_path / "a" / "b") == 0o700


def test_a_private_folder_is_created_with_its_parents(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "deep" / "own")
    assert [permissions(tmp_path / name) for name in ("deep", "deep/own")] == [0o700, 0o700]


def test_a_file_in_place_of_a_folder_is_an_error_and_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "own"
    path.touch(0o644)
    with pytest.raises(FileExistsError):
        make_private_folder(path)
    assert permissions(path) == 0o644


def test_the_target_of_a_link_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(tmp_path / "shared")
    make_private_folder(tmp_path / "link")
    restrict(tmp_path / "not-there")
    assert permissions(tmp_path / "shared") == 0o755


def test_an_existing_file_is_made_private_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    make_private_file(path)
    assert (permissions(path), path.read_bytes()) == (0o600, b"abc")
    make_private_file(tmp_path / "new")
    assert (permissions(tmp_path / "new"), (tmp_path / "new").read_bytes()) == (0o600, b"")


def work(bench: EngineBench, folder: Path) -> None:
    """Do everything that leaves a trace on disk."""
    bench.open(SANDBOX_ID)
    bench.session.checks.gather_pasted(PastedText("hello"), 1)
    pasted = bench.events.wait_for(PathsGathered).files[0]
    bench.session.upload([upload_request(pasted, purpose="evals")])
    added = bench.events.wait_for(FileAdded)
    bench.transfer()
    bench.events.clear()
    bench.session.download([added.file], folder, WhenTaken.REPLACE)
    bench.transfer()
    bench.settings.change(undo_seconds=bench.settings.current.undo_seconds + 1)


def test_everything_the_program_stores_is_private(
    make_bench: Callable[..., EngineBench], tmp_path: Path
) -> None:
    bench = make_bench()
    downloads = tmp_path / "mine"
    downloads.mkdir()
    work(bench, downloads)
    assert accessible_to_others(tmp_path / "data") == []
    assert bench.paths.settings_file.is_file()
    assert {permissions(path) for path in downloads.iterdir()} == {0o666}


@pytest.mark.slow
def test_files_of_an_older_version_are_made_private(
    make_bench: Callable[..., EngineBench], tmp_path: Path
) -> None:
    downloads = tmp_path / "mine"
    downloads.mkdir()
    bench = make_bench()
    work(bench, downloads)
    bench.close()
    for path in (tmp_path / "data").rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    again = make_bench()
    again.paths.make_private()
    work(again, downloads)
    left = accessible_to_others(tmp_path / "data")
    # Except older files deep in folders that no one else can open.
    assert [one for one in left if "/sandbox/content/" not in one and "Clipboard" not in one] == []


@pytest.mark.usefixtures("_restore_logging")
def test_current_and_older_logs_are_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o755)
    (folder / "filewharf.log.3").write_bytes(b"older")
    monkeypatch.setattr("services.system.logs._LARGEST", 100)
    start_logging(folder, str, verbose=False)
    for _line in range(5):
        logging.getLogger("filewharf").info("x" * 80)
    assert len(list(folder.iterdir())) > 3
    assert accessible_to_others(folder) == []


def test_a_shared_data_folder_keeps_its_permissions(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "pictures").mkdir(parents=True)
    (shared / "letter.txt").write_bytes(b"x")
    places = paths_under(shared)
    places.log_folder.mkdir()
    places.make_private()
    SettingsStore(places.settings_file, lambda save: save()).change(undo_seconds=9)
    assert (permissions(shared), permissions(shared / "pictures")) == (0o777, 0o777)
    assert permissions(shared / "letter.txt") == 0o666
    assert (permissions(places.settings_file), permissions(places.log_folder)) == (0o600, 0o700)


def test_settings_readable_by_others_are_made_private(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{}")
    SettingsStore(path, lambda save: save())
    assert permissions(path) == 0o600


def test_the_standard_folders_are_made_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
        (tmp_path / name / paths.APP_NAME / "sandbox").mkdir(parents=True)
    paths_of_system().make_private()
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        assert permissions(tmp_path / name) == 0o777
        if paths_of_system().settings_file.is_relative_to(tmp_path):
            assert permissions(tmp_path / name / paths.APP_NAME) == 0o700


def test_a_sandbox_in_a_users_folder_restricts_only_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    server = SandboxServer(tmp_path / "mine")
    server.start()
    try:
        assert permissions(tmp_path / "mine") == 0o777
        assert [one for one in accessible_to_others(tmp_path / "mine") if "/mine/" in one] == []
    finally:
        server.stop()
