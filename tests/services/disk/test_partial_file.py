import errno
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.disk import unused_names
from services.disk.partial_file import PartialFile, discard_part, part_path, was_placed
from services.disk.unused_names import give_back_name, rename_in_one_step
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, ProblemKind
from tests.support.full_disk import fill_disk_under_partial_files

KEEP, REPLACE, SKIP = WhenTaken.KEEP_BOTH, WhenTaken.REPLACE, WhenTaken.SKIP


MARK = "0a1b2c3d"


def unnoted(_target: Path) -> None:
    """For tests that are not about a crash."""


def save(folder: Path, name: str, content: bytes, when_taken: WhenTaken = KEEP) -> Path:
    with PartialFile(folder, name, MARK) as partial:
        partial.write(content)
        return partial.place(when_taken, unnoted)


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
    refuse_links(monkeypatch)


def refuse_links(monkeypatch: pytest.MonkeyPatch, code: int = errno.EPERM) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def only_replacing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that knows neither hard links nor a rename that replaces nothing."""
    refuse_links(monkeypatch)
    monkeypatch.setattr(unused_names, "rename_in_one_step", lambda _path, _target: False)


def test_while_it_grows_the_target_is_not_there(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"one")
        partial.write(b"two")
        [beside] = tmp_path.iterdir()
        assert beside.name.startswith(".a.txt.")
        assert beside.name.endswith(".part")
        assert partial.place(KEEP, unnoted) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": b"onetwo"}


def test_a_folder_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    kind = problem_of(lambda: save(tmp_path / "folder", "a.txt", b"x"))
    assert kind is ProblemKind.FOLDER_MISSING
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt])
def test_whatever_goes_wrong_nothing_is_left(tmp_path: Path, trouble: type[BaseException]) -> None:
    with pytest.raises(trouble), PartialFile(tmp_path, "a.txt", MARK) as partial:  # noqa: PT012
        partial.write(b"half")
        raise trouble
    assert contents(tmp_path) == {}


def test_without_place_nothing_is_left(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"whole")
    assert contents(tmp_path) == {}


def test_the_longest_safe_name_has_room_for_all_around_it(tmp_path: Path) -> None:
    name = "a" * 235
    assert save(tmp_path, name, b"1").name == name
    assert save(tmp_path, name, b"2").name == name + " (2)"


def test_once_it_has_its_name_the_part_is_gone(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"12345")
        partial.place(KEEP, unnoted)
        assert contents(tmp_path) == {"a.txt": b"12345"}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="what is open is not told there")
def test_it_is_closed_before_it_gets_its_name(tmp_path: Path) -> None:
    """Windows gives no other name to a file that is open."""
    part = part_path(tmp_path, "a.txt", MARK)
    open_then: list[bool] = []

    def note(_target: Path) -> None:
        held = Path("/proc/self/fd").iterdir()
        open_then.append(any(os.path.realpath(one) == str(part) for one in held))

    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        note(part)
        partial.place(KEEP, note)
    assert open_then == [True, False]


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
        with PartialFile(folder, "a.txt", f"{index:08}") as partial:
            partial.write(b"%d" % index)
            start.wait(10)
            placed.append(partial.place(KEEP, unnoted))

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


@pytest.mark.parametrize("lacking", ["no_hard_links", "only_replacing"])
def test_nor_do_they_where_there_are_no_hard_links(
    tmp_path: Path, request: pytest.FixtureRequest, lacking: str
) -> None:
    request.getfixturevalue(lacking)
    (tmp_path / "a.txt").write_bytes(b"old")
    assert len(set(race(tmp_path, 16))) == 16
    assert len(set(contents(tmp_path).values())) == 17


@pytest.mark.usefixtures("only_replacing")
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
    refuse_links(monkeypatch, errno.ENOSYS)
    assert save(tmp_path, "a.txt", b"new").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems can't do it in one step")
def test_linux_renames_in_one_step_and_refuses_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "ü.txt").write_bytes(b"u")
    with pytest.raises(FileExistsError):
        rename_in_one_step(tmp_path / "a.txt", tmp_path / "ü.txt")
    with pytest.raises(FileNotFoundError):
        rename_in_one_step(tmp_path / "not there", tmp_path / "b.txt")
    assert contents(tmp_path) == {"a.txt": b"a", "ü.txt": b"u"}
    assert rename_in_one_step(tmp_path / "a.txt", tmp_path / "é.txt")
    assert contents(tmp_path) == {"é.txt": b"a", "ü.txt": b"u"}


def test_replace_puts_the_new_file_in_place_of_the_old(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    assert save(tmp_path, "a.txt", b"new", REPLACE) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": b"new"}


def test_replace_keeps_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    with pytest.raises(RuntimeError), PartialFile(tmp_path, "a.txt", MARK) as partial:  # noqa: PT012
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
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"new")
        (tmp_path / "a.txt").write_bytes(b"of somebody else")
        assert problem_of(lambda: partial.place(SKIP, unnoted)) is ProblemKind.NAME_TAKEN
    assert contents(tmp_path) == {"a.txt": b"of somebody else"}


def test_skip_saves_where_the_name_is_free(tmp_path: Path) -> None:
    assert save(tmp_path, "a.txt", b"new", SKIP).read_bytes() == b"new"


def test_a_folder_that_vanishes_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with PartialFile(folder, "a.txt", MARK) as partial:
        partial.write(b"new")
        folder.rename(tmp_path / "elsewhere")
        assert problem_of(lambda: partial.place(KEEP, unnoted)) is ProblemKind.FOLDER_MISSING
        (tmp_path / "elsewhere").rename(folder)
    assert contents(folder) == {}


@pytest.mark.parametrize("where", ["file", "file/inside"])
def test_a_folder_that_can_not_be_written_to_is_told_of(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"old")
    kind = problem_of(lambda: save(tmp_path / where, "a.txt", b"new"))
    assert kind is ProblemKind.FOLDER_UNWRITABLE
    assert contents(tmp_path) == {"file": b"old"}


def test_a_file_larger_than_the_disk_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.check_room(None)
        partial.check_room(1)
        assert problem_of(lambda: partial.check_room(2**60)) is ProblemKind.DISK_FULL


def test_a_file_that_just_fits_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=100))
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.check_room(100)
        assert problem_of(lambda: partial.check_room(101)) is ProblemKind.DISK_FULL


def test_a_disk_that_gets_full_is_told_of_and_nothing_is_left(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"half")
        assert fill_disk_under_partial_files() == 1
        assert problem_of(lambda: partial.write(b"the rest")) is ProblemKind.DISK_FULL
    assert contents(tmp_path) == {}


def test_a_write_that_takes_only_a_part_goes_on_with_the_rest(tmp_path: Path) -> None:
    # Up to the limit a write is shortened, after it it fails: in a process of its own.
    program = f"""
import pathlib, resource, signal
from services.problems.errors import FilesError
from services.disk.partial_file import PartialFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with PartialFile(pathlib.Path({str(tmp_path)!r}), "a.txt", "{MARK}") as partial:
        partial.write(bytes(999_999))
        partial.write(bytes(2))
except FilesError as error:
    print(error.problem.kind.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "DISK_FAILED\n"
    assert contents(tmp_path) == {}


# Going on, and what is known after a crash


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob(".*.part")}


def leave(folder: Path, content: bytes) -> None:
    """Write a part that stays."""
    with PartialFile(folder, "a.txt", MARK) as partial:
        partial.write(content)
        partial.keep(True)


def test_a_part_that_is_kept_can_be_gone_on_from(tmp_path: Path) -> None:
    leave(tmp_path, b"one")
    assert list(parts(tmp_path).values()) == [b"one"]
    with PartialFile(tmp_path, "a.txt", MARK, go_on=True) as partial:
        assert partial.written == 3
        partial.write(b"two")
        partial.place(KEEP, unnoted)
    assert contents(tmp_path) == {"a.txt": b"onetwo"}


def test_a_part_that_was_to_be_gone_on_from_stays_when_nothing_comes(tmp_path: Path) -> None:
    leave(tmp_path, b"one")
    with pytest.raises(RuntimeError), PartialFile(tmp_path, "a.txt", MARK, go_on=True):
        raise RuntimeError
    assert list(parts(tmp_path).values()) == [b"one"]
    discard_part(part_path(tmp_path, "a.txt", MARK))
    discard_part(part_path(tmp_path, "a.txt", MARK))
    assert contents(tmp_path) == {}


def test_without_going_on_a_part_begins_anew(tmp_path: Path) -> None:
    leave(tmp_path, b"a long one")
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        assert partial.written == 0
        partial.write(b"x")
        partial.place(KEEP, unnoted)
    assert contents(tmp_path) == {"a.txt": b"x"}


def test_what_was_there_can_be_dropped_in_the_middle(tmp_path: Path) -> None:
    leave(tmp_path, b"a long one")
    with PartialFile(tmp_path, "a.txt", MARK, go_on=True) as partial:
        partial.begin_anew()
        assert partial.written == 0
        partial.write(b"x")
        partial.place(KEEP, unnoted)
    assert contents(tmp_path) == {"a.txt": b"x"}


def test_going_on_without_a_part_begins_one(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK, go_on=True) as partial:
        assert partial.written == 0
        partial.write(b"x")
        partial.place(KEEP, unnoted)
    assert contents(tmp_path) == {"a.txt": b"x"}


@pytest.mark.parametrize("go_on", [True, False])
def test_a_link_in_place_of_the_part_is_not_followed(tmp_path: Path, go_on: bool) -> None:
    (tmp_path / "precious").write_bytes(b"old")
    part_path(tmp_path, "a.txt", MARK).symlink_to(tmp_path / "precious")
    try:
        with PartialFile(tmp_path, "a.txt", MARK, go_on=go_on) as partial:
            partial.write(b"new")
    except FilesError:
        assert go_on
    assert (tmp_path / "precious").read_bytes() == b"old"
    discard_part(part_path(tmp_path, "a.txt", MARK))


@pytest.mark.parametrize("lacking", [None, "no_hard_links", "only_replacing"])
def test_each_name_is_noted_before_it_is_taken(
    tmp_path: Path, lacking: str | None, request: pytest.FixtureRequest
) -> None:
    if lacking:
        request.getfixturevalue(lacking)
    (tmp_path / "a.txt").write_bytes(b"old")
    noted: list[tuple[str, bool]] = []

    def note(target: Path) -> None:
        noted.append((target.name, target.exists()))
        if len(noted) == 1:
            target.write_bytes(b"of somebody quicker")

    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"new")
        partial.place(KEEP, note)
    assert noted == [("a (2).txt", False), ("a (3).txt", False)]
    assert (tmp_path / "a (3).txt").read_bytes() == b"new"
    assert (tmp_path / "a (2).txt").read_bytes() == b"of somebody quicker"


# What is durable before what


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system is asked to do, in order."""
    done: list[str] = []
    fsync, link, replace, make = os.fsync, os.link, os.replace, os.open
    in_one_step = unused_names.rename_in_one_step

    def spy_fsync(descriptor: int) -> None:
        found = os.fstat(descriptor)
        is_folder = stat.S_ISDIR(found.st_mode)
        done.append("sync folder" if is_folder else f"sync {found.st_size} bytes")
        fsync(descriptor)

    def spy_link(source: Path, target: Path) -> None:
        done.append("link")
        link(source, target)

    def spy_replace(source: Path, target: Path) -> None:
        done.append("replace")
        replace(source, target)

    def spy_open(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_EXCL and Path(path).suffix == ".txt":
            done.append("take name")
        return make(path, flags, mode)

    def spy_rename(source: Path, target: Path) -> bool:
        done.append("rename in one step")
        return in_one_step(source, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "open", spy_open)
    monkeypatch.setattr(unused_names, "rename_in_one_step", spy_rename)
    monkeypatch.setattr(os, "link", spy_link)
    monkeypatch.setattr(os, "replace", spy_replace)
    return done


def test_content_is_on_the_disk_before_its_name_and_the_name_before_the_end(
    tmp_path: Path, steps: list[str]
) -> None:
    save(tmp_path, "a.txt", b"12345")
    assert steps == ["sync 5 bytes", "link", "sync folder"]
    steps.clear()
    save(tmp_path, "a.txt", b"123456", REPLACE)
    assert steps == ["sync 6 bytes", "replace", "sync folder"]


def test_the_same_holds_where_there_are_no_hard_links(
    tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_links(monkeypatch)
    save(tmp_path, "a.txt", b"12345")
    if sys.platform == "linux":
        # The name is never there without the content.
        assert steps == ["sync 5 bytes", "rename in one step", "sync folder"]
    monkeypatch.setattr(unused_names, "rename_in_one_step", lambda _path, _target: False)
    steps.clear()
    save(tmp_path, "b.txt", b"12345")
    assert steps == ["sync 5 bytes", "take name", "replace", "sync folder"]


def test_a_part_that_is_kept_is_on_the_disk(tmp_path: Path, steps: list[str]) -> None:
    leave(tmp_path, b"12345")
    assert steps == ["sync 5 bytes"]
    discard_part(part_path(tmp_path, "a.txt", MARK))


@pytest.mark.skipif(sys.platform != "linux", reason="only there the disk can be told so")
def test_the_disk_begins_to_write_while_more_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        os, "posix_fadvise", lambda _file, start, count, _advice: told.append((start, count))
    )
    eight = 8 * 1024 * 1024
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        for count in (eight - 1, 1, eight + 5, 1):
            partial.write(bytes(count))
    assert told == [(0, eight), (eight, eight + 5)]


def test_a_part_that_gets_no_name_goes_even_if_it_was_to_be_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.keep(True)
        partial.write(b"new")
        assert problem_of(lambda: partial.place(SKIP, unnoted)) is ProblemKind.NAME_TAKEN
    assert contents(tmp_path) == {"a.txt": b"old"}


def test_a_part_that_can_not_be_made_durable_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    leave(tmp_path, b"12345")
    assert contents(tmp_path) == {}


def test_content_that_can_not_be_made_durable_gets_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    assert problem_of(lambda: save(tmp_path, "a.txt", b"new")) is ProblemKind.DISK_FAILED
    assert contents(tmp_path) == {}


def crash_while_placing(folder: Path, when: str, when_taken: WhenTaken = KEEP) -> Path:
    """Leave what is there when the program is killed then; the name it was about to get."""
    target = folder / "a.txt"
    leave(folder, b"12345")
    part = part_path(folder, "a.txt", MARK)
    if when == "between link and unlink":
        os.link(part, target)
    elif when == "after it":
        part.replace(target)
    return target


@pytest.mark.parametrize(
    ("when", "placed"),
    [("before it", False), ("between link and unlink", True), ("after it", True)],
)
def test_after_a_crash_it_is_known_whether_a_file_got_its_name(
    tmp_path: Path, when: str, placed: bool
) -> None:
    target = crash_while_placing(tmp_path, when)
    part = part_path(tmp_path, "a.txt", MARK)
    assert was_placed(part, target, 5) is placed
    assert parts(tmp_path) == ({} if placed else {part.name: b"12345"})
    discard_part(part)


def test_an_old_file_of_that_name_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"older")
    leave(tmp_path, b"12345")
    part = part_path(tmp_path, "a.txt", MARK)
    assert not was_placed(part, tmp_path / "a.txt", 5)
    discard_part(part)
    assert not was_placed(part, tmp_path / "a.txt", 6)
    assert not was_placed(part, tmp_path / "not there", None)


@pytest.mark.parametrize(
    ("part", "target", "given_back"),
    [
        (b"12345", b"", True),
        (b"12345", b"x", False),  # of somebody else
        (None, b"", False),  # it has got its name, and is as empty as the server's
        (b"12345", None, False),
    ],
)
def test_a_name_that_a_crash_left_taken_is_given_back(
    tmp_path: Path, part: bytes | None, target: bytes | None, given_back: bool
) -> None:
    here = {"part": part, "a.txt": target}
    left = {name: content for name, content in here.items() if content is not None}
    for name, content in left.items():
        (tmp_path / name).write_bytes(content)
    give_back_name(tmp_path / "part", tmp_path / "a.txt")
    assert contents(tmp_path) == ({"part": part} if given_back else left)


def test_a_link_or_folder_is_no_name_that_was_taken(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"12345")
    (tmp_path / "empty").touch()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "link", tmp_path / "folder", None):
        give_back_name(tmp_path / "part", target)
    assert len(list(tmp_path.iterdir())) == 4


# Permissions


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002, 0o027])
@pytest.mark.parametrize("lacking", [None, "no_hard_links", "only_replacing"])
@pytest.mark.parametrize("when_taken", [KEEP, REPLACE])
def test_a_saved_file_has_the_permissions_of_any_new_file(
    tmp_path: Path,
    umask: int,
    lacking: str | None,
    when_taken: WhenTaken,
    request: pytest.FixtureRequest,
) -> None:
    if lacking:
        request.getfixturevalue(lacking)
    before = os.umask(umask)
    try:
        (tmp_path / "any").touch()
        saved = save(tmp_path, "a.txt", b"new", when_taken)
    finally:
        os.umask(before)
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE((tmp_path / "any").stat().st_mode)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o666 & ~umask


def test_the_mask_that_all_threads_share_is_never_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: list[int] = []
    monkeypatch.setattr(os, "umask", changes.append)
    save(tmp_path, "a.txt", b"new")
    assert changes == []
