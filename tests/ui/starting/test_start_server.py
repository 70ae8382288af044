"""The real socket, with callers as other processes and as hostile bytes."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from services.system.program_lock import ProgramLock
from tests.support.program import ROOT
from ui.starting.later_start import Outcome, begin_or_hand_over
from ui.starting.start_request import GREETING, LARGEST, StartRequest, decode, encode
from ui.starting.start_server import StartServer

LATER = """
import sys
from pathlib import Path
from services.system.program_lock import ProgramLock
from ui.starting.later_start import begin_or_hand_over
from ui.starting.start_request import StartRequest

request = StartRequest(tuple(sys.argv[3:]), True, "token")
print(begin_or_hand_over(ProgramLock(Path(sys.argv[1])), request, float(sys.argv[2])).name)
"""


class Listening:
    """A server, and the requests that it got."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = ProgramLock(folder)
        assert self.lock.take()
        self.server = StartServer(self.lock)
        self.requests: list[StartRequest] = []
        self.server.requested.connect(self.requests.append)
        self.server.listen()
        self.socket = Path(self.lock.read_address())


@pytest.fixture
def listening(qtbot: QtBot, tmp_path: Path) -> Iterator[Listening]:
    made = Listening(tmp_path / "own")
    yield made
    made.server.close()
    made.lock.release()
    made.server.deleteLater()


def start_later(folder: Path, seconds: float, *uris: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LATER, str(folder), str(seconds), *uris],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_another_process_hands_over_what_it_was_started_with(
    qtbot: QtBot, listening: Listening
) -> None:
    uris = [f"file:///{number}/%FF%23" for number in range(1000)]
    with start_later(listening.folder, 60, *uris) as later:
        qtbot.waitUntil(lambda: later.poll() is not None, timeout=60_000)
        assert later.communicate()[0] == "HANDED_OVER\n"
    assert listening.requests == [StartRequest(tuple(uris), True, "token")]


def test_only_the_user_can_reach_it(listening: Listening) -> None:
    assert stat.S_ISSOCK(listening.socket.stat().st_mode)
    assert listening.socket.stat().st_mode & 0o077 == 0
    assert listening.socket.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_left_once_it_is_closed(listening: Listening) -> None:
    listening.server.close()
    assert not listening.socket.parent.exists()
    assert listening.lock.read_address() == ""


def test_one_that_does_not_respond_is_given_up(listening: Listening) -> None:
    # Nobody runs its event loop, so it's as good as hung: only the system accepts connections.
    with start_later(listening.folder, 0.5) as later:
        assert later.communicate(timeout=60)[0] == "NO_ANSWER\n"


def test_one_that_responds_too_late_does_nothing(qtbot: QtBot, listening: Listening) -> None:
    with start_later(listening.folder, 0.5, "file:///a") as later:
        assert later.communicate(timeout=60)[0] == "NO_ANSWER\n"
    called = call(qtbot, listening, encode(StartRequest(("file:///b",))))
    assert called.endswith(b"done\n")
    assert [one.uris for one in listening.requests] == [("file:///b",)]


def test_what_a_killed_program_left_is_taken_over(
    qtbot: QtBot, listening: Listening, tmp_path: Path
) -> None:
    stale = listening.socket
    copied = ProgramLock(tmp_path / "other")
    listening.lock.release()
    assert copied.take()
    copied.write_address(str(stale))
    again = StartServer(copied)
    again.listen()
    assert not stale.parent.exists()
    assert Path(copied.read_address()).exists()
    again.close()
    again.deleteLater()
    copied.release()


@pytest.mark.parametrize("address", ["", "here", "/etc/passwd", "/nowhere/filewharf-1/start"])
def test_an_address_that_is_not_ours_is_left_alone(
    qtbot: QtBot, tmp_path: Path, address: str
) -> None:
    lock = ProgramLock(tmp_path / "own")
    assert lock.take()
    lock.write_address(address)
    server = StartServer(lock)
    server.listen()
    assert Path(lock.read_address()).exists()
    server.close()
    server.deleteLater()
    lock.release()
    assert Path("/etc/passwd").exists()


@pytest.mark.parametrize(
    "heard",
    [
        b"\n",
        b"\x00\xff\xfe\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"[]\n",
        b'{"uris": "file:///a"}\n',
        b'{"uris": [1]}\n',
        b'{"sandbox": "yes"}\n',
        b'{"activation": "a\\u0000b"}\n',
        b'{"uris": ["\xff"]}\n',
        b"[" * 100_000 + b"\n",
        b"x" * (LARGEST + 2),
    ],
    ids=lambda heard: repr(heard[:20]),
)
def test_hostile_bytes_do_nothing(qtbot: QtBot, listening: Listening, heard: bytes) -> None:
    assert call(qtbot, listening, heard) == GREETING
    assert listening.requests == []
    assert call(qtbot, listening, encode(StartRequest())).endswith(b"done\n")


def test_callers_that_say_nothing_keep_nobody_waiting(qtbot: QtBot, listening: Listening) -> None:
    silent = [QLocalSocket() for _number in range(60)]
    for one in silent:
        one.connectToServer(str(listening.socket))
    qtbot.waitUntil(
        lambda: sum(one.state() is one.LocalSocketState.UnconnectedState for one in silent) >= 40
    )
    for one in silent:
        one.abort()
    with start_later(listening.folder, 60) as later:
        qtbot.waitUntil(lambda: later.poll() is not None, timeout=60_000)
        assert later.communicate()[0] == "HANDED_OVER\n"


def test_the_first_of_two_at_the_same_instant_wins(tmp_path: Path) -> None:
    """Whoever takes the lock is the only one, before anything listens."""
    locks = [ProgramLock(tmp_path) for _number in range(4)]
    taken = [begin_or_hand_over(lock, StartRequest(), 0.1) for lock in locks]
    assert taken == [Outcome.FIRST, *[Outcome.NO_ANSWER] * 3]
    locks[0].release()
    assert begin_or_hand_over(locks[1], StartRequest(), 0.1) is Outcome.FIRST
    locks[1].release()


def test_a_request_of_a_newer_version_is_understood() -> None:
    line = json.dumps({"uris": ["file:///a"], "later": 1}).encode() + b"\n"
    assert decode(line) == StartRequest(("file:///a",))


def call(qtbot: QtBot, listening: Listening, words: bytes) -> bytes:
    """Say these words to the server, and return all that it answers until it hangs up."""
    socket = QLocalSocket()
    socket.connectToServer(str(listening.socket))
    socket.write(words)
    heard = bytearray()

    def has_ended() -> bool:
        heard.extend(socket.readAll().data())
        return socket.state() is QLocalSocket.LocalSocketState.UnconnectedState

    qtbot.waitUntil(has_ended, timeout=30_000)
    return bytes(heard)
