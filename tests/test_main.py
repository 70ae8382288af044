"""The command line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

import main
from services.system.version import __version__

ROOT = Path(main.__file__).parent


def test_no_arguments_are_needed() -> None:
    options = main.window_parser().parse_args([])
    assert (options.files, options.sandbox, options.data_dir, options.self_test) == (
        [],
        False,
        None,
        False,
    )


def test_files_and_options_are_parsed() -> None:
    options = main.window_parser().parse_args(
        ["--sandbox", "--data-dir", "here", "a b.jsonl", "c.txt"]
    )
    assert options.files == ["a b.jsonl", "c.txt"]
    assert options.sandbox
    assert options.data_dir == Path("here")


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"Filewharf {__version__}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("arguments", [["--version"], ["sandbox", "--help"]])
def test_core_dumps_are_disabled(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    resource = pytest.importorskip("resource")
    limits: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (7, 9))
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    with pytest.raises(SystemExit):
        main.main(arguments)
    assert limits == [(resource.RLIMIT_CORE, (0, 9))]


def test_an_unknown_option_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--nonsense"])
    assert ended.value.code == 2
    assert "--nonsense" in capsys.readouterr().err


def test_the_sandbox_command_runs_only_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["sandbox", "--help"])
    assert ended.value.code == 0
    assert "--port" in capsys.readouterr().out


@pytest.mark.slow
def test_an_unusable_data_folder_is_reported_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--data-dir", str(tmp_path / "file")],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert str(tmp_path / "file") in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["--self-test"], ["sandbox", "--help"], ["ls", "-h"]]
)
def test_an_output_on_a_full_disk_is_a_failure_with_a_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = run_main(arguments, full)
    assert done.returncode == 1
    assert done.stderr == "No space left on device.\n"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="pipes end in another way there")
def test_that_nobody_reads_the_help_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run_main(["--help"], writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def run_main(arguments: list[str], output: TextIO | int) -> subprocess.CompletedProcess[str]:
    """Run the program with its standard output in a file."""
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
