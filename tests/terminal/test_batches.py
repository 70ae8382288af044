"""`filewharf batches` lists, starts and cancels batches, and gets their results."""

import json
from pathlib import Path

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.served_jobs import running_batch, served_batch
from tests.support.server_faults import api_error
from tests.terminal.conftest import Shell

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def two_batches(files_server: ScriptedFilesServer) -> None:
    files_server.add(
        served_file("requests.jsonl", id="file-in", purpose="batch"),
        served_file("answers.jsonl", id="file-out", purpose="batch_output", content=b"answers"),
        served_file("errors.jsonl", id="file-err", purpose="batch_output", content=b"errors"),
    )
    files_server.jobs.batches += [
        served_batch(
            id="batch_old",
            input_file_id="file-in",
            output_file_id="file-out",
            error_file_id="file-err",
            metadata={"name": "odd\x1b[31m\nname"},
        ),
        running_batch(id="batch_new"),
    ]


def test_batches_are_listed_with_their_state_and_files(shell: Shell) -> None:
    newest, old = shell.ok("batches").splitlines()
    assert "in_progress" in newest
    assert "2+0/10" in newest
    assert {"completed", "9+1/10", "batch_old", "file-in", "file-out", "file-err"} <= {*old.split()}
    assert r'"odd\u001b[31m\nname"' in old
    assert shell.ok("batches", "--quiet").split() == ["batch_new", "batch_old"]


def test_one_is_shown_in_full(shell: Shell) -> None:
    (shown,) = json.loads(shell.ok("batches", "--json", "batch_old"))
    assert shown["request_counts"] == {"total": 10, "completed": 9, "failed": 1}
    assert shown["metadata"] == {"name": "odd\x1b[31m\nname"}
    mixed = shell.run("batches", "--quiet", "batch_gone", "batch_new")
    assert (mixed.returncode, mixed.stdout) == (3, "batch_new\n")
    assert "batch_gone" in mixed.stderr


def test_one_is_started_from_a_file_on_the_server(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    started = shell.ok(
        "batches",
        "create",
        "file-in",
        "--quiet",
        *("--endpoint", "/v1/responses"),
        *("--metadata", "name=nightly"),
    )
    (new,) = [one for one in files_server.jobs.batches if one["id"] == started.strip()]
    assert new["input_file_id"] == "file-in"
    assert new["endpoint"] == "/v1/responses"
    assert new["metadata"] == {"name": "nightly"}


def test_a_refused_start_is_told(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.script("POST", "/batches", [api_error(400, "Not this file")])
    done = shell.run("batches", "create", "file-in", "--endpoint", "/v1/responses")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Not this file" in done.stderr


def test_one_is_canceled(shell: Shell, files_server: ScriptedFilesServer) -> None:
    assert shell.ok("batches", "cancel", "--quiet", "batch_new") == "batch_new\n"
    assert len(files_server.requests_to("POST", "/batches/batch_new/cancel")) == 1
    ended = shell.run("batches", "cancel", "batch_old")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "batch_old" in ended.stderr


def test_results_are_downloaded(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    printed = shell.ok("batches", "get", "batch_old", "--to", str(folder))
    assert set(printed.splitlines()) == {
        str(folder / "answers.jsonl"),
        str(folder / "errors.jsonl"),
    }
    assert (folder / "answers.jsonl").read_bytes() == b"answers"
    unfinished = shell.run("batches", "get", "batch_new", "--to", str(folder))
    assert unfinished.returncode == 1
    assert "in_progress" in unfinished.stderr


def test_a_server_without_batches_is_told(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.jobs.offered.clear()
    done = shell.run("batches")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["create", "file-in"],
        ["create", "--endpoint", "/v1/responses"],
        ["cancel"],
        ["get"],
        ["get", "batch_old", "--to", "/not/there"],
        ["create", "file-in", "--endpoint", "/v1/responses", "--metadata", "no-value"],
    ],
)
def test_a_mistake_in_the_command_is_told_before_anything_is_opened(
    shell: Shell, wrong: list[str]
) -> None:
    done = shell.run("batches", *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert not (shell.folder / "data").exists()
