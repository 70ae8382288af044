"""The program's entry in the menus of a Linux desktop, with its icons and the types of its files."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.disk.atomic_write import write_atomically
from services.problems.disk_errors import error_writing
from services.system.frozen import is_from_system_package, is_frozen

APP_ID = "io.github.filewharf.Filewharf"
_ROOT = Path(__file__).resolve().parents[2]
_TEMPLATE = _ROOT / "packaging" / f"{APP_ID}.desktop"
_ICONS = _ROOT / "resources" / "icons"
_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Pixels of the icons that are drawn already: not every desktop can, and the smallest differ."""
_MIME_TYPES = b"""<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/jsonl">
    <comment>JSON Lines document</comment>
    <sub-class-of type="text/plain"/>
    <glob pattern="*.jsonl"/>
  </mime-type>
</mime-info>
"""
_ENTRY = Path("applications", f"{APP_ID}.desktop")
_TYPES = Path("mime", "packages", f"{APP_ID}.xml")
_THEME = Path("icons", "hicolor")
_SOURCES = {
    _THEME / "scalable" / "apps" / f"{APP_ID}.svg": _ICONS / "filewharf.svg",
    **{
        _THEME / f"{size}x{size}" / "apps" / f"{APP_ID}.png": _ICONS / "program" / f"{size}.png"
        for size in _SIZES
    },
}
"""The icons, and what they are copies of."""
_OWN = (_ENTRY, *_SOURCES, _TYPES)
_GENERATED = (
    "XMLnamespaces",
    "aliases",
    "generic-icons",
    "globs",
    "globs2",
    "icons",
    "magic",
    "mime.cache",
    "subclasses",
    "treemagic",
    "types",
    "version",
)
"""What update-mime-database writes for the types in a folder, even if there are none."""
_LONGEST = 60.0
"""Seconds for a tool of the desktop."""
_UNQUOTED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+")


def data_folder(environment: Mapping[str, str]) -> Path:
    """Where desktops look for what a person has installed. Raises RuntimeError without a home."""
    folder = Path(environment.get("XDG_DATA_HOME", ""))
    return folder if folder.is_absolute() else Path.home() / ".local" / "share"


def is_offered() -> bool:
    """Whether desktops here have such menus, and the program isn't in one by its package."""
    if sys.platform in {"win32", "darwin"}:
        return False
    return not is_from_system_package()


def own_command() -> list[str]:
    """The command that opens a window of the running program."""
    # The frozen program knows itself; its first argument is what was typed.
    program = Path(sys.executable if is_frozen() else sys.argv[0])
    return launch_command(program, sys.executable)


def launch_command(program: Path, python: str) -> list[str]:
    """The command that opens a window of the program that was started as `program`."""
    started = program.absolute()  # a link stays one: what it points to changes with updates
    if started.suffix == ".py":
        return [python, str(started)]
    window = started.with_name("filewharf-window")
    return [str(window if window.exists() else started)]


def install(folder: Path, command: Sequence[str]) -> list[Path]:
    """Write the files to a data folder and tell the desktop. Returns them. Raises FilesError."""
    icons = {name: source.read_bytes() for name, source in _SOURCES.items()}
    contents = {_ENTRY: _entry(command), **icons, _TYPES: _MIME_TYPES}
    for name, content in contents.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise error_writing(error, Path(error.filename or path)) from error
        write_atomically(path, [content])
    _tell_desktop(folder)
    return [folder / name for name in _OWN]


def remove(folder: Path) -> list[Path]:
    """Remove the files that `install` wrote, and folders that are empty then.

    Returns the files that were there. Raises OSError.
    """
    removed = []
    for name in _OWN:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
            removed.append(folder / name)
    if removed:
        _tell_desktop(folder)
        _remove_generated(folder)
    return removed


def _entry(command: Sequence[str]) -> bytes:
    """The desktop entry that starts this command."""
    lines = []
    for line in _TEMPLATE.read_text(encoding="utf-8").splitlines():
        if line.startswith("Exec="):
            # Desktops hide the entry once the program is gone.
            lines.append("TryExec=" + command[0].replace("\\", "\\\\"))
            lines.append(f"Exec={' '.join(map(_quoted, command))} %U")
        else:
            lines.append(line)
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _quoted(argument: str) -> str:
    """An argument in an Exec line, where strings and quoted arguments have escapes of their own."""
    text = argument.replace("%", "%%")
    if set(argument) <= _UNQUOTED:
        return text
    for character in '\\"`$':
        text = text.replace(character, "\\" + character)
    return '"' + text.replace("\\", "\\\\") + '"'


def _tell_desktop(folder: Path) -> None:
    """Update the desktop's indexes, as far as it has any; it finds the rest by itself."""
    icons = folder / _THEME
    tools = [
        ("update-desktop-database", folder / "applications"),
        ("update-mime-database", folder / "mime"),
    ]
    if (icons / "icon-theme.cache").exists():
        tools.append(("gtk-update-icon-cache", icons))
    for tool, place in tools:
        if place.is_dir() and shutil.which(tool) is not None:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    [tool, str(place)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_LONGEST,
                    check=False,
                )


def _remove_generated(folder: Path) -> None:
    """Remove indexes of what isn't there any more, and empty folders."""
    if not any((folder / "applications").glob("*.desktop")):
        (folder / "applications" / "mimeinfo.cache").unlink(missing_ok=True)
    if not any((folder / "mime" / "packages").glob("*.xml")):
        for generated in _GENERATED:
            (folder / "mime" / generated).unlink(missing_ok=True)
    folders = [Path("mime", "application"), *(one for own in _OWN for one in [*own.parents][:-1])]
    for place in folders:
        with contextlib.suppress(OSError):  # it has other files
            (folder / place).rmdir()
