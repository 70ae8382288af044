"""The modules that keep the README's promises, and the tests that should catch mutations in them."""

from pathlib import Path

_ENGINE = "tests/services/test_engine*.py"
_TRANSFERS = (
    "tests/services/transfers",
    "tests/services/faults",
    "tests/services/test_engine_transfers.py",
    "tests/services/test_engine_history.py",
    "tests/promise",
)
_API = ("tests/services/api", "tests/services/problems", "tests/services/faults")
_CATALOG = (
    "tests/services/catalog",
    "tests/services/test_watching.py",
    _ENGINE,
    "tests/services/transfers",
)
_DISK = (
    "tests/services/system",
    "tests/services/disk",
    "tests/services/accounts",
    "tests/services/test_*.py",
    "tests/services/catalog",
    "tests/services/transfers",
)
_SETTINGS = ("tests/services/accounts", "tests/services/system")
_LIST = ("tests/services/browse", "tests/ui/files", "tests/ui/table")

_ALL_TESTS: dict[str, tuple[str, ...]] = {
    "services/transfers/transfer_commands.py": (
        *_TRANSFERS,
        "tests/services/test_engine_closing.py",
        "tests/services/test_engine_sandbox.py",
        "tests/terminal/test_put_input.py",
    ),
    "services/transfers/content_stream.py": (
        "tests/terminal/test_cat.py",
        "tests/terminal/test_get.py",
    ),
    "services/transfers/*.py": _TRANSFERS,
    "services/api/*.py": _API,
    "services/problems/*.py": _API,
    "services/catalog/listings.py": (
        _ENGINE,
        "tests/services/test_watching.py",
        "tests/services/catalog",
        "tests/services/faults",
    ),
    "services/catalog/*.py": _CATALOG,
    "services/jobs/*.py": ("tests/services/jobs", "tests/services/test_engine_jobs.py"),
    "services/accounts/settings.py": _SETTINGS,
    "services/accounts/settings_merge.py": _SETTINGS,
    "services/system/databases.py": (*_DISK, "tests/services/faults"),
    "services/disk/atomic_write.py": _DISK,
    "services/disk/csv_text.py": ("tests/services/disk", "tests/services/catalog"),
    "services/disk/partial_file.py": (*_DISK, *_TRANSFERS),
    "services/disk/whole_writes.py": _DISK,
    "services/disk/local_names.py": (*_DISK, *_TRANSFERS),
    "services/system/private_files.py": (*_DISK, "tests/services/sandbox"),
    "services/system/file_lock.py": (*_DISK, "tests/services/faults"),
    "services/system/folder_sync.py": _DISK,
    "services/disk/safe_rename.py": (*_DISK, "tests/services/faults"),
    "services/browse/file_*.py": _LIST,
    "ui/table/file_table*.py": _LIST,
    "services/browse/sorted_rows.py": _LIST,
    "services/browse/picked_rows.py": _LIST,
    "services/browse/row_change.py": _LIST,
}
"""All tests that could catch a mutation, by module pattern; they take at most 90 s.

The first pattern that fits a module counts."""

_QUEUE = ("transfer_queue", "queue_", "transfer")
_LIKELY_TESTS: dict[str, tuple[str, ...]] = {
    "attempts": ("transfer_queue", "uploading", "engine_transfers"),
    "delete_batches": ("transfer_queue", "queue_"),
    "delete_job": ("attempts", "journal", "transfer_queue", "queue_"),
    "destination": ("engine_transfers",),
    "download_job": ("attempts", "downloading", "resuming", "parts_after", "queue_restart"),
    "journal_problems": ("disks_and_clocks",),
    "file_owners": ("finding_upload", "lost_answers", "shared_claims"),
    "entry": ("queue_restart", "journal"),
    "job": ("journal", "queue_restart", "transfer_queue"),
    "journal_writer": ("disks_and_clocks",),
    "jobs": ("journal",),
    "reporter": (*_QUEUE, "uploading", "downloading", "disks_and_clocks", "two_programs"),
    "shared_claims": ("two_programs",),
    "shared_listings": ("finding_upload", "lost_answers"),
    "transfer_commands": (
        "engine_transfers",
        "engine_history",
        "engine_sandbox",
        "engine_closing",
    ),
    "transfer_store": (*_QUEUE, "uncertain_uploads", "finding_upload"),
    "transfer_runner": (*_QUEUE, "uncertain_uploads", "parts_after", "finding", "uploading"),
    "uncertain_uploads": ("finding_upload", "queue_restart"),
    "saving_job": ("saving_job", "parts_after", "downloading", "zip", "queue_restart"),
    "upload_answer": ("uploading", "lost_answers"),
    "sending_job": (
        "attempts",
        "journal",
        "disks_and_clocks",
        "transfer_queue",
        "uploading",
        "lost_answers",
        "interrupted_uploads",
        "queue_restart",
        "finding_upload",
        "engine_history",
    ),
    "upload_job": ("uploading", "engine_history"),
    "change_job": ("change",),
    "copy_job": ("engine_copies",),
    "resending_job": ("change", "engine_copies"),
    "changed_content": ("change",),
    "verifying": ("change",),
    "zip_archive": ("zip", "attempts", "received_content"),
    "zip_job": ("attempts", "zip", "saving_job", "queue_restart"),
    "account_headers": ("redirects", "key_secrecy", "network"),
    "bounded_reading": ("large_responses", "slow_responses"),
    "bounded_responses": ("large_responses", "slow_responses"),
    "broken_connections": ("errors", "connections", "redirects", "proxies", "certificates"),
    "certificate_errors": ("certificates",),
    "cancellable_adapter": ("proxies", "certificates"),
    "cancellable_connection": (
        "cancel",
        "interim_responses",
        "uploading",
        "address_race",
        "proxies",
    ),
    "connection": ("cancel", "redirects", "errors", "connections", "proxies"),
    "content": ("resuming",),
    "cursors": ("another_server", "look_alikes"),
    "files_api": ("errors", "retry", "look_alikes"),
    "file_page": ("remote_file", "listing"),
    "list_query": ("another_server", "look_alikes"),
    "named_fields": ("another_server", "look_alikes", "remote_file"),
    "nesting": ("remote_file", "errors"),
    "newest_files": ("files_api", "listing", "uploading"),
    "api_requests": ("files_api", "jobs_api"),
    "batch": ("items", "jobs_api"),
    "batches_api": ("jobs_api",),
    "fine_tuning_job": ("items",),
    "item": ("items",),
    "item_page": ("items", "item_lists"),
    "item_requests": ("item_lists", "jobs_api"),
    "json_body": ("jobs_api",),
    "json_values": ("remote_file", "items"),
    "page_limit": ("listing",),
    "paged_list": ("listing", "item_lists"),
    "vector_store": ("items",),
    "vector_stores_api": ("jobs_api", "item_lists"),
    "network_in_use": ("network",),
    "proxies": ("desktop_proxies", "real_proxies", "network"),
    "proxy_logins": ("proxies", "echoes", "network"),
    "socks": ("real_proxies",),
    "trust": ("certificates",),
    "responses": ("errors", "files_api", "listing", "uploading"),
    "redaction": ("key_secrecy", "echoes", "proxies"),
    "error_messages": ("errors",),
    "error_responses": ("errors",),
    "retry_after": ("retry",),
    "content_hash": ("duplicates", "restoring"),
    "exported_file": ("file_export",),
    "cache_keeper": ("listing_caches", "engine_last_listing"),
    "upload_history": ("missing_uploads", "engine_history", "engine_closing"),
    "upload_lookups": ("upload_lookups", "engine_history", "engine_closing"),
    "missing_uploads": ("missing_uploads",),
    "cached_page": ("listing_cache",),
    "databases": ("journal", "upload_store", "listing_cache"),
    "listings": ("watching", "engine_listing", "engine_last_listing"),
    "settings": ("private_files",),
    "private_files": ("settings_file",),
    "file_lock": ("settings", "private_files", "two_programs"),
    "folder_sync": ("atomic_write", "partial_file"),
    "safe_rename": ("partial_file", "parts_after"),
    "file_rows": ("file_list", "file_table", "any_course"),
    "file_counts": ("file_list", "sidebar", "selection_sums", "any_course"),
    "file_list": ("row_change", "any_course"),
    "file_views": ("file_list", "file_filter", "any_course"),
    "file_table_model": ("file_table", "row_change", "any_course"),
    "picked_rows": ("file_list", "picking_flow", "file_table", "any_course"),
    "row_change": ("any_course",),
    "row_chunks": ("selection_sums", "timeline"),
    "sorted_rows": ("file_list", "row_change", "any_course"),
}
"""The name prefixes of the tests most likely to catch a mutation in a module, besides its own test.

They run in this order, so quick ones come first."""

_EXCLUDED = frozenset(
    {"__init__.py", "file_table.py", "file_export.py", "speed.py", "history_thread.py"}
)
"""Appearance, speed and threads: mutations in these modules are found by other means."""

TestGroups = tuple[list[str], list[str]]
"""The most likely test files, and the others, which run if those catch nothing."""


def promise_keepers(root: Path) -> dict[str, TestGroups]:
    """The test files for each module, by its path relative to `root`."""
    keepers: dict[str, TestGroups] = {}
    for pattern, all_tests in _ALL_TESTS.items():
        for path in sorted(root.glob(pattern)):
            if path.name not in _EXCLUDED:
                module = path.relative_to(root).as_posix()
                keepers.setdefault(module, _test_groups(root, path.stem, all_tests))
    return keepers


def _test_groups(root: Path, module: str, all_tests: tuple[str, ...]) -> TestGroups:
    """Two groups instead of one ordered list, because pytest chooses the order itself."""
    files = list(dict.fromkeys(path for place in all_tests for path in _test_files(root, place)))
    likely: list[Path] = []
    for name in (module, *_LIKELY_TESTS.get(module, ())):
        matches = [path for path in files if path.name.startswith(f"test_{name}")]
        likely += [path for path in matches if path not in likely]
    names = [path.relative_to(root).as_posix() for path in likely]
    others = [path.relative_to(root).as_posix() for path in files if path not in likely]
    return names, others


def _test_files(root: Path, place: str) -> list[Path]:
    return sorted(root.glob(place if place.endswith(".py") else f"{place}/test_*.py"))
