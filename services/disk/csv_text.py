"""CSV for spreadsheets and programs: one writer for all that is saved as CSV.

Every cell is quoted. A text that a spreadsheet would take for a formula is led by an apostrophe:
names come from whoever uploads. (https://owasp.org/www-community/attacks/CSV_Injection) That holds
behind leading spaces, for full-width signs, and for what a spreadsheet makes of the text when it
is told that cells are separated by semicolons or tabs.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
_PASSED_OVER = r"[\s\"\u200b-\u200f\u2060\ufeff]*"
"""What may stand before a sign without making the cell a text."""
_AT_THE_BEGIN = re.compile(rf"[\t\r\n]|{_PASSED_OVER}[{_SIGNS}]")
_WITHIN = re.compile(rf"([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])(?={_PASSED_OVER}[{_SIGNS}])")


def csv_text(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as UTF-8; None is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = _WITHIN.sub(r"\1'", value)
    return f"'{text}" if _AT_THE_BEGIN.match(text) else text
