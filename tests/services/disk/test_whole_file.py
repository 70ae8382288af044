"""Files that are written whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.disk import whole_file
from services.disk.whole_file import write_whole
from services.problems.errors import FilesError, ProblemKind
from tests.support.full_disk import fill_disk_under_partial_files


@pytest.fixture(params=["without a name", "beside"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How it is written before it is whole."""
    if request.param == "beside":
        monkeypatch.setattr(whole_file, "_open_without_name", lambda _folder: None)
    return str(request.param)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("older", [None, b"older and longer"])
def test_it_takes_the_place_of_an_older_one(tmp_path: Path, older: bytes | None) -> None:
    path = tmp_path / "a.csv"
    if older is not None:
        path.write_bytes(older)
    write_whole(path, [b"one", b"", b"two"])
    assert contents(tmp_path) == {"a.csv": b"onetwo"}


@pytest.mark.usefixtures("way")
def test_it_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a.csv", [b"x"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


@pytest.mark.usefixtures("way")
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="what is open is not told there")
def test_nothing_stays_open(tmp_path: Path) -> None:
    for _time in range(2):  # as a new file, and in place of an older one
        write_whole(tmp_path / "a.csv", [b"x"])
        held = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
        assert not [one for one in held if one.startswith(str(tmp_path))]


@pytest.mark.usefixtures("way")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "a.csv").symlink_to("real.csv")
    write_whole(tmp_path / "a.csv", [b"new"])
    assert (tmp_path / "a.csv").is_symlink()
    assert contents(tmp_path) == {"a.csv": b"new", "real.csv": b"new"}


@pytest.mark.usefixtures("way")
def test_a_full_disk_leaves_the_older_one_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        assert fill_disk_under_partial_files(tmp_path) == 1
        yield b"the rest"

    with pytest.raises(FilesError) as caught:
        write_whole(tmp_path / "a.csv", pieces())
    assert caught.value.problem.kind is ProblemKind.DISK_FULL
    assert contents(tmp_path) == {"a.csv": b"old"}


@pytest.mark.usefixtures("way")
def test_whatever_goes_wrong_the_older_one_stays(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_whole(tmp_path / "a.csv", pieces())
    assert contents(tmp_path) == {"a.csv": b"old"}


@pytest.mark.usefixtures("way")
def test_a_folder_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv" / "inside").mkdir(parents=True)
    with pytest.raises(FilesError):
        write_whole(tmp_path / "a.csv", [b"new"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv" / "inside").exists()


@pytest.mark.usefixtures("way")
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FilesError) as caught:
        write_whole(tmp_path / "gone" / "a.csv", [b"new"])
    assert caught.value.problem.kind is ProblemKind.FOLDER_MISSING
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("older", [None, b"old"])
def test_a_killed_program_leaves_no_part(tmp_path: Path, older: bytes | None) -> None:
    path = tmp_path / "a.csv"
    if older is not None:
        path.write_bytes(older)
    program = f"""
import os, pathlib, signal
from services.disk.whole_file import write_whole

def pieces():
    yield b"half"
    os.kill(os.getpid(), signal.SIGKILL)

write_whole(pathlib.Path({str(path)!r}), pieces())
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(tmp_path) == ({} if older is None else {"a.csv": older})


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("older", [None, b"old"])
def test_content_is_on_the_disk_before_its_name(
    tmp_path: Path, older: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    if older is not None:
        path.write_bytes(older)
    steps: list[str] = []
    fsync = os.fsync

    def spy(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        now = path.read_bytes() if path.exists() else None
        steps.append(f"{'folder' if is_folder else 'file'} with {now!r} there")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    write_whole(path, [b"new"])
    assert steps == [f"file with {older!r} there", "folder with b'new' there"]
