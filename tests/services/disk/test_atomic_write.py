"""Files are written completely or not at all."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from services.disk import atomic_write
from services.disk.atomic_write import write_atomically, writing_atomically
from services.problems.errors import FilesError, ProblemKind
from tests.support.full_disk import fill_disk_under_partial_files


@pytest.fixture(params=["unnamed", "named"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the file has a name while it is written."""
    if request.param == "named":
        monkeypatch.setattr(atomic_write, "_open_unnamed", lambda _folder: None)
    return str(request.param)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize("old", [None, b"older and longer"])
def test_it_creates_or_replaces_a_file(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "a.csv"
    if old is not None:
        path.write_bytes(old)
    write_atomically(path, [b"one", b"", b"two"])
    assert contents(tmp_path) == {"a.csv": b"onetwo"}


@pytest.mark.usefixtures("mode")
def test_the_file_has_default_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a.csv", [b"x"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


@pytest.mark.usefixtures("mode")
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc to list open files")
def test_no_file_is_left_open(tmp_path: Path) -> None:
    for _time in range(2):  # creates the file, then replaces it
        write_atomically(tmp_path / "a.csv", [b"x"])
        open_files = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
        assert not [one for one in open_files if one.startswith(str(tmp_path))]


@pytest.mark.usefixtures("mode")
def test_a_link_is_kept_and_its_target_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "a.csv").symlink_to("real.csv")
    write_atomically(tmp_path / "a.csv", [b"new"])
    assert (tmp_path / "a.csv").is_symlink()
    assert contents(tmp_path) == {"a.csv": b"new", "real.csv": b"new"}


@pytest.mark.usefixtures("mode")
def test_a_full_disk_leaves_only_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        assert fill_disk_under_partial_files(tmp_path) == 1
        yield b"the rest"

    with pytest.raises(FilesError) as caught:
        write_atomically(tmp_path / "a.csv", pieces())
    assert caught.value.problem.kind is ProblemKind.DISK_FULL
    assert contents(tmp_path) == {"a.csv": b"old"}


@pytest.mark.usefixtures("mode")
def test_any_failure_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_atomically(tmp_path / "a.csv", pieces())
    assert contents(tmp_path) == {"a.csv": b"old"}


@pytest.mark.usefixtures("mode")
def test_a_file_written_piece_by_piece_is_there_after_the_block(tmp_path: Path) -> None:
    with writing_atomically(tmp_path / "a.csv") as write:
        write(b"one")
        write(b"two")
        assert not (tmp_path / "a.csv").exists()
    assert contents(tmp_path) == {"a.csv": b"onetwo"}


@pytest.mark.usefixtures("mode")
def test_a_generator_that_is_closed_while_it_writes_leaves_nothing(tmp_path: Path) -> None:
    def writing() -> Generator[None]:
        with writing_atomically(tmp_path / "a.csv") as write:
            write(b"half")
            yield

    steps = writing()
    next(steps)
    steps.close()
    assert contents(tmp_path) == {}


@pytest.mark.usefixtures("mode")
def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.csv" / "inside").mkdir(parents=True)
    with pytest.raises(FilesError):
        write_atomically(tmp_path / "a.csv", [b"new"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv" / "inside").exists()


@pytest.mark.usefixtures("mode")
def test_a_missing_folder_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(FilesError) as caught:
        write_atomically(tmp_path / "gone" / "a.csv", [b"new"])
    assert caught.value.problem.kind is ProblemKind.FOLDER_MISSING
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_killed_process_leaves_nothing_behind(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "a.csv"
    if old is not None:
        path.write_bytes(old)
    program = f"""
import os, pathlib, signal
from services.disk.atomic_write import write_atomically, writing_atomically

def pieces():
    yield b"half"
    os.kill(os.getpid(), signal.SIGKILL)

write_atomically(pathlib.Path({str(path)!r}), pieces())
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(tmp_path) == ({} if old is None else {"a.csv": old})


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize("old", [None, b"old"])
def test_the_content_is_synced_before_the_rename(
    tmp_path: Path, old: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    if old is not None:
        path.write_bytes(old)
    steps: list[str] = []
    fsync = os.fsync

    def spy(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        now = path.read_bytes() if path.exists() else None
        steps.append(f"{'folder' if is_folder else 'file'} with {now!r} there")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    write_atomically(path, [b"new"])
    assert steps == [f"file with {old!r} there", "folder with b'new' there"]
