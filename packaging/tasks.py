"""The tasks behind the Makefile, for systems without make too.

    python packaging/tasks.py run          start Filewharf on its built-in sandbox
    python packaging/tasks.py check        check style and types, and run the quick tests that
                                           need no screen
    python packaging/tasks.py test         check style and types, and run all tests
    python packaging/tasks.py crash        kill the program a hundred times, and look for losses;
                                           "crash --minutes 60" lets a model server try it longer
    python packaging/tasks.py mutants      plant a hundred small slips, and look what tests notice
    python packaging/tasks.py bench        measure speed, memory and stalls (Linux)
    python packaging/tasks.py screenshots  take the pictures of the documentation anew (Linux)
    python packaging/tasks.py bare         run and test in bare Debian systems (root, debootstrap)
    python packaging/tasks.py texts        collect the texts for translators, compile translations
    python packaging/tasks.py lock         write the locks anew from pyproject.toml
    python packaging/tasks.py clean        remove what these tasks made

Further arguments go to the program behind a task: the tests of one folder with
"test tests/packaging_scripts", newer packages with "lock --upgrade", a new language with
"texts de". The first seven prepare the
checkout first (see prepare.py). Without a screen, "run" shows the program to nobody: it walks
through it on a virtual screen and tells what it saw.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import bare
import prepare
from commands import call, call_together
from one_at_a_time import one_at_a_time
from system_packages import PreparationError

ROOT = prepare.ROOT
LOCK_HEADER = "# The exact packages for every system. Written by: make lock\n"
UV_LOCK = "requirements-uv.lock"
BABEL_LOCK = "requirements-babel.lock"
LOCALE = ROOT / "resources" / "locale"
KEYWORDS = ("_", "N_", "ngettext:1,2", "pgettext:1c,2")
"""The functions of services/system/language.py, and which of their arguments are texts."""
FIRST_HALF = (
    "tests/services",
    "tests/promise",
    "tests/crash",
    "tests/bench",
    "tests/packaging_scripts",
)
"""What the first of two processes tests; chosen so that both take about as long."""
FIRST_QUICK_HALF = (
    "tests/services/api",
    "tests/services/transfers",
    "tests/test_boundaries.py",
    "tests/test_texts.py",
    "tests/packaging_scripts",
)
"""Likewise among the quick tests."""
ON_SCREEN = ("tests/ui", "tests/window", "tests/desktop")
MEMORY = Path("/dev/shm")
ROOM = 3_000_000_000
"""Bytes that are free before anything is put there; the tests have half of it at once."""
QUICK = "not slow and not screen and not real_keyring"


def on_virtual_screen(command: list[str]) -> list[str]:
    """Wrap a command so that it gets a screen, a session and a secret store of its own."""
    script = str(ROOT / "packaging" / "virtual_screen.py")
    return [sys.executable, script, "--secret-service", "--", *command]


def run(arguments: list[str]) -> int:
    """Start the program where there is a screen; walk through it where there is none."""
    python = str(prepare.prepare("run"))
    if prepare.has_display():
        return _call([python, "main.py", "--sandbox", *arguments])
    print("There is no screen here: walking through Filewharf on a virtual one.", flush=True)
    return _call(on_virtual_screen([python, "-m", "tests.tour", *arguments]))


def check(arguments: list[str]) -> int:
    """Check style and types, and run the quick tests that need no screen; otherwise as `test`."""
    python = str(prepare.prepare("test"))
    tests = _tests([*_pytest(python), "-m", QUICK], arguments, FIRST_QUICK_HALF, ON_SCREEN)
    return _call_all(_style_and_types(python) | tests, QT_QPA_PLATFORM="offscreen")


def test(arguments: list[str]) -> int:
    """Do all checks at once, also when one fails, and name the failed ones at the end.

    The tests run in two processes, each with a screen and a session of its own; with arguments,
    those that they ask for in one.
    """
    python = str(prepare.prepare("test"))
    tests = _tests(_pytest(python), arguments, FIRST_HALF)
    if sys.platform.startswith("linux"):
        tests = {name: on_virtual_screen(command) for name, command in tests.items()}
    return _call_all(_style_and_types(python) | tests)


def folder_in_memory(folder: Path = MEMORY, room: int = ROOM) -> Path | None:
    """A folder that is no disk's, where there is one with room for what the tests write.

    They sync so often, to be sure of what a crash leaves, that a disk takes longer than they do.
    """
    try:
        state = os.statvfs(folder)
    except (AttributeError, OSError):  # no such call on Windows
        return None
    has_room = state.f_bavail * state.f_frsize >= room
    return folder if has_room and not state.f_flag & os.ST_NOEXEC else None


def _style_and_types(python: str) -> dict[str, list[str]]:
    return {
        "style": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
    }


def _pytest(python: str) -> list[str]:
    # It prints into a file (see call_together), and cannot tell where that is shown.
    return [python, "-m", "pytest", *(["--color=yes"] if sys.stdout.isatty() else [])]


def _tests(
    pytest: list[str],
    arguments: list[str],
    first_half: Sequence[str],
    left_out: Sequence[str] = (),
) -> dict[str, list[str]]:
    """The first half and whatever it does not hold, so that no test is in neither."""
    if arguments:
        return {"tests": [*pytest, *arguments]}
    ignored = [f"--ignore={folder}" for folder in (*first_half, *left_out)]
    return {
        "tests, first half": [*pytest, *first_half],
        "tests, second half": [*pytest, *ignored],
    }


def crash(arguments: list[str]) -> int:
    """Kill the program at a hundred random moments, and let a model server try it."""
    python = str(prepare.prepare("test"))
    return _call([python, "-m", "tests.crash.driver", "--kills", "100", *arguments])


def mutants(arguments: list[str]) -> int:
    """Plant small slips in the code that keeps the promises; 1 when too many go unnoticed."""
    python = str(prepare.prepare("test"))
    return _call(on_virtual_screen([python, "-m", "tests.mutants", *arguments]))


def bench(arguments: list[str]) -> int:
    """Measure against curl, the official client and the promised figures; 1 when one is missed."""
    python = str(prepare.prepare("test"))
    return _call(on_virtual_screen([python, "-m", "tests.bench", *arguments]))


def screenshots(arguments: list[str]) -> int:
    """Take the pictures, always on the virtual screen so that they look alike everywhere."""
    python = str(prepare.prepare("test"))
    tour = [python, "-m", "tests.tour", "--screenshots", "resources/pictures", *arguments]
    return _call(on_virtual_screen(tour))


def texts(arguments: list[str]) -> int:
    """Collect the texts of the program, bring all translations up to date, and compile them.

    The arguments are languages to begin a translation for.
    """
    python = str(_tool("texts", BABEL_LOCK))
    template = ROOT / "build" / "filewharf.pot"
    babel = [python, "-m", "babel.messages.frontend", "--quiet"]
    same = ["--domain", "filewharf"]
    extract = [*babel, "extract", "--no-default-keywords", "--add-location", "file"]
    extract += [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
    extract += ["--add-comments", "Translators:", "--strip-comments", "--project", "Filewharf"]
    source = ["--input-file", str(template), "--output-dir", str(LOCALE)]
    commands = [
        [*extract, "--output-file", str(template), "main.py", "services", "ui"],
        *([*babel, "init", *same, *source, "--locale", language] for language in arguments),
    ]
    if arguments or any(LOCALE.glob("*/LC_MESSAGES/*.po")):
        commands += [
            [*babel, "update", *same, *source, "--ignore-obsolete"],
            [*babel, "compile", *same, "--directory", str(LOCALE)],
        ]
    return next((code for command in commands if (code := _call(command))), 0)


def lock(arguments: list[str]) -> int:
    """Resolve the packages for all systems at once, with a tool kept out of the environment.

    What running takes is a part of what testing takes, in the same versions.
    """
    everything = ["--extra", "dev", "pyproject.toml"]
    tested = prepare.PACKAGING / prepare.LOCKS["test"]
    to_run = ["--constraint", str(tested.relative_to(ROOT)), "pyproject.toml"]
    resolved = {
        UV_LOCK: ["--group", "pyproject.toml:uv"],
        BABEL_LOCK: ["--group", "pyproject.toml:babel"],
        prepare.PIP_LOCK: ["--group", "pyproject.toml:pip"],
        prepare.LOCKS["test"]: everything,
        prepare.LOCKS["run"]: to_run,
    }
    tool = _tool("lock", UV_LOCK)
    for name, source in resolved.items():
        path = prepare.PACKAGING / name
        resolve = [str(tool), "-m", "uv", "pip", "compile", "--quiet", "--universal"]
        resolve += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
        resolve += ["--no-emit-index-url", *source, *arguments, "--output-file", str(path)]
        if code := _call(resolve):
            return code
        text = path.read_text(encoding="utf-8")
        path.write_text(LOCK_HEADER + text, encoding="utf-8", newline="\n")
    return 0


def _tool(task: str, lock: str) -> Path:
    """The Python of the environment that a task has for itself, with what is in a lock."""
    folder = ROOT / "build" / task
    locks = [(prepare.PACKAGING / name).read_bytes() for name in (prepare.PIP_LOCK, lock)]
    stamp = prepare.stamp_for(locks, sys.implementation.cache_tag, task)
    if not prepare.is_current(folder, stamp):
        prepare.make_venv(folder)
        prepare.install_locked(prepare.venv_python(folder), prepare.PACKAGING / lock)
        (folder / "filewharf-stamp").write_text(stamp, encoding="utf-8")
    return prepare.venv_python(folder)


def clean(_: list[str]) -> int:
    """Remove the environment, builds and caches; nothing that is kept in version control."""
    with one_at_a_time(prepare.SET_UP_LOCK, prepare.WAITING):
        caches = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "htmlcov")
        for name in (".venv", "build", "dist", *caches):
            shutil.rmtree(ROOT / name, ignore_errors=True)
        for folder in ("packaging", "services", "tests", "ui"):
            for cache in (ROOT / folder).rglob("__pycache__"):
                shutil.rmtree(cache, ignore_errors=True)
        for file in (*ROOT.glob(".coverage"), *ROOT.glob(".coverage.*"), prepare.SET_UP_LOCK):
            file.unlink(missing_ok=True)
    return 0


TASKS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "check": check,
    "test": test,
    "crash": crash,
    "mutants": mutants,
    "bench": bench,
    "screenshots": screenshots,
    "bare": bare.main,
    "texts": texts,
    "lock": lock,
    "clean": clean,
}


def _call(command: list[str]) -> int:
    """Run a command in the checkout."""
    return call(command, cwd=ROOT)


def _call_all(commands: dict[str, list[str]], **variables: str) -> int:
    """Run commands in the checkout at once, and name those that failed; 1 if there is one."""
    with tempfile.TemporaryDirectory(
        prefix="filewharf-", dir=folder_in_memory(), ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o711)  # some tests give up their privileges, and go on inside
        environment = {**os.environ, **variables, "TMPDIR": folder}
        failed = call_together(commands, cwd=ROOT, env=environment)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: ending is not to be interrupted
    sys.exit(128 + number)


def main(arguments: list[str]) -> int:
    """Do the task named on the command line."""
    if not arguments or arguments[0] not in TASKS:
        print(__doc__)
        return 2
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return TASKS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130
    except PreparationError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
