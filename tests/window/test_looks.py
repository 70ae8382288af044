"""Switching between light and dark while the window is open."""

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from tests.support.factories import problem
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.theme import Role, is_dark


def ground(desk: Desk) -> str:
    image = desk.table.viewport().grab().toImage()
    return instance_of(str, image.pixelColor(image.width() - 3, image.height() - 3).name())


def test_choosing_dark_in_the_settings_applies_at_once(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)], colour_scheme="light")
    desk.wait_to_see("No files yet")
    assert not is_dark(desk.window.palette())
    desk.window.commands.settings.trigger()
    dialog = desk.dialog("Settings")
    (scheme,) = [one for one in dialog.findChildren(QComboBox) if one.findData("dark") >= 0]
    scheme.setCurrentIndex(scheme.findData("dark"))
    scheme.activated.emit(scheme.currentIndex())
    assert is_dark(desk.window.palette())
    dialog.reject()
    assert desk.settings.current.colour_scheme == "dark"


def test_the_table_uses_the_colors_of_the_scheme(desk: Desk) -> None:
    theme = desk.theme
    theme.use("light")
    assert ground(desk) == Role.WINDOW.value[0]
    theme.use("dark")
    assert ground(desk) == Role.WINDOW.value[1]
    assert desk.window.palette().color(QPalette.ColorRole.Window).name() == Role.WINDOW.value[1]


def test_nothing_in_the_settings_is_squeezed(desk: Desk) -> None:
    desk.window.commands.settings.trigger()
    dialog = desk.dialog("Settings")
    parts: list[QLabel | QPushButton] = [*dialog.findChildren(QLabel)]
    parts += dialog.findChildren(QPushButton)
    for part in parts:
        if part.isVisible():
            needed = part.heightForWidth(part.width()) if part.hasHeightForWidth() else 0
            least = max(needed, part.minimumSizeHint().height())
            assert part.height() >= least, f"{part.text()}: {part.height()} of {least} pixels"
    dialog.reject()


def test_the_settings_scroll_on_a_small_screen(desk: Desk) -> None:
    desk.window.commands.settings.trigger()
    dialog = desk.dialog("Settings")
    dialog.resize(dialog.width(), 300)
    assert dialog.height() == 300
    assert dialog.rect().contains(desk.button("Close", dialog).geometry())
    *_others, before, last = dialog.findChildren(QSpinBox)
    assert last.visibleRegion().isEmpty()
    before.setFocus()
    desk.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is last
    assert not last.visibleRegion().isEmpty()
    dialog.reject()


def test_a_long_account_name_does_not_widen_the_settings(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server, "Research " * 40)])
    desk.wait_to_see("No files yet")
    desk.window.commands.settings.trigger()
    dialog = desk.dialog("Settings")
    assert dialog.width() < desk.window.width()
    dialog.reject()


def with_icon_and_words(top: QWidget) -> dict[str, QSize]:
    """The visible buttons with icon and text: their texts and icon sizes."""
    return {
        one.text(): one.iconSize()
        for one in top.findChildren(QAbstractButton)
        if one.isVisible() and not one.icon().isNull() and one.text() and shows_words(one)
    }


def shows_words(button: QAbstractButton) -> bool:
    alone = Qt.ToolButtonStyle.ToolButtonIconOnly
    return not isinstance(button, QToolButton) or button.toolButtonStyle() != alone


def test_every_icon_keeps_a_gap_from_its_buttons_text(desk: Desk) -> None:
    desk.window.messages.show_problem(problem("No"))
    desk.wait(desk.window.messages.isVisible)
    in_window = with_icon_and_words(desk.window)
    desk.window.accounts.show_dialog()
    connecting = desk.dialog("Connect")
    in_dialog = with_icon_and_words(connecting)
    connecting.reject()
    desk.drop(desk.drag(desk.write("run.jsonl")), "batch")
    sheet = desk.dialog("Upload files")
    in_sheet = with_icon_and_words(sheet)
    found = [*in_window.items(), *in_dialog.items(), *in_sheet.items()]
    touching = [words for words, size in found if size.width() <= size.height()]
    assert touching == []
    sheet.reject()
    heads = {"Retry failed", "Clear finished"}
    assert heads | {"Copy", "Download"} <= in_window.keys()
    assert in_dialog
    assert in_sheet


def test_the_inspector_is_as_wide_for_a_batch_file_as_for_others(desk: Desk) -> None:
    inspector = desk.window.workspace.inspector
    widths = {}
    for name in 2 * ("report.pdf", "requests.jsonl", "answers.jsonl"):  # the first time it is made
        desk.select(name)
        desk.wait(lambda: inspector.file is not None and inspector.file.name == name)  # noqa: B023
        QCoreApplication.sendPostedEvents()  # lays it out
        widths[name] = inspector.minimumSizeHint().width()
    assert len({*widths.values()}) == 1, widths
