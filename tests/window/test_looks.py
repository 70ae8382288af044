"""Light and dark, changed while the window is open."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox

from tests.support.files_server import ScriptedFilesServer
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.theme import Role, is_dark


def ground(desk: Desk) -> str:
    image = desk.table.viewport().grab().toImage()
    return image.pixelColor(image.width() - 3, image.height() - 3).name()


def test_dark_is_chosen_in_the_settings_and_holds_at_once(
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


def test_the_table_is_painted_in_the_colours_of_the_scheme(desk: Desk) -> None:
    theme = desk.theme
    theme.use("light")
    assert ground(desk) == Role.WINDOW.value[0]
    theme.use("dark")
    assert ground(desk) == Role.WINDOW.value[1]
    assert desk.window.palette().color(QPalette.ColorRole.Window).name() == Role.WINDOW.value[1]
