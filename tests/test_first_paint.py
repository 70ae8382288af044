"""What the program has not loaded yet when it shows the files of the last session.

Every module costs a start a millisecond or so. What a person opens later is loaded then, by an
import in the function that opens it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.accounts.environment import environment_account
from services.api.files_api import FilesApi
from services.catalog.listing_caches import ListingCaches
from services.system.paths import paths_under
from tests.support.factories import remote_file

ROOT = Path(__file__).resolve().parent.parent

LATER = {
    # Dialogs.
    "ui.about_dialog",
    "ui.accounts.connect_dialog",
    "ui.deleting.delete_dialog",
    "ui.files.ids_dialog",
    "ui.settings",
    "ui.widgets.question_dialog",
    # What is dropped, checked and reviewed.
    "ui.uploads.drop_overlay",
    "ui.uploads.pasting",
    "ui.uploads.review_model",
    "ui.uploads.review_sheet",
    "services.checks.checking",
    "services.checks.gathering",
    "services.checks.lines",
    "services.checks.repair",
    # What only some sessions need.
    "services.browse.conditions",
    "services.browse.paste_ids",
    "services.browse.query",
    "ui.files.no_match_words",
    "ui.files.snippets",
    "ui.search.completions",
    "PySide6.QtDBus",
    "asyncio",
    "keyring",
    "starlette",
    "uvicorn",
}
"""Modules, and packages with all that is in them."""

START = """
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

import main

run = QApplication.exec


class FirstPaint(QObject):
    def eventFilter(self, viewport, event):
        if event.type() is QEvent.Type.Paint and viewport.parent().model().rowCount():
            viewport.removeEventFilter(self)
            print(*sys.modules, sep="\\n")
            QTimer.singleShot(0, viewport.window().leave)
        return False


def watch_and_run(application):
    (window,) = [one for one in application.topLevelWidgets() if isinstance(one, QMainWindow)]
    watcher = FirstPaint(window)
    window.workspace.area.table.viewport().installEventFilter(watcher)
    return run()


QApplication.exec = watch_and_run
sys.exit(main.main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_what_is_opened_later_is_loaded_later(tmp_path: Path) -> None:
    surroundings = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    keep_listing(tmp_path, surroundings)
    started = subprocess.run(
        [sys.executable, "-c", START, "--data-dir", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | surroundings | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = started.stdout.splitlines()
    assert "ui.main_window" in loaded
    assert [one for one in loaded if parents_of(one) & LATER] == []


def keep_listing(folder: Path, surroundings: dict[str, str]) -> None:
    """Leave a listing of one file, as an earlier session would have."""
    found = environment_account(surroundings)
    assert found is not None
    cache = ListingCaches(paths_under(folder).listings_folder).cache_of(FilesApi(*found))
    assert cache is not None
    writer = cache.begin()
    writer.add([remote_file("file-1")])
    assert writer.finish(time.time())


def parents_of(module: str) -> set[str]:
    """The module itself and the packages it is in."""
    parts = module.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
