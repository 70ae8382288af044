"""CSV for spreadsheets and programs. Everything that is saved as CSV goes through here.

Every cell is quoted. Text that a spreadsheet would run as a formula is prefixed with an apostrophe,
since anyone who uploads files chooses their names
(https://owasp.org/www-community/attacks/CSV_Injection). This covers leading spaces, full-width
signs, and cells that appear when a spreadsheet splits the text at semicolons or tabs.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
_IGNORED = r"[\s\"\u200b-\u200f\u2060\ufeff]*"
"""Characters that spreadsheets ignore before a sign."""
_AT_START = re.compile(rf"[\t\r\n]|{_IGNORED}[{_SIGNS}]")
_AFTER_SEPARATOR = re.compile(rf"([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])(?={_IGNORED}[{_SIGNS}])")


class NumberText:
    """A number that must stay as it's written, digit for digit. Its sign is no formula."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def csv_text(rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows as CSV in UTF-8. None becomes an empty cell, numbers stay as they are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([_without_formulas(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _without_formulas(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = _AFTER_SEPARATOR.sub(r"\1'", value)
    return f"'{text}" if _AT_START.match(text) else text
