"""How the locale writes numbers, for the texts of the services too."""

from PySide6.QtCore import QLocale

from services.system.numbers import NumberFormat


def format_of(locale: QLocale) -> NumberFormat:
    """What a locale does; Qt's locales may be used by several threads."""
    return NumberFormat(
        locale.toString,
        lambda number, digits: locale.toString(float(number), "f", digits),
        locale.decimalPoint(),
        locale.groupSeparator(),
    )
