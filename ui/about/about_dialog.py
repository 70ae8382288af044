"""The About dialog: versions, licenses and folders."""

from collections.abc import Sequence
from pathlib import Path

import PySide6
from PySide6.QtCore import Qt, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from services.releases.about import About
from services.system.language import _
from services.system.version import __version__
from ui.about.folder_list import FolderList
from ui.about.license_list import LicenseList
from ui.icons import icon, space_icon
from ui.program_icon import program_icon
from ui.theme import Role
from ui.widgets.button_row import ButtonRow
from ui.widgets.exact_copy import ExactText
from ui.widgets.labels import IconLabel, label


class AboutDialog(QDialog):
    """Shows information about the program; what takes time to find out comes with `show_about`."""

    show_requested = Signal(object)
    """Carries the `Path` of a file or folder to show in the file manager."""

    def __init__(self, places: Sequence[tuple[str, Path]], parent: QWidget | None = None) -> None:
        """`places` are the program's files and folders, each with what it is for."""
        super().__init__(parent)
        self.setWindowTitle(_("About Filewharf"))
        self.setAccessibleName(_("About Filewharf"))
        self._versions = ExactText()
        self._versions.setReadOnly(True)
        self._versions.setTabChangesFocus(True)
        self._versions.setProperty("look", "field")
        self._versions.setAccessibleName(_("Versions"))
        self._versions.setFixedHeight(7 * self.fontMetrics().lineSpacing())
        self._licenses = LicenseList()
        folders = FolderList(places)
        folders.show_requested.connect(self.show_requested)
        self._folders = folders
        self._show_versions("…", "…")

        self._pages = QStackedWidget()
        self._tabs = QTabBar()
        self._tabs.setProperty("look", "underlined")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        for title, page in (
            (_("Versions"), self._versions_page()),
            (_("Licenses"), self._licenses),
            (_("Folders"), folders),
        ):
            self._tabs.addTab(title)
            self._pages.addWidget(page)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)

        buttons = ButtonRow()
        close = buttons.add_close(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(12)
        column.addLayout(_head())
        column.addWidget(self._tabs)
        column.addWidget(self._pages, 1)
        column.addWidget(buttons)
        line = self.fontMetrics().height()
        self.setMinimumWidth(32 * line)
        self.resize(40 * line, 36 * line)
        close.setFocus()

    @property
    def versions(self) -> str:
        """The versions of the program and of what it runs on, to be copied into a report."""
        return self._versions.toPlainText()

    def show_about(self, about: About) -> None:
        """Show what was found out."""
        self._show_versions(about.python, about.system)
        self._licenses.show_parts(about.parts)
        self._folders.show_places(about.places)

    def _versions_page(self) -> QWidget:
        copy = QPushButton(icon("copy", Role.MUTED), _("Copy"))
        space_icon(copy)
        copy.setAccessibleDescription(_("Versions"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy_versions)
        row = QHBoxLayout()
        row.addWidget(copy)
        row.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._versions)
        column.addLayout(row)
        for heading, text in _paragraphs():
            column.addSpacing(4)
            column.addWidget(label(heading, "strong"))
            column.addWidget(label(text, "muted", wrap=True))
        column.addStretch(1)
        return page

    def _show_versions(self, python: str, system: str) -> None:
        facts = (
            ("Filewharf", __version__),
            ("Python", python),
            ("Qt", f"{qVersion()}, PySide {PySide6.__version__}"),
            ("System", system),
            ("Platform", QGuiApplication.platformName()),
        )
        # Not translated, because developers read it.
        self._versions.setPlainText("\n".join(f"{name} {value}" for name, value in facts))

    @Slot()
    def _copy_versions(self) -> None:
        QGuiApplication.clipboard().setText(self.versions)


def _head() -> QHBoxLayout:
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
    return head


def _paragraphs() -> tuple[tuple[str, str], ...]:
    return (
        (
            _("Privacy"),
            _(
                "Filewharf connects only to the servers of your accounts, and once a day to the "
                "address for updates if you turn that on in the settings. No telemetry, no reports."
            ),
        ),
        (
            _("License"),
            _(
                "Filewharf is free software under the MIT license. Qt and PySide are used under the "
                "GNU Lesser General Public License, version 3: they are separate libraries, which "
                "you may replace with your own."
            ),
        ),
    )
