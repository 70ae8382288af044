"""Uses Inter in the pictures, if it is installed, so that they look the same everywhere."""

from pathlib import Path

_SETTINGS = """[General]
font=Inter,10,-1,5,50,0,0,0,0,0
[KDE]
widgetStyle=fusion
"""


def with_inter(folder: Path) -> dict[str, str]:
    """The environment of a desktop that uses Inter at 10 points.

    Without a desktop, Qt uses 9 points, which is smaller than usual. Qt's variable for the font
    resolution would also enlarge the window.
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
