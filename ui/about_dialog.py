"""The About dialog: version, privacy, licenses and libraries."""

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from services.system.language import _
from services.system.version import __version__
from ui.program_icon import program_icon
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import IconLabel, label


class AboutDialog(QDialog):
    """Shows information about the program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About Filewharf"))
        self.setAccessibleName(_("About Filewharf"))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label("Filewharf", "title"))
        version = label(_("Version {version}").format(version=__version__))
        version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(version)
        words.addWidget(label(_("The files behind your models, in one window"), "muted"))
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(IconLabel(program_icon(), 4.5), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)

        buttons = ButtonRow()
        close = buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(12)
        column.addLayout(head)
        for heading, text in _paragraphs():
            column.addSpacing(2)
            column.addWidget(label(heading, "strong"))
            column.addWidget(label(text, "muted", wrap=True))
        column.addStretch(1)
        column.addWidget(buttons)
        self.setMinimumWidth(32 * self.fontMetrics().height())


def _paragraphs() -> tuple[tuple[str, str], ...]:
    return (
        (
            _("Privacy"),
            _(
                "Filewharf connects only to the servers of your accounts. "
                "No telemetry, no reports, no update checks."
            ),
        ),
        (
            _("License"),
            _("Filewharf is free software under the MIT license."),
        ),
        (
            _("Built with"),
            _(
                "Qt {qt} and PySide {pyside}, used under the GNU Lesser General Public License, "
                "version 3. They are separate libraries, which you may replace with your own. "
                "The icons are from Lucide, under the ISC license, some of them from Feather, "
                "under the MIT license. See resources/icons/LICENSE.txt."
            ).format(qt=qVersion(), pyside=PySide6.__version__),
        ),
    )
