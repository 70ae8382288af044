"""Prepare this checkout for running or testing Filewharf.

    python3 packaging/prepare.py run     what it takes to start the program
    python3 packaging/prepare.py test    what it takes to test and to measure it as well

Needs nothing but Python 3.11 or newer. It sees to the system packages (see system_packages.py),
makes the environment ``.venv`` and installs the exact Python packages of ``requirements-run.lock``
or ``requirements.lock``, each checked against its hash. When all is in place, a call ends at once;
of two calls in one checkout the second waits for the first. "make run" and "make test", and on
Windows and macOS "python packaging/tasks.py run" and "... test", begin with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Before the imports that an older Python would stumble over without a plain word.
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
SET_UP_LOCK = ROOT / ".venv.lock"
"""Held by the process that sets up the checkout."""
LOCKS = {"run": "requirements-run.lock", "test": "requirements.lock"}
"""What is installed for each purpose; the second holds all that the first does."""
PIP_LOCK = "requirements-pip.lock"
WAITING = "Another set-up of this checkout is under way; waiting for it to finish."


def venv_python(venv: Path = VENV) -> Path:
    """Say where the Python of an environment is."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def has_display() -> bool:
    """Tell whether there is a screen to open windows on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def stamp_for(locks: Sequence[bytes], python: str, purpose: str) -> str:
    """Name the state of an environment: for which Python, for what, and which packages."""
    together = hashlib.sha256(b"\0".join(locks)).hexdigest()
    return f"{python} {purpose} {together}\n"


def is_current(venv: Path, stamp: str) -> bool:
    """Tell whether an environment was finished for this state and its Python still exists."""
    try:
        written = (venv / "filewharf-stamp").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return written == stamp and venv_python(venv).exists()


def ensure_venv(purpose: str, venv: Path = VENV, folder: Path = PACKAGING) -> None:
    """Make the environment for a purpose from the locks in a folder, unless it is current.

    One that is there for running gets what testing takes on top. Otherwise it is made anew, and the
    stamp is written last: one left behind by an interrupted call, by another Python or by older
    locks never mixes with the new one.
    """
    locks = [(folder / name).read_bytes() for name in (PIP_LOCK, *LOCKS.values())]
    stamps = {each: stamp_for(locks, sys.implementation.cache_tag, each) for each in LOCKS}
    if is_current(venv, stamps["test"]) or is_current(venv, stamps[purpose]):
        return
    print(f"Installing Python packages into {venv.name}; this can take some minutes.", flush=True)
    if is_current(venv, stamps["run"]):
        (venv / "filewharf-stamp").unlink()
    else:
        make_venv(venv, folder)
    install_locked(venv_python(venv), folder / LOCKS[purpose])
    (venv / "filewharf-stamp").write_text(stamps[purpose], encoding="utf-8")


def make_venv(venv: Path, folder: Path = PACKAGING) -> None:
    """Make an environment with nothing in it but the pip that is locked."""
    _run([sys.executable, "-m", "venv", "--clear", str(venv)])
    python = venv_python(venv)
    install_locked(python, folder / PIP_LOCK)
    if sys.version_info < (3, 12):
        # Brought along by older Pythons, and used by nothing here.
        _run([str(python), "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools"])


def install_locked(python: Path, lock: Path) -> None:
    """Install exactly the packages of a lock file; none of them runs anything for that."""
    options = ["--quiet", "--retries", "2", "--require-hashes", "--only-binary", ":all:"]
    _run([str(python), "-m", "pip", "install", *options, "-r", str(lock)])


def prepare(purpose: str) -> Path:
    """Bring everything needed for a purpose; give the Python to go on with."""
    with one_at_a_time(SET_UP_LOCK, WAITING):
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
    """Run a command of Python's package tools; show what it said only if it failed."""
    quiet = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    said = network.Said()
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    # Packages are unpacked in the temporary folder, which may be too small for them.
    with tempfile.TemporaryDirectory(prefix="set-up-", dir=build) as folder:
        place = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
        code = call(command, said, env={**os.environ, **quiet, **place})
    if code:
        # Without a network pip ends by saying that there are no such packages.
        reason = network.UNREACHABLE if said.unreachable else said.text
        raise PreparationError(f"This failed: {' '.join(command)}\n{reason}")


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
