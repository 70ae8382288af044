"""The decisions about an upload whose answer was lost; `test_finding_upload` has them carried out."""

import pytest

from services.api import connection
from services.api.file_page import FilePage
from services.api.remote_file import RemoteFile
from services.problems.errors import ProblemKind
from services.transfers.jobs import UploadJob
from services.transfers.lost_answers import (
    CLOCK_SKEW,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LONGEST_PAUSE_LATER,
    SETTLED_AFTER,
    AnswerLost,
    OtherUploads,
    SeenBefore,
    choose,
    find_matches,
    next_lookup,
    oldest_of,
    reaches_back,
    seen_before,
)
from tests.support.factories import local_file, remote_file, upload_request

EDGE = 1_800_000_000
REQUEST = upload_request(local_file(name="a.jsonl", size=7), purpose="batch")
SEEN = SeenBefore(("file-known",), EDGE, EDGE + 1)
NOBODY = OtherUploads()
OURS, THEIRS = "0" * 64, "f" * 64


def one(**different: object) -> RemoteFile:
    fields = {"name": "a.jsonl", "size": 7, "purpose": "batch", "created_at": EDGE + 1}
    return remote_file(**(fields | different))  # type: ignore[arg-type]


def page(*files: RemoteFile, has_more: bool | None = True, time: float | None = None) -> FilePage:
    return FilePage(files, has_more, server_time=time)


def test_the_server_has_the_time_that_the_program_waits_for_its_answer() -> None:
    assert SETTLED_AFTER == connection.UPLOAD_RESPONSE_TIMEOUT


# What is kept of a listing


def test_of_a_listing_only_files_are_kept_that_could_be_taken_for_the_upload() -> None:
    alike, renamed, unknown = one(), one(name="b"), one(size=None)
    files = (alike, one(size=8), renamed, one(purpose="vision"), unknown)
    seen = seen_before(page(*files, has_more=False), REQUEST)
    assert seen is not None
    assert seen.ids == (alike.id, renamed.id, unknown.id)


@pytest.mark.parametrize(
    ("listed", "since", "newest"),
    [
        # All there was: whatever is not on it is new.
        (page(one(created_at=9), has_more=False), None, None),
        (page(has_more=False), None, None),
        # The newest first: what is not on the page is new or older than its last.
        (page(one(created_at=9), one(created_at=5)), 5, 9),
        (page(one(created_at=9), one(created_at=5), has_more=None), 5, 9),
        # In any order, or without dates: the server's clock says what is surely new. It makes
        # nothing too old, as the files may be dated by another clock.
        (page(one(created_at=5), one(created_at=9), time=1000.0), None, 1000),
        (page(one(created_at=9), one(created_at=9), time=1000.0), None, 1000),
        (page(RemoteFile("f"), one(created_at=5), time=1000.0), None, 1000),
        (page(has_more=None, time=1000.0), None, 1000),
    ],
)
def test_from_when_on_a_file_is_new(
    listed: FilePage, since: int | None, newest: int | None
) -> None:
    seen = seen_before(listed, REQUEST)
    assert seen is not None
    assert (seen.since, seen.newest) == (since, newest)


def test_without_a_listing_and_without_any_clock_nothing_is_known() -> None:
    assert seen_before(None, REQUEST) is None
    assert seen_before(page(one(created_at=5), one(created_at=9)), REQUEST) is None


# What find_matches


@pytest.mark.parametrize(
    "different",
    [
        {"size": 8},
        {"purpose": "fine-tune"},
        {"id": "file-known"},
        {"created_at": EDGE - CLOCK_SKEW - 1},
    ],
)
def test_a_file_that_differs_or_was_there_does_not_fit(different: dict[str, object]) -> None:
    assert find_matches([one(**different)], REQUEST, SEEN) == []


@pytest.mark.parametrize(
    ("different", "same_name", "certainly_new"),
    [
        ({}, True, True),
        ({"created_at": EDGE + 86_400}, True, True),
        ({"name": "A.jsonl"}, False, True),
        ({"name": None}, False, True),
        # What is not told may be.
        ({"size": None}, True, False),
        ({"purpose": None}, True, False),
        ({"created_at": EDGE}, True, False),
        ({"created_at": EDGE - CLOCK_SKEW}, True, False),
    ],
)
def test_what_fits(different: dict[str, object], same_name: bool, certainly_new: bool) -> None:
    [match] = find_matches([one(**different)], REQUEST, SEEN)
    assert (match.same_name, match.certainly_new) == (same_name, certainly_new)


def test_a_server_may_write_the_accents_of_a_name_in_another_way() -> None:
    request = upload_request(local_file(name="Résumé.jsonl", size=7), purpose="batch")
    [match] = find_matches([one(name="Re\u0301sume\u0301.jsonl")], request, SEEN)
    assert match.same_name


def test_a_file_without_a_date_is_new_only_where_all_were_listed_before() -> None:
    file = RemoteFile("f", "a.jsonl", "batch", 7)
    assert [match.certainly_new for match in find_matches([file], REQUEST, SEEN)] == [False]
    assert [match.certainly_new for match in find_matches([file], REQUEST, SeenBefore())] == [True]


def test_nothing_is_surely_new_where_nothing_was_listed_before() -> None:
    assert [match.certainly_new for match in find_matches([one(created_at=1)], REQUEST, None)] == [
        False
    ]


def test_the_name_ranks() -> None:
    renamed, named = one(name="b.jsonl"), one()
    assert [match.file for match in find_matches([renamed, named], REQUEST, SEEN)] == [
        named,
        renamed,
    ]


def test_of_equal_names_what_is_surely_new_ranks_first() -> None:
    doubtful, new = one(created_at=EDGE), one()
    assert [match.file for match in find_matches([doubtful, new], REQUEST, SEEN)] == [new, doubtful]


@pytest.mark.parametrize(
    ("last", "reaches"), [(EDGE - CLOCK_SKEW - 1, True), (EDGE - CLOCK_SKEW, False)]
)
def test_a_listing_is_read_on_as_long_as_clocks_may_differ(last: int, reaches: bool) -> None:
    assert (
        reaches_back(oldest_of([one(created_at=EDGE + 9), one(created_at=last)]), SEEN) is reaches
    )


def test_a_listing_is_read_to_its_end_where_it_has_no_order_or_nothing_is_known() -> None:
    old, new = one(created_at=1), one(created_at=EDGE + 1)
    assert not reaches_back(oldest_of([old, new]), SEEN)
    assert not reaches_back(oldest_of([old]), SEEN)
    assert not reaches_back(oldest_of([old, old]), SEEN)
    assert not reaches_back(oldest_of([new, RemoteFile("f"), old]), SEEN)
    assert not reaches_back(oldest_of([new, old]), SeenBefore())
    assert not reaches_back(oldest_of([new, old]), None)


# Which one it is


def chosen(
    *files: RemoteFile,
    equal: dict[str, bool] | None = None,
    others: OtherUploads = NOBODY,
    seen: SeenBefore | None = SEEN,
) -> str | None:
    match = choose(find_matches(files, REQUEST, seen), equal or {}, others, OURS)
    return match.file.id if match else None


def left_open(*files: RemoteFile, **known: object) -> set[str]:
    """The candidates."""
    with pytest.raises(AnswerLost) as caught:
        chosen(*files, **known)  # type: ignore[arg-type]
    assert caught.value.problem.kind is ProblemKind.ANSWER_LOST
    return set(caught.value.candidates or ())


def test_the_only_one_that_fits_in_all_is_taken() -> None:
    file = one()
    assert chosen(file) == file.id


@pytest.mark.parametrize(
    "different", [{"name": "b.jsonl"}, {"size": None}, {"created_at": EDGE - 5}]
)
def test_one_that_does_not_fit_in_all_is_for_the_person(different: dict[str, object]) -> None:
    file = one(**different)
    assert left_open(file) == {file.id}
    assert chosen(file, equal={file.id: True}) == file.id


def test_several_are_for_the_person_unless_their_content_decides() -> None:
    a, b = one(), one()
    assert left_open(a, b) == {a.id, b.id}
    assert chosen(a, b, equal={a.id: False}) == b.id
    assert chosen(a, b, equal={b.id: True}) == b.id
    assert chosen(a, b, equal={a.id: False, b.id: False}) is None


def test_what_another_upload_has_is_out() -> None:
    a, b = one(), one()
    assert chosen(a, b, others=OtherUploads(owned=frozenset({a.id}))) == b.id
    assert chosen(a, equal={a.id: True}, others=OtherUploads(owned=frozenset({a.id}))) is None


ANOTHER = UploadJob(REQUEST)


@pytest.mark.parametrize(
    ("in_flight", "taken"),
    [
        ((ANOTHER,), False),
        ((UploadJob(REQUEST, sha256=THEIRS),), True),
        ((UploadJob(REQUEST, sha256=OURS), UploadJob(REQUEST, sha256=THEIRS)), False),
    ],
)
def test_a_file_that_an_answer_may_be_about_to_name_is_not_taken(
    in_flight: tuple[UploadJob, ...], taken: bool
) -> None:
    file = one()
    others = OtherUploads(confirming=in_flight)
    if taken:
        assert chosen(file, equal={file.id: True}, others=others) == file.id
    else:
        assert left_open(file, equal={file.id: True}, others=others) == set()


def test_of_more_files_than_uploads_in_flight_one_may_be_taken() -> None:
    a, b = one(), one()
    equal = {a.id: True, b.id: True}
    assert chosen(a, b, equal=equal, others=OtherUploads(confirming=(ANOTHER,))) == a.id


def test_without_proof_none_is_taken_while_another_lost_one_may_be_it() -> None:
    file = one()
    assert left_open(file, others=OtherUploads(lost=(ANOTHER,))) == {file.id}
    assert left_open(file, others=OtherUploads(confirming=(ANOTHER,))) == {file.id}


def test_without_a_listing_before_only_content_decides() -> None:
    file = one()
    assert left_open(file, seen=None) == {file.id}
    assert chosen(file, seen=None, equal={file.id: True}) == file.id


# When to look again


def test_it_is_looked_for_with_growing_pauses_and_once_more_when_the_time_is_over() -> None:
    now, looks, pauses = 1000.0, 0, []
    while now < 1000 + SETTLED_AFTER:
        later = next_lookup(looks, now, 1000.0)
        pauses.append(later - now)
        now, looks = later, looks + 1
    assert now == 1000 + SETTLED_AFTER
    assert pauses[0] == FIRST_PAUSE
    assert pauses[:-1] == sorted(pauses[:-1])
    assert max(pauses) == LONGEST_PAUSE


def test_after_that_time_the_pauses_grow_on() -> None:
    assert next_lookup(1000, 5000.0, 1000.0) == 5000 + LONGEST_PAUSE_LATER
