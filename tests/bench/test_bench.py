import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.bench import (
    batches,
    checks,
    cleanup,
    dead_address,
    large_files,
    suggestions,
    switching,
    table,
    terminal,
    tls_uploads,
    window_stalls,
)
from tests.bench.cached_start import measure as measure_start
from tests.bench.fast_server import fast_server, file_id
from tests.bench.jobs import measure as measure_jobs
from tests.bench.listing import measure as measure_listing
from tests.bench.page_server import pages_of
from tests.bench.previews import measure as measure_previews
from tests.bench.references import measure as measure_references
from tests.bench.report import Line, Options, median_ratio, write
from tests.bench.small_uploads import measure as measure_small_uploads
from tests.bench.table import measure as measure_table
from tests.bench.table import measure_very_many
from tests.bench.throughput import (
    measure_downloads,
    measure_uploads,
    official_client,
    timed,
)
from tests.bench.two_windows import measure as measure_two_windows
from tests.bench.upload_history import measure as measure_history


def upload_with_client(url: str, file: Path) -> None:
    with file.open("rb") as opened, official_client(url) as client:
        client.files.create(file=opened, purpose="user_data")


SMALL = Options(runs=1, large=1, small=4)


@pytest.mark.slow
def test_uploads_and_downloads_are_measured_with_all_three_clients(tmp_path: Path) -> None:
    with fast_server() as address:
        (tmp_path / "up").mkdir()
        (tmp_path / "down").mkdir()
        lines = measure_uploads(SMALL, address, tmp_path / "up")
        lines += measure_downloads(SMALL, address, tmp_path / "down")
    keys = {"upload_vs_curl", "upload_vs_sdk", "download_vs_curl", "download_vs_sdk"}
    assert {line.key for line in lines if line.key} == keys
    assert all(line.figure > 0 for line in lines)


@pytest.mark.slow
def test_small_uploads_are_measured(tmp_path: Path) -> None:
    with fast_server() as address:
        (line,) = measure_small_uploads(SMALL, address, tmp_path)
    assert line.key == "small_uploads_vs_sdk"
    assert line.figure > 0


@pytest.mark.slow
def test_the_command_line_is_measured(tmp_path: Path) -> None:
    small = replace(SMALL, listed=1_200)
    with fast_server() as address:
        lines = terminal.measure_start(small, "", tmp_path)
        lines += terminal.measure_uploads(small, address, tmp_path)
        lines += terminal.measure_listing(small, "", tmp_path)
    assert [line.key for line in lines] == [
        "cli_start_ms_over_python",
        "cli_put_500_vs_sdk",
        "cli_ls_100k_vs_raw",
        "cli_ls_100k_rss_mib",
    ]
    assert all(line.figure > 0 for line in lines)


@pytest.mark.slow
def test_uploads_over_tls_are_measured(tmp_path: Path) -> None:
    (tmp_path / "large").mkdir()
    (tmp_path / "small").mkdir()
    lines = tls_uploads.measure_large(SMALL, "", tmp_path / "large")
    lines += tls_uploads.measure_small(SMALL, "", tmp_path / "small")
    assert [line.key for line in lines] == ["tls_upload_vs_curl", "tls_small_uploads_vs_sdk"]
    assert all(line.figure > 0 for line in lines)


@pytest.mark.slow
def test_a_dead_address_is_measured(tmp_path: Path) -> None:
    with fast_server() as address:
        (line,) = dead_address.measure(SMALL, address, tmp_path)
    assert line.key == "dead_ipv6_over_curl_s"
    assert -1 < line.figure < 10


@pytest.mark.slow
def test_listing_and_linking_batches_is_measured(tmp_path: Path) -> None:
    (line,) = measure_jobs(Options(runs=1, batches=250, linked=1_000), "", tmp_path)
    assert line.key == "batches_10k_vs_raw"
    assert line.figure > 0


@pytest.mark.slow
def test_a_scan_for_references_is_measured(tmp_path: Path) -> None:
    lines = measure_references(Options(runs=1, batches=250, linked=6_000), "", tmp_path)
    figures = {line.key: line.figure for line in lines}
    assert figures.keys() == {"scan_requests_over_promised", "needed_by_ms"}
    assert figures["scan_requests_over_promised"] == 1.0
    assert figures["needed_by_ms"] > 0


@pytest.mark.slow
def test_listing_is_measured_in_the_real_window(tmp_path: Path) -> None:
    lines = measure_listing(Options(runs=1, listed=2500), "", tmp_path)
    assert {line.key for line in lines if line.key} == {
        "list_100k_vs_raw",
        "first_rows_ms",
        "rss_100k_mib",
        "ui_stall_listing_ms_max",
    }
    assert all(line.figure > 0 for line in lines if line.key != "rss_100k_mib")


@pytest.mark.slow
def test_the_memory_of_a_second_window_is_measured(tmp_path: Path) -> None:
    (line,) = measure_two_windows(Options(runs=1), "", tmp_path)
    assert line.key == "two_windows_rss_mib"
    assert line.figure > 0


@pytest.mark.slow
def test_sorting_searching_scrolling_and_selecting_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_ROUNDS", 1)
    small = Options(runs=1, listed=1000, very_many=1500)
    with fast_server() as address:
        lines = measure_table(small, address, tmp_path)
        lines += measure_very_many(small, address, tmp_path)
    assert {line.key for line in lines if line.key} == {
        "sort_100k_ms",
        "sort_100k_vs_bare",
        "filter_100k_ms",
        "filter_100k_vs_bare",
        "sort_vs_proxy",
        "scroll_frame_ms_p99",
        "select_all_100k_ms",
        "sort_1m_ms",
        "filter_1m_ms",
    }
    assert all(line.figure > 0 for line in lines)


@pytest.mark.slow
def test_planning_a_clean_up_is_measured(tmp_path: Path) -> None:
    with fast_server() as address:
        lines = cleanup.measure(Options(runs=1, listed=1000), address, tmp_path)
    assert {line.key for line in lines if line.key} == {"plan_100k_ms", "ui_stall_plan_ms_max"}
    assert all(line.figure > 0 for line in lines)


@pytest.mark.slow
def test_stalls_are_measured_at_full_speed_and_on_a_line(tmp_path: Path) -> None:
    with fast_server() as address:
        (tmp_path / "fast").mkdir()
        (tmp_path / "line").mkdir()
        small = replace(SMALL, eight=4)
        lines = window_stalls.measure(small, address, tmp_path / "fast")
        lines += window_stalls.measure_on_line(small, address, tmp_path / "line")
    figures = {line.key: line.figure for line in lines}
    assert figures.keys() == {
        "ui_stall_transfers_ms_p99",
        "ui_stall_transfers_ms_max",
        "ui_stall_transfers_ms_p99_over_idle",
        "ui_stall_transfers_ms_max_over_idle",
        "ui_stall_line_ms_p99",
        "ui_stall_line_ms_max",
    }
    for key in ("ui_stall_transfers_ms_p99", "ui_stall_transfers_ms_max"):
        assert figures[f"{key}_over_idle"] < figures[key]


@pytest.mark.slow
def test_a_start_with_a_cached_listing_is_measured(tmp_path: Path) -> None:
    lines = measure_start(Options(runs=1, listed=2500), "", tmp_path)
    assert [line.key for line in lines] == ["cached_start_ms", "cached_start_vs_bare"]
    assert all(line.figure > 0 for line in lines)


@pytest.mark.slow
def test_previews_are_measured_in_the_real_window(tmp_path: Path) -> None:
    lines = measure_previews(Options(runs=1, previewed=20), "", tmp_path)
    figures = {line.key: line.figure for line in lines if line.key}
    assert figures.keys() == {"preview_ms", "preview_bytes_mib"}
    assert figures["preview_ms"] > 0
    assert 0.25 <= figures["preview_bytes_mib"] < 20


@pytest.mark.slow
def test_large_files_are_measured_against_wc_and_grep(tmp_path: Path) -> None:
    lines = large_files.measure(Options(runs=1, inside=2), "", tmp_path)
    assert [line.key for line in lines if line.key] == [
        "index_2gb_vs_wc",
        "jump_ms",
        "index_rss_growth_mib",
        "find_vs_grep",
    ]
    assert all(line.figure >= 0 for line in lines)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_sums_and_joins_are_measured(tmp_path: Path) -> None:
    lines = batches.measure(Options(runs=1, requests=200), "", tmp_path)
    assert [line.key for line in lines if line.key] == [
        "summary_vs_json",
        "summary_rss_growth_mib",
        "join_50k_s",
    ]
    assert all(line.figure >= 0 for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_the_batch_output_has_the_declared_size(tmp_path: Path) -> None:
    file = tmp_path / "output.jsonl"
    batches.make_output(file, 100)
    assert file.stat().st_size == 95 * batches.LINE
    ids = [json.loads(line)["custom_id"] for line in file.read_bytes().splitlines()]
    assert len(set(ids)) == 95


def test_the_page_server_lists_every_file_once() -> None:
    for pages in pages_of(2500):
        ids, after, more = [], None, True
        while more:
            page = json.loads(pages.page(1000, after))
            ids += [file["id"] for file in page["data"]]
            after, more = ids[-1], page["has_more"]
        assert len(ids) == len(set(ids)) == 2500


def test_the_page_servers_change_adds_removes_and_renames_files() -> None:
    before, after = (
        {file["id"]: file for file in json.loads(pages.page(10_000, None))["data"]}
        for pages in pages_of(1000)
    )
    assert len(after.keys() - before.keys()) == len(before.keys() - after.keys()) == 10
    assert sum(after[one] != before[one] for one in after.keys() & before.keys()) == 10


@pytest.mark.slow
def test_the_cost_of_the_upload_history_is_measured_on_a_limited_and_an_unlimited_line(
    tmp_path: Path,
) -> None:
    with fast_server() as address:
        limited, free = measure_history(SMALL, address, tmp_path)
    assert (limited.key, free.key) == ("sha256_upload_cost", "")
    assert limited.figure > 0
    assert free.figure > 0


@pytest.mark.slow
def test_a_limited_upload_is_not_received_faster(tmp_path: Path) -> None:
    with fast_server() as address:
        file = tmp_path / "file.bin"
        file.write_bytes(bytes(25_000_000))
        elapsed = timed(lambda: upload_with_client(f"{address}/rate-125/v1", file))
    assert elapsed >= 0.2


def download_with_client(url: str, file: Path) -> None:
    with official_client(url) as client:
        client.files.content(file_id(file.stat().st_size)).read()


@pytest.mark.slow
@pytest.mark.parametrize("transfer", [upload_with_client, download_with_client])
def test_all_transfers_in_one_direction_share_a_line(
    tmp_path: Path, transfer: Callable[[str, Path], None]
) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(bytes(6_250_000))
    with fast_server() as address, ThreadPoolExecutor(4) as clients:

        def all_four() -> None:
            list(clients.map(transfer, [f"{address}/line-125/v1"] * 4, [file] * 4))

        elapsed = timed(all_four)
    assert elapsed >= 0.19


def test_suggestions_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "FILES", 16)
    [line] = suggestions.measure(SMALL, "", tmp_path)
    assert line.key == "suggest_1000_files_ms"
    assert line.figure > 0


@pytest.mark.slow
def test_checks_are_measured_against_reading_alone(tmp_path: Path, qapp: QApplication) -> None:
    with fast_server() as address:
        lines = checks.measure(replace(SMALL, requests=200), address, tmp_path)
    assert [line.key for line in lines if line.key] == [
        "check_batch_mib_s_vs_json",
        "check_rss_growth_mib",
        "ui_stall_check_ms_max",
    ]
    assert all(line.figure >= 0 for line in lines)


def test_the_batch_has_the_declared_size(tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    checks.make_batch(file, 100)
    assert file.stat().st_size == 100 * checks.LINE
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert len({line["custom_id"] for line in lines}) == 100


def test_a_ratio_is_the_median_over_the_runs() -> None:
    assert median_ratio([2.0, 9.0, 4.0], [1.0, 1.0, 1.0]) == 4.0


def test_a_target_is_met_only_within_its_bounds() -> None:
    assert Line("a", 1.0, at_least=1.0).met
    assert not Line("a", 0.99, at_least=1.0).met
    assert Line("a", 16, at_most=16).met
    assert not Line("a", 17, at_most=16).met


def test_figures_with_a_key_are_added_to_earlier_ones(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    write([Line("a", 1.0, key="first"), Line("only printed", 3.0)], file)
    write([Line("b", 2.0, key="second")], file)
    assert json.loads(file.read_text()) == {"first": 1.0, "second": 2.0}


@pytest.mark.slow
@pytest.mark.screen
def test_switching_is_measured(tmp_path: Path) -> None:
    warm, cached = switching.measure(replace(SMALL, listed=500), "", tmp_path)
    assert (warm.key, cached.key) == ("switch_warm_ms", "switch_cached_ms")
    assert min(warm.figure, cached.figure) > 0
