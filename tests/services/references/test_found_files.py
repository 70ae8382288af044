"""The files that searches for references find."""

from services.references.found_files import FoundFiles
from tests.services.references.conftest import ReferencesBench
from tests.support.served_jobs import served_batch
from tests.support.server_faults import api_error


def test_files_by_what_refers_to_them(bench: ReferencesBench) -> None:
    bench.server.jobs.batches.append(
        served_batch(id="batch_7", input_file_id="f1", metadata={"name": "Nightly Run"})
    )
    bench.add_store("vs_1", ["f2"], name="Docs")
    found = FoundFiles(bench.references)
    assert found.referenced() is None
    bench.scan()
    assert "f1" in found.files_of("batch", "nightly")
    assert "f1" in found.files_of("batch", "batch_7")
    assert found.files_of("store", "docs") == {"f2"}
    assert found.files_of("job", "docs") == frozenset()
    known = found.referenced()
    assert known is not None
    assert {"f1", "f2"} <= known[0]
    assert known[1] == bench.clock.now


def test_after_a_refusal_nothing_is_unreferenced(bench: ReferencesBench) -> None:
    bench.server.script("GET", "/batches", [api_error(403, "No")])
    bench.scan()
    assert FoundFiles(bench.references).referenced() is None
