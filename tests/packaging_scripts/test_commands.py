import os
import random
import signal
import sys
from pathlib import Path

import pytest

from tests.packaging_scripts.conftest import Load
from tests.packaging_scripts.interrupted import left_running, run_interrupted

MOMENTS = 40


def test_what_a_command_prints_is_given_on_line_by_line(load: Load) -> None:
    lines: list[str] = []
    script = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(3)"
    assert load("commands").call([sys.executable, "-c", script], lines.append) == 3
    assert lines == ["one\n", "two\n"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("told", ["None", "print"])
def test_a_command_ends_with_us_whenever_we_are_interrupted(tmp_path: Path, told: str) -> None:
    notes = tmp_path / "notes"
    # It interrupts as well, so that every run ends.
    command = ["sh", "-c", f"echo $$ >> {notes}; kill -TERM $PPID; exec sleep 60"]
    code = (
        "import signal, sys, commands, tasks\n"
        "signal.signal(signal.SIGTERM, tasks._terminate)\n"
        f"begin(); raise SystemExit(commands.call({command!r}, {told}))"
    )
    ended, moments = run_interrupted(code, 0, os.environ)
    assert ended.returncode == 143
    assert moments > MOMENTS
    step = moments // MOMENTS
    for moment in range(random.randrange(1, step + 1), moments, step):
        ended, _moments = run_interrupted(code, moment, os.environ)
        assert ended.returncode == 143, f"moment {moment}: {ended.stderr}"
        assert left_running(notes) == [], f"moment {moment}"


def test_the_signals_are_as_before_afterwards(load: Load) -> None:
    if not hasattr(signal, "pthread_sigmask"):
        pytest.skip("signals of POSIX")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    show = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set())"
    said: list[str] = []
    assert load("commands").call([sys.executable, "-c", show], said.append) == 0
    assert said == [f"{before == set()}\n"]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
