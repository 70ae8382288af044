"""The sandbox's vector stores and the files in them, kept in the database.

The status of a file follows from the time since it was attached, so nothing runs in the background.
"""

import secrets
import sqlite3
from typing import Any

import msgspec

from services.sandbox.file_store import FileStore, NoSuchFile, StoredFile
from services.sandbox.list_query import ListQuery
from services.sandbox.row_pages import row_page
from services.sandbox.vector_stores.parsed_text import parsed_pages, why_refused
from services.sandbox.vector_stores.vector_store_rows import (
    USUAL_CHUNK_TOKENS,
    USUAL_OVERLAP_TOKENS,
    FileSums,
    StoreFileRow,
    StoreRow,
    store_file_object,
    store_object,
    usage_of,
)

_SHORTEST_PARSING = 2
_LONGEST_PARSING = 10
_BYTES_PER_SECOND = 1024 * 1024

_STORE_COLUMNS = ", ".join(StoreRow.__struct_fields__)
_FILE_COLUMNS = ", ".join(StoreFileRow.__struct_fields__)

_STATUS_CONDITIONS = {
    "in_progress": "ready_at > ?",
    "completed": "ready_at <= ? AND error_code IS NULL",
    "failed": "ready_at <= ? AND error_code IS NOT NULL",
    "cancelled": "ready_at < ? AND FALSE",  # nothing is cancelled here
}
_SUMS = """
SELECT count(*) FILTER (WHERE ready_at > :now),
    count(*) FILTER (WHERE ready_at <= :now AND error_code IS NULL),
    count(*) FILTER (WHERE ready_at <= :now AND error_code IS NOT NULL),
    coalesce(sum(usage_bytes) FILTER (WHERE ready_at <= :now AND error_code IS NULL), 0)
FROM vector_store_files WHERE store_id = :store"""
"""The fields of `FileSums`; a store may have too many files to look at each."""

STATUSES = tuple(_STATUS_CONDITIONS)
"""Of the files in a store."""


class NoSuchStore(KeyError):
    """No vector store has this ID."""


class NotInStore(KeyError):
    """The store doesn't contain this file."""


class StoreExpired(Exception):
    """Nothing can be added to an expired store."""


class NewStoreFile(msgspec.Struct, frozen=True):
    """A file to attach to a store."""

    file_id: str
    attributes: dict[str, str | float | bool] = {}
    chunk_tokens: int = USUAL_CHUNK_TOKENS
    overlap_tokens: int = USUAL_OVERLAP_TOKENS


class VectorStores:
    """The vector stores of a sandbox. Can be used by several threads."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def create(
        self,
        name: str,
        metadata: dict[str, str],
        expires_days: int | None,
        attached: list[NewStoreFile],
    ) -> dict[str, Any]:
        """Create a store with files and return it as an API object. Raises NoSuchFile."""
        now = self._files.now
        row = StoreRow(new_store_id(), now, name, _json(metadata), expires_days, now)
        files = [
            self.new_file_row(row.id, self._files.retrieve(one.file_id), one, now)
            for one in {one.file_id: one for one in attached}.values()
        ]
        with self._files.change() as database:
            insert_store(database, row, files)
        return self._object(row)

    def new_file_row(
        self, store_id: str, file: StoredFile, new: NewStoreFile, created_at: int
    ) -> StoreFileRow:
        """The row of a file that was attached at that time, after it was looked into."""
        with self._files.open_content(file) as content:
            refusal = why_refused(file.filename, file.size, content)
        seconds = min(_LONGEST_PARSING, _SHORTEST_PARSING + file.size // _BYTES_PER_SECOND)
        return StoreFileRow(
            store_id,
            file.id,
            created_at,
            created_at + seconds,
            None if refusal is None else refusal.code,
            None if refusal is None else refusal.message,
            0 if refusal else usage_of(file.size, new.chunk_tokens, new.overlap_tokens),
            _json(new.attributes),
            new.chunk_tokens,
            new.overlap_tokens,
        )

    def page(self, query: ListQuery) -> tuple[list[dict[str, Any]], bool]:
        """A page of stores as API objects, and whether there are more. Raises NoSuchRow."""
        self._files.bring_up_to_date()
        rows, has_more = row_page(self._files, "vector_stores", _STORE_COLUMNS, query)
        return [self._object(StoreRow(*row)) for row in rows], has_more

    def retrieve(self, store_id: str) -> dict[str, Any]:
        """A store as an API object. Raises NoSuchStore."""
        return self._object(self._row(store_id))

    def modify(self, store_id: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Change columns of a store and return it as an API object. Raises NoSuchStore."""
        row = self._row(store_id)
        changed = msgspec.structs.replace(row, **changes, last_active_at=self._files.now)
        with self._files.change() as database:
            database.execute(
                "UPDATE vector_stores SET name = ?, metadata = ?, expires_days = ?, "
                "last_active_at = ? WHERE id = ?",
                (
                    changed.name,
                    changed.metadata,
                    changed.expires_days,
                    changed.last_active_at,
                    store_id,
                ),
            )
        return self._object(changed)

    def delete(self, store_id: str) -> None:
        """Delete a store; its files stay. Raises NoSuchStore."""
        with self._files.change() as database:
            gone = database.execute("DELETE FROM vector_stores WHERE id = ?", (store_id,)).rowcount
        if not gone:
            raise NoSuchStore(store_id)

    def attach(self, store_id: str, new: NewStoreFile) -> dict[str, Any]:
        """Attach a file, or again, and return it as an API object.

        Raises NoSuchStore, StoreExpired or NoSuchFile.
        """
        store, now = self._row(store_id), self._files.now
        if store.is_expired(now):
            raise StoreExpired(store_id)
        row = self.new_file_row(store_id, self._files.retrieve(new.file_id), new, now)
        with self._files.change() as database:
            _note_activity(database, store_id, now)
            database.execute(
                "DELETE FROM vector_store_files WHERE store_id = ? AND file_id = ?",
                (store_id, new.file_id),
            )
            insert_store_file(database, row)
        return store_file_object(row, now)

    def file_page(
        self, store_id: str, query: ListQuery, status: str | None
    ) -> tuple[list[dict[str, Any]], bool]:
        """A page of the files in a store as API objects, and whether there are more.

        `status` is one of `STATUSES`. Raises NoSuchStore or NoSuchRow.
        """
        self._row(store_id)
        now = self._files.now
        where, values = "store_id = ?", [store_id]
        rows, has_more = row_page(
            self._files,
            "vector_store_files",
            _FILE_COLUMNS,
            query,
            where=where if status is None else f"{where} AND {_STATUS_CONDITIONS[status]}",
            values=values if status is None else [*values, now],
            id_column="file_id",
        )
        return [store_file_object(StoreFileRow(*row), now) for row in rows], has_more

    def retrieve_file(self, store_id: str, file_id: str) -> dict[str, Any]:
        """A file of a store as an API object. Raises NoSuchStore or NotInStore."""
        return store_file_object(self._file_row(store_id, file_id), self._files.now)

    def set_attributes(
        self, store_id: str, file_id: str, attributes: dict[str, str | float | bool]
    ) -> dict[str, Any]:
        """Replace the attributes of a file; return it as an API object.

        Raises NoSuchStore or NotInStore.
        """
        row = msgspec.structs.replace(
            self._file_row(store_id, file_id), attributes=_json(attributes)
        )
        now = self._files.now
        with self._files.change() as database:
            database.execute(
                "UPDATE vector_store_files SET attributes = ? WHERE store_id = ? AND file_id = ?",
                (row.attributes, store_id, file_id),
            )
            _note_activity(database, store_id, now)
        return store_file_object(row, now)

    def detach(self, store_id: str, file_id: str) -> None:
        """Take a file out of a store; it isn't deleted. Raises NoSuchStore or NotInStore."""
        self._file_row(store_id, file_id)
        with self._files.change() as database:
            database.execute(
                "DELETE FROM vector_store_files WHERE store_id = ? AND file_id = ?",
                (store_id, file_id),
            )
            _note_activity(database, store_id, self._files.now)

    def parsed_text(self, store_id: str, file_id: str) -> list[str]:
        """The text of a file in parts; empty unless it is completed.

        Raises NoSuchStore or NotInStore.
        """
        row = self._file_row(store_id, file_id)
        if row.status(self._files.now) != "completed":
            return []
        try:
            file = self._files.stored(file_id)
            with self._files.open_content(file) as content:
                return parsed_pages(file.filename, content)
        except NoSuchFile:
            raise NotInStore(file_id) from None

    def _object(self, row: StoreRow) -> dict[str, Any]:
        now = self._files.now
        [sums] = self._files.query(_SUMS, {"store": row.id, "now": now})
        return store_object(row, FileSums(*sums), now)

    def _row(self, store_id: str) -> StoreRow:
        self._files.bring_up_to_date()
        rows = self._files.query(
            f"SELECT {_STORE_COLUMNS} FROM vector_stores WHERE id = ?", (store_id,)
        )
        if not rows:
            raise NoSuchStore(store_id)
        return StoreRow(*rows[0])

    def _file_row(self, store_id: str, file_id: str) -> StoreFileRow:
        self._row(store_id)
        rows = self._files.query(
            f"SELECT {_FILE_COLUMNS} FROM vector_store_files WHERE store_id = ? AND file_id = ?",
            (store_id, file_id),
        )
        if not rows:
            raise NotInStore(file_id)
        return StoreFileRow(*rows[0])


def new_store_id() -> str:
    """An ID that no vector store has."""
    return f"vs_{secrets.token_hex(16)}"


def insert_store(database: sqlite3.Connection, row: StoreRow, files: list[StoreFileRow]) -> None:
    """Add a store and its files to the database. Raises NoSuchFile if one was deleted meanwhile."""
    marks = ", ".join("?" for _name in StoreRow.__struct_fields__)
    database.execute(
        f"INSERT INTO vector_stores ({_STORE_COLUMNS}) VALUES ({marks})",
        msgspec.structs.astuple(row),
    )
    for file in files:
        insert_store_file(database, file)


def insert_store_file(database: sqlite3.Connection, row: StoreFileRow) -> None:
    """Add a file of a store to the database. Raises NoSuchFile if it was deleted meanwhile."""
    marks = ", ".join("?" for _name in StoreFileRow.__struct_fields__)
    added = database.execute(
        f"INSERT INTO vector_store_files ({_FILE_COLUMNS}) "
        f"SELECT {marks} WHERE EXISTS (SELECT 1 FROM files WHERE id = ?)",
        (*msgspec.structs.astuple(row), row.file_id),
    ).rowcount
    if not added:
        raise NoSuchFile(row.file_id)


def _note_activity(database: sqlite3.Connection, store_id: str, now: int) -> None:
    changed = database.execute(
        "UPDATE vector_stores SET last_active_at = ? WHERE id = ?", (now, store_id)
    ).rowcount
    if not changed:
        raise NoSuchStore(store_id)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
