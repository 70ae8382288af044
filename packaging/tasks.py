"""The tasks behind the Makefile, for systems without make too.

    python packaging/tasks.py run          start Filewharf on its built-in sandbox
    python packaging/tasks.py test         check style and types, then run the tests
    python packaging/tasks.py crash        kill the program a hundred times, and look for losses;
                                           "crash --minutes 60" lets a model server try it longer
    python packaging/tasks.py mutants      plant a hundred small slips, and look what tests notice
    python packaging/tasks.py bench        measure speed, memory and stalls (Linux)
    python packaging/tasks.py screenshots  take the pictures of the documentation anew (Linux)
    python packaging/tasks.py lock         write requirements.lock anew from pyproject.toml
    python packaging/tasks.py clean        remove what these tasks made

Further arguments go to the program behind a task: the tests of one folder with
"test tests/packaging_scripts", newer packages with "lock --upgrade". The first six prepare the
checkout first (see prepare.py). Without a screen, "run" shows the program to nobody: it walks
through it on a virtual screen and tells what it saw.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import prepare
from system_packages import PreparationError

ROOT = prepare.ROOT
LOCK_HEADER = "# The exact packages for every system. Written by: make lock\n"


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
        "types": [python, "-m", "mypy", "main.py", "services", "ui"],
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
    python = str(prepare.prepare("bench"))
    return _call(on_virtual_screen([python, "-m", "tests.bench", *arguments]))


def screenshots(arguments: list[str]) -> int:
    """Take the pictures, always on the virtual screen so that they look alike everywhere."""
    python = str(prepare.prepare("test"))
    tour = [python, "-m", "tests.tour", "--screenshots", "resources/pictures", *arguments]
    return _call(on_virtual_screen(tour))


def lock(arguments: list[str]) -> int:
    """Resolve the packages for all systems at once, with a tool kept out of the environment."""
    folder = ROOT / "build" / "lock"
    tool = prepare.venv_python(folder)
    if not (folder / "finished").exists():
        venv.create(folder, clear=True, with_pip=True)
        if code := _call([str(tool), "-m", "pip", "install", "--quiet", "uv"]):
            return code
        (folder / "finished").touch()
    resolve = [str(tool), "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    resolve += ["--python-version", "3.11", "--extra", "dev", "--generate-hashes"]
    resolve += ["--no-header", "--no-emit-index-url", "pyproject.toml", *arguments]
    if code := _call([*resolve, "--output-file", str(prepare.LOCK)]):
        return code
    text = prepare.LOCK.read_text(encoding="utf-8")
    prepare.LOCK.write_text(LOCK_HEADER + text, encoding="utf-8", newline="\n")
    return 0


def clean(_: list[str]) -> int:
    """Remove the environment, builds and caches; nothing that is kept in version control."""
    caches = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "htmlcov")
    for name in (".venv", "build", "dist", *caches):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for folder in ("packaging", "services", "tests", "ui"):
        for cache in (ROOT / folder).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    for file in (*ROOT.glob(".coverage"), *ROOT.glob(".coverage.*")):
        file.unlink()
    return 0


TASKS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "crash": crash,
    "mutants": mutants,
    "bench": bench,
    "screenshots": screenshots,
    "lock": lock,
    "clean": clean,
}


def _call(command: list[str]) -> int:
    """Run a command to its end; when told to stop, let it clean up after itself first."""
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has told the command as well.
        process.wait()
        raise
    except SystemExit:
        process.terminate()
        process.wait()
        raise


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
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
