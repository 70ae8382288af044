"""Many small files to a slow server: four at once with the program, one by one with the client."""

import os
from pathlib import Path

import openai

from services.providers.account import Account
from tests.bench.product import Product, account_at
from tests.bench.report import Line, Options, alternately, median_ratio, seconds
from tests.bench.throughput import official_client, timed

SIZE = 10_240
BEHAVIOR = "delay-50"


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure small uploads."""
    client = official_client(f"{address}/{BEHAVIOR}/v1")
    ours, sdk = upload_times(options, folder, account_at(address, BEHAVIOR), client)
    return [
        Line(
            f"{options.small} small uploads",
            median_ratio(sdk, ours),
            "x",
            "small_uploads_vs_sdk",
            at_least=3.5,
            ours=seconds(ours),
            reference=seconds(sdk),
        )
    ]


def upload_times(
    options: Options, folder: Path, account: Account, client: openai.OpenAI
) -> tuple[list[float], list[float]]:
    """The seconds of each run with the program, and of each with the client."""
    files = [folder / f"small-{number}.bin" for number in range(options.small)]
    for file in files:
        file.write_bytes(os.urandom(SIZE))

    def one_by_one() -> None:
        for file in files:
            with file.open("rb") as opened:
                client.files.create(file=opened, purpose="user_data")

    with Product(folder / "product", account) as product:
        ours, sdk = alternately(
            options.runs,
            [lambda: timed(lambda: product.upload(files)), lambda: timed(one_by_one)],
        )
    for file in files:
        file.unlink()
    return ours, sdk
