"""The parameters of a list of files besides its page: order and purpose."""

import re

from services.problems.errors import FilesError
from services.providers.paging import GUESSED_PURPOSE, Cursor, Paging

_REFUSED = frozenset({400, 422})
_MISSING = re.compile(r"\b(?:required|missing)\b", re.IGNORECASE)


class ListQuery:
    """Those that the provider's row names, corrected by what the server refuses."""

    def __init__(self, paging: Paging) -> None:
        self._paging = paging
        self._newest_first = dict(paging.newest_first)
        self._always = dict(paging.always)

    def parameters(self, purpose: str | None, *, newest_first: bool) -> dict[str, str]:
        """The parameters for files of a purpose, or of all, if possible in that order."""
        query = dict(self._always)
        if newest_first:
            query |= self._newest_first
        if purpose and self._paging.purpose_parameter:
            query[self._paging.purpose_parameter] = purpose
        return query

    def learn_from(self, error: FilesError, sent: dict[str, str]) -> bool:
        """Note why the server refused these parameters; return whether to try again."""
        if error.problem.status not in _REFUSED:
            return False
        about = f"{error.param} {error.problem.detail}"
        refused = [name for name in self._newest_first if name in sent and _names(about, name)]
        if refused:
            self._newest_first = {}
            return True
        purpose = self._paging.purpose_parameter
        if self._paging.cursor is not Cursor.GUESSED:
            return False
        if purpose not in sent and _names(about, purpose) and _MISSING.search(about):
            self._always = {purpose: GUESSED_PURPOSE}
            return True
        return False


def _names(text: str, parameter: str) -> bool:
    return re.search(rf"\b{parameter}\b", text, re.IGNORECASE) is not None
