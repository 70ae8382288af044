"""Decisions about an upload whose answer was lost; `test_finding_upload` runs them for real."""

from typing import Any

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


def test_lookup_time_equals_the_response_timeout() -> None:
    assert SETTLED_AFTER == connection.UPLOAD_RESPONSE_TIMEOUT


# The listing before an upload


def test_seen_before_keeps_only_possible_matches() -> None:
    alike, renamed, unknown = one(), one(name="b"), one(size=None)
    files = (alike, one(size=8), renamed, one(purpose="vision"), unknown)
    seen = seen_before(page(*files, has_more=False), REQUEST)
    assert seen is not None
    assert seen.ids == (alike.id, renamed.id, unknown.id)


@pytest.mark.parametrize(
    ("listed", "since", "newest"),
    [
        # Complete: any file not on the page is new.
        (page(one(created_at=9), has_more=False), None, None),
        (page(has_more=False), None, None),
        # Newest first: a file not on the page is new or older than the last one.
        (page(one(created_at=9), one(created_at=5)), 5, 9),
        (page(one(created_at=9), one(created_at=5), has_more=None), 5, 9),
        # Unordered or undated: the server's clock says what is certainly new. It makes
        # nothing too old, since files may be dated by another clock.
        (page(one(created_at=5), one(created_at=9), time=1000.0), None, 1000),
        (page(one(created_at=9), one(created_at=9), time=1000.0), None, 1000),
        (page(RemoteFile("f"), one(created_at=5), time=1000.0), None, 1000),
        (page(has_more=None, time=1000.0), None, 1000),
    ],
)
def test_seen_before_says_which_files_are_new(
    listed: FilePage, since: int | None, newest: int | None
) -> None:
    seen = seen_before(listed, REQUEST)
    assert seen is not None
    assert (seen.since, seen.newest) == (since, newest)


def test_nothing_is_known_without_a_listing_or_clock() -> None:
    assert seen_before(None, REQUEST) is None
    assert seen_before(page(one(created_at=5), one(created_at=9)), REQUEST) is None


# Matches


@pytest.mark.parametrize(
    "different",
    [
        {"size": 8},
        {"purpose": "fine-tune"},
        {"id": "file-known"},
        {"created_at": EDGE - CLOCK_SKEW - 1},
    ],
)
def test_different_or_earlier_files_do_not_match(different: dict[str, object]) -> None:
    assert find_matches([one(**different)], REQUEST, SEEN) == []


@pytest.mark.parametrize(
    ("different", "same_name", "certainly_new"),
    [
        ({}, True, True),
        ({"created_at": EDGE + 86_400}, True, True),
        ({"name": "A.jsonl"}, False, True),
        ({"name": None}, False, True),
        # A value that is not reported may match.
        ({"size": None}, True, False),
        ({"purpose": None}, True, False),
        ({"created_at": EDGE}, True, False),
        ({"created_at": EDGE - CLOCK_SKEW}, True, False),
    ],
)
def test_matching_files(different: dict[str, object], same_name: bool, certainly_new: bool) -> None:
    [match] = find_matches([one(**different)], REQUEST, SEEN)
    assert (match.same_name, match.certainly_new) == (same_name, certainly_new)


def test_decomposed_name_matches() -> None:
    request = upload_request(local_file(name="Résumé.jsonl", size=7), purpose="batch")
    [match] = find_matches([one(name="Re\u0301sume\u0301.jsonl")], request, SEEN)
    assert match.same_name


def test_undated_file_is_new_only_after_a_complete_listing() -> None:
    file = RemoteFile("f", "a.jsonl", "batch", 7)
    assert [match.certainly_new for match in find_matches([file], REQUEST, SEEN)] == [False]
    assert [match.certainly_new for match in find_matches([file], REQUEST, SeenBefore())] == [True]


def test_nothing_is_certainly_new_without_a_listing() -> None:
    assert [match.certainly_new for match in find_matches([one(created_at=1)], REQUEST, None)] == [
        False
    ]


def test_same_name_ranks_first() -> None:
    renamed, named = one(name="b.jsonl"), one()
    assert [match.file for match in find_matches([renamed, named], REQUEST, SEEN)] == [
        named,
        renamed,
    ]


def test_certainly_new_ranks_first_among_equal_names() -> None:
    doubtful, new = one(created_at=EDGE), one()
    assert [match.file for match in find_matches([doubtful, new], REQUEST, SEEN)] == [new, doubtful]


@pytest.mark.parametrize(
    ("last", "reaches"), [(EDGE - CLOCK_SKEW - 1, True), (EDGE - CLOCK_SKEW, False)]
)
def test_listing_continues_within_clock_skew(last: int, reaches: bool) -> None:
    assert (
        reaches_back(oldest_of([one(created_at=EDGE + 9), one(created_at=last)]), SEEN) is reaches
    )


def test_unordered_listing_is_read_to_the_end() -> None:
    old, new = one(created_at=1), one(created_at=EDGE + 1)
    assert not reaches_back(oldest_of([old, new]), SEEN)
    assert not reaches_back(oldest_of([old]), SEEN)
    assert not reaches_back(oldest_of([old, old]), SEEN)
    assert not reaches_back(oldest_of([new, RemoteFile("f"), old]), SEEN)
    assert not reaches_back(oldest_of([new, old]), SeenBefore())
    assert not reaches_back(oldest_of([new, old]), None)


# Choosing a match


def chosen(
    *files: RemoteFile,
    equal: dict[str, bool] | None = None,
    others: OtherUploads = NOBODY,
    seen: SeenBefore | None = SEEN,
    settled: bool = True,
    sent_until: float | None = 5.0,
) -> str | None:
    matches = find_matches(files, REQUEST, seen)
    match = choose(matches, equal or {}, others, OURS, settled=settled, sent_until=sent_until)
    return match.file.id if match else None


def undecided_candidates(*files: RemoteFile, **known: object) -> set[str]:
    """Return the candidates of an undecided upload."""
    with pytest.raises(AnswerLost) as caught:
        chosen(*files, **known)  # type: ignore[arg-type]
    assert caught.value.problem.kind is ProblemKind.ANSWER_LOST
    return set(caught.value.candidates or ())


def test_single_full_match_is_chosen() -> None:
    file = one()
    assert chosen(file) == file.id


@pytest.mark.parametrize(
    "different", [{"name": "b.jsonl"}, {"size": None}, {"created_at": EDGE - 5}]
)
def test_partial_match_is_left_to_the_user(different: dict[str, object]) -> None:
    file = one(**different)
    assert undecided_candidates(file) == {file.id}
    assert chosen(file, equal={file.id: True}) == file.id


def test_several_matches_are_left_to_the_user_unless_content_decides() -> None:
    a, b = one(), one()
    assert undecided_candidates(a, b) == {a.id, b.id}
    assert chosen(a, b, equal={a.id: False}) == b.id
    assert chosen(a, b, equal={b.id: True}) == b.id
    assert chosen(a, b, equal={a.id: False, b.id: False}) is None


def test_file_of_another_upload_is_excluded() -> None:
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
def test_file_an_awaited_answer_may_name_is_not_chosen(
    in_flight: tuple[UploadJob, ...], taken: bool
) -> None:
    file = one()
    others = OtherUploads(confirming=in_flight)
    if taken:
        assert chosen(file, equal={file.id: True}, others=others) == file.id
    else:
        assert undecided_candidates(file, equal={file.id: True}, others=others) == set()


def test_file_is_chosen_if_there_are_more_than_awaited_answers() -> None:
    a, b = one(), one()
    equal = {a.id: True, b.id: True}
    assert chosen(a, b, equal=equal, others=OtherUploads(confirming=(ANOTHER,))) == a.id


def test_file_of_another_lost_upload_is_not_taken_while_an_unread_one_may_be_its_own() -> None:
    own, shared = one(id="file-own"), one(id="file-shared")
    equal = {shared.id: True}
    others = OtherUploads(lost=(UploadJob(REQUEST, seen_before=SeenBefore((own.id,))),))
    assert undecided_candidates(own, shared, equal=equal, others=others) == {own.id, shared.id}
    assert chosen(own, shared, equal=equal | {own.id: True}, others=others) == own.id
    assert chosen(own, shared, equal=equal | {own.id: False}, others=others) == shared.id


@pytest.mark.parametrize(
    ("theirs", "ours", "is_left"),
    [(4.0, 5.0, True), (5.0, 5.0, False), (6.0, 5.0, False), (None, 5.0, True), (4.0, None, True)],
)
def test_file_is_left_to_an_earlier_upload_while_its_own_may_still_be_listed(
    theirs: float | None, ours: float | None, is_left: bool
) -> None:
    file, equal = one(id="file-a"), {"file-a": True, "file-b": True}
    others = OtherUploads(lost=(UploadJob(REQUEST, sent_until=theirs),))
    known: dict[str, Any] = {"equal": equal, "others": others, "sent_until": ours}
    if is_left:
        assert undecided_candidates(file, settled=False, **known) == set()
    else:
        assert chosen(file, settled=False, **known) == file.id
    assert chosen(file, **known) == file.id
    assert chosen(file, one(id="file-b"), settled=False, **known) == file.id
    unlike = OtherUploads(lost=(UploadJob(REQUEST, sent_until=theirs, sha256=THEIRS),))
    assert chosen(file, settled=False, **known | {"others": unlike}) == file.id


def test_no_choice_without_proof_while_another_lost_upload_matches() -> None:
    file = one()
    assert undecided_candidates(file, others=OtherUploads(lost=(ANOTHER,))) == {file.id}
    assert undecided_candidates(file, others=OtherUploads(confirming=(ANOTHER,))) == {file.id}


def test_only_content_decides_without_an_earlier_listing() -> None:
    file = one()
    assert undecided_candidates(file, seen=None) == {file.id}
    assert chosen(file, seen=None, equal={file.id: True}) == file.id


# Lookup times


def test_lookup_pauses_grow_and_one_lookup_ends_the_time() -> None:
    now, lookups, pauses = 1000.0, 0, []
    while now < 1000 + SETTLED_AFTER:
        later = next_lookup(lookups, now, 1000.0)
        pauses.append(later - now)
        now, lookups = later, lookups + 1
    assert now == 1000 + SETTLED_AFTER
    assert pauses[0] == FIRST_PAUSE
    assert pauses[:-1] == sorted(pauses[:-1])
    assert max(pauses) == LONGEST_PAUSE


def test_lookup_pauses_keep_growing_afterwards() -> None:
    assert next_lookup(1000, 5000.0, 1000.0) == 5000 + LONGEST_PAUSE_LATER
