"""Cleaning up: the dialog, the plans it asks for, and the rules that are saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.browse.ordering import Order
from services.catalog.export_format import ExportFormat
from services.cleanup.clean_ups import PlanRequest
from services.cleanup.events import CleanUpPlanned
from services.cleanup.plan import Plan
from services.cleanup.plan_file import plan_pieces
from services.cleanup.referenced_by import references_now
from services.cleanup.rules import CleanUpRules, rules_as_json, rules_from_json
from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES
from services.references.events import ReferencesChanged, ScanEnded, ScanProgress
from services.references.left_to_ask import MOST_CHOSEN, few
from services.references.price import Price
from services.system.language import _
from ui.backend import Backend
from ui.cleanup.clean_up_dialog import CleanUpDialog
from ui.cleanup.clean_up_words import references_in_words
from ui.deleting.delete_flow import DeleteFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs, offer_formats
from ui.scan_words import scan_in_words

_KNOWN = [purpose.name for purpose in (*UPLOAD_PURPOSES, *OUTPUT_PURPOSES)]


class CleanUpFlow(QObject):
    """Opens the dialog for the open account; a confirmed plan goes to the usual countdown."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        area: FilesArea,
        deletes: DeleteFlow,
        refused: RefusedContent,
        dialogs: SaveDialogs,
        folder: Callable[[], Path],
        clock: Callable[[], float],
    ) -> None:
        """`folder` returns the usual folder for downloads; `clock` gives seconds since 1970."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = backend.engine.settings
        self._area = area
        self._deletes = deletes
        self._refused = refused
        self._dialogs = dialogs
        self._folder = folder
        self._clock = clock
        self._dialog: CleanUpDialog | None = None
        self._files: list[RemoteFile] = []
        self._listed_at: float | None = None
        """When the files were listed; None while a listing is still running."""
        self._request = 0
        self._chosen: tuple[str, ...] | None = ()
        """The IDs of the files that *Check* is for; None for all, as they are too many."""
        self._price: Price | None = None
        """What *Check* promises."""
        self._plan_shown: Plan | None = None
        self._to_save: Plan | None = None
        self._last_rules = CleanUpRules()
        backend.events.on(CleanUpPlanned, self._show_plan)
        backend.events.on(ReferencesChanged, self._note_references)
        backend.events.on(ScanProgress, self._show_progress)
        backend.events.on(ScanEnded, self._note_references)

    @Slot()
    def ask(self) -> None:
        """Open the dialog, with the rules it had last."""
        account = self._backend.open_account
        if account is None or self._dialog is not None:
            return
        files = self._area.files
        deleting = files.deleting
        self._files = [file for file in files.all_files() if file.id not in deleting]
        self._listed_at = None if files.is_listing else self._clock()
        self._chosen, self._plan_shown = (), None
        present = files.counts().purposes
        purposes = [name for name in _KNOWN if name in present]
        purposes += sorted(set(present).difference(purposes))
        self._dialog = dialog = CleanUpDialog(
            account.name,
            purposes,
            self._folder(),
            incomplete_at=len(self._files) if files.is_listing else None,
            is_production=account.production,
            parent=self._window,
        )
        dialog.saved_rules.show_saved(self._saved_rules())
        self._show_references()
        dialog.plan_requested.connect(self._plan)
        dialog.check_requested.connect(self._check_references)
        dialog.confirmed.connect(self._deletes.clean_up)
        dialog.save_plan_requested.connect(self._ask_where_to_save)
        dialog.save_first.folder_wanted.connect(self._choose_folder)
        dialog.saved_rules.save_requested.connect(self._save_rules)
        dialog.saved_rules.remove_requested.connect(self._remove_rules)
        dialog.finished.connect(self._closed)
        dialog.rules_form.show_rules(self._last_rules)
        dialog.open()

    @Slot()
    def abandon(self) -> None:
        """Close the dialog, as the account changes."""
        self._last_rules = CleanUpRules()
        if self._dialog is not None:
            self._dialog.reject()
        self._last_rules = CleanUpRules()

    @Slot(object, object)
    def _plan(self, rules: CleanUpRules, order: Order) -> None:
        self._request += 1
        present = set(self._area.files.counts().purposes)
        self._backend.session.clean_ups.plan(
            PlanRequest(
                self._request,
                self._files,
                rules,
                self._clock(),
                references_now(self._backend.session.references, self._listed_at),
                self._refused.purposes(present),
                order,
            )
        )

    def _show_plan(self, event: CleanUpPlanned) -> None:
        if self._dialog is not None and event.request == self._request:
            self._plan_shown = event.plan
            self._chosen = few([file.id for file in event.plan.to_check[: MOST_CHOSEN + 1]])
            self._dialog.show_plan(event.plan, complete=event.complete)
            self._show_references()

    def _show_references(self) -> None:
        if self._dialog is None:
            return
        references = self._backend.session.references
        running = references.scans.running
        if running is not None:
            words, button = scan_in_words(running), _("Stop")
        else:
            coverage = references.coverage
            self._price = references.scans.price(self._chosen)
            words = references_in_words(
                coverage,
                self._plan_shown,
                self._price,
                references.scans.seconds_per_request,
                self._clock(),
            )
            button = _("Check") if coverage.checked_at is None else _("Check again")
        self._dialog.rules_form.show_references(words, button)

    def _note_references(self, event: ReferencesChanged | ScanEnded) -> None:
        """Plan again with what has become known; while a scan runs, only once it has ended."""
        if self._dialog is None:
            return
        self._show_references()
        if isinstance(event, ScanEnded) or self._backend.session.references.scans.running is None:
            self._plan(self._dialog.rules, self._dialog.order)

    def _show_progress(self, _event: ScanProgress) -> None:
        self._show_references()

    @Slot()
    def _check_references(self) -> None:
        references = self._backend.session.references
        if references.scans.running is not None:
            references.scans.stop()
            return
        price = self._price
        promised = price.requests if price is not None and price.requests else None
        references.scans.start(self._chosen, promised)
        self._show_references()

    @Slot(object)
    def _ask_where_to_save(self, plan: Plan) -> None:
        account = self._backend.open_account
        if account is None or self._dialog is None:
            return
        self._to_save = plan
        dialog = self._dialogs.make(
            self._dialog, _("Save plan"), FileDialogKind.PLAN, account.name, "csv"
        )
        offer_formats(
            dialog,
            {
                _("CSV (*.csv)"): ExportFormat.CSV.value,
                _("JSON (*.json)"): ExportFormat.JSON.value,
            },
        )
        dialog.fileSelected.connect(self._save_plan)
        dialog.open()

    @Slot(str)
    def _save_plan(self, name: str) -> None:
        plan = self._to_save
        if plan is None:
            return
        path = Path(name)
        is_json = path.suffix.lower() == f".{ExportFormat.JSON.value}"
        export_format = ExportFormat.JSON if is_json else ExportFormat.CSV
        self._backend.engine.saver.save(path, lambda: plan_pieces(plan, export_format))

    @Slot()
    def _choose_folder(self) -> None:
        if self._dialog is None:
            return
        chosen = str(self._dialog.save_first.folder)
        dialog = QFileDialog(self._dialog, _("Save to"), chosen)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _folder_chosen(self, name: str) -> None:
        if name and self._dialog is not None:
            self._dialog.save_first.show_folder(Path(name))

    def _saved_rules(self) -> dict[str, CleanUpRules]:
        saved = self._settings.current.saved_clean_ups
        read = {name: rules_from_json(text) for name, text in saved.items()}
        return {name: rules for name, rules in read.items() if rules is not None}

    @Slot(str)
    def _save_rules(self, name: str) -> None:
        if self._dialog is not None:
            text = rules_as_json(self._dialog.rules)
            self._settings.update(saved_clean_ups=lambda saved: saved | {name: text})
            self._dialog.saved_rules.show_saved(self._saved_rules(), name)

    @Slot(str)
    def _remove_rules(self, name: str) -> None:
        self._settings.update(
            saved_clean_ups=lambda saved: {one: saved[one] for one in saved if one != name}
        )
        if self._dialog is not None:
            self._dialog.saved_rules.show_saved(self._saved_rules())

    @Slot()
    def _closed(self) -> None:
        if self._dialog is not None:
            self._last_rules = self._dialog.rules
        self._dialog = None
        self._files = []
        self._plan_shown = None
        self._backend.session.clean_ups.leave()
