"""Prepare this checkout for running or testing Filewharf.

    python3 packaging/prepare.py run     what it takes to start the program
    python3 packaging/prepare.py test    what it takes to run the tests as well
    python3 packaging/prepare.py bench   what it takes to measure as well

Needs nothing but Python 3.11 or newer. It sees to the system packages (see system_packages.py),
makes the environment ``.venv`` and installs the exact Python packages of ``requirements.lock``,
each checked against its hash. When all is in place, a call ends at once. "make run" and
"make test", and on Windows and macOS "python packaging/tasks.py run" and "... test", begin with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

# Before the imports that an older Python would stumble over without a plain word.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Filewharf needs Python 3.11 or newer; this one is " + sys.version.split()[0] + ".")

import system_packages
from system_packages import PreparationError

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "requirements.lock"
VENV = ROOT / ".venv"
PURPOSES = ("run", "test", "bench")


def venv_python(venv: Path = VENV) -> Path:
    """Say where the Python of an environment is."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def has_display() -> bool:
    """Tell whether there is a screen to open windows on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def stamp_for(lock: bytes, python: str) -> str:
    """Name the state of an environment: which packages, for which Python."""
    return f"{python} {hashlib.sha256(lock).hexdigest()}\n"


def is_current(venv: Path, stamp: str) -> bool:
    """Tell whether an environment was finished for this state and its Python still exists."""
    try:
        written = (venv / "filewharf-stamp").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return written == stamp and venv_python(venv).exists()


def ensure_venv(venv: Path = VENV, lock: Path = LOCK) -> None:
    """Make the environment, unless it is current.

    The stamp is written last and the environment always made anew, so one left behind by an
    interrupted call, by another Python or by an older lock never mixes with the new one.
    """
    stamp = stamp_for(lock.read_bytes(), sys.implementation.cache_tag)
    if is_current(venv, stamp):
        return
    print(f"Installing Python packages into {venv.name}; this can take some minutes.", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(venv)])
    install_locked(venv_python(venv), lock)
    (venv / "filewharf-stamp").write_text(stamp, encoding="utf-8")


def install_locked(python: Path, lock: Path) -> None:
    """Install exactly the packages of a lock file."""
    _run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)])


def prepare(purpose: str) -> Path:
    """Bring everything needed for a purpose; give the Python to go on with."""
    system_packages.ensure(
        system_packages.needs(
            virtual_screen=sys.platform.startswith("linux")
            and (purpose != "run" or not has_display()),
            venv=importlib.util.find_spec("ensurepip") is None,
            bench=purpose == "bench",
        )
    )
    ensure_venv()
    return venv_python()


def _run(command: list[str]) -> None:
    """Run a command of Python's package tools; show what it said only if it failed."""
    quiet = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    result = subprocess.run(
        command,
        check=False,
        env={**os.environ, **quiet},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        raise PreparationError(f"This failed: {' '.join(command)}\n{result.stdout}")


def main(arguments: list[str]) -> int:
    """Prepare for the purpose named on the command line."""
    if len(arguments) != 1 or arguments[0] not in PURPOSES:
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
