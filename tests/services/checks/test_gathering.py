import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.checks import gathering
from services.checks.gathering import Gathered, gather, inspect_file
from services.problems.errors import ProblemKind
from services.system.cancellation import Cancelled, CancelToken


class TriggerToken(CancelToken):
    """Calls a function on its n-th check."""

    def __init__(self, at: int, trigger: Callable[[], object]) -> None:
        super().__init__()
        self._left = at
        self._trigger = trigger

    def check(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._trigger()
        super().check()


def make(folder: Path, *names: str, content: bytes = b"x") -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return paths


def gathered(*paths: Path) -> Gathered:
    return gather(paths, CancelToken())


def problem_of(path: Path) -> tuple[ProblemKind, str]:
    problem = inspect_file(path).problem
    assert problem is not None
    assert problem.advice
    return problem.kind, problem.title


def test_a_file_is_inspected(tmp_path: Path) -> None:
    [path] = make(tmp_path, "a.jsonl", content=b'{"custom_id": "1", "body": {}}\n')
    os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    found = gathered(path)
    assert (found.skipped, found.folders) == (0, 0)
    [file] = found.files
    assert (file.path, file.name, file.size) == (path, "a.jsonl", 31)
    assert file.modified_ns == path.stat().st_mtime_ns
    assert (file.suggested_purpose, file.problem) == ("batch", None)


def test_folders_are_walked_alphabetically_with_files_first(tmp_path: Path) -> None:
    make(tmp_path, "d/z.txt", "d/b.txt", "d/a/2.txt", "d/a/1.txt", "d/a/deep/3.txt", "d/c/4.txt")
    (tmp_path / "d" / "empty").mkdir()
    found = gathered(tmp_path / "d")
    names = [str(file.path.relative_to(tmp_path / "d")) for file in found.files]
    assert names == ["b.txt", "z.txt", "a/1.txt", "a/2.txt", "a/deep/3.txt", "c/4.txt"]
    assert (found.folders, found.skipped) == (5, 0)


def test_paths_keep_their_order_and_are_included_once(tmp_path: Path) -> None:
    b, a = make(tmp_path, "b.txt", "a.txt")
    assert [file.path for file in gathered(b, a, b).files] == [b, a]


def test_a_folder_and_a_file_in_it_include_the_file_once(tmp_path: Path) -> None:
    inner, outer = make(tmp_path, "d/in/1.txt", "d/2.txt")
    folder = tmp_path / "d"
    for paths in (
        (folder, inner),
        (inner, folder),
        (folder, folder / "in"),
        (inner.parent, folder),
    ):
        found = gathered(*paths)
        assert sorted(file.path for file in found.files) == [outer, inner]
        assert found.folders == 2


def test_paths_with_parent_references_are_the_same_file(tmp_path: Path) -> None:
    [path] = make(tmp_path, "d/1.txt")
    (tmp_path / "x").mkdir()
    roundabout = tmp_path / "x" / ".." / "d"
    assert [file.path for file in gathered(path, roundabout / "1.txt").files] == [path]
    assert [file.path for file in gathered(tmp_path / "d", roundabout).files] == [path]


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_picked_link_and_its_target_are_one_file(tmp_path: Path) -> None:
    first, second = make(tmp_path, "d/1.txt", "e/2.txt")
    to_file, to_folder = tmp_path / "to-file.txt", tmp_path / "to-folder"
    to_file.symlink_to(first)
    to_folder.symlink_to(tmp_path / "e")
    assert [file.path for file in gathered(to_file, first).files] == [to_file]
    assert [file.path for file in gathered(tmp_path / "e", to_folder).files] == [second]
    assert len(gathered(to_folder / "2.txt", second).files) == 1
    # ".." follows the link, not the path.
    (tmp_path / "e" / "deep").mkdir()
    deep = tmp_path / "to-deep"
    deep.symlink_to(tmp_path / "e" / "deep")
    assert len(gathered(deep / ".." / "2.txt", second).files) == 1


def test_hard_links_are_separate_files(tmp_path: Path) -> None:
    [path] = make(tmp_path, "1.txt")
    other = tmp_path / "2.txt"
    os.link(path, other)
    assert [file.path for file in gathered(path, other).files] == [path, other]


def test_hidden_files_in_folders_are_skipped_and_counted(tmp_path: Path) -> None:
    make(tmp_path, "d/.hidden", "d/.git/config", "d/seen.txt")
    found = gathered(tmp_path / "d")
    assert [file.name for file in found.files] == ["seen.txt"]
    assert found.skipped == 2


def test_picked_hidden_files_and_folders_are_included(tmp_path: Path) -> None:
    make(tmp_path, ".hidden", ".folder/inside.txt")
    found = gathered(tmp_path / ".hidden", tmp_path / ".folder")
    assert [file.name for file in found.files] == [".hidden", "inside.txt"]


def test_links_in_folders_are_skipped(tmp_path: Path) -> None:
    make(tmp_path, "d/a.txt")
    (tmp_path / "d" / "self").symlink_to(tmp_path / "d")
    (tmp_path / "d" / "file").symlink_to(tmp_path / "d" / "a.txt")
    (tmp_path / "d" / "nowhere").symlink_to("gone")
    found = gathered(tmp_path / "d")
    assert [file.name for file in found.files] == ["a.txt"]
    assert found.skipped == 3


def test_a_picked_link_is_followed_and_keeps_its_name(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "d/b.txt")
    (tmp_path / "link.jsonl").symlink_to("a.txt")
    (tmp_path / "folder").symlink_to("d")
    found = gathered(tmp_path / "link.jsonl", tmp_path / "folder")
    assert [(file.name, file.size) for file in found.files] == [("link.jsonl", 1), ("b.txt", 1)]


def test_a_link_to_itself_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    [file] = gathered(tmp_path / "circle").files
    assert file.problem is not None
    assert file.problem.kind is ProblemKind.FILE_UNREADABLE


# What can't be uploaded


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    kind, title = problem_of(tmp_path / "gone.txt")
    assert (kind, title) == (ProblemKind.FILE_MISSING, "gone.txt can't be found")
    assert len(gathered(tmp_path / "gone.txt").files) == 1


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    [path] = make(tmp_path, "empty.txt", content=b"")
    assert problem_of(path) == (ProblemKind.FILE_UNREADABLE, "empty.txt is empty")


def test_a_pipe_is_a_problem_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problem_of(tmp_path / "pipe")[1] == "pipe isn't a file"
    [file] = gathered(tmp_path).files
    assert file.problem is not None


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_a_problem(device: str) -> None:
    assert problem_of(Path(device))[0] is ProblemKind.FILE_UNREADABLE


def test_a_file_without_read_permission_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fake, because root can read everything.
    [path] = make(tmp_path, "secret.txt")

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert problem_of(path) == (ProblemKind.FILE_UNREADABLE, "secret.txt can't be read")


def test_a_path_that_is_too_long_is_a_problem(tmp_path: Path) -> None:
    found = gathered(tmp_path / ("x" * 300), *make(tmp_path, "a.txt"))
    assert [file.problem is None for file in found.files] == [False, True]


def test_a_path_with_a_null_byte_is_a_problem(tmp_path: Path) -> None:
    found = gathered(tmp_path / "a\0b", *make(tmp_path, "a.txt"))
    assert [file.problem is None for file in found.files] == [False, True]


def test_a_folder_that_disappears_during_the_walk_is_a_problem(tmp_path: Path) -> None:
    gone = tmp_path / "d" / os.fsdecode(b"gone\xff")
    make(tmp_path, "d/a.txt", "d/z.txt", "d/other/b.txt")
    gone.mkdir()
    (gone / "inside.txt").touch()

    def remove() -> None:
        if gone.exists():
            shutil.rmtree(gone)

    seen = []
    for at in range(1, 12):
        gone.mkdir(exist_ok=True)
        found = gather([tmp_path / "d"], TriggerToken(at, remove))
        seen += [file for file in found.files if file.path == gone]
        for file in found.files:
            file.name.encode()
    assert seen
    assert {file.name for file in seen} == {"gone?"}
    assert {file.problem.kind for file in seen if file.problem} == {ProblemKind.FILE_MISSING}


# Names


@pytest.mark.parametrize(
    "name",
    [
        "quo\"te's.txt",
        "new\nline.txt",
        "日本語 — ü.txt",
        "a" * 251 + ".txt",
        "100%.txt",
        "-rf",
        "~",
    ],
)
def test_unusual_names_are_unchanged(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    [file] = gathered(tmp_path).files
    assert (file.name, file.problem) == (name, None)


def test_an_undecodable_name_becomes_valid_text_but_keeps_its_path(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_bytes(b"x")
    [file] = gathered(tmp_path).files
    assert (file.path, file.name, file.problem) == (path, "caf?.txt", None)
    file.name.encode()


# Limits


def test_files_over_the_limit_are_skipped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MAX_FILES", 5)
    make(tmp_path, *(f"d/{number:02}.txt" for number in range(8)), "e.txt")
    found = gathered(tmp_path / "d", tmp_path / "e.txt")
    assert [file.name for file in found.files] == [f"{number:02}.txt" for number in range(5)]
    assert found.skipped == 4


def test_gathering_can_be_cancelled_between_files(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number}.txt" for number in range(20)))
    finished: list[int] = []
    token = TriggerToken(10, lambda: token.cancel())
    with pytest.raises(Cancelled):
        finished.append(len(gather([tmp_path], token).files))
    assert finished == []


@pytest.mark.slow
def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    make(deep, "a.txt")
    found = gathered(tmp_path)
    assert (len(found.files), found.folders) == (1, 301)
