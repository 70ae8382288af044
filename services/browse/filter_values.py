"""What stands after the colon of a filter: how it is taken apart, and sizes. No Qt."""

from services.browse.conditions import Condition, SizeWithin
from services.system.language import _
from services.system.sizes import ParsedSize, parse_size


class NotUnderstood(ValueError):
    """The value of a filter says nothing; the text, if any, is a sentence that tells why."""


def read_size_value(value: str) -> Condition:
    """Sizes above, below, equal to or between sizes; `=12KB` is what the table shows so."""
    operator, text = taken_apart(value)
    first, dots, last = text.partition("..")
    if dots:
        return _read_range(operator, first, last)
    written = _read(text)
    size = written.size
    match operator:
        case ">":
            return SizeWithin(size + 1, None)
        case ">=":
            return SizeWithin(size, None)
        case "<":
            return SizeWithin(None, size - 1)
        case "<=":
            return SizeWithin(None, size)
    # Half a step of the last digit either way.
    smallest = size - written.step // 2
    return SizeWithin(smallest, smallest + written.step - 1)


def taken_apart(value: str) -> tuple[str, str]:
    """The operator before a value, if any, and the rest."""
    value = value.replace("≤", "<=").replace("≥", ">=")
    length = 2 if value[:2] in ("<=", ">=") else 1 if value[:1] in ("<", ">", "=") else 0
    return value[:length], value[length:]


def backwards(example: str) -> NotUnderstood:
    """What to raise for a range that ends before it begins."""
    return NotUnderstood(
        _("The range is backwards. Put the smaller end first, as in {example}.").format(
            example=example
        )
    )


def _read_range(operator: str, first: str, last: str) -> Condition:
    smallest = _read(first).size if first else None
    largest = _read(last).size if last else None
    if operator or (smallest is None and largest is None):
        raise NotUnderstood
    if smallest is not None and largest is not None and smallest > largest:
        raise backwards("size:1MB..5MB")
    return SizeWithin(smallest, largest)


def _read(text: str) -> ParsedSize:
    written = parse_size(text)
    if written is None:
        raise NotUnderstood
    return written
