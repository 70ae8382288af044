"""Imports modules while the window is idle, so that dialogs and panels open quickly later.

At startup, only what the first paint needs is imported. Importing the rest on the first click, key
press or drop would block the window: the upload review alone takes 30 ms.
"""

import importlib
import logging
import sys
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Slot

NEEDED_SOON = (
    *(("PySide6.QtDBus",) if sys.platform.startswith("linux") else ()),
    "services.previews.previews",
    "ui.inspector.preview_view",
    "ui.inspector.results_view",
    "services.browse.query",
    "ui.search.completions",
    "ui.search.completion_panel",
    "ui.uploads.drop_overlay",
    "ui.uploads.pasting",
    "services.checks.gathering",
    "services.checks.checking",
    "ui.uploads.review_rows",
    "ui.uploads.review_columns",
    "ui.uploads.review_model",
    "ui.uploads.review_list",
    "ui.uploads.review_sheet",
    "ui.deleting.delete_dialog",
    "ui.widgets.question_dialog",
)
"""Ordered by how soon the user is likely to need them; each takes about 10 ms."""

_MILLISECONDS_BETWEEN = 30

_log = logging.getLogger(__name__)


class LoadingAhead(QObject):
    """Imports one module at a time, with event-loop iterations in between."""

    def __init__(self, parent: QObject, modules: Iterable[str] = NEEDED_SOON) -> None:
        super().__init__(parent)
        self._modules = iter(modules)
        self._timer = QTimer(self)
        self._timer.setInterval(_MILLISECONDS_BETWEEN)
        self._timer.timeout.connect(self._load_next)

    def begin(self) -> None:
        """Load the modules from now on, or go on after a pause."""
        self._timer.start()

    def pause(self) -> None:
        """Load nothing for now: something else needs the time."""
        self._timer.stop()

    @Slot()
    def _load_next(self) -> None:
        module = next(self._modules, None)
        if module is None:
            self._timer.stop()
            return
        try:
            importlib.import_module(module)
        except ImportError:
            # Whatever needs the module will raise the error again.
            _log.warning("%s can't be loaded", module, exc_info=True)
