"""What it costs to remember an upload: its bytes are hashed while they go out."""

import os
from contextlib import ExitStack
from pathlib import Path

from tests.bench.fast_server import MIB
from tests.bench.product import Product, account_at
from tests.bench.report import Line, Options, alternately, median_ratio, seconds
from tests.bench.throughput import timed

BEHAVIOUR = "rate-125"
"""A line of one gigabit a second."""


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """The figure of the ledger, beside a line without a limit, where hashing is what takes time."""
    file = folder / "large.bin"
    file.write_bytes(os.urandom(MIB) * options.large)
    lines = [
        _measured(options, address, folder, file, BEHAVIOUR, "sha256_upload_cost"),
        _measured(options, address, folder, file, "plain"),
    ]
    file.unlink()
    return lines


def _measured(
    options: Options, address: str, folder: Path, file: Path, behaviour: str, key: str = ""
) -> Line:
    account = account_at(address, behaviour)
    with ExitStack() as products:
        on, off = (
            products.enter_context(
                Product(folder / f"{behaviour}-{keep}", account, keep_upload_ledger=keep)
            )
            for keep in (True, False)
        )
        remembered, plain = alternately(
            options.runs,
            [lambda: timed(lambda: on.upload([file])), lambda: timed(lambda: off.upload([file]))],
        )
    return Line(
        f"upload of {options.large} MiB to {behaviour}, ledger on",
        median_ratio(remembered, plain),
        "x",
        key,
        at_most=1.05 if key else None,
        ours=seconds(remembered),
        reference=seconds(plain),
    )
