"""One large file up and down: with the program's services, with curl and with the official client.

The program is timed from the command until the transfer is DONE, which includes the journal, the
checks and, for a download, the sync to disk. curl reports its own time, without the start of its
process. For a fair comparison, the others' downloads are synced, too; extra lines show them without.
Uploads are not hashed here, as neither curl nor the client does that: `upload_history` measures the
cost.

A virtual machine may return memory that was unused for seconds to its host. Getting 512 MiB back
for writing took 0.4 to 1.5 s on the machine used for these measurements, three times as long as
everything else. So, before each download, as much memory is claimed and freed. As one run in three
is still slow, downloads are measured in three times as many runs.
"""

import os
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openai

from tests.bench.fast_server import MIB, file_id
from tests.bench.product import KEY, Product, account_at
from tests.bench.report import Line, Options, alternately, median_ratio, speed


def measure_uploads(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the two figures of uploads."""
    size = options.large * MIB
    file = folder / "large.bin"
    file.write_bytes(os.urandom(MIB) * options.large)
    url = f"{address}/plain/v1"
    client = official_client(url)

    def by_curl() -> float:
        return with_curl(
            "-F", "purpose=user_data", "-F", f"file=@{file}", "-o", "-", f"{url}/files"
        )

    def with_sdk() -> None:
        with file.open("rb") as opened:
            client.files.create(file=opened, purpose="user_data")

    with Product(folder / "product", account_at(address), keep_upload_ledger=False) as product:
        ours, curl, sdk = alternately(
            options.runs,
            [lambda: timed(lambda: product.upload([file])), by_curl, lambda: timed(with_sdk)],
        )
    file.unlink()
    return [
        Line(
            f"upload of {options.large} MiB, curl",
            median_ratio(curl, ours),
            "x",
            "upload_vs_curl",
            at_least=1.0,
            ours=speed(ours, size),
            reference=speed(curl, size),
        ),
        Line(
            f"upload of {options.large} MiB, official client",
            median_ratio(sdk, ours),
            "x",
            "upload_vs_sdk",
            at_least=1.2,
            ours=speed(ours, size),
            reference=speed(sdk, size),
        ),
    ]


def measure_downloads(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the two figures of downloads."""
    size = options.large * MIB
    url = f"{address}/plain/v1"
    name = file_id(size)
    client = official_client(url)
    target = folder / "got" / "large.bin"
    target.parent.mkdir()
    unsynced: dict[str, list[float]] = {"curl": [], "sdk": []}

    def by_curl() -> float:
        return with_curl("-o", str(target), f"{url}/files/{name}/content")

    def with_sdk() -> float:
        def save() -> None:
            with client.files.with_streaming_response.content(name) as answer:
                answer.stream_to_file(target)

        return timed(save)

    def synced(who: str, side: Callable[[], float]) -> float:
        _claim_memory(folder, size)
        elapsed = side()
        unsynced[who].append(elapsed)
        total = elapsed + timed(lambda: _sync(target))
        target.unlink()
        return total

    with Product(folder / "product", account_at(address)) as product:

        def with_ours() -> float:
            _claim_memory(folder, size)
            elapsed = timed(lambda: product.download(name, target.name, target.parent, size))
            target.unlink()
            return elapsed

        ours, curl, sdk = alternately(
            3 * options.runs,
            [with_ours, lambda: synced("curl", by_curl), lambda: synced("sdk", with_sdk)],
        )
    fast_curl, fast_sdk = unsynced["curl"][1:], unsynced["sdk"][1:]  # without the warm-up

    def line(
        name: str, reference: list[float], key: str = "", at_least: float | None = None
    ) -> Line:
        return Line(
            name,
            median_ratio(reference, ours),
            "x",
            key,
            at_least=at_least,
            ours=speed(ours, size),
            reference=speed(reference, size),
        )

    return [
        line("download, curl and fsync", curl, "download_vs_curl", 1.0),
        line("download, curl without fsync", fast_curl),
        line("download, official client and fsync", sdk, "download_vs_sdk", 1.5),
        line("download, client without fsync", fast_sdk),
    ]


def official_client(url: str, authority: Path | None = None) -> openai.OpenAI:
    """The official client for a server; if `authority` issued its certificate, close the client."""
    client = None
    if authority is not None:
        trust = ssl.create_default_context(cafile=str(authority))
        client = openai.DefaultHttpxClient(verify=trust)
    return openai.OpenAI(api_key=KEY, base_url=url, max_retries=0, http_client=client)


def timed(work: Callable[[], None]) -> float:
    """The seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def with_curl(*arguments: str) -> float:
    """Run curl with a key; return the seconds that it reports, without its start."""
    head = f"Authorization: Bearer {KEY}"
    written = subprocess.run(
        ["curl", "-sS", "-f", "-H", head, "-w", "\n%{time_total}", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(written.stdout.split()[-1])


def _claim_memory(folder: Path, size: int) -> None:
    """Make the system allocate this many bytes for a file, then free them."""
    piece = bytes(MIB)
    with tempfile.TemporaryFile(dir=folder) as file:
        for _piece in range(size // MIB):
            file.write(piece)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
