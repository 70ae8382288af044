"""Which lists a server has, and what is in them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.jobs.events import (
    JobsEnded,
    JobsListed,
    JobsListingEnded,
    JobsListingStarted,
    ListOffered,
)
from services.jobs.job_kind import JobKind
from services.jobs.offered_lists import Offer, OfferedLists
from services.problems.errors import ProblemKind
from services.providers.account import AccountKind
from tests.services.jobs.conftest import JobsBench
from tests.support.factories import account
from tests.support.files_server import ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.served_files import ListingQuirk
from tests.support.served_jobs import running_batch, served_batch, served_job, served_store
from tests.support.server_faults import Stall, api_error, html

MONTH = 31 * 86400


def offers(bench: JobsBench) -> dict[JobKind, Offer]:
    """What was told about the lists last."""
    return {event.kind: event.offer for event in bench.events.all(ListOffered)}


def look(bench: JobsBench, lists: int = 3) -> list[JobsListingEnded]:
    """Look which lists there are; return how the requested ones ended."""
    bench.jobs.lists.look()
    return bench.events.wait_for_count(JobsListingEnded, lists)


def test_nothing_is_requested_by_itself(bench: JobsBench) -> None:
    assert bench.requested == []
    assert bench.events.received == []
    assert bench.timer.seconds == 0


def test_a_look_requests_one_page_of_each_list(bench: JobsBench) -> None:
    served = bench.server.jobs
    served.batches += [served_batch() for _ in range(250)]
    served.stores.append(served_store(id="vs_1"))
    ended = {event.kind: event for event in look(bench)}
    assert sorted(bench.requested) == ["/batches", "/fine_tuning/jobs", "/vector_stores"]
    assert offers(bench) == dict.fromkeys(JobKind, Offer.OFFERED)
    assert ended[JobKind.BATCHES].can_resume
    assert not ended[JobKind.BATCHES].complete
    assert ended[JobKind.VECTOR_STORES].complete
    assert ended[JobKind.FINE_TUNING].complete
    (page,) = [one for one in bench.events.all(JobsListed) if one.kind is JobKind.BATCHES]
    assert (len(page.jobs), page.so_far) == (100, 100)


def test_the_rest_of_a_list_is_requested_when_it_is_needed(bench: JobsBench) -> None:
    bench.server.jobs.batches += [served_batch() for _ in range(250)]
    look(bench)
    bench.forget()
    bench.jobs.lists.resume(JobKind.BATCHES)
    ended = bench.events.wait_for(JobsListingEnded)
    assert ended.complete
    assert [event.so_far for event in bench.events.all(JobsListed)] == [200, 250]
    assert bench.events.all(JobsListingStarted)[0].listing == ended.listing
    assert len(bench.jobs.known.of(JobKind.BATCHES)) == 250
    bench.forget()
    bench.jobs.lists.resume(JobKind.BATCHES)
    assert bench.requested == []


def test_a_look_leaves_a_whole_list_alone(bench: JobsBench) -> None:
    bench.server.jobs.batches += [served_batch() for _ in range(150)]
    assert bench.list_all(JobKind.BATCHES).complete
    look(bench, 2)
    assert sorted(bench.requested) == ["/fine_tuning/jobs", "/vector_stores"]


def test_a_list_whose_cursor_is_gone_starts_over(bench: JobsBench) -> None:
    batches = bench.server.jobs.batches
    batches += [served_batch() for _ in range(150)]
    look(bench)
    bench.forget()
    del batches[50]
    bench.jobs.lists.resume(JobKind.BATCHES)
    ended = bench.events.wait_for(JobsListingEnded, lambda event: event.complete)
    assert ended.problem is None
    assert len(bench.jobs.known.of(JobKind.BATCHES)) == 149


def test_which_lists_a_server_lacks_is_asked_once_and_kept(
    make_jobs: Callable[[], JobsBench],
) -> None:
    bench = make_jobs()
    bench.server.jobs.offered = {"batches"}
    look(bench)
    assert offers(bench) == {
        JobKind.BATCHES: Offer.OFFERED,
        JobKind.VECTOR_STORES: Offer.NOT_OFFERED,
        JobKind.FINE_TUNING: Offer.NOT_OFFERED,
    }
    (why,) = [
        event.problem
        for event in bench.events.all(ListOffered)
        if event.kind is JobKind.VECTOR_STORES
    ]
    assert why is not None
    assert why.kind is ProblemKind.NOT_OFFERED
    bench.forget()
    again = make_jobs()
    look(again, 1)
    assert again.requested == ["/batches"]
    assert offers(again) == offers(again) | {JobKind.FINE_TUNING: Offer.NOT_OFFERED}
    bench.forget()
    later = make_jobs()
    later.clock.now += MONTH
    look(later, 3)
    assert len(later.requested) == 3


def test_a_list_that_was_missing_is_asked_again_on_request(bench: JobsBench) -> None:
    bench.server.jobs.offered = set()
    look(bench)
    assert bench.jobs.lists.offer_of(JobKind.BATCHES) is Offer.NOT_OFFERED
    bench.server.jobs.offered = {"batches"}
    assert bench.list_all(JobKind.BATCHES).complete
    assert bench.jobs.lists.offer_of(JobKind.BATCHES) is Offer.OFFERED
    assert bench.offered.of(account(base_url=bench.server.base_url))[JobKind.BATCHES] is (
        Offer.OFFERED
    )


def test_a_key_that_may_list_files_and_nothing_else_is_asked_again_next_time(
    make_jobs: Callable[[], JobsBench],
) -> None:
    bench = make_jobs()
    refusal = api_error(401, "You have insufficient permissions. Missing scopes: api.batch.read")
    bench.server.next(*[refusal] * 3)
    assert all(event.problem is not None for event in look(bench))
    assert offers(bench) == dict.fromkeys(JobKind, Offer.REFUSED)
    bench.forget()
    look(make_jobs())
    assert len(bench.requested) == 3


def test_a_server_in_trouble_says_nothing_about_its_lists(bench: JobsBench) -> None:
    bench.server.next(*[html(502)] * 9)
    assert {event.problem.kind for event in look(bench) if event.problem is not None} == {
        ProblemKind.SERVER_FAILED
    }
    assert offers(bench) == {}


def test_only_a_complete_list_shows_what_is_gone(bench: JobsBench) -> None:
    batches = bench.server.jobs.batches
    batches += [served_batch(id="batch_1"), served_batch(id="batch_2")]
    bench.list_all(JobKind.BATCHES)
    del batches[0]
    bench.server.quirks.update({ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED})
    ended = bench.list_all(JobKind.BATCHES)
    assert (ended.complete, ended.gone) == (False, ())
    assert ended.oddities
    assert len(bench.jobs.known.of(JobKind.BATCHES)) == 2
    bench.server.quirks.clear()
    ended = bench.list_all(JobKind.BATCHES)
    assert (ended.complete, ended.gone) == (True, ("batch_1",))
    assert [batch.id for batch in bench.jobs.known.of(JobKind.BATCHES)] == ["batch_2"]


def test_a_list_tells_what_has_ended_since_the_last_one(bench: JobsBench) -> None:
    batch = running_batch(id="batch_1")
    bench.server.jobs.batches += [served_batch(), batch]
    bench.jobs.lists.refresh(JobKind.BATCHES)
    bench.events.wait_for(JobsListingEnded)
    assert bench.events.all(JobsEnded) == []
    batch.update(status="completed", completed_at=1_700_000_900)
    bench.forget()
    bench.jobs.lists.refresh(JobKind.BATCHES)
    bench.events.wait_for(JobsListingEnded)
    (ended,) = bench.events.all(JobsEnded)
    assert [job.id for job in ended.jobs] == ["batch_1"]


def test_a_new_listing_ends_the_last_one(bench: JobsBench) -> None:
    bench.server.jobs.batches.append(served_batch())
    bench.server.next(Stall())
    bench.jobs.lists.refresh(JobKind.BATCHES)
    bench.server.wait_until_stalled()
    assert bench.jobs.lists.is_listing(JobKind.BATCHES)
    bench.jobs.lists.refresh(JobKind.BATCHES)
    first, second = bench.events.wait_for_count(JobsListingEnded, 2)
    assert (first.complete, second.complete) == (False, True)
    assert first.listing != second.listing
    assert {event.listing for event in bench.events.all(JobsListed)} == {second.listing}


def test_a_listing_can_be_stopped(bench: JobsBench) -> None:
    bench.server.next(Stall())
    bench.jobs.lists.refresh(JobKind.BATCHES)
    bench.server.wait_until_stalled()
    bench.jobs.lists.stop(JobKind.BATCHES)
    ended = bench.events.wait_for(JobsListingEnded)
    assert (ended.complete, ended.problem) == (False, None)


def test_nothing_is_told_after_the_account_was_closed(bench: JobsBench) -> None:
    bench.server.next(Stall())
    bench.jobs.lists.refresh(JobKind.BATCHES)
    bench.server.wait_until_stalled()
    bench.forget()
    bench.api = None
    bench.close()
    assert bench.events.received == []
    bench.jobs.lists.refresh(JobKind.BATCHES)
    bench.jobs.lists.look()
    assert bench.requested == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"acme": 7}', b"\xff", b'{"\xff": {}}'])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "offered.json"
    path.write_bytes(content)
    offered = OfferedLists(path)
    assert offered.of(account()) == dict.fromkeys(JobKind, Offer.UNKNOWN)
    offered.remember(account(), JobKind.BATCHES, offered=True)
    assert OfferedLists(path).of(account())[JobKind.BATCHES] is Offer.OFFERED


def test_another_address_is_another_server(tmp_path: Path) -> None:
    offered = OfferedLists(tmp_path / "offered.json", ManualClock())
    offered.remember(account(), JobKind.BATCHES, offered=False)
    assert offered.of(account())[JobKind.BATCHES] is Offer.NOT_OFFERED
    moved = account(base_url="http://127.0.0.1:10/v1")
    assert offered.of(moved)[JobKind.BATCHES] is Offer.UNKNOWN
    offered.remember(moved, JobKind.FINE_TUNING, offered=True)
    assert offered.of(moved)[JobKind.BATCHES] is Offer.UNKNOWN
    offered.remember(account(), JobKind.BATCHES, offered=False)
    offered.forget("acme")
    assert offered.of(account())[JobKind.BATCHES] is Offer.UNKNOWN
    assert json.loads((tmp_path / "offered.json").read_bytes()) == {}


def test_nothing_is_kept_of_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "offered.json"
    sandbox = account(kind=AccountKind.SANDBOX)
    OfferedLists(path).remember(sandbox, JobKind.BATCHES, offered=True)
    assert not path.exists()


def test_fine_tuning_jobs_and_stores_are_listed_like_batches(
    files_server: ScriptedFilesServer, bench: JobsBench
) -> None:
    files_server.jobs.fine_tuning.append(served_job(id="ftjob-1"))
    files_server.jobs.stores.append(served_store(id="vs_1"))
    for kind, job_id in ((JobKind.FINE_TUNING, "ftjob-1"), (JobKind.VECTOR_STORES, "vs_1")):
        assert bench.list_all(kind).complete
        assert [job.id for job in bench.jobs.known.of(kind)] == [job_id]


def test_a_list_that_the_provider_lacks_is_not_requested(tmp_path: Path) -> None:
    offered = OfferedLists(tmp_path / "offered.json")
    groq = account(provider_id="groq")
    assert offered.of(groq) == {
        JobKind.BATCHES: Offer.UNKNOWN,
        JobKind.FINE_TUNING: Offer.NOT_OFFERED,
        JobKind.VECTOR_STORES: Offer.NOT_OFFERED,
    }
    # The server's own word counts more.
    offered.remember(groq, JobKind.VECTOR_STORES, offered=True)
    assert offered.of(groq)[JobKind.VECTOR_STORES] is Offer.OFFERED
