"""Curves are drawn through all their points, whether these are near each other or not."""

import math
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui.inside.curves.curve_lines import Places, paint_curve

INK = QColor("#3552d6")
WIDTH, HEIGHT = 200, 100


def drawn(
    places: Places, *, width: float = 1, dot: float = 0, ratio: float = 1, pixels: bool = True
) -> QImage:
    image = QImage(round(WIDTH * ratio), round(HEIGHT * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_curve(painter, places, QPen(INK, width), dot, ratio if pixels else None)
    painter.end()
    return image


def rows(image: QImage, column: int) -> list[int]:
    """Where a column has ink."""
    white = QColor(Qt.GlobalColor.white).rgb()
    return [row for row in range(image.height()) if image.pixel(column, row) != white]


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_noise_fills_each_column_from_the_lowest_to_the_highest_value(ratio: float) -> None:
    noise = [(at / 10, 20 if at % 2 else 80) for at in range(10, 1_900)]
    image = drawn(noise, ratio=ratio)
    for column in range(round(2 * ratio), round(188 * ratio)):
        assert rows(image, column)[0] == pytest.approx(20 * ratio, abs=1)
        assert rows(image, column)[-1] == pytest.approx(80 * ratio, abs=1)
        for row in range(round(22 * ratio), round(78 * ratio)):
            shown = image.pixelColor(column, row)
            assert shown.red() == pytest.approx(INK.red(), abs=3)


@pytest.mark.parametrize("distance", [0.1, 0.7, 1.5, 3])
@pytest.mark.parametrize("pixels", [True, False])
def test_a_curve_has_no_holes(distance: float, pixels: bool) -> None:
    curve = [
        (5 + at * distance, 50 + 40 * math.sin(at * distance / 9))
        for at in range(int(180 / distance))
    ]
    image = drawn(curve, width=2, pixels=pixels)
    columns = [rows(image, column) for column in range(7, 150)]
    assert all(columns)
    for before, after in pairwise(columns):
        assert before[0] <= after[-1] + 1
        assert after[0] <= before[-1] + 1
    flat = columns[round(9 * math.pi / 2) - 2]
    assert 2 <= len(flat) <= 4
    assert flat[-1] == pytest.approx(90, abs=2)


def test_a_jump_within_a_dense_curve_is_drawn() -> None:
    for noise in (2, 9):
        curve = [(at / 2, (20 if at < 200 else 70) + noise * (at % 2)) for at in range(400)]
        image = drawn(curve)
        assert rows(image, 50)[-1] < 30
        assert len(rows(image, 100)) > 50
        assert rows(image, 150)[0] > 65


def test_points_have_dots_where_there_is_room() -> None:
    assert len(rows(drawn([(20, 50), (60, 50)], dot=3), 20)) >= 6
    assert len(rows(drawn([(20, 50), (22, 50)], dot=3), 20)) < 4
    assert len(rows(drawn([(20, 50), (60, 50)]), 20)) < 4
    assert len(rows(drawn([(20, 50)]), 20)) >= 2
