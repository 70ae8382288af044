"""Two programs upload the same file at once: no remote file is matched with both."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.transfers import lost_answers
from services.transfers.events import TransferChanged
from services.transfers.journal_folder import open_journal
from services.transfers.transfer import Transfer, TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Moment, Reset, Stall, api_error
from tests.support.waiting import wait_for

LOST = Reset(Moment.AFTER_BODY)
LOST_BUT_KEPT = Reset(Moment.AFTER_BODY, carried_out=True)


@pytest.fixture
def programs(
    make_wharf: Callable[[ScriptedFilesServer], Wharf],
    files_server: ScriptedFilesServer,
    tmp_path: Path,
) -> tuple[Wharf, Wharf]:
    """Two programs, each with its own journal."""
    both = make_wharf(files_server), make_wharf(files_server)
    for program in both:
        program.queue.restore(open_journal(tmp_path / "transfers"))
    return both


def last(program: Wharf) -> Transfer:
    return program.events.all(TransferChanged)[-1].transfer


def upload(program: Wharf, path: Path) -> None:
    """Upload a file whose answer gets lost."""
    program.upload(path)
    program.wait_for(TransferState.UNCERTAIN)


def look_up_until_settled(*programs: Wharf) -> None:
    for program in programs:
        program.look_up_after(lost_answers.SETTLED_AFTER)


def test_one_file_is_matched_with_only_one_of_two_lost_uploads(
    programs: tuple[Wharf, Wharf], small_file: Path
) -> None:
    first, second = programs
    server = first.server
    server.script("POST", "/files", [LOST, LOST])
    for program in programs:
        upload(program, small_file)
    kept = served_file(
        small_file.name, content=small_file.read_bytes(), created_at=int(time.time())
    )
    server.add(kept)
    look_up_until_settled(first)
    assert (last(first).state, last(first).file_id) == (TransferState.DONE, kept.id)
    look_up_until_settled(second)
    done = second.wait_for(TransferState.DONE)
    assert done.file_id != kept.id
    assert {file.id for file in server.files} == {kept.id, done.file_id}
    assert first.posts == 3


def test_file_without_proof_is_matched_with_neither(
    programs: tuple[Wharf, Wharf], small_file: Path
) -> None:
    first, second = programs
    server = first.server
    no_content = api_error(400, "Not allowed to download files of purpose: batch")
    server.script("GET", "/files/*/content", [no_content] * 99)
    server.script("POST", "/files", [LOST, LOST])
    for program in programs:
        upload(program, small_file)
    kept = served_file(small_file.name, content=bytes(small_file.stat().st_size))
    kept.created_at = int(time.time())
    server.add(kept)
    look_up_until_settled(first, second)
    for program in programs:
        assert last(program).state is TransferState.UNCERTAIN
        assert last(program).candidates == (kept.id,)
    # A file chosen in one window can't be chosen in the other.
    first.queue.adopt(last(first).id, kept.id)
    assert last(first).state is TransferState.DONE
    second.queue.adopt(last(second).id, kept.id)
    assert last(second).state is TransferState.UNCERTAIN
    look_up_until_settled(second)


def test_file_named_by_an_answer_is_never_matched_elsewhere(
    programs: tuple[Wharf, Wharf], small_file: Path
) -> None:
    first, second = programs
    first.server.script("POST", "/files", [LOST])
    upload(second, small_file)
    first.upload(small_file)
    answered = first.wait_for(TransferState.DONE)
    look_up_until_settled(second)
    assert second.wait_for(TransferState.DONE).file_id != answered.file_id
    assert len(first.server.files) == 2


def test_answer_naming_a_file_matched_elsewhere_is_uncertain(
    programs: tuple[Wharf, Wharf], small_file: Path
) -> None:
    first, second = programs
    server = first.server
    server.script("POST", "/files", [LOST, Stall(Moment.AFTER_BODY, carried_out=True)])
    upload(second, small_file)
    first.upload(small_file)
    server.wait_until_stalled()
    [file] = server.files
    look_up_until_settled(second)
    assert (last(second).state, last(second).file_id) == (TransferState.DONE, file.id)
    server.release()
    doubted = first.wait_for(TransferState.UNCERTAIN)
    assert doubted.candidates == (file.id,)


def test_file_matched_by_a_killed_program_stays_its_own(
    make_wharf: Callable[[ScriptedFilesServer], Wharf],
    files_server: ScriptedFilesServer,
    small_file: Path,
    tmp_path: Path,
) -> None:
    """The program was killed after its claim but before its journal was written."""
    program = make_wharf(files_server)
    folder = tmp_path / "transfers"
    journal = open_journal(folder)
    program.queue.restore(journal)
    files_server.script("POST", "/files", [LOST_BUT_KEPT])
    files_server.script("GET", "/files", [api_error(500, "down")])
    upload(program, small_file)
    wait_for(lambda: len(journal.rows()) == 1, "the row")
    killed_at = tmp_path / "killed"
    killed_at.mkdir()
    for kept in folder.glob("queue*"):
        (killed_at / kept.name).write_bytes(kept.read_bytes())
    look_up_until_settled(program)
    assert last(program).state is TransferState.DONE
    for kept in folder.glob("claims*"):
        (killed_at / kept.name).write_bytes(kept.read_bytes())
    after = make_wharf(files_server)
    after.queue.restore(open_journal(killed_at))
    after.queue.resume([last(after).id])  # as if the journal didn't know of the lost answer yet
    look_up_until_settled(after)
    assert after.wait_for(TransferState.DONE).file_id == files_server.files[0].id
    assert program.posts == 1
