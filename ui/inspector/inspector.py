"""The inspector: what the selected files are, with every field that the server gives of one."""

from collections.abc import Callable, Sequence
from time import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.api.remote_file import RemoteFile
from services.browse.selection_sums import PurposeSum, SelectionSums, sums_of
from services.catalog.events import FileNotRetrieved, FileRetrieved, OriginFound
from services.problems.errors import ProblemKind
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.downloading.refused_content import RefusedContent
from ui.inspector.field_view import FieldView
from ui.inspector.fields import Field, fields_in_words, known_fields, left_out_in_words
from ui.inspector.origin_view import OriginView
from ui.inspector.title_label import TitleLabel
from ui.messages.problem_words import server_message_in_words
from ui.table.columns import exact_size
from ui.widgets.labels import label
from ui.wording import count_in_words, files_in_words, one_line, tool_tip


class Inspector(QWidget):
    """Tells about the selected files and offers what can be done with them."""

    fields_wanted = Signal(str)
    """Exactly one file is selected; its fields are to be retrieved. Its id."""
    download_asked = Signal()
    try_download_asked = Signal()
    """Download although the server is expected to refuse."""
    copy_ids_asked = Signal()
    copy_hash_asked = Signal(str)
    folder_asked = Signal(object)
    """Show a local file in its folder: its `Path`."""
    restore_asked = Signal(str)
    """Upload a file again that is no longer at the server: its id."""

    def __init__(
        self,
        refused: RefusedContent,
        clock: Callable[[], float] = time,
        parent: QWidget | None = None,
    ) -> None:
        """`refused` knows what can't be downloaded; `clock` gives the seconds since 1970."""
        super().__init__(parent)
        self.setAccessibleName(_("Inspector"))
        self._clock = clock
        self._file: RemoteFile | None = None
        self._sums = SelectionSums({})
        self._refused = refused
        self._tell_fields: Callable[[], Sequence[Field]] = tuple
        """Puts what is shown into words for the moment."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._ask)
        self._build()
        self._show()

    def width_at_first(self) -> int:
        """Pixels with room for an id on one line, between the margins."""
        words = "".join((_("Expires"), _A_WIDE_ID))
        return max(_USUAL_WIDTH, self.fontMetrics().horizontalAdvance(words) + _BESIDE)

    # What the window tells

    def show_files(self, files: Sequence[RemoteFile]) -> None:
        """These files are selected; one of them alone is asked for in full."""
        if len(files) > 1:
            self.show_sums(sums_of(files))
            return
        before, self._file = self._file, files[0] if files else None
        had_sums, self._sums = self._sums, sums_of(files)
        if self._file == before and self._sums == had_sums:
            return
        self._soon.stop()
        same = before is not None and self._file is not None and before.id == self._file.id
        self._show(keep_fields=same)
        if self._file is not None:
            self._soon.start()

    def show_sums(self, sums: SelectionSums) -> None:
        """Several files are selected, which come to so many."""
        if self._file is None and sums == self._sums:
            return
        self._file, self._sums = None, sums
        self._soon.stop()
        self._show()

    def show_fields(self, event: FileRetrieved) -> None:
        """The server has described a file; of no account unless that one is selected alone."""
        if self._is_shown(event.file_id):
            self._problem.hide()
            file = self._file
            self._tell_fields = lambda: [
                *fields_in_words(event.fields, self._clock(), file),
                *left_out_in_words(event.left_out),
            ]
            self._fields.show_fields(self._tell_fields())

    def show_problem(self, event: FileNotRetrieved) -> None:
        """The server did not describe the file; what the listing told of it stays."""
        if self._is_shown(event.file_id):
            problem = event.problem
            words = f"{one_line(problem.title)}. {one_line(problem.advice)}"
            self._problem.setText(f"{words} {server_message_in_words(problem)}".strip())
            self._problem.show()
            if problem.kind is ProblemKind.NOT_FOUND:
                self._origin.show_gone()

    def show_origin(self, event: OriginFound) -> None:
        """It is known where a file came from, or that nothing is known."""
        if self._is_shown(event.file_id):
            self._origin.show_origin(event.origin)

    def forget_origin(self) -> None:
        """Nothing is known of where any file came from."""
        self._origin.show_origin(None)

    def pass_time(self) -> None:
        """It is later now, or another time zone."""
        if self._sums.total.count:
            self._fields.show_fields(self._tell_fields())
        self._origin.pass_time()

    @Slot()
    def show_refusals(self) -> None:
        """What the server refuses is known better now."""
        self._show_download()

    # Showing

    def _show(self, *, keep_fields: bool = False) -> None:
        count = self._sums.total.count
        self._pages.setCurrentWidget(self._details if count else self._hint)
        if not count:
            return
        if not keep_fields:
            self._problem.hide()
            self._origin.begin()
        if self._file is not None:
            file = self._file
            self._title.show_text(one_line(file.name))
            parts = [one_line(file.purpose)] if file.purpose else []
            self._subtitle.setText(" · ".join([*parts, format_size(file.size)]))
            self._subtitle.setToolTip(tool_tip(exact_size(file.size)))
            if not keep_fields:
                self._tell_fields = lambda: known_fields(file, self._clock())
                self._fields.show_fields(self._tell_fields())
        else:
            self._title.show_text(files_in_words(count))
            self._subtitle.setText(_sum_in_words(self._sums.total))
            self._subtitle.setToolTip("")
            sums = self._sums
            self._tell_fields = lambda: _sums_by_purpose(sums)
            self._fields.show_fields(self._tell_fields())
        self._copy.setText(_("Copy ID") if count == 1 else _("Copy IDs"))
        self._show_download()

    def _show_download(self) -> None:
        reason = self._refused.why_none_of(self._sums.purposes)
        self._download.setEnabled(bool(self._sums.purposes) and reason is None)
        self._refusal.setVisible(reason is not None)
        self._refusal.setText(reason or "")
        self._try.setVisible(reason is not None)

    def _is_shown(self, file_id: str) -> bool:
        return self._file is not None and self._file.id == file_id

    @Slot()
    def _ask(self) -> None:
        if self._file is not None:
            self.fields_wanted.emit(self._file.id)

    @Slot()
    def _ask_to_restore(self) -> None:
        if self._file is not None:
            self.restore_asked.emit(self._file.id)

    # Building

    def _build(self) -> None:
        self._hint = label(_("Select a file to see its details."), "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = TitleLabel()
        self._subtitle = label("", "muted", wrap=True)
        self._download = QPushButton(_("Download"))
        self._download.setAccessibleName(_("Download the selected files"))
        self._download.clicked.connect(self.download_asked)
        self._copy = QPushButton(_("Copy ID"))
        self._copy.clicked.connect(self.copy_ids_asked)
        self._refusal = label("", "muted", wrap=True)
        self._try = QPushButton(_("Try anyway"))
        self._try.setProperty("look", "link")
        self._try.setCursor(Qt.CursorShape.PointingHandCursor)
        self._try.clicked.connect(self.try_download_asked)
        self._problem = label("", "warning", wrap=True)
        self._fields = FieldView()
        self._origin = OriginView()
        self._origin.folder_asked.connect(self.folder_asked)
        self._origin.copy_asked.connect(self.copy_hash_asked)
        self._origin.restore_asked.connect(self._ask_to_restore)
        self._details = self._lay_out()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self._details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _lay_out(self) -> QScrollArea:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(14, 15, 14, 13)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._subtitle)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._download)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addWidget(self._refusal)
        layout.addWidget(self._try, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._problem)
        layout.addWidget(self._fields)
        layout.addWidget(self._origin)
        layout.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName(_("Details"))
        area.setProperty("look", "part")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area


_USUAL_WIDTH = 320
_A_WIDE_ID = "file-8DkLqA1cVbY7rTn2WmGhQw"
_BESIDE = 48
"""Pixels beside title and value of a field."""
_SOON_MS = 150
"""Moving through the table with the arrow keys must not request every file on the way."""
_MOST_PURPOSES = 50
"""Lines for purposes; a server may have a different one for every file."""


def _sum_in_words(sums: PurposeSum) -> str:
    total = format_size(sums.size)
    if not sums.unknown:
        return total
    more = ngettext("{number} of unknown size", "{number} of unknown size", sums.unknown)
    return f"{total} · {more.format(number=count_in_words(sums.unknown))}"


def _sums_by_purpose(sums: SelectionSums) -> list[Field]:
    return [
        Field(
            purpose,
            one_line(purpose) or _("No purpose"),
            f"{files_in_words(one.count)} · {_sum_in_words(one)}",
        )
        for purpose, one in sorted(sums.purposes.items())[:_MOST_PURPOSES]
    ]
