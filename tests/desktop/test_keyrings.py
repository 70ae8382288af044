"""The window beside real keyrings in every state: it's there before the keyring has answered."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAEMON = "printf {password} | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "
START = 'exec "$0" -m tests.support.keyring_start "$@"'

pytestmark = [pytest.mark.slow, pytest.mark.real_keyring]


def run(home: Path, *arguments: str, before: str = "", bus: bool = True) -> list[str]:
    """Start in a session of its own, without a display; return the lines that were printed."""
    dropped = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith("XDG_")
    }
    environment |= {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = ["sh", "-c", before + START, sys.executable, *arguments]
    done = subprocess.run(
        ["dbus-run-session", "--", *command] if bus else command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("state", "password", "outcome"),
    [
        ("unlocked", "right", "opened"),
        ("locked", "right", "The system keyring is locked"),
        ("wrong password", "wrong", "The system keyring is locked"),
        ("never answering", "right", "The system keyring isn't responding"),
    ],
)
def test_the_window_is_there_before_the_keyring_answers(
    tmp_path: Path, state: str, password: str, outcome: str
) -> None:
    home, folder = tmp_path / "home", tmp_path / "data"
    home.mkdir(mode=0o700)
    folder.mkdir()
    saved = run(home, "save", before=DAEMON.format(password="right"))
    assert saved == ["Saved in the system keyring (Secret Service)."]
    printed = run(home, str(folder), state, before=DAEMON.format(password=password))
    assert printed == ["window exposed", "keyring asked", outcome]


@pytest.mark.parametrize(
    ("bus", "outcome"),
    [(False, "No key for Acme"), (True, "The system keyring failed")],
    ids=["absent", "nobody to ask for a password"],
)
def test_without_a_keyring_the_window_is_there(tmp_path: Path, bus: bool, outcome: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    printed = run(tmp_path, str(folder), "as it is", bus=bus)
    assert printed == ["window exposed", "keyring asked", outcome]
