"""Files can be listed, uploaded, downloaded and deleted without a window."""

import json
import os
import signal
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import Moment, Stall, api_error
from tests.terminal.conftest import Shell

GOOD = (
    '{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions",'
    ' "body": {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}}\n'
)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def three_files(files_server: ScriptedFilesServer) -> None:
    files_server.add(
        served_file("requests.jsonl", id="file-1", purpose="batch", content=b"requests"),
        served_file("answers.jsonl", id="file-2", purpose="batch_output", content=b"answers"),
        served_file("odd\nname\x1b[31m.txt", id="file-3", purpose="user_data", content=b"odd"),
    )


def write(shell: Shell, name: str, text: str = GOOD) -> str:
    path = shell.folder / name
    path.write_text(text)
    return str(path)


# Listing


def test_all_files_are_listed_newest_first(shell: Shell) -> None:
    lines = shell.ok("ls").splitlines()
    assert [line.split()[5] for line in lines] == ["file-3", "file-2", "file-1"]
    assert "batch_output" in lines[1]
    assert lines[0].endswith(r'"odd\nname\u001b[31m.txt"')


def test_a_search_chooses_files_as_in_the_window(shell: Shell) -> None:
    assert shell.ok("find", "--quiet", "purpose:batch", "requ") == "file-1\n"
    assert shell.ok("ls", "--quiet", "--purpose", "batch_output") == "file-2\n"
    assert shell.ok("find", "--quiet", "nothing-like-it") == ""


def test_json_is_one_document_and_json_lines_are_many(shell: Shell) -> None:
    whole = json.loads(shell.ok("ls", "--json"))
    lines = [json.loads(line) for line in shell.ok("ls", "--jsonl").splitlines()]
    assert whole == lines
    assert whole[2]["filename"] == "requests.jsonl"
    assert whole[0]["filename"] == "odd\nname\x1b[31m.txt"
    assert json.loads(shell.ok("find", "--json", "nothing-like-it")) == []


def test_no_form_lets_a_name_control_the_terminal(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    name = "8-bit \x9b31m and \u202e reversed.txt"
    files_server.add(served_file(name, id="file-4", purpose="user_data"))
    for form in ("--json", "--jsonl"):
        printed = shell.ok("find", form, "reversed")
        assert printed.replace("\n", "").isprintable()
        assert name in json.dumps(json.loads(printed), ensure_ascii=False)
    assert shell.ok("find", "reversed").strip().isprintable()


def test_rows_show_when_files_were_made_and_their_size(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(
        served_file("dated.txt", id="file-4", purpose="user_data", created_at=1_763_632_701)
    )
    assert shell.ok("find", "dated").startswith("2025-11-20 09:58:21  ")


def test_a_listing_that_breaks_off_fails_and_says_why(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files", [api_error(403, "This key may not list files")])
    done = shell.run("ls")
    assert (done.returncode, done.stdout) == (1, "")
    assert "This key may not list files" in done.stderr


def test_a_closed_pipe_ends_it_quietly(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.add(*many_files(20_000))
    process = shell.start("ls")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_an_unknown_account_is_a_mistake_in_the_command(shell: Shell) -> None:
    done = shell.run("ls", "--account", "Nobody's")
    assert done.returncode == 2
    assert "Sandbox" in done.stderr
    shell.environment.pop("OPENAI_API_KEY")
    assert "--account" in shell.run("ls").stderr


def test_all_fields_of_a_file_are_shown(shell: Shell) -> None:
    assert "filename: requests.jsonl" in shell.ok("info", "file-1")
    fields = json.loads(shell.ok("info", "--json", "file-1", "file-2"))
    assert [one["id"] for one in fields] == ["file-1", "file-2"]
    mixed = shell.run("info", "file-1", "file-gone")
    assert mixed.returncode == 3
    assert "file-gone" in mixed.stderr
    assert shell.run("info", "file-gone").returncode == 1


# Uploading


def test_files_are_uploaded_and_their_ids_printed(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    paths = [
        write(shell, f"new-{number}.jsonl", GOOD.replace("Hello", f"Hello {number}"))
        for number in range(3)
    ]
    ids = shell.ok("put", "--quiet", "--purpose", "batch", "--expires", "2d", *paths).split()
    new = {file.id: file for file in files_server.files if file.filename.startswith("new-")}
    assert set(ids) == set(new)
    assert {file.purpose for file in new.values()} == {"batch"}
    assert all(file.expires_at is not None for file in new.values())


def test_options_may_be_among_the_files(shell: Shell, files_server: ScriptedFilesServer) -> None:
    one, other = write(shell, "one.txt", "1"), write(shell, "other.txt", "2")
    shell.ok("put", one, "--purpose", "user_data", other)
    assert {"one.txt", "other.txt"} <= {file.filename for file in files_server.files}
    wrong = shell.run("put", one, "--purpose", "user_data", other, "--no-such-option")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_what_is_already_there_is_not_sent_again(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    path = write(shell, "new.jsonl")
    first = shell.ok("put", "--quiet", "--purpose", "batch", path)
    assert shell.ok("put", "--quiet", "--purpose", "batch", path) == first
    assert len(files_server.requests_to("POST", "/files")) == 1
    assert shell.ok("put", "--quiet", "--again", "--purpose", "batch", path) != first


def test_a_file_with_errors_is_not_uploaded_unless_anyway(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    path = write(shell, "bad.jsonl", GOOD + "{bad\n")
    done = shell.run("put", "--purpose", "batch", path)
    assert done.returncode == 1
    assert f"{path}:2:" in done.stderr
    assert "--anyway" in done.stderr
    assert not files_server.requests_to("POST", "/files")
    assert shell.ok("put", "--quiet", "--anyway", "--purpose", "batch", path).startswith("file-")


def test_some_failed_is_told_by_the_exit_code(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [api_error(400, "Not this one")])
    paths = [
        write(shell, f"new-{number}.jsonl", GOOD.replace("Hello", f"Hello {number}"))
        for number in range(2)
    ]
    done = shell.run("put", "--quiet", "--purpose", "batch", *paths)
    assert done.returncode == 3
    assert len(done.stdout.split()) == 1
    assert "Not this one" in done.stderr


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(["--expires", "40d"], 2), (["--expires", "soon"], 2), (["/not/there"], 1)],
)
def test_a_wrong_option_or_path_uploads_nothing(
    shell: Shell, files_server: ScriptedFilesServer, wrong: list[str], code: int
) -> None:
    done = shell.run("put", *wrong, write(shell, "new.jsonl"))
    assert (done.returncode, done.stdout) == (code, "")
    assert not files_server.requests_to("POST", "/files")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_upload_stays_in_the_queue(
    shell: Shell, files_server: ScriptedFilesServer, sent: signal.Signals, code: int
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100)])
    process = shell.start("put", "--purpose", "user_data", write(shell, "new.txt", "x" * 1_000_000))
    files_server.wait_until_stalled()
    process.send_signal(sent)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err
    queue = (shell.folder / "data" / "transfers" / "queue.sqlite").read_bytes()
    assert b"new.txt" in queue


def test_the_limits_in_the_settings_apply(shell: Shell, files_server: ScriptedFilesServer) -> None:
    (shell.folder / "data").mkdir()
    (shell.folder / "data" / "settings.json").write_text('{"uploads_at_once": 1}')
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100)] * 2)
    paths = [write(shell, f"new-{number}.txt", "x" * 1_000_000) for number in range(2)]
    process = shell.start("put", "--purpose", "user_data", *paths)
    files_server.wait_until_stalled()
    process.terminate()
    process.communicate(timeout=60)
    assert len(files_server.requests_to("POST", "/files")) == 1


# Downloading


def test_files_are_downloaded_by_id_name_pattern_and_search(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    to = ["--to", str(folder)]
    assert shell.ok("get", *to, "file-1") == f"{folder / 'requests.jsonl'}\n"
    shell.ok("get", *to, "answ*")
    shell.ok("get", *to, "--search", "purpose:user_data")
    assert (folder / "requests.jsonl").read_bytes() == b"requests"
    assert (folder / "answers.jsonl").read_bytes() == b"answers"
    assert len(list(folder.iterdir())) == 3
    nothing = shell.run("get", *to, "no-such-*")
    assert nothing.returncode == 1
    assert "no-such-*" in nothing.stderr


def test_what_is_there_is_skipped_without_failing(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    write(shell, "requests.jsonl", "another one")
    done = shell.run("get", "--skip", "file-1", "file-2")
    assert (done.returncode, done.stdout) == (0, f"{shell.folder / 'answers.jsonl'}\n")
    assert "requests.jsonl" in done.stderr
    assert not files_server.requests_to("GET", "/files/file-1/content")


def test_all_in_one_archive(shell: Shell, tmp_path: Path) -> None:
    path = shell.ok("get", "--zip", "*.jsonl").strip()
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["answers.jsonl", "requests.jsonl"]


# Deleting


def test_nothing_is_deleted_without_being_confirmed(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    assert shell.ok("rm", "--dry-run", "--quiet", "*.jsonl").split() == ["file-2", "file-1"]
    assert shell.run("rm", "*.jsonl").returncode == 2
    assert not files_server.requests_to("DELETE", "/files/*")
    assert shell.ok("rm", "--yes", "--quiet", "file-1", "answers.jsonl").split()
    assert [file.id for file in files_server.files] == ["file-3"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("typed", "is_deleted"), [(b"yes\n", True), (b"no\n", False), (b"\x04", False)]
)
def test_the_question_is_not_among_the_results(
    shell: Shell, files_server: ScriptedFilesServer, typed: bytes, is_deleted: bool
) -> None:
    person, terminal = os.openpty()
    try:
        os.write(person, typed)
        done = shell.run("rm", "--quiet", "file-1", stdin=terminal)
    finally:
        os.close(person)
        os.close(terminal)
    assert "1 file" in done.stderr
    assert done.stdout == ("file-1\n" if is_deleted else "")
    assert done.returncode == (0 if is_deleted else 1)
    assert len(files_server.files) == (2 if is_deleted else 3)


# All commands


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["ls", "--timeout", "inf"], "--timeout"),
        (["ls", "--timeout", "nan"], "--timeout"),
        (["ls", "--timeout", "-1"], "--timeout"),
        (["find", "created:never-ever"], "created"),
        (["get"], "--search"),
        (["rm", "--yes"], "--search"),
        (["check", "--provider", "no-such", "x"], "no-such"),
    ],
)
def test_a_mistake_in_the_command_is_told_before_anything_is_opened(
    shell: Shell, wrong: list[str], told: str
) -> None:
    done = shell.run(*wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert not (shell.folder / "data").exists()


def test_a_folder_that_cannot_be_written_is_told(shell: Shell) -> None:
    (shell.folder / "data").write_bytes(b"a file where the folder should be")
    done = shell.run("ls")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--data-dir" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_full_disk_under_the_results_is_told(shell: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = shell.run("ls", stdout=full.fileno())
    assert (done.returncode, done.stderr) == (1, "filewharf: No space left on device.\n")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8:strict"])
def test_any_name_can_be_printed_in_any_terminal(
    shell: Shell, files_server: ScriptedFilesServer, encoding: str
) -> None:
    files_server.add(served_file("blå 🐳.txt", id="file-4", purpose="user_data"))
    shell.environment["PYTHONIOENCODING"] = encoding
    assert json.loads(shell.ok("find", "--json", "blå"))[0]["filename"] == "blå 🐳.txt"
    assert ".txt" in shell.ok("find", "blå")


def test_no_qt_is_loaded_and_no_display_needed(shell: Shell) -> None:
    shell.environment["PYTHONPROFILEIMPORTTIME"] = "1"
    done = shell.run("ls")
    assert done.returncode == 0
    assert "services.api.listing" in done.stderr
    assert "PySide6" not in done.stderr


def test_files_are_read_even_if_the_queue_cannot_be_saved(shell: Shell) -> None:
    (shell.folder / "data").mkdir()
    (shell.folder / "data" / "transfers").write_bytes(b"a file where the folder should be")
    assert len(shell.ok("ls", "--quiet", "--timeout", "30").split()) == 3
    done = shell.run("info", "--quiet", "--timeout", "30", "file-1")
    assert (done.returncode, done.stdout) == (0, "file-1\n")
    assert "can't be saved" in done.stderr


def test_a_timeout_has_a_code_of_its_own(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "/files", [Stall(Moment.AFTER_BODY)])
    assert shell.run("ls", "--timeout", "0.5").returncode == 124
