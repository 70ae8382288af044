"""On a terminal, commands show how far they are, and color what matters."""

import io
import os
import struct
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.server_faults import Moment, Stall
from tests.terminal.conftest import Shell
from ui.terminal.progress import ProgressLine

fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

pytestmark = pytest.mark.slow


class Screen:
    """A terminal, and what was written to it."""

    def __init__(self, columns: int) -> None:
        self._person, self.terminal = os.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.text = ""

    def read_until(self, wanted: str) -> None:
        """Read on until this was written."""
        while wanted not in self.text:
            self.text += os.read(self._person, 10_000).decode()

    def read_rest(self) -> str:
        """Everything that was written, once no program can write more."""
        os.close(self.terminal)
        self.terminal = -1
        while True:
            try:
                piece = os.read(self._person, 10_000)
            except OSError:
                return self.text
            if not piece:
                return self.text
            self.text += piece.decode()

    def close(self) -> None:
        if self.terminal >= 0:
            os.close(self.terminal)
        os.close(self._person)


@pytest.fixture
def screen(request: pytest.FixtureRequest, shell: Shell) -> Iterator[Screen]:
    shell.environment.pop("NO_COLOR", None)
    shell.environment["TERM"] = "xterm"
    made = Screen(getattr(request, "param", 80))
    yield made
    made.close()


def large(shell: Shell) -> str:
    (shell.folder / "large.txt").write_text("x" * 4_000_000)
    return "large.txt"


@pytest.mark.parametrize("screen", [80, 20, 4], indirect=True)
def test_the_line_fits_and_is_removed(
    shell: Shell, files_server: ScriptedFilesServer, screen: Screen, request: pytest.FixtureRequest
) -> None:
    columns = request.node.callspec.params["screen"]
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=1_000_000)])
    process = shell.start("put", "--purpose", "user_data", large(shell), stderr=screen.terminal)
    files_server.wait_until_stalled()
    screen.read_until("0 of 1"[: columns - 1])
    files_server.release()
    out, _err = process.communicate(timeout=60)
    assert (process.returncode, len(out.splitlines())) == (0, 1)
    lines = screen.read_rest().split("\r")
    assert max(map(len, lines)) == min(columns - 1, max(map(len, lines)))
    assert lines[-1] == ""
    assert lines[-2].strip() == ""
    assert any("%" in line for line in lines) is (columns > 10)
    assert any("MB" in line and "[" in line for line in lines) is (columns > 60)


@pytest.mark.parametrize("quietly", [True, False])
def test_there_is_no_line_in_a_pipe_nor_if_only_ids_are_wanted(
    shell: Shell, screen: Screen, quietly: bool
) -> None:
    options = ["--quiet"] if quietly else []
    stderr = screen.terminal if quietly else subprocess.PIPE
    process = shell.start("put", "--purpose", "user_data", *options, large(shell), stderr=stderr)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert (err or "", screen.read_rest()) == ("", "")


def test_a_terminal_that_cannot_rewrite_lines_gets_none(shell: Shell, screen: Screen) -> None:
    shell.environment["TERM"] = "dumb"
    process = shell.start("put", "--purpose", "user_data", large(shell), stderr=screen.terminal)
    process.communicate(timeout=60)
    assert (process.returncode, screen.read_rest()) == (0, "")


@pytest.mark.parametrize(
    ("variable", "value", "are_colored"),
    [("NO_COLOR", "", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)],
)
def test_errors_are_colored_if_the_person_wants_it(
    shell: Shell, screen: Screen, variable: str, value: str, are_colored: bool
) -> None:
    (shell.folder / "bad.jsonl").write_text("{bad\n")
    shell.environment[variable] = value
    done = shell.run("check", "--purpose", "batch", "bad.jsonl", stdout=screen.terminal)
    assert done.returncode == 1
    text = screen.read_rest()
    assert "bad.jsonl:1:" in text
    assert ("\x1b[31merror\x1b[0m" in text) is are_colored
    assert ("\x1b" in text) is are_colored


def test_nothing_is_colored_in_a_pipe(shell: Shell, screen: Screen) -> None:
    (shell.folder / "bad.jsonl").write_text("{bad\n")
    done = shell.run("check", "--purpose", "batch", "bad.jsonl")
    assert "error" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_what_comes_too_soon_is_shown_later() -> None:
    stream, clock = io.StringIO(), ManualClock()
    line = ProgressLine(stream, clock)
    line.show(lambda: ["one"])
    line.show(lambda: ["two"])
    line.show(lambda: ["three"])
    line.show_if_due()
    assert stream.getvalue() == "\rone"
    clock.now += line.due_in or 0
    line.show_if_due()
    assert stream.getvalue() == "\rone\rthree"
    assert line.due_in is None


def test_a_line_that_was_removed_comes_back() -> None:
    stream, clock = io.StringIO(), ManualClock()
    line = ProgressLine(stream, clock)
    line.show(lambda: ["one"])
    line.clear()
    assert line.due_in == 0
    line.show_if_due()
    assert stream.getvalue() == "\rone\r   \r\rone"
