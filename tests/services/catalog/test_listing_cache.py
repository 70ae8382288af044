"""The last listing of one account, on a real disk."""

import itertools
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.catalog import listing_cache
from services.catalog.listing_cache import ListingCache
from tests.support.factories import remote_file
from tests.support.leftovers import open_files

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cache(tmp_path: Path) -> ListingCache:
    return ListingCache(tmp_path / "listings" / "one.sqlite")


def files_named(name: str, count: int) -> list[RemoteFile]:
    return [remote_file(name, id=f"{name}-{number}") for number in range(count)]


def write_listing(cache: ListingCache, files: Sequence[RemoteFile], listed_at: float = 5.0) -> bool:
    writer = cache.begin()
    writer.open()
    for start in range(0, len(files), 1000):
        writer.add(files[start : start + 1000])
    return writer.finish(listed_at)


def cached_files(cache: ListingCache) -> list[RemoteFile]:
    return [file for _listed_at, files in cache.read() for file in files]


# What is cached


def test_a_listing_is_read_back_with_its_time(cache: ListingCache) -> None:
    files = [
        *files_named("run.jsonl", 2300),
        RemoteFile("bare"),
        RemoteFile("full", "n" * 10_000, "of later", 0, 1, 2, "error", "line 3 \u202e\x00 é"),
        RemoteFile("large", "", "", 2**63 - 1, 253_402_300_799, 0, "", ""),
    ]
    assert write_listing(cache, files, 1_790_000_000.25)
    pieces = list(cache.read())
    assert len(pieces) > 1
    assert {listed_at for listed_at, _files in pieces} == {1_790_000_000.25}
    assert cached_files(cache) == files


def test_without_a_listing_nothing_is_read_and_no_file_is_created(cache: ListingCache) -> None:
    cache.change([("file-a", None)])
    assert list(cache.read()) == []
    assert not cache.path.exists()


def test_an_empty_listing_is_cached_too(cache: ListingCache) -> None:
    write_listing(cache, [], 7.0)
    assert list(cache.read()) == [(7.0, ())]


def test_a_new_listing_replaces_the_last_one(cache: ListingCache) -> None:
    write_listing(cache, files_named("old", 2500), 1.0)
    write_listing(cache, files_named("new", 10), 2.0)
    assert [(at, len(files)) for at, files in cache.read()] == [(2.0, 10)]
    assert [file.id for file in cached_files(cache)] == [f"new-{number}" for number in range(10)]


def test_a_listing_finished_during_a_read_does_not_change_what_is_read(
    cache: ListingCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_listing(cache, files_named("old", 2500))
    changed = RemoteFile("old-0", "changed")
    cache.change([("old-0", changed)])
    decode = listing_cache._decode_file

    def finish_another_first(kept_file: bytes) -> RemoteFile:
        write_listing(ListingCache(cache.path), files_named("new", 10))
        return decode(kept_file)

    # Between the first and the second query.
    monkeypatch.setattr(listing_cache, "_decode_file", finish_another_first)
    assert cached_files(cache) == [changed, *files_named("old", 2500)[1:]]
    assert [file.id for file in cached_files(cache)] == [f"new-{number}" for number in range(10)]


def test_equal_purposes_share_memory(cache: ListingCache) -> None:
    write_listing(cache, files_named("run", 1000))
    assert len({id(file.purpose) for file in cached_files(cache)}) == 1


@pytest.mark.parametrize("end", ["discard", "nothing"])
def test_an_unfinished_listing_leaves_the_last_one(cache: ListingCache, end: str) -> None:
    write_listing(cache, files_named("old", 1500))
    writer = cache.begin()
    writer.add(files_named("new", 1000))
    if end == "discard":
        writer.discard()
        assert not writer.finish(9.0)
    assert [file.filename for file in cached_files(cache)] == ["old"] * 1500
    writer.discard()


def test_two_concurrent_listings_leave_one_complete_one(cache: ListingCache) -> None:
    first, second = cache.begin(), cache.begin()
    first.add(files_named("first", 1000))
    second.add(files_named("second", 700))
    first.add(files_named("first-again", 1000))
    done = [second.finish(2.0), first.finish(1.0)]
    assert done == [True, False]
    assert [file.filename for file in cached_files(cache)] == ["second"] * 700
    assert write_listing(cache, files_named("third", 3))


@pytest.mark.parametrize("end", ["finish", "discard"])
def test_the_file_does_not_grow_with_each_listing(cache: ListingCache, end: str) -> None:
    sizes = []
    for _again in range(6):
        writer = cache.begin()
        writer.add(files_named("run", 5000))
        if end == "finish":
            assert writer.finish(5.0)
        writer.discard()
        sizes.append(cache.path.stat().st_size)
    assert sizes[-1] <= sizes[1]


def test_a_listing_is_checkpointed_only_at_its_end(cache: ListingCache) -> None:
    write_listing(cache, files_named("old", 3))
    before = cache.path.stat().st_size
    writer = cache.begin()
    for number in range(8):
        writer.add(files_named(f"{number}" * 1000, 1000))
    assert cache.path.stat().st_size == before
    assert writer.finish(6.0)
    assert cache.path.stat().st_size > before + 8_000_000


def test_a_discarded_listing_replaces_nothing_even_if_empty(
    cache: ListingCache,
) -> None:
    write_listing(cache, files_named("old", 3))
    writer = cache.begin()
    writer.open()
    writer.discard()
    assert not writer.finish(9.0)
    assert cached_files(cache) == files_named("old", 3)


def nothing_more(_cache: ListingCache) -> None:
    pass


def lose_pages(cache: ListingCache) -> None:
    run_sql(cache.path, "DROP TABLE pages")


@pytest.mark.parametrize(
    ("before_page", "before_end", "end"),
    [
        (nothing_more, nothing_more, "finish"),
        (nothing_more, nothing_more, "discard"),
        (lose_pages, nothing_more, "nothing"),
        (nothing_more, lose_pages, "finish"),
    ],
    ids=["finished", "given up", "refused page", "refused end"],
)
def test_a_finished_listing_closes_its_file(
    cache: ListingCache,
    before_page: Callable[[ListingCache], None],
    before_end: Callable[[ListingCache], None],
    end: str,
) -> None:
    writer = cache.begin()
    writer.open()
    assert open_files(cache.path.parent) != []
    before_page(cache)
    writer.add(files_named("run", 3))
    before_end(cache)
    if end == "finish":
        writer.finish(1.0)
    elif end == "discard":
        writer.discard()
    assert open_files(cache.path.parent) == []


# Changes


def test_later_changes_to_single_files_are_read_back(cache: ListingCache) -> None:
    write_listing(cache, files_named("run", 1500))
    added, changed = remote_file("added", id="added"), remote_file("changed", id="run-7")
    cache.change([("added", added), ("run-3", None), ("run-7", changed)])
    cache.change([("never there", None)])
    by_id = {file.id: file for file in cached_files(cache)}
    assert len(cached_files(cache)) == len(by_id) == 1500
    assert (by_id["added"], by_id["run-7"]) == (added, changed)
    assert "run-3" not in by_id


def test_all_files_can_be_deleted(cache: ListingCache) -> None:
    write_listing(cache, files_named("run", 3), 4.0)
    cache.change([(f"run-{number}", None) for number in range(3)])
    assert list(cache.read()) == [(4.0, ())]


def test_a_change_during_a_listing_overrides_the_listing(cache: ListingCache) -> None:
    write_listing(cache, files_named("run", 3))
    cache.change([("run-0", None)])
    writer = cache.begin()
    writer.open()
    cache.change([("run-1", None)])
    writer.add(files_named("run", 3))
    writer.finish(6.0)
    assert [file.id for file in cached_files(cache)] == ["run-0", "run-2"]


ids = st.sampled_from(["a", "b", "c", "d"])
steps = st.lists(
    st.tuples(st.just("list"), st.sets(ids))
    | st.tuples(st.just("add"), ids)
    | st.tuples(st.just("delete"), ids)
    | st.tuples(st.just("give up"), st.sets(ids)),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=40)
@given(steps)
def test_any_sequence_of_events_is_cached(
    tmp_path_factory: pytest.TempPathFactory, happened: list[tuple[str, object]]
) -> None:
    cache = ListingCache(tmp_path_factory.mktemp("cache") / "one.sqlite")
    expected: dict[str, RemoteFile] | None = None
    for step, what in happened:
        if step == "list":
            expected = {one: remote_file(id=one) for one in sorted(what)}  # type: ignore[call-overload]
            write_listing(cache, list(expected.values()))
        elif step == "give up":
            writer = cache.begin()
            writer.add([remote_file(id=one) for one in what])  # type: ignore[attr-defined]
            writer.discard()
        else:
            file = remote_file(id=str(what)) if step == "add" else None
            cache.change([(str(what), file)])
            if expected is not None:
                expected.pop(str(what), None)
                expected |= {str(what): file} if file else {}
    assert {file.id: file for file in cached_files(cache)} == (expected or {})


# Trouble


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database at all, but text" * 100),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(
            path.read_bytes()[:8192] + b"\xff" * 8192 + path.read_bytes()[16384:]
        ),
        lambda path: run_sql(path, "DROP TABLE changes"),
        lambda path: run_sql(path, "UPDATE pages SET files = x'c1c1c1'"),
        lambda path: run_sql(path, "UPDATE pages SET files = 'text'"),
        lambda path: set_pages(path, files_named("old", 3)),  # as an older version stored them
        lambda path: set_pages(path, [["x"], ["a"], ["old"], [1], [1], [1], [1], [0], [None]]),
        lambda path: set_pages(path, [["x"], ["a"], ["old"], [-1], [1], [1], [1], [0], [None]]),
        lambda path: set_pages(path, [["x"], ["a", "b"], ["old"], [0], [1], [1], [1], [0], [None]]),
        lambda path: run_sql(path, "INSERT INTO changes (id, file) VALUES ('a', x'00')"),
    ],
    ids=[
        "text",
        "half",
        "overwritten",
        "no table",
        "bad page",
        "text page",
        "older page",
        "no such purpose",
        "less than none",
        "uneven page",
        "bad change",
    ],
)
def test_a_damaged_file_is_silently_replaced_by_the_next_listing(
    cache: ListingCache, damage: object
) -> None:
    write_listing(cache, files_named("old", 3000))
    damage(cache.path)  # type: ignore[operator]
    came = cached_files(cache)
    assert {file.filename for file in came} <= {"old"}
    assert not cache.path.exists()
    assert write_listing(cache, files_named("new", 10))
    assert [file.filename for file in cached_files(cache)] == ["new"] * 10


def run_sql(path: Path, statement: str, *values: object) -> None:
    database = sqlite3.connect(path)
    with database:
        database.execute(statement, values)
    database.close()


def set_pages(path: Path, page: object) -> None:
    run_sql(path, "UPDATE pages SET files = ?", msgspec.msgpack.encode(page))


def test_a_damaged_file_is_replaced_even_without_reading_it_first(
    cache: ListingCache,
) -> None:
    cache.path.parent.mkdir()
    cache.path.write_bytes(b"text" * 1000)
    cache.change([("file-a", None)])
    assert not cache.path.exists()
    cache.path.write_bytes(b"text" * 1000)
    assert write_listing(cache, files_named("new", 10))
    assert len(cached_files(cache)) == 10


def test_the_cache_can_be_deleted_while_it_is_written(cache: ListingCache) -> None:
    writer = cache.begin()
    writer.add(files_named("run", 1000))
    cache.delete()
    writer.add(files_named("run-b", 1000))
    writer.finish(1.0)
    assert cached_files(cache) == []
    assert write_listing(cache, files_named("new", 10))
    assert len(cached_files(cache)) == 10


def test_without_a_folder_nothing_is_cached(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ListingCache(tmp_path / "file" / "one.sqlite")
    assert not write_listing(cache, files_named("run", 10))
    assert cached_files(cache) == []


def test_a_listing_that_lost_its_first_pages_is_not_used(
    tmp_path: Path,
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("in the way")
    cache = ListingCache(in_the_way / "one.sqlite")
    writer = cache.begin()
    writer.add(files_named("first", 10))
    in_the_way.unlink()
    writer.add(files_named("second", 10))
    assert not writer.finish(1.0)
    assert cached_files(cache) == []


@contextmanager
def full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.slow
def test_changes_that_do_not_fit_on_the_disk_are_all_dropped(cache: ListingCache) -> None:
    old = files_named("old", 1500)
    write_listing(cache, old)
    with full_disk():
        cache.change([(file.id, file) for file in files_named("new", 20_000)])
    assert cached_files(cache) == old


def test_a_full_disk_keeps_the_old_listing(cache: ListingCache) -> None:
    write_listing(cache, files_named("old", 1500))
    with full_disk():
        assert not write_listing(cache, files_named("new", 20_000))
    assert [file.filename for file in cached_files(cache)] == ["old"] * 1500
    assert write_listing(cache, files_named("new", 20_000))
    assert len(cached_files(cache)) == 20_000


WRITE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from services.api.remote_file import RemoteFile
from services.catalog.listing_cache import ListingCache
cache = ListingCache(Path(sys.argv[1]))
for turn in itertools.count():
    name, pages = ("odd", 3) if turn % 2 else ("even", 5)
    writer = cache.begin()
    for page in range(pages):
        writer.add([RemoteFile(f"{name}-{page}-{n}", name) for n in range(500)])
    writer.finish(float(turn))
    print(turn, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("lines", range(1, 9))
def test_a_kill_while_writing_leaves_the_old_listing_or_the_new_one(
    cache: ListingCache, lines: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(cache.path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        said = list(itertools.islice(process.stdout, lines))
        process.kill()
    came = cached_files(cache)
    names = [file.filename for file in came]
    assert len(said) == lines
    assert names in (["odd"] * 1500, ["even"] * 2500)
    assert len({file.id for file in came}) == len(came)
    assert next(listed_at for listed_at, _files in cache.read()) >= int(said[-1])
    assert write_listing(cache, files_named("after", 10))
    assert len(cached_files(cache)) == 10
