"""Knows which files the server doesn't allow to be downloaded."""

from collections.abc import Iterable

from services.api.remote_file import RemoteFile
from services.providers.account import Account
from services.providers.providers import UNKNOWN_SERVER, provider_named
from services.system.language import _
from ui.wording import one_line


class RefusedContent:
    """Starts with the known refusals of the provider, and adds those of the server."""

    def __init__(self) -> None:
        self._account_id = ""
        self._provider = UNKNOWN_SERVER
        self._learned: dict[str, str] = {}

    def switch_account(self, account: Account) -> None:
        """Reset for another account."""
        self._account_id = account.id
        self._provider = provider_named(account.provider_id)
        self._learned = {}

    def add(self, account_id: str, purpose: str, reason: str) -> bool:
        """Add a refusal by the server; return whether it is about the open account."""
        is_open = account_id == self._account_id
        if is_open:
            self._learned[purpose] = reason
        return is_open

    def reason(self, purpose: str | None) -> str | None:
        """Why files with this purpose can't be downloaded; None if they may be."""
        learned = self._learned.get(purpose or "")
        if learned is not None:
            return _("The server refused the download: {reason}").format(reason=one_line(learned))
        return self._provider.why_no_content(purpose) or None

    def reason_for_all(self, purposes: Iterable[str | None]) -> str | None:
        """Why no files with these purposes can be downloaded; None if some may be, or if empty."""
        reasons = {self.reason(purpose) for purpose in purposes}
        known = sorted(reason for reason in reasons if reason is not None)
        return "\n".join(known) if known and None not in reasons else None

    def downloadable(self, files: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
        """The files that may be downloaded."""
        return tuple(file for file in files if self.reason(file.purpose) is None)

    def refused(self, files: Iterable[RemoteFile]) -> list[tuple[RemoteFile, str]]:
        """The files that can't be downloaded, with the reasons."""
        checked = [(file, self.reason(file.purpose)) for file in files]
        return [(file, reason) for file, reason in checked if reason is not None]

    def purposes(self, among: set[str]) -> frozenset[str]:
        """The purposes whose files can't be downloaded."""
        return frozenset(purpose for purpose in among if self.reason(purpose) is not None)
