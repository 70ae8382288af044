"""The last look at an upload before it starts."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.events import PathsGathered
from services.language import _, ngettext
from ui.icons import icon
from ui.labels import label
from ui.uploads.expiry_field import ExpiryField
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_table import ReviewTable
from ui.wording import count_in_words, files_in_words, one_line


class ReviewSheet(QDialog):
    """Shows for each file its purpose, its size and what the checks say, and asks when to begin.

    Open it with `open()`; it deletes itself once closed. `upload_asked` carries a list of
    `UploadRequest` and comes while the sheet is still there, so that `skip_next_time` and
    `expires_after` can be read.
    """

    upload_asked = Signal(object)

    def __init__(
        self,
        account_name: str,
        gathered: PathsGathered,
        purpose: str | None = None,
        expires_after: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`purpose` is for all files, None matches each; `expires_after` is chosen first."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Upload files"))
        self.setAccessibleName(_("Upload files"))
        self._left_out = gathered.left_out
        self._model = ReviewModel(gathered.files, purpose, self)
        self._table = ReviewTable(self._model, self)
        self._title = label(look="heading")
        self._account = label(_("to {account}").format(account=one_line(account_name)), "muted")
        self._notice = label(look="muted", wrap=True)
        self._nothing = label(look="muted", wrap=True)
        self._remove = QPushButton(icon("x"), _("Remove from the list"))
        self._remove.setProperty("look", "flat")
        self._expiry = ExpiryField(expires_after)
        self._skip = QCheckBox(
            _("Next time, upload at once when every file fits the chosen purpose")
        )
        self._cancel = QPushButton(_("Cancel"))
        self._upload = QPushButton()
        self._upload.setProperty("look", "filled")
        self._body = QStackedWidget()
        self._put_together()
        for button in (self._remove, self._cancel):
            button.setAutoDefault(False)
        self._upload.setDefault(True)
        self._remove.clicked.connect(self._table.remove_selected)
        self._cancel.clicked.connect(self.reject)
        self._upload.clicked.connect(self._upload_clicked)
        self._model.changed.connect(self._show_counts)
        self._table.selectionModel().selectionChanged.connect(self._show_selection)
        self._show_counts()
        self._show_selection()
        (self._upload if self._model.going else self._cancel).setFocus()

    @property
    def model(self) -> ReviewModel:
        """The rows; `take_check` there is for what deeper checks find."""
        return self._model

    @property
    def skip_next_time(self) -> bool:
        """Whether the person no longer wants this sheet where nothing is left to decide."""
        return self._skip.isChecked()

    def set_skip_next_time(self, skip: bool) -> None:
        """Show the choice as it is in the settings."""
        self._skip.setChecked(skip)

    @property
    def expires_after(self) -> int | None:
        """The chosen expiry in seconds; None is the server's default."""
        return self._expiry.seconds

    @Slot()
    def _upload_clicked(self) -> None:
        self.upload_asked.emit(self._model.requests(self.expires_after))
        self.accept()

    @Slot()
    def _show_counts(self) -> None:
        rows, going = self._model.rowCount(), self._model.going
        self._title.setText(_upload_in_words(rows))
        self._upload.setText(_upload_in_words(going))
        self._upload.setEnabled(going > 0)
        self._remove.setVisible(rows > 0)
        self._body.setCurrentIndex(int(rows == 0))
        self._nothing.setText(_nothing_in_words(self._left_out))
        notice = _notice_in_words(rows, going, self._left_out) if rows else ""
        self._notice.setText(notice)

    @Slot()
    def _show_selection(self) -> None:
        self._remove.setEnabled(bool(self._table.selected_rows()))

    def _put_together(self) -> None:
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body.addWidget(self._table)
        self._body.addWidget(self._nothing)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._account)
        below = QHBoxLayout()
        below.addWidget(self._notice, 1)
        below.addWidget(self._remove)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(label(_("Expires"), "muted"))
        foot.addWidget(self._expiry)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._upload)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        column.addLayout(below)
        column.addWidget(self._skip)
        column.addLayout(foot)
        letter = self.fontMetrics().averageCharWidth()
        self.setMinimumSize(70 * letter, 300)
        self.resize(min(126 * letter, 1000), 520)


def _upload_in_words(number: int) -> str:
    if not number:
        return _("Upload files")
    return _("Upload {files}").format(files=files_in_words(number))


def _notice_in_words(rows: int, going: int, left_out: int) -> str:
    sentences = []
    if going == 0:
        sentences.append(_("None of these files can be uploaded."))
    elif going < rows:
        sentences.append(
            ngettext(
                "{number} file can't be uploaded and is left out.",
                "{number} files can't be uploaded and are left out.",
                rows - going,
            ).format(number=count_in_words(rows - going))
        )
    if left_out:
        sentences.append(_left_out_in_words(left_out))
    return " ".join(sentences)


def _nothing_in_words(left_out: int) -> str:
    sentence = _("There is nothing to upload. Choose other files, or drop them on the window.")
    return f"{sentence}\n{_left_out_in_words(left_out)}" if left_out else sentence


def _left_out_in_words(number: int) -> str:
    return ngettext(
        "{number} more file was passed over: hidden, a circular link, or past the limit.",
        "{number} more files were passed over: hidden, circular links, or past the limit.",
        number,
    ).format(number=count_in_words(number))
