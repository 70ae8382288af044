"""Child processes that answer, crash, hang and are ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.system.child_process import ChildEnded, ChildProcess
from tests.support.waiting import wait_for

MODULE = "tests.support.odd_child"
MEMORY = 512 * 1024 * 1024
SECONDS = 30.0
"""More than anything here needs."""

pytestmark = pytest.mark.slow


@pytest.fixture
def child() -> Iterator[ChildProcess]:
    with ChildProcess(MODULE, memory_bytes=MEMORY, cpu_seconds=20) as started:
        yield started


def test_messages_go_both_ways(child: ChildProcess) -> None:
    for message in (b"", b"a\nb\0", bytes(range(256)) * 4096):
        child.send(message)
        assert child.receive(SECONDS) == message


def test_the_child_gets_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, child: ChildProcess
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with ChildProcess(MODULE, memory_bytes=MEMORY, cpu_seconds=20) as other:
        other.send(b"environment")
        names = set(other.receive(SECONDS).decode().split())
    assert names <= {"LC_CTYPE", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP"}


def test_the_child_has_no_window(child: ChildProcess) -> None:
    child.send(b"modules")
    loaded = {name.partition(".")[0] for name in child.receive(SECONDS).decode().split()}
    assert not loaded & {"PySide6", "shiboken6", "ui", "requests", "keyring"}


def test_what_a_library_prints_is_no_message(child: ChildProcess) -> None:
    child.send(b"print")
    assert child.receive(SECONDS) == b"printed"
    child.send(b"more")
    assert child.receive(SECONDS) == b"more"


@pytest.mark.parametrize("message", [b"fail", b"exit"])
def test_a_child_that_crashes_has_ended(child: ChildProcess, message: bytes) -> None:
    child.send(message)
    with pytest.raises(ChildEnded) as raised:
        child.receive(SECONDS)
    assert not raised.value.timed_out
    with pytest.raises(ChildEnded):
        child.send(b"once more" * 100_000)


def test_a_module_that_is_missing_ends_the_child() -> None:
    with ChildProcess("tests.support.nowhere", memory_bytes=MEMORY, cpu_seconds=5) as child:
        with pytest.raises(ChildEnded) as raised:
            child.receive(SECONDS)
        assert not raised.value.timed_out


@pytest.mark.parametrize("message", [b"endless", b"hang"])
def test_a_child_that_takes_too_long_is_ended(child: ChildProcess, message: bytes) -> None:
    child.send(message)
    with pytest.raises(ChildEnded) as raised:
        child.receive(0.2)
    assert raised.value.timed_out


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_the_processor_time_is_limited() -> None:
    with ChildProcess(MODULE, memory_bytes=MEMORY, cpu_seconds=1) as child:
        child.send(b"endless")
        with pytest.raises(ChildEnded) as raised:
            child.receive(SECONDS)
    assert raised.value.timed_out


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_the_processor_time_is_that_of_each_message() -> None:
    with ChildProcess(MODULE, memory_bytes=MEMORY, cpu_seconds=1) as child:
        for _number in range(4):
            child.send(b"work")
            assert child.receive(SECONDS) == b"worked"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces it")
def test_the_memory_is_limited(child: ChildProcess) -> None:
    child.send(b"memory")
    with pytest.raises(ChildEnded) as raised:
        child.receive(SECONDS)
    assert not raised.value.timed_out


def test_waiting_for_a_message_need_not_end_the_child(child: ChildProcess) -> None:
    assert child.poll(0.01) is None
    child.send(b"a")
    assert child.poll(SECONDS) == b"a"
    child.send(b"exit")
    for _time in range(2):
        with pytest.raises(ChildEnded):
            child.poll(SECONDS)


def test_closing_ends_a_child_that_another_thread_waits_for() -> None:
    child = ChildProcess(MODULE, memory_bytes=MEMORY, cpu_seconds=20)
    ended: list[ChildEnded] = []

    def wait() -> None:
        try:
            child.receive(SECONDS)
        except ChildEnded as error:
            ended.append(error)

    child.send(b"endless")
    thread = threading.Thread(target=wait)
    thread.start()
    child.close()
    thread.join()
    assert [error.timed_out for error in ended] == [False]


def test_a_closed_child_is_gone(child: ChildProcess) -> None:
    child.close()
    child.close()
    with pytest.raises(ChildEnded):
        child.send(b"a")
    with pytest.raises(ChildEnded):
        child.receive(SECONDS)
    with pytest.raises(ProcessLookupError):
        os.kill(child.process_id, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_child_ends_with_the_program() -> None:
    program = (
        "import os\n"
        "from services.system.child_process import ChildProcess\n"
        f"child = ChildProcess({MODULE!r}, memory_bytes={MEMORY}, cpu_seconds=5)\n"
        "child.send(b'a')\n"
        "child.receive(30)\n"
        "os.write(1, b'%d\\n' % child.process_id)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, check=False, timeout=60
    )
    process_id = int(ended.stdout)
    wait_for(lambda: not _is_running(process_id), "the child's end")


def _is_running(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] not in ("Z", "X")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell script for a program")
def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "filewharf"
    main = Path(__file__).resolve().parents[3] / "main.py"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{main}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    with ChildProcess(MODULE, memory_bytes=MEMORY, cpu_seconds=20) as child:
        child.send(b"hello")
        assert child.receive(SECONDS) == b"hello"
