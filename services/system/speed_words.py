"""The speed of a transfer and the time left, in words."""

from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size

_MINUTE = 60
_HOUR = 60 * _MINUTE


def speed_in_words(bytes_per_second: float) -> str:
    """“21.4 MB/s”."""
    return _("{size}/s").format(size=format_size(round(bytes_per_second)))


def time_left_in_words(seconds: float) -> str:
    """“3 s left”, “4 min left”, “2 h left”."""
    if seconds < _MINUTE:
        return _("{number} s left").format(number=whole(max(1, round(seconds))))
    if seconds < _HOUR:
        return _("{number} min left").format(number=whole(round(seconds / _MINUTE)))
    return _("{number} h left").format(number=whole(round(seconds / _HOUR)))
