"""Prepare this checkout for running or testing Filewharf.

    python3 packaging/prepare.py run     install what is needed to start the program
    python3 packaging/prepare.py test    install what is needed to test and measure it, too

Needs only Python 3.11 or newer. It installs missing system packages (see system_packages.py),
creates the environment ``.venv`` and installs the exact Python packages from
``requirements-run.lock`` or ``requirements.lock``, each checked against its hash. If everything is
in place, it returns at once. If it runs twice in one checkout, the second run waits for the first.
"make run" and "make test", or "python packaging/tasks.py run" and "... test" on Windows and macOS,
start with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Before the imports, which would fail on an older Python with a less helpful message.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Filewharf needs Python 3.11 or newer; this one is " + sys.version.split()[0] + ".")

import network
import system_packages
from commands import call
from one_at_a_time import one_at_a_time
from system_packages import PreparationError

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
VENV = ROOT / ".venv"
SETUP_LOCK = ROOT / ".venv.lock"
"""Locked by the process that is setting up the checkout."""
LOCKS = {"run": "requirements-run.lock", "test": "requirements.lock"}
"""The lock file for each purpose; the second includes everything in the first."""
PIP_LOCK = "requirements-pip.lock"
WAITING = "Another setup is running in this checkout. Waiting for it to finish."
TOOLS_VARIABLE = "FILEWHARF_TOOLS"
TOOLS = Path(os.environ.get(TOOLS_VARIABLE) or ROOT / "build")
"""The folder for the environments of tasks; an export of the checkout uses that of the checkout."""


def venv_python(venv: Path = VENV) -> Path:
    """Return the path of an environment's Python."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def has_display() -> bool:
    """Return whether there is a display to open windows on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def stamp_for(locks: Sequence[bytes], python: str, purpose: str) -> str:
    """Identify an environment by its Python, its purpose and its packages."""
    digest = hashlib.sha256(b"\0".join(locks)).hexdigest()
    return f"{python} {purpose} {digest}\n"


def is_current(venv: Path, stamp: str) -> bool:
    """Return whether an environment is complete, matches the stamp and still has its Python."""
    try:
        written = (venv / "filewharf-stamp").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return written == stamp and venv_python(venv).exists()


def ensure_venv(purpose: str, venv: Path = VENV, folder: Path = PACKAGING) -> None:
    """Create the environment for a purpose from the locks in a folder, unless it is current.

    For testing, a current environment for running is extended. In all other cases it is created
    from scratch. The stamp is written last, so nothing from an interrupted call, another Python or
    older locks ends up in the new environment.
    """
    locks = [(folder / name).read_bytes() for name in (PIP_LOCK, *LOCKS.values())]
    stamps = {each: stamp_for(locks, sys.implementation.cache_tag, each) for each in LOCKS}
    if is_current(venv, stamps["test"]) or is_current(venv, stamps[purpose]):
        return
    print(f"Installing Python packages into {venv.name}; this can take a few minutes.", flush=True)
    if is_current(venv, stamps["run"]):
        (venv / "filewharf-stamp").unlink()
    else:
        make_venv(venv, folder)
    install_locked(venv_python(venv), folder / LOCKS[purpose])
    (venv / "filewharf-stamp").write_text(stamps[purpose], encoding="utf-8")


def make_venv(venv: Path, folder: Path = PACKAGING) -> None:
    """Create an environment that contains only the locked version of pip."""
    _run([sys.executable, "-m", "venv", "--clear", str(venv)])
    python = venv_python(venv)
    install_locked(python, folder / PIP_LOCK)
    if sys.version_info < (3, 12):
        # Older Pythons install it; nothing here uses it.
        _run([str(python), "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools"])


def install_locked(python: Path, lock: Path) -> None:
    """Install exactly the packages in a lock file, from wheels only, so no package runs code."""
    options = ["--quiet", "--retries", "2", "--require-hashes", "--only-binary", ":all:"]
    _run([str(python), "-m", "pip", "install", *options, "-r", str(lock)])


def tool_python(task: str, *locks: str) -> Path:
    """Return the Python of a separate environment for a task, made from lock files if needed.

    Each set of locks and each Python has an environment of its own in `TOOLS`, which stays until
    "make clean". Raises PreparationError if it can't be made.
    """
    contents = [(PACKAGING / name).read_bytes() for name in (PIP_LOCK, *locks)]
    stamp = stamp_for(contents, sys.implementation.cache_tag, task)
    folder = TOOLS / f"{task}-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
    TOOLS.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder.with_name(f"{folder.name}.lock"), WAITING):
        if not is_current(folder, stamp):
            make_venv(folder)
            for lock in locks:
                install_locked(venv_python(folder), PACKAGING / lock)
            (folder / "filewharf-stamp").write_text(stamp, encoding="utf-8")
    return venv_python(folder)


def prepare(purpose: str) -> Path:
    """Install everything needed for a purpose, and return the Python to use."""
    with one_at_a_time(SETUP_LOCK, WAITING):
        system_packages.ensure(
            system_packages.needs(
                virtual_screen=sys.platform.startswith("linux")
                and (purpose != "run" or not has_display()),
                venv=importlib.util.find_spec("ensurepip") is None,
                tests=purpose == "test",
            )
        )
        ensure_venv(purpose)
    return venv_python()


def _run(command: list[str]) -> None:
    """Run one of Python's package tools; its output is shown only if it fails.

    Raises PreparationError if it fails.
    """
    quiet = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    output = network.ToolOutput()
    TOOLS.mkdir(parents=True, exist_ok=True)
    # pip unpacks packages in the temporary folder, and the system's may be too small.
    with tempfile.TemporaryDirectory(prefix="set-up-", dir=TOOLS) as folder:
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
        code = call(command, output, env={**os.environ, **quiet, **temporary})
    if code:
        # Without a network, pip's last words are that there are no such packages.
        reason = network.UNREACHABLE if output.unreachable else output.text
        raise PreparationError(f"Command failed: {' '.join(command)}\n{reason}")


def main(arguments: list[str]) -> int:
    """Prepare for the purpose named on the command line."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print(__doc__)
        return 2
    try:
        prepare(arguments[0])
    except PreparationError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
