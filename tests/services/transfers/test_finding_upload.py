"""An upload whose answer was lost, from the listing before it to what becomes of it in the end.

The server stays real; its clock and ours, names and other people's files are as the test wants.
"""

import json
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from services.api import newest_files
from services.problems.errors import ProblemKind
from services.transfers import finding_upload
from services.transfers.events import TransferChanged
from services.transfers.journal import Journal
from services.transfers.lost_answers import SETTLED_AFTER
from services.transfers.transfer import Transfer, TransferState
from services.transfers.upload_job import MAX_RESENDS
from tests.services.transfers.conftest import Wharf
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import ListingQuirk, ServedFile, many_files, served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Framing,
    Moment,
    Reset,
    Stall,
    api_error,
    html,
    json_body,
)
from tests.support.waiting import wait_for

KEPT = Reset(Moment.AFTER_BODY, carried_out=True)
LOST = Reset(Moment.AFTER_BODY)
NO_CONTENT = api_error(400, "Not allowed to download files of purpose: batch")
DAY = 86_400


@pytest.fixture
def wharf(files_server: ScriptedFilesServer, tmp_path: Path, short_pauses: None) -> Iterator[Wharf]:
    (tmp_path / "downloads").mkdir()
    wharf = Wharf(files_server, tmp_path / "downloads", lists_first=True)
    yield wharf
    wharf.close()


def other_file(path: Path, **different: object) -> ServedFile:
    """What somebody else uploaded under the same name, as large, just now."""
    fields: dict[str, object] = {
        "content": bytes(path.stat().st_size),
        "created_at": int(time.time()),
    }
    return served_file(path.name, **(fields | different))  # type: ignore[arg-type]


def no_content(server: ScriptedFilesServer) -> None:
    """No content is given from now on."""
    server.script("GET", "/files/*/content", [NO_CONTENT] * 99)


def answers(server: ScriptedFilesServer, *faults: object) -> None:
    server.script("POST", "/files", faults)  # type: ignore[arg-type]


def uncertain(wharf: Wharf) -> Transfer:
    return wharf.wait_for(TransferState.UNCERTAIN)


def last(wharf: Wharf) -> Transfer:
    return wharf.told.all(TransferChanged)[-1].transfer


def look_to_the_end(wharf: Wharf) -> int:
    """Every look there is until the time is over; how many those were."""
    looks, left = 0, wharf.look_after(0)
    end = wharf.clock.now + SETTLED_AFTER
    while left is not None and wharf.clock.now < end:
        left = wharf.look_after(left)
        looks += 1
    return looks


# Names


@pytest.mark.parametrize("name", ["my_notes.txt", "modified_file.jsonl", "", "SMALL.JSONL"])
def test_a_file_that_the_server_renamed_is_known_by_its_content(
    wharf: Wharf, small_file: Path, name: str
) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY, carried_out=True))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.server.files[0].filename = name
    wharf.queue.cancel([last(wharf).id])
    wharf.queue.retry([uncertain(wharf).id])
    done = wharf.wait_for(TransferState.DONE)
    assert (done.file_id, done.warning) == (wharf.server.files[0].id, None)
    assert wharf.posts == 1


def test_a_renamed_file_that_can_not_be_proved_is_for_the_person_and_never_sent_again(
    wharf: Wharf, small_file: Path
) -> None:
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    taken = served_file(
        "other_name.jsonl", content=small_file.read_bytes(), created_at=int(time.time())
    )
    wharf.server.add(taken)
    look_to_the_end(wharf)
    assert wharf.look_after(DAY) is None
    ended = last(wharf)
    assert (ended.state, ended.candidates) == (TransferState.UNCERTAIN, (taken.id,))
    assert wharf.posts == 1
    wharf.queue.adopt(ended.id, taken.id)
    assert last(wharf).state is TransferState.DONE


def test_who_has_to_choose_sees_what_else_comes_until_the_time_is_over(
    wharf: Wharf, small_file: Path
) -> None:
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    first, second = (
        served_file(name, content=small_file.read_bytes(), created_at=int(time.time()))
        for name in ("a.jsonl", "b.jsonl")
    )
    wharf.server.add(first)
    assert wharf.look_after(60) is not None
    assert last(wharf).candidates == (first.id,)
    wharf.server.add(second)
    look_to_the_end(wharf)
    assert set(last(wharf).candidates) == {first.id, second.id}


def test_what_there_is_to_choose_from_stays_while_the_server_can_not_be_asked(
    wharf: Wharf, small_file: Path
) -> None:
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    taken = served_file("a.jsonl", content=small_file.read_bytes(), created_at=int(time.time()))
    wharf.server.add(taken)
    left = wharf.look_after(60)
    assert left is not None
    wharf.server.script("GET", "/files", [api_error(503, "busy")] * 9)
    assert wharf.look_after(left) is not None
    assert last(wharf).candidates == (taken.id,)
    assert last(wharf).problem is not None
    assert not_none(last(wharf).problem).status == 503


# Clocks


@pytest.mark.parametrize("ahead", [-DAY, -150, 150, DAY])
def test_the_clock_of_the_server_may_be_any_other(
    wharf: Wharf, small_file: Path, ahead: int
) -> None:
    """No content is given, so the time has to tell."""
    there = [served_file(f"{n}", created_at=int(time.time()) + ahead - 9 * n) for n in range(200)]
    wharf.server.add(*reversed(there))
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(other_file(small_file, created_at=int(time.time()) + ahead + 1))
    wharf.look_after(60)
    done = last(wharf)
    assert (done.state, done.file_id) == (TransferState.DONE, wharf.server.files[-1].id)
    assert done.warning is not None
    assert done.warning.kind is ProblemKind.DIFFERS
    assert wharf.posts == 1


@pytest.mark.parametrize("created_at", [0, int(time.time()) - DAY])
def test_a_file_that_another_clock_dates_than_the_server_tells_is_never_sent_again(
    wharf: Wharf, small_file: Path, created_at: int
) -> None:
    """Neither its order nor `has_more` says what is new, so that only its `Date` is left."""
    now = (("Date", formatdate(usegmt=True)),)
    empty = Answer(200, now, json.dumps({"object": "list", "data": []}).encode())
    wharf.server.script("GET", "/files", [empty])
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(other_file(small_file, created_at=created_at))
    look_to_the_end(wharf)
    ended = last(wharf)
    assert (ended.state, ended.candidates) == (
        TransferState.UNCERTAIN,
        (wharf.server.files[-1].id,),
    )
    assert wharf.posts == 1


@pytest.mark.parametrize("ahead", [-DAY, 0, DAY])
def test_a_file_that_was_there_before_is_not_taken_whatever_its_date_says(
    wharf: Wharf, small_file: Path, ahead: int
) -> None:
    there = other_file(
        small_file, content=small_file.read_bytes(), created_at=int(time.time()) + ahead
    )
    wharf.server.add(there)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    look_to_the_end(wharf)
    done = wharf.wait_for(TransferState.DONE)
    assert done.file_id not in {"", there.id}
    assert wharf.posts == 2


def test_where_pages_have_no_order_the_clock_of_the_server_tells_what_is_new(
    wharf: Wharf, small_file: Path
) -> None:
    no_content(wharf.server)
    old = [
        other_file(small_file, created_at=int(time.time()) - 1000),
        *many_files(200),
        other_file(small_file, created_at=int(time.time()) - 500),
    ]
    wharf.server.add(old[0], *(served_file(created_at=1) for _ in range(200)), old[-1])
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    look_to_the_end(wharf)
    assert wharf.wait_for(TransferState.DONE).file_id == wharf.server.files[-1].id
    assert wharf.posts == 2


def test_a_file_within_the_tolerance_is_found_on_a_later_page(
    wharf: Wharf, small_file: Path
) -> None:
    """The computers of a server differ by a minute or two, and others delete files meanwhile."""
    oldest = int(time.time()) - 1000
    there = [served_file(created_at=oldest + number) for number in range(300)]
    wharf.server.add(*there)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    for file in there[230:]:
        wharf.server.remove(file.id)
    # Of the hundred listed before, the oldest was number 200; a page now ends with number 130.
    late = other_file(small_file, content=small_file.read_bytes(), created_at=oldest + 100)
    wharf.server.add(late)
    wharf.look_after(60)
    assert last(wharf).file_id == late.id
    assert wharf.posts == 1


def test_once_it_is_surely_not_there_a_cancel_leaves_nothing_uncertain(
    wharf: Wharf, large_file: Path
) -> None:
    answers(wharf.server, LOST, Stall(Moment.IN_BODY, after_bytes=1000))
    wharf.upload(large_file)
    transfer_id = uncertain(wharf).id
    wharf.clock.now += SETTLED_AFTER
    wharf.queue.retry([transfer_id])
    wharf.server.wait_until_stalled()
    wharf.queue.cancel([transfer_id])
    assert wharf.wait_for(TransferState.CANCELLED).wait_seconds is None


# Contents


def contents_asked(wharf: Wharf) -> int:
    return len(wharf.server.requests_to("GET", "/files/*/content"))


def test_what_was_sent_is_known_also_when_the_file_has_changed_since(
    wharf: Wharf, small_file: Path
) -> None:
    content = small_file.read_bytes()
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(other_file(small_file))
    wharf.look_after(60)
    small_file.write_bytes(b"changed")
    taken = other_file(small_file, content=content)
    wharf.server.add(taken)
    wharf.look_after(60)
    done = last(wharf)
    assert (done.state, done.file_id, done.warning) == (TransferState.DONE, taken.id, None)
    assert contents_asked(wharf) == 2, "each of the two was fetched once"


def test_only_so_many_contents_are_fetched_in_one_look(
    wharf: Wharf, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding_upload, "MAX_CONTENT_CHECKS", 2)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(*(other_file(small_file) for _ in range(4)))
    wharf.look_after(60)
    assert contents_asked(wharf) == 2
    wharf.look_after(60)
    assert contents_asked(wharf) == 4


@pytest.mark.parametrize(
    ("status", "refused"), [(404, True), (501, True), (409, False), (429, False), (500, False)]
)
def test_a_content_that_is_refused_proves_nothing_and_a_busy_server_is_asked_again(
    wharf: Wharf, small_file: Path, status: int, refused: bool
) -> None:
    answers(wharf.server, KEPT)
    wharf.server.script("GET", "/files/*/content", [api_error(status, "no")])
    wharf.upload(small_file)
    if refused:
        assert wharf.wait_for(TransferState.DONE).warning is not None
        return
    assert uncertain(wharf).candidates == ()
    wharf.look_after(60)
    assert (last(wharf).state, last(wharf).warning) == (TransferState.DONE, None)


# Other people, and other uploads


def test_a_file_that_somebody_else_made_in_the_same_minute_is_not_taken(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    theirs = other_file(small_file)
    wharf.server.add(theirs)
    look_to_the_end(wharf)
    done = wharf.wait_for(TransferState.DONE)
    assert done.file_id != theirs.id
    assert wharf.server.files[-1].content == small_file.read_bytes()
    assert len(wharf.server.files) == 2


def latest(wharf: Wharf) -> list[Transfer]:
    told = {event.transfer.id: event.transfer for event in wharf.told.all(TransferChanged)}
    return list(told.values())


@pytest.mark.parametrize("round_", range(5))
def test_two_that_lost_their_answers_together_never_share_the_one_file_there_is(
    wharf: Wharf, small_file: Path, round_: int
) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY, carried_out=True), Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.upload(small_file)
    wharf.server.wait_until_stalled(2)
    # Both connections end at once, before anything is answered.
    for file in wharf.server.files[1:]:
        wharf.server.remove(file.id)
    ids = [one.id for one in latest(wharf)]
    wharf.queue.cancel(ids)
    wharf.told.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    assert len(wharf.server.files) == 1
    wharf.queue.retry(ids)
    over = {TransferState.DONE}
    wharf.told.wait_for_count(TransferChanged, 1, lambda event: event.transfer.state in over)
    wharf.told.wait_for_count(
        TransferChanged, 3, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    look_to_the_end(wharf)
    wharf.told.wait_for_count(TransferChanged, 2, lambda event: event.transfer.state in over)
    assert {one.file_id for one in latest(wharf)} == {file.id for file in wharf.server.files}
    assert (len(wharf.server.files), wharf.posts) == (2, 3)


def test_a_file_that_an_answer_is_about_to_name_is_left_to_it(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST, Stall(Moment.AFTER_BODY, carried_out=True))
    wharf.upload(small_file)
    first = uncertain(wharf)
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.look_after(60)
    assert next(one for one in latest(wharf) if one.id == first.id).state is TransferState.UNCERTAIN
    wharf.server.release()
    second = wharf.wait_for(TransferState.DONE)
    assert (second.id != first.id, second.file_id) == (True, wharf.server.files[0].id)
    look_to_the_end(wharf)
    wharf.told.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert len({one.file_id for one in latest(wharf)}) == 2


def test_an_answer_that_names_a_file_already_taken_leaves_one_of_them_done(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, KEPT)
    wharf.upload(small_file)
    taken = wharf.wait_for(TransferState.DONE)
    twin = wharf.server.files[0]
    answers(wharf.server, json_answer(twin))
    wharf.upload(small_file)
    second = uncertain(wharf)
    assert (second.candidates, second.wait_seconds) == ((taken.file_id,), None)
    assert wharf.look_after(DAY) is None
    wharf.queue.adopt(second.id, taken.file_id)
    assert last(wharf).state is TransferState.UNCERTAIN


def json_answer(file: ServedFile) -> object:
    return json_body(file.described())


def test_the_file_of_an_upload_cleared_from_the_list_stays_its_own(
    wharf: Wharf, small_file: Path
) -> None:
    wharf.upload(small_file)
    first = wharf.wait_for(TransferState.DONE)
    wharf.queue.clear([first.id])
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    look_to_the_end(wharf)
    wharf.told.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert len(wharf.server.files) == 2


def test_a_server_that_loses_every_upload_does_not_get_it_for_ever(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, *[LOST] * 9)
    wharf.upload(small_file)
    uncertain(wharf)
    for rounds in range(1, MAX_RESENDS + 1):
        wharf.told.clear()
        look_to_the_end(wharf)
        wait_for(lambda: wharf.states.endswith("CONFIRMING UNCERTAIN"), "another answer lost")
        assert wharf.posts == rounds + 1
    look_to_the_end(wharf)
    ended = last(wharf)
    assert (ended.state, ended.wait_seconds) == (TransferState.UNCERTAIN, None)
    assert wharf.look_after(DAY) is None
    assert wharf.posts == MAX_RESENDS + 1
    wharf.queue.send_again([ended.id])
    wait_for(lambda: wharf.posts == MAX_RESENDS + 2, "what the person asked for")


# How long


def test_a_server_that_needs_ten_minutes_gets_no_second_file(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.look_after(SETTLED_AFTER - 1)
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)
    assert last(wharf).wait_seconds == 1
    wharf.server.add(other_file(small_file, content=small_file.read_bytes()))
    wharf.look_after(1)
    assert (last(wharf).state, wharf.posts) == (TransferState.DONE, 1)


def test_it_is_looked_for_again_and_again_and_no_worker_is_held(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    assert uncertain(wharf).wait_seconds is not None
    assert 8 <= look_to_the_end(wharf) <= 30


@pytest.mark.parametrize("status", [403, 404, 405])
def test_where_nothing_is_listed_it_is_never_sent_again_by_itself(
    wharf: Wharf, small_file: Path, status: int
) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.script("GET", "/files", [api_error(status, "no")] * 99)
    look_to_the_end(wharf)
    assert wharf.look_after(DAY) is None
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)


def test_while_listing_fails_it_is_asked_for_on_and_on(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.script("GET", "/files", [html(502)] * 12)
    wharf.look_after(2 * SETTLED_AFTER)
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)
    for _look in range(11):
        assert wharf.look_after(SETTLED_AFTER) is not None
    wharf.look_after(SETTLED_AFTER)
    wharf.wait_for(TransferState.DONE)
    assert wharf.posts == 2


def test_a_listing_that_is_not_whole_tells_nothing(wharf: Wharf, small_file: Path) -> None:
    wharf.server.add(*many_files(120))
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.quirks.update({ListingQuirk.AFTER_IGNORED, ListingQuirk.HAS_MORE_ALWAYS})
    wharf.look_after(SETTLED_AFTER)
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)


def test_what_a_person_stopped_is_not_sent_again_by_itself(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.queue.cancel([last(wharf).id])
    assert uncertain(wharf).wait_seconds is None
    assert wharf.look_after(DAY) is None
    assert wharf.posts == 1


def test_an_uncertain_upload_is_looked_for_in_the_next_session_too(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    wharf.queue.restore(Journal(tmp_path / "queue.sqlite"))
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.close()
    again = Wharf(wharf.server, tmp_path / "downloads", lists_first=True)
    again.clock.now = wharf.clock.now + 100
    again.queue.restore(Journal(tmp_path / "queue.sqlite"))
    assert again.look_after(SETTLED_AFTER - 101) is not None
    assert wharf.posts == 1
    wharf.server.add(other_file(small_file, content=small_file.read_bytes()))
    again.look_after(1)
    assert (last(again).state, wharf.posts) == (TransferState.DONE, 1)
    again.close()


def test_a_failing_content_is_asked_for_again_before_anybody_is_asked(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, KEPT)
    wharf.server.script("GET", "/files/*/content", [html(502)])
    wharf.upload(small_file)
    assert uncertain(wharf).candidates == ()
    wharf.look_after(60)
    assert (last(wharf).state, last(wharf).warning) == (TransferState.DONE, None)


@pytest.mark.slow
def test_a_thousand_lost_uploads_are_looked_for_in_one_listing(
    wharf: Wharf, tmp_path: Path
) -> None:
    count = 30
    answers(wharf.server, *[LOST] * count)
    for number in range(count):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(bytes(1000 + number))
        wharf.upload(path)
    wharf.told.wait_for_count(
        TransferChanged, count, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    before = len(wharf.server.requests)
    wharf.look_after(60)
    assert len(wharf.server.requests) == before + 1
    # And one that can't be had is not asked for by each of them.
    wharf.server.script("GET", "/files", [html(502)] * count)
    wharf.look_after(SETTLED_AFTER)
    assert len(wharf.server.requests) == before + 2
    assert (wharf.posts, {one.state for one in latest(wharf)}) == (count, {TransferState.UNCERTAIN})


def test_a_page_that_is_in_order_by_chance_ends_no_last_look(
    wharf: Wharf, small_file: Path
) -> None:
    now = int(time.time())
    wharf.server.add(*(served_file(created_at=now - 1000 + number) for number in range(150)))
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    taken = other_file(small_file, content=small_file.read_bytes())
    wharf.server.add(taken)
    by_chance = [served_file(created_at=9), served_file(created_at=5)]
    wharf.server.add(*by_chance)
    page = {"data": [file.described() for file in by_chance], "has_more": True}
    wharf.server.script(
        "GET",
        "/files",
        [json_body(page), json_body(page | {"data": [taken.described()], "has_more": False})],
    )
    wharf.look_after(SETTLED_AFTER)
    assert (last(wharf).state, last(wharf).file_id) == (TransferState.DONE, taken.id)
    assert wharf.posts == 1


def test_a_content_that_is_cut_short_proves_nothing(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, KEPT)
    short = Delivery(framing=Framing.CLOSE, answer=Answer(200, body=b"{"))
    wharf.server.script("GET", "/files/*/content", [short] * 99)
    wharf.upload(small_file)
    done = wharf.wait_for(TransferState.DONE)
    assert done.file_id == wharf.server.files[0].id
    assert done.warning is not None


def test_what_a_person_stopped_is_not_sent_again_in_the_next_session_either(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    wharf.queue.restore(Journal(tmp_path / "queue.sqlite"))
    answers(wharf.server, Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.queue.cancel([last(wharf).id])
    uncertain(wharf)
    wharf.close()
    again = Wharf(wharf.server, tmp_path / "downloads")
    again.queue.restore(Journal(tmp_path / "queue.sqlite"))
    assert again.look_after(DAY) is None
    assert (last(again).state, again.posts) == (TransferState.UNCERTAIN, 1)
    again.close()


def test_the_time_counts_from_the_last_byte(wharf: Wharf, small_file: Path, tmp_path: Path) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.clock.now += SETTLED_AFTER - 1
    wharf.queue.close()
    assert uncertain(wharf).wait_seconds == 1


def test_a_clock_set_back_between_two_sessions_makes_no_long_wait(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    wharf.queue.restore(Journal(tmp_path / "queue.sqlite"))
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.close()
    again = Wharf(wharf.server, tmp_path / "downloads")
    again.clock.now -= DAY
    again.queue.restore(Journal(tmp_path / "queue.sqlite"))
    assert again.look_after(SETTLED_AFTER - 1) == 1
    again.look_after(1)
    again.wait_for(TransferState.DONE)
    assert again.posts == 2
    again.close()


# The listing before


def test_many_uploads_share_one_listing(wharf: Wharf, tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(b"{}\n")
        wharf.upload(path)
    wharf.told.wait_for_count(
        TransferChanged, 20, lambda event: event.transfer.state is TransferState.DONE
    )
    assert (wharf.posts, len(wharf.server.requests)) == (20, 21)


@pytest.mark.parametrize("fault", [api_error(403, "no"), html(500), Reset()], ids=repr)
def test_a_server_that_does_not_list_takes_uploads_all_the_same(
    wharf: Wharf, small_file: Path, fault: object
) -> None:
    wharf.server.script("GET", "/files", [fault] * 9)  # type: ignore[list-item]
    wharf.upload(small_file)
    wharf.wait_for(TransferState.DONE)
    wharf.upload(small_file)
    wharf.told.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert [request.method for request in wharf.server.requests] == ["GET", "POST", "POST"]


def test_a_server_that_lists_too_slowly_is_not_waited_for(
    wharf: Wharf, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_files, "LONGEST", 0.1)
    wharf.server.script("GET", "/files", [Stall()])
    wharf.upload(small_file)
    assert wharf.wait_for(TransferState.DONE).file_id == wharf.server.files[0].id


def test_the_listing_before_can_be_cancelled(wharf: Wharf, small_file: Path) -> None:
    wharf.server.script("GET", "/files", [Stall()])
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.cancel()
    assert wharf.states.split()[-1] == "CANCELLED"
    assert wharf.posts == 0
