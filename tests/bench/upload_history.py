"""The cost of the upload history: the bytes of an upload are hashed while they are sent."""

import os
from contextlib import ExitStack
from pathlib import Path

from tests.bench.fast_server import MIB
from tests.bench.product import Product, account_at
from tests.bench.report import Line, Options, alternately, median_ratio, seconds
from tests.bench.throughput import timed

BEHAVIOR = "rate-125"
"""A line of 1 Gbit/s."""


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the cost on a limited line, and, without a target, on an unlimited one."""
    file = folder / "large.bin"
    file.write_bytes(os.urandom(MIB) * options.large)
    lines = [
        _measured(options, address, folder, file, BEHAVIOR, "sha256_upload_cost"),
        _measured(options, address, folder, file, "plain"),
    ]
    file.unlink()
    return lines


def _measured(
    options: Options, address: str, folder: Path, file: Path, behavior: str, key: str = ""
) -> Line:
    account = account_at(address, behavior)
    with ExitStack() as products:
        on, off = (
            products.enter_context(
                Product(folder / f"{behavior}-{keep}", account, keep_upload_ledger=keep)
            )
            for keep in (True, False)
        )
        hashed, plain = alternately(
            options.runs,
            [lambda: timed(lambda: on.upload([file])), lambda: timed(lambda: off.upload([file]))],
        )
    return Line(
        f"upload of {options.large} MiB to {behavior}, history on",
        median_ratio(hashed, plain),
        "x",
        key,
        at_most=1.05 if key else None,
        ours=seconds(hashed),
        reference=seconds(plain),
    )
