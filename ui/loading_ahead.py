"""Modules that are loaded while the window is idle, so that what needs them later opens at once.

A start loads only what the first painting needs. Loading the rest in the click, keystroke or drop
that needs it first would hold the window up: the review of an upload alone costs 30 ms.
"""

import importlib
import logging
import sys
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Slot

NEEDED_SOON = (
    *(("PySide6.QtDBus",) if sys.platform.startswith("linux") else ()),
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
"""In the order in which a person is likely to need them; each takes 10 ms or so."""

_MILLISECONDS_BETWEEN = 30

_log = logging.getLogger(__name__)


class LoadingAhead(QObject):
    """Loads one module at a time, and lets the event loop turn in between."""

    def __init__(self, parent: QObject, modules: Iterable[str] = NEEDED_SOON) -> None:
        super().__init__(parent)
        self._modules = iter(modules)
        self._timer = QTimer(self)
        self._timer.setInterval(_MILLISECONDS_BETWEEN)
        self._timer.timeout.connect(self._load_next)

    def begin(self) -> None:
        """Load the modules from now on; again, it does nothing."""
        self._timer.start()

    @Slot()
    def _load_next(self) -> None:
        module = next(self._modules, None)
        if module is None:
            self._timer.stop()
            return
        try:
            importlib.import_module(module)
        except ImportError:
            # Who needs it will hear of it.
            _log.warning("%s can't be loaded", module, exc_info=True)
