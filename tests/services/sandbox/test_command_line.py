import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import openai
import pytest

from services.sandbox.server import SandboxAddress
from tests.services.sandbox.conftest import Client

ROOT = Path(__file__).resolve().parents[3]
CODE = "import sys; from services.sandbox.command_line import run; sys.exit(run(sys.argv[1:]))"
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts the program in its own home folder."""
    processes: list[subprocess.Popen[str]] = []
    surroundings = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "home" / "data"),
        "LANGUAGE": "en",
    }

    def start(
        *arguments: str | Path, stdout: int | TextIO = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, *arguments],
            cwd=ROOT,
            env=surroundings,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


LINE = re.compile(r"export OPENAI_BASE_URL=(http://127\.0\.0\.1:\d+/v1) OPENAI_API_KEY=(\S+)\n")


def printed_address(process: subprocess.Popen[str]) -> SandboxAddress:
    """The address and the key in the line that it prints once it serves."""
    assert process.stdout is not None
    match = LINE.fullmatch(process.stdout.readline())
    assert match is not None, process.communicate()[1]
    return SandboxAddress(match[1], match[2])


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_serves_until_a_signal_and_exits_cleanly(
    run: Run, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = run("--key", "sk-mine", "--dir", tmp_path / "files")
    address = printed_address(process)
    assert address.key == "sk-mine"
    with openai.OpenAI(base_url=address.base_url, api_key="sk-mine", max_retries=0) as sdk:
        assert len(list(sdk.files.list())) >= 24
        made = sdk.files.create(file=("a.txt", b"hello"), purpose="vision")
        assert (tmp_path / "files" / "content" / made.id).read_bytes() == b"hello"
        process.send_signal(number)
        assert process.wait(10) == code
    out, err = process.communicate()
    assert out == ""
    assert address.base_url in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_programs_can_read_an_object_and_nothing_else(run: Run, tmp_path: Path) -> None:
    process = run("--json", "--quiet", "--key", "sk $x", "--dir", tmp_path / "files")
    assert process.wait(30) == 2
    process = run("--json", "--quiet", "--key", "sk-$x", "--dir", tmp_path / "files")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert told["api_key"] == "sk-$x"
    assert told["base_url"].startswith("http://127.0.0.1:")
    process.terminate()
    assert process.communicate() == ("", "")


@pytest.mark.slow
def test_a_shell_takes_any_key_from_the_line(run: Run, tmp_path: Path) -> None:
    process = run("--quiet", "--key", "sk-$HOME;'x", "--dir", tmp_path / "files")
    assert process.stdout is not None
    script = process.stdout.readline() + 'printf %s "$OPENAI_API_KEY"'
    assert subprocess.check_output(["sh", "-c", script], text=True) == "sk-$HOME;'x"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_an_address_that_cannot_be_printed_is_an_error(run: Run, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = run("--dir", tmp_path / "files", stdout=full)
    assert process.wait(30) == 1
    assert process.stderr is not None
    assert "No space left on device" in process.stderr.read()


@pytest.mark.slow
def test_port_key_and_folder_have_defaults(run: Run, tmp_path: Path) -> None:
    address = printed_address(run())
    assert len(address.key) >= 30
    client = Client(address)
    assert len(client.names()) >= 24
    client.session.close()
    assert list((tmp_path / "home").rglob("files.sqlite"))


@pytest.mark.slow
def test_a_given_port_is_used(run: Run, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = printed_address(run("--port", str(port), "--dir", tmp_path / "files"))
    assert address.base_url == f"http://127.0.0.1:{port}/v1"


@pytest.mark.slow
def test_a_port_in_use_gives_one_sentence_and_exit_status_1(run: Run, tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        process = run("--port", str(port), "--dir", tmp_path / "files")
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    assert err == f"Port {port} is in use by another program. Choose another port.\n"


@pytest.mark.slow
def test_a_folder_that_is_a_file_gives_one_sentence_and_exit_status_1(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    process = run("--dir", tmp_path / "file")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert (out, err.count("\n")) == ("", 1)
    assert "can't use the folder" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["--port", "70000"], ["--port", "x"], ["--key", "two words"], ["--key", ""]]
)
def test_invalid_arguments_are_reported(run: Run, arguments: list[str]) -> None:
    process = run(*arguments)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "usage: filewharf sandbox" in err
