"""The results of transfers as CSV, for spreadsheets and programs."""

from collections.abc import Sequence

from services.disk.csv_text import csv_text
from services.transfers.transfer import Transfer

_HEAD = ("id", "name", "purpose", "result", "problem", "http", "request")


def transfer_report(transfers: Sequence[Transfer]) -> bytes:
    """The results, one in each row; the last three columns are empty without a problem."""
    return csv_text([_HEAD, *map(_report_row, transfers)])


def _report_row(transfer: Transfer) -> list[str]:
    problem = transfer.problem
    return [
        transfer.file_id,
        transfer.name,
        transfer.purpose,
        transfer.state.value,
        problem.title if problem else "",
        str(problem.status) if problem and problem.status is not None else "",
        (problem.request_id or "") if problem else "",
    ]
