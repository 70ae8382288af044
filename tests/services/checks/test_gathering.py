import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.checks import gathering
from services.checks.gathering import Gathered, gather, inspect_file
from services.problems.errors import ProblemKind
from services.system.cancellation import Cancelled, CancelToken


class ActingToken(CancelToken):
    """Does something when it is looked at for the n-th time."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        super().__init__()
        self._left = at
        self._act = act

    def check(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._act()
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


def test_a_file_is_looked_at(tmp_path: Path) -> None:
    [path] = make(tmp_path, "a.jsonl", content=b'{"custom_id": "1", "body": {}}\n')
    os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    found = gathered(path)
    assert (found.skipped, found.folders) == (0, 0)
    [file] = found.files
    assert (file.path, file.name, file.size) == (path, "a.jsonl", 31)
    assert file.modified_ns == path.stat().st_mtime_ns
    assert (file.suggested_purpose, file.problem) == ("batch", None)


def test_folders_are_walked_in_the_order_of_names_files_before_folders(tmp_path: Path) -> None:
    make(tmp_path, "d/z.txt", "d/b.txt", "d/a/2.txt", "d/a/1.txt", "d/a/deep/3.txt", "d/c/4.txt")
    (tmp_path / "d" / "empty").mkdir()
    found = gathered(tmp_path / "d")
    names = [str(file.path.relative_to(tmp_path / "d")) for file in found.files]
    assert names == ["b.txt", "z.txt", "a/1.txt", "a/2.txt", "a/deep/3.txt", "c/4.txt"]
    assert (found.folders, found.skipped) == (5, 0)


def test_paths_come_in_the_order_they_were_given_and_only_once(tmp_path: Path) -> None:
    b, a = make(tmp_path, "b.txt", "a.txt")
    assert [file.path for file in gathered(b, a, b).files] == [b, a]


def test_a_folder_and_a_file_in_it_give_the_file_once(tmp_path: Path) -> None:
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


def test_ways_over_other_folders_lead_to_the_same_file(tmp_path: Path) -> None:
    [path] = make(tmp_path, "d/1.txt")
    (tmp_path / "x").mkdir()
    around = tmp_path / "x" / ".." / "d"
    assert [file.path for file in gathered(path, around / "1.txt").files] == [path]
    assert [file.path for file in gathered(tmp_path / "d", around).files] == [path]


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_link_that_was_pointed_at_and_what_it_leads_to_are_one_file(tmp_path: Path) -> None:
    first, second = make(tmp_path, "d/1.txt", "e/2.txt")
    to_file, to_folder = tmp_path / "to-file.txt", tmp_path / "to-folder"
    to_file.symlink_to(first)
    to_folder.symlink_to(tmp_path / "e")
    assert [file.path for file in gathered(to_file, first).files] == [to_file]
    assert [file.path for file in gathered(tmp_path / "e", to_folder).files] == [second]
    assert len(gathered(to_folder / "2.txt", second).files) == 1
    # Where ".." leads is told by the link, not by the names.
    (tmp_path / "e" / "deep").mkdir()
    deep = tmp_path / "to-deep"
    deep.symlink_to(tmp_path / "e" / "deep")
    assert len(gathered(deep / ".." / "2.txt", second).files) == 1


def test_hard_links_are_files_of_their_own(tmp_path: Path) -> None:
    [path] = make(tmp_path, "1.txt")
    other = tmp_path / "2.txt"
    os.link(path, other)
    assert [file.path for file in gathered(path, other).files] == [path, other]


def test_hidden_files_in_folders_are_left_out_and_counted(tmp_path: Path) -> None:
    make(tmp_path, "d/.hidden", "d/.git/config", "d/seen.txt")
    found = gathered(tmp_path / "d")
    assert [file.name for file in found.files] == ["seen.txt"]
    assert found.skipped == 2


def test_a_hidden_file_or_folder_that_was_pointed_at_is_taken(tmp_path: Path) -> None:
    make(tmp_path, ".hidden", ".folder/inside.txt")
    found = gathered(tmp_path / ".hidden", tmp_path / ".folder")
    assert [file.name for file in found.files] == [".hidden", "inside.txt"]


def test_links_in_folders_are_left_out_so_that_no_circle_is_walked(tmp_path: Path) -> None:
    make(tmp_path, "d/a.txt")
    (tmp_path / "d" / "self").symlink_to(tmp_path / "d")
    (tmp_path / "d" / "file").symlink_to(tmp_path / "d" / "a.txt")
    (tmp_path / "d" / "nowhere").symlink_to("gone")
    found = gathered(tmp_path / "d")
    assert [file.name for file in found.files] == ["a.txt"]
    assert found.skipped == 3


def test_a_link_that_was_pointed_at_is_followed_under_its_own_name(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "d/b.txt")
    (tmp_path / "link.jsonl").symlink_to("a.txt")
    (tmp_path / "folder").symlink_to("d")
    found = gathered(tmp_path / "link.jsonl", tmp_path / "folder")
    assert [(file.name, file.size) for file in found.files] == [("link.jsonl", 1), ("b.txt", 1)]


def test_a_link_in_a_circle_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    [file] = gathered(tmp_path / "circle").files
    assert file.problem is not None
    assert file.problem.kind is ProblemKind.FILE_UNREADABLE


# What can't be uploaded


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    kind, title = problem_of(tmp_path / "gone.txt")
    assert (kind, title) == (ProblemKind.FILE_MISSING, "gone.txt can't be found")
    assert len(gathered(tmp_path / "gone.txt").files) == 1


def test_an_empty_file_is_told_of(tmp_path: Path) -> None:
    [path] = make(tmp_path, "empty.txt", content=b"")
    assert problem_of(path) == (ProblemKind.FILE_UNREADABLE, "empty.txt is empty")


def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problem_of(tmp_path / "pipe")[1] == "pipe isn't a file"
    [file] = gathered(tmp_path).files
    assert file.problem is not None


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_file(device: str) -> None:
    assert problem_of(Path(device))[0] is ProblemKind.FILE_UNREADABLE


def test_a_file_that_the_system_refuses_to_read_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By a fake, because the administrator may read everything.
    [path] = make(tmp_path, "secret.txt")

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert problem_of(path) == (ProblemKind.FILE_UNREADABLE, "secret.txt can't be read")


def test_a_path_that_the_system_can_not_look_at_is_told_of(tmp_path: Path) -> None:
    found = gathered(tmp_path / ("x" * 300), *make(tmp_path, "a.txt"))
    assert [file.problem is None for file in found.files] == [False, True]


def test_a_path_with_a_zero_in_it_is_told_of(tmp_path: Path) -> None:
    found = gathered(tmp_path / "a\0b", *make(tmp_path, "a.txt"))
    assert [file.problem is None for file in found.files] == [False, True]


def test_a_folder_that_vanishes_while_it_is_walked_is_told_of(tmp_path: Path) -> None:
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
        found = gather([tmp_path / "d"], ActingToken(at, remove))
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
def test_a_name_is_sent_as_it_is(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    [file] = gathered(tmp_path).files
    assert (file.name, file.problem) == (name, None)


def test_a_name_that_is_no_text_becomes_text_and_its_path_stays(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_bytes(b"x")
    [file] = gathered(tmp_path).files
    assert (file.path, file.name, file.problem) == (path, "caf?.txt", None)
    file.name.encode()


# Limits


def test_past_the_limit_files_are_only_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MAX_FILES", 5)
    make(tmp_path, *(f"d/{number:02}.txt" for number in range(8)), "e.txt")
    found = gathered(tmp_path / "d", tmp_path / "e.txt")
    assert [file.name for file in found.files] == [f"{number:02}.txt" for number in range(5)]
    assert found.skipped == 4


def test_it_can_be_cancelled_between_any_two_files(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number}.txt" for number in range(20)))
    looked_at: list[int] = []
    token = ActingToken(10, lambda: token.cancel())
    with pytest.raises(Cancelled):
        looked_at.append(len(gather([tmp_path], token).files))
    assert looked_at == []


@pytest.mark.slow
def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    make(deep, "a.txt")
    found = gathered(tmp_path)
    assert (len(found.files), found.folders) == (1, 301)
