"""Number, month and time formats of a locale, from Qt; the services use them too."""

import re
from datetime import time

from PySide6.QtCore import QLocale, QTime

from services.system.locale_format import LocaleFormat


def format_of(locale: QLocale) -> LocaleFormat:
    """The formats of a locale. Thread-safe, as QLocale is."""
    short = locale.timeFormat(QLocale.FormatType.ShortFormat)
    # Qt has no format with seconds but without a time zone.
    long = re.sub(r"([^\w\s]?)mm", r"\1mm\1ss", short)

    def formatted(moment: time, form: str) -> str:
        return locale.toString(QTime(moment.hour, moment.minute, moment.second), form)

    return LocaleFormat(
        locale.toString,
        lambda number, digits: locale.toString(float(number), "f", digits),
        locale.decimalPoint(),
        locale.groupSeparator(),
        lambda number: locale.monthName(number, QLocale.FormatType.ShortFormat).rstrip("."),
        lambda moment: formatted(moment, short),
        lambda moment: formatted(moment, long),
    )
