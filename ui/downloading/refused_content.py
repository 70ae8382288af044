"""Which files the account's server does not let anyone download, as expected or as learned."""

from collections.abc import Iterable

from services.api.remote_file import RemoteFile
from services.providers.account import Account
from services.providers.providers import provider_named
from services.system.language import _
from ui.wording import one_line


class RefusedContent:
    """Starts with what the provider is known to refuse, and learns from answers."""

    def __init__(self) -> None:
        self._account_id = ""
        self._expected: frozenset[str] = frozenset()
        self._learned: dict[str, str] = {}

    def begin(self, account: Account) -> None:
        """Another account is open: forget what the last server said."""
        self._account_id = account.id
        self._expected = provider_named(account.provider_id).not_downloadable
        self._learned = {}

    def add(self, account_id: str, purpose: str, reason: str) -> bool:
        """A server refused a file of the purpose, in these words; whether it is the open one's."""
        is_open = account_id == self._account_id
        if is_open:
            self._learned[purpose] = reason
        return is_open

    def reason(self, purpose: str | None) -> str | None:
        """Why files of the purpose can't be downloaded; None when they may be."""
        learned = self._learned.get(purpose or "")
        if learned is not None:
            return _("The server refused the download: {reason}").format(reason=one_line(learned))
        if purpose in self._expected:
            return _("Files with the purpose {purpose} can't be downloaded.").format(
                purpose=purpose
            )
        return None

    def why_none_of(self, purposes: Iterable[str | None]) -> str | None:
        """Why no file of these purposes can be downloaded; None when some may be, or for none."""
        reasons = {self.reason(purpose) for purpose in purposes}
        told = sorted(reason for reason in reasons if reason is not None)
        return "\n".join(told) if told and None not in reasons else None

    def without_refused(self, files: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
        """Those of the files that may be downloaded."""
        return tuple(file for file in files if self.reason(file.purpose) is None)

    def refused(self, files: Iterable[RemoteFile]) -> list[tuple[RemoteFile, str]]:
        """Those of the files that can't be downloaded, each with the reason."""
        asked = [(file, self.reason(file.purpose)) for file in files]
        return [(file, reason) for file, reason in asked if reason is not None]

    def purposes(self, among: set[str]) -> frozenset[str]:
        """Those of the purposes whose files can't be downloaded."""
        return frozenset(purpose for purpose in among if self.reason(purpose) is not None)
