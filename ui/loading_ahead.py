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
    "services.previews.batches.batch_result",
    "services.previews.preview",
    "services.previews.previews",
    "services.references.references",
    "ui.inspector.needed_by_flow",
    "ui.inspector.preview_view",
    "ui.inspector.results_view",
    "ui.inspector.sums_view",
    "difflib",
    "services.browse.conditions",
    "services.browse.query",
    "ui.search.completions",
    "ui.search.completion_panel",
    "ui.uploads.drop_overlay",
    "ui.uploads.pasting",
    "services.checks.gathering",
    "ui.uploads.review_rows",
    "ui.uploads.review_columns",
    "ui.uploads.review_model",
    "ui.uploads.review_list",
    "services.checks.image_check",
    "services.checks.lines",
    "services.checks.batch_check",
    "services.checks.conversation_check",
    "services.checks.fine_tune_check",
    "services.checks.json_lines_check",
    "services.checks.checking",
    "ui.uploads.findings_view",
    "ui.uploads.review_table",
    "ui.uploads.review_sheet",
    "ui.deleting.delete_dialog",
    "services.transfers.change_job",
    "ui.changing.change_dialog",
    "ui.copying.copy_dialog",
    "ui.copying.copy_target",
    "ui.widgets.question_dialog",
    "services.previews.rows.line_rows",
    "services.previews.rows.line_query",
    "services.previews.documents.archive_names",
    "services.previews.documents.step_metrics",
    "services.previews.conversations.conversation",
    "services.previews.conversations.json_tree",
    "services.previews.contents",
    "ui.inside.opened_line.conversation_view",
    "ui.inside.opened_line.json_tree",
    "ui.inside.opened_line.line_view",
    "ui.inside.lines.line_table",
    "services.previews.rows.column_values",
    "ui.inside.lines.column_popup",
    "ui.inside.lines.lines_view",
    "ui.inside.content.text_view",
    "ui.inside.content.image_view",
    "ui.inside.content.names_view",
    "ui.inside.curves.curves_canvas",
    "ui.inside.curves.curves_view",
    "ui.inside.content.pdf_view",
    "ui.inside.inside_page",
    "services.previews.rows.example_summary",
    "ui.inside.examples_flow",
    "ui.inside.inside_flow",
)
"""In the order in which a person is likely to need them. What a module imports comes before it if that
takes long, so that each step takes 15 ms at most."""

_SETTLING_MS = 200
"""How long nothing must have happened, in milliseconds: the window may still sort and paint."""
_MILLISECONDS_BETWEEN = 10

_log = logging.getLogger(__name__)


class LoadingAhead(QObject):
    """Imports one module at a time, with event-loop iterations in between."""

    def __init__(self, parent: QObject, modules: Iterable[str] = NEEDED_SOON) -> None:
        super().__init__(parent)
        self._modules = iter(modules)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._load_next)

    def begin(self) -> None:
        """Load the modules soon, or go on after a pause."""
        self._timer.start(_SETTLING_MS)

    def postpone(self) -> None:
        """Wait a little, if modules are being loaded: something has happened and has to be shown."""
        if self._timer.isActive():
            self._timer.start(_SETTLING_MS)

    def pause(self) -> None:
        """Load nothing for now: something else needs the time."""
        self._timer.stop()

    @Slot()
    def _load_next(self) -> None:
        module = next(self._modules, None)
        if module is None:
            return
        try:
            importlib.import_module(module)
        except ImportError:
            # Whatever needs the module will raise the error again.
            _log.warning("%s can't be loaded", module, exc_info=True)
        self._timer.start(_MILLISECONDS_BETWEEN)
