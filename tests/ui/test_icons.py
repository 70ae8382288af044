import ast
import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES
from ui.accounts.account_colors import dot_icon
from ui.icons import file_icon_name, icon, paint_icon, purpose_icon, space_icon
from ui.program_icon import program_icon
from ui.theme import Role, color, make_palette

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "resources" / "icons"

pytestmark = pytest.mark.usefixtures("light")


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts_in(node: ast.AST) -> Iterator[str]:
    """The strings an expression can evaluate to; for `a if b else c` both, without the condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts_in(node.body)
        yield from texts_in(node.orelse)


def icons_named_in(source: Path) -> Iterator[str]:
    """The icon names that the code passes to `icon(…)` and `paint_icon(…)`."""
    place = {"icon": 0, "paint_icon": 2}
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and called(node) in place:
            for argument in node.args[place[called(node)] :][:1]:
                yield from texts_in(argument)


def drawn(image_of: QIcon, side: int, ratio: float = 1.0) -> QImage:
    return image_of.pixmap(QSize(side, side), ratio).toImage()


def colors_in(image: QImage) -> set[str]:
    """The colors of the opaque pixels."""
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


def test_every_icon_named_in_the_window_exists() -> None:
    named = {
        (name, source.name)
        for source in (ROOT / "ui").rglob("*.py")
        for name in icons_named_in(source)
    }
    assert len(named) > 10
    assert not [pair for pair in sorted(named) if not (ICONS / f"{pair[0]}.svg").is_file()]


@pytest.mark.parametrize(
    "purpose",
    [purpose.name for purpose in UPLOAD_PURPOSES + OUTPUT_PURPOSES] + ["unheard_of", "", None],
)
def test_every_purpose_has_an_icon(purpose: str | None) -> None:
    assert colors_in(drawn(purpose_icon(purpose), 32))


@pytest.mark.parametrize(
    ("name", "icon_name"),
    [
        ("run.jsonl", "file-braces"),
        ("RUN.JSONL", "file-braces"),
        ("a.b.csv", "file-spreadsheet"),
        ("scan.png", "file-image"),
        ("notes", "file"),
        ("odd.xyz", "file"),
        ("", "file"),
    ],
)
def test_each_kind_of_file_has_an_existing_icon(name: str, icon_name: str) -> None:
    assert file_icon_name(name) == icon_name
    assert (ICONS / f"{icon_name}.svg").is_file()


def test_an_icon_follows_the_palette(qapp: QApplication) -> None:
    mark = icon("check", Role.ACCENT)
    for dark in (False, True, False):
        palette = make_palette(dark=dark)
        qapp.setPalette(palette)
        assert colors_in(drawn(mark, 48)) == {color(Role.ACCENT, palette).name()}


def test_a_disabled_icon_is_muted() -> None:
    mark = icon("check", Role.ACCENT)
    disabled = mark.pixmap(QSize(48, 48), QIcon.Mode.Disabled).toImage()
    assert color(Role.ACCENT, QApplication.palette()).name() not in colors_in(disabled)


def test_an_icon_without_space_is_empty() -> None:
    # Qt would warn about painting on a null pixmap, which would fail this test.
    assert icon("check").pixmap(QSize(0, 16)).isNull()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_an_icon_has_the_screens_resolution(ratio: float) -> None:
    picture = icon("check").pixmap(QSize(16, 16), ratio)
    assert picture.size() == QSize(round(16 * ratio), round(16 * ratio))
    assert picture.devicePixelRatio() == ratio
    # Rendered at that size, not scaled up.
    assert picture.toImage() == drawn_at_once("check", round(16 * ratio), ratio)


def drawn_at_once(name: str, pixels: int, ratio: float) -> QImage:
    image = icon(name).pixmap(QSize(pixels, pixels), 1.0).toImage()
    image.setDevicePixelRatio(ratio)
    return image


def test_a_delegate_paints_sharp_icons_at_double_scale() -> None:
    image = QImage(32, 32, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    image.setDevicePixelRatio(2)
    painter = QPainter(image)
    paint_icon(painter, QRect(0, 0, 16, 16), "check", color(Role.TEXT, QApplication.palette()))
    painter.end()
    sharp = drawn(icon("check"), 32).convertToFormat(image.format())
    sharp.setDevicePixelRatio(2)
    assert image == sharp


@pytest.mark.parametrize("side", [16, 24, 32, 48, 64, 128, 256])
def test_the_program_icon_has_a_drawing_for_each_common_size(side: int) -> None:
    picture = program_icon().pixmap(QSize(side, side), 1.0)
    assert picture.size() == QSize(side, side)
    image = picture.toImage()
    assert image.pixelColor(0, 0).alpha() < 128
    assert image.pixelColor(side // 8, side // 2).alpha() == 255
    whitish = [name for name in colors_in(image) if name >= "#f0" and name.endswith("ff")]
    assert whitish


def test_every_icon_is_named_in_the_license() -> None:
    assert "ISC License" in (ICONS / "LICENSE.txt").read_text(encoding="utf-8")
    for own in ("filewharf.svg", "filewharf-16.svg"):
        assert "<title>Filewharf</title>" in (ICONS / own).read_text(encoding="utf-8")


def test_an_icon_keeps_a_gap_from_text(qtbot: QtBot) -> None:
    button = QPushButton(icon("download"), "Download")
    qtbot.addWidget(button)
    space_icon(button, 16)
    size = button.iconSize()
    picture = icon("download").pixmap(size).toImage()
    assert size.height() == 16
    assert size.width() > 16
    inked = [
        x
        for x in range(picture.width())
        if any(picture.pixelColor(x, y).alpha() for y in range(picture.height()))
    ]
    assert inked
    assert max(inked) < 16
    button.setText("")
    space_icon(button)
    assert button.iconSize() == QSize(16, 16)  # without text it is centered


@pytest.mark.parametrize("drawn", [lambda: icon("search"), lambda: purpose_icon("batch"), dot_icon])
def test_the_garbage_collector_never_takes_what_draws_from_an_icon(
    drawn: Callable[..., QIcon],
) -> None:
    # It deleted the engine, and the icon deleted it once more: the interpreter crashed at exit.
    made = drawn("teal") if drawn is dot_icon else drawn()
    assert not [one for one in gc.get_referents(made) if isinstance(one, QIconEngine)]
    assert not made.pixmap(16, 16).isNull()
