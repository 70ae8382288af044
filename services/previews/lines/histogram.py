"""Histograms whose bounds read well: multiples of 1, 2 or 5 and a power of ten."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import msgspec

MAX_BINS = 20
_SHOWN_SHARE = 0.98
"""If a few numbers are far above this share of all, they aren't shown one by one."""
_FAR = 1.5
_FEWEST_TO_CUT = 50
_LARGEST = 1e300


class Histogram(msgspec.Struct, frozen=True):
    """How many numbers are in each of some ranges."""

    bounds: tuple[float, ...]
    """Where the ranges begin and, last, where the last one ends.

    A number that equals a bound is in the range that begins there.
    """
    counts: tuple[int, ...]
    beyond: int = 0
    """How many numbers are behind the last bound, if a few are far from the others."""


def histogram_of(numbers: Iterable[float]) -> Histogram | None:
    """Count numbers in at most 20 ranges; None if there are no numbers.

    Infinite numbers and those above 1e300 don't count. The bounds of whole numbers are whole.
    """
    ordered = sorted(number for number in numbers if abs(number) < _LARGEST)
    if not ordered:
        return None
    lowest, highest = ordered[0], ordered[-1]
    shown = ordered[math.ceil(_SHOWN_SHARE * len(ordered)) - 1]
    if len(ordered) >= _FEWEST_TO_CUT and highest - lowest > _FAR * (shown - lowest) > 0:
        highest = shown
    are_whole = all(float(number).is_integer() for number in ordered)
    bounds = _bounds(lowest, highest, are_whole=are_whole)
    before = [bisect_left(ordered, bound) for bound in bounds]
    counts = [after - upto for upto, after in pairwise(before)]
    return Histogram(tuple(bounds), tuple(counts), len(ordered) - before[-1])


def _bounds(lowest: float, highest: float, *, are_whole: bool) -> Sequence[float]:
    for step in _steps(lowest, highest, are_whole=are_whole):
        first = math.floor(Fraction(lowest) / step)
        while float((first + 1) * step) <= lowest:  # the exact bound may be a bit above
            first += 1
        bounds = [float(first * step)]
        while bounds[-1] <= highest and len(bounds) <= MAX_BINS:
            bounds.append(float((first + len(bounds)) * step))
        if bounds[-1] > highest:
            return bounds
    raise AssertionError("some step is large enough")


def _steps(lowest: float, highest: float, *, are_whole: bool) -> Iterator[Fraction]:
    """Steps between bounds, from one that is too small."""
    # Below this, neighboring bounds would be the same number.
    finest = 4 * math.ulp(max(abs(lowest), abs(highest)))
    smallest = max((highest - lowest) / MAX_BINS, finest)
    exponent = math.floor(math.log10(smallest))
    if are_whole:
        exponent = max(exponent, 0)
    while True:
        power = Fraction(10) ** exponent
        yield from (mantissa * power for mantissa in (1, 2, 5) if mantissa * power >= finest)
        exponent += 1
