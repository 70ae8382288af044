"""Clean-ups of an open account, from the rules to the report."""

import time
import zipfile
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded, FilesListed
from services.checks.gathering import inspect_file
from services.cleanup.clean_ups import PlanRequest, SaveFirst
from services.cleanup.events import CleanUpPlanned
from services.cleanup.plan import Plan
from services.cleanup.report import Outcome
from services.cleanup.rules import CleanUpRules
from services.disk.local_file import UploadRequest
from services.problems.events import SomethingFailed
from services.transfers.events import CleanUpEnded
from services.transfers.transfer import TransferState
from tests.support.engine_bench import EngineBench
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file


@pytest.fixture
def opened(bench: EngineBench, files_server: ScriptedFilesServer) -> EngineBench:
    """A bench with an account that has two batch files and another one."""
    files_server.add(
        served_file("a.jsonl", content=b"a" * 9),
        served_file("b.jsonl", content=b"b" * 8),
        served_file("c.png", purpose="vision"),
    )
    bench.save(files_server)
    bench.open()
    return bench


def planned(bench: EngineBench, rules: CleanUpRules, *more: RemoteFile) -> Plan:
    files = {file.id: file for event in bench.events.all(FilesListed) for file in event.files}
    bench.session.clean_ups.plan(
        PlanRequest(1, [*files.values(), *more], rules, time.time(), not_downloadable={"user_data"})
    )
    return bench.events.wait_for(CleanUpPlanned, lambda event: event.complete).plan


def test_a_plan_is_carried_out_and_reported(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    plan = planned(opened, CleanUpRules(("batch",)))
    opened.session.clean_ups.carry_out(plan)
    ended = opened.events.wait_for(CleanUpEnded)
    assert [(one.file.name, one.outcome) for one in ended.results] == [
        ("a.jsonl", Outcome.DELETED),
        ("b.jsonl", Outcome.DELETED),
    ]
    assert [file.filename for file in files_server.files] == ["c.png"]
    assert opened.transfer().state is TransferState.DONE


def test_files_are_saved_as_zip_first(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    folder = tmp_path / "archives"
    folder.mkdir()
    plan = planned(opened, CleanUpRules(("batch",)))
    opened.session.clean_ups.carry_out(plan, SaveFirst(folder, as_zip=True))
    assert opened.events.wait_for(CleanUpEnded).saved_to == folder
    (archive,) = folder.iterdir()
    assert archive.name.startswith("2 files ")
    with zipfile.ZipFile(archive) as opened_archive:
        assert sorted(opened_archive.namelist()) == ["a.jsonl", "b.jsonl"]


def test_nothing_is_deleted_if_the_plan_cannot_be_stored(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    (opened.paths.journal_folder / "clean-ups").write_text("in the way")
    opened.session.clean_ups.carry_out(planned(opened, CleanUpRules(("batch",))))
    failed = opened.events.wait_for(SomethingFailed)
    assert failed.problem.title == "The plan can't be saved"
    assert len(files_server.files) == 3


def test_an_unchanged_original_on_this_computer_is_found(
    opened: EngineBench, tmp_path: Path
) -> None:
    opened.settings.change(keep_upload_ledger=True)
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    opened.session.upload([UploadRequest(inspect_file(path), "user_data")])
    uploaded = opened.events.wait_for(FileAdded).file
    rules = CleanUpRules(("user_data",))
    assert planned(opened, rules, uploaded).files == [uploaded]
    path.write_text("other notes")
    opened.events.clear()
    opened.session.clean_ups.leave()
    assert planned(opened, rules, uploaded).files == []
