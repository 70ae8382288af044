"""`filewharf desktop-entry` adds a menu entry that works, and removes all of it."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.disk import desktop_entry
from tests.terminal.conftest import ROOT, Shell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="has no such entries"),
]
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ENTRY = Path("applications", "io.github.filewharf.Filewharf.desktop")


def files_in(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def exec_line(entry: Path) -> str:
    (line,) = (line for line in entry.read_text().splitlines() if line.startswith("Exec="))
    return line.removeprefix("Exec=")


def test_it_comes_and_goes_without_a_trace(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    shell.environment["XDG_DATA_HOME"] = str(folder)
    printed = shell.ok("desktop-entry", "install").splitlines()
    assert all(Path(line).is_file() for line in printed)
    icons = {path.parts[-3] for path in map(Path, printed) if path.suffix in {".png", ".svg"}}
    assert icons == {"scalable", *(f"{size}x{size}" for size in SIZES)}
    assert shlex.split(exec_line(folder / ENTRY)) == [sys.executable, str(ROOT / "main.py"), "%U"]
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", folder / ENTRY], check=True)
    if shutil.which("update-mime-database"):
        assert "application/jsonl:*.jsonl" in (folder / "mime" / "globs").read_text()
    assert shell.ok("desktop-entry", "install").splitlines() == printed
    assert shell.ok("desktop-entry", "remove").splitlines() == printed
    assert files_in(folder) == set()
    assert shell.ok("desktop-entry", "remove") == ""


def test_what_others_have_installed_stays(tmp_path: Path) -> None:
    others = ("applications/other.desktop", "icons/hicolor/scalable/apps/other.svg")
    for name in (*others, "mime/packages/other.xml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text('<mime-info xmlns="x"/>')
    before = files_in(tmp_path)
    desktop_entry.install(tmp_path, ["/bin/filewharf"])
    desktop_entry.remove(tmp_path)
    assert before <= files_in(tmp_path)
    assert not [path for path in files_in(tmp_path) if "filewharf" in path.name]


def test_a_folder_that_cannot_be_written_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    shell.environment["XDG_DATA_HOME"] = str(tmp_path / "file")
    failed = shell.run("desktop-entry", "install")
    assert failed.returncode == 1
    assert failed.stderr.startswith("filewharf: file isn't a folder.")
    assert "Traceback" not in failed.stderr


def test_an_installed_program_starts_without_a_terminal(tmp_path: Path) -> None:
    program = tmp_path / "filewharf"
    assert desktop_entry.launch_command(program, "python") == [str(program)]
    (tmp_path / "filewharf-window").touch()
    found = desktop_entry.launch_command(program, "python")
    assert found == [str(tmp_path / "filewharf-window")]


def test_odd_paths_are_quoted_twice(tmp_path: Path) -> None:
    """In entries, a backslash is escaped once in arguments and once more in all strings."""
    desktop_entry.install(tmp_path, ['/a b/100%/$x\\"y'])
    assert exec_line(tmp_path / ENTRY) == '"/a b/100%%/\\\\$x\\\\\\\\\\\\"y" %U'
    assert "TryExec=/a b/100%/$x\\\\" in (tmp_path / ENTRY).read_text()


def test_a_relative_data_folder_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert desktop_entry.data_folder({"XDG_DATA_HOME": "share"}) == tmp_path / ".local" / "share"
