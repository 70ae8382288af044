"""The batches, vector stores and fine-tuning jobs of a `ScriptedFilesServer`."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from tests.support.served_files import ODD_OBJECTS, ListingQuirk, Reply, error, json_reply

_numbers = count(1)
_LARGEST_PAGE = 100

Fields = dict[str, Any]


def served_batch(**fields: object) -> Fields:
    """A completed batch, as the server describes it."""
    number = next(_numbers)
    return {
        "id": f"batch_{number:06d}",
        "object": "batch",
        "endpoint": "/v1/responses",
        "model": "gpt-5-mini",
        "errors": None,
        "input_file_id": f"file-in-{number:06d}",
        "completion_window": "24h",
        "status": "completed",
        "output_file_id": f"file-out-{number:06d}",
        "error_file_id": None,
        "created_at": 1_700_000_000 + number,
        "in_progress_at": 1_700_000_010 + number,
        "expires_at": 1_700_086_400 + number,
        "finalizing_at": 1_700_000_020 + number,
        "completed_at": 1_700_000_030 + number,
        "failed_at": None,
        "expired_at": None,
        "cancelling_at": None,
        "cancelled_at": None,
        "request_counts": {"total": 10, "completed": 9, "failed": 1},
        "usage": {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150},
        "metadata": None,
    } | fields


def running_batch(**fields: object) -> Fields:
    """A batch that is in progress."""
    running: Fields = {
        "status": "in_progress",
        "output_file_id": None,
        "finalizing_at": None,
        "completed_at": None,
        "request_counts": {"total": 10, "completed": 2, "failed": 0},
    }
    return served_batch(**(running | fields))


def served_store(**fields: object) -> Fields:
    """A vector store, as the server describes it."""
    number = next(_numbers)
    return {
        "id": f"vs_{number:06d}",
        "object": "vector_store",
        "created_at": 1_700_000_000 + number,
        "name": f"Store {number}",
        "usage_bytes": 1_000,
        "file_counts": {
            "in_progress": 0,
            "completed": 0,
            "failed": 0,
            "cancelled": 0,
            "total": 0,
        },
        "status": "completed",
        "expires_after": None,
        "expires_at": None,
        "last_active_at": 1_700_000_000 + number,
        "metadata": {},
    } | fields


def store_file(file_id: str, **fields: object) -> Fields:
    """A file in a vector store, as the server describes it."""
    return {
        "id": file_id,
        "object": "vector_store.file",
        "usage_bytes": 123,
        "created_at": 1_700_000_000 + next(_numbers),
        "vector_store_id": "vs_1",
        "status": "completed",
        "last_error": None,
        "attributes": {},
        "chunking_strategy": {"type": "static"},
    } | fields


def served_job(**fields: object) -> Fields:
    """A fine-tuning job, as the server describes it."""
    number = next(_numbers)
    return {
        "id": f"ftjob-{number:06d}",
        "object": "fine_tuning.job",
        "created_at": 1_700_000_000 + number,
        "finished_at": 1_700_003_600 + number,
        "estimated_finish": None,
        "model": "gpt-4.1-mini",
        "fine_tuned_model": f"ft:gpt-4.1-mini:acme::{number}",
        "status": "succeeded",
        "training_file": f"file-train-{number:06d}",
        "validation_file": None,
        "result_files": [f"file-result-{number:06d}"],
        "trained_tokens": 5_000,
        "error": {},
        "metadata": None,
    } | fields


class ServedJobs:
    """Answers the requests about them. The caller holds a lock."""

    def __init__(self) -> None:
        self.batches: list[Fields] = []
        """The newest last, like the next two."""
        self.stores: list[Fields] = []
        self.fine_tuning: list[Fields] = []
        self.files_of: dict[str, list[Fields]] = {}
        """The files of each store, the last attached last."""
        self.texts: dict[str, list[str]] = {}
        """The parsed text of files by ID, page by page."""
        self.largest_page = _LARGEST_PAGE
        """More objects are never on a page, whatever the limit."""
        self.offered = {"batches", "vector_stores", "fine_tuning"}
        """Which of them the server has; it answers 404 about the others."""

    def answers(self, path: str) -> bool:
        """Whether requests to that path are answered here."""
        return path.strip("/").split("/")[0] in {"batches", "vector_stores", "fine_tuning"}

    def answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Fields,
        quirks: set[ListingQuirk],
    ) -> Reply:
        """The correct response; `path` has no version."""
        match [method, *path.strip("/").split("/")]:
            case [_, root, *_] if root not in self.offered:
                return error(404, f"Invalid URL ({method} {path})")
            case ["GET", "batches"]:
                return _page(self.batches, query, quirks, self.largest_page)
            case ["POST", "batches"]:
                return self._create_batch(body)
            case ["GET", "batches", batch_id]:
                return _one(self.batches, batch_id)
            case ["POST", "batches", batch_id, "cancel"]:
                return self._cancel_batch(batch_id)
            case ["GET", "fine_tuning", "jobs"]:
                return _page(self.fine_tuning, query, quirks, self.largest_page)
            case ["GET", "fine_tuning", "jobs", job_id]:
                return _one(self.fine_tuning, job_id)
            case ["GET", "vector_stores"]:
                return _page(self.stores, query, quirks, self.largest_page)
            case ["GET", "vector_stores", store_id]:
                return _one(self.stores, store_id)
            case [_, "vector_stores", store_id, "files", *rest]:
                if not any(store["id"] == store_id for store in self.stores):
                    return error(404, f"No vector store found with id '{store_id}'.")
                return self._store_files(method, store_id, rest, query, body, quirks)
        return error(405, f"Not allowed to {method} on {path}")

    def _create_batch(self, body: Fields) -> Reply:
        unknown = body.keys() - {
            "input_file_id",
            "endpoint",
            "completion_window",
            "metadata",
            "output_expires_after",
        }
        if unknown or not {"input_file_id", "endpoint", "completion_window"} <= body.keys():
            return error(400, f"Unknown or missing parameters: {sorted(unknown)}")
        batch = running_batch(
            status="validating",
            in_progress_at=None,
            request_counts={"total": 0, "completed": 0, "failed": 0},
            metadata=body.get("metadata"),
            input_file_id=body["input_file_id"],
            endpoint=body["endpoint"],
        )
        self.batches.append(batch)
        return json_reply(batch)

    def _cancel_batch(self, batch_id: str) -> Reply:
        batch = next((one for one in self.batches if one["id"] == batch_id), None)
        if batch is None:
            return error(404, f"No batch found with id '{batch_id}'.")
        if batch["status"] not in {"validating", "in_progress", "finalizing"}:
            return error(409, f"Cannot cancel a batch with status '{batch['status']}'.")
        batch["status"] = "cancelling"
        return json_reply(batch)

    def _store_files(
        self,
        method: str,
        store_id: str,
        rest: list[str],
        query: Mapping[str, str],
        body: Fields,
        quirks: set[ListingQuirk],
    ) -> Reply:
        files = self.files_of.setdefault(store_id, [])
        match [method, *rest]:
            case ["GET"]:
                state = query.get("filter")
                chosen = [one for one in files if state is None or one["status"] == state]
                return _page(chosen, query, quirks, self.largest_page)
            case ["POST"]:
                files[:] = [one for one in files if one["id"] != body["file_id"]]
                attached = store_file(
                    body["file_id"], vector_store_id=store_id, status="in_progress"
                )
                files.append(attached)
                return json_reply(attached)
            case ["GET", file_id]:
                return _one(files, file_id)
            case ["DELETE", file_id]:
                if not any(one["id"] == file_id for one in files):
                    return error(404, f"No file found with id '{file_id}'.")
                files[:] = [one for one in files if one["id"] != file_id]
                deleted = {"object": "vector_store.file.deleted", "id": file_id, "deleted": True}
                return json_reply(deleted)
            case ["GET", file_id, "content"]:
                return self._text(files, file_id, query)
        return error(405, f"Not allowed to {method}")

    def _text(self, files: list[Fields], file_id: str, query: Mapping[str, str]) -> Reply:
        if not any(one["id"] == file_id for one in files):
            return error(404, f"No file found with id '{file_id}'.")
        texts = self.texts.get(file_id, [])
        number = int(query.get("page", "0"))
        more = number + 1 < len(texts)
        return json_reply(
            {
                "object": "vector_store.file_content.page",
                "data": [{"type": "text", "text": text} for text in texts[number : number + 1]],
                "has_more": more,
                "next_page": str(number + 1) if more else None,
            }
        )


def _one(items: list[Fields], item_id: str) -> Reply:
    found = next((item for item in items if item["id"] == item_id), None)
    return error(404, f"Nothing found with id '{item_id}'.") if not found else json_reply(found)


def _page(
    items: list[Fields], query: Mapping[str, str], quirks: set[ListingQuirk], largest: int
) -> Reply:
    limit = int(query.get("limit", "20"))
    if not 1 <= limit <= _LARGEST_PAGE:
        return error(400, f"'limit' must be 1 to {_LARGEST_PAGE}", param="limit")
    left = items[::-1]
    if "after" in query and ListingQuirk.AFTER_IGNORED not in quirks:
        ids = [item["id"] for item in left]
        if query["after"] not in ids:
            return error(400, f"Unknown cursor: {query['after']}", param="after")
        left = left[ids.index(query["after"]) + 1 :]
    page: list[object] = list(
        left if ListingQuirk.LIMIT_IGNORED in quirks else left[: min(limit, largest)]
    )
    has_more = len(left) > len(page) or ListingQuirk.HAS_MORE_ALWAYS in quirks
    listing: Fields = {"object": "list", "has_more": has_more}
    if ListingQuirk.HAS_MORE_MISSING in quirks:
        del listing["has_more"]
    if ListingQuirk.REPEATED_IDS in quirks:
        page = [item for item in page for _twice in range(2)]
    if ListingQuirk.ODD_OBJECTS in quirks:
        page = [*ODD_OBJECTS[:3], *page]
    return json_reply(listing | {"data": page})
