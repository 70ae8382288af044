"""A server echoes the key in every answer: no file, event or log contains it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountOpened, AccountTested
from services.catalog.events import FileNotRetrieved, FileRetrieved, FilesListed, ListingEnded
from services.catalog.export_format import ExportFormat
from services.catalog.file_export import export_pieces
from services.disk.events import ReportSaved
from services.disk.when_taken import WhenTaken
from services.events import ServiceClosed
from services.providers.account import SANDBOX_ID
from services.transfers.events import DeletesEnded, TransferChanged, TransfersRestored
from services.transfers.transfer_report import transfer_report
from tests.support.engine_bench import OVER, EngineBench
from tests.support.factories import account, remote_file, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of, readable_parts
from tests.support.server_faults import Answer, Delivery, Fault, json_body, plain_text

FORMS = {
    name: echoes_of(TEST_KEY)[name]
    for name in (
        "plain",
        "hex",
        "hex in upper case",
        "base64, 0 before and 0 after",
        "base64, 1 before and 1 after",
        "escaped",
        "percent",
        "escaped twice",
    )
}
IN_LISTINGS = tuple(FORMS.values())[:6]


def echoing_page() -> Fault:
    files = [
        {
            "id": f"file-{number}",
            "filename": f"{form}.jsonl",
            "purpose": form,
            "status": form,
            "status_details": f"Bearer {form}",
        }
        for number, form in enumerate(IN_LISTINGS)
    ]
    page = json.dumps({"object": "list", "data": files, "has_more": False})
    return Answer(body=page.replace("\\\\u00", "\\u00").encode())  # once, inside the JSON


def refusals(status: int) -> list[Fault]:
    faults: list[Fault] = []
    for form in FORMS.values():
        headers = (("x-request-id", f"req-{form}"), ("Retry-After", form), ("ETag", f'"{form}"'))
        body = f'{{"error": {{"message": "{"x " * 290} {form}", "code": "{form}"}}}}'
        faults.append(Answer(status, headers, body.encode()))
        faults.append(Answer(status, headers, f"Authorization: Bearer {form}".encode()))
    return faults


def odd_contents() -> list[Fault]:
    faults: list[Fault] = []
    for form in FORMS.values():
        marks = (("ETag", f'"{form}"'), ("Accept-Ranges", "bytes"), ("x-request-id", form))
        faults.append(Answer(206, (("Content-Range", f"bytes {form}"), *marks), b"x"))
        faults.append(Delivery(cut_after=5, answer=Answer(200, marks, b"0123456789")))
    return faults


def everything_below(folder: Path) -> str:
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(path.name)
        if path.is_file():
            content = path.read_bytes()
            parts += [content.decode("latin-1"), content.replace(b"\0", b"").decode("latin-1")]
    return "\n".join(parts)


@pytest.mark.slow
def test_echoed_key_is_saved_and_published_nowhere(
    make_bench: Callable[..., EngineBench],
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = make_bench()
    bench.events.wait_for(TransfersRestored)
    bench.save(files_server)
    saved = tmp_path / "saved"
    saved.mkdir()
    for name in ("a.jsonl", "b.jsonl", "c.jsonl"):
        (tmp_path / name).write_text(f"{name}\n")
    files = [remote_file(id=f"file-{number}", size=10) for number in range(len(IN_LISTINGS))]

    files_server.script("GET", "/files", [echoing_page()])
    bench.open()
    [listed] = bench.events.all(FilesListed)
    assert len(listed.files) == len(IN_LISTINGS)
    bench.engine.saver.save(
        saved / "list.csv", lambda: export_pieces(listed.files, ExportFormat.CSV)
    )

    files_server.script("GET", "/files", refusals(400))
    for count in range(2, 6):
        bench.session.listing.refresh()
        bench.events.wait_for_count(ListingEnded, count)
    files_server.clear_faults()

    draft = AccountDraft(account(base_url=files_server.base_url), TEST_KEY)
    for request, fault in enumerate([*refusals(403)[:2], echoing_page()]):
        files_server.next(fault)
        bench.engine.accounts.test(draft, request)
        bench.events.wait_for_count(AccountTested, request + 1)
        files_server.clear_faults()

    files_server.script("POST", "/files", [refusals(400)[0], refusals(500)[1], *odd_uploads()])
    files_server.script("GET", "/files", [echoing_page()] * 40)
    bench.session.upload([upload_request(tmp_path / name) for name in ("a.jsonl", "b.jsonl")])
    bench.session.upload([upload_request(tmp_path / "c.jsonl")])
    wait_until_over(bench, 3)

    files_server.script("GET", "/files/*/content", odd_contents() * 4)
    bench.session.download(files, saved, WhenTaken.KEEP_BOTH)
    bench.session.download_as_zip(files[:1], saved, WhenTaken.KEEP_BOTH)
    wait_until_over(bench, 3 + len(files) + 1)

    files_server.script("GET", "/files/file-?", [*refusals(400)[:2], echoing_object()])
    for count in (1, 2):
        bench.session.details.retrieve("file-0")
        bench.events.wait_for_count(FileNotRetrieved, count)
    bench.session.details.retrieve("file-0")
    bench.events.wait_for(FileRetrieved)

    not_deleted = Answer(200, (("x-request-id", TEST_KEY),), b'{"deleted": false}')
    files_server.script("DELETE", "/files/*", [not_deleted, *refusals(409), *refusals(400)] * 2)
    bench.session.delete(files)
    ended = bench.events.wait_for(DeletesEnded)
    bench.engine.saver.save(saved / "report.csv", lambda: [transfer_report(ended.failed)])
    bench.events.wait_for_count(ReportSaved, 2)
    bench.open_account(SANDBOX_ID)
    bench.events.wait_for(AccountOpened, lambda event: event.account.id == SANDBOX_ID)
    bench.engine.close()
    bench.events.wait_for(ServiceClosed)

    again = make_bench()
    again.events.wait_for(TransfersRestored)
    assert again.events.all(TransferChanged)
    files_server.clear_faults()
    again.open_account("acme")
    again.events.wait_for(AccountOpened)
    again.events.wait_for(ListingEnded)

    published = repr(bench.events.received) + repr(again.events.received)
    published += "".join(
        event.transfer.problem.report
        for event in bench.events.all(TransferChanged)
        if event.transfer.problem
    )
    assert readable_parts(TEST_KEY, published) == []
    assert readable_parts(TEST_KEY, caplog.text) == []
    assert readable_parts(TEST_KEY, everything_below(tmp_path)) == []


def wait_until_over(bench: EngineBench, count: int) -> None:
    """Wait until `count` transfers are over."""
    over: set[int] = set()

    def is_over(event: TransferChanged) -> bool:
        if event.transfer.state in OVER:
            over.add(event.transfer.id)
        return len(over) >= count

    bench.events.wait_for(TransferChanged, is_over)


def odd_uploads() -> list[Fault]:
    return [
        Answer(200, (("x-request-id", TEST_KEY),), f"thank you, {TEST_KEY}".encode()),
        echoing_object(),
        plain_text(200, FORMS["hex"]),
    ]


def echoing_object() -> Fault:
    form = FORMS["base64, 0 before and 0 after"]
    fields = {f"key-{TEST_KEY}": [form, {"Authorization": f"Bearer {TEST_KEY}"}]}
    return json_body({"id": "file-0", "filename": form, "purpose": TEST_KEY} | fields)
