"""Which modules must not be loaded yet when the window shows the files of the last session.

Every module adds about a millisecond to the start. What isn't needed then is imported in the
function that needs it.
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

LOADED_LATER = {
    # Dialogs.
    "ui.about.about_dialog",
    "ui.about.news_dialog",
    "services.releases.changelog",
    "services.releases.about",
    "ui.accounts.connect_dialog",
    "ui.copying.copy_dialog",
    "ui.deleting.delete_dialog",
    "ui.files.ids_dialog",
    "ui.settings",
    "ui.widgets.question_dialog",
    # Drops, checks and reviews.
    "ui.uploads.drop_overlay",
    "ui.uploads.pasting",
    "ui.uploads.review_model",
    "ui.uploads.review_sheet",
    "services.checks.checking",
    "services.checks.gathering",
    "services.checks.lines",
    "services.checks.repair",
    # The preview of a selected file, and the sums of several.
    "services.previews.previews",
    "ui.inspector.preview_view",
    "ui.inspector.sums_view",
    # Looking inside files.
    "services.previews.contents",
    "services.previews.joins",
    "ui.inside",
    # Lists of jobs, what they refer to, and clean-ups.
    "ui.jobs",
    "services.cleanup.plan",
    "services.jobs.jobs",
    "services.references.reference",
    "services.transfers.clean_up_run",
    # Needed only in some sessions.
    "services.browse.conditions",
    "services.browse.paste_ids",
    "services.browse.query",
    "ui.files.no_match_words",
    "ui.files.snippets",
    "ui.search.completions",
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "asyncio",
    "keyring",
    "starlette",
    "uvicorn",
}
"""Modules, and packages with everything in them."""

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
def test_modules_not_needed_for_the_first_paint_are_not_loaded(tmp_path: Path) -> None:
    environment = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    cache_listing(tmp_path, environment)
    started = subprocess.run(
        [sys.executable, "-c", START, "--data-dir", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | environment | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = started.stdout.splitlines()
    assert "ui.main_window" in loaded
    assert [one for one in loaded if packages_of(one) & LOADED_LATER] == []


def cache_listing(folder: Path, environment: dict[str, str]) -> None:
    """Cache a listing of one file, as an earlier session would have."""
    found = environment_account(environment)
    assert found is not None
    cache = ListingCaches(paths_under(folder).listings_folder).cache_of(FilesApi(*found))
    assert cache is not None
    writer = cache.begin()
    writer.add([remote_file("file-1")])
    assert writer.finish(time.time())


def packages_of(module: str) -> set[str]:
    """A module and all packages that contain it."""
    parts = module.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
