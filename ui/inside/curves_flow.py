"""Shows the curves of the open results file, compares them with others, and saves pictures."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Slot

from services.api.fine_tuning_job import FineTuningJob
from services.api.remote_file import RemoteFile
from services.previews.documents.step_metrics import StepMetrics
from services.previews.events import MetricsFailed, MetricsRead
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.account_dialogs import AccountDialogs
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.inside.curves.compare_dialog import CompareDialog
from ui.inside.curves.compared_files import ComparedFile, comparable, told_apart
from ui.inside.curves.curve_file import step_in_words
from ui.inside.curves.curves_picture import CurvesPicture
from ui.inside.curves.curves_view import MAX_FILES, CurvesView
from ui.inside.inside_page import InsidePage
from ui.last_folders import FileDialogKind
from ui.messages.problem_words import problem_in_words
from ui.save_dialogs import SaveDialogs, offer_formats
from ui.wording import created_in_words, one_line

_NOTHING_YET = StepMetrics({}, (), 0, is_whole=True)


class CurvesFlow(QObject):
    """Works on the curves of the page, as long as it shows a results file."""

    def __init__(
        self,
        page: InsidePage,
        backend: Backend,
        listed: Callable[[], Sequence[RemoteFile]],
        refused: RefusedContent,
        saving: SaveDialogs,
        clock: Callable[[], float],
        job_of: Callable[[str], FineTuningJob | None],
    ) -> None:
        """`listed` gives the known files of the account; `clock`, seconds since 1970.

        `job_of` gives the job that made the results file with an ID, if it is known.
        """
        super().__init__(page)
        self._page = page
        self._backend = backend
        self._listed = listed
        self._refused = refused
        self._saving = saving
        self._dialogs = AccountDialogs(backend)
        self._clock = clock
        self._job_of = job_of
        self._compared: dict[str, ComparedFile] = {}
        """By file ID, the open file first."""
        page.content_changed.connect(self._update)
        backend.events.on(MetricsRead, self._show_metrics)
        backend.events.on(MetricsFailed, self._show_failure)

    @cached_property
    def _view(self) -> CurvesView:
        """Made when first needed, as all views of the page are."""
        view = self._page.views.curves
        view.compare_requested.connect(self._ask)
        view.save_requested.connect(self._ask_where)
        view.removed.connect(self._forget)
        view.pointed.connect(self._show_status)
        return view

    def _show_metrics(self, event: MetricsRead) -> None:
        content, file = self._page.content, self._page.file
        if content is None or file is None:
            return
        if event.file_id == file.id:
            self._compared = {file.id: ComparedFile(file, event.metrics)}
            self._show_files()
            self._page.views.show_curves()
        elif event.file_id in self._compared:
            before = self._compared[event.file_id]
            self._compared[event.file_id] = ComparedFile(before.file, event.metrics)
            self._show_files()

    def _show_failure(self, event: MetricsFailed) -> None:
        before = self._compared.get(event.file_id)
        if before is not None:
            failed = msgspec.structs.replace(before, problem=problem_in_words(event.problem))
            self._compared[event.file_id] = failed
            self._show_files()

    def _show_files(self) -> None:
        compared = list(self._compared.values())
        words = told_apart([one.file for one in compared], self._clock())
        for one, (name, detail) in zip(compared, words, strict=True):
            if one.metrics is None:
                detail = one.problem or _("Reading…")
            job = self._job_of(one.file.id)
            if job is not None:
                model = [one_line(job.model)] if job.model else []
                detail = " · ".join([one_line(job.name), *model, detail])
            epochs = None if job is None else job.epochs
            self._view.add_file(one.file.id, name, detail, one.metrics or _NOTHING_YET, epochs)
        self._show_status(self._view.canvas.step)

    @Slot()
    def _update(self) -> None:
        """Say what the page shows now; once it was left, nothing is compared any longer."""
        if self._page.content is None:
            self._compared = {}
        is_shown = self._page.views.shows_curves
        self._page.status.set_keys(
            _("← → move the pointer, Shift jumps to a validation") if is_shown else ""
        )
        if is_shown:
            self._show_size()
            self._show_status(self._view.canvas.step)

    def _show_size(self) -> None:
        content, file = self._page.content, self._page.file
        shown = None if file is None else self._compared.get(file.id)
        if content is not None and shown is not None and shown.metrics is not None:
            number = len(shown.metrics.steps)
            steps = ngettext("{number} step", "{number} steps", number)
            words = f"{format_size(content.read)} · {steps.format(number=whole(number))}"
            self._page.header.show_size(words)

    @Slot(object)
    def _show_status(self, step: float | None) -> None:
        if self._page.content is not None and self._page.views.shows_curves:
            words = "" if step is None else step_in_words(step)
            self._page.status.show_curves(len(self._compared), words)

    # Comparing

    @Slot()
    def _ask(self) -> None:
        now = self._clock()
        files = [
            (_in_one_line(file, now), file.id)
            for file in comparable(self._listed(), self._compared)
        ]
        dialog = CompareDialog(files, self._page)
        dialog.chosen.connect(self._compare)
        self._dialogs.open(dialog)

    @Slot(object)
    def _compare(self, file_id: str) -> None:
        """Read another file, unless the page was left or the file is gone meanwhile."""
        file = next((one for one in self._listed() if one.id == file_id), None)
        if file is not None and 0 < len(self._compared) < MAX_FILES:
            self._compared[file.id] = ComparedFile(file)
            self._show_files()
            refusal = self._refused.reason(file.purpose) or ""
            self._backend.session.contents.read_metrics(file, refusal)

    @Slot(object)
    def _forget(self, file_id: str) -> None:
        self._compared.pop(file_id, None)
        self._show_files()

    # Saving

    @Slot()
    def _ask_where(self) -> None:
        file = self._page.file
        if file is None:
            return
        dialog = self._saving.make(
            self._page, _("Save picture"), FileDialogKind.PICTURE, Path(file.name).stem, "png"
        )
        offer_formats(dialog, {_("PNG (*.png)"): "png", _("SVG (*.svg)"): "svg"})
        dialog.fileSelected.connect(partial(self._save, self._view.canvas.picture))
        self._dialogs.open(dialog)

    def _save(self, picture: CurvesPicture, name: str) -> None:
        path = Path(name)
        draw = picture.svg if path.suffix.lower() == ".svg" else picture.png
        self._backend.engine.saver.save(path, lambda: [draw()])


def _in_one_line(file: RemoteFile, now: float) -> str:
    created = created_in_words(file.created_at, now)
    return f"{one_line(file.name)} · {created} · {one_line(file.id)}"
