"""Clean-ups: exactly the plan, nothing that wasn't saved, and on after any interruption."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.api.remote_file import RemoteFile
from services.catalog.events import FileDeleted
from services.cleanup.report import FileResult, Outcome, clean_up_report
from services.cleanup.stored_plan import MAX_AGE, StoredPlan, store_plan
from services.problems.errors import ProblemKind
from services.references.reference import Reference, ReferenceKind
from services.transfers.bandwidth import Bandwidth
from services.transfers.events import CleanUpEnded, TransferChanged
from services.transfers.jobs import CleanUpJob
from services.transfers.journal import Journal
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.services.transfers.conftest import ATTEMPTS, Wharf
from tests.support.factories import problem, remote_file
from tests.support.narrowing import not_none
from tests.support.served_files import ListingQuirk, ServedFile, served_file
from tests.support.server_faults import Moment, Reset, Stall, api_error
from tests.support.source_code import ROOT
from tests.support.waiting import wait_for

State = TransferState


def seen(file: ServedFile, **different: object) -> RemoteFile:
    fields: dict[str, object] = {
        "id": file.id,
        "size": file.size,
        "purpose": file.purpose,
        "created_at": file.created_at,
        "expires_at": file.expires_at,
    }
    return remote_file(file.filename, **(fields | different))  # type: ignore[arg-type]


@pytest.fixture
def served(wharf: Wharf) -> list[ServedFile]:
    files = [served_file(f"{name}.jsonl", content=name.encode() * 500) for name in "abcde"]
    wharf.server.add(*files)
    return files


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    return tmp_path / "plans"


@pytest.fixture
def plan(plans: Path, served: list[ServedFile]) -> StoredPlan:
    """All files but the last."""
    return store_plan(plans, [seen(file) for file in served[:4]])


def left(wharf: Wharf) -> list[str]:
    return sorted(file.filename for file in wharf.server.files)


def results(wharf: Wharf) -> dict[str, str]:
    """The outcomes of the last report, by name."""
    ended = wharf.events.all(CleanUpEnded)[-1]
    return {result.file.name: result.outcome.value for result in ended.results}


def deletes(wharf: Wharf) -> list[str]:
    return [request.path for request in wharf.server.requests_to("DELETE", "/files/*")]


def test_exactly_the_plan_is_deleted(wharf: Wharf, plan: StoredPlan, plans: Path) -> None:
    wharf.add(CleanUpJob(plan=plan))
    ended = wharf.end()
    assert (ended.state, ended.kind, ended.done, ended.total) == (
        State.DONE,
        TransferKind.CLEAN_UP,
        4,
        4,
    )
    assert ended.name == "Clean-up of 4 files"
    assert left(wharf) == ["e.jsonl"]
    assert len(deletes(wharf)) == 4
    assert len(wharf.events.all(FileDeleted)) == 4
    assert results(wharf) == dict.fromkeys(["a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl"], "deleted")
    assert list(plans.iterdir()) == []


def test_what_the_disk_has_no_space_for_is_not_even_begun(
    wharf: Wharf, plan: StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=499))
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder))
    paused = wharf.wait_for(State.PAUSED)
    assert not_none(paused.problem).kind is ProblemKind.DISK_FULL
    assert wharf.saved == {}
    assert deletes(wharf) == []


@pytest.mark.parametrize("archive", ["", "old.zip"])
def test_what_is_saved_counts_toward_the_limit(
    wharf: Wharf,
    plan: StoredPlan,
    monkeypatch: pytest.MonkeyPatch,
    archive: str,
) -> None:
    spent: list[int] = []
    monkeypatch.setattr(Bandwidth, "consume", lambda _self, count, _token: spent.append(count))
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder, archive=archive))
    assert wharf.end().state is State.DONE
    assert sum(spent) == 4 * 500


@pytest.mark.parametrize(
    ("difference", "why"),
    [
        ({"size": 1}, "its size has changed"),
        ({"created_at": 5}, "its creation date has changed"),
        ({"purpose": "vision"}, "its purpose has changed"),
        ({"expires_at": 5_000_000_000}, "its expiry has changed"),
    ],
)
def test_a_file_that_differs_from_the_plan_is_left_alone(
    wharf: Wharf, served: list[ServedFile], plans: Path, difference: dict[str, object], why: str
) -> None:
    stored = store_plan(plans, [seen(served[0], **difference), seen(served[1])])
    wharf.add(CleanUpJob(plan=stored))
    assert wharf.end().state is State.DONE
    assert "a.jsonl" in left(wharf)
    assert len(deletes(wharf)) == 1
    first, second = wharf.events.wait_for(CleanUpEnded).results
    assert (first.outcome, first.why) == (Outcome.CHANGED, why)
    assert second.outcome is Outcome.DELETED


def test_a_renamed_or_missing_file_is_left_alone(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.server.remove(served[0].id)
    served[1].filename = "other.jsonl"
    wharf.add(CleanUpJob(plan=plan))
    assert wharf.end().state is State.DONE
    assert results(wharf) == {
        "a.jsonl": "gone",
        "b.jsonl": "changed",
        "c.jsonl": "deleted",
        "d.jsonl": "deleted",
    }
    assert len(deletes(wharf)) == 2


def test_what_a_batch_has_come_to_need_is_left_alone(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    asked: list[set[str]] = []

    def needed_now(_api: object, file_ids: object, _token: object) -> dict[str, Reference]:
        asked.append(set(file_ids))  # type: ignore[call-overload]
        return {served[2].id: Reference(ReferenceKind.BATCH, "nightly", unfinished=True)}

    wharf.needed_now = needed_now
    wharf.add(CleanUpJob(plan=plan))
    assert wharf.end().state is State.DONE
    assert asked == [{file.id for file in served[:4]}]
    assert left(wharf) == ["c.jsonl", "e.jsonl"]
    third = wharf.events.wait_for(CleanUpEnded).results[2]
    assert (third.outcome, third.why) == (
        Outcome.NEEDED,
        "needed by the unfinished batch nightly",
    )


def test_files_are_saved_before_they_are_deleted(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder))
    assert wharf.end().state is State.DONE
    assert wharf.saved == {file.filename: file.content for file in served[:4]}
    assert left(wharf) == ["e.jsonl"]
    assert wharf.events.wait_for(CleanUpEnded).saved_to == wharf.folder
    methods = [one.method for one in wharf.server.requests if one.path.startswith("/files/")]
    assert methods.count("GET") == 4
    assert "GET" not in methods[methods.index("DELETE") :]


def test_files_are_saved_as_one_archive(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder, archive="old.zip"))
    assert wharf.end().state is State.DONE
    with zipfile.ZipFile(wharf.folder / "old.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            file.filename: file.content for file in served[:4]
        }
    assert left(wharf) == ["e.jsonl"]


@pytest.mark.parametrize("archive", ["", "old.zip"])
def test_what_can_not_be_saved_is_not_deleted(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan, archive: str
) -> None:
    refusal = api_error(400, "Not allowed to download files of purpose: batch")
    wharf.server.script("GET", f"/files/{served[1].id}/content", [refusal])
    wharf.hashes[served[2].id] = hashlib.sha256(b"what was uploaded").hexdigest()
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder, archive=archive))
    ended = wharf.end()
    assert ended.state is State.FAILED
    assert ended.problem is not None
    assert ended.problem.title == "2 files couldn't be deleted"
    assert left(wharf) == ["b.jsonl", "c.jsonl", "e.jsonl"]
    assert results(wharf) == {
        "a.jsonl": "deleted",
        "b.jsonl": "not saved",
        "c.jsonl": "not saved",
        "d.jsonl": "deleted",
    }


def test_the_problem_of_many_files_names_only_the_first(wharf: Wharf, plans: Path) -> None:
    files = [served_file(f"{number}.jsonl", content=b"x") for number in range(150)]
    wharf.server.add(*files)
    wharf.hashes.update((file.id, "of what was uploaded") for file in files)
    stored = store_plan(plans, [seen(file) for file in files])
    wharf.add(CleanUpJob(plan=stored, saves=True, folder=wharf.folder))
    ended = wharf.end().problem
    assert ended is not None
    assert ended.title == "150 files couldn't be deleted"
    lines = ended.detail.splitlines()
    assert (len(lines), lines[-1]) == (101, "…")
    assert len(wharf.events.wait_for(CleanUpEnded).results) == 150


def test_nothing_is_deleted_if_the_folder_is_gone(wharf: Wharf, plan: StoredPlan) -> None:
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder / "gone"))
    paused = wharf.wait_for(State.PAUSED)
    assert paused.problem is not None
    assert paused.problem.kind is ProblemKind.FOLDER_MISSING
    assert deletes(wharf) == []


def test_another_attempt_deletes_only_what_failed(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    fault = api_error(500, "oops")
    wharf.server.script("DELETE", f"/files/{served[1].id}", [fault] * ATTEMPTS)
    wharf.add(CleanUpJob(plan=plan))
    failed = wharf.end()
    assert failed.state is State.FAILED
    assert left(wharf) == ["b.jsonl", "e.jsonl"]
    assert results(wharf)["b.jsonl"] == "failed"
    before = len(deletes(wharf))
    wharf.queue.retry([failed.id])
    wharf.wait_for(State.DONE)
    assert left(wharf) == ["e.jsonl"]
    assert len(deletes(wharf)) == before + 1
    assert set(results(wharf).values()) == {"deleted"}


def test_a_server_in_trouble_is_not_asked_about_every_file(
    wharf: Wharf, plans: Path, served: list[ServedFile]
) -> None:
    more = [served_file(f"{number}.jsonl") for number in range(40)]
    wharf.server.add(*more)
    wharf.server.script("DELETE", "/files/*", [api_error(500, "oops")] * 1_000)
    wharf.add(CleanUpJob(plan=store_plan(plans, [seen(file) for file in more])))
    assert wharf.end().state is State.FAILED
    # Three in a row, and those that were under way.
    assert len(deletes(wharf)) <= 8 * ATTEMPTS
    wharf.server.clear_faults()


def test_files_missing_from_an_incomplete_list_are_asked_for(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.server.quirks.update({ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED})
    wharf.server.remove(served[0].id)
    retrieved = f"/files/{served[0].id}"
    wharf.add(CleanUpJob(plan=plan))
    assert wharf.end().state is State.DONE
    assert left(wharf) == ["e.jsonl"]
    assert results(wharf)["a.jsonl"] == "gone"
    assert len(wharf.server.requests_to("GET", retrieved)) == 1


def test_a_plan_that_was_changed_is_not_carried_out(wharf: Wharf, plan: StoredPlan) -> None:
    plan.path.write_bytes(plan.path.read_bytes().replace(b"a.jsonl", b"e.jsonl"))
    wharf.add(CleanUpJob(plan=plan))
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.title == "The plan of this clean-up was changed"
    assert wharf.server.requests == []


def test_a_plan_that_is_gone_deletes_nothing(wharf: Wharf, plan: StoredPlan) -> None:
    plan.path.unlink()
    wharf.add(CleanUpJob(plan=plan))
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.title == "The plan of this clean-up is gone"
    assert deletes(wharf) == []


def test_a_paused_clean_up_goes_on_where_it_stopped(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.server.script("DELETE", f"/files/{served[3].id}", [Stall()])
    wharf.add(CleanUpJob(plan=plan))
    wharf.server.wait_until_stalled()
    wharf.events.wait_for_count(FileDeleted, 3)
    (transfer_id,) = {event.transfer.id for event in wharf.events.all(TransferChanged)}
    wharf.queue.pause([transfer_id])
    paused = wharf.wait_for(State.PAUSED)
    assert not paused.starts_over
    wharf.server.release()
    wharf.queue.resume([transfer_id])
    wharf.wait_for(State.DONE)
    assert left(wharf) == ["e.jsonl"]
    assert len(deletes(wharf)) <= 5  # the one that stalled may have taken effect
    assert set(results(wharf).values()) == {"deleted"}


def test_a_canceled_clean_up_deletes_nothing_more_and_leaves_no_part(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.server.script("GET", f"/files/{served[1].id}/content", [Stall()])
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder))
    wharf.server.wait_until_stalled()
    wharf.cancel()
    assert deletes(wharf) == []
    assert set(wharf.saved) == {"a.jsonl"}
    wharf.server.release()


def test_a_canceled_clean_up_reports_what_was_deleted_and_what_was_not(
    wharf: Wharf, plans: Path
) -> None:
    names = ("gone", "bad", "slow-1", "slow-2", "slow-3", "good", "slow-4", "last")
    files = [served_file(name) for name in names]
    wharf.server.add(*files[1:])
    wharf.server.script("DELETE", f"/files/{files[1].id}", [api_error(400, "not this one")])
    for file in files:
        if file.filename.startswith("slow"):
            wharf.server.script("DELETE", f"/files/{file.id}", [Stall()])
    wharf.add(CleanUpJob(plan=store_plan(plans, [seen(file) for file in files])))
    wharf.server.wait_until_stalled(4)  # so the bad and the good one, which come first, are over
    wharf.cancel()
    ended = wharf.events.wait_for(CleanUpEnded)
    assert ended.stopped
    assert results(wharf) == {
        "gone": "gone",
        "bad": "failed",
        "slow-1": "unknown",
        "slow-2": "unknown",
        "slow-3": "unknown",
        "good": "deleted",
        "slow-4": "unknown",
        "last": "not tried",
    }
    assert "not this one" in (ended.results[1].problem or problem()).detail
    wharf.server.release()


def test_a_clean_up_that_is_canceled_before_it_deletes_reports_that(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    refusal = api_error(400, "Not allowed to download files of purpose: batch")
    wharf.server.script("GET", f"/files/{served[0].id}/content", [refusal])
    wharf.server.script("GET", f"/files/{served[2].id}/content", [Stall()])
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder))
    wharf.server.wait_until_stalled()
    wharf.cancel()
    ended = wharf.events.wait_for(CleanUpEnded)
    assert (ended.stopped, ended.saved_to) == (True, wharf.folder)
    assert results(wharf) == {
        "a.jsonl": "not saved",
        "b.jsonl": "not tried",
        "c.jsonl": "not tried",
        "d.jsonl": "not tried",
    }
    assert {one.why for one in ended.results[1:]} == {"the clean-up stopped first"}
    wharf.server.release()


def test_a_clean_up_that_fails_on_its_way_reports_what_was_deleted(
    wharf: Wharf, plans: Path
) -> None:
    files = [served_file(f"{number}.jsonl") for number in range(20)]
    wharf.server.add(*files)
    wharf.server.script("DELETE", f"/files/{files[5].id}", [api_error(401, "Expired key")])
    wharf.add(CleanUpJob(plan=store_plan(plans, [seen(file) for file in files])))
    failed = wharf.end()
    assert (failed.state, (failed.problem or problem()).kind) == (
        State.FAILED,
        ProblemKind.KEY_REFUSED,
    )
    (ended,) = wharf.events.all(CleanUpEnded)
    assert ended.stopped
    assert ended.count(Outcome.DELETED) >= 1
    assert ended.count(Outcome.NOT_TRIED) >= 1
    assert (ended.results[5].outcome, ended.count(Outcome.UNKNOWN)) == (Outcome.FAILED, 0)
    assert len(left(wharf)) == 20 - ended.count(Outcome.DELETED)


def test_a_paused_clean_up_reports_when_it_is_canceled(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder / "gone"))
    wharf.wait_for(State.PAUSED)
    assert wharf.events.all(CleanUpEnded) == []
    wharf.cancel()
    assert wharf.events.wait_for(CleanUpEnded).count(Outcome.NOT_TRIED) == 4


def test_progress_is_in_files_and_only_rises(wharf: Wharf, plan: StoredPlan) -> None:
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder))
    wharf.end()
    progress = [event.transfer.done for event in wharf.events.all(TransferChanged)]
    assert progress == sorted(progress)
    assert progress[-1] == 4


def test_a_report_as_csv_has_the_reasons() -> None:
    file = remote_file("a", id="file-a", size=None, purpose=None)
    report = clean_up_report([FileResult(file, Outcome.GONE, "it was already gone")])
    _head, row = report.decode().splitlines()
    assert row == '"file-a","a","","","gone","it was already gone","",""'


def test_old_plans_that_nobody_uses_are_deleted(plans: Path) -> None:
    old, used, young = (store_plan(plans, []) for _number in range(3))
    log_alone = plans / "0123456789abcdef.log"
    for plan in (old, used):
        plan.path.with_suffix(".log").write_bytes(b"")
    log_alone.write_bytes(b"")
    long_ago = time.time() - MAX_AGE - 60
    for path in (old.path, old.path.with_suffix(".log"), used.path, log_alone):
        os.utime(path, (long_ago, long_ago))
    new = store_plan(plans, [])
    assert set(plans.iterdir()) == {
        used.path,
        used.path.with_suffix(".log"),
        young.path,
        new.path,
    }


def test_a_plan_that_can_not_be_deleted_is_carried_out_all_the_same(
    wharf: Wharf, plan: StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == plan.path:
            raise PermissionError(13, "in use")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    wharf.add(CleanUpJob(plan=plan))
    assert wharf.end().state is State.DONE
    assert left(wharf) == ["e.jsonl"]


def test_what_a_power_cut_damaged_in_the_log_is_left_out(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    noted = b'{"step":"deleted","index":0}'
    damaged = b'{"step":"deleted","index":1,"why":"\xff\xfe"}'
    plan.path.with_suffix(".log").write_bytes(b"\n".join([noted, damaged, b"\0\0", b'{"step']))
    wharf.add(CleanUpJob(plan=plan))
    assert wharf.end().state is State.DONE
    assert results(wharf)["a.jsonl"] == "deleted"
    assert left(wharf) == ["a.jsonl", "e.jsonl"]


# After the end of the process


class Killed:
    """A queue that is killed at some point of a clean-up, and what the next process does."""

    def __init__(self, wharf: Wharf, folder: Path) -> None:
        self.wharf = wharf
        self.folder = folder
        self.journal = Journal(folder / "queue.sqlite")
        wharf.queue.restore(self.journal)

    def kill(self) -> None:
        """End the queue once it's saved that it runs; the disk keeps what it has at this moment."""
        wait_for(
            lambda: any(row.transfer.state is State.RUNNING for row in self.journal.rows()),
            "a saved state",
        )
        snapshot = self.folder / "snapshot"
        snapshot.mkdir()
        for path in self.folder.glob("queue.sqlite*"):
            shutil.copy(path, snapshot / path.name)
        log = next(iter((self.folder / "plans").glob("*.log")))
        noted = log.read_bytes()
        self.wharf.close()
        log.write_bytes(noted)

    def go_on(self) -> Transfer:
        """Resume in a new queue, as the next process does; return how it ends."""
        self.wharf.server.release()
        self.next = Wharf(self.wharf.server, self.wharf.folder)
        self.next.hashes.update(self.wharf.hashes)
        self.next.queue.restore(Journal(self.folder / "snapshot" / "queue.sqlite"))
        restored = self.next.wait_for(State.PAUSED)
        assert restored.problem is not None
        self.next.queue.resume([restored.id])
        return self.next.end()


@pytest.fixture
def killed(wharf: Wharf, tmp_path: Path) -> Iterator[Killed]:
    killed = Killed(wharf, tmp_path)
    yield killed
    killed.next.close()


@pytest.mark.parametrize("carried_out", [False, True])
def test_after_a_kill_between_deletes_only_the_plan_goes(
    killed: Killed, served: list[ServedFile], plan: StoredPlan, carried_out: bool
) -> None:
    wharf = killed.wharf
    wharf.server.script(
        "DELETE", f"/files/{served[1].id}", [Stall(Moment.AFTER_BODY, carried_out=carried_out)]
    )
    wharf.add(CleanUpJob(plan=plan))
    wharf.server.wait_until_stalled()
    wharf.events.wait_for_count(FileDeleted, 3)
    killed.kill()
    assert killed.go_on().state is State.DONE
    assert left(wharf) == ["e.jsonl"]
    assert set(results(killed.next).values()) == {"deleted"}


def test_after_a_kill_while_saving_nothing_unsaved_goes(
    killed: Killed, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf = killed.wharf
    wharf.server.script("GET", f"/files/{served[2].id}/content", [Stall()])
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder))
    wharf.server.wait_until_stalled()
    killed.kill()
    (wharf.folder / "b.jsonl").unlink()  # somebody moved it away
    assert killed.go_on().state is State.DONE
    assert wharf.saved == {file.filename: file.content for file in served[:4]}
    assert left(wharf) == ["e.jsonl"]


def test_after_a_kill_while_zipping_the_archive_is_written_anew(
    killed: Killed, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf = killed.wharf
    wharf.server.script("GET", f"/files/{served[2].id}/content", [Stall()])
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder, archive="old.zip"))
    wharf.server.wait_until_stalled()
    killed.kill()
    assert killed.go_on().state is State.DONE
    assert list(wharf.saved) == ["old.zip"]
    with zipfile.ZipFile(wharf.folder / "old.zip") as archive:
        assert len(archive.namelist()) == 4


@pytest.mark.parametrize("remove", [False, True])
def test_after_a_kill_an_archive_that_is_whole_is_not_written_again(
    killed: Killed, served: list[ServedFile], plan: StoredPlan, remove: bool
) -> None:
    wharf = killed.wharf
    refusal = api_error(400, "Not allowed to download files of purpose: batch")
    wharf.server.script("GET", f"/files/{served[3].id}/content", [refusal])
    wharf.server.script("DELETE", f"/files/{served[1].id}", [Stall()])
    wharf.add(CleanUpJob(plan=plan, saves=True, folder=wharf.folder, archive="old.zip"))
    wharf.server.wait_until_stalled()
    wharf.events.wait_for_count(FileDeleted, 2)
    killed.kill()
    if remove:
        (wharf.folder / "old.zip").unlink()
    contents = len(wharf.server.requests_to("GET", "/files/*/content"))
    killed.go_on()
    again = len(wharf.server.requests_to("GET", "/files/*/content")) - contents
    # The one that wasn't saved is saved again only if the archive is gone.
    assert again == remove
    assert left(wharf) == (["e.jsonl"] if remove else ["d.jsonl", "e.jsonl"])


def test_a_line_that_a_crash_cut_off_is_ignored(
    killed: Killed, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf = killed.wharf
    wharf.server.script("DELETE", f"/files/{served[1].id}", [Stall()])
    wharf.add(CleanUpJob(plan=plan))
    wharf.server.wait_until_stalled()
    wharf.events.wait_for_count(FileDeleted, 3)
    killed.kill()
    log = plan.path.with_suffix(".log")
    log.write_bytes(log.read_bytes() + b'{"step":"dele')
    assert killed.go_on().state is State.DONE
    assert left(wharf) == ["e.jsonl"]


def test_a_lost_answer_is_no_failure(
    wharf: Wharf, served: list[ServedFile], plan: StoredPlan
) -> None:
    wharf.server.script(
        "DELETE", f"/files/{served[1].id}", [Reset(Moment.AFTER_BODY, carried_out=True)]
    )
    wharf.add(CleanUpJob(plan=plan))
    assert wharf.end().state is State.DONE
    assert set(results(wharf).values()) == {"deleted"}


_CHILD = """
import sys
import threading
from pathlib import Path

from services.cleanup.stored_plan import StoredPlan
from services.transfers.jobs import CleanUpJob
from services.transfers.journal import Journal
from tests.services.transfers.conftest import Wharf


class Server:
    base_url = sys.argv[1]
    files = ()


folder = Path(sys.argv[2])
wharf = Wharf(Server(), folder / "downloads")
wharf.queue.restore(Journal(folder / "queue.sqlite"))
plan = StoredPlan(Path(sys.argv[3]), sys.argv[4], 4)
saves = {"saves": True, "folder": wharf.folder, "archive": sys.argv[6]} if sys.argv[5] else {}
wharf.add(CleanUpJob(plan=plan, **saves))
threading.Event().wait()
"""
"""Runs a clean-up until it is killed."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "saves", "archive"),
    [
        ("DELETE", "/files/{}", "", ""),
        ("GET", "/files/{}/content", "saves", ""),
        ("DELETE", "/files/{}", "saves", ""),
        ("GET", "/files/{}/content", "saves", "old.zip"),
        ("DELETE", "/files/{}", "saves", "old.zip"),
    ],
)
def test_a_killed_process_is_followed_by_one_that_finishes_the_plan(
    wharf: Wharf,
    served: list[ServedFile],
    plan: StoredPlan,
    tmp_path: Path,
    method: str,
    path: str,
    saves: str,
    archive: str,
) -> None:
    wharf.server.script(method, path.format(served[2].id), [Stall()])
    arguments = [wharf.server.base_url, str(tmp_path), str(plan.path), plan.sha256, saves, archive]
    with subprocess.Popen([sys.executable, "-c", _CHILD, *arguments], cwd=ROOT) as child:
        wharf.server.wait_until_stalled()
        child.kill()
    if saves and method == "GET":
        assert deletes(wharf) == []
    wharf.queue.restore(Journal(tmp_path / "queue.sqlite"))
    wharf.server.release()
    wharf.queue.resume([wharf.wait_for(State.PAUSED).id])
    assert wharf.end().state is State.DONE
    assert left(wharf) == ["e.jsonl"]
    assert set(results(wharf).values()) == {"deleted"}
    if archive:
        with zipfile.ZipFile(wharf.folder / archive) as opened:
            assert len(opened.namelist()) == 4
    elif saves:
        assert wharf.saved == {file.filename: file.content for file in served[:4]}
