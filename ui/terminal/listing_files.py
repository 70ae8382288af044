"""Lists an account without an engine: nothing is queued, so listing starts and ends sooner."""

import os
from collections.abc import Iterator

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.api.listing import Listing
from services.api.remote_file import RemoteFile
from services.problems.errors import FilesError
from services.sandbox.server import SandboxServer
from services.system.cancellation import Cancelled, CancelToken
from services.system.interval_timer import IntervalTimer
from services.system.language import _
from services.system.paths import Paths
from ui.terminal.end_of_list import end_list
from ui.terminal.failure import ExitCode, Failure, end_on_sigterm
from ui.terminal.finding_account import find_account
from ui.terminal.output import Output


def listed_files(
    paths: Paths, output: Output, name: str, timeout: float | None
) -> Iterator[tuple[RemoteFile, ...]]:
    """The pages of an account's listing, as they come; blocks.

    `name` is as for `find_account`; `timeout` is in seconds. Raises Failure if the account can't be
    used, if the listing isn't whole, and at the timeout.
    """
    end_on_sigterm()
    settings = SettingsStore(paths.settings_file, lambda save: save())
    keys = KeyStore()
    book = AccountBook(settings, keys, os.environ)
    account = find_account(book, name)
    access = AccountAccess(book, lambda: SandboxServer(paths.sandbox_folder))
    token = CancelToken()

    def give_up() -> None:
        token.cancel()
        keys.close()

    timer = IntervalTimer(give_up)
    timer.every(timeout or 0.0)
    failed = _("{account} can't be used.").format(account=account.name)
    try:
        listing = Listing(access.open(account))
        failed = _("The list isn't complete.")
        for page in listing.pages(token):
            yield page.files
    except (FilesError, Cancelled) as error:
        if token.cancelled:
            raise Failure(_("It took too long."), ExitCode.TIMED_OUT) from None
        if isinstance(error, FilesError):
            output.problem(error.problem)
        raise Failure(failed) from None
    finally:
        timer.stop()
        access.close()
        keys.close()
    end_list(output, listing.warnings, None, complete=listing.complete)
