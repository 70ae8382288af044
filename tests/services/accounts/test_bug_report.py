"""The report for a bug: what developers need, and nothing that is private."""

from pathlib import Path

import pytest

from services.accounts.bug_report import bug_report, last_errors
from services.accounts.bug_reports import BugReports
from services.accounts.events import BugReportMade
from services.accounts.settings import Settings, SettingsStore
from services.api.exchanges import Exchange, ExchangeLog
from services.problems.error_responses import Operation
from services.providers.network import Network, ProxyChoice
from services.system.events import Event
from services.system.logs import LOG_NAME
from services.system.version import __version__
from tests.support.events import EventLog
from tests.support.factories import account

PRIVATE = Settings(
    accounts=(
        account(
            "Secret project",
            base_url="https://files.private.example/v1",
            organization="org-private",
            network=Network(
                proxy=ProxyChoice.OWN,
                proxy_url="http://proxy.private.example",
                proxy_user="private-user",
                headers=(("X-Private", "private-value"),),
            ),
        ),
    ),
    download_folder="/home/private/downloads",
    uploads_at_once=7,
)
FAILED = Exchange(
    1,
    "a",
    "",
    Operation.CONTENT,
    "GET",
    "https://files.private.example/v1/files/file-private/content",
    status=403,
    problem="The server rejected the request",
    response_headers=(("x-request-id", "req_1"),),
)


def made(settings: Settings = PRIVATE, log: Path = Path("/nowhere/at-all.log")) -> str:
    return bug_report(settings, log, [FAILED], [("Qt", "6")], lambda text: text)


def test_it_has_versions_settings_and_failed_requests() -> None:
    report = made()
    for part in (
        f"Filewharf: {__version__}",
        "Qt: 6",
        "uploads_at_once: 7",
        "1 extra headers",
        "proxy own",
        "GET /v1/files/file-…/content: 403",
        "req_1",
    ):
        assert part in report


def test_it_has_nothing_private() -> None:
    report = made()
    assert "private" not in report.lower()
    assert "Secret project" not in report


def test_the_home_folder_and_the_user_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("LOGNAME", "somebody")
    log = tmp_path / "a.log"
    log.write_text(
        "2026-11-30 10:00:00,000 ERROR a: /home/somebody/x of somebody, not somebodyelse\n"
    )
    report = made(log=log)
    assert "~/x of USER, not somebodyelse" in report


def test_only_warnings_and_errors_are_taken_from_the_log_with_their_tracebacks(
    tmp_path: Path,
) -> None:
    log = tmp_path / "a.log"
    log.write_text(
        "2026-11-30 10:00:00,000 INFO a: fine\n"
        "2026-11-30 10:00:01,000 ERROR a: bad\nTraceback\n  ValueError\n"
        "2026-11-30 10:00:02,000 WARNING a: odd\n"
    )
    first, second = last_errors(log)
    assert first.endswith("bad\nTraceback\n  ValueError")
    assert second.endswith("odd")


def test_of_a_long_log_only_the_end_is_read(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    line = "2026-11-30 10:00:00,000 ERROR a: {:06} " + "x" * 100 + "\n"
    log.write_text("".join(line.format(number) for number in range(30_000)))
    records = last_errors(log)
    assert len(records) == 30
    assert "029999" in records[-1]


def test_a_log_that_is_missing_or_a_folder_is_no_error(tmp_path: Path) -> None:
    assert last_errors(tmp_path / "none.log") == []
    (only,) = last_errors(tmp_path)
    assert "can't be read" in only


def test_secrets_in_the_log_are_left_out(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("2026-11-30 10:00:00,000 ERROR a: key-1 in a line\n")
    report = bug_report(Settings(), log, [], [], lambda text: text.replace("key-1", "•••"))
    assert "key-1" not in report
    assert "••• in a line" in report


def test_reports_are_made_on_a_thread_and_published(tmp_path: Path) -> None:
    events = EventLog()
    settings = SettingsStore(tmp_path / "settings.json", lambda job: job())
    (tmp_path / LOG_NAME).write_text("2026-11-30 10:00:00,000 ERROR a: bad\n")
    exchanges = ExchangeLog()
    reports = BugReports(events, settings, exchanges, tmp_path / LOG_NAME)
    reports.make([("Qt", "6")])
    event: Event = events.wait_for(BugReportMade)
    assert isinstance(event, BugReportMade)
    assert "ERROR a: bad" in event.text
    reports.stop()
    assert reports.join(30)
