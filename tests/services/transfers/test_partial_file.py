import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.api.errors import FilesError, ProblemKind
from services.file_commands import WhenTaken
from services.transfers.partial_file import PartialFile
from tests.support.full_disk import fill_disk_under_partial_files

KEEP, REPLACE, SKIP = WhenTaken.KEEP_BOTH, WhenTaken.REPLACE, WhenTaken.SKIP


def save(folder: Path, name: str, content: bytes, when_taken: WhenTaken = KEEP) -> Path:
    with PartialFile(folder, name) as partial:
        partial.write(content)
        return partial.place(when_taken)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def problem_of(act: Callable[[], object]) -> ProblemKind:
    with pytest.raises(FilesError) as caught:
        act()
    assert caught.value.problem.advice
    return caught.value.problem.kind


@pytest.fixture
def no_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an exFAT stick."""

    def refuse(*_arguments: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)


def test_while_it_grows_the_target_is_not_there(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt") as partial:
        partial.write(b"one")
        partial.write(b"two")
        [beside] = tmp_path.iterdir()
        assert beside.name.startswith(".a.txt.")
        assert beside.name.endswith(".part")
        assert partial.place(KEEP) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": b"onetwo"}


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    assert save(tmp_path / "new" / "folder", "a.txt", b"x").read_bytes() == b"x"


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt])
def test_whatever_goes_wrong_nothing_is_left(tmp_path: Path, trouble: type[BaseException]) -> None:
    with pytest.raises(trouble), PartialFile(tmp_path, "a.txt") as partial:  # noqa: PT012
        partial.write(b"half")
        raise trouble
    assert contents(tmp_path) == {}


def test_without_place_nothing_is_left(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt") as partial:
        partial.write(b"whole")
    assert contents(tmp_path) == {}


def test_the_longest_safe_name_has_room_for_all_around_it(tmp_path: Path) -> None:
    name = "a" * 235
    assert save(tmp_path, name, b"1").name == name
    assert save(tmp_path, name, b"2").name == name + " (2)"


def test_keep_both_gives_each_the_next_free_name(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"old")
    (tmp_path / "a (2).tar.gz").mkdir()
    assert save(tmp_path, "a.tar.gz", b"new") == tmp_path / "a (3).tar.gz"
    assert (tmp_path / "a.tar.gz").read_bytes() == b"old"


def test_a_link_to_nowhere_counts_as_taken(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "elsewhere")
    assert save(tmp_path, "a.txt", b"new") == tmp_path / "a (2).txt"
    assert not (tmp_path / "elsewhere").exists()


def race(folder: Path, number: int) -> list[Path]:
    start = threading.Barrier(number)
    placed: list[Path] = []

    def one(index: int) -> None:
        with PartialFile(folder, "a.txt") as partial:
            partial.write(b"%d" % index)
            start.wait(10)
            placed.append(partial.place(KEEP))

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return placed


def test_downloads_that_end_at_once_never_replace_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    placed = race(tmp_path, 16)
    assert len(set(placed)) == 16
    assert sorted(contents(tmp_path).values()) == sorted(
        [b"old", *(b"%d" % index for index in range(16))]
    )


@pytest.mark.usefixtures("no_hard_links")
def test_nor_do_they_where_there_are_no_hard_links(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    assert len(set(race(tmp_path, 16))) == 16
    assert len(set(contents(tmp_path).values())) == 17


@pytest.mark.usefixtures("no_hard_links")
def test_a_rename_that_fails_leaves_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> Path:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "replace", refuse)
    assert problem_of(lambda: save(tmp_path, "a.txt", b"new")) is ProblemKind.DISK_FAILED
    assert contents(tmp_path) == {}


def test_a_file_system_that_knows_no_links_at_all_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(os, "link", refuse)
    assert save(tmp_path, "a.txt", b"new").read_bytes() == b"new"


def test_replace_puts_the_new_file_in_place_of_the_old(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    assert save(tmp_path, "a.txt", b"new", REPLACE) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": b"new"}


def test_replace_keeps_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    with pytest.raises(RuntimeError), PartialFile(tmp_path, "a.txt") as partial:  # noqa: PT012
        partial.write(b"new")
        raise RuntimeError
    assert contents(tmp_path) == {"a.txt": b"old"}


def test_replace_leaves_a_folder_of_that_name_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.txt" / "inside").touch()
    assert problem_of(lambda: save(tmp_path, "a.txt", b"new", REPLACE)) is ProblemKind.DISK_FAILED
    assert (tmp_path / "a.txt" / "inside").exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_skip_leaves_a_file_that_appeared_meanwhile_alone(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt") as partial:
        partial.write(b"new")
        (tmp_path / "a.txt").write_bytes(b"of somebody else")
        assert problem_of(lambda: partial.place(SKIP)) is ProblemKind.NAME_TAKEN
    assert contents(tmp_path) == {"a.txt": b"of somebody else"}


def test_skip_saves_where_the_name_is_free(tmp_path: Path) -> None:
    assert save(tmp_path, "a.txt", b"new", SKIP).read_bytes() == b"new"


def test_a_folder_that_vanishes_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with PartialFile(folder, "a.txt") as partial:
        partial.write(b"new")
        folder.rename(tmp_path / "elsewhere")
        assert problem_of(lambda: partial.place(KEEP)) is ProblemKind.FOLDER_UNWRITABLE
        (tmp_path / "elsewhere").rename(folder)
    assert contents(folder) == {}


@pytest.mark.parametrize("where", ["file", "file/inside", "/proc/nowhere", "/sys/nowhere"])
def test_a_folder_that_can_not_be_written_to_is_told_of(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"old")
    kind = problem_of(lambda: save(tmp_path / where, "a.txt", b"new"))
    assert kind is ProblemKind.FOLDER_UNWRITABLE
    assert contents(tmp_path) == {"file": b"old"}


def test_a_file_larger_than_the_disk_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt") as partial:
        partial.check_room(None)
        partial.check_room(1)
        assert problem_of(lambda: partial.check_room(2**60)) is ProblemKind.DISK_FULL


def test_a_disk_that_gets_full_is_told_of_and_nothing_is_left(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt") as partial:
        partial.write(b"half")
        assert fill_disk_under_partial_files() == 1
        assert problem_of(lambda: partial.write(b"the rest")) is ProblemKind.DISK_FULL
    assert contents(tmp_path) == {}


def test_a_write_that_takes_only_a_part_goes_on_with_the_rest(tmp_path: Path) -> None:
    # Up to the limit a write is shortened, after it it fails: in a process of its own.
    program = f"""
import pathlib, resource, signal
from services.api.errors import FilesError
from services.transfers.partial_file import PartialFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with PartialFile(pathlib.Path({str(tmp_path)!r}), "a.txt") as partial:
        partial.write(bytes(999_999))
        partial.check_size(999_999)
        partial.write(bytes(2))
except FilesError as error:
    print(error.problem.kind.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "DISK_FAILED\n"
    assert contents(tmp_path) == {}


def test_the_size_must_be_what_was_promised(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt") as partial:
        partial.write(b"12345")
        partial.check_size(None)
        partial.check_size(5)
        with pytest.raises(FilesError, match="Only a part"):
            partial.check_size(6)
        with pytest.raises(FilesError, match="More came"):
            partial.check_size(4)
