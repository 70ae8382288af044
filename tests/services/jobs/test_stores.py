"""The files of vector stores, and the text the server parsed out of them."""

import pytest

from services.jobs.events import (
    JobsChanged,
    StoreChangeEnded,
    StoreChangeProgress,
    StoreFilesEnded,
    StoreFilesListed,
)
from services.jobs.job_kind import JobKind
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.services.jobs.conftest import JobsBench
from tests.support.served_jobs import served_store, store_file
from tests.support.server_faults import Stall, api_error, html, rate_limited


@pytest.fixture
def store(bench: JobsBench) -> str:
    """A vector store with `file-0` to `file-149`."""
    bench.server.jobs.stores.append(served_store(id="vs_1"))
    bench.server.jobs.files_of["vs_1"] = [store_file(f"file-{number}") for number in range(150)]
    return "vs_1"


def text_of(bench: JobsBench, file_id: str) -> str | None:
    pieces = bench.jobs.texts.find(file_id, CancelToken())
    return None if pieces is None else b"".join(pieces).decode()


def files_in(bench: JobsBench, store: str) -> set[str]:
    return {file["id"] for file in bench.server.jobs.files_of[store]}


def test_the_files_of_a_store_come_page_by_page_as_they_are_wanted(
    bench: JobsBench, store: str
) -> None:
    stores = bench.jobs.stores
    number = stores.list_files(store)
    first = bench.events.wait_for(StoreFilesEnded)
    assert (first.complete, first.can_resume) == (False, True)
    assert len(bench.requested) == 1
    stores.list_more()
    _first, last = bench.events.wait_for_count(StoreFilesEnded, 2)
    assert (last.complete, last.can_resume) == (True, False)
    pages = bench.events.all(StoreFilesListed)
    assert [(len(page.files), page.so_far) for page in pages] == [(100, 100), (50, 150)]
    assert {page.listing for page in pages} == {first.listing, last.listing} == {number}
    assert stores.seen.stores_with("file-0") == (store,)
    stores.list_more()
    stores.list_files(store)
    bench.events.wait_for_count(StoreFilesEnded, 3)
    assert len(bench.requested) == 3, "there was nothing more to request"


def test_a_page_that_failed_can_be_requested_again(bench: JobsBench, store: str) -> None:
    bench.jobs.stores.list_files(store)
    bench.events.wait_for(StoreFilesEnded)
    bench.server.next(*[html(502)] * 3)
    bench.jobs.stores.list_more()
    failed = bench.events.wait_for_count(StoreFilesEnded, 2)[-1]
    assert failed.problem is not None
    assert failed.can_resume
    bench.jobs.stores.list_more()
    assert bench.events.wait_for_count(StoreFilesEnded, 3)[-1].complete


def test_a_listing_that_was_stopped_can_go_on(bench: JobsBench, store: str) -> None:
    bench.jobs.stores.list_files(store)
    bench.events.wait_for(StoreFilesEnded)
    bench.jobs.stores.stop_listing()
    bench.jobs.stores.list_more()
    assert bench.events.wait_for_count(StoreFilesEnded, 2)[-1].complete


def test_only_files_in_one_state_can_be_listed(bench: JobsBench, store: str) -> None:
    bench.server.jobs.files_of[store][3]["status"] = "failed"
    bench.jobs.stores.list_files(store, "failed")
    bench.events.wait_for(StoreFilesEnded)
    (page,) = bench.events.all(StoreFilesListed)
    assert [file.id for file in page.files] == ["file-3"]


def test_the_listing_of_another_store_ends_the_last_one(bench: JobsBench, store: str) -> None:
    bench.server.jobs.stores.append(served_store(id="vs_2"))
    bench.server.next(Stall())
    bench.jobs.stores.list_files(store)
    bench.server.wait_until_stalled()
    bench.jobs.stores.list_more()
    bench.jobs.stores.list_files("vs_2")
    first, second = bench.events.wait_for_count(StoreFilesEnded, 2)
    assert (first.store_id, first.complete, first.problem) == (store, False, None)
    assert (second.store_id, second.complete) == ("vs_2", True)


def test_a_store_that_is_gone_is_told(bench: JobsBench) -> None:
    bench.jobs.stores.list_files("vs_gone")
    problem = bench.events.wait_for(StoreFilesEnded).problem
    assert problem is not None
    assert problem.kind is ProblemKind.NOT_FOUND


def test_files_are_attached_with_progress(bench: JobsBench, store: str) -> None:
    bench.jobs.stores.changes.attach(5, store, ["new-1", "new-2", "new-1"])
    ended = bench.events.wait_for(StoreChangeEnded)
    assert ended == StoreChangeEnded("acme", store, 5, True, ("new-1", "new-2"), (), ())
    progress = bench.events.all(StoreChangeProgress)
    assert [(event.done, event.total) for event in progress] == [(1, 2), (2, 2)]
    assert {"new-1", "new-2"} <= files_in(bench, store)
    changed = bench.events.wait_for(JobsChanged)
    assert (changed.kind, changed.jobs[0].id) == (JobKind.VECTOR_STORES, store)


def test_files_are_detached_and_what_is_gone_already_is_no_failure(
    bench: JobsBench, store: str
) -> None:
    bench.jobs.stores.changes.detach(6, store, ["file-1", "gone", "file-2"])
    ended = bench.events.wait_for(StoreChangeEnded)
    assert (ended.attached, ended.changed) == (False, ("file-1", "gone", "file-2"))
    assert files_in(bench, store).isdisjoint({"file-1", "file-2"})
    assert bench.jobs.stores.seen.stores_with("file-1") == ()


def test_a_file_that_may_not_be_detached_is_not_told_as_detached(
    bench: JobsBench, store: str
) -> None:
    bench.server.next(None, api_error(400, "It's in use"))
    bench.jobs.stores.changes.detach(6, store, ["file-0", "file-1", "file-2"])
    ended = bench.events.wait_for(StoreChangeEnded)
    assert ended.changed == ("file-0", "file-2")
    ((file_id, problem),) = ended.failed
    assert (file_id, problem.server_message) == ("file-1", "It's in use")
    assert "file-1" in files_in(bench, store)


def test_a_file_that_is_refused_does_not_stop_the_others(bench: JobsBench, store: str) -> None:
    bench.server.next(None, api_error(400, "Unsupported file"))
    bench.jobs.stores.changes.attach(5, store, ["a", "b", "c"])
    ended = bench.events.wait_for(StoreChangeEnded)
    assert ended.changed == ("a", "c")
    ((file_id, problem),) = ended.failed
    assert (file_id, problem.server_message) == ("b", "Unsupported file")


def test_what_every_file_would_meet_stops_them_all(bench: JobsBench, store: str) -> None:
    bench.server.next(None, api_error(403, "No"))
    bench.jobs.stores.changes.attach(5, store, ["a", "b", "c", "d"])
    ended = bench.events.wait_for(StoreChangeEnded)
    assert (ended.changed, ended.not_tried) == (("a",), ("c", "d"))
    assert [file_id for file_id, _problem in ended.failed] == ["b"]


MANY = [f"new-{number}" for number in range(50)]
REFUSED = api_error(400, "No")
FAILED = api_error(500, "oops", headers=(("x-should-retry", "false"),))


def test_a_store_that_is_gone_is_not_asked_to_take_every_file(bench: JobsBench) -> None:
    bench.server.next(*[api_error(404, "No vector store found")] * 3)
    bench.jobs.stores.changes.attach(5, "vs_gone", MANY)
    ended = bench.events.wait_for(StoreChangeEnded)
    assert (len(ended.failed), len(ended.not_tried)) == (3, 47)
    assert bench.requested[3:] == ["/vector_stores/vs_gone"]


def test_a_store_that_has_expired_is_not_asked_to_take_every_file(
    bench: JobsBench, store: str
) -> None:
    bench.server.jobs.stores[0]["status"] = "expired"
    bench.server.next(*[REFUSED] * 3)
    bench.jobs.stores.changes.attach(5, store, MANY)
    assert len(bench.events.wait_for(StoreChangeEnded).not_tried) == 47


def test_files_that_are_refused_in_a_row_do_not_stop_the_others(
    bench: JobsBench, store: str
) -> None:
    bench.server.next(*[REFUSED] * 3, None, *[REFUSED] * 4)
    bench.jobs.stores.changes.attach(5, store, MANY)
    ended = bench.events.wait_for(StoreChangeEnded)
    assert (len(ended.failed), len(ended.changed), ended.not_tried) == (7, 43, ())


def test_a_server_in_trouble_is_not_asked_to_take_every_file(bench: JobsBench, store: str) -> None:
    bench.server.next(FAILED, FAILED, None, FAILED, FAILED, FAILED)
    bench.jobs.stores.changes.attach(5, store, MANY)
    ended = bench.events.wait_for(StoreChangeEnded)
    assert (len(ended.failed), len(ended.changed), len(ended.not_tried)) == (5, 1, 44)


def test_waiting_is_told(bench: JobsBench, store: str) -> None:
    bench.server.next(rate_limited(retry_after_ms="1"))
    bench.jobs.stores.changes.attach(5, store, ["a"])
    bench.events.wait_for(StoreChangeEnded)
    waiting = bench.events.all(StoreChangeProgress)[0]
    assert waiting.wait_seconds == 0.001
    assert waiting.waits_for is not None
    assert waiting.waits_for.kind is ProblemKind.RATE_LIMITED


def test_a_change_can_be_stopped(bench: JobsBench, store: str) -> None:
    bench.server.next(None, Stall())
    bench.jobs.stores.changes.attach(5, store, ["a", "b", "c"])
    bench.server.wait_until_stalled()
    bench.jobs.stores.changes.stop(99)
    bench.jobs.stores.changes.stop(5)
    ended = bench.events.wait_for(StoreChangeEnded)
    assert (ended.changed, ended.failed, ended.not_tried) == (("a",), (), ("b", "c"))


def test_the_text_of_a_file_is_found_in_its_store(bench: JobsBench, store: str) -> None:
    bench.server.jobs.texts["file-7"] = ["", "One ", "two"]
    assert text_of(bench, "file-7") == "One two"
    bench.forget()
    assert text_of(bench, "file-7") == "One two"
    assert all(path.endswith("/content") for path in bench.requested)


def test_the_parts_of_a_text_are_not_glued_together(bench: JobsBench, store: str) -> None:
    bench.server.jobs.texts["file-7"] = ["The first page", "the second\n", "third", "", " and last"]
    assert text_of(bench, "file-7") == "The first page\nthe second\nthird and last"


def test_a_file_in_no_store_has_no_text_and_is_not_asked_for_again(
    bench: JobsBench, store: str
) -> None:
    assert text_of(bench, "elsewhere") is None
    assert bench.requested == ["/vector_stores", f"/vector_stores/{store}/files/elsewhere"]
    assert text_of(bench, "elsewhere") is None
    assert len(bench.requested) == 2


def test_only_the_newest_stores_are_asked(bench: JobsBench) -> None:
    bench.server.jobs.stores += [served_store() for _ in range(30)]
    bench.list_all(JobKind.VECTOR_STORES)
    assert text_of(bench, "elsewhere") is None
    newest = [one["id"] for one in bench.server.jobs.stores[:-11:-1]]
    assert bench.requested == [f"/vector_stores/{one}/files/elsewhere" for one in newest]


def test_stores_are_asked_by_their_age_whatever_their_order(bench: JobsBench) -> None:
    made = [1_700_000_002, 1_700_000_003, 1_700_000_001]
    bench.server.jobs.stores += [served_store(id=f"vs_{at}", created_at=at) for at in made]
    bench.list_all(JobKind.VECTOR_STORES)
    assert text_of(bench, "elsewhere") is None
    newest = sorted(made, reverse=True)
    assert bench.requested == [f"/vector_stores/vs_{at}/files/elsewhere" for at in newest]


@pytest.mark.parametrize("answer", [html(404), html(200), api_error(403, "No")])
def test_without_stores_there_is_no_text(bench: JobsBench, answer: object) -> None:
    bench.server.next(answer)  # type: ignore[arg-type]
    assert text_of(bench, "file-7") is None


def test_a_server_in_trouble_is_told_not_taken_for_none(bench: JobsBench, store: str) -> None:
    bench.server.next(*[html(502)] * 3)
    with pytest.raises(FilesError) as caught:
        bench.jobs.texts.find("file-7", CancelToken())
    assert caught.value.problem.kind is ProblemKind.SERVER_FAILED
    bench.server.jobs.texts["file-7"] = ["text"]
    assert text_of(bench, "file-7") == "text"


def test_no_text_is_found_while_no_account_is_open(bench: JobsBench) -> None:
    bench.api = None
    assert text_of(bench, "file-7") is None
    bench.jobs.stores.changes.attach(1, "vs_1", ["a"])
    bench.jobs.stores.list_files("vs_1")
    assert bench.requested == []
