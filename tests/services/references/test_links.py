"""The references of files, above all those of vector stores with many files."""

from services.references.links import Links
from services.references.reference import ReferenceKind, Referrer, Role

FILES = [f"file-{number}" for number in range(5_000)]
BATCH = Referrer(
    ReferenceKind.BATCH, "batch_1", "Nightly", files=((Role.INPUT, "file-1"), (Role.OUTPUT, "out"))
)


def store(name: str = "Docs", store_id: str = "vs_1", count: int | None = 5_000) -> Referrer:
    return Referrer(ReferenceKind.VECTOR_STORE, store_id, name, file_count=count)


def names(links: Links, file_id: str) -> list[str]:
    return sorted(one.name for one in links.of(file_id))


def linked() -> Links:
    links = Links()
    links.show_store(store())
    links.add_to_store("vs_1", FILES)
    links.add(BATCH)
    return links


def test_a_new_name_is_that_of_all_files_at_once_even_where_they_were_looked_up_before() -> None:
    links = linked()
    before = links.now()
    links.show_store(store("Help"))
    assert names(links, "file-1") == ["Help", "Nightly"]
    assert [one.name for one in before["file-4999"]] == ["Help"]


def test_a_store_that_is_dropped_refers_to_nothing_even_before_it_is_unlinked() -> None:
    links = linked()
    before = links.now()
    links.drop_store("vs_1")
    assert names(links, "file-1") == ["Nightly"]
    assert names(links, "file-2") == []
    now = links.now()
    assert (set(now), len(now), "file-2" in now) == ({"file-1", "out"}, 2, False)
    assert [one.name for one in before["file-2"]] == ["Docs"], "as it was then"
    assert [file_id for file_id, _found in now.items()] == list(now)
    assert {file_id: now[file_id] for file_id in now} == dict(now.items())
    links.show_store(store("Again"))
    links.add_to_store("vs_1", ["file-2"])
    while links.unlink_some():
        assert names(links, "file-2") == ["Again"]
    assert set(links.now()) == {"file-1", "file-2", "out"}
    assert names(links, "file-2") == ["Again"]


def test_a_store_without_files_has_none() -> None:
    links = linked()
    links.show_store(store(count=0))
    assert links.of("file-2") == ()
    assert links.files_of("vs_1") == set()


def test_files_may_be_known_before_their_store() -> None:
    links = Links()
    links.add_to_store("vs_1", ["file-1", "file-1"])
    assert len(links.now()) == 0
    links.show_store(store())
    assert names(links, "file-1") == ["Docs"]


def test_a_file_is_in_a_store_once_or_not_at_all() -> None:
    links = linked()
    links.add_to_store("vs_1", ["file-1", "file-1"])
    links.show_store(store("Other", "vs_2"))
    links.add_to_store("vs_2", ["file-1"])
    assert names(links, "file-1") == ["Docs", "Nightly", "Other"]
    links.remove_from_store("vs_1", ["file-1", "elsewhere"])
    assert names(links, "file-1") == ["Nightly", "Other"]
    assert links.forget_file("file-1") == ["vs_2"]
    assert links.of("file-1") == ()


def test_a_batch_is_unlinked_without_its_name_sakes() -> None:
    links = linked()
    links.show_store(store("Other", BATCH.id))
    links.add_to_store(BATCH.id, ["file-1"])
    links.remove(BATCH)
    assert names(links, "file-1") == ["Docs", "Other"]
    assert links.of("out") == ()
