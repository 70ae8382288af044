import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.system.display import display_problem
from tests.support.program import ROOT, program_environment

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")

X = {"DISPLAY": ":4094"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-94"}


def check(environment: Mapping[str, str], *responding: str) -> tuple[bool, list[str]]:
    """Whether a window can be opened, and which platforms were tried."""
    tried: list[str] = []

    def responds(platform: str) -> bool:
        tried.append(platform)
        return platform in responding

    return display_problem(environment, responds) is None, tried


@pytest.mark.parametrize(
    ("environment", "answering", "expected"),
    [
        ({}, [], (False, [])),
        (X, ["xcb"], (True, ["xcb"])),
        (X, [], (False, ["xcb"])),
        (WAYLAND, ["wayland"], (True, ["wayland"])),
        (WAYLAND, [], (False, ["wayland"])),
        (X | WAYLAND, ["wayland"], (True, ["xcb", "wayland"])),
        (X | WAYLAND, [], (False, ["xcb", "wayland"])),
        ({"XDG_SESSION_TYPE": "wayland"}, ["wayland"], (True, ["wayland"])),
        ({"WAYLAND_SOCKET": "5"}, [], (True, [])),
        ({"QT_QPA_PLATFORM": "offscreen"}, [], (True, [])),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600", **X}, [], (True, [])),
        ({"QT_QPA_PLATFORM": "xcb", **X, **WAYLAND}, ["wayland"], (False, ["xcb"])),
        ({"QT_QPA_PLATFORM": "wayland-egl;xcb", **X}, ["xcb"], (True, ["xcb"])),
        ({"QT_QPA_PLATFORM": "wayland;offscreen", **X}, [], (True, [])),
    ],
)
def test_only_the_displays_that_qt_will_try_are_checked(
    environment: dict[str, str], answering: list[str], expected: tuple[bool, list[str]]
) -> None:
    assert check(environment, *answering) == expected


def run_main(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    ours = program_environment()
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM"):
        ours.pop(name, None)
    ours["XDG_SESSION_TYPE"] = "x11"
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ours | dict(environment),
        timeout=90,
    )


NOBODY = [{}, {"DISPLAY": ":4095"}, {"WAYLAND_DISPLAY": "nobody-answers"}, X | WAYLAND]


@pytest.mark.parametrize("environment", NOBODY)
def test_without_a_display_the_program_exits_with_one_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    answer = run_main(environment | runtime, "--data-dir", str(tmp_path / "data"), "--sandbox")
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert all(name in answer.stderr for name in environment.values())
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize("environment", NOBODY)
def test_the_self_test_needs_no_display(environment: dict[str, str], tmp_path: Path) -> None:
    answer = run_main(environment | {"XDG_RUNTIME_DIR": str(tmp_path)}, "--self-test")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "on offscreen" in answer.stdout


def test_a_display_that_accepts_but_does_not_respond_times_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.system.display._TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        silent = f"127.0.0.1:{listening.getsockname()[1] - 6000}"
        monkeypatch.setenv("DISPLAY", silent)
        assert silent in (display_problem({"DISPLAY": silent}) or "")
    for thread in threading.enumerate():
        if thread.name == "screen":
            thread.join(30)  # the connection is closed
