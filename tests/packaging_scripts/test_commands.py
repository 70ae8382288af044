import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging_scripts.conftest import SCRIPTS, Load
from tests.packaging_scripts.interrupted import InterruptedRuns, left_running

MOMENTS = 40


def test_output_is_passed_on_line_by_line(load: Load) -> None:
    lines: list[str] = []
    script = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(3)"
    assert load("commands").call([sys.executable, "-c", script], lines.append) == 3
    assert lines == ["one\n", "two\n"]


def printing(text: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit({code})"]


def test_failed_commands_are_named(load: Load) -> None:
    wanted = {"right": printing(""), "wrong": printing("", 3), "bad": printing("", 1)}
    assert load("commands").call_together(wanted) == ["wrong", "bad"]


def test_the_output_of_concurrent_commands_does_not_mix(
    load: Load, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    os.mkfifo(tmp_path / "turn")
    # The first waits until the second has printed something, and vice versa.
    first = f"read line < {tmp_path / 'turn'}; echo one; printf ä >&2; exit 1"
    second = f"echo two; echo > {tmp_path / 'turn'}; echo three"
    wanted = {"first": ["sh", "-c", first], "second": ["sh", "-c", second]}
    assert load("commands").call_together(wanted) == ["first"]
    shown = capfdbinary.readouterr().out.decode()
    assert shown == "--- first\none\nä--- second\ntwo\nthree\n"


def test_the_first_command_is_shown_while_it_runs(load: Load, tmp_path: Path) -> None:
    turn = tmp_path / "turn"
    os.mkfifo(turn)
    code = (
        f"import commands; commands.call_together({{'it': ['sh', '-c', 'echo one; cat {turn}']}})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=SCRIPTS
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["--- it\n", "one\n"]
        turn.write_text("two\n")
        assert process.stdout.read() == "two\n"


def test_if_one_command_does_not_start_the_others_are_stopped(load: Load, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    wanted = {
        "it": ["sh", "-c", f"echo $$ >> {notes}; exec sleep 60"],
        "none": ["/no/such/command"],
    }
    with pytest.raises(FileNotFoundError):
        load("commands").call_together(wanted)
    assert left_running(notes) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(
    "call",
    ["call({0})", "call({0}, print)", "call_together({{'one': {0}, 'two': {0}}})"],
    ids=["shown", "passed on", "together"],
)
def test_an_interruption_at_any_moment_stops_the_command(tmp_path: Path, call: str) -> None:
    notes = tmp_path / "notes"
    # The command interrupts, too, so that every run ends.
    command = ["sh", "-c", f"echo $$ >> {notes}; kill -TERM $PPID; exec sleep 60"]
    prepare = "import signal, sys, commands, tasks\nsignal.signal(signal.SIGTERM, tasks._terminate)"
    code = f"raise SystemExit(commands.{call.format(command)})"
    with InterruptedRuns(prepare, code, tmp_path) as runs:
        ended = runs.run(0)
        assert ended.code == 143
        assert ended.moments > MOMENTS
        step = ended.moments // MOMENTS
        for moment in range(random.randrange(1, step + 1), ended.moments, step):
            ended = runs.run(moment)
            assert ended.code == 143, f"moment {moment}: {ended.errors}"
            assert left_running(notes) == [], f"moment {moment}"


def test_the_signal_mask_is_restored(load: Load) -> None:
    if not hasattr(signal, "pthread_sigmask"):
        pytest.skip("POSIX signals")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    show = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set())"
    lines: list[str] = []
    assert load("commands").call([sys.executable, "-c", show], lines.append) == 0
    assert lines == [f"{before == set()}\n"]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
