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

from services.disk import safe_rename
from services.disk.partial_file import PartialFile, part_path, remove_part, was_finished
from services.disk.safe_rename import remove_placeholder, rename_atomically
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, ProblemKind
from tests.support.full_disk import fill_disk_under_partial_files

KEEP, REPLACE, SKIP = WhenTaken.KEEP_BOTH, WhenTaken.REPLACE, WhenTaken.SKIP


MARK = "0a1b2c3d"


def ignore(_target: Path) -> None:
    """Stand in for `before_rename` where a test isn't about crashes."""


def save(folder: Path, name: str, content: bytes, when_taken: WhenTaken = KEEP) -> Path:
    with PartialFile(folder, name, MARK) as partial:
        partial.write(content)
        return partial.finish(when_taken, ignore)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def problem_of(act: Callable[[], object]) -> ProblemKind:
    with pytest.raises(FilesError) as caught:
        act()
    assert caught.value.problem.advice
    return caught.value.problem.kind


@pytest.fixture
def no_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links, such as exFAT."""
    refuse_links(monkeypatch)


def refuse_links(monkeypatch: pytest.MonkeyPatch, code: int = errno.EPERM) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def no_atomic_rename(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system with neither hard links nor a no-replace rename."""
    refuse_links(monkeypatch)
    monkeypatch.setattr(safe_rename, "rename_atomically", lambda _path, _target: False)


def test_the_target_does_not_exist_during_the_download(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"one")
        partial.write(b"two")
        [part] = tmp_path.iterdir()
        assert part.name.startswith(".a.txt.")
        assert part.name.endswith(".part")
        assert partial.finish(KEEP, ignore) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": b"onetwo"}


def test_a_missing_folder_is_not_created(tmp_path: Path) -> None:
    kind = problem_of(lambda: save(tmp_path / "folder", "a.txt", b"x"))
    assert kind is ProblemKind.FOLDER_MISSING
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt])
def test_any_failure_deletes_the_part(tmp_path: Path, trouble: type[BaseException]) -> None:
    with pytest.raises(trouble), PartialFile(tmp_path, "a.txt", MARK) as partial:  # noqa: PT012
        partial.write(b"half")
        raise trouble
    assert contents(tmp_path) == {}


def test_without_finish_the_part_is_deleted(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"whole")
    assert contents(tmp_path) == {}


def test_the_longest_safe_name_leaves_room_for_the_part_and_a_number(tmp_path: Path) -> None:
    name = "a" * 235
    assert save(tmp_path, name, b"1").name == name
    assert save(tmp_path, name, b"2").name == name + " (2)"


def test_finishing_leaves_no_part(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"12345")
        partial.finish(KEEP, ignore)
        assert contents(tmp_path) == {"a.txt": b"12345"}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc to list open files")
def test_the_part_is_closed_before_it_is_renamed(tmp_path: Path) -> None:
    """Windows can't rename an open file."""
    part = part_path(tmp_path, "a.txt", MARK)
    was_open: list[bool] = []

    def note(_target: Path) -> None:
        open_files = Path("/proc/self/fd").iterdir()
        was_open.append(any(os.path.realpath(one) == str(part) for one in open_files))

    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        note(part)
        partial.finish(KEEP, note)
    assert was_open == [True, False]


def test_keep_both_picks_the_next_free_name(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"old")
    (tmp_path / "a (2).tar.gz").mkdir()
    assert save(tmp_path, "a.tar.gz", b"new") == tmp_path / "a (3).tar.gz"
    assert (tmp_path / "a.tar.gz").read_bytes() == b"old"


def test_a_dangling_link_counts_as_taken(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "elsewhere")
    assert save(tmp_path, "a.txt", b"new") == tmp_path / "a (2).txt"
    assert not (tmp_path / "elsewhere").exists()


def race(folder: Path, number: int) -> list[Path]:
    start = threading.Barrier(number)
    saved: list[Path] = []

    def download(index: int) -> None:
        with PartialFile(folder, "a.txt", f"{index:08}") as partial:
            partial.write(b"%d" % index)
            start.wait(10)
            saved.append(partial.finish(KEEP, ignore))

    threads = [threading.Thread(target=download, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return saved


def test_simultaneous_downloads_never_replace_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    saved = race(tmp_path, 16)
    assert len(set(saved)) == 16
    assert sorted(contents(tmp_path).values()) == sorted(
        [b"old", *(b"%d" % index for index in range(16))]
    )


@pytest.mark.parametrize("lacking", ["no_hard_links", "no_atomic_rename"])
def test_simultaneous_downloads_never_replace_each_other_without_hard_links(
    tmp_path: Path, request: pytest.FixtureRequest, lacking: str
) -> None:
    request.getfixturevalue(lacking)
    (tmp_path / "a.txt").write_bytes(b"old")
    assert len(set(race(tmp_path, 16))) == 16
    assert len(set(contents(tmp_path).values())) == 17


@pytest.mark.usefixtures("no_atomic_rename")
def test_a_failed_rename_leaves_no_placeholder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> Path:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "replace", refuse)
    assert problem_of(lambda: save(tmp_path, "a.txt", b"new")) is ProblemKind.DISK_FAILED
    assert contents(tmp_path) == {}


def test_saving_works_on_a_file_system_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_links(monkeypatch, errno.ENOSYS)
    assert save(tmp_path, "a.txt", b"new").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such call")
def test_linux_renames_atomically_and_rejects_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "ü.txt").write_bytes(b"u")
    with pytest.raises(FileExistsError):
        rename_atomically(tmp_path / "a.txt", tmp_path / "ü.txt")
    with pytest.raises(FileNotFoundError):
        rename_atomically(tmp_path / "not there", tmp_path / "b.txt")
    assert contents(tmp_path) == {"a.txt": b"a", "ü.txt": b"u"}
    assert rename_atomically(tmp_path / "a.txt", tmp_path / "é.txt")
    assert contents(tmp_path) == {"é.txt": b"a", "ü.txt": b"u"}


def test_replace_replaces_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    assert save(tmp_path, "a.txt", b"new", REPLACE) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": b"new"}


def test_replace_keeps_the_old_file_until_the_new_one_is_complete(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    with pytest.raises(RuntimeError), PartialFile(tmp_path, "a.txt", MARK) as partial:  # noqa: PT012
        partial.write(b"new")
        raise RuntimeError
    assert contents(tmp_path) == {"a.txt": b"old"}


def test_replace_never_replaces_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.txt" / "inside").touch()
    assert problem_of(lambda: save(tmp_path, "a.txt", b"new", REPLACE)) is ProblemKind.DISK_FAILED
    assert (tmp_path / "a.txt" / "inside").exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_skip_keeps_a_file_that_appeared_during_the_download(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"new")
        (tmp_path / "a.txt").write_bytes(b"from another program")
        assert problem_of(lambda: partial.finish(SKIP, ignore)) is ProblemKind.NAME_TAKEN
    assert contents(tmp_path) == {"a.txt": b"from another program"}


def test_skip_saves_if_the_name_is_free(tmp_path: Path) -> None:
    assert save(tmp_path, "a.txt", b"new", SKIP).read_bytes() == b"new"


def test_a_folder_that_disappears_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with PartialFile(folder, "a.txt", MARK) as partial:
        partial.write(b"new")
        folder.rename(tmp_path / "elsewhere")
        assert problem_of(lambda: partial.finish(KEEP, ignore)) is ProblemKind.FOLDER_MISSING
        (tmp_path / "elsewhere").rename(folder)
    assert contents(folder) == {}


@pytest.mark.parametrize("where", ["file", "file/inside"])
def test_an_unwritable_folder_is_an_error(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"old")
    kind = problem_of(lambda: save(tmp_path / where, "a.txt", b"new"))
    assert kind is ProblemKind.FOLDER_UNWRITABLE
    assert contents(tmp_path) == {"file": b"old"}


def test_a_file_larger_than_the_disk_is_rejected_up_front(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.check_free_space(None)
        partial.check_free_space(1)
        assert problem_of(lambda: partial.check_free_space(2**60)) is ProblemKind.DISK_FULL


def test_a_file_that_just_fits_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=100))
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.check_free_space(100)
        assert problem_of(lambda: partial.check_free_space(101)) is ProblemKind.DISK_FULL


def test_a_full_disk_is_an_error_and_deletes_the_part(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"half")
        assert fill_disk_under_partial_files() == 1
        assert problem_of(lambda: partial.write(b"the rest")) is ProblemKind.DISK_FULL
    assert contents(tmp_path) == {}


def test_a_short_write_is_completed(tmp_path: Path) -> None:
    # A write that crosses the size limit is short, and the next one fails. The limit applies to a
    # whole process, so this needs its own.
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


# Resuming, and recovering from a crash


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob(".*.part")}


def leave(folder: Path, content: bytes) -> None:
    """Write a part and keep it."""
    with PartialFile(folder, "a.txt", MARK) as partial:
        partial.write(content)
        partial.keep_on_exit(True)


def test_a_kept_part_can_be_resumed(tmp_path: Path) -> None:
    leave(tmp_path, b"one")
    assert list(parts(tmp_path).values()) == [b"one"]
    with PartialFile(tmp_path, "a.txt", MARK, resume=True) as partial:
        assert partial.written == 3
        partial.write(b"two")
        partial.finish(KEEP, ignore)
    assert contents(tmp_path) == {"a.txt": b"onetwo"}


def test_a_resumed_part_stays_if_nothing_arrives(tmp_path: Path) -> None:
    leave(tmp_path, b"one")
    with pytest.raises(RuntimeError), PartialFile(tmp_path, "a.txt", MARK, resume=True):
        raise RuntimeError
    assert list(parts(tmp_path).values()) == [b"one"]
    remove_part(part_path(tmp_path, "a.txt", MARK))
    remove_part(part_path(tmp_path, "a.txt", MARK))
    assert contents(tmp_path) == {}


def test_without_resume_an_old_part_is_discarded(tmp_path: Path) -> None:
    leave(tmp_path, b"a long one")
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        assert partial.written == 0
        partial.write(b"x")
        partial.finish(KEEP, ignore)
    assert contents(tmp_path) == {"a.txt": b"x"}


def test_a_resumed_part_can_be_truncated(tmp_path: Path) -> None:
    leave(tmp_path, b"a long one")
    with PartialFile(tmp_path, "a.txt", MARK, resume=True) as partial:
        partial.truncate()
        assert partial.written == 0
        partial.write(b"x")
        partial.finish(KEEP, ignore)
    assert contents(tmp_path) == {"a.txt": b"x"}


def test_resuming_without_a_part_creates_one(tmp_path: Path) -> None:
    with PartialFile(tmp_path, "a.txt", MARK, resume=True) as partial:
        assert partial.written == 0
        partial.write(b"x")
        partial.finish(KEEP, ignore)
    assert contents(tmp_path) == {"a.txt": b"x"}


@pytest.mark.parametrize("resume", [True, False])
def test_a_link_in_place_of_the_part_is_not_followed(tmp_path: Path, resume: bool) -> None:
    (tmp_path / "precious").write_bytes(b"old")
    part_path(tmp_path, "a.txt", MARK).symlink_to(tmp_path / "precious")
    try:
        with PartialFile(tmp_path, "a.txt", MARK, resume=resume) as partial:
            partial.write(b"new")
    except FilesError:
        assert resume
    assert (tmp_path / "precious").read_bytes() == b"old"
    remove_part(part_path(tmp_path, "a.txt", MARK))


@pytest.mark.parametrize("lacking", [None, "no_hard_links", "no_atomic_rename"])
def test_each_name_is_reported_before_it_is_tried(
    tmp_path: Path, lacking: str | None, request: pytest.FixtureRequest
) -> None:
    if lacking:
        request.getfixturevalue(lacking)
    (tmp_path / "a.txt").write_bytes(b"old")
    noted: list[tuple[str, bool]] = []

    def note(target: Path) -> None:
        noted.append((target.name, target.exists()))
        if len(noted) == 1:
            target.write_bytes(b"from another program")

    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.write(b"new")
        partial.finish(KEEP, note)
    assert noted == [("a (2).txt", False), ("a (3).txt", False)]
    assert (tmp_path / "a (3).txt").read_bytes() == b"new"
    assert (tmp_path / "a (2).txt").read_bytes() == b"from another program"


# The order of syncing


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The system calls made, in order."""
    done: list[str] = []
    fsync, link, replace, make = os.fsync, os.link, os.replace, os.open
    rename = safe_rename.rename_atomically

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
            done.append("create placeholder")
        return make(path, flags, mode)

    def spy_rename(source: Path, target: Path) -> bool:
        done.append("rename")
        return rename(source, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "open", spy_open)
    monkeypatch.setattr(safe_rename, "rename_atomically", spy_rename)
    monkeypatch.setattr(os, "link", spy_link)
    monkeypatch.setattr(os, "replace", spy_replace)
    return done


def test_the_content_is_synced_before_the_rename_and_the_folder_after_it(
    tmp_path: Path, steps: list[str]
) -> None:
    save(tmp_path, "a.txt", b"12345")
    assert steps == ["sync 5 bytes", "link", "sync folder"]
    steps.clear()
    save(tmp_path, "a.txt", b"123456", REPLACE)
    assert steps == ["sync 6 bytes", "replace", "sync folder"]


def test_syncing_keeps_its_order_without_hard_links(
    tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_links(monkeypatch)
    save(tmp_path, "a.txt", b"12345")
    if sys.platform == "linux":
        # The name never exists without the content.
        assert steps == ["sync 5 bytes", "rename", "sync folder"]
    monkeypatch.setattr(safe_rename, "rename_atomically", lambda _path, _target: False)
    steps.clear()
    save(tmp_path, "b.txt", b"12345")
    assert steps == ["sync 5 bytes", "create placeholder", "replace", "sync folder"]


def test_a_kept_part_is_synced(tmp_path: Path, steps: list[str]) -> None:
    leave(tmp_path, b"12345")
    assert steps == ["sync 5 bytes"]
    remove_part(part_path(tmp_path, "a.txt", MARK))


@pytest.mark.skipif(sys.platform != "linux", reason="needs posix_fadvise")
def test_written_data_is_flushed_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[int, int]] = []
    monkeypatch.setattr(
        os, "posix_fadvise", lambda _file, start, count, _advice: flushed.append((start, count))
    )
    eight = 8 * 1024 * 1024
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        for count in (eight - 1, 1, eight + 5, 1):
            partial.write(bytes(count))
    assert flushed == [(0, eight), (eight, eight + 5)]


def test_a_part_that_cannot_be_renamed_is_deleted_even_if_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    with PartialFile(tmp_path, "a.txt", MARK) as partial:
        partial.keep_on_exit(True)
        partial.write(b"new")
        assert problem_of(lambda: partial.finish(SKIP, ignore)) is ProblemKind.NAME_TAKEN
    assert contents(tmp_path) == {"a.txt": b"old"}


def test_a_part_that_cannot_be_synced_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    leave(tmp_path, b"12345")
    assert contents(tmp_path) == {}


def test_content_that_cannot_be_synced_is_not_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    assert problem_of(lambda: save(tmp_path, "a.txt", b"new")) is ProblemKind.DISK_FAILED
    assert contents(tmp_path) == {}


def crash_while_renaming(folder: Path, when: str, when_taken: WhenTaken = KEEP) -> Path:
    """Set up the state after a crash at that moment; return the target."""
    target = folder / "a.txt"
    leave(folder, b"12345")
    part = part_path(folder, "a.txt", MARK)
    if when == "between link and unlink":
        os.link(part, target)
    elif when == "after the rename":
        part.replace(target)
    return target


@pytest.mark.parametrize(
    ("when", "finished"),
    [("before the rename", False), ("between link and unlink", True), ("after the rename", True)],
)
def test_after_a_crash_a_finished_file_is_recognized(
    tmp_path: Path, when: str, finished: bool
) -> None:
    target = crash_while_renaming(tmp_path, when)
    part = part_path(tmp_path, "a.txt", MARK)
    assert was_finished(part, target, 5) is finished
    assert parts(tmp_path) == ({} if finished else {part.name: b"12345"})
    remove_part(part)


def test_an_older_file_is_not_mistaken_for_the_download(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"older")
    leave(tmp_path, b"12345")
    part = part_path(tmp_path, "a.txt", MARK)
    assert not was_finished(part, tmp_path / "a.txt", 5)
    remove_part(part)
    assert not was_finished(part, tmp_path / "a.txt", 6)
    assert not was_finished(part, tmp_path / "not there", None)


@pytest.mark.parametrize(
    ("part", "target", "deleted"),
    [
        (b"12345", b"", True),
        (b"12345", b"x", False),  # another program's file
        (None, b"", False),  # the finished download, of an empty file
        (b"12345", None, False),
    ],
)
def test_a_placeholder_left_by_a_crash_is_deleted(
    tmp_path: Path, part: bytes | None, target: bytes | None, deleted: bool
) -> None:
    here = {"part": part, "a.txt": target}
    left = {name: content for name, content in here.items() if content is not None}
    for name, content in left.items():
        (tmp_path / name).write_bytes(content)
    remove_placeholder(tmp_path / "part", tmp_path / "a.txt")
    assert contents(tmp_path) == ({"part": part} if deleted else left)


def test_links_and_folders_are_not_placeholders(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"12345")
    (tmp_path / "empty").touch()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "link", tmp_path / "folder", None):
        remove_placeholder(tmp_path / "part", target)
    assert len(list(tmp_path.iterdir())) == 4


# Permissions


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002, 0o027])
@pytest.mark.parametrize("lacking", [None, "no_hard_links", "no_atomic_rename"])
@pytest.mark.parametrize("when_taken", [KEEP, REPLACE])
def test_a_saved_file_has_default_permissions(
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


def test_the_umask_is_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[int] = []
    monkeypatch.setattr(os, "umask", changes.append)
    save(tmp_path, "a.txt", b"new")
    assert changes == []
