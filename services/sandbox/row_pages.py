"""Pages of rows in the order of their creation."""

from collections.abc import Sequence
from typing import Any

from services.sandbox.file_store import FileStore
from services.sandbox.list_query import ListQuery


class NoSuchRow(KeyError):
    """No row has this ID, or none in this list."""


def row_page(
    files: FileStore,
    table: str,
    columns: str,
    query: ListQuery,
    *,
    where: str = "TRUE",
    values: Sequence[object] = (),
    id_column: str = "id",
) -> tuple[list[tuple[Any, ...]], bool]:
    """Up to `limit` rows, and whether there are more.

    Rows created in the same second are in the order they were added. `where` and `values` choose
    the rows of the list. Raises NoSuchRow if `after` or `before` isn't one of them. With `before`,
    these are the rows just before it, in the same order.
    """
    conditions, wanted = [where], list(values)
    backwards = query.before is not None and query.after is None
    for cursor, is_after in ((query.after, True), (query.before, False)):
        if cursor is None:
            continue
        place = files.query(
            f"SELECT created_at, position FROM {table} WHERE {where} AND {id_column} = ?",
            (*values, cursor),
        )
        if not place:
            raise NoSuchRow(cursor)
        beyond = "<" if is_after == query.newest_first else ">"
        conditions.append(f"(created_at, position) {beyond} (?, ?)")
        wanted.extend(place[0])
    direction = "DESC" if query.newest_first != backwards else "ASC"
    rows = files.query(
        f"SELECT {columns} FROM {table} WHERE {' AND '.join(conditions)} "
        f"ORDER BY created_at {direction}, position {direction} LIMIT ?",
        (*wanted, query.limit + 1),
    )
    page = rows[: query.limit]
    return page[::-1] if backwards else page, len(rows) > query.limit
