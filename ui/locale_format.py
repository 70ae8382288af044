"""How a locale writes numbers, months and times, for the texts of the services too."""

import re
from datetime import time

from PySide6.QtCore import QLocale, QTime

from services.system.locale_format import LocaleFormat


def format_of(locale: QLocale) -> LocaleFormat:
    """What a locale does; Qt's locales may be used by several threads."""
    short = locale.timeFormat(QLocale.FormatType.ShortFormat)
    # No format of Qt has seconds and no time zone.
    long = re.sub(r"([^\w\s]?)mm", r"\1mm\1ss", short)

    def written(moment: time, form: str) -> str:
        return locale.toString(QTime(moment.hour, moment.minute, moment.second), form)

    return LocaleFormat(
        locale.toString,
        lambda number, digits: locale.toString(float(number), "f", digits),
        locale.decimalPoint(),
        locale.groupSeparator(),
        lambda number: locale.monthName(number, QLocale.FormatType.ShortFormat).rstrip("."),
        lambda moment: written(moment, short),
        lambda moment: written(moment, long),
    )
