"""An upload whose answer was lost, from the listing before it to its final state.

The server is real; both clocks, the names and other people's files are scripted.
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
from services.transfers.sending_job import MAX_RESENDS
from services.transfers.transfer import Transfer, TransferState
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

LOST_BUT_STORED = Reset(Moment.AFTER_BODY, carried_out=True)
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
    """Return a file that someone else just uploaded, with the same name and size."""
    fields: dict[str, object] = {
        "content": bytes(path.stat().st_size),
        "created_at": int(time.time()),
    }
    return served_file(path.name, **(fields | different))  # type: ignore[arg-type]


def no_content(server: ScriptedFilesServer) -> None:
    """Make the server refuse all content."""
    server.script("GET", "/files/*/content", [NO_CONTENT] * 99)


def answers(server: ScriptedFilesServer, *faults: object) -> None:
    server.script("POST", "/files", faults)  # type: ignore[arg-type]


def uncertain(wharf: Wharf) -> Transfer:
    return wharf.wait_for(TransferState.UNCERTAIN)


def last(wharf: Wharf) -> Transfer:
    return wharf.events.all(TransferChanged)[-1].transfer


def look_up_until_settled(wharf: Wharf) -> int:
    """Run all lookups until the upload is settled; return how many there were."""
    lookups, left = 0, wharf.look_up_after(0)
    end = wharf.clock.now + SETTLED_AFTER
    while left is not None and wharf.clock.now < end:
        left = wharf.look_up_after(left)
        lookups += 1
    return lookups


# Names


@pytest.mark.parametrize("name", ["my_notes.txt", "modified_file.jsonl", "", "SMALL.JSONL"])
def test_renamed_file_is_matched_by_content(wharf: Wharf, small_file: Path, name: str) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY, carried_out=True))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.server.files[0].filename = name
    wharf.queue.cancel([last(wharf).id])
    wharf.queue.retry([uncertain(wharf).id])
    done = wharf.wait_for(TransferState.DONE)
    assert (done.file_id, done.warning) == (wharf.server.files[0].id, None)
    assert wharf.posts == 1


def test_renamed_file_without_proof_is_left_to_the_user_and_never_resent(
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
    look_up_until_settled(wharf)
    assert wharf.look_up_after(DAY) is None
    ended = last(wharf)
    assert (ended.state, ended.candidates) == (TransferState.UNCERTAIN, (taken.id,))
    assert wharf.posts == 1
    wharf.queue.adopt(ended.id, taken.id)
    assert last(wharf).state is TransferState.DONE


def test_new_candidates_appear_until_the_lookup_time_is_over(
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
    assert wharf.look_up_after(60) is not None
    assert last(wharf).candidates == (first.id,)
    wharf.server.add(second)
    look_up_until_settled(wharf)
    assert set(last(wharf).candidates) == {first.id, second.id}


def test_candidates_stay_while_the_server_is_unreachable(wharf: Wharf, small_file: Path) -> None:
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    taken = served_file("a.jsonl", content=small_file.read_bytes(), created_at=int(time.time()))
    wharf.server.add(taken)
    left = wharf.look_up_after(60)
    assert left is not None
    wharf.server.script("GET", "/files", [api_error(503, "busy")] * 9)
    assert wharf.look_up_after(left) is not None
    assert last(wharf).candidates == (taken.id,)
    assert last(wharf).problem is not None
    assert not_none(last(wharf).problem).status == 503


# Clocks


@pytest.mark.parametrize("ahead", [-DAY, -150, 150, DAY])
def test_upload_is_found_whatever_the_server_clock_says(
    wharf: Wharf, small_file: Path, ahead: int
) -> None:
    """The server returns no content, so the time has to decide."""
    there = [served_file(f"{n}", created_at=int(time.time()) + ahead - 9 * n) for n in range(200)]
    wharf.server.add(*reversed(there))
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(other_file(small_file, created_at=int(time.time()) + ahead + 1))
    wharf.look_up_after(60)
    done = last(wharf)
    assert (done.state, done.file_id) == (TransferState.DONE, wharf.server.files[-1].id)
    assert done.warning is not None
    assert done.warning.kind is ProblemKind.DIFFERS
    assert wharf.posts == 1


@pytest.mark.parametrize("created_at", [0, int(time.time()) - DAY])
def test_file_dated_by_another_clock_is_never_resent(
    wharf: Wharf, small_file: Path, created_at: int
) -> None:
    """Neither the order nor `has_more` says what is new, so only `Date` is left."""
    now = (("Date", formatdate(usegmt=True)),)
    empty = Answer(200, now, json.dumps({"object": "list", "data": []}).encode())
    wharf.server.script("GET", "/files", [empty])
    no_content(wharf.server)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(other_file(small_file, created_at=created_at))
    look_up_until_settled(wharf)
    ended = last(wharf)
    assert (ended.state, ended.candidates) == (
        TransferState.UNCERTAIN,
        (wharf.server.files[-1].id,),
    )
    assert wharf.posts == 1


@pytest.mark.parametrize("ahead", [-DAY, 0, DAY])
def test_file_listed_before_the_attempt_is_never_matched(
    wharf: Wharf, small_file: Path, ahead: int
) -> None:
    there = other_file(
        small_file, content=small_file.read_bytes(), created_at=int(time.time()) + ahead
    )
    wharf.server.add(there)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    look_up_until_settled(wharf)
    done = wharf.wait_for(TransferState.DONE)
    assert done.file_id not in {"", there.id}
    assert wharf.posts == 2


def test_server_clock_decides_what_is_new_in_unordered_pages(
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
    look_up_until_settled(wharf)
    assert wharf.wait_for(TransferState.DONE).file_id == wharf.server.files[-1].id
    assert wharf.posts == 2


def test_file_within_clock_skew_is_found_on_a_later_page(wharf: Wharf, small_file: Path) -> None:
    """The server's clocks differ by a minute or two, and others delete files meanwhile."""
    oldest = int(time.time()) - 1000
    there = [served_file(created_at=oldest + number) for number in range(300)]
    wharf.server.add(*there)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    for file in there[230:]:
        wharf.server.remove(file.id)
    # The oldest of the hundred files listed before was number 200; now a page ends at 130.
    late = other_file(small_file, content=small_file.read_bytes(), created_at=oldest + 100)
    wharf.server.add(late)
    wharf.look_up_after(60)
    assert last(wharf).file_id == late.id
    assert wharf.posts == 1


def test_cancel_is_certain_once_the_server_has_no_file(wharf: Wharf, large_file: Path) -> None:
    answers(wharf.server, LOST, Stall(Moment.IN_BODY, after_bytes=1000))
    wharf.upload(large_file)
    transfer_id = uncertain(wharf).id
    wharf.clock.now += SETTLED_AFTER
    wharf.queue.retry([transfer_id])
    wharf.server.wait_until_stalled()
    wharf.queue.cancel([transfer_id])
    assert wharf.wait_for(TransferState.CANCELLED).wait_seconds is None


# Contents


def content_requests(wharf: Wharf) -> int:
    return len(wharf.server.requests_to("GET", "/files/*/content"))


def test_sent_content_is_matched_after_the_local_file_changed(
    wharf: Wharf, small_file: Path
) -> None:
    content = small_file.read_bytes()
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(other_file(small_file))
    wharf.look_up_after(60)
    small_file.write_bytes(b"changed")
    taken = other_file(small_file, content=content)
    wharf.server.add(taken)
    wharf.look_up_after(60)
    done = last(wharf)
    assert (done.state, done.file_id, done.warning) == (TransferState.DONE, taken.id, None)
    assert content_requests(wharf) == 2, "each of the two was fetched once"


def test_content_checks_per_lookup_are_limited(
    wharf: Wharf, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding_upload, "MAX_CONTENT_CHECKS", 2)
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.add(*(other_file(small_file) for _ in range(4)))
    wharf.look_up_after(60)
    assert content_requests(wharf) == 2
    wharf.look_up_after(60)
    assert content_requests(wharf) == 4


@pytest.mark.parametrize(
    ("status", "refused"), [(404, True), (501, True), (409, False), (429, False), (500, False)]
)
def test_refused_content_proves_nothing_and_busy_servers_are_asked_again(
    wharf: Wharf, small_file: Path, status: int, refused: bool
) -> None:
    answers(wharf.server, LOST_BUT_STORED)
    wharf.server.script("GET", "/files/*/content", [api_error(status, "no")])
    wharf.upload(small_file)
    if refused:
        assert wharf.wait_for(TransferState.DONE).warning is not None
        return
    assert uncertain(wharf).candidates == ()
    wharf.look_up_after(60)
    assert (last(wharf).state, last(wharf).warning) == (TransferState.DONE, None)


# Other people, and other uploads


def test_same_file_uploaded_by_someone_else_is_not_matched(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    theirs = other_file(small_file)
    wharf.server.add(theirs)
    look_up_until_settled(wharf)
    done = wharf.wait_for(TransferState.DONE)
    assert done.file_id != theirs.id
    assert wharf.server.files[-1].content == small_file.read_bytes()
    assert len(wharf.server.files) == 2


def latest(wharf: Wharf) -> list[Transfer]:
    latest = {event.transfer.id: event.transfer for event in wharf.events.all(TransferChanged)}
    return list(latest.values())


@pytest.mark.parametrize("round_", range(5))
def test_two_lost_uploads_never_share_one_file(wharf: Wharf, small_file: Path, round_: int) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY, carried_out=True), Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.upload(small_file)
    wharf.server.wait_until_stalled(2)
    # Both connections end at once, before any answer.
    for file in wharf.server.files[1:]:
        wharf.server.remove(file.id)
    ids = [one.id for one in latest(wharf)]
    wharf.queue.cancel(ids)
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    assert len(wharf.server.files) == 1
    wharf.queue.retry(ids)
    over = {TransferState.DONE}
    wharf.events.wait_for_count(TransferChanged, 1, lambda event: event.transfer.state in over)
    wharf.events.wait_for_count(
        TransferChanged, 3, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    look_up_until_settled(wharf)
    wharf.events.wait_for_count(TransferChanged, 2, lambda event: event.transfer.state in over)
    assert {one.file_id for one in latest(wharf)} == {file.id for file in wharf.server.files}
    assert (len(wharf.server.files), wharf.posts) == (2, 3)


def test_file_is_not_matched_while_its_answer_may_still_come(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST, Stall(Moment.AFTER_BODY, carried_out=True))
    wharf.upload(small_file)
    first = uncertain(wharf)
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.look_up_after(60)
    assert next(one for one in latest(wharf) if one.id == first.id).state is TransferState.UNCERTAIN
    wharf.server.release()
    second = wharf.wait_for(TransferState.DONE)
    assert (second.id != first.id, second.file_id) == (True, wharf.server.files[0].id)
    look_up_until_settled(wharf)
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert len({one.file_id for one in latest(wharf)}) == 2


def test_answer_naming_a_matched_file_leaves_one_upload_done(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST_BUT_STORED)
    wharf.upload(small_file)
    taken = wharf.wait_for(TransferState.DONE)
    twin = wharf.server.files[0]
    answers(wharf.server, json_answer(twin))
    wharf.upload(small_file)
    second = uncertain(wharf)
    assert (second.candidates, second.wait_seconds) == ((taken.file_id,), None)
    assert wharf.look_up_after(DAY) is None
    wharf.queue.adopt(second.id, taken.file_id)
    assert last(wharf).state is TransferState.UNCERTAIN


def json_answer(file: ServedFile) -> object:
    return json_body(file.described())


def test_cleared_upload_keeps_its_file(wharf: Wharf, small_file: Path) -> None:
    wharf.upload(small_file)
    first = wharf.wait_for(TransferState.DONE)
    wharf.queue.clear([first.id])
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    look_up_until_settled(wharf)
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert len(wharf.server.files) == 2


def test_resends_to_a_server_that_loses_uploads_are_limited(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, *[LOST] * 9)
    wharf.upload(small_file)
    uncertain(wharf)
    for rounds in range(1, MAX_RESENDS + 1):
        wharf.events.clear()
        look_up_until_settled(wharf)
        wait_for(lambda: wharf.states.endswith("CONFIRMING UNCERTAIN"), "another answer lost")
        assert wharf.posts == rounds + 1
    look_up_until_settled(wharf)
    ended = last(wharf)
    assert (ended.state, ended.wait_seconds) == (TransferState.UNCERTAIN, None)
    assert wharf.look_up_after(DAY) is None
    assert wharf.posts == MAX_RESENDS + 1
    wharf.queue.send_again([ended.id])
    wait_for(lambda: wharf.posts == MAX_RESENDS + 2, "the resend that the user asked for")


# Time limits


def test_slow_server_gets_no_second_file(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.look_up_after(SETTLED_AFTER - 1)
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)
    assert last(wharf).wait_seconds == 1
    wharf.server.add(other_file(small_file, content=small_file.read_bytes()))
    wharf.look_up_after(1)
    assert (last(wharf).state, wharf.posts) == (TransferState.DONE, 1)


def test_lookups_repeat_without_holding_a_worker(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    assert uncertain(wharf).wait_seconds is not None
    assert 8 <= look_up_until_settled(wharf) <= 30


@pytest.mark.parametrize("status", [403, 404, 405])
def test_upload_is_never_resent_automatically_if_listing_is_refused(
    wharf: Wharf, small_file: Path, status: int
) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.script("GET", "/files", [api_error(status, "no")] * 99)
    look_up_until_settled(wharf)
    assert wharf.look_up_after(DAY) is None
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)


def test_lookups_continue_while_listing_fails(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.script("GET", "/files", [html(502)] * 12)
    wharf.look_up_after(2 * SETTLED_AFTER)
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)
    for _look in range(11):
        assert wharf.look_up_after(SETTLED_AFTER) is not None
    wharf.look_up_after(SETTLED_AFTER)
    wharf.wait_for(TransferState.DONE)
    assert wharf.posts == 2


def test_incomplete_listing_decides_nothing(wharf: Wharf, small_file: Path) -> None:
    wharf.server.add(*many_files(120))
    answers(wharf.server, LOST)
    wharf.upload(small_file)
    uncertain(wharf)
    wharf.server.quirks.update({ListingQuirk.AFTER_IGNORED, ListingQuirk.HAS_MORE_ALWAYS})
    wharf.look_up_after(SETTLED_AFTER)
    assert (last(wharf).state, wharf.posts) == (TransferState.UNCERTAIN, 1)


def test_stopped_upload_is_not_resent_automatically(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.queue.cancel([last(wharf).id])
    assert uncertain(wharf).wait_seconds is None
    assert wharf.look_up_after(DAY) is None
    assert wharf.posts == 1


def test_uncertain_upload_is_looked_up_in_the_next_session(
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
    assert again.look_up_after(SETTLED_AFTER - 101) is not None
    assert wharf.posts == 1
    wharf.server.add(other_file(small_file, content=small_file.read_bytes()))
    again.look_up_after(1)
    assert (last(again).state, wharf.posts) == (TransferState.DONE, 1)
    again.close()


def test_failing_content_is_fetched_again_before_asking_the_user(
    wharf: Wharf, small_file: Path
) -> None:
    answers(wharf.server, LOST_BUT_STORED)
    wharf.server.script("GET", "/files/*/content", [html(502)])
    wharf.upload(small_file)
    assert uncertain(wharf).candidates == ()
    wharf.look_up_after(60)
    assert (last(wharf).state, last(wharf).warning) == (TransferState.DONE, None)


@pytest.mark.slow
def test_a_thousand_lost_uploads_share_one_listing(wharf: Wharf, tmp_path: Path) -> None:
    count = 30
    answers(wharf.server, *[LOST] * count)
    for number in range(count):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(bytes(1000 + number))
        wharf.upload(path)
    wharf.events.wait_for_count(
        TransferChanged, count, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    before = len(wharf.server.requests)
    wharf.look_up_after(60)
    assert len(wharf.server.requests) == before + 1
    # A listing that fails is also requested only once.
    wharf.server.script("GET", "/files", [html(502)] * count)
    wharf.look_up_after(SETTLED_AFTER)
    assert len(wharf.server.requests) == before + 2
    assert (wharf.posts, {one.state for one in latest(wharf)}) == (count, {TransferState.UNCERTAIN})


def test_page_ordered_by_chance_does_not_end_the_last_lookup(
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
    wharf.look_up_after(SETTLED_AFTER)
    assert (last(wharf).state, last(wharf).file_id) == (TransferState.DONE, taken.id)
    assert wharf.posts == 1


def test_truncated_content_proves_nothing(wharf: Wharf, small_file: Path) -> None:
    answers(wharf.server, LOST_BUT_STORED)
    short = Delivery(framing=Framing.CLOSE, answer=Answer(200, body=b"{"))
    wharf.server.script("GET", "/files/*/content", [short] * 99)
    wharf.upload(small_file)
    done = wharf.wait_for(TransferState.DONE)
    assert done.file_id == wharf.server.files[0].id
    assert done.warning is not None


def test_stopped_upload_is_not_resent_in_the_next_session(
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
    assert again.look_up_after(DAY) is None
    assert (last(again).state, again.posts) == (TransferState.UNCERTAIN, 1)
    again.close()


def test_lookup_time_counts_from_the_last_byte(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    answers(wharf.server, Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.clock.now += SETTLED_AFTER - 1
    wharf.queue.close()
    assert uncertain(wharf).wait_seconds == 1


def test_clock_set_back_between_sessions_causes_no_long_wait(
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
    assert again.look_up_after(SETTLED_AFTER - 1) == 1
    again.look_up_after(1)
    again.wait_for(TransferState.DONE)
    assert again.posts == 2
    again.close()


# The listing before an upload


def test_many_uploads_share_one_listing(wharf: Wharf, tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(b"{}\n")
        wharf.upload(path)
    wharf.events.wait_for_count(
        TransferChanged, 20, lambda event: event.transfer.state is TransferState.DONE
    )
    assert (wharf.posts, len(wharf.server.requests)) == (20, 21)


@pytest.mark.parametrize("fault", [api_error(403, "no"), html(500), Reset()], ids=repr)
def test_uploads_work_without_listings(wharf: Wharf, small_file: Path, fault: object) -> None:
    wharf.server.script("GET", "/files", [fault] * 9)  # type: ignore[list-item]
    wharf.upload(small_file)
    wharf.wait_for(TransferState.DONE)
    wharf.upload(small_file)
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert [request.method for request in wharf.server.requests] == ["GET", "POST", "POST"]


def test_upload_does_not_wait_for_a_slow_listing(
    wharf: Wharf, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_files, "TIMEOUT", 0.1)
    wharf.server.script("GET", "/files", [Stall()])
    wharf.upload(small_file)
    assert wharf.wait_for(TransferState.DONE).file_id == wharf.server.files[0].id


def test_listing_before_an_upload_can_be_canceled(wharf: Wharf, small_file: Path) -> None:
    wharf.server.script("GET", "/files", [Stall()])
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    wharf.cancel()
    assert wharf.states.split()[-1] == "CANCELLED"
    assert wharf.posts == 0
