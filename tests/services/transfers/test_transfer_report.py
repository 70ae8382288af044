"""The results of transfers for spreadsheets and programs."""

import csv
import io

from services.problems.errors import ProblemKind
from services.transfers.transfer import TransferState
from services.transfers.transfer_report import transfer_report
from tests.support.factories import problem, transfer


def test_report_has_the_result_of_each_transfer() -> None:
    failed = problem("Not there", kind=ProblemKind.NOT_FOUND, status=404, request_id="req_1")
    transfers = [
        transfer(state=TransferState.DONE, name='odd "name", \ud800.txt', file_id="file-1"),
        transfer(state=TransferState.FAILED, name="b", file_id="file-2", problem=failed),
    ]
    rows = list(csv.DictReader(io.StringIO(transfer_report(transfers).decode())))
    assert [(row["id"], row["name"], row["result"], row["http"]) for row in rows] == [
        ("file-1", 'odd "name", ?.txt', "done", ""),
        ("file-2", "b", "failed", "404"),
    ]
    assert (rows[1]["problem"], rows[1]["request"]) == ("Not there", "req_1")
