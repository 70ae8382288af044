"""The inspector: details of the selected files, with every field that the server returns."""

from collections.abc import Callable, Mapping, Sequence
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.api.remote_file import RemoteFile
from services.browse.selection_sums import SelectionSums, sums_of
from services.catalog.events import FileNotRetrieved, FileRetrieved, OriginFound
from services.problems.errors import ProblemKind
from services.providers.features import Feature
from services.providers.purposes import official_name
from services.system.language import _
from services.system.sizes import format_size
from ui.downloading.refused_content import RefusedContent
from ui.icons import icon
from ui.inspector.field_view import FieldView
from ui.inspector.fields import Field, fields_in_words, known_fields, left_out_in_words
from ui.inspector.origin_view import OriginView
from ui.inspector.title_label import TitleLabel
from ui.messages.problem_words import server_message_in_words
from ui.table.columns import exact_size
from ui.widgets.buttons import icon_button, link_button, name_button
from ui.widgets.details_area import DetailsArea
from ui.widgets.labels import label
from ui.wording import files_in_words, one_line, sizes_in_words, tool_tip

if TYPE_CHECKING:
    from services.browse.timeline import Period
    from ui.inspector.sums_view import SumsView


class Inspector(QWidget):
    """Shows details of the selected files and actions for them."""

    file_changed = Signal(object)
    """Emitted with the `RemoteFile` that is selected alone, or None."""
    selection_changed = Signal()
    """Emitted with each selection that is shown, also if the totals are the same."""
    fields_requested = Signal(str)
    """Emitted with the file ID when a single file is selected, to retrieve its fields."""
    inside_requested = Signal()
    """Look inside the selected file."""
    download_requested = Signal()
    download_anyway_requested = Signal()
    """Emitted to download even though the server is expected to refuse."""
    copy_ids_requested = Signal()
    batch_requested = Signal()
    """Start a batch with the selected file."""
    change_requested = Signal()
    """Change name, purpose or expiry of the selected file."""
    copy_hash_requested = Signal(str)
    folder_requested = Signal(object)
    """Emitted with a `Path` to show a local file in its folder."""
    restore_requested = Signal(str)
    """Emitted with the ID of a deleted file to upload it again."""

    def __init__(
        self,
        refused: RefusedContent,
        clock: Callable[[], float] = time,
        parent: QWidget | None = None,
    ) -> None:
        """`refused` knows what can't be downloaded; `clock` returns a Unix timestamp."""
        super().__init__(parent)
        self.setAccessibleName(_("Inspector"))
        self._clock = clock
        self._file: RemoteFile | None = None
        self._sums = SelectionSums({})
        self._periods: Sequence[Period] | None = None
        """The sizes of several files over time; None while they are being added up."""
        self._sums_view: SumsView | None = None
        """Created when several files are selected, to keep the start short."""
        self._refused = refused
        self._make_fields: Callable[[], Sequence[Field]] = tuple
        """Makes the shown fields for the current time."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._request_fields)
        self._build()
        self._show()

    def initial_width(self) -> int:
        """The initial width in pixels, wide enough for a file ID on one line."""
        words = "".join((_("Expires"), _SAMPLE_ID))
        return max(_MIN_WIDTH, self.fontMetrics().horizontalAdvance(words) + _MARGINS)

    @property
    def file(self) -> RemoteFile | None:
        """The file that is selected alone, or None."""
        return self._file

    def add_section(self, section: QWidget) -> None:
        """Add a section below the others."""
        self._sections.addWidget(section)

    # Input from the window

    def show_files(self, files: Sequence[RemoteFile]) -> None:
        """Show the selected files; for a single one, request all fields."""
        if len(files) > 1:
            self.show_sums(sums_of(files), ())
            return
        self._show_single(files[0] if files else None)
        self.selection_changed.emit()

    def _show_single(self, file: RemoteFile | None) -> None:
        before, self._file = self._file, file
        had_sums, self._sums = self._sums, sums_of(() if file is None else (file,))
        if self._file == before and self._sums == had_sums:
            return
        self._timer.stop()
        same = before is not None and self._file is not None and before.id == self._file.id
        self._show(keep_fields=same)
        if self._file is not None:
            self._timer.start()

    def show_sums(self, sums: SelectionSums, periods: "Sequence[Period] | None" = None) -> None:
        """Show the totals of several selected files.

        `periods` are their sizes over time, empty if there is no chart of them, and None while they
        are being added up.
        """
        is_same = self._file is None and sums == self._sums and periods in (None, self._periods)
        if not is_same:
            self._file, self._sums, self._periods = None, sums, periods
            self._timer.stop()
            self._show()
        self.selection_changed.emit()

    def show_fields(self, event: FileRetrieved) -> None:
        """Show the fields returned by the server, if this file alone is selected."""
        if self._is_shown(event.file_id):
            self._problem.hide()
            file = self._file
            self._make_fields = lambda: [
                *fields_in_words(event.fields, self._clock(), file),
                *left_out_in_words(event.left_out),
            ]
            self._fields.show_fields(self._make_fields())

    def show_problem(self, event: FileNotRetrieved) -> None:
        """Show why fetching the fields failed; the fields from the listing stay."""
        if self._is_shown(event.file_id):
            problem = event.problem
            words = f"{one_line(problem.title)}. {one_line(problem.advice)}"
            self._problem.setText(f"{words} {server_message_in_words(problem)}".strip())
            self._problem.show()
            if problem.kind is ProblemKind.NOT_FOUND:
                self._origin.show_gone()

    def show_origin(self, event: OriginFound) -> None:
        """Show where the file came from, or that this is unknown."""
        if self._is_shown(event.file_id):
            self._origin.show_origin(event.origin)

    def hide_origin(self) -> None:
        """Hide the origin, after the upload history was cleared."""
        self._origin.show_origin(None)

    def refresh_times(self) -> None:
        """Update times, after time has passed or the time zone has changed."""
        if self._sums.total.count:
            self._fields.show_fields(self._make_fields())
            if self._file is None:
                self._show_details_of_sums()
        self._origin.refresh_times()

    @Slot()
    def show_refusals(self) -> None:
        """Update whether the selected files can be downloaded."""
        self._show_download()

    def show_server(self, reasons: Mapping[Feature, str]) -> None:
        """Disable what the account's server doesn't have, and say why."""
        for button, feature in ((self._change, Feature.UPLOAD), (self._start, Feature.BATCHES)):
            reason = reasons.get(feature, "")
            button.setEnabled(not reason)
            button.setToolTip(tool_tip(reason) or button.accessibleName())
            button.setAccessibleDescription(reason)

    # Showing

    def _show(self, *, keep_fields: bool = False) -> None:
        count = self._sums.total.count
        self.file_changed.emit(self._file)
        self._pages.setCurrentWidget(self._details if count else self._hint)
        if not count:
            return
        if not keep_fields:
            self._problem.hide()
            self._origin.reset()
        if self._file is not None:
            file = self._file
            self._title.show_text(one_line(file.name))
            parts = [one_line(file.purpose)] if file.purpose else []
            self._subtitle.setText(" · ".join([*parts, format_size(file.size)]))
            self._subtitle.setToolTip(tool_tip(exact_size(file.size)))
            if not keep_fields:
                self._make_fields = lambda: known_fields(file, self._clock())
                self._fields.show_fields(self._make_fields())
        else:
            self._title.show_text(files_in_words(count))
            total = self._sums.total
            self._subtitle.setText(sizes_in_words(total.size, total.unknown))
            self._subtitle.setToolTip("")
            self._make_fields = tuple
            self._fields.show_fields(())
            self._show_details_of_sums()
        if self._sums_view is not None:
            self._sums_view.setVisible(self._file is None)
        self._inside.setVisible(self._file is not None)
        self._change.setVisible(self._file is not None)
        self._start.setVisible(
            self._file is not None and official_name(self._file.purpose) == "batch"
        )
        name_button(self._copy, _("Copy ID") if count == 1 else _("Copy IDs"))
        self._show_download()

    def _show_details_of_sums(self) -> None:
        if self._sums_view is None:
            from ui.inspector.sums_view import SumsView

            self._sums_view = SumsView()
            self._totals.addWidget(self._sums_view)
            # Otherwise, it would come last in the window's Tab order.
            QWidget.setTabOrder(self._try, self._sums_view.chart)
        self._sums_view.show_sums(self._sums, self._periods)

    def _show_download(self) -> None:
        reason = self._refused.reason_for_all(self._sums.purposes)
        self._download.setEnabled(bool(self._sums.purposes) and reason is None)
        self._refusal.setVisible(reason is not None)
        self._refusal.setText(reason or "")
        self._try.setVisible(reason is not None)

    def _is_shown(self, file_id: str) -> bool:
        return self._file is not None and self._file.id == file_id

    @Slot()
    def _request_fields(self) -> None:
        if self._file is not None:
            self.fields_requested.emit(self._file.id)

    @Slot()
    def _request_restore(self) -> None:
        if self._file is not None:
            self.restore_requested.emit(self._file.id)

    # Building

    def _build(self) -> None:
        self._hint = label(_("Select a file to see its details."), "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = TitleLabel()
        self._subtitle = label("", "muted", wrap=True)
        self._inside = QPushButton(_("Look inside"))
        self._inside.clicked.connect(self.inside_requested)
        self._download = QPushButton(_("Download"))
        self._download.setAccessibleName(_("Download the selected files"))
        self._download.clicked.connect(self.download_requested)
        # With words, these wouldn't fit in the row.
        self._copy = icon_button(icon("copy"), _("Copy ID"), "sign")
        self._copy.clicked.connect(self.copy_ids_requested)
        self._change = icon_button(icon("rename"), _("Change…"), "sign")
        self._change.clicked.connect(self.change_requested)
        self._start = icon_button(icon("list-checks"), _("Start a batch…"), "sign")
        self._start.clicked.connect(self.batch_requested)
        policy = self._start.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the inspector has the same width without it
        self._start.setSizePolicy(policy)
        self._refusal = label("", "muted", wrap=True)
        self._try = link_button(_("Try anyway"))
        self._try.clicked.connect(self.download_anyway_requested)
        self._problem = label("", "warning", wrap=True)
        self._fields = FieldView()
        self._origin = OriginView()
        self._origin.folder_requested.connect(self.folder_requested)
        self._origin.copy_requested.connect(self.copy_hash_requested)
        self._origin.restore_requested.connect(self._request_restore)
        self._totals = QVBoxLayout()
        self._sections = QVBoxLayout()
        self._sections.setSpacing(8)
        self._details = self._make_details()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self._details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _make_details(self) -> DetailsArea:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(14, 15, 14, 13)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._subtitle)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self._inside)
        buttons.addWidget(self._download)
        signs = QHBoxLayout()
        signs.setSpacing(0)
        for sign in (self._copy, self._change, self._start):
            signs.addWidget(sign)
        buttons.addLayout(signs)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addWidget(self._refusal)
        layout.addWidget(self._try, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._problem)
        layout.addLayout(self._totals)
        layout.addWidget(self._fields)
        layout.addWidget(self._origin)
        layout.addLayout(self._sections)
        layout.addStretch(1)
        return DetailsArea(inside)


_MIN_WIDTH = 320
_SAMPLE_ID = "file-8DkLqA1cVbY7rTn2WmGhQw"
_MARGINS = 48
"""Pixels around title and value of a field."""
_DELAY_MS = 150
"""Delay before fields are requested, so that moving with the arrow keys doesn't request each."""
