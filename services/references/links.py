"""Which references each file has. Vector stores, which may have a million files, change at once."""

from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence

from services.references.reference import Reference, Referrer, Role

_CHUNK = 2_000
"""Files unlinked at once, which takes a few milliseconds."""


class _StoreLink:
    """The reference of a vector store to each of its files: one object for all of them.

    So when the store changes, its files needn't be gone through.
    """

    __slots__ = ("reference",)

    def __init__(self, reference: Reference) -> None:
        self.reference = reference


_Links = tuple[Reference | _StoreLink, ...]


def _references(links: _Links, gone: Collection[_StoreLink]) -> tuple[Reference, ...]:
    if gone:
        links = tuple([link for link in links if link not in gone])
    return tuple([link.reference if isinstance(link, _StoreLink) else link for link in links])


class KnownReferences(Mapping[str, tuple[Reference, ...]]):
    """The references that were known at some time by file ID, each store as it is called now."""

    def __init__(
        self, links: Mapping[str, _Links], gone: frozenset[_StoreLink] = frozenset()
    ) -> None:
        """`links` don't change any more; those that are `gone` don't count."""
        self._links = links
        self._gone = gone

    def __getitem__(self, file_id: str) -> tuple[Reference, ...]:
        found = _references(self._links[file_id], self._gone)
        if not found:
            raise KeyError(file_id)
        return found

    def __iter__(self) -> Iterator[str]:
        if not self._gone:
            return iter(self._links)
        links = self._links.items()
        return (file_id for file_id, some in links if not self._gone.issuperset(some))

    def items(self) -> ItemsView[str, tuple[Reference, ...]]:
        """As usual, but faster."""
        return _Items(self, self._links, self._gone)

    def __len__(self) -> int:
        return sum(1 for _one in self) if self._gone else len(self._links)


class _Items(ItemsView[str, tuple[Reference, ...]]):
    def __init__(
        self, known: KnownReferences, links: Mapping[str, _Links], gone: frozenset[_StoreLink]
    ) -> None:
        super().__init__(known)
        self._links = links
        self._gone = gone

    def __iter__(self) -> Iterator[tuple[str, tuple[Reference, ...]]]:
        before: _Links = ()
        found: tuple[Reference, ...] = ()
        for file_id, links in self._links.items():
            if links is not before:  # those of many files are the same object
                before, found = links, _references(links, self._gone)
            if found:
                yield file_id, found


class Links:
    """Not thread-safe. Each method is fast, whatever the number of files."""

    def __init__(self) -> None:
        self._by_file: dict[str, _Links] = {}
        self._files: dict[str, set[str]] = {}
        """By vector store."""
        self._stores: dict[str, _StoreLink] = {}
        self._gone: dict[_StoreLink, set[str]] = {}
        """Stores that no longer have these files, which still have the link."""

    def of(self, file_id: str) -> tuple[Reference, ...]:
        """What refers to a file."""
        return _references(self._by_file.get(file_id, ()), self._gone)

    def now(self) -> KnownReferences:
        """All references as they are now."""
        return KnownReferences(self._by_file.copy(), frozenset(self._gone))

    # Batches and fine-tuning jobs

    def add(self, referrer: Referrer) -> None:
        """Add the references of a batch or job."""
        for role, file_id in referrer.files:
            before = self._by_file.get(file_id, ())
            self._by_file[file_id] = (*before, referrer.reference(role))

    def remove(self, referrer: Referrer) -> None:
        """Remove the references of a batch or job."""
        for _role, file_id in referrer.files:
            links = self._by_file.get(file_id, ())
            self._set(file_id, [one for one in links if not _is_of(one, referrer)])

    # Vector stores

    def show_store(self, store: Referrer) -> None:
        """Take a vector store as it is now."""
        if store.file_count == 0:
            self.drop_store(store.id)
        reference = store.reference(Role.INDEXED)
        if store.id in self._stores:
            self._stores[store.id].reference = reference
            return
        self._stores[store.id] = _StoreLink(reference)
        self._link(self._stores[store.id], self._files.get(store.id, ()))

    def drop_store(self, store_id: str) -> None:
        """Remove a vector store from all its files; `unlink_some` then does what takes long."""
        link, files = self._stores.pop(store_id, None), self._files.pop(store_id, set())
        if link is not None and files:
            self._gone[link] = files

    def unlink_some(self) -> bool:
        """Remove a few links of stores that were dropped; return whether some are left."""
        for link, files in self._gone.items():
            for file_id in [files.pop() for _one in range(min(_CHUNK, len(files)))]:
                self._unlink(link, file_id)
            if not files:
                del self._gone[link]
            break
        return bool(self._gone)

    def files_of(self, store_id: str) -> set[str]:
        """The IDs of the files that a vector store is known to have, as a copy."""
        return self._files.get(store_id, set()).copy()

    def add_to_store(self, store_id: str, file_ids: Iterable[str]) -> None:
        """Add files of a vector store. If it isn't known, they refer to it once it is."""
        link, files = self._stores.get(store_id), self._files.setdefault(store_id, set())
        new = [one for one in file_ids if one not in files]
        files.update(new)
        if link is not None:
            self._link(link, dict.fromkeys(new))

    def remove_from_store(self, store_id: str, file_ids: Iterable[str]) -> None:
        """Remove files of a vector store."""
        link, files = self._stores.get(store_id), self._files.get(store_id, set())
        for file_id in files.intersection(file_ids):
            files.remove(file_id)
            if link is not None:
                self._unlink(link, file_id)

    def forget_file(self, file_id: str) -> list[str]:
        """Remove a file that no longer exists; return the IDs of the stores that had it."""
        self._by_file.pop(file_id, None)
        stores = [store_id for store_id, files in self._files.items() if file_id in files]
        for store_id in stores:
            self._files[store_id].remove(file_id)
        return stores

    def _link(self, link: _StoreLink, file_ids: Iterable[str]) -> None:
        by_file, alone = self._by_file, (link,)  # shared, as there may be a million
        for file_id in file_ids:
            before = by_file.get(file_id)
            by_file[file_id] = alone if before is None else (*before, link)

    def _unlink(self, link: _StoreLink, file_id: str) -> None:
        links = self._by_file.get(file_id, ())
        self._set(file_id, [one for one in links if one is not link])

    def _set(self, file_id: str, links: Sequence[Reference | _StoreLink]) -> None:
        if links:
            self._by_file[file_id] = tuple(links)
        else:
            self._by_file.pop(file_id, None)


def _is_of(link: Reference | _StoreLink, referrer: Referrer) -> bool:
    return isinstance(link, Reference) and (link.kind, link.id) == (referrer.kind, referrer.id)
