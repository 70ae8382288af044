"""The same uploads as in `throughput` and `small_uploads`, over TLS.

Both ends encrypt or decrypt in Python's OpenSSL, each in a process of its own. The certificates are
made for the occasion: the program trusts their authority by the account's network, curl and the
official client by an option.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import trustme

from services.providers.account import Account
from services.providers.network import Network
from tests.bench.fast_server import MIB, fast_server
from tests.bench.product import Product, account_at
from tests.bench.report import Line, Options, alternately, median_ratio, seconds, speed
from tests.bench.small_uploads import BEHAVIOR, upload_times
from tests.bench.throughput import official_client, timed, with_curl


def measure_large(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure one large upload."""
    size = options.large * MIB
    file = folder / "large.bin"
    file.write_bytes(os.urandom(MIB) * options.large)
    with _tls_server(folder) as (address, authority):
        url = f"{address}/plain/v1/files"

        def by_curl() -> float:
            parts = ["-F", "purpose=user_data", "-F", f"file=@{file}"]
            return with_curl("--cacert", str(authority), *parts, "-o", "-", url)

        account = _account(address, "plain", authority)
        with Product(folder / "product", account, keep_upload_ledger=False) as product:
            ours, curl = alternately(
                options.runs, [lambda: timed(lambda: product.upload([file])), by_curl]
            )
    file.unlink()
    return [
        Line(
            f"upload of {options.large} MiB over TLS, curl",
            median_ratio(curl, ours),
            "x",
            "tls_upload_vs_curl",
            at_least=0.9,
            ours=speed(ours, size),
            reference=speed(curl, size),
        )
    ]


def measure_small(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure many small uploads: four at once with the program, one by one with the client."""
    with (
        _tls_server(folder) as (address, authority),
        official_client(f"{address}/{BEHAVIOR}/v1", authority) as client,
    ):
        account = _account(address, BEHAVIOR, authority)
        ours, sdk = upload_times(options, folder, account, client)
    return [
        Line(
            f"{options.small} small uploads over TLS",
            median_ratio(sdk, ours),
            "x",
            "tls_small_uploads_vs_sdk",
            at_least=3.5,
            ours=seconds(ours),
            reference=seconds(sdk),
        )
    ]


def _account(address: str, behavior: str, authority: Path) -> Account:
    return replace(account_at(address, behavior), network=Network(ca_file=str(authority)))


@contextmanager
def _tls_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """A fast server, with the file of the authority that issued its certificate."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    certificate = folder / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with fast_server(certificate) as address:
        yield address, folder / "authority.pem"
