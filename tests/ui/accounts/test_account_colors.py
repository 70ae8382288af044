"""Account dots are distinguishable, and none looks like a status."""

import math
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from services.providers.account import AccountKind
from tests.support.factories import account
from tests.ui.test_theme import contrast
from ui.accounts.account_colors import account_colors, color_title, dot_icon
from ui.theme import ACCOUNT_COLORS, Role, account_color, color, make_palette

STATUS = (Role.DANGER, Role.WARNING, Role.SUCCESS)
GROUNDS = (
    Role.CARD,
    Role.SIDEBAR,
    Role.SELECTION,
    Role.INACTIVE_SELECTION,
    Role.HOVER,
    Role.BORDER,
)
NAMES = ("", *ACCOUNT_COLORS)
ACCOUNTS = [account(str(number), id=f"account-{number}") for number in range(40)]
SANDBOX = account("Sandbox", id="sandbox", kind=AccountKind.SANDBOX)


def perceived(of: QColor) -> tuple[float, float, float]:
    """A color in Oklab: lightness, green to red, and blue to yellow."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (of.redF(), of.greenF(), of.blueF())
    )
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def distance(one: QColor, other: QColor) -> float:
    """The Oklab distance of two colors; about 0.02 is just visible side by side."""
    return math.dist(perceived(one), perceived(other))


def hue(of: QColor) -> float:
    _lightness, red, yellow = perceived(of)
    return math.degrees(math.atan2(yellow, red)) % 360


def hues_apart(one: QColor, other: QColor) -> float:
    between = abs(hue(one) - hue(other))
    return min(between, 360 - between)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("status", STATUS, ids=lambda role: role.name)
@pytest.mark.parametrize("name", NAMES)
def test_no_account_looks_like_a_status(name: str, status: Role, dark: bool) -> None:
    palette = make_palette(dark=dark)
    shown, alarm = account_color(name, palette), color(status, palette)
    assert distance(shown, alarm) > 0.1
    if name:  # gray has no hue
        assert hues_apart(shown, alarm) > 40


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_account_colors_are_distinct_and_visible_on_every_background(dark: bool) -> None:
    palette = make_palette(dark=dark)
    colors = [account_color(name, palette) for name in NAMES]
    assert min(distance(one, other) for one, other in combinations(colors, 2)) > 0.08
    for ground in GROUNDS:
        assert min(contrast(one, color(ground, palette)) for one in colors) > 3


def test_a_few_accounts_have_distinct_colors_whatever_their_ids() -> None:
    few = len(ACCOUNT_COLORS)
    for start in range(len(ACCOUNTS) - few):
        colors = account_colors(ACCOUNTS[start : start + few])
        assert set(colors.values()) == set(ACCOUNT_COLORS)
    assert set(account_colors(ACCOUNTS).values()) == set(ACCOUNT_COLORS)


def test_an_account_keeps_its_color_when_accounts_are_moved() -> None:
    few = ACCOUNTS[:5]
    assert account_colors(few[::-1]) == account_colors(few)


def test_a_chosen_color_counts_and_others_avoid_it() -> None:
    first, second = ACCOUNTS[:2]
    own = account_colors([first])[first.id]
    chosen = replace(second, color=own)
    colors = account_colors([first, chosen])
    assert colors[chosen.id] == own
    assert colors[first.id] != own
    both = account_colors([replace(first, color=own), chosen])
    assert set(both.values()) == {own}, "two accounts may have the same color, if one wants that"


def test_an_unknown_color_counts_as_none() -> None:
    known, unknown = ACCOUNTS[0], replace(ACCOUNTS[0], color="ultraviolet")
    assert account_colors([unknown]) == account_colors([known])


def test_the_sandbox_uses_up_no_color() -> None:
    assert account_colors([SANDBOX]) == {"sandbox": ""}
    assert account_colors([replace(SANDBOX, color="teal")]) == {"sandbox": ""}
    with_sandbox = account_colors([SANDBOX, *ACCOUNTS[:6]])
    assert with_sandbox == {"sandbox": ""} | account_colors(ACCOUNTS[:6])


def test_each_color_has_a_name() -> None:
    assert len({color_title(name) for name in ACCOUNT_COLORS}) == len(ACCOUNT_COLORS)


def test_the_dot_of_the_open_account_is_larger_with_a_check_mark() -> None:
    def image(state: QIcon.State) -> QImage:
        return dot_icon("teal").pixmap(QSize(16, 16), 1.0, QIcon.Mode.Normal, state).toImage()

    def covered(one: QImage) -> list[str]:
        places = [(x, y) for x in range(16) for y in range(16)]
        shown = [one.pixelColor(*place) for place in places]
        return [of.name() for of in shown if of.alpha() == 255]

    plain, chosen = covered(image(QIcon.State.Off)), covered(image(QIcon.State.On))
    assert len(set(plain)) == 1
    assert len(chosen) > len(plain)
    assert len(set(chosen)) > 1
