from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from services.checks.events import PathsGathered
from services.providers.official import OPENAI
from services.providers.providers import provider_named
from services.providers.purposes import UPLOAD_PURPOSES
from tests.support.factories import local_file
from tests.support.shown_widget import shown_widget
from ui.uploads.drop_layout import lay_out
from ui.uploads.drop_overlay import MATCH_EACH_FILE, DropOverlay

_PATHS = [Path("/a/one.jsonl"), Path("/a/scan.png")]
_NOWHERE = QPoint(0, 0)
_TILES = [MATCH_EACH_FILE, *(purpose.name for purpose in UPLOAD_PURPOSES)]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    return shown_widget(qtbot, QWidget(), 900, 600)


@pytest.fixture
def overlay(window: QWidget) -> DropOverlay:
    return DropOverlay(window)


def test_it_shows_only_during_a_drag(overlay: DropOverlay) -> None:
    assert not overlay.isVisible()
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert overlay.isVisible()
    overlay.end()
    assert not overlay.isVisible()


def test_each_tile_is_found_by_its_position(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    for name in _TILES:
        assert overlay.tile_at(overlay.tile_rect(name).center()) == name


def test_a_drop_between_tiles_or_on_the_first_matches_each_file(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert overlay.tile_at(_NOWHERE) is None
    assert overlay.purpose_at(_NOWHERE) is None
    assert overlay.purpose_at(overlay.tile_rect(MATCH_EACH_FILE).center()) is None


def test_a_purpose_that_does_not_fit_can_still_be_chosen(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert overlay.purpose_at(overlay.tile_rect("batch").center()) == "batch"


def test_the_tile_under_the_pointer_is_highlighted(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    place = overlay.tile_rect("vision")
    dark = overlay.grab(place).toImage()
    overlay.hover(_PATHS, place.center(), OPENAI)
    lit = overlay.grab(place).toImage()
    assert lit != dark
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert overlay.grab(place).toImage() == dark


def test_screen_readers_can_read_what_is_dragged(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert overlay.accessibleDescription() == "Drop 2 files to upload as… 1 × .jsonl, 1 × .png"
    overlay.show_gathered(PathsGathered(1, (local_file(_PATHS[0], size=2_000_000),), 0, 0))
    assert overlay.accessibleDescription() == (
        "Drop 1 file to upload as… 1 × .jsonl · 2.0 MB total"
    )


def test_gathered_details_survive_pointer_moves(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    overlay.show_gathered(PathsGathered(1, (local_file(_PATHS[0], size=2_000_000),), 0, 0))
    overlay.hover(list(_PATHS), QPoint(5, 5), OPENAI)
    assert "2.0 MB" in overlay.accessibleDescription()


def test_new_files_replace_the_gathered_details(overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    overlay.show_gathered(PathsGathered(1, (local_file(_PATHS[0], size=2_000_000),), 0, 0))
    overlay.end()
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert "2.0 MB" not in overlay.accessibleDescription()


def test_it_covers_and_follows_its_area(qtbot: QtBot, window: QWidget) -> None:
    area = QWidget(window)
    area.setGeometry(200, 50, 700, 400)
    area.show()
    overlay = DropOverlay(window, area)
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert overlay.geometry() == QRect(200, 50, 700, 400)
    area.setGeometry(100, 50, 500, 300)
    qtbot.waitUntil(lambda: overlay.geometry() == QRect(100, 50, 500, 300))


def test_pointer_and_drop_events_pass_through(window: QWidget, overlay: DropOverlay) -> None:
    overlay.hover(_PATHS, _NOWHERE, OPENAI)
    assert not overlay.acceptDrops()
    assert QApplication.widgetAt(window.mapToGlobal(QPoint(450, 300))) is window


@pytest.mark.parametrize(
    "size", [(427, 270), (640, 480), (900, 600), (1146, 610), (1600, 1000), (3840, 2100)]
)
@pytest.mark.parametrize("line", [14, 17, 24])
def test_tiles_stay_in_the_area_and_do_not_touch(size: tuple[int, int], line: int) -> None:
    area = QRect(0, 0, *size)
    layout = lay_out(area, len(UPLOAD_PURPOSES), 2 * line, line)
    places = [layout.title, layout.kinds, *layout.tiles]
    for number, place in enumerate(places):
        assert area.contains(place)
        assert not any(place.intersects(other) for other in places[number + 1 :])
    first, *rest = layout.tiles
    assert min(tile.left() for tile in rest) == first.left()
    assert max(tile.right() for tile in rest) == first.right()


def test_the_tiles_are_the_purposes_of_the_server(overlay: DropOverlay) -> None:
    mistral = provider_named("mistral")
    overlay.hover(_PATHS, _NOWHERE, mistral)
    for name in (MATCH_EACH_FILE, "batch", "fine-tune", "ocr"):
        assert overlay.tile_at(overlay.tile_rect(name).center()) == name
    with pytest.raises(ValueError, match="vision"):
        overlay.tile_rect("vision")
