import subprocess
import sys
from pathlib import Path

import pytest

from services.system.program_lock import ProgramLock

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys
from pathlib import Path
from services.system.program_lock import ProgramLock

lock = ProgramLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
lock.write_address("here")
sys.stdin.read()
"""


def test_only_one_process_takes_it_and_a_killed_one_loses_it(tmp_path: Path) -> None:
    lock = ProgramLock(tmp_path / "own")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "own")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert not lock.take()
        other.kill()
        other.wait()
    assert lock.take()
    lock.release()


def test_the_address_of_the_one_before_can_be_read(tmp_path: Path) -> None:
    ours, other = ProgramLock(tmp_path), ProgramLock(tmp_path)
    assert other.read_address() == ""
    ours.write_address("/somewhere")
    assert other.read_address() == "/somewhere"
    ours.write_address("")
    assert other.read_address() == ""


def test_a_released_lock_can_be_taken(tmp_path: Path) -> None:
    first, second = ProgramLock(tmp_path), ProgramLock(tmp_path)
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_other_users_can_open_neither_the_folder_nor_the_files(tmp_path: Path) -> None:
    lock = ProgramLock(tmp_path / "own")
    assert lock.take()
    lock.write_address("/somewhere")
    paths = (tmp_path / "own", *(tmp_path / "own").iterdir())
    assert {path.stat().st_mode & 0o077 for path in paths} == {0}
    lock.release()


@pytest.mark.parametrize("content", [b"\xff\xfe", b""])
def test_a_damaged_address_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "program.address").write_bytes(content)
    assert ProgramLock(tmp_path).read_address() == ""


def test_where_nothing_can_be_written_the_program_starts_anyway(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ProgramLock(tmp_path / "file" / "below").take()
