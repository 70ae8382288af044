"""Finding out what refers to files, within the promised number of requests."""

from collections.abc import Callable

import pytest

from services.jobs.events import JobsAllRead, JobsGone, StoreChangeEnded
from services.jobs.job_kind import JobKind
from services.problems.errors import ProblemKind
from services.references.answer import Unchecked, Verdict
from services.references.events import ReferencesChanged, ScanEnded, ScanOutcome, ScanProgress
from services.references.left_to_ask import FRESH_SECONDS
from services.references.price import Price
from services.references.reference import ReferenceKind
from tests.services.references.conftest import ReferencesBench
from tests.support.served_files import ListingQuirk
from tests.support.served_jobs import running_batch, served_batch, served_job
from tests.support.server_faults import Answer, Stall, api_error, html, rate_limited

FILES = [f"file-{number:04d}" for number in range(450)]


def test_nothing_is_requested_by_itself(bench: ReferencesBench) -> None:
    assert bench.verdict("file-1") is Verdict.NOT_CHECKED
    assert bench.references.scans.price() is None
    assert bench.requested == []


def test_all_roles_are_found(bench: ReferencesBench) -> None:
    served = bench.server.jobs
    served.batches.append(
        running_batch(id="batch_1", input_file_id="f1", output_file_id="f2", error_file_id="f3")
    )
    served.fine_tuning.append(
        served_job(id="job_1", training_file="f4", validation_file="f1", result_files=["f5", "f6"])
    )
    bench.add_store("vs_1", ["f6"])
    ended = bench.scan()
    assert (ended.outcome, ended.done) == (ScanOutcome.DONE, 4)
    assert bench.names("f1") == [
        ("batch", "batch_1", "input"),
        ("fine_tuning", "job_1", "validation"),
    ]
    assert bench.names("f2") == [("batch", "batch_1", "output")]
    assert bench.names("f3") == [("batch", "batch_1", "error")]
    assert bench.names("f4") == [("fine_tuning", "job_1", "training")]
    assert bench.names("f5") == [("fine_tuning", "job_1", "result")]
    assert bench.names("f6") == [
        ("fine_tuning", "job_1", "result"),
        ("vector_store", "vs_1", "indexed"),
    ]
    first = bench.references.answer("f1").references[0]
    assert (first.unfinished, first.state, first.name) == (True, "in_progress", "batch_1")
    none = bench.references.answer("f7")
    assert (none.verdict, none.checked_at) == (Verdict.NONE_FOUND, bench.clock.now)


def test_without_a_promise_only_few_requests_are_sent(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", [f"file-{number}" for number in range(2_050)])
    ended = bench.scan()
    assert (ended.outcome, ended.done) == (ScanOutcome.MORE_NEEDED, 3)
    assert bench.references.scans.price() == Price(0, 21)
    assert bench.verdict("other") is Verdict.NOT_CHECKED
    ended = bench.scan(promised=21)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.DONE, 21)
    assert bench.verdict("other") is Verdict.NONE_FOUND
    assert bench.names("file-2049") == [("vector_store", "vs_1", "indexed")]


def test_a_list_that_was_read_to_its_end_is_known_whole(bench: ReferencesBench) -> None:
    bench.server.jobs.batches += [served_batch(id=f"batch_{one}") for one in range(150)]
    bench.scan()
    whole = {event.kind for event in bench.events.all(JobsAllRead)}
    assert whole == set(JobKind)
    assert not bench.events.all(JobsGone)
    del bench.server.jobs.batches[0]
    bench.clock.now += 3_600
    bench.scan()
    assert [event.job_ids for event in bench.events.all(JobsGone)] == [("batch_0",)]
    assert bench.jobs.known.get(JobKind.BATCHES, "batch_0") is None
    assert len(bench.jobs.known.of(JobKind.BATCHES)) == 149


def test_the_price_of_a_new_scan_is_never_exceeded(bench: ReferencesBench) -> None:
    bench.server.jobs.batches += [served_batch() for _ in range(250)]
    bench.server.jobs.fine_tuning += [served_job() for _ in range(41)]
    for number in range(7):
        bench.add_store(f"vs_{number}", FILES[number * 50 :])
    bench.scan_as_priced()
    bench.clock.now += 3_600
    price = bench.references.scans.price()
    stores = sum(-(-len(FILES[number * 50 :]) // 100) for number in range(7))
    assert price == Price(3 + 3 + 1, stores)
    ended = bench.scan(promised=price.requests)
    assert ended.outcome is ScanOutcome.DONE
    assert len(bench.requested) == ended.done <= price.requests


def test_a_store_that_grew_meanwhile_is_asked_about_anew(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES[:100])
    bench.add_store("vs_2", FILES[100:200])
    for kind in JobKind:
        bench.list_all(kind)
    assert bench.references.scans.price() == Price(0, 2)
    bench.server.jobs.files_of["vs_2"] += bench.server.jobs.files_of["vs_1"][:50]
    ended = bench.scan(promised=2)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.MORE_NEEDED, 2)
    assert bench.verdict("other") is Verdict.NOT_CHECKED
    price = bench.references.scans.price()
    assert price is not None
    assert 0 < price.requests <= 2
    bench.scan(promised=price.requests)
    assert len(bench.requested) <= price.requests
    assert bench.verdict(FILES[0]) is Verdict.FOUND


def test_one_file_is_asked_for_in_each_store(bench: ReferencesBench) -> None:
    for number in range(3):
        bench.add_store(f"vs_{number}", [*FILES, f"only-{number}"])
    bench.add_store("vs_empty", [])
    bench.scan_as_priced(["only-1"])
    assert bench.names("only-1") == [("vector_store", "vs_1", "indexed")]
    bench.scan_as_priced(["nowhere"])
    paths = [f"/vector_stores/vs_{one}/files/nowhere" for one in range(3)]
    assert sorted(bench.requested) == paths
    assert bench.verdict("nowhere") is Verdict.NONE_FOUND
    assert bench.verdict("not asked for") is Verdict.NOT_CHECKED
    bench.clock.now += 3_600
    assert bench.references.scans.price(["nowhere"]) == Price(3, 3, asks_files=True)
    bench.scan_as_priced(["nowhere"])
    assert bench.references.answer("nowhere").checked_at == bench.clock.now


def test_an_unknown_call_is_not_taken_for_a_missing_file(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES)
    for kind in JobKind:
        bench.list_all(kind)
    missing: list[Answer | None] = [api_error(404, "Not Found")]
    bench.server.script("GET", r"/vector_stores/vs_1/files/file-0001", missing)
    ended = bench.scan([FILES[1]], promised=1)
    assert ended.outcome is ScanOutcome.MORE_NEEDED
    assert bench.verdict(FILES[1]) is Verdict.NOT_CHECKED
    assert bench.references.scans.price([FILES[1]]) == Price(0, 5, asks_files=False)
    bench.scan_as_priced([FILES[1]])
    assert bench.verdict(FILES[1]) is Verdict.FOUND


def test_a_scan_waits_as_the_server_tells_it(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES)
    for kind in JobKind:
        bench.list_all(kind)
    faults = [None, rate_limited(retry_after="0.01"), rate_limited(retry_after="0.01"), None]
    bench.server.script("GET", "/vector_stores/vs_1/files", faults)
    ended = bench.scan(promised=5)
    assert (ended.outcome, ended.done) == (ScanOutcome.DONE, 7)
    assert len(bench.requested) == 7
    waits = [event for event in bench.events.all(ScanProgress) if event.wait_seconds is not None]
    told = [(wait.wait_seconds, wait.done, wait.promised) for wait in waits]
    assert told == [(0.01, 2, 6), (0.01, 3, 7)], "what is sent again is no secret"
    assert bench.verdict("other") is Verdict.NONE_FOUND


def test_a_page_that_was_too_large_for_the_server_counts(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES[:40])
    for kind in JobKind:
        bench.list_all(kind)
    too_large = api_error(400, "limit must be at most 50", param="limit")
    bench.server.script("GET", "/vector_stores/vs_1/files", [too_large])
    bench.events.clear()
    ended = bench.scan(promised=1)
    assert (ended.outcome, ended.done, len(bench.requested)) == (ScanOutcome.DONE, 2, 2)
    assert bench.events.all(ScanProgress)[-1].promised == 2


def test_small_pages_raise_the_promise_once_and_are_told(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES)
    bench.add_store("vs_2", FILES[:120])
    for kind in JobKind:
        bench.list_all(kind)
    assert bench.references.scans.price() == Price(0, 5 + 2)
    bench.server.jobs.largest_page = 50
    bench.events.clear()
    ended = bench.scan(promised=7)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.DONE, 9 + 3)
    told = [(one.done, one.promised, one.per_page) for one in bench.events.all(ScanProgress)]
    assert (1, 12, 50) in told, "at once"
    assert {promised for _done, promised, _per_page in told} <= {7, 12}
    assert bench.verdict("other") is Verdict.NONE_FOUND
    bench.clock.now += FRESH_SECONDS / 2
    assert bench.references.scans.price() == Price(0, 9 + 3), "it is known from then on"
    bench.server.jobs.largest_page = 20
    assert bench.scan_as_priced(FILES[:3]).outcome is ScanOutcome.DONE, "asked file by file"


def test_small_pages_of_lists_raise_the_promise(bench: ReferencesBench) -> None:
    bench.server.jobs.batches += [served_batch() for _ in range(150)]
    bench.server.jobs.fine_tuning += [served_job() for _ in range(40)]
    for kind in JobKind:
        bench.list_all(kind)
    bench.clock.now += FRESH_SECONDS
    bench.server.jobs.largest_page = 10
    assert bench.references.scans.price() == Price(2 + 2 + 1)
    ended = bench.scan(promised=5)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.DONE, 15 + 4 + 1)
    bench.clock.now += FRESH_SECONDS
    assert bench.references.scans.price() == Price(15 + 4 + 1)


def test_pages_that_shrink_again_never_raise_the_promise_twice(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES[:150])
    bench.add_store("vs_2", FILES)
    for kind in JobKind:
        bench.list_all(kind)
    bench.server.jobs.largest_page = 50
    bench.server.script("GET", "/vector_stores/vs_1/files", [Stall()])
    number = bench.references.scans.start(promised=7)
    bench.server.wait_until_stalled()
    bench.server.jobs.largest_page = 30
    bench.server.release()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert (ended.outcome, ended.done) == (ScanOutcome.MORE_NEEDED, 9 + 3)
    assert bench.scan_as_priced().outcome is ScanOutcome.DONE
    assert bench.verdict("other") is Verdict.NONE_FOUND


def test_small_pages_without_a_promise_stay_within_few_requests(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES)
    bench.server.jobs.largest_page = 10
    ended = bench.scan()
    assert (ended.outcome, ended.done) == (ScanOutcome.MORE_NEEDED, 3 + 5)
    assert bench.references.scans.price() == Price(0, 45 - 5)


def test_a_wait_that_is_too_long_ends_the_scan_which_goes_on_later(
    bench: ReferencesBench,
) -> None:
    bench.add_store("vs_1", FILES)
    for kind in JobKind:
        bench.list_all(kind)
    bench.server.script("GET", "/vector_stores/vs_1/files", [None, rate_limited(retry_after="900")])
    ended = bench.scan(promised=5)
    assert ended.outcome is ScanOutcome.FAILED
    assert ended.problem is not None
    assert bench.verdict(FILES[-1]) is Verdict.FOUND
    assert bench.verdict("other") is Verdict.NOT_CHECKED
    assert bench.references.scans.price() == Price(0, 4)
    assert bench.scan(promised=4).outcome is ScanOutcome.DONE
    assert bench.verdict("other") is Verdict.NONE_FOUND


def test_a_stopped_scan_goes_on(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES)
    bench.add_store("vs_2", FILES)
    for kind in JobKind:
        bench.list_all(kind)
    bench.server.script("GET", "/vector_stores/vs_1/files", [None, None, Stall()])
    number = bench.references.scans.start(promised=10)
    bench.server.wait_until_stalled()
    running = bench.references.scans.running
    assert running is not None
    assert running.promised == 10
    assert bench.references.scans.start() == 0, "only one at a time"
    bench.references.scans.stop()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert ended.outcome is ScanOutcome.STOPPED
    assert bench.references.scans.running is None
    price = bench.references.scans.price()
    assert price is not None
    left = price.requests
    assert left < 10
    bench.clock.now += FRESH_SECONDS * 2
    ended = bench.scan(promised=left)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.DONE, left)
    assert bench.verdict("other") is Verdict.NONE_FOUND


@pytest.mark.parametrize(
    "refusal",
    [
        api_error(403, "You have insufficient permissions"),
        api_error(404, "Invalid URL"),
        api_error(405, "Method not allowed"),
        api_error(501, "Not implemented"),
        html(200),
        html(404),
    ],
    ids=["403", "404", "405", "501", "page", "page 404"],
)
@pytest.mark.parametrize("path", ["/batches", "/fine_tuning/jobs", "/vector_stores"])
def test_after_one_refusal_nothing_is_called_unreferenced(
    bench: ReferencesBench, path: str, refusal: Answer
) -> None:
    bench.server.jobs.batches.append(served_batch(input_file_id="in batch"))
    bench.server.jobs.fine_tuning.append(served_job(training_file="in job"))
    bench.add_store("vs_1", ["in store"])
    bench.server.script("GET", path, [refusal] * 3)
    ended = bench.scan()
    assert ended.outcome is ScanOutcome.DONE
    found = {one for one in ("in batch", "in job", "in store") if bench.names(one)}
    assert len(found) == 2
    assert bench.verdict("other") is Verdict.REFUSED
    assert bench.references.coverage.refusal is not None
    assert not bench.references.coverage.complete


def test_a_list_that_is_refused_later_is_not_relied_on(bench: ReferencesBench) -> None:
    bench.scan()
    assert bench.verdict("other") is Verdict.NONE_FOUND
    bench.clock.now += FRESH_SECONDS
    bench.server.script("GET", "/batches", [api_error(403, "No")])
    bench.scan()
    assert bench.verdict("other") is Verdict.REFUSED


def test_a_key_that_may_list_files_only(bench: ReferencesBench) -> None:
    no = api_error(403, "You have insufficient permissions")
    for path in ("/batches", "/fine_tuning/jobs", "/vector_stores"):
        bench.server.script("GET", path, [no] * 3)
    ended = bench.scan()
    assert (ended.outcome, ended.done) == (ScanOutcome.DONE, 3)
    assert len(bench.references.coverage.unchecked) == 3
    assert bench.verdict("other") is Verdict.REFUSED


def test_files_of_a_store_that_are_refused(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", ["f1"])
    bench.add_store("vs_2", ["f2"])
    bench.server.script("GET", "/vector_stores/vs_2/files", [api_error(403, "No")])
    ended = bench.scan()
    assert ended.problem is not None
    assert bench.verdict("other") is Verdict.REFUSED


def test_a_store_that_is_gone_is_forgotten_with_the_next_list(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", ["f1"])
    bench.add_store("vs_2", ["f2"])
    bench.scan()
    bench.clock.now += FRESH_SECONDS
    store = bench.server.jobs.stores.pop()
    assert store["id"] == "vs_2"
    bench.scan()
    assert bench.verdict("f2") is Verdict.NONE_FOUND
    assert bench.references.coverage.vector_stores == 1


def test_lists_that_always_say_there_is_more(bench: ReferencesBench) -> None:
    """The files of a store are counted, so they are known to be all; batches aren't."""
    bench.add_store("vs_1", FILES[:150])
    bench.scan()
    bench.clock.now += FRESH_SECONDS
    bench.server.script("GET", "/vector_stores/vs_1/files", [])
    bench.server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    ended = bench.scan(promised=50)
    assert ended.outcome is ScanOutcome.DONE
    assert len(bench.requested) < 50
    assert bench.verdict("other") is Verdict.REFUSED
    assert not bench.references.coverage.unchecked_stores


def test_a_lying_store_is_never_read_beyond_the_promise(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES[:150])
    for kind in JobKind:
        bench.list_all(kind)
    bench.server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    ended = bench.scan(promised=2)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.MORE_NEEDED, 2)
    assert bench.scan(promised=1).outcome is ScanOutcome.DONE
    assert bench.verdict("other") is Verdict.NONE_FOUND


def test_a_state_that_nobody_knows_has_not_ended(bench: ReferencesBench) -> None:
    unknown = {"status": "dreaming", "completed_at": None, "finished_at": None}
    bench.server.jobs.batches.append(served_batch(input_file_id="f1", **unknown))
    bench.server.jobs.fine_tuning.append(served_job(training_file="f2", **unknown))
    bench.server.jobs.batches.append(served_batch(input_file_id="f3", status=None, errors="odd"))
    bench.scan()
    for file_id in ("f1", "f2"):
        (reference,) = bench.references.answer(file_id).references
        assert (reference.unfinished, reference.state) == (True, "dreaming")
    assert [one.unfinished for one in bench.references.answer("f3").references] == [False]


def test_reading_only_the_lists(bench: ReferencesBench) -> None:
    bench.server.jobs.batches.append(running_batch(input_file_id="f1"))
    bench.add_store("vs_1", ["f2"])
    number = bench.references.scans.start_lists()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert (ended.outcome, ended.done) == (ScanOutcome.DONE, 3)
    assert bench.verdict("f1") is Verdict.FOUND
    assert bench.verdict("f2") is Verdict.NOT_CHECKED
    number = bench.references.scans.start_lists()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert ended.done == 0, "they were read just now"


def test_lists_that_could_not_be_read_are_named(bench: ReferencesBench) -> None:
    bench.server.script("GET", "/batches", [api_error(403, "Not this key")])
    bench.server.script("GET", "/fine_tuning/jobs", [html(404)])
    number = bench.references.scans.start_lists()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    unread = {one.kind: one.problem.kind for one in ended.unread if one.problem is not None}
    assert unread == {
        ReferenceKind.BATCH: ProblemKind.NOT_PERMITTED,
        ReferenceKind.FINE_TUNING: ProblemKind.NOT_OFFERED,
    }


def test_all_lists_that_a_failed_scan_left_unread_are_named(bench: ReferencesBench) -> None:
    bench.server.script("GET", "/fine_tuning/jobs", [rate_limited()] * 20)
    number = bench.references.scans.start_lists()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.FAILED, 1 + 3)
    assert ended.unread == (
        Unchecked(ReferenceKind.FINE_TUNING, ended.problem),
        Unchecked(ReferenceKind.VECTOR_STORE, ended.problem),
    )


def test_changes_are_told(bench: ReferencesBench) -> None:
    bench.server.jobs.batches.append(served_batch())
    bench.scan()
    assert {event.account_id for event in bench.events.all(ReferencesChanged)} == {"acme"}


def test_a_closed_account_requests_nothing(make_bench: Callable[[], ReferencesBench]) -> None:
    bench = make_bench()
    bench.api = None
    assert bench.references.scans.start() == 0
    assert bench.references.scans.start_lists() == 0


def test_lists_that_are_old_when_a_scan_begins_are_read_again(bench: ReferencesBench) -> None:
    bench.server.jobs.batches += [served_batch() for _ in range(150)]
    bench.add_store("vs_1", FILES)
    for kind in JobKind:
        bench.list_all(kind)
    bench.clock.now += FRESH_SECONDS
    assert bench.references.scans.price() == Price(2 + 1 + 1, 5)
    ended = bench.scan(promised=9)
    assert (ended.outcome, len(bench.requested)) == (ScanOutcome.DONE, 9)
    assert bench.references.answer("other").checked_at == bench.clock.now


def test_what_is_attached_while_a_store_is_read_stays_known(bench: ReferencesBench) -> None:
    bench.add_store("vs_1", FILES[:150])
    for kind in JobKind:
        bench.list_all(kind)
    bench.server.script("GET", "/vector_stores/vs_1/files", [None, Stall()])
    number = bench.references.scans.start(promised=2)
    bench.server.wait_until_stalled()
    bench.jobs.stores.changes.attach(1, "vs_1", ["new", "newer"])
    bench.events.wait_for(StoreChangeEnded)
    bench.events.clear()
    bench.jobs.stores.changes.detach(2, "vs_1", ["newer"])
    bench.events.wait_for(StoreChangeEnded)
    bench.server.release()
    ended = bench.events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert ended.outcome is ScanOutcome.DONE
    assert bench.names("new") == [("vector_store", "vs_1", "indexed")]
    assert bench.names("newer") == []
