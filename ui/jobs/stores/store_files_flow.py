"""Lists the files of a vector store as one scrolls, and keeps them in sync with it."""

from collections.abc import Callable, Sequence
from functools import cached_property

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from services.api.remote_file import RemoteFile
from services.api.vector_store import VectorStore
from services.jobs.events import StoreFilesEnded, StoreFilesListed
from ui.backend import Backend
from ui.jobs.file_acts import FileActs
from ui.jobs.stores.store_file_model import StoreFileModel
from ui.jobs.stores.store_files_view import StoreFilesView
from ui.wording import one_line

_ONE_PAGE = 100
"""Files on the largest page."""


class StoreFilesFlow(QObject):
    """The second level of the page of vector stores."""

    back_requested = Signal()
    """Go back to the list of stores."""
    attach_requested = Signal()
    detach_requested = Signal(object)
    """Detach the files with these IDs, a tuple."""
    show_requested = Signal(object)
    """Show the files with these IDs, a tuple, in the list of files."""

    def __init__(
        self, parent: QObject, backend: Backend, acts: FileActs, clock: Callable[[], float]
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(parent)
        self._backend = backend
        self._acts = acts
        self.model = StoreFileModel(lambda file_id: acts.area.files.get(file_id), clock, self)
        self._store: VectorStore | None = None
        """The one whose files are shown."""
        self._listing: int | None = None
        """The number of the listing that is shown."""
        self._is_first_page = False
        """Whether the next page replaces what is shown."""
        self.model.more_requested.connect(self._list_more)
        acts.area.list_changed.connect(self.model.show_again)
        backend.events.on(StoreFilesListed, self._add_page)
        backend.events.on(StoreFilesEnded, self._end_listing)

    @cached_property
    def view(self) -> StoreFilesView:
        """Made when first needed."""
        view = StoreFilesView(self.model)
        view.back_requested.connect(self.back_requested)
        view.state_chosen.connect(self._list_again)
        view.retry_requested.connect(self._retry)
        view.attach_requested.connect(self.attach_requested)
        view.detach_requested.connect(self._detach)
        view.text_requested.connect(self._read_text)
        view.show_requested.connect(self._show_in_list)
        view.copy_requested.connect(self._copy_ids)
        return view

    @property
    def store(self) -> VectorStore | None:
        """The store whose files are shown."""
        return self._store

    def show(self, store: VectorStore, why_no_attach: str) -> None:
        """Show the files of a store from the start."""
        self._store = store
        self.model.show_files(())
        self.view.reset()
        self.view.show_store(one_line(store.name), store.file_count, why_no_attach)
        self.refresh()

    def show_changed(self, store: VectorStore, why_no_attach: str) -> None:
        """Show the store as it is now; if its files are others, list them again."""
        before = self._store
        if before is None or before.id != store.id or before == store:
            return
        self._store = store
        self.view.show_store(one_line(store.name), store.file_count, why_no_attach)
        # One page can be replaced without anybody noticing; more would take the view to the top.
        if before.file_counts != store.file_counts and self.model.rowCount() <= _ONE_PAGE:
            self.refresh()

    def remove(self, file_ids: Sequence[str]) -> None:
        """Files were detached."""
        self.model.remove(file_ids)
        self.view.show_rows()

    def close(self) -> None:
        """Show no files any longer."""
        if self._store is not None:
            self._store = None
            self._backend.session.jobs.stores.stop_listing()
            self.model.set_can_have_more(can=False)
            self.model.show_files(())

    @Slot()
    def refresh(self) -> None:
        """List the files again, from the start."""
        if self._store is not None:
            self._is_first_page = True
            self.model.set_can_have_more(can=False)
            self.view.show_listing()
            stores = self._backend.session.jobs.stores
            self._listing = stores.list_files(self._store.id, self.view.state)

    @Slot()
    def _list_again(self) -> None:
        self.model.show_files(())
        self.refresh()

    @Slot()
    def _list_more(self) -> None:
        self.view.show_listing()
        self._backend.session.jobs.stores.list_more()

    @Slot()
    def _retry(self) -> None:
        if self._is_first_page:
            self.refresh()
        else:
            self._list_more()

    def _add_page(self, event: StoreFilesListed) -> None:
        if self._store is None or event.listing != self._listing:
            return
        if self._is_first_page:
            self._is_first_page = False
            self.model.show_files(event.files)
        else:
            self.model.add_files(event.files)

    def _end_listing(self, event: StoreFilesEnded) -> None:
        if self._store is None or event.listing != self._listing:
            return
        if self._is_first_page and event.problem is None:
            self.model.show_files(())
        self.model.set_can_have_more(can=event.can_resume and event.problem is None)
        self.view.show_listed(is_whole=event.complete, problem=event.problem)

    # Acts

    @Slot()
    def _read_text(self) -> None:
        selected = self.view.table.only_selected
        if self._store is None or selected is None:
            return
        file_id = selected.id
        self._backend.session.jobs.stores.seen.note(self._store.id, (file_id,))
        file = self._acts.area.files.get(file_id)
        self._acts.read_parsed_text(RemoteFile(file_id) if file is None else file)

    @Slot()
    def _detach(self) -> None:
        self.detach_requested.emit(self._selected_ids())

    @Slot()
    def _show_in_list(self) -> None:
        self.show_requested.emit(self._selected_ids())

    @Slot()
    def _copy_ids(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._selected_ids()))

    def _selected_ids(self) -> tuple[str, ...]:
        return tuple(file.id for file in self.view.table.selected)
