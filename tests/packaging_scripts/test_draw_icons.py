"""The program's icon at all sizes is what the drawings show."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.packaging_scripts.conftest import Load


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
def test_the_icons_are_up_to_date(load: Load, tmp_path: Path) -> None:
    draw_icons = load("draw_icons")
    draw_icons.draw(tmp_path)
    kept = {path.name: QImage(str(path)) for path in draw_icons.DRAWN.iterdir()}
    assert {*kept} == {f"{size}.png" for size in draw_icons.SIZES}
    for name, icon in kept.items():
        drawn = QImage(str(tmp_path / name))
        assert drawn.size() == icon.size()
        assert difference(icon, drawn) < 1, name


def difference(one: QImage, other: QImage) -> float:
    """The mean difference of two images' channels, of 255; versions of Qt differ a little."""
    first, second = pixels(one), pixels(other)
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)


def pixels(image: QImage) -> bytes:
    converted = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return bytes(converted.constBits())  # which belong to the image
