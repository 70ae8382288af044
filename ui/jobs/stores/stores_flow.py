"""The list of vector stores: what the inspector shows of one, its files, and what is done with it."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from services.api.remote_file import RemoteFile
from services.api.vector_store import VectorStore
from services.jobs.events import StoreChangeEnded
from services.jobs.job_requests import Job
from services.system.language import _, ngettext
from ui.account_dialogs import AccountDialogs
from ui.backend import AccountLeaving, Backend
from ui.jobs.file_acts import FileActs
from ui.jobs.job_list_flow import JobListFlow
from ui.jobs.job_menu import add_act, add_copies
from ui.jobs.stores.attach_dialog import AttachDialog
from ui.jobs.stores.store_changes import StoreChanges
from ui.jobs.stores.store_files_flow import StoreFilesFlow
from ui.jobs.stores.store_inspector import ShownStore, StoreInspector
from ui.jobs.stores.store_look import STORE_LOOK
from ui.jobs.stores.store_words import fields_of, line_about, sentence_of
from ui.jobs.stores.stores_dialog import OfferedStore, StoresDialog
from ui.messages.message_bar import MessageBar
from ui.widgets.question_dialog import QuestionDialog
from ui.wording import count_in_words, one_line


class StoresFlow(JobListFlow):
    """Shows vector stores and their files; attaches and detaches files."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        acts: FileActs,
        clock: Callable[[], float],
        show_store: Callable[[str], None],
    ) -> None:
        """`clock` gives seconds since 1970; `show_store` shows the store with an ID."""
        super().__init__(window, backend, messages, STORE_LOOK, clock)
        self._acts = acts
        self._show_store = show_store
        self._inspector: StoreInspector | None = None
        self._store: VectorStore | None = None
        """The one that is shown at the right."""
        self._dialog: StoresDialog | None = None
        """Asks for a store while the list may still grow."""
        self._dialogs = AccountDialogs(backend)
        self._changes = StoreChanges(self, backend, messages, self._name_of, self._file_name)
        self._changes.changed.connect(self._show_change)
        self._changes.attached.connect(self._list_attached)
        self._changes.detached.connect(self._remove_detached)
        self.count_changed.connect(self._fill_dialog)
        backend.events.on(AccountLeaving, self._leave_files)

    @cached_property
    def _files(self) -> StoreFilesFlow:
        """Made when someone first looks into a store."""
        files = StoreFilesFlow(self, self._backend, self._acts, self._clock)
        files.back_requested.connect(self.page.close_detail)
        files.attach_requested.connect(self._ask_for_files)
        files.detach_requested.connect(self._ask_to_detach)
        files.show_requested.connect(self._show_in_list)
        self.page.detail_closed.connect(files.close)
        return files

    # As the list wants it

    def make_inspector(self) -> QWidget:
        """The inspector of a vector store."""
        self._inspector = inspector = StoreInspector()
        inspector.files_requested.connect(self._open_selected)
        inspector.attach_requested.connect(self._ask_for_files)
        inspector.stop_requested.connect(self._changes.stop)
        return inspector

    def show_job(self, job: Job | None) -> None:
        """Show a store at the right."""
        self._store = job if isinstance(job, VectorStore) else None
        self._show_again()

    def open_job(self, job: Job) -> None:
        """Show the files of a store."""
        if isinstance(job, VectorStore):
            self.page.show_detail(self._files.view)
            self._files.show(job, _why_no_attach(job))
            self._files.view.focus_content()

    def fill_menu(self, menu: QMenu, job: Job) -> None:
        """The acts of the inspector, and those for the clipboard."""
        if not isinstance(job, VectorStore):
            return
        add_act(menu, _("Show files"), "", self._open_selected)
        add_act(menu, _("Attach files…"), _why_no_attach(job), self._ask_for_files)
        add_copies(menu, job.id)

    @Slot()
    def refresh(self) -> None:
        """List all stores again, and the files of the one that is shown."""
        super().refresh()
        if self._page is not None and self._page.shows_detail:
            self._files.refresh()

    # What is shown

    def _show_again(self) -> None:
        store = self._store
        if self._inspector is not None:
            self._inspector.show_store(None if store is None else self._shown(store))
        if store is not None and self._page is not None and self._page.shows_detail:
            self._files.show_changed(store, _why_no_attach(store))

    def _shown(self, store: VectorStore) -> ShownStore:
        return ShownStore(
            one_line(store.name),
            sentence_of(store, self._clock()),
            _why_no_attach(store),
            self._changes.of(store.id),
            tuple(fields_of(store, self._clock())),
        )

    @Slot(str)
    def _show_change(self, store_id: str) -> None:
        if self._store is not None and self._store.id == store_id:
            self._show_again()

    @Slot(object)
    def _list_attached(self, event: StoreChangeEnded) -> None:
        if self._shows_files_of(event.store_id):
            self._files.refresh()

    @Slot(object)
    def _remove_detached(self, event: StoreChangeEnded) -> None:
        if self._shows_files_of(event.store_id):
            self._files.remove(event.changed)

    def _shows_files_of(self, store_id: str) -> bool:
        if self._page is None or not self._page.shows_detail:
            return False
        store = self._files.store
        return store is not None and store.id == store_id

    def _name_of(self, store_id: str) -> str:
        store = self.model.get(store_id)
        return store.name if isinstance(store, VectorStore) else store_id

    def _file_name(self, file_id: str) -> str:
        file = self._acts.area.files.get(file_id)
        return file_id if file is None else file.name

    @Slot()
    def _leave_files(self, _event: AccountLeaving) -> None:
        if self._page is not None:
            self._page.close_detail()

    # What is done

    @Slot()
    def _open_selected(self) -> None:
        if self._store is not None:
            self.open_job(self._store)

    @Slot(object)
    def _show_in_list(self, file_ids: tuple[str, ...]) -> None:
        """Show files in the list of files, if they are there."""
        files = self._acts.area.files
        if not any(files.get(one) is not None for one in file_ids):
            text = ngettext(
                "This file isn't in the list", "These files aren't in the list", len(file_ids)
            )
            self._messages.show_notice(text)
            return
        self.leave_requested.emit()
        self._acts.show_in_list(file_ids)

    @Slot()
    def _ask_for_files(self) -> None:
        store = self._store
        if store is None:
            return
        area = self._acts.area
        dialog = AttachDialog(
            one_line(store.name),
            area.files.all_files(),
            area.table.selected_files(),
            self._window,
        )
        dialog.chosen.connect(partial(self._changes.attach, store.id))
        self._dialogs.open(dialog)

    @Slot(object)
    def _ask_to_detach(self, file_ids: tuple[str, ...]) -> None:
        store = self._store
        if store is None or not file_ids:
            return
        number = len(file_ids)
        question = ngettext(
            "Detach {number} file from “{name}”?", "Detach {number} files from “{name}”?", number
        )
        if number == 1:
            question = _("Detach “{file}” from “{name}”?")
        dialog = QuestionDialog(
            _("Detach files"),
            question.format(
                number=count_in_words(number),
                name=one_line(store.name),
                file=one_line(self._file_name(file_ids[0])),
            ),
            ngettext(
                "File search won't find it in this vector store any more. The file itself stays.",
                "File search won't find them in this vector store any more. The files themselves "
                "stay.",
                number,
            ),
            yes=_("Detach"),
            no=_("Cancel"),
            parent=self._window,
        )
        dialog.accepted.connect(partial(self._changes.detach, store.id, file_ids))
        dialog.finished.connect(dialog.deleteLater)
        self._dialogs.open(dialog)

    # From the list of files

    def ask_for_store(self, files: Sequence[RemoteFile]) -> None:
        """Ask to which store these files are to be attached."""
        if not files:
            return
        self.begin()
        dialog = StoresDialog(len(files), self._window)
        dialog.chosen.connect(partial(self._attach_to, tuple(file.id for file in files)))
        dialog.finished.connect(self._forget_dialog)
        self._dialog = dialog
        self._fill_dialog()
        self._dialogs.open(dialog)

    @Slot()
    def _forget_dialog(self) -> None:
        self._dialog = None

    def _attach_to(self, file_ids: tuple[str, ...], store_id: str) -> None:
        self._changes.attach(store_id, file_ids)
        show = QAction(_("Show vector store"), self)
        show.triggered.connect(partial(self._show_store, store_id))
        words = ngettext(
            "Attaching {number} file to “{name}”…",
            "Attaching {number} files to “{name}”…",
            len(file_ids),
        )
        name = one_line(self._name_of(store_id))
        words = words.format(number=count_in_words(len(file_ids)), name=name)
        self._messages.show_notice(words, action=show)

    @Slot()
    def _fill_dialog(self) -> None:
        if self._dialog is None:
            return
        stores = [store for store in self.model.all() if isinstance(store, VectorStore)]
        stores.sort(key=lambda store: store.created_at or 0, reverse=True)
        offered = [
            OfferedStore(store.id, line_about(store), _why_no_attach(store)) for store in stores
        ]
        note = self._listing.gap
        if not stores and not note:
            note = _(self.look.empty)
        self._dialog.show_stores(offered, note)


def _why_no_attach(store: VectorStore) -> str:
    return _("It has expired.") if store.has_expired else ""
