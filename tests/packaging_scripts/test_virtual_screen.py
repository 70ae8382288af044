import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "virtual_screen.py"


@pytest.fixture
def screen(load) -> ModuleType:
    return load("virtual_screen")


def command(*arguments: str, secret_service: bool = False) -> list[str]:
    options = ["--secret-service"] if secret_service else []
    return [sys.executable, str(SCRIPT), *options, "--", *arguments]


def test_nothing_of_the_persons_session_gets_in(screen):
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
def test_exit_codes_are_those_of_a_shell(screen, returned, code):
    assert screen.exit_code(returned) == code


def test_the_authority_entry_has_the_layout_of_x(screen):
    entry = screen.authority_entry(b"\x01" * 16)
    expected = b"\xff\xff" + b"\0\0" + b"\0\0" + b"\0\x12MIT-MAGIC-COOKIE-1" + b"\0\x10"
    assert entry == expected + b"\x01" * 16


def test_the_command_finds_a_managed_screen_and_its_exit_code_comes_back():
    script = 'xprop -root _NET_SUPPORTING_WM_CHECK; ls -A "$HOME" | wc -l; exit 7'
    result = subprocess.run(
        command("sh", "-c", script), check=False, capture_output=True, text=True
    )
    assert "window id" in result.stdout
    assert result.returncode == 7


def test_the_secret_store_is_open():
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interruption_leaves_nothing_behind(number):
    script = 'sleep 60 & echo "$! $HOME"; wait'
    with subprocess.Popen(
        command("sh", "-c", script), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        sleeper, home = process.stdout.readline().split()
        process.send_signal(number)
        # The end of its output: all who held it open are gone.
        assert process.stdout.read() == ""
        assert process.wait() == 128 + number
    assert not Path(home).parent.exists()
    assert not is_running(int(sleeper))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_a_missing_command_is_named():
    result = subprocess.run(command("no-such-command"), check=False, capture_output=True, text=True)
    assert result.returncode == 1
    assert "no-such-command could not be started" in result.stderr


def test_a_missing_service_names_the_remedy(tmp_path):
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
