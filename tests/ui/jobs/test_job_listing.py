"""What is known of a list of jobs while it is read."""

from services.jobs.events import JobsListingEnded, ListOffered
from services.jobs.job_kind import JobKind
from services.jobs.offered_lists import Offer
from services.problems.errors import Problem, ProblemKind
from ui.jobs.batches.batch_look import BATCH_LOOK
from ui.jobs.job_listing import JobListing
from ui.sidebar.sidebar_model import JobsCount

NOW = 1_700_000_000.0
OFFLINE = Problem(ProblemKind.UNREACHABLE, "Can't connect", "Check the network.")


def _ended(*, complete: bool, problem: Problem | None = None) -> JobsListingEnded:
    return JobsListingEnded("acme", JobKind.BATCHES, 1, complete, problem, can_resume=not complete)


def _listing() -> JobListing:
    return JobListing(BATCH_LOOK, lambda: NOW)


def test_nothing_is_counted_before_the_first_page() -> None:
    listing = _listing()
    assert listing.is_awaited
    assert listing.count(0) == JobsCount()
    listing.begin()
    listing.add_page(20)
    assert listing.count(20) == JobsCount(20, has_more=True)
    assert listing.gap
    listing.end(_ended(complete=True))
    assert listing.count(20) == JobsCount(20)
    assert not listing.gap
    assert listing.listed_at == NOW


def test_an_interrupted_listing_can_be_resumed_and_says_why_it_ended() -> None:
    listing = _listing()
    listing.begin()
    listing.add_page(20)
    listing.end(_ended(complete=False, problem=OFFLINE))
    assert listing.can_resume
    assert not listing.is_awaited
    assert OFFLINE.title in listing.gap
    assert listing.count(20).has_more
    assert listing.listed_at is None


def test_a_list_stays_whole_in_the_sidebar_while_it_is_read_again() -> None:
    listing = _listing()
    listing.begin()
    listing.end(_ended(complete=True))
    listing.begin()
    listing.end(_ended(complete=False, problem=OFFLINE))
    assert listing.count(3) == JobsCount(3)


def test_another_reader_of_the_whole_list_leaves_the_end_to_the_running_listing() -> None:
    listing = _listing()
    listing.begin()
    listing.note_all_read()
    assert (listing.is_whole, listing.count(3)) == (False, JobsCount(3))
    listing.end(_ended(complete=False, problem=OFFLINE))
    listing.note_all_read()
    assert (listing.is_whole, listing.problem) == (True, None)


def test_a_missing_list_says_so_whatever_is_known() -> None:
    listing = _listing()
    listing.note_offer(ListOffered("acme", JobKind.BATCHES, Offer.NOT_OFFERED))
    assert listing.count(3).missing == listing.gap != ""


def test_a_refused_list_names_its_problem_unless_some_jobs_are_known() -> None:
    listing = _listing()
    listing.note_offer(ListOffered("acme", JobKind.BATCHES, Offer.REFUSED, OFFLINE))
    assert listing.count(0).missing == OFFLINE.title
    assert not listing.count(3).missing
