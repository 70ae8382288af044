"""Compares the program with curl, the official client and its own targets.

    python -m tests.bench [--only KEY] [--runs N]

Prints a table and writes the figures to build/bench.json. Needs Linux, curl and a display;
`make bench` provides them.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    batches,
    cached_start,
    cancel,
    checks,
    cleanup,
    dead_address,
    frozen,
    jobs,
    large_files,
    listing,
    looking_inside,
    memory,
    previews,
    queue_10k,
    references,
    small_uploads,
    suggestions,
    switching,
    table,
    terminal,
    throughput,
    tls_uploads,
    two_windows,
    upload_history,
    window_stalls,
)
from tests.bench.fast_server import fast_server
from tests.bench.report import Line, Measure, Options, print_head, print_line, write

MEASURES: dict[tuple[str, ...], Measure] = {
    ("upload_vs_curl", "upload_vs_sdk"): throughput.measure_uploads,
    ("download_vs_curl", "download_vs_sdk"): throughput.measure_downloads,
    ("small_uploads_vs_sdk",): small_uploads.measure,
    ("tls_upload_vs_curl",): tls_uploads.measure_large,
    ("tls_small_uploads_vs_sdk",): tls_uploads.measure_small,
    ("dead_ipv6_over_curl_s",): dead_address.measure,
    ("sha256_upload_cost",): upload_history.measure,
    ("suggest_1000_files_ms",): suggestions.measure,
    ("upload_rss_growth_mib", "download_rss_growth_mib"): memory.measure,
    (
        "ui_stall_transfers_ms_p99",
        "ui_stall_transfers_ms_max",
        "ui_stall_transfers_ms_p99_over_idle",
        "ui_stall_transfers_ms_max_over_idle",
    ): window_stalls.measure,
    ("ui_stall_line_ms_p99", "ui_stall_line_ms_max"): window_stalls.measure_on_line,
    (
        "check_batch_mib_s_vs_json",
        "check_rss_growth_mib",
        "ui_stall_check_ms_max",
    ): checks.measure,
    ("queue_10k_seconds",): queue_10k.measure,
    ("cancel_seconds_max",): cancel.measure,
    (
        "list_100k_vs_raw",
        "first_rows_ms",
        "rss_100k_mib",
        "ui_stall_listing_ms_max",
    ): listing.measure,
    (
        "sort_100k_ms",
        "sort_100k_vs_bare",
        "filter_100k_ms",
        "filter_100k_vs_bare",
        "sort_vs_proxy",
        "scroll_frame_ms_p99",
        "select_all_100k_ms",
    ): table.measure,
    ("sort_1m_ms", "filter_1m_ms"): table.measure_very_many,
    ("plan_100k_ms", "ui_stall_plan_ms_max"): cleanup.measure,
    ("cached_start_ms", "cached_start_vs_bare"): cached_start.measure,
    ("switch_warm_ms", "switch_cached_ms"): switching.measure,
    ("preview_ms", "preview_bytes_mib"): previews.measure,
    ("ui_stall_preview_ms_max",): looking_inside.measure,
    (
        "index_2gb_vs_wc",
        "jump_ms",
        "index_rss_growth_mib",
        "find_vs_grep",
    ): large_files.measure,
    ("batches_10k_vs_raw",): jobs.measure,
    ("scan_requests_over_promised", "needed_by_ms"): references.measure,
    ("summary_vs_json", "summary_rss_growth_mib", "join_50k_s"): batches.measure,
    ("cli_start_ms_over_python",): terminal.measure_start,
    ("cli_put_500_vs_sdk",): terminal.measure_uploads,
    ("cli_ls_100k_vs_raw", "cli_ls_100k_rss_mib"): terminal.measure_listing,
    ("two_windows_rss_mib",): two_windows.measure,
    ("frozen_start_vs_source", "frozen_size_mib", "deb_size_mib"): frozen.measure,
}


def main() -> int:
    """Measure; return 1 if a target is missed."""
    keys = [key for group in MEASURES for key in group]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=keys, metavar="KEY", help=", ".join(keys))
    parser.add_argument(
        "--runs", type=int, default=Options().runs, help="number of runs (default: %(default)s)"
    )
    options = parser.parse_args()
    lines: list[Line] = []
    print_head()
    with fast_server() as address:
        for group, measure in MEASURES.items():
            if options.only is not None and options.only not in group:
                continue
            with tempfile.TemporaryDirectory() as folder:
                for line in measure(Options(options.runs), address, Path(folder)):
                    print_line(line)
                    lines.append(line)
    write(lines)
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
