"""Round numbers for the grid of a chart."""

import math

import msgspec

from services.system.locale_format import decimal, whole

_STEPS = (1, 2, 2.5, 5, 10)


class Ticks(msgspec.Struct, frozen=True):
    """The numbers at which an axis has a line."""

    values: tuple[float, ...]
    digits: int
    """Digits after the decimal point that tell them apart."""

    def in_words(self, value: float) -> str:
        """A value as precise as the axis: “1.4”, “2,500”."""
        return decimal(value, self.digits) if self.digits else whole(round(value))


def ticks(low: float, high: float, most: int) -> Ticks:
    """At most `most` round numbers from `low` to `high`, evenly spaced."""
    if not high > low:
        return Ticks((), 0)
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in _STEPS if one * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    if round(step * 10**digits) != round(step * 10**digits, 6):
        digits += 1  # 2.5 or 0.25
    return Ticks(tuple(number * step for number in range(first, last + 1)), digits)
