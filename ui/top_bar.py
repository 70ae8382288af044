"""The bar at the top of the window."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.accounts.account_button import AccountButton
from ui.actions import Actions
from ui.icons import icon, keep_apart
from ui.search.search_field import SearchField
from ui.theme import Role
from ui.widgets.labels import label


class TopBar(QWidget):
    """Account, refresh, search, the three verbs, and the menu of the rest."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.account = AccountButton()
        self.search = SearchField()
        self.search.setAcceptDrops(False)  # files that are dropped on it are for the window
        self.search.setMaximumWidth(28 * self.fontMetrics().averageCharWidth() * 2)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        for action in (
            actions.download_to,
            actions.download_zip,
            actions.download_anyway,
            actions.paste,
            None,
            actions.select_all,
            actions.select_purpose.menuAction(),
            actions.select_by_ids,
            actions.select_others,
            None,
            actions.copy_ids,
            actions.copy_names,
            actions.copy_as.menuAction(),
            actions.export_list,
            actions.export_selected,
            None,
            actions.columns.menuAction(),
            actions.inspector,
            actions.transfers,
            actions.pause_all,
            actions.resume_all,
            actions.restore_deleted,
            actions.delete_report,
            None,
            actions.accounts,
            actions.settings,
            actions.about,
            actions.quit,
        ):
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        more = self._tool_button(None, _("Menu"))
        more.setIcon(icon("ellipsis-vertical", Role.MUTED))
        more.setMenu(menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        upload = _UploadButton(actions.upload)

        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.account)
        row.addWidget(self._tool_button(actions.refresh, _("Refresh"), with_text=False))
        row.addStretch(1)
        row.addWidget(self.search, 4)
        row.addStretch(1)
        row.addWidget(self._tool_button(actions.download, _("Download")))
        row.addWidget(self._tool_button(actions.delete, _("Delete")))
        row.addSpacing(4)
        row.addWidget(upload)
        row.addWidget(more)
        self._remark = label("", "warning", wrap=True)
        self._remark.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 9, _SIDE, 9)
        column.setSpacing(5)
        column.addLayout(row)
        column.addWidget(self._remark)
        self.search.explanation_changed.connect(self._show_remark)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the remark below the search field."""
        super().resizeEvent(event)
        self._align_remark()

    @Slot(str)
    def _show_remark(self, text: str) -> None:
        """Say below the search field what is not understood."""
        self._align_remark()
        self._remark.setText(text)
        self._remark.setVisible(bool(text))

    def _align_remark(self) -> None:
        self._remark.setContentsMargins(max(0, self.search.x() - _SIDE), 0, 0, 0)

    def _tool_button(
        self, action: QAction | None, name: str, *, with_text: bool = True
    ) -> QToolButton:
        button = QToolButton()
        button.setProperty("look", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        side = round(self.fontMetrics().height() * 1.15)
        button.setIconSize(QSize(side, side))
        if action is not None:
            button.setDefaultAction(action)
            if with_text:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setText(name)
                keep_apart(button, side)
        button.setAccessibleName(name)
        button.setToolTip(button.toolTip() or name)
        return button


class _UploadButton(QPushButton):
    """The one filled button: it presses the action, and can be used when the action can."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action.icon(), _("Upload"))
        self._action = action
        self.setProperty("look", "filled")
        self.setAccessibleName(_("Upload"))
        self.setToolTip(action.toolTip())
        keep_apart(self, round(self.fontMetrics().height() * 1.15))
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())


_SIDE = 12
