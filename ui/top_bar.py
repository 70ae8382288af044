"""The bar at the top of the window."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
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
from ui.icons import icon, space_icon
from ui.search.search_field import SearchField
from ui.theme import Role
from ui.widgets.labels import label, set_look


class TopBar(QWidget):
    """The account button, Refresh, search, Download, Delete, Upload, and a menu of all else."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.account = AccountButton()
        self._production = label(_("Production"), "production")
        self._production.setToolTip(_("Deleting files asks for the account's name"))
        self._production.hide()
        self.search = SearchField()
        self.search.setAcceptDrops(False)  # the window handles dropped files
        self.search.setMaximumWidth(28 * self.fontMetrics().averageCharWidth() * 2)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        for action in (
            actions.look_inside,
            actions.start_batch,
            None,
            actions.download_to,
            actions.download_zip,
            actions.download_anyway,
            actions.copy_to_account,
            actions.paste,
            actions.change,
            None,
            actions.select_all,
            actions.select_purpose.menuAction(),
            actions.select_by_ids,
            actions.invert_selection,
            None,
            actions.copy_ids,
            actions.copy_names,
            actions.copy_links,
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
            actions.clean_up,
            actions.delete_report,
            actions.exchanges,
            None,
            actions.new_window,
            actions.accounts,
            actions.settings,
            actions.report_problem,
            actions.add_to_menu,
            actions.whats_new,
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
        row.addWidget(self._production)
        row.addWidget(self._tool_button(actions.refresh, _("Refresh"), with_text=False))
        row.addStretch(1)
        row.addWidget(self.search, 4)
        row.addStretch(1)
        self._row = row
        self._other_search: QLineEdit | None = None
        row.addWidget(self._tool_button(actions.download, _("Download")))
        row.addWidget(self._tool_button(actions.delete, _("Delete")))
        row.addSpacing(4)
        row.addWidget(upload)
        row.addWidget(more)
        self._message = label("", "warning", wrap=True)
        self._message.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 9, _SIDE, 9)
        column.setSpacing(5)
        column.addLayout(row)
        column.addWidget(self._message)
        self.search.explanation_changed.connect(self._show_message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the message below the search field."""
        super().resizeEvent(event)
        self._align_message()

    def show_production(self, is_production: bool) -> None:
        """Color the bar, and say in words that the account in front is marked as production."""
        if is_production is self._production.isHidden():
            self._production.setHidden(not is_production)
            set_look(self, "bar-production" if is_production else "bar")

    def show_search(self, field: QLineEdit | None) -> None:
        """Show another search field in place of that of the files; None shows the latter again."""
        if field is self._other_search:
            return
        if self._other_search is not None:
            self._other_search.hide()
        self._other_search = field
        if field is not None:
            if self._row.indexOf(field) < 0:
                field.setMaximumWidth(self.search.maximumWidth())
                field.setSizePolicy(self.search.sizePolicy())
                self._row.insertWidget(self._row.indexOf(self.search), field, 4)
                self.setTabOrder(self.search, field)
            field.show()
        self.search.setVisible(field is None)
        self._message.setVisible(field is None and bool(self._message.text()))

    @Slot(str)
    def _show_message(self, text: str) -> None:
        """Show below the search field what is invalid."""
        self._align_message()
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def _align_message(self) -> None:
        self._message.setContentsMargins(max(0, self.search.x() - _SIDE), 0, 0, 0)

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
                space_icon(button, side)
        button.setAccessibleName(name)
        button.setToolTip(button.toolTip() or name)
        return button


class _UploadButton(QPushButton):
    """The filled button: triggers an action and is enabled with it."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action.icon(), _("Upload"))
        self._action = action
        self.setProperty("look", "filled")
        self.setAccessibleName(_("Upload"))
        space_icon(self, round(self.fontMetrics().height() * 1.15))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())


_SIDE = 12
