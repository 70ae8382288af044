"""Inspecting, checking and fixing local files through the engine and session."""

from itertools import count
from pathlib import Path

import pytest

from services.checks import json_lines_check
from services.checks.check_commands import CheckCommands
from services.checks.events import (
    CheckedFile,
    CheckProgress,
    FileRepaired,
    FilesChecked,
    LinesRead,
    PathsBeingGathered,
    PathsGathered,
)
from services.checks.gathering import inspect_file
from services.checks.lines_around import LineExcerpt
from services.checks.pasted import PastedText
from services.problems.errors import ProblemKind
from services.problems.severity import Severity
from services.providers.limits import UNKNOWN, Limits
from tests.support.engine_bench import EngineBench
from tests.support.events import EventLog

REQUEST = (
    '{"custom_id": "%d", "method": "POST", "url": "/v1/chat/completions",'
    ' "body": {"model": "m", "messages": [{"role": "user", "content": "x"}]}}\n'
)


def checked(events: EventLog, request: int, path: Path) -> CheckedFile:
    """Wait for the result of checking a file."""

    def found(event: FilesChecked) -> bool:
        return event.request == request and any(one.file.path == path for one in event.checked)

    event = events.wait_for(FilesChecked, found)
    (one,) = [one for one in event.checked if one.file.path == path]
    return one


def requests(path: Path, number: int) -> Path:
    path.write_text("".join(REQUEST % one for one in range(number)))
    return path


def test_files_are_checked_one_after_another(opened: EngineBench, tmp_path: Path) -> None:
    good = inspect_file(requests(tmp_path / "good.jsonl", 20))
    bad = tmp_path / "bad.jsonl"
    bad.write_text(REQUEST % 1 + "oops\n")
    opened.session.checks.check(3, [(good, "batch"), (inspect_file(bad), "batch")], UNKNOWN)
    result = checked(opened.events, 3, bad)
    assert (result.purpose, result.problem) == ("batch", None)
    assert result.report is not None
    assert [(one.severity, one.line) for one in result.report.findings] == [(Severity.ERROR, 2)]
    first = checked(opened.events, 3, good.path)
    assert first.report is not None
    assert (first.report.errors, first.report.findings) == (0, ())


def test_a_missing_file_is_a_problem_and_others_are_checked(
    opened: EngineBench, tmp_path: Path
) -> None:
    gone, good = (
        inspect_file(requests(tmp_path / name, 1)) for name in ("gone.jsonl", "good.jsonl")
    )
    gone.path.unlink()
    opened.session.checks.check(1, [(gone, "batch"), (good, "batch")], UNKNOWN)
    assert checked(opened.events, 1, good.path).problem is None
    assert checked(opened.events, 1, gone.path).problem is not None


@pytest.mark.expects_log("A check has failed(.|\n)*planted failure")
def test_a_failed_check_is_a_problem_and_others_are_checked(
    opened: EngineBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Faulty:
        def __init__(self, *_arguments: object) -> None:
            raise RuntimeError("planted failure")

    monkeypatch.setitem(json_lines_check._CHECKERS, "evals", Faulty)
    first, second = (inspect_file(requests(tmp_path / name, 1)) for name in ("a.jsonl", "b.jsonl"))
    opened.session.checks.check(1, [(first, "evals"), (second, "batch")], UNKNOWN)
    problem = checked(opened.events, 1, first.path).problem
    assert problem is not None
    assert problem.kind is ProblemKind.UNEXPECTED
    assert checked(opened.events, 1, second.path).report is not None


def test_many_small_files_come_in_one_event(tmp_path: Path) -> None:
    events = EventLog()
    commands = CheckCommands(events, tmp_path / "pasted", clock=lambda: 0.0)
    rows = [(inspect_file(requests(tmp_path / f"{name}.jsonl", 1)), "batch") for name in "abc"]
    commands.check(1, rows, Limits())
    event = events.wait_for(FilesChecked)
    assert [one.file for one in event.checked] == [file for file, _purpose in rows]
    commands.stop()
    commands.join(10)
    assert len(events.all(FilesChecked)) == 1


def test_one_session_stops_nothing_of_another(bench: EngineBench, tmp_path: Path) -> None:
    large = inspect_file(requests(tmp_path / "a.jsonl", 50_000))
    sessions = [bench.engine.new_session() for _number in range(2)]
    for session in sessions:
        session.checks.gather([tmp_path], 1)
        session.checks.check(1, [(large, "batch")], UNKNOWN)
    sessions[1].checks.gather((), 2)
    sessions[1].checks.stop_checks()
    mine = sessions[0].number
    bench.events.wait_for(PathsGathered, lambda event: event.session == mine)
    bench.events.wait_for(FilesChecked, lambda event: event.session == mine)


def test_stopped_checks_send_no_results(tmp_path: Path) -> None:
    events = EventLog()
    commands = CheckCommands(events, tmp_path / "pasted", clock=count().__next__)
    rows = [(inspect_file(requests(tmp_path / f"{name}.jsonl", 2_000)), "batch") for name in "ab"]
    stopped: list[CheckProgress] = []

    def stop_at_first(event: object) -> None:
        events(event)  # type: ignore[arg-type]
        if isinstance(event, CheckProgress) and not stopped:
            stopped.append(event)
            commands.stop_checks()

    commands._listener = stop_at_first
    commands.check(1, rows, Limits())
    commands.check(2, rows[:1], Limits())
    events.wait_for(CheckProgress)
    commands.stop()
    commands.join(10)
    assert events.all(FilesChecked) == []


def test_walking_folders_reports_progress(tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "d" / "e" / f"{number}.txt").write_text("x")
    events = EventLog()
    commands = CheckCommands(events, tmp_path / "pasted", clock=count().__next__)
    commands.gather([tmp_path / "d"], 7)
    events.wait_for(PathsGathered)
    so_far = events.all(PathsBeingGathered)
    assert [(one.request, one.files, one.folders) for one in so_far] == [
        (7, 1, 2),
        (7, 2, 2),
        (7, 3, 2),
    ]
    commands.stop()


def test_pasted_text_is_saved_and_inspected(bench: EngineBench) -> None:
    bench.engine.new_session().checks.gather_pasted(PastedText(REQUEST % 1), 4)
    event = bench.events.wait_for(PathsGathered)
    (file,) = event.files
    assert (event.request, file.suggested_purpose, file.problem) == (4, "batch", None)
    assert file.path.parent == bench.paths.pasted_folder


def test_pasted_text_that_cannot_be_saved_is_a_problem(bench: EngineBench) -> None:
    bench.paths.pasted_folder.parent.mkdir(parents=True, exist_ok=True)
    bench.paths.pasted_folder.write_text("in the way")
    bench.engine.new_session().checks.gather_pasted(PastedText("a"), 4)
    # The window waits for this event.
    event = bench.events.wait_for(PathsGathered)
    (file,) = event.files
    assert event.request == 4
    assert file.problem is not None


def test_lines_are_read_or_the_problem_is_reported(bench: EngineBench, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("one\ntwo\n")
    bench.engine.new_session().checks.read_lines(1, path, 2, 3)
    event = bench.events.wait_for(LinesRead)
    assert event.lines == (LineExcerpt(1, "one"), LineExcerpt(2, "two"))
    bench.engine.new_session().checks.read_lines(2, tmp_path / "gone", 1, None)
    event = bench.events.wait_for(LinesRead, lambda event: event.request == 2)
    assert event.lines == ()
    assert event.problem is not None


def test_a_fixed_copy_is_saved_and_can_be_checked(opened: EngineBench, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + (REQUEST % 1).encode() + b"\r\n")
    file = inspect_file(path)
    opened.session.checks.check(1, [(file, "batch")], UNKNOWN)
    report = checked(opened.events, 1, path).report
    assert report is not None
    assert report.repairs
    opened.session.checks.repair(1, file, report.repairs)
    event = opened.events.wait_for(FileRepaired)
    assert (event.file, event.problem) == (file, None)
    assert event.repaired is not None
    assert event.changes
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    opened.events.clear()
    opened.session.checks.check(2, [(event.repaired, "batch")], UNKNOWN)
    report = checked(opened.events, 2, event.repaired.path).report
    assert report is not None
    assert (report.findings, report.repairs) == ((), ())
