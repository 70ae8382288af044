"""Run "make run" and "make test" in bare Debian systems, as on a freshly installed machine.

    python packaging/bare.py [--release NAME ...] [--mirror URL] [--tests "ARGUMENTS"]

For each release, debootstrap creates a system in build/bare/ with nothing but Python, make and the
CA certificates. All files of this checkout that git doesn't ignore are copied into it, uncommitted
changes included, and "make run" and "make test" run there without a display. Their output is saved
next to the system, which is removed at the end. This machine's network settings (host names,
proxies, package index, certificates) apply inside, too.

Needs root, debootstrap, git and 6 GB in build/. Each release takes about half an hour.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from commands import call

ROOT = Path(__file__).resolve().parent.parent
RELEASES = ("bookworm", "trixie")
PACKAGES = "python3,make,ca-certificates"
CHECKOUT = "/root/checkout"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
INSIDE = """
mount -t proc proc "$0/proc"
mount -t devpts devpts "$0/dev/pts"
mkdir -p "$0/dev/shm" && mount -t tmpfs tmpfs "$0/dev/shm"
chroot "$0" "$@"
"""
"""Mounts what a running system has. Runs in its own namespaces, which undo it all at the end."""

# The only variables of this machine's environment that a bare system gets.
NETWORK_NAMES = frozenset(
    {
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "pip_index_url",
        "pip_extra_index_url",
        "pip_proxy",
        "pip_trusted_host",
        "pip_default_timeout",
    }
)
APT_SETTINGS = (
    "Acquire::http",
    "Acquire::https",
    "Acquire::Check-Valid-Until",
    "Acquire::Check-Date",
)


def inner_environment(outer: Mapping[str, str]) -> dict[str, str]:
    """The environment of a bare system, with this machine's network settings."""
    network = {name: value for name, value in outer.items() if name.lower() in NETWORK_NAMES}
    certificates = dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), str(AUTHORITIES))
    return {
        "HOME": "/root",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TERM": "dumb",
        **(certificates if AUTHORITIES.exists() else {}),
        **network,
    }


def apt_settings(dump: str) -> str:
    """Pick the network settings from the output of apt-config."""
    lines = (line for line in dump.splitlines() if line.startswith(APT_SETTINGS))
    return "".join(f"{line}\n" for line in lines if not line.endswith('"";'))


def bootstrap(root: Path, release: str, mirror: str | None, packages: str = PACKAGES) -> None:
    """Create a bare system with some packages, and give it this machine's network settings."""
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", f"--include={packages}", release, str(root)]
    _check_call([*command, *([mirror] if mirror else [])])
    for name in ("/etc/resolv.conf", "/etc/hosts", str(AUTHORITIES)):
        if Path(name).exists():
            shutil.copyfile(name, f"{root}{name}")
    dump = subprocess.run(["apt-config", "dump"], check=False, capture_output=True, text=True)
    (root / "etc/apt/apt.conf.d/99network").write_text(apt_settings(dump.stdout))


def make_system(root: Path, release: str, mirror: str | None) -> None:
    """Create a bare system and copy the checkout into it."""
    bootstrap(root, release, mirror)
    copy_checkout(root)


def copy_checkout(root: Path) -> None:
    """Copy all files that git doesn't ignore into a system."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        target = root / CHECKOUT.lstrip("/") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():  # unless its deletion isn't committed yet
            shutil.copy2(ROOT / name, target, follow_symlinks=False)


def _check_call(command: list[str]) -> None:
    output: list[str] = []
    if call(command, output.append):
        raise SystemExit(f"Command failed: {' '.join(command)}\n{''.join(output)}")


def try_release(release: str, folder: Path, mirror: str | None, tests: str) -> bool:
    """Return whether both commands succeed in a new system of this release."""
    root = folder / release
    print(f"--- {release}: creating a bare system", flush=True)
    try:
        make_system(root, release, mirror)
        commands = {"run": ["run"], "test": ["test", f"ARGS={tests}"]}
        results = [_passes(root, release, *each) for each in commands.items()]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return all(results)


def inside(root: Path, *command: str) -> list[str]:
    """The command that runs another one in a system, in namespaces of its own."""
    environment = inner_environment(os.environ)
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", INSIDE, str(root)]
    return [
        *apart,
        "env",
        "-i",
        *(f"{one}={value}" for one, value in environment.items()),
        *command,
    ]


def _passes(root: Path, release: str, name: str, arguments: list[str]) -> bool:
    log = root.with_name(f"{release}-{name}.log")
    print(f"--- {release}: make {' '.join(arguments)}; see {log}", flush=True)
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as out:
        options = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT}
        code = call(inside(root, "make", "-C", CHECKOUT, *arguments), **options)
    minutes = (time.monotonic() - started) / 60
    end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    print("\n".join(f"    {line}" for line in end))
    print(f"--- {release}: make {name} ended with {code} after {minutes:.1f} minutes", flush=True)
    return code == 0


def main(arguments: list[str]) -> int:
    """Try all releases, even if one fails."""
    parser = argparse.ArgumentParser(prog="make bare", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--release",
        action="append",
        metavar="NAME",
        help="a Debian release; may be repeated (default: bookworm and trixie)",
    )
    parser.add_argument("--mirror", metavar="URL", help="the mirror for debootstrap")
    parser.add_argument(
        "--tests",
        default="",
        metavar="ARGUMENTS",
        help="arguments for pytest, instead of all tests",
    )
    options = parser.parse_args(arguments)
    missing = [name for name in ("debootstrap", "git", "unshare") if shutil.which(name) is None]
    if os.geteuid() != 0:
        missing.insert(0, "root")
    if missing:
        print(f"Missing: {', '.join(missing)}.", file=sys.stderr)
        return 1
    folder = ROOT / "build" / "bare"
    releases = options.release or RELEASES
    failed = [
        one for one in releases if not try_release(one, folder, options.mirror, options.tests)
    ]
    print(f"Failed: {', '.join(failed)}" if failed else f"Passed: {', '.join(releases)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
