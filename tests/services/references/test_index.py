"""What is known is kept up to date as jobs, stores and files change, and over restarts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.jobs import files_in_stores
from services.jobs.events import StoreChangeEnded, StoreFilesEnded
from services.jobs.job_kind import JobKind
from services.references.answer import Verdict
from services.references.events import ReferencesChanged, ScanEnded
from services.references.left_to_ask import FRESH_SECONDS
from services.references.price import Price
from services.references.reference import ReferenceKind
from tests.services.references.conftest import ReferencesBench
from tests.support.served_jobs import running_batch, served_batch
from tests.support.server_faults import Stall, api_error
from tests.support.waiting import wait_for

Make = Callable[[], ReferencesBench]


def test_lists_that_the_window_requested_count(bench: ReferencesBench) -> None:
    bench.server.jobs.batches.append(served_batch(input_file_id="f1"))
    for kind in JobKind:
        bench.list_all(kind)
    assert bench.verdict("f1") is Verdict.FOUND
    assert bench.verdict("f2") is Verdict.NONE_FOUND
    bench.clock.now += FRESH_SECONDS
    assert bench.references.scans.price() == Price(3, 0)


def test_a_batch_that_ends_or_is_gone(bench: ReferencesBench) -> None:
    batch = running_batch(input_file_id="f1")
    bench.server.jobs.batches.append(batch)
    bench.list_all(JobKind.BATCHES)
    assert [one.unfinished for one in bench.references.answer("f1").references] == [True]
    batch |= {"status": "completed", "completed_at": 1_700_000_500, "output_file_id": "f2"}
    bench.list_all(JobKind.BATCHES)
    assert [one.unfinished for one in bench.references.answer("f1").references] == [False]
    assert bench.verdict("f2") is Verdict.FOUND
    bench.server.jobs.batches.clear()
    bench.list_all(JobKind.BATCHES)
    assert bench.names("f1") == bench.names("f2") == []


def test_what_was_asked_before_an_upload_says_nothing_about_it(bench: ReferencesBench) -> None:
    bench.scan()
    now = int(bench.clock.now)
    assert bench.references.answer("f1", created_at=now - 1).verdict is Verdict.NONE_FOUND
    assert bench.references.answer("f1", created_at=now + 1).verdict is Verdict.NOT_CHECKED


def test_a_store_whose_number_of_files_changes_is_unchecked(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", ["f1"])
    bench.scan()
    assert bench.verdict("f2") is Verdict.NONE_FOUND
    bench.server.jobs.stores[0]["file_counts"] |= {"total": 2}
    bench.list_all(JobKind.VECTOR_STORES)
    assert bench.verdict("f2") is Verdict.NOT_CHECKED
    assert bench.verdict("f1") is Verdict.FOUND


def test_files_attached_and_detached_here(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", ["f1"])
    bench.scan()
    bench.jobs.stores.changes.attach(1, "vs_1", ["f2"])
    bench.events.wait_for(StoreChangeEnded)
    assert bench.names("f2") == [("vector_store", "vs_1", "indexed")]
    bench.events.clear()
    bench.jobs.stores.changes.detach(2, "vs_1", ["f1"])
    bench.events.wait_for(StoreChangeEnded)
    assert bench.names("f1") == []


def test_what_is_attached_to_a_huge_store_is_in_it(
    bench: ReferencesBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_in_stores, "_MOST_NOTED", 0)
    bench.add_store("vs_1", ["f1"])
    bench.scan()
    bench.jobs.stores.changes.attach(1, "vs_1", ["f2"])
    bench.events.wait_for(StoreChangeEnded)
    assert bench.names("f2") == [("vector_store", "vs_1", "indexed")]


def test_looking_at_a_store_again_takes_no_more_room(make_bench: Make, tmp_path: Path) -> None:
    sizes = []
    for times in (1, 30):
        bench = make_bench()
        if times == 1:
            bench.add_store("vs_1", [f"file-{number}" for number in range(100)])
        bench.list_all(JobKind.VECTOR_STORES)
        for listed in range(1, times + 1):
            bench.jobs.stores.list_files("vs_1")
            bench.events.wait_for_count(StoreFilesEnded, listed)
        bench.close()
        (path,) = (tmp_path / "references").glob("*.sqlite")
        sizes.append(path.stat().st_size)
    assert sizes[0] == sizes[1]
    last = make_bench()
    wait_for(lambda: last.verdict("file-99") is Verdict.FOUND, "that it is read")


def test_files_of_a_store_that_were_listed(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", ["f1"], name="Support docs")
    bench.list_all(JobKind.VECTOR_STORES)
    bench.jobs.stores.list_files("vs_1")
    bench.events.wait_for(StoreFilesEnded)
    (reference,) = bench.references.answer("f1").references
    assert reference.name == "Support docs"
    bench.server.jobs.stores[0]["name"] = "Help"
    bench.list_all(JobKind.VECTOR_STORES)
    (reference,) = bench.references.answer("f1").references
    assert reference.name == "Help"


def test_a_deleted_file_needs_no_new_check(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", ["f1", "f2"])
    bench.scan()
    bench.references.note_deleted("f1")
    bench.server.jobs.stores[0]["file_counts"] |= {"total": 1}
    bench.list_all(JobKind.VECTOR_STORES)
    assert bench.verdict("f3") is Verdict.NONE_FOUND
    assert bench.names("f1") == []


def test_results_are_kept_with_their_age(make_bench: Make) -> None:
    bench = make_bench()
    bench.server.jobs.batches.append(served_batch(id="batch_1", input_file_id="f1"))
    bench.add_store("vs_1", ["f2", "f3", "f4"])
    bench.scan()
    checked_at = bench.clock.now
    bench.references.note_deleted("f3")
    bench.close()
    later = make_bench()
    wait_for(lambda: later.verdict("f1") is Verdict.FOUND, "that it is read")
    wait_for(lambda: later.verdict("f2") is Verdict.FOUND, "that stores are read")
    later.clock.now += 7_200
    assert later.names("f2") == [("vector_store", "vs_1", "indexed")]
    assert later.names("f3") == []
    answer = later.references.answer("f5")
    assert (answer.verdict, answer.checked_at) == (Verdict.NONE_FOUND, checked_at)


def test_answers_about_single_files_are_kept(make_bench: Make) -> None:
    bench = make_bench()
    bench.add_store("vs_1", [f"file-{number}" for number in range(300)])
    for kind in JobKind:
        bench.list_all(kind)
    bench.scan_as_priced(["nowhere"])
    bench.scan_as_priced(["file-7"])
    bench.close()
    later = make_bench()
    wait_for(lambda: later.verdict("nowhere") is Verdict.NONE_FOUND, "that it is read")
    wait_for(lambda: later.verdict("file-7") is Verdict.FOUND, "that files are read")
    assert later.verdict("other") is Verdict.NOT_CHECKED


def ask_in_large_stores(bench: ReferencesBench) -> None:
    """Ask two large stores for "nowhere", without reading them whole."""
    for store_id in ("vs_1", "vs_2"):
        bench.add_store(store_id, [f"file-{number}" for number in range(300)])
    for kind in JobKind:
        bench.list_all(kind)
    bench.scan_as_priced(["nowhere"])
    assert bench.references.checked_files() == {"nowhere": bench.clock.now}


def test_after_a_refusal_nothing_that_was_asked_before_counts(bench: ReferencesBench) -> None:
    ask_in_large_stores(bench)
    asked = "/vector_stores/vs_2/files/other"
    bench.server.script("GET", asked, [api_error(403, "No")])
    bench.scan(["other"], promised=2)
    assert bench.references.checked_files() == {}
    assert bench.verdict("nowhere") is Verdict.REFUSED
    bench.scan_as_priced(["nowhere"])
    assert list(bench.references.checked_files()) == ["nowhere"]
    assert bench.verdict("other") is Verdict.NOT_CHECKED
    bench.clock.now += FRESH_SECONDS
    bench.server.script("GET", "/batches", [api_error(403, "No")])
    bench.scan(["nowhere"], promised=5)
    assert bench.references.checked_files() == {}


def test_a_store_that_has_changed_since_it_was_asked_is_asked_again(make_bench: Make) -> None:
    bench = make_bench()
    ask_in_large_stores(bench)
    bench.server.jobs.stores[1]["file_counts"] |= {"total": 301}
    bench.list_all(JobKind.VECTOR_STORES)
    assert bench.references.checked_files() == {}
    assert bench.verdict("nowhere") is Verdict.NOT_CHECKED
    bench.close()
    later = make_bench()
    wait_for(
        lambda: bool(later.references.referrers(ReferenceKind.VECTOR_STORE)), "that it is read"
    )
    assert later.references.checked_files() == {}
    assert later.verdict("nowhere") is Verdict.NOT_CHECKED
    later.scan_as_priced(["nowhere"])
    assert list(later.references.checked_files()) == ["nowhere"]


def test_a_file_attached_while_a_store_is_asked_for_it_stays_known(
    bench: ReferencesBench,
) -> None:
    bench.add_store("vs_1", [f"file-{number}" for number in range(300)])
    for kind in JobKind:
        bench.list_all(kind)
    asked = "/vector_stores/vs_1/files/new"
    bench.server.script("GET", asked, [Stall(carried_out=True)])
    number = bench.references.scans.start(["new"], promised=1)
    bench.server.wait_until_stalled()
    bench.jobs.stores.changes.attach(1, "vs_1", ["new"])
    bench.events.wait_for(StoreChangeEnded)
    bench.server.release()
    bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert bench.names("new") == [("vector_store", "vs_1", "indexed")]
    assert bench.references.checked_files() == {}


def test_a_refusal_is_kept(make_bench: Make) -> None:
    bench = make_bench()
    bench.scan()
    bench.clock.now += FRESH_SECONDS
    bench.server.script("GET", "/batches", [api_error(403, "No")])
    bench.scan()
    bench.close()
    later = make_bench()
    later.events.wait_for(ReferencesChanged)
    assert later.verdict("other") is Verdict.NOT_CHECKED


def test_a_damaged_cache_is_dropped(make_bench: Make, tmp_path: Path) -> None:
    bench = make_bench()
    bench.scan()
    bench.close()
    (path,) = (tmp_path / "references").glob("*.sqlite")
    path.write_bytes(b"not a database" * 1_000)
    later = make_bench()
    assert later.verdict("f1") is Verdict.NOT_CHECKED
    later.scan()
    assert later.verdict("f1") is Verdict.NONE_FOUND


def test_what_is_kept_can_be_cleared(make_bench: Make, tmp_path: Path) -> None:
    bench = make_bench()
    bench.scan()
    bench.close()
    assert list((tmp_path / "references").glob("*.sqlite"))
    bench.caches.clear("acme")
    assert not list((tmp_path / "references").glob("*.sqlite"))
