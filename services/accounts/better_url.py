"""Finds the base URL that was probably meant, by asking the same server at other addresses."""

from collections.abc import Callable

from services.api.files_api import FilesApi
from services.api.retry import NO_RETRIES
from services.problems.errors import FilesError, ProblemKind
from services.providers.url_corrections import url_corrections
from services.system.cancellation import CancelToken

_ANSWERS_OF_THE_API = frozenset(
    {
        ProblemKind.KEY_REFUSED,
        ProblemKind.NOT_PERMITTED,
        ProblemKind.QUOTA_USED_UP,
        ProblemKind.RATE_LIMITED,
    }
)
"""Refusals that show that there is an API."""

_NOWHERE = "/filewharf-asks-for-what-cannot-exist"


def answers_anything(api: FilesApi, token: CancelToken) -> bool:
    """Whether the server answers even an address that can't exist with success."""
    try:
        return api.answers_at(_NOWHERE, token)
    except FilesError:
        return False


def find_better_url(base_url: str, open_at: Callable[[str], FilesApi], token: CancelToken) -> str:
    """The first correction of a base URL at which there is a Files API; empty if there is none.

    `open_at` makes the `FilesApi` for another base URL. Raises Cancelled.
    """
    for url in url_corrections(base_url):
        api = open_at(url)
        try:
            page = api.list_page(token, retry_policy=NO_RETRIES)
        except FilesError as error:
            if error.problem.kind in _ANSWERS_OF_THE_API and error.problem.status:
                return url
            if error.problem.status is None:
                return ""  # it isn't reached any more
            continue
        if page.other_api is None and (page.files or not answers_anything(api, token)):
            return url
    return ""
