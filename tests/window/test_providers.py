"""The window on servers that lack something, or have purposes of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QComboBox

from services.providers.account import Account
from services.transfers.transfer import TransferState
from tests.support.factories import account
from tests.support.look_alike import LookAlikeServer
from tests.support.look_alikes import LOOK_ALIKES
from tests.support.narrowing import not_none
from tests.support.served_files import ServedFile, served_file
from tests.window.conftest import OpenDesk
from ui.uploads.expiry_field import ExpiryField


@contextmanager
def serve(provider: str, *files: ServedFile) -> Iterator[tuple[LookAlikeServer, Account]]:
    with LookAlikeServer(LOOK_ALIKES[provider], files) as server:
        yield server, account(id="acme", provider_id=provider, base_url=server.base_url)


def test_what_a_server_lacks_is_grayed_out_with_the_reason(open_desk: OpenDesk) -> None:
    with serve("fireworks", served_file("train.jsonl")) as (server, acme):
        desk = open_desk(accounts=[acme])
        desk.wait_for_files("train.jsonl")
        desk.select("train.jsonl")
        for name in ("Upload", "Download", "Change…"):
            button = desk.button(name)
            assert not button.isEnabled()
            assert "Fireworks has datasets" in button.toolTip()
        desk.hover(desk.write("more.jsonl"))
        assert not desk.drag_accepted
        assert not desk.offers_drop
        desk.press("Delete")
        desk.press("Delete 1 file", desk.dialog("Delete files"))
        desk.wait(lambda: not server.stored)
        desk.wait_to_see("No files yet")
        assert desk.sees("Fireworks has datasets")
        desk.end()


def test_an_upload_has_a_purpose_of_the_server(open_desk: OpenDesk) -> None:
    with serve("together") as (server, acme):
        desk = open_desk(accounts=[acme])
        desk.wait_to_see("No files yet")
        desk.drop(desk.drag(desk.write("requests.jsonl")), None)
        sheet = desk.dialog("Upload files")
        field = not_none(sheet.findChild(ExpiryField))
        assert not field.isEnabled()
        assert (
            not_none(field.findChild(QComboBox)).accessibleDescription().startswith("On Together")
        )
        desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
        desk.press("Upload 1 file", sheet)
        desk.wait_for_transfer("requests.jsonl", TransferState.DONE)
        [stored] = server.stored
        assert (stored.filename, stored.purpose) == ("requests.jsonl", "batch-api")
        desk.end()
