"""The font of the pictures: Inter where it is installed, so that they look alike everywhere."""

from pathlib import Path

_SETTINGS = """[General]
font=Inter,10,-1,5,50,0,0,0,0,0
[KDE]
widgetStyle=fusion
"""


def with_inter(folder: Path) -> dict[str, str]:
    """The environment of a program that finds a desktop whose font is Inter, 10 points.

    Without a desktop Qt takes 9 points, smaller than people have it anywhere; its own variable for
    the resolution of fonts would enlarge the window too.
    """
    place = folder / "desktop"
    place.mkdir(exist_ok=True)
    (place / "kdeglobals").write_text(_SETTINGS, encoding="utf-8")
    return {
        "QT_QPA_PLATFORMTHEME": "kde",
        "XDG_CURRENT_DESKTOP": "KDE",
        "KDE_SESSION_VERSION": "6",
        "XDG_CONFIG_DIRS": str(place),
    }
