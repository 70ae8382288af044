import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def prepare(load) -> ModuleType:
    return load("prepare")


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text("one==1\n")
    return path


@pytest.fixture
def runs(prepare, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Replace the package tools by a stand-in that makes a Python file; give its calls."""
    commands: list[list[str]] = []

    def run(command: list[str]) -> None:
        commands.append(command)
        if "venv" in command:
            python = prepare.venv_python(Path(command[-1]))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()

    monkeypatch.setattr(prepare, "_run", run)
    return commands


def test_a_finished_environment_is_left_alone(prepare, runs, lock, tmp_path):
    prepare.ensure_venv(tmp_path / "venv", lock)
    assert len(runs) == 2
    prepare.ensure_venv(tmp_path / "venv", lock)
    assert len(runs) == 2


def test_packages_are_installed_with_their_hashes(prepare, runs, lock, tmp_path):
    prepare.ensure_venv(tmp_path / "venv", lock)
    assert "--require-hashes" in runs[1]


def test_another_lock_makes_the_environment_anew(prepare, runs, lock, tmp_path):
    prepare.ensure_venv(tmp_path / "venv", lock)
    lock.write_text("one==2\n")
    prepare.ensure_venv(tmp_path / "venv", lock)
    assert len(runs) == 4
    assert "--clear" in runs[2]


def test_an_environment_without_its_python_is_made_anew(prepare, runs, lock, tmp_path):
    prepare.ensure_venv(tmp_path / "venv", lock)
    prepare.venv_python(tmp_path / "venv").unlink()
    prepare.ensure_venv(tmp_path / "venv", lock)
    assert len(runs) == 4


def test_an_interrupted_installation_is_begun_anew(prepare, runs, lock, tmp_path, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(prepare, "install_locked", interrupted)
        with pytest.raises(KeyboardInterrupt):
            prepare.ensure_venv(tmp_path / "venv", lock)
    prepare.ensure_venv(tmp_path / "venv", lock)
    assert "--clear" in runs[1]
    assert len(runs) == 3


def test_the_stamp_tells_pythons_apart(prepare):
    assert prepare.stamp_for(b"x", "cpython-311") != prepare.stamp_for(b"x", "cpython-312")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")
@pytest.mark.parametrize(
    ("display", "wayland", "expected"),
    [("", "", False), (":0", "", True), ("", "wayland-0", True)],
)
def test_a_screen_is_recognised(prepare, monkeypatch, display, wayland, expected):
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    assert prepare.has_display() is expected


def test_a_failing_tool_is_quoted(prepare):
    with pytest.raises(prepare.PreparationError, match="the reason"):
        prepare._run([sys.executable, "-c", "import sys; print('the reason'); sys.exit(3)"])


def test_an_unknown_purpose_shows_the_help(prepare, capsys):
    assert prepare.main(["dance"]) == 2
    assert "packaging/prepare.py run" in capsys.readouterr().out


def test_the_lock_holds_every_package_with_a_hash_and_no_address(prepare):
    text = prepare.LOCK.read_text(encoding="utf-8")
    pinned = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
    assert len(pinned) > 20
    assert all(line.endswith("\\") for line in pinned)
    assert "://" not in text
    assert "pyside6-essentials==6.12.0" not in text


def test_the_installed_packages_are_those_of_the_lock(prepare):
    if Path(sys.prefix) != prepare.VENV:
        pytest.skip("runs in an environment of another making")
    command = [sys.executable, "-m", "pip", "check"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
