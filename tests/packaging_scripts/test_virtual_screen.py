import errno
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.packaging_scripts.conftest import Load
from tests.packaging_scripts.interrupted import InterruptedRuns, is_running, left_running

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

MOMENTS = 60
SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "virtual_screen.py"


@pytest.fixture
def screen(load: Load) -> ModuleType:
    return load("virtual_screen")


def command(*arguments: str, secret_service: bool = False) -> list[str]:
    options = ["--secret-service"] if secret_service else []
    return [sys.executable, str(SCRIPT), *options, "--", *arguments]


def test_nothing_of_the_users_session_gets_in(screen: ModuleType) -> None:
    outer = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/mine",
        "OPENAI_API_KEY": "a secret",
        "QT_STYLE_OVERRIDE": "kvantum",
        "XDG_CONFIG_HOME": "/home/me/.config",
        "https_proxy": "proxy",
    }
    inner = screen.session_environment(outer, Path("/new"))
    assert inner["PATH"] == "/bin"
    assert inner["HOME"] == "/new/home"
    assert inner["XDG_RUNTIME_DIR"] == "/new/run"
    assert inner["QT_QPA_PLATFORM"] == "xcb"
    assert inner.keys() & outer.keys() == {"PATH", "HOME"}


@pytest.mark.parametrize(("returned", "code"), [(0, 0), (7, 7), (-15, 143)])
def test_exit_codes_are_those_of_a_shell(screen: ModuleType, returned: int, code: int) -> None:
    assert screen.exit_code(returned) == code


def test_the_authority_entry_has_the_format_of_xauthority(screen: ModuleType) -> None:
    entry = screen.authority_entry(b"\x01" * 16)
    expected = b"\xff\xff" + b"\0\0" + b"\0\0" + b"\0\x12MIT-MAGIC-COOKIE-1" + b"\0\x10"
    assert entry == expected + b"\x01" * 16


@pytest.mark.slow
def test_the_command_has_a_window_manager_and_its_exit_code_is_returned() -> None:
    script = 'xprop -root _NET_SUPPORTING_WM_CHECK; ls -A "$HOME" | wc -l; exit 7'
    result = subprocess.run(
        command("sh", "-c", script), check=False, capture_output=True, text=True
    )
    assert "window id" in result.stdout
    assert result.returncode == 7


@pytest.mark.slow
def test_the_secret_store_is_unlocked() -> None:
    script = (
        "import keyring; keyring.set_password('a', 'b', 'c'); print(keyring.get_password('a', 'b'))"
    )
    result = subprocess.run(
        command(sys.executable, "-c", script, secret_service=True),
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.stdout == "c\n", result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interruption_leaves_nothing_behind(number: signal.Signals) -> None:
    script = 'sleep 60 & echo "$! $HOME"; wait'
    with subprocess.Popen(
        command("sh", "-c", script), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        sleeper, home = process.stdout.readline().split()
        process.send_signal(number)
        # The output has ended, so every process that held it open is gone.
        assert process.stdout.read() == ""
        assert process.wait() == 128 + number
    assert not Path(home).parent.exists()
    assert not is_running(int(sleeper))


class FakePrograms:
    """Fakes of the session's programs, which record their process IDs and then just sleep."""

    def __init__(self, folder: Path) -> None:
        self.notes = folder / "notes"
        self._programs = folder / "programs"
        self._temporary = folder / "temporary"
        for each in (self._programs, self._temporary):
            each.mkdir()
        sleep = f"echo $$ >> {self.notes}; exec sleep 60"
        last = "for last; do :; done"
        self._program("Xvfb", f"{last}; echo 7 > /proc/self/fd/$last; {sleep}")
        address = "${last#--print-address=}"
        self._program("dbus-daemon", f"{last}; echo unix:x > /proc/self/fd/{address}; {sleep}")
        self._program("openbox", sleep)
        self._program("xprop", "echo window id")
        # Interrupts, too, so that every run ends.
        self._program("command", f"echo $$ >> {self.notes}; kill -TERM $PPID; exec sleep 60")

    def _program(self, name: str, body: str) -> None:
        path = self._programs / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def interrupted_runs(self) -> InterruptedRuns:
        code = "raise SystemExit(virtual_screen.main(['command']))"
        path = f"{self._programs}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "TMPDIR": str(self._temporary)}
        return InterruptedRuns("import virtual_screen", code, self._programs, environment)

    def left(self) -> list[object]:
        return [*left_running(self.notes), *self._temporary.iterdir()]


@pytest.mark.slow
def test_an_interruption_at_any_moment_leaves_nothing_behind(tmp_path: Path) -> None:
    """Testing every moment would take minutes, so each run picks others, spread evenly."""
    fakes = FakePrograms(tmp_path)
    with fakes.interrupted_runs() as runs:
        moments = runs.run(0).moments
        assert moments > 1000
        assert len(fakes.notes.read_text().split()) == 4
        step = moments // MOMENTS
        for moment in range(random.randrange(1, step + 1), moments, step):
            code = runs.run(moment).code
            # The former if nothing was started yet.
            assert code in (-signal.SIGTERM, 128 + signal.SIGTERM), f"moment {moment}"
            assert fakes.left() == [], f"moment {moment}"


def test_a_full_temporary_folder_is_reported(
    screen: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(screen.tempfile, "mkdtemp", full)
    monkeypatch.setattr(screen, "_block_signals", lambda: None)
    monkeypatch.setattr(screen.tempfile, "gettempdir", lambda: str(tmp_path))
    assert screen.main(["true"]) == 1
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.slow
def test_a_missing_command_is_named() -> None:
    result = subprocess.run(command("no-such-command"), check=False, capture_output=True, text=True)
    assert result.returncode == 1
    assert "no-such-command could not be started" in result.stderr


def test_the_error_for_a_missing_service_says_how_to_install_it(tmp_path: Path) -> None:
    result = subprocess.run(
        command("true"),
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert result.returncode == 1
    assert "Xvfb is missing" in result.stderr
    assert "prepare.py" in result.stderr
