"""Account dots are distinguishable, and none looks like a status."""

import math
from itertools import combinations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from services.providers.account import AccountKind
from tests.support.factories import account
from tests.support.narrowing import not_none
from tests.ui.test_theme import contrast
from ui.accounts.account_colors import color_numbers, dot_icon
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
NUMBERS = (None, *range(len(ACCOUNT_COLORS)))
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
@pytest.mark.parametrize("number", NUMBERS)
def test_no_account_looks_like_a_status(number: int | None, status: Role, dark: bool) -> None:
    palette = make_palette(dark=dark)
    shown, alarm = account_color(number, palette), color(status, palette)
    assert distance(shown, alarm) > 0.1
    if number is not None:  # gray has no hue
        assert hues_apart(shown, alarm) > 40


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_account_colors_are_distinct_and_visible_on_every_background(dark: bool) -> None:
    palette = make_palette(dark=dark)
    colors = [account_color(number, palette) for number in NUMBERS]
    assert min(distance(one, other) for one, other in combinations(colors, 2)) > 0.08
    for ground in GROUNDS:
        assert min(contrast(one, color(ground, palette)) for one in colors) > 3


def test_a_few_accounts_have_distinct_colors_whatever_their_ids() -> None:
    few = len(ACCOUNT_COLORS)
    for start in range(len(ACCOUNTS) - few):
        numbers = color_numbers(ACCOUNTS[start : start + few])
        assert sorted(not_none(number) for number in numbers.values()) == list(range(few))
    assert set(color_numbers(ACCOUNTS).values()) == set(range(few))


def test_an_account_keeps_its_color_when_others_are_added_after_it() -> None:
    before = color_numbers(ACCOUNTS[:3])
    after = color_numbers(ACCOUNTS)
    assert {id_: after[id_] for id_ in before} == before
    assert color_numbers(ACCOUNTS) == after


def test_the_sandbox_uses_up_no_color() -> None:
    assert color_numbers([SANDBOX]) == {"sandbox": None}
    with_sandbox = color_numbers([SANDBOX, *ACCOUNTS[:6]])
    assert with_sandbox == {"sandbox": None} | color_numbers(ACCOUNTS[:6])


def test_the_dot_of_the_open_account_is_larger_with_a_check_mark() -> None:
    def image(state: QIcon.State) -> QImage:
        return dot_icon(0).pixmap(QSize(16, 16), 1.0, QIcon.Mode.Normal, state).toImage()

    def covered(one: QImage) -> list[str]:
        places = [(x, y) for x in range(16) for y in range(16)]
        shown = [one.pixelColor(*place) for place in places]
        return [of.name() for of in shown if of.alpha() == 255]

    plain, chosen = covered(image(QIcon.State.Off)), covered(image(QIcon.State.On))
    assert len(set(plain)) == 1
    assert len(chosen) > len(plain)
    assert len(set(chosen)) > 1
