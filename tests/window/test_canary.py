"""A key and a proxy's password go through everything, and are found nowhere afterwards.

The server and its answers echo them in every form, wherever a server can put a text.
"""

import base64
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QTableView

from services.api.redaction import without_secrets
from services.providers.account import Account
from services.providers.network import Network, ProxyChoice
from services.system.logs import start_logging
from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.real_proxy import HTTP, RealProxy
from tests.support.served_files import served_file
from tests.support.server_faults import Answer, api_error, redirect
from tests.support.shown_texts import texts_of_windows
from tests.support.small_pdf import small_pdf
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk
from tests.window.test_transfers import upload
from ui.exchanges.exchanges_dialog import ExchangesDialog
from ui.transfers.row_actions import RowAction
from ui.transfers.transfer_table import TransferTable

pytestmark = pytest.mark.slow

KEY = "sk-canary-Xw3vQm8ZpL5tRd7KfJ2hGb9N"
PASSWORD = "Kestrel-Juniper-0417-Harbor"


def forms_of(secret: str) -> set[str]:
    """The secret as it is, in base64, in hex and URL-encoded."""
    encoded = secret.encode()
    plain = {secret, quote(secret, safe=""), "".join(f"%{byte:02X}" for byte in encoded)}
    plain |= {encoded.hex(), encoded.hex().upper()}
    for before in (b"", b"u", b"ann:"):
        coded = base64.b64encode(before + encoded).decode().rstrip("=")
        plain |= {coded[6:-4], base64.urlsafe_b64encode(before + encoded).decode()[6:-6]}
    return plain


FORMS = forms_of(KEY) | forms_of(PASSWORD)
ECHO = f"{KEY} and {KEY.encode().hex()} and {base64.b64encode(KEY.encode()).decode()}"


def echoing(status: int, message: str = "No") -> Answer:
    """A refusal with the key in its body and its headers."""
    refusal = api_error(status, f"{message}: {ECHO}; Authorization: Bearer {KEY}")
    headers = (("X-Echo", KEY), ("X-Request-Id", f"req_{KEY}"), ("X-Again", KEY.encode().hex()))
    return replace(refusal, headers=(*refusal.headers, *headers))


@pytest.fixture(scope="module")
def proxy() -> Iterator[RealProxy]:
    with RealProxy(HTTP, f"ann:{PASSWORD}") as running:
        yield running


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The program's own log, which other tests don't write."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    yield start_logging(tmp_path / "logs", without_secrets, verbose=False)
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = before[0], before[1]
    sys.excepthook, threading.excepthook = before[2:]


@pytest.fixture
def desk(
    make_files_server: Callable[..., ScriptedFilesServer],
    open_desk: OpenDesk,
    proxy: RealProxy,
    log: Path,
) -> Desk:
    server = make_files_server(key=KEY)
    server.add(
        served_file("requests.jsonl", purpose="batch", size=300),
        served_file(f"named after {KEY}.txt", purpose="user_data", note=ECHO, id="file-echo"),
        served_file("answers.jsonl", purpose="batch_output"),
    )
    network = Network(
        proxy=ProxyChoice.OWN,
        proxy_url=f"http://127.0.0.1:{proxy.port}",
        proxy_user="ann",
        proxy_password_saved=True,
        plain_http_confirmed=True,
        headers=(("X-Team", "research"),),
    )
    address = server.base_url.replace("127.0.0.1", "files.invalid")
    account = Account("acme", "Acme", "other", address, network=network)
    made = open_desk(accounts=[account], keys={"acme": KEY, "proxy:acme": PASSWORD})
    made.server = server  # type: ignore[attr-defined]
    made.wait(lambda: len(made.names()) == 3)
    return made


def reveal(texts: Iterator[str]) -> list[str]:
    return [text for text in texts for form in FORMS if form in text]


def in_files(folder: Path) -> list[str]:
    """The files below a folder that have one of the secrets in any form."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and "mine" not in path.relative_to(folder).parts:
            content = path.read_bytes()
            forms = [form.encode() for form in FORMS] + [form.encode("utf-16-le") for form in FORMS]
            found += [str(path) for form in forms if form in content]
    return found


def of_children() -> list[str]:
    """The arguments and the environment of the children of this process."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if parent == str(os.getpid()):
                found += [(process / name).read_text() for name in ("cmdline", "environ")]
    return found


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    for number, form in enumerate(sorted(FORMS)):
        (tmp_path / str(number)).write_text(f"before {form} after")
    assert len({*in_files(tmp_path)}) == len(FORMS)
    assert reveal(iter([base64.b64encode(b"ann:" + PASSWORD.encode()).decode()]))


def test_key_and_password_are_found_nowhere(desk: Desk, log: Path, tmp_path: Path) -> None:
    server: ScriptedFilesServer = desk.server  # type: ignore[attr-defined]
    seen: list[str] = []

    def look() -> None:
        seen.extend(reveal(texts_of_windows()))

    # Good calls, and each file's details.
    for row in range(3):
        desk.table.selectRow(row)
        desk.qtbot.wait(10)
        look()
    # Each error, with echoes in the body and in headers.
    server.script("POST", "/files", [echoing(400), echoing(413), echoing(401)])
    for number in range(3):
        upload(desk, f"notes-{number}.txt")
        desk.wait_for_transfer(f"notes-{number}.txt", TransferState.FAILED)
        look()
    upload(desk, "fine.txt")
    desk.wait_for_transfer("fine.txt", TransferState.DONE)
    desk.hide_inspector()
    server.script("GET", "/files/*/content", [echoing(403)])
    desk.select("answers.jsonl")
    desk.window.commands.download.trigger()
    desk.wait_for_transfer("answers.jsonl", TransferState.FAILED)
    desk.window.commands.inspector.setChecked(True)
    look()
    table = desk.window.workspace.transfers.findChild(QTableView)
    assert isinstance(table, TransferTable)
    for row in range(table.model().rowCount()):
        table.selectRow(row)
        table.action_requested.emit(RowAction.COPY_REPORT, table.selected_transfers())
        look()
    server.script("GET", "/files", [echoing(500), echoing(500), echoing(500)])
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: len(server.requests_to("GET", "/files")) >= 4)
    desk.window.commands.refresh.trigger()
    desk.wait_to_see("Updated")
    look()
    # A redirect to an address with the key, and a document that a process of its own reads.
    server.next(redirect(f"http://{KEY}.invalid/v1/files"))
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: not server.unused_faults)
    look()
    server.add(
        served_file("paper.pdf", id="file-pdf", purpose="vision", content=small_pdf((200, 100)))
    )
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: "paper.pdf" in desk.names())
    desk.select("paper.pdf")
    desk.window.commands.look_inside.trigger()
    desk.wait(lambda: any("child_main" in text for text in of_children()))
    seen.extend(reveal(iter(of_children())))
    look()
    desk.key(Qt.Key.Key_Escape)
    # What can be copied and saved.
    desk.window.commands.select_all.trigger()
    for action in ("copy_ids", "copy_names", "copy_links", "copy_python", "copy_curl"):
        getattr(desk.window.commands, action).trigger()
        look()
    desk.window.commands.export_list.trigger()
    picker = desk.dialog("Export list")
    assert isinstance(picker, QFileDialog)
    picker.fileSelected.emit(str(tmp_path / "list.json"))
    picker.close()
    desk.wait((tmp_path / "list.json").exists)
    # The exchanges, each whole and as a curl command.
    desk.window.commands.exchanges.trigger()
    dialog = desk.dialog("Requests")
    assert isinstance(dialog, ExchangesDialog)
    assert dialog.model.rowCount() > 5
    for row in range(dialog.model.rowCount()):
        dialog.table.selectRow(row)
        desk.press("Copy", dialog)
        look()
        desk.press("Copy as curl", dialog)
        look()
    dialog.close()
    # A crash, and the report of it.
    sys.excepthook(ValueError, ValueError(f"Bearer {KEY} through ann:{PASSWORD}@proxy"), None)
    logging.getLogger("filewharf").error("Not caught: %s, %s", ECHO, PASSWORD)
    desk.window.commands.report_problem.trigger()
    report = desk.dialog("Report a problem")
    desk.wait(lambda: "Not caught" in "".join(texts_of_windows()))
    look()
    report.close()
    look()
    desk.close_now()
    assert seen == []
    assert "Not caught" in log.read_text()
    assert in_files(tmp_path) == []
    # All of it was worth testing: the key and the password were sent where they belong.
    sent = [one.headers["authorization"] for one in server.requests_to("GET", "/files")]
    assert {*sent} == {f"Bearer {KEY}"}
