"""`filewharf desktop-entry`: adds Filewharf to the menus of the desktop, and removes it."""

import os
import sys
from pathlib import Path

from services.disk import desktop_entry
from services.problems.disk_errors import error_writing
from services.problems.errors import FilesError
from services.system.language import _
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.output import Output


def change_desktop_entry(output: Output, act: str) -> ExitCode:
    """Install or remove the menu entry, and print which files those are. Raises Failure."""
    if sys.platform in {"win32", "darwin"}:
        raise Failure(_("Only desktops on Linux and similar systems have such menu entries."))
    try:
        folder = desktop_entry.data_folder(os.environ)
    except RuntimeError:
        raise Failure(_("There's no home folder to put the menu entry in.")) from None
    try:
        paths = _changed(act, folder)
    except FilesError as error:
        output.problem(error.problem)
        return ExitCode.FAILED
    if not paths and act == "remove":
        output.note(_("There's no menu entry in {folder}.").format(folder=folder))
    for path in paths:
        output.result(str(path), str(path), {})
    output.end()
    return ExitCode.DONE


def _changed(act: str, folder: Path) -> list[Path]:
    """The files that were written or removed. Raises FilesError."""
    if act == "install":
        return desktop_entry.install(folder, desktop_entry.own_command())
    try:
        return desktop_entry.remove(folder)
    except OSError as error:
        raise error_writing(error, Path(error.filename or folder)) from error
