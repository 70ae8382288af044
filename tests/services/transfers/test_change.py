"""Changes: one new file that is verified, the old one kept, and on after any interruption."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.catalog.upload_record import UploadRecord
from services.disk.partial_file import part_path
from services.problems.errors import ProblemKind
from services.transfers import lost_answers
from services.transfers.change_job import ChangeJob, WantedFile, change_job
from services.transfers.events import ChangeEnded, ContentRefused, TransferChanged
from services.transfers.journal import Journal
from services.transfers.transfer import ChangePhase, Transfer, TransferKind, TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.factories import local_file, remote_file
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import Fault, Moment, Reset, Stall, api_error, html, json_body

State = TransferState
CONTENT = b"Ahoy, and a bottle of rum.\n" * 40
REFUSAL = api_error(400, "Not allowed to download files of purpose: user_data")
WANTED = WantedFile("new.txt", "assistants", 86_400)


@pytest.fixture
def listing_wharf(wharf: Wharf) -> Iterator[Wharf]:
    """A wharf that lists files before it uploads, as the program does."""
    listing = Wharf(wharf.server, wharf.folder, lists_first=True)
    yield listing
    listing.close()


@pytest.fixture
def old(wharf: Wharf) -> ServedFile:
    file = served_file("old.txt", purpose="user_data", content=CONTENT)
    wharf.server.add(file)
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "changes"


@pytest.fixture
def original(old: ServedFile, tmp_path: Path) -> UploadRecord:
    """The record of the upload of the old file, which is unchanged on this computer."""
    path = tmp_path / "somewhere.txt"
    path.write_bytes(CONTENT)
    file = local_file(path)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return UploadRecord(
        path, file.size, file.modified_ns, sha256, "user_data", None, old.id, "old.txt", 1.0
    )


def listed(file: ServedFile) -> RemoteFile:
    return remote_file(file.filename, id=file.id, purpose=file.purpose, size=file.size)


def change(
    old: ServedFile,
    folder: Path,
    wanted: WantedFile = WANTED,
    original: UploadRecord | None = None,
) -> ChangeJob:
    return change_job(listed(old), wanted, folder, original=original)


def new_files(wharf: Wharf, old: ServedFile) -> list[ServedFile]:
    """All files but the old one, which must still be there."""
    files = wharf.server.files
    assert old.id in [file.id for file in files]
    return [file for file in files if file.id != old.id]


def downloads(wharf: Wharf, file_id: str = "*") -> int:
    return len(wharf.server.requests_to("GET", f"/files/{file_id}/content"))


def title(transfer: Transfer) -> str:
    assert transfer.problem is not None
    return transfer.problem.title


def kept(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


def test_a_file_is_downloaded_uploaded_anew_and_verified(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wharf.add(change(old, folder))
    ended = wharf.end()
    [new] = new_files(wharf, old)
    assert (new.filename, new.purpose, new.content) == ("new.txt", "assistants", CONTENT)
    assert new.expires_at == new.created_at + 86_400
    assert (ended.state, ended.kind, ended.warning) == (State.DONE, TransferKind.CHANGE, None)
    assert (ended.file_id, ended.replaces) == (new.id, old.id)
    phases = [event.transfer.phase for event in wharf.events.all(TransferChanged)]
    assert list(dict.fromkeys(phases)) == [None, *ChangePhase]
    report = wharf.events.wait_for(ChangeEnded)
    assert (report.old.id, report.new.id) == (old.id, new.id)
    assert (report.by_content, report.difference) == (True, None)
    assert wharf.events.wait_for(FileAdded).file.id == new.id
    assert (downloads(wharf, old.id), downloads(wharf, new.id)) == (1, 1)
    assert not wharf.server.requests_to("DELETE", "/files/*")
    assert kept(folder) == []


def test_an_unchanged_original_saves_the_download(
    wharf: Wharf, old: ServedFile, folder: Path, original: UploadRecord
) -> None:
    wharf.add(change(old, folder, original=original))
    assert wharf.end().state is State.DONE
    [new] = new_files(wharf, old)
    assert (new.filename, new.content) == ("new.txt", CONTENT)
    assert downloads(wharf, old.id) == 0
    assert original.path.read_bytes() == CONTENT


@pytest.mark.parametrize("state", ["changed", "same size and time", "gone", "of another size"])
def test_another_local_file_is_never_taken_for_the_original(
    wharf: Wharf, old: ServedFile, folder: Path, original: UploadRecord, state: str
) -> None:
    if state == "changed":
        original.path.write_bytes(CONTENT + b"more")
    elif state == "same size and time":
        original.path.write_bytes(CONTENT[::-1])
        found = original.path.stat()
        original = replace(original, modified_ns=found.st_mtime_ns)
    elif state == "gone":
        original.path.unlink()
    else:
        original.path.write_bytes(b"short")
        file = local_file(original.path)
        original = replace(original, size=5, modified_ns=file.modified_ns, sha256=None)
    wharf.add(change(old, folder, original=original))
    assert wharf.end().state is State.DONE
    assert downloads(wharf, old.id) == 1
    assert [file.content for file in new_files(wharf, old)] == [CONTENT]


def test_content_that_can_not_be_had_stops_it(wharf: Wharf, old: ServedFile, folder: Path) -> None:
    wharf.server.script("GET", f"/files/{old.id}/content", [REFUSAL])
    wharf.add(change(old, folder))
    ended = wharf.end()
    assert ended.state is State.FAILED
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.CONTENT_REFUSED
    assert wharf.events.wait_for(ContentRefused).purpose == "user_data"
    assert new_files(wharf, old) == []


def test_content_that_is_not_what_was_uploaded_stops_it(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wharf.hashes[old.id] = hashlib.sha256(b"what was uploaded").hexdigest()
    wharf.add(change(old, folder))
    assert title(wharf.end()) == "The content differs from what was uploaded"
    assert (new_files(wharf, old), kept(folder)) == ([], [])


def test_content_of_another_size_stops_it(wharf: Wharf, old: ServedFile, folder: Path) -> None:
    job = change_job(replace_size(listed(old), len(CONTENT) - 1), WANTED, folder)
    wharf.add(job)
    assert title(wharf.end()) == "The size differs from the file list"
    assert new_files(wharf, old) == []


def replace_size(file: RemoteFile, size: int) -> RemoteFile:
    return remote_file(file.filename, id=file.id, purpose=file.purpose, size=size)


def test_errors_for_the_new_purpose_stop_it_unless_allowed(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wanted = WantedFile("new.jsonl", "batch")
    wharf.add(change(old, folder, wanted))
    ended = wharf.end()
    assert ended.state is State.FAILED
    assert title(ended).endswith("for the purpose batch")
    assert ended.problem is not None
    assert "Line 1: " in ended.problem.detail
    assert (new_files(wharf, old), kept(folder)) == ([], [])
    wharf.add(change(old, folder, replace(wanted, despite_errors=True)))
    wharf.wait_for(State.DONE)
    assert [file.purpose for file in new_files(wharf, old)] == ["batch"]


# The new file isn't as it should be


def stalled_before_verifying(wharf: Wharf) -> None:
    wharf.server.script("GET", "/files/file-????????", [Stall(Moment.AFTER_BODY)])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"size": 5}, "The server has 5 bytes of"),
        ({"purpose": "user_data"}, "The server set a different purpose: user_data"),
        ({"status": "error"}, "The server has the file, but can't use it"),
        ({"content": CONTENT[::-1]}, "The server gives out other content than was uploaded"),
    ],
)
def test_a_new_file_that_is_wrong_ends_it_and_is_never_uploaded_again(
    wharf: Wharf,
    old: ServedFile,
    folder: Path,
    original: UploadRecord,
    values: dict[str, object],
    words: str,
) -> None:
    stalled_before_verifying(wharf)
    wharf.add(change(old, folder, original=original))
    wharf.server.wait_until_stalled()
    [new] = new_files(wharf, old)
    for name, value in values.items():
        setattr(new, name, value)
    wharf.server.release()
    ended = wharf.end()
    assert (ended.state, ended.file_id) == (State.FAILED, new.id)
    assert title(ended).startswith(words)
    assert ended.problem is not None
    assert ended.problem.advice.startswith("The old file was kept.")
    assert wharf.events.all(ChangeEnded) == []
    wharf.queue.retry([ended.id])
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is State.FAILED
    )
    assert wharf.posts == 1


def test_another_name_or_expiry_is_told(
    wharf: Wharf, old: ServedFile, folder: Path, original: UploadRecord
) -> None:
    stalled_before_verifying(wharf)
    wharf.add(change(old, folder, original=original))
    wharf.server.wait_until_stalled()
    [new] = new_files(wharf, old)
    new.filename = "NEW.TXT"
    wharf.server.release()
    ended = wharf.end()
    assert ended.state is State.DONE
    assert ended.warning is not None
    assert ended.warning.title == "The server set a different name: NEW.TXT instead of new.txt"
    assert wharf.events.wait_for(ChangeEnded).difference == ended.warning


def test_content_that_is_refused_is_said_not_to_be_verified(
    wharf: Wharf, old: ServedFile, folder: Path, original: UploadRecord
) -> None:
    wharf.server.script("GET", "/files/*/content", [REFUSAL])
    wharf.add(change(old, folder, original=original))
    ended = wharf.end()
    assert ended.state is State.DONE
    assert ended.warning is not None
    assert ended.warning.title.startswith("The content can't be verified")
    assert not wharf.events.wait_for(ChangeEnded).by_content


def test_a_new_file_of_which_nothing_is_known_is_not_verified(
    wharf: Wharf, old: ServedFile, folder: Path, original: UploadRecord
) -> None:
    wharf.server.script("GET", "/files/*/content", [REFUSAL])
    stalled_before_verifying(wharf)
    wharf.add(change(old, folder, original=original))
    wharf.server.wait_until_stalled()
    [new] = new_files(wharf, old)
    new.extra["bytes"] = None
    wharf.server.release()
    ended = wharf.end()
    assert ended.state is State.FAILED
    assert title(ended).startswith("The new file can't be verified")
    assert wharf.events.all(ChangeEnded) == []


def test_a_server_that_answers_with_the_old_file_has_made_no_new_one(
    wharf: Wharf, old: ServedFile, folder: Path, original: UploadRecord
) -> None:
    same = old.described() | {"purpose": "assistants"}
    wharf.server.script("POST", "/files", [json_body(same)])
    wharf.add(change(old, folder, original=original))
    ended = wharf.end()
    assert (ended.state, ended.file_id) == (State.FAILED, "")
    assert title(ended) == "The server didn't create a new file"
    assert wharf.events.all(ChangeEnded) == []


def test_an_original_that_was_swapped_while_it_was_uploaded_is_noticed(
    listing_wharf: Wharf, folder: Path, old: ServedFile, original: UploadRecord
) -> None:
    wharf = listing_wharf
    wharf.server.script("GET", "/files", [Stall(Moment.BEFORE_BODY)])
    wharf.server.script("GET", "/files/*/content", [REFUSAL])
    wharf.add(change(old, folder, original=original))
    wharf.server.wait_until_stalled()
    original.path.write_bytes(CONTENT[::-1])
    os.utime(original.path, ns=(original.modified_ns, original.modified_ns))
    wharf.server.release()
    failed = wharf.end()
    assert title(failed) == "The local file was changed while it was uploaded"
    wharf.queue.retry([failed.id])
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is State.FAILED
    )
    assert [file.id for file in new_files(wharf, old)] == [failed.file_id]
    assert wharf.events.all(ChangeEnded) == []


def test_what_could_not_be_verified_is_verified_on_another_try(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wharf.server.script("GET", "/files/file-????????", [api_error(403, "Missing scopes")])
    wharf.add(change(old, folder))
    failed = wharf.end()
    assert failed.state is State.FAILED
    wharf.queue.retry([failed.id])
    done = wharf.wait_for(State.DONE)
    assert [done.file_id] == [file.id for file in new_files(wharf, old)]
    assert (wharf.posts, downloads(wharf, old.id)) == (1, 1)


# The answer to the upload is lost


@pytest.mark.parametrize("purpose", ["assistants", "user_data"])
def test_a_file_whose_answer_was_lost_is_found_and_verified(
    wharf: Wharf, old: ServedFile, folder: Path, purpose: str
) -> None:
    wharf.server.script("POST", "/files", [Reset(Moment.AFTER_BODY, carried_out=True)])
    wharf.add(change(old, folder, replace(WANTED, purpose=purpose)))
    ended = wharf.end()
    [new] = new_files(wharf, old)
    assert (ended.state, ended.file_id) == (State.DONE, new.id)
    assert wharf.events.wait_for(ChangeEnded).by_content
    assert wharf.posts == 1


@pytest.mark.parametrize("lists_first", [False, True])
def test_the_old_file_is_never_taken_for_the_new_one(
    listing_wharf: Wharf, folder: Path, lists_first: bool
) -> None:
    """It has the same content, size, purpose and name, and is as new."""
    wharf = listing_wharf
    old = served_file("old.txt", purpose="user_data", content=CONTENT, created_at=2_000_000_000)
    wharf.server.add(old)
    if lists_first:
        wharf.server.script("GET", "/files", [html(502)])
    wharf.server.script("POST", "/files", [html(502)])
    wharf.add(change(old, folder, WantedFile("old.txt", "user_data")))
    lost = wharf.end()
    assert (lost.state, lost.file_id, lost.candidates) == (State.UNCERTAIN, "", ())
    wharf.queue.adopt(lost.id, old.id)
    wharf.look_up_after(lost_answers.SETTLED_AFTER)
    done = wharf.wait_for(State.DONE)
    assert [done.file_id] == [file.id for file in new_files(wharf, old)]
    assert wharf.posts == 2


def test_a_file_that_is_listed_later_is_verified_by_the_queue(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wharf.server.script("POST", "/files", [html(502)])
    wharf.add(change(old, folder))
    lost = wharf.end()
    assert lost.state is State.UNCERTAIN
    assert kept(folder) != []
    new = served_file("new.txt", purpose="assistants", content=CONTENT)
    wharf.server.add(new)
    wharf.look_up_after(10)
    done = wharf.wait_for(State.DONE)
    assert (done.file_id, done.phase) == (new.id, ChangePhase.VERIFYING)
    assert wharf.events.wait_for(ChangeEnded).new.id == new.id
    assert (wharf.posts, kept(folder)) == (1, [])


def test_the_file_that_the_user_chose_is_verified(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wharf.server.script("POST", "/files", [html(502)])
    wharf.add(change(old, folder))
    lost = wharf.end()
    copies = [
        served_file(name, purpose="assistants", content=content)
        for name, content in (("a.txt", CONTENT), ("b.txt", CONTENT[::-1]))
    ]
    wharf.server.add(*copies)
    wharf.queue.adopt(lost.id, copies[1].id)
    failed = wharf.wait_for(State.FAILED)
    assert failed.file_id == copies[1].id
    assert title(failed) == "The server gives out other content than was uploaded"
    assert wharf.posts == 1


def test_clearing_a_lost_change_removes_the_content(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    wharf.server.script("POST", "/files", [html(502)])
    wharf.add(change(old, folder))
    lost = wharf.end()
    wharf.queue.clear([lost.id])
    assert kept(folder) == []


def test_a_change_that_is_canceled_leaves_no_content(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    stalled_before_verifying(wharf)
    wharf.add(change(old, folder))
    wharf.server.wait_until_stalled()
    wharf.cancel()
    assert wharf.wait_for(State.CANCELLED).file_id == new_files(wharf, old)[0].id
    assert kept(folder) == []
    wharf.server.release()


def test_what_a_killed_download_left_goes_with_its_change(old: ServedFile, folder: Path) -> None:
    job = change(old, folder)
    folder.mkdir(exist_ok=True)
    part = part_path(folder, job.mark, job.mark)
    part.write_bytes(b"half")
    job.discard()
    assert not part.exists()


# After the end of the process

CREATED = Stall(Moment.AFTER_BODY, carried_out=True)
IN_BODY = Stall(Moment.IN_BODY, after_bytes=1_000_000)


@pytest.mark.parametrize(
    ("method", "path", "fault", "again"),
    [
        ("GET", "/files/{old}/content", Stall(), 1),
        ("POST", "/files", IN_BODY, 0),
        ("POST", "/files", CREATED, 0),
        ("GET", "/files/file-????????", Stall(), 0),
        ("GET", "/files/{new}/content", Stall(), 0),
    ],
    ids=["downloading", "uploading", "waiting for the answer", "verifying", "comparing"],
)
@pytest.mark.slow
def test_after_a_kill_it_goes_on_and_never_makes_two_files(
    wharf: Wharf,
    old: ServedFile,
    folder: Path,
    tmp_path: Path,
    method: str,
    path: str,
    fault: Fault,
    again: int,
) -> None:
    wharf.queue.restore(Journal(tmp_path / "queue.sqlite"))
    if fault is IN_BODY:
        old.size, old.content = 64_000_000, None  # more than any socket buffers
    if path == "/files/{new}/content":
        wharf.server.script("GET", f"/files/{old.id}/content", [None])
        path = "/files/*/content"
    wharf.server.script(method, path.format(old=old.id), [fault])
    wharf.add(change(old, folder))
    wharf.server.wait_until_stalled()
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    for file in tmp_path.glob("queue.sqlite*"):
        shutil.copy(file, snapshot / file.name)
    wharf.close()
    wharf.server.release()
    before = downloads(wharf, old.id)
    following = Wharf(wharf.server, wharf.folder)
    following.queue.restore(Journal(snapshot / "queue.sqlite"))
    try:
        restored = following.wait_for(State.PAUSED)
        following.queue.resume([restored.id])
        ended = following.end()
        [new] = new_files(wharf, old)
        assert (ended.state, ended.file_id) == (State.DONE, new.id)
        assert following.events.wait_for(ChangeEnded).by_content
        assert downloads(wharf, old.id) - before == again
        assert not wharf.server.requests_to("DELETE", "/files/*")
        assert kept(folder) == []
    finally:
        following.close()


def test_content_that_no_change_can_be_waiting_for_is_deleted(
    wharf: Wharf, old: ServedFile, folder: Path
) -> None:
    """As after the list of transfers was lost."""
    folder.mkdir()
    left, part, young = folder / "a1b2", folder / ".c3d4.c3d4.part", folder / "e5f6"
    long_ago = time.time() - 31 * 86_400
    for path in (left, part, young):
        path.write_bytes(b"left behind")
    for path in (left, part):
        os.utime(path, (long_ago, long_ago))
    wharf.add(change(old, folder))
    assert wharf.end().state is State.DONE
    assert kept(folder) == [young]
