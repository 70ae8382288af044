"""The tasks behind the Makefile, which also work without make.

    python packaging/tasks.py run          start Filewharf on its built-in sandbox
    python packaging/tasks.py check        check style and types, and run the quick tests that
                                           need no screen
    python packaging/tasks.py test         check style and types, and run all tests
    python packaging/tasks.py crash        kill the program 100 times and look for lost data, then
                                           test it for a minute against a misbehaving server;
                                           "crash --minutes 60" does that for an hour
    python packaging/tasks.py mutants      plant 100 small bugs and see which the tests catch
    python packaging/tasks.py bench        measure speed, memory and stalls (Linux)
    python packaging/tasks.py screenshots  retake the pictures for the documentation (Linux)
    python packaging/tasks.py bare         run and test in bare Debian systems (root, debootstrap)
    python packaging/tasks.py freeze       build a folder with the program that needs no Python
    python packaging/tasks.py deb          build the Debian package around it (Debian)
    python packaging/tasks.py texts        collect the texts to translate, compile translations
    python packaging/tasks.py dist         build what is released, into dist/
    python packaging/tasks.py audit        look for known vulnerabilities in the locked packages
    python packaging/tasks.py lock         regenerate the lock files from pyproject.toml
    python packaging/tasks.py clean        remove what these tasks created

Further arguments go to the program behind a task: "test tests/packaging_scripts" tests one folder,
"lock --upgrade" picks newer packages, "texts de" starts a new language. The first seven tasks set
up the checkout first (see prepare.py). Without a display, "run" walks through the program on a
virtual screen and prints what it sees.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import bare
import deb
import dist
import freeze
import prepare
from commands import call, call_together
from one_at_a_time import one_at_a_time
from system_packages import PreparationError

ROOT = prepare.ROOT
LOCK_HEADER = "# The exact packages for every system. Written by: make lock\n"
UV_LOCK = "requirements-uv.lock"
BABEL_LOCK = "requirements-babel.lock"
FREEZE_LOCK = "requirements-freeze.lock"
LOCALE = ROOT / "resources" / "locale"
KEYWORDS = ("_", "N_", "ngettext:1,2", "pgettext:1c,2")
"""The functions of services/system/language.py, and which of their arguments are texts."""
ON_SCREEN = ("tests/ui", "tests/window", "tests/desktop")
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 3_000_000_000
"""Free bytes required before anything is put in memory; the tests need less at a time."""
QUICK = "not slow and not screen and not real_keyring"


def on_virtual_screen(command: list[str]) -> list[str]:
    """Wrap a command to run with its own screen, session and secret store."""
    script = str(ROOT / "packaging" / "virtual_screen.py")
    return [sys.executable, script, "--secret-service", "--", *command]


def run(arguments: list[str]) -> int:
    """Start the program if there is a display; otherwise walk through it on a virtual screen."""
    python = str(prepare.prepare("run"))
    if prepare.has_display():
        return _call([python, "main.py", "--sandbox", *arguments])
    print("No display found. Walking through Filewharf on a virtual screen.", flush=True)
    return _call(on_virtual_screen([python, "-m", "tests.tour", *arguments]))


def check(arguments: list[str]) -> int:
    """Like `test`, but runs only the quick tests that need no screen."""
    python = str(prepare.prepare("test"))
    with _folder_for_tests() as folder:
        tests = _tests([*_pytest(python), "-m", QUICK], arguments, folder, 2, ON_SCREEN)
        return _call_all(_style_and_types(python) | tests, folder, QT_QPA_PLATFORM="offscreen")


def test(arguments: list[str]) -> int:
    """Run all checks at once, even if one fails, and list the failed ones at the end.

    The tests run in three processes, each with its own screen and session. With arguments, one
    process runs the tests they name.
    """
    python = str(prepare.prepare("test"))
    with _folder_for_tests() as folder:
        # More than there are cores: for a third of the time, these tests wait for something.
        tests = _tests(_pytest(python), arguments, folder, 3)
        if sys.platform.startswith("linux"):
            tests = {name: on_virtual_screen(command) for name, command in tests.items()}
        return _call_all(_style_and_types(python) | tests, folder)


def folder_in_memory(folder: Path = MEMORY, needed: int = MEMORY_NEEDED) -> Path | None:
    """An in-memory folder with enough space for what the tests write, if there is one.

    The tests sync so often that a disk would take up most of their time.
    """
    try:
        state = os.statvfs(folder)
    except (AttributeError, OSError):  # no such call on Windows
        return None
    has_space = state.f_bavail * state.f_frsize >= needed
    return folder if has_space and not state.f_flag & os.ST_NOEXEC else None


def with_compiled_modules(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which Python keeps compiled modules, in `build/` if not next to the source.

    The tests start the program so often that compiling it each time would take a while.
    """
    changed = dict(environment)
    if changed.pop("PYTHONDONTWRITEBYTECODE", ""):
        changed.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "compiled"))
    return changed


def _style_and_types(python: str) -> dict[str, list[str]]:
    return {
        "style": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
    }


def _pytest(python: str) -> list[str]:
    # Its output goes to a file (see call_together), so it can't detect the terminal.
    return [python, "-m", "pytest", *(["--color=yes"] if sys.stdout.isatty() else [])]


def _tests(
    pytest: list[str],
    arguments: list[str],
    folder: Path,
    processes: int,
    excluded: Sequence[str] = (),
) -> dict[str, list[str]]:
    """The tests named by the arguments, or else processes that share all that aren't excluded.

    What each has taken is noted in the folder; see tests/support/shared_run.py.
    """
    if arguments:
        return {"tests": [*pytest, *arguments]}
    taken = folder / "taken"
    taken.mkdir()
    shared = [*pytest, "-p", "tests.support.shared_run", f"--share={taken}"]
    shared += ["-o", "console_output_style=classic"]  # their number isn't known in advance
    shared += [f"--ignore={path}" for path in excluded]
    commands = [shared, [*shared, "--from-the-end"], shared]
    return {f"tests, part {number + 1}": commands[number] for number in range(processes)}


def crash(arguments: list[str]) -> int:
    """Kill the program at 100 random moments, then test it against a misbehaving server."""
    python = str(prepare.prepare("test"))
    return _call([python, "-m", "tests.crash.driver", "--kills", "100", *arguments])


def mutants(arguments: list[str]) -> int:
    """Plant small bugs in the code that keeps the promises; return 1 if too many go unnoticed."""
    python = str(prepare.prepare("test"))
    return _call(on_virtual_screen([python, "-m", "tests.mutants", *arguments]))


def bench(arguments: list[str]) -> int:
    """Compare with curl, the official client and the targets; return 1 if a target is missed."""
    python = str(prepare.prepare("test"))
    return _call(on_virtual_screen([python, "-m", "tests.bench", *arguments]))


def screenshots(arguments: list[str]) -> int:
    """Retake the pictures, always on the virtual screen so that they look the same everywhere."""
    python = str(prepare.prepare("test"))
    tour = [python, "-m", "tests.tour", "--screenshots", "resources/pictures", *arguments]
    return _call(on_virtual_screen(tour))


def texts(arguments: list[str]) -> int:
    """Collect the program's texts, and update and compile all translations.

    The arguments are the languages to start a translation for.
    """
    python = str(prepare.tool_python("texts", BABEL_LOCK))
    template = ROOT / "build" / "filewharf.pot"
    babel = [python, "-m", "babel.messages.frontend", "--quiet"]
    domain = ["--domain", "filewharf"]
    extract = [*babel, "extract", "--no-default-keywords", "--add-location", "file"]
    extract += [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
    extract += ["--add-comments", "Translators:", "--strip-comments", "--project", "Filewharf"]
    source = ["--input-file", str(template), "--output-dir", str(LOCALE)]
    commands = [
        [*extract, "--output-file", str(template), "main.py", "services", "ui"],
        *([*babel, "init", *domain, *source, "--locale", language] for language in arguments),
    ]
    if arguments or any(LOCALE.glob("*/LC_MESSAGES/*.po")):
        commands += [
            [*babel, "update", *domain, *source, "--ignore-obsolete"],
            [*babel, "compile", *domain, "--directory", str(LOCALE)],
        ]
    return next((code for command in commands if (code := _call(command))), 0)


def lock(arguments: list[str]) -> int:
    """Resolve the packages for all systems at once, with a tool installed outside `.venv`.

    The packages for running are a subset of those for testing, in the same versions.
    """
    everything = ["--extra", "dev", "pyproject.toml"]
    tested = prepare.PACKAGING / prepare.LOCKS["test"]
    to_run = ["--constraint", str(tested.relative_to(ROOT)), "pyproject.toml"]
    resolved = {
        UV_LOCK: ["--group", "pyproject.toml:uv"],
        BABEL_LOCK: ["--group", "pyproject.toml:babel"],
        FREEZE_LOCK: ["--group", "pyproject.toml:freeze"],
        prepare.PIP_LOCK: ["--group", "pyproject.toml:pip"],
        prepare.LOCKS["test"]: everything,
        prepare.LOCKS["run"]: to_run,
    }
    python = prepare.tool_python("lock", UV_LOCK)
    for name, source in resolved.items():
        path = prepare.PACKAGING / name
        resolve = [str(python), "-m", "uv", "pip", "compile", "--quiet", "--universal"]
        resolve += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
        resolve += ["--no-emit-index-url", *source, *arguments, "--output-file", str(path)]
        if code := _call(resolve):
            return code
        text = path.read_text(encoding="utf-8")
        path.write_text(LOCK_HEADER + text, encoding="utf-8", newline="\n")
    return 0


def clean(_: list[str]) -> int:
    """Remove the environment, builds and caches, but nothing under version control."""
    with one_at_a_time(prepare.SETUP_LOCK, prepare.WAITING):
        caches = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "htmlcov")
        for name in (".venv", "build", "dist", *caches):
            shutil.rmtree(ROOT / name, ignore_errors=True)
        for folder in ("packaging", "services", "tests", "ui"):
            for cache in (ROOT / folder).rglob("__pycache__"):
                shutil.rmtree(cache, ignore_errors=True)
        for file in (*ROOT.glob(".coverage"), *ROOT.glob(".coverage.*"), prepare.SETUP_LOCK):
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
    "freeze": freeze.main,
    "deb": deb.main,
    "dist": dist.main,
    "audit": dist.audit,
    "lock": lock,
    "clean": clean,
}


def _call(command: list[str]) -> int:
    """Run a command in the checkout."""
    return call(command, cwd=ROOT)


@contextmanager
def _folder_for_tests() -> Iterator[Path]:
    """A temporary folder, in memory if possible."""
    with tempfile.TemporaryDirectory(
        prefix="filewharf-", dir=folder_in_memory(), ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        folder.chmod(0o711)  # some tests drop their privileges, then work in here
        yield folder


def _call_all(commands: dict[str, list[str]], folder: Path, **variables: str) -> int:
    """Run commands in the checkout at once and list those that failed; return 1 if any did.

    Their temporary files go to the folder.
    """
    environment = {**with_compiled_modules(os.environ), **variables, "TMPDIR": str(folder)}
    failed = call_together(commands, cwd=ROOT, env=environment)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # don't interrupt the cleanup
    sys.exit(128 + number)


def main(arguments: list[str]) -> int:
    """Run the task named on the command line."""
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
