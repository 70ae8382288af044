"""Parses the values of filters: operators and sizes. No Qt."""

from services.browse.conditions import Condition, SizeBetween
from services.system.language import _
from services.system.sizes import ParsedSize, parse_size


class InvalidValue(ValueError):
    """The value of a filter isn't valid; the message, if any, is a sentence for the user."""


def parse_size_filter(value: str) -> Condition:
    """Parse `size:`. `=12KB` matches the sizes that the table shows as 12 KB."""
    operator, text = split_operator(value)
    first, dots, last = text.partition("..")
    if dots:
        return _parse_range(operator, first, last)
    written = _parse_one(text)
    size = written.size
    match operator:
        case ">":
            return SizeBetween(size + 1, None)
        case ">=":
            return SizeBetween(size, None)
        case "<":
            return SizeBetween(None, size - 1)
        case "<=":
            return SizeBetween(None, size)
    # Half a unit of the last digit either way.
    smallest = size - written.step // 2
    return SizeBetween(smallest, smallest + written.step - 1)


def split_operator(value: str) -> tuple[str, str]:
    """The leading operator, if any, and the rest."""
    value = value.replace("≤", "<=").replace("≥", ">=")
    length = 2 if value[:2] in ("<=", ">=") else 1 if value[:1] in ("<", ">", "=") else 0
    return value[:length], value[length:]


def backwards_range(example: str) -> InvalidValue:
    """The error for a range that ends before it starts."""
    return InvalidValue(
        _("The range is backwards. Put the smaller end first, as in {example}.").format(
            example=example
        )
    )


def _parse_range(operator: str, first: str, last: str) -> Condition:
    smallest = _parse_one(first).size if first else None
    largest = _parse_one(last).size if last else None
    if operator or (smallest is None and largest is None):
        raise InvalidValue
    if smallest is not None and largest is not None and smallest > largest:
        raise backwards_range("size:1MB..5MB")
    return SizeBetween(smallest, largest)


def _parse_one(text: str) -> ParsedSize:
    written = parse_size(text)
    if written is None:
        raise InvalidValue
    return written
