"""The sample files in a new sandbox."""

from pathlib import Path

import msgspec

from services.sandbox.file_store import SampleFile

SAMPLES_FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "samples"


class _Sample(msgspec.Struct, frozen=True):
    """An entry in `samples.json`; times are in seconds from the first use of the sandbox."""

    file: str
    purpose: str
    age: int
    expires_in: int | None = None
    filename: str | None = None


def sample_files(folder: Path = SAMPLES_FOLDER) -> list[SampleFile]:
    """The files listed in `samples.json` in `folder`, oldest first.

    Raises OSError or msgspec.MsgspecError if it can't be read.
    """
    samples = msgspec.json.decode((folder / "samples.json").read_bytes(), type=list[_Sample])
    return [
        SampleFile(
            source=folder / sample.file,
            filename=sample.filename or sample.file,
            purpose=sample.purpose,
            age=sample.age,
            expires_in=sample.expires_in,
        )
        for sample in sorted(samples, key=lambda sample: -sample.age)
    ]
