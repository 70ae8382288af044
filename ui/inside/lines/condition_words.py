"""Column filters and the ranges of histograms in words."""

import math

from services.previews.rows.line_filter import Condition, IsMissing, LengthIn, NumberIn, ValueIs
from services.system.language import _
from services.system.locale_format import decimal, whole
from ui.wording import one_line, shortened

Range = tuple[float, float | None]
"""From the first number up to, but without, the second; None is no limit."""

_MAX_VALUE = 60
"""Characters shown of a value."""
_LARGEST_WRITTEN_OUT = 1e15
_MOST_DIGITS = 6


def condition_in_words(column: str, condition: Condition, *, are_whole: bool = False) -> str:
    """What a filter shows of a column, given its name: “Model is gpt-4.1”.

    `are_whole` is True for a column of whole numbers.
    """
    match condition:
        case ValueIs(text=text) if text:
            value = one_line(shortened(text, _MAX_VALUE))
            return _("{column} is {value}").format(column=column, value=value)
        case ValueIs():
            return _("{column} is empty").format(column=column)
        case IsMissing():
            return _("{column} is missing").format(column=column)
        case NumberIn(at_least=low, below=high):
            values = range_in_words(low, high, are_whole=are_whole)
            # Translators: a column of numbers and a range of them, such as “Tokens: 10 to 19”.
            return _("{column}: {values}").format(column=column, values=values)
        case LengthIn(at_least=low, below=high):
            values = range_in_words(low, high, are_whole=True)
            return _("{column}: {values} characters").format(column=column, values=values)
    return column


def range_of(condition: Condition | None) -> Range | None:
    """The range of numbers or lengths that a filter shows."""
    if isinstance(condition, NumberIn | LengthIn) and condition.at_least is not None:
        return condition.at_least, condition.below
    return None


def range_in_words(low: float | None, high: float | None, *, are_whole: bool = False) -> str:
    """A range that ends below `high`: “10 to 19” if all numbers are whole, else “10 to under 20”."""
    if low is None and high is None:
        return _("any")
    if low is None or high is None:
        bound = low if low is not None else high
        text = _("{bound} or more") if high is None else _("under {bound}")
        return text.format(bound=number_in_words(bound or 0.0))
    step = high - low
    if are_whole and step == 1:
        return number_in_words(low)
    text = _("{low} to {high}") if are_whole else _("{low} to under {high}")
    last = high - 1 if are_whole else high
    return text.format(low=number_in_words(low, step), high=number_in_words(last, step))


def number_in_words(number: float, step: float = 1.0) -> str:
    """A number with as many digits as tell it from those that are `step` away."""
    if abs(number) >= _LARGEST_WRITTEN_OUT or 0 < step < 10.0**-_MOST_DIGITS:
        return str(number)
    digits = 0 if step >= 1 else math.ceil(-math.log10(step) - 1e-9)
    if digits == 0 and not float(number).is_integer():
        digits = 1
    return whole(round(number)) if digits == 0 else decimal(number, digits)
