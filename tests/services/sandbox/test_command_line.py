import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

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

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, *arguments],
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.PIPE,
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


def read_until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or "Ctrl-C" not in lines[-1]:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        lines.append(line.rstrip("\n"))
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_exits_cleanly(
    run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    process = run("--key", "sk-mine", "--dir", tmp_path / "files")
    lines = read_until_ready(process)
    base_url = lines[0].split()[-1]
    assert lines[1] == "API key: sk-mine"
    assert f"export OPENAI_BASE_URL={base_url} OPENAI_API_KEY=sk-mine" in lines
    with openai.OpenAI(base_url=base_url, api_key="sk-mine", max_retries=0) as sdk:
        assert len(list(sdk.files.list())) >= 24
        made = sdk.files.create(file=("a.txt", b"hello"), purpose="vision")
        assert (tmp_path / "files" / "content" / made.id).read_bytes() == b"hello"
        process.send_signal(number)
        assert process.wait(10) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


@pytest.mark.slow
def test_port_key_and_folder_have_defaults(run: Run, tmp_path: Path) -> None:
    process = run()
    lines = read_until_ready(process)
    match = re.fullmatch(
        r"export OPENAI_BASE_URL=(http://127\.0\.0\.1:\d+/v1) OPENAI_API_KEY=(\S{30,})", lines[4]
    )
    assert match is not None
    client = Client(SandboxAddress(match[1], match[2]))
    assert len(client.names()) >= 24
    client.session.close()
    assert list((tmp_path / "home").rglob("files.sqlite"))


@pytest.mark.slow
def test_a_given_port_is_used(run: Run, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = read_until_ready(run("--port", str(port), "--dir", tmp_path / "files"))
    assert lines[0].endswith(f"http://127.0.0.1:{port}/v1")


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
