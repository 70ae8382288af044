"""Tests an account: whether the server responds, accepts the key, and has a Files API."""

import time

from services.accounts.events import AccountTested
from services.api.files_api import FilesApi
from services.api.network_in_use import FindNetwork
from services.problems.errors import FilesError, ProblemKind
from services.providers.account import Account
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

_UNREACHED = frozenset(
    {
        ProblemKind.BAD_ADDRESS,
        ProblemKind.UNREACHABLE,
        ProblemKind.CONNECTION_LOST,
        ProblemKind.PROXY_UNUSABLE,
        ProblemKind.TLS_FAILED,
        ProblemKind.TIMED_OUT,
    }
)


def check_connection(
    account: Account,
    key: str,
    request: int,
    token: CancelToken,
    api: FilesApi | None = None,
    find_network: FindNetwork | None = None,
) -> AccountTested:
    """Request one page, and report which steps passed. Raises Cancelled."""
    started = time.monotonic()
    try:
        page = (api or FilesApi(account, key, find_network=find_network)).list_page(token)
    except FilesError as error:
        unreached = error.problem.kind in _UNREACHED
        return AccountTested(request, () if unreached else (_reached(account),), error.problem)
    took = round((time.monotonic() - started) * 1000)
    listed = len(page.files)
    return AccountTested(
        request,
        (
            _reached(account, took),
            _("Key accepted: it can list files"),
            ngettext("{number} file listed", "{number} files listed", listed).format(
                number=whole(listed)
            )
            if page.has_more is not True
            else _("More than {number} files").format(number=whole(listed)),
        ),
        None,
    )


def _reached(account: Account, milliseconds: int | None = None) -> str:
    host = account.base_url.partition("://")[2].partition("/")[0]
    if milliseconds is None:
        return _("Reached {host}").format(host=host)
    secure = account.base_url.startswith("https://")
    text = (
        _("Reached {host} in {number} ms, certificate valid")
        if secure
        else _("Reached {host} in {number} ms, without encryption")
    )
    return text.format(host=host, number=whole(milliseconds))
