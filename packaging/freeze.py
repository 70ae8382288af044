"""Freeze the program into a folder that needs no Python: build/frozen/filewharf.

    python packaging/tasks.py freeze

PyInstaller runs in an environment of its own in build/ with the locked packages. On Linux, the system
needs gcc and binutils.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import prepare
from commands import call

ROOT = prepare.ROOT
FOLDER = ROOT / "build" / "frozen" / "filewharf"
SPEC = prepare.PACKAGING / "filewharf.spec"
LOCKS = (prepare.LOCKS["run"], "requirements-freeze.lock")
_ICU_DATA = re.compile(r"libicudata\.so\.(\d+)")
# What ICU calls a data package: its header, and a table of contents without entries.
_EMPTY_DATA = bytes.fromhex("2000da27140000000000020043 6d6e44 01000000 00000000") + bytes(8 + 4)


def freeze(folder: Path = FOLDER) -> Path:
    """Build the folder anew, and return it. Raises PreparationError if that fails."""
    python = prepare.tool_python("freeze", *LOCKS)
    shutil.rmtree(folder, ignore_errors=True)
    if not sys.platform.startswith("linux"):
        # The first format is Windows', the second macOS's; Qt writes both.
        _save_icon(python, ROOT / "build" / "filewharf.ico")
        _save_icon(python, ROOT / "build" / "filewharf.icns")
    options = ["--noconfirm", "--log-level", "ERROR", "--distpath", str(folder.parent)]
    work = ["--workpath", str(ROOT / "build" / "freezing")]
    command = [str(python), "-m", "PyInstaller", *options, *work, str(SPEC)]
    # Without it, the order of names in compiled modules differs from build to build.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    if call(command, cwd=ROOT, env=environment):
        raise prepare.PreparationError("PyInstaller failed.")
    if sys.platform.startswith("linux"):
        (folder / "filewharf-window").symlink_to("filewharf")
        for library in folder.rglob("libicudata.so.*"):
            _empty(library)
    return folder


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder; links count nothing."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def _empty(library: Path) -> None:
    """Replace Qt's 31 MB of ICU data.

    Qt uses it to sort by language and to convert rare encodings, which the program does itself or
    not at all. Its libraries don't start without the symbol, though.
    """
    found = _ICU_DATA.match(library.name)
    if found is None or library.is_symlink():
        return
    values = ", ".join(map(str, _EMPTY_DATA))
    symbol = f"icudt{found[1]}_dat"
    source = f"__attribute__((aligned(16))) const unsigned char {symbol}[] = {{{values}}};\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "icudata.c"
        file.write_text(source, encoding="ascii")
        options = ["-shared", "-fPIC", "-s", "-nostdlib", "-Wl,--build-id=none"]
        subprocess.run(
            ["gcc", *options, f"-Wl,-soname,{library.name}", "-o", str(library), str(file)],
            check=True,
        )


def _save_icon(python: Path, target: Path) -> None:
    """Draw the icon in the format that the name says."""
    script = (
        "import sys; from PySide6.QtGui import QGuiApplication, QIcon; "
        "app = QGuiApplication(['', '-platform', 'offscreen']); "
        "assert QIcon(sys.argv[1]).pixmap(256, 256).save(sys.argv[2])"
    )
    icon = ROOT / "resources" / "icons" / "filewharf.svg"
    target.parent.mkdir(exist_ok=True)
    subprocess.run([str(python), "-c", script, str(icon), str(target)], check=True)


def main(_arguments: Sequence[str]) -> int:
    """Freeze the program, and print where it is and how large."""
    folder = freeze()
    print(f"{folder.relative_to(ROOT)}: {size_of(folder) / 2**20:.0f} MiB")
    return 0
