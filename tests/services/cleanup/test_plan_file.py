"""Saved plans."""

import csv
import json
from pathlib import Path

from services.catalog.export_format import ExportFormat
from services.cleanup.plan import Plan
from services.cleanup.plan_file import plan_pieces
from services.cleanup.planning import make_plan
from services.cleanup.rules import CleanUpRules
from tests.support.factories import remote_file

NOW = 1_790_000_000
RULES = CleanUpRules(("batch", "user_data"))


def plan_of(*names: str) -> Plan:
    files = [remote_file(name, id=f"file-{name}", created_at=NOW - 60) for name in names]
    lost = remote_file("lost.bin", id="file-lost", purpose="user_data")
    return make_plan([*files, lost], RULES, NOW, not_downloadable={"user_data"})


def test_a_plan_as_csv_lists_what_goes_and_what_stays(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(b"".join(plan_pieces(plan_of("a.jsonl"), ExportFormat.CSV)))
    with path.open(encoding="utf-8", newline="") as file:
        going, kept = csv.DictReader(file)
    assert (going["action"], going["id"], going["reason"]) == (
        "delete",
        "file-a.jsonl",
        "has a chosen purpose",
    )
    assert going["created_at_utc"] == "2026-09-21T14:12:20Z"
    assert (kept["action"], kept["reason"]) == ("keep", "can't be downloaded again")


def test_a_name_is_no_formula_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(b"".join(plan_pieces(plan_of("=HYPERLINK(1)"), ExportFormat.CSV)))
    with path.open(encoding="utf-8", newline="") as file:
        going, _kept = csv.DictReader(file)
    assert going["filename"] == "'=HYPERLINK(1)"


def test_a_plan_as_json_has_its_rules(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"".join(plan_pieces(plan_of("a.jsonl", "=b"), ExportFormat.JSON)))
    saved = json.loads(path.read_bytes())
    assert saved["made_at"] == NOW
    assert saved["rules"] == {"purposes": ["batch", "user_data"]}
    assert [(one["action"], one["filename"]) for one in saved["files"]] == [
        ("delete", "a.jsonl"),
        ("delete", "=b"),
        ("keep", "lost.bin"),
    ]


def test_an_empty_plan_is_valid_json(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"".join(plan_pieces(make_plan([], RULES, NOW), ExportFormat.JSON)))
    assert json.loads(path.read_bytes())["files"] == []
