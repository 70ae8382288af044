"""Copying IDs, names, links or download scripts of the selected files."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountsLoaded
from services.api.remote_file import RemoteFile
from services.providers.account import Account
from services.system.language import _
from ui.actions import Actions
from ui.backend import Backend
from ui.messages.message_bar import MessageBar
from ui.wording import count_in_words, one_line


class CopyFlow(QObject):
    """Copies text about the selected files to the clipboard and confirms it."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        backend: Backend,
        selected: Callable[[], Sequence[RemoteFile]],
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        self._selected = selected
        self._backend = backend
        self._messages = messages
        self._accounts: tuple[Account, ...] = ()
        backend.events.on(AccountsLoaded, self._set_accounts)
        commands.copy_ids.triggered.connect(self.copy_ids)
        commands.copy_names.triggered.connect(self.copy_names)
        commands.copy_links.triggered.connect(self.copy_links)
        commands.copy_python.triggered.connect(self.copy_python)
        commands.copy_curl.triggered.connect(self.copy_curl)

    @Slot()
    def copy_ids(self) -> None:
        """Copy the IDs, one per line."""
        self._copy_lines([file.id for file in self._selected()])

    @Slot()
    def copy_names(self) -> None:
        """Copy the names, one per line."""
        self._copy_lines([file.name for file in self._selected()])

    @Slot()
    def copy_links(self) -> None:
        """Copy links that open the files in their account, one per line."""
        from ui.starting.file_link import link_to

        account = self._backend.account
        if account is not None:
            self._copy_lines(
                [link_to(file.id, account, self._accounts) for file in self._selected()]
            )

    @Slot()
    def copy_python(self) -> None:
        """Copy a script for the official client."""
        from ui.files.snippets import python_snippet

        self._copy_snippet(python_snippet, _("Copied: Python code that downloads the files"))

    @Slot()
    def copy_curl(self) -> None:
        """Copy a shell command."""
        from ui.files.snippets import curl_snippet

        self._copy_snippet(curl_snippet, _("Copied: a curl command that downloads the files"))

    def _set_accounts(self, event: AccountsLoaded) -> None:
        self._accounts = event.accounts

    def _copy_lines(self, texts: list[str]) -> None:
        if texts:
            QGuiApplication.clipboard().setText("\n".join(texts))
            lines = _("{number} lines").format(number=count_in_words(len(texts)))
            message = one_line(texts[0]) if len(texts) == 1 else lines
            self._messages.show_notice(_("Copied: {text}").format(text=message))

    def _copy_snippet(
        self, snippet: Callable[[Account, Iterable[RemoteFile]], str], message: str
    ) -> None:
        from ui.files.snippets import MAX_FILES

        files, account = self._selected(), self._backend.account
        if not files or account is None:
            return
        if len(files) > MAX_FILES:
            message = _(
                "This works for up to {most} files, but {number} are selected. "
                "Copy their IDs instead, or export a list."
            ).format(most=count_in_words(MAX_FILES), number=count_in_words(len(files)))
        else:
            QGuiApplication.clipboard().setText(snippet(account, files))
        self._messages.show_notice(message)
