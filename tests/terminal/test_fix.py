"""`filewharf fix` fixes what is safe to fix, and loses nothing."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from ui.terminal.command_line import run

GOOD = (
    '{"custom_id": "%s", "method": "POST", "url": "/v1/chat/completions",'
    ' "body": {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}}'
)
FIRST, SECOND = GOOD % 1, GOOD % 2
BROKEN = f"\ufeff{FIRST}\r\n\r\n{SECOND}\n".encode()
FIXED = f"{FIRST}\n{SECOND}\n".encode()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(BROKEN)
    return path


def test_a_fixed_copy_is_written_next_to_the_file(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fix", "--purpose", "batch", str(broken)]) == 0
    out, err = capsys.readouterr()
    assert {line.partition(": fixed: ")[0] for line in out.splitlines()} == {
        f"{broken}:1:1",
        f"{broken}:2:1",
    }
    copy = broken.with_name("requests (fixed).jsonl")
    assert str(copy) in err
    assert copy.read_bytes() == FIXED
    assert broken.read_bytes() == BROKEN


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_in_place_the_file_itself_is_replaced_and_keeps_its_permissions(broken: Path) -> None:
    broken.chmod(0o640)
    assert run(["fix", "--purpose", "batch", "--in-place", str(broken)]) == 0
    assert broken.read_bytes() == FIXED
    assert stat.S_IMODE(broken.stat().st_mode) == 0o640
    assert list(broken.parent.iterdir()) == [broken]


def test_copies_can_go_to_a_folder_and_replace_nothing(broken: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / broken.name).write_text("mine")
    assert run(["fix", "--purpose", "batch", "--to", str(folder), str(broken)]) == 0
    assert (folder / broken.name).read_text() == "mine"
    (copy,) = set(folder.iterdir()) - {folder / broken.name}
    assert copy.read_bytes() == FIXED


def test_what_is_left_to_correct_is_an_error(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.write_bytes(BROKEN + b'{"custom_id": "1"}\n')
    assert run(["fix", "--purpose", "batch", "--json", "--in-place", str(broken)]) == 1
    results = json.loads(capsys.readouterr().out)
    assert {one["severity"] for one in results} == {"fixed", "error"}
    assert {one["path"] for one in results} == {str(broken)}
    assert {one["line"] for one in results if one["severity"] == "error"} == {3}


def test_a_file_without_faults_is_left_alone(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.write_bytes(FIXED)
    assert run(["fix", "--purpose", "batch", str(broken)]) == 0
    assert capsys.readouterr() == ("", "")
    assert list(broken.parent.iterdir()) == [broken]


def test_only_the_paths_of_fixed_files_are_printed_if_wanted(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.write_bytes(BROKEN + b"{bad\n")
    assert run(["fix", "--purpose", "batch", "--quiet", "--in-place", str(broken)]) == 1
    out, err = capsys.readouterr()
    assert out == f"{broken}\n"
    assert f"{broken}:3:2: error: " in err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("where", [[], ["--in-place"]])
def test_without_space_nothing_is_changed_or_left(
    broken: Path, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    import resource
    import signal

    broken.write_bytes(BROKEN * 1000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        code = run(["fix", "--purpose", "batch", *where, str(broken)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)
    assert code == 1
    assert "requests" in capsys.readouterr().err
    assert list(broken.parent.iterdir()) == [broken]
    assert broken.read_bytes() == BROKEN * 1000


def test_copies_and_in_place_exclude_each_other(broken: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["fix", "--in-place", "--to", str(broken.parent), str(broken)])
    assert ended.value.code == 2
