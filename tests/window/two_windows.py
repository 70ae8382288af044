"""Two windows of one program, on two accounts."""

from collections.abc import Callable

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import account_at

MakeServer = Callable[..., ScriptedFilesServer]


class Two:
    """Acme in the first, Zenith in the second, whose files have the same IDs."""

    def __init__(self, open_desk: OpenDesk, make_files_server: MakeServer) -> None:
        self.acme: ScriptedFilesServer = make_files_server([served_file("a.jsonl", id="file-1")])
        self.zenith: ScriptedFilesServer = make_files_server([served_file("z.jsonl", id="file-1")])
        accounts = [account_at(self.acme, "Acme"), account_at(self.zenith, "Zenith")]
        self.first = open_desk(accounts=accounts)
        self.first.wait_for_files("a.jsonl")
        self.second = self.first.new_window()
        self.second.wait_for_files("z.jsonl")
