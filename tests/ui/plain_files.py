"""A simple reference for what the table should show."""

from collections.abc import Mapping, Set

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter, View, is_output
from services.browse.file_views import SOON
from services.browse.ordering import Column, Order, natural_key
from services.browse.query import parse
from services.system.name_matching import folded


def plainly_arranged(
    files: Mapping[str, RemoteFile],
    shown: FileFilter,
    order: Order,
    now: float,
    looked_at: float | None,
    found: Set[str] = frozenset(),
) -> list[RemoteFile]:
    """The files that match the filter, in order; `found` are those that watching has found."""

    def value(file: RemoteFile) -> object:
        return {
            Column.NAME: natural_key(file.name),
            Column.PURPOSE: folded(file.purpose or "") or None,
            Column.SIZE: file.size,
            Column.CREATED: file.created_at,
            Column.EXPIRES: file.expires_at,
            Column.ID: file.id,
            Column.NEEDED_BY: None,  # nothing is known
            Column.STATUS: folded(file.status or "") or None,
        }[order.column]

    def is_shown(file: RemoteFile) -> bool:
        if shown.purposes and (file.purpose or "") not in shown.purposes:
            return False
        if shown.view is View.EXPIRING and (
            file.expires_at is None or not now < file.expires_at < now + SOON
        ):
            return False
        if shown.view is View.NEW_OUTPUTS:
            recent = looked_at is not None and (file.created_at or 0) > looked_at
            if not is_output(file.purpose) or not (recent or file.id in found):
                return False
        query = parse(shown.text)
        texts = (folded(file.name), folded(file.id))
        return (
            all(any(word in text for text in texts) for word in query.words)
            and not any(any(word in text for text in texts) for word in query.excluded)
            and all(condition.matches(file, now) for condition in query.conditions)
        )

    let_through = sorted(filter(is_shown, files.values()), key=lambda file: file.id)
    known = [file for file in let_through if value(file) is not None]
    unknown = [file for file in let_through if value(file) is None]
    known.sort(key=lambda file: (value(file), file.id), reverse=order.descending)
    return known + unknown
