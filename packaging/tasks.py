"""The tasks behind the Makefile, for systems without make too.

    python packaging/tasks.py run          start Filewharf on its built-in sandbox
    python packaging/tasks.py test         check style and types, then run the tests
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
"texts de". The first six prepare the
checkout first (see prepare.py). Without a screen, "run" shows the program to nobody: it walks
through it on a virtual screen and tells what it saw.
"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

import bare
import prepare
from commands import call
from one_at_a_time import one_at_a_time
from system_packages import PreparationError

ROOT = prepare.ROOT
LOCK_HEADER = "# The exact packages for every system. Written by: make lock\n"
UV_LOCK = "requirements-uv.lock"
BABEL_LOCK = "requirements-babel.lock"
LOCALE = ROOT / "resources" / "locale"
KEYWORDS = ("_", "N_", "ngettext:1,2", "pgettext:1c,2")
"""The functions of services/system/language.py, and which of their arguments are texts."""


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


def test(arguments: list[str]) -> int:
    """Do all checks, also after one has failed, and name the failed ones at the end."""
    python = str(prepare.prepare("test"))
    pytest = [python, "-m", "pytest", *arguments]
    linux = sys.platform.startswith("linux")
    checks = {
        "style": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "tests": on_virtual_screen(pytest) if linux else pytest,
    }
    failed = []
    for name, command in checks.items():
        print(f"--- {name}", flush=True)
        if _call(command):
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


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
