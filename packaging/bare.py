"""Do the two commands of the README in bare Debian systems, as on a machine that has nothing.

    python packaging/bare.py [--release NAME ...] [--mirror URL] [--tests "ARGUMENTS"]

For each release a system is made with debootstrap below build/bare/: Python, make and the
certificates of authorities, nothing else. What git knows of this checkout is copied into it, with
what is not committed yet, and there a person without a screen says "make run" and "make test". What
they print is kept beside the system, which is removed in the end. This machine's settings for the
network (names, proxies, package index, certificates) hold inside too.

Needs root, debootstrap, git and 6 GB below build/. It takes about half an hour for each release.
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
PLACE = "/root/checkout"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
INSIDE = """
mount -t proc proc "$0/proc"
mount -t devpts devpts "$0/dev/pts"
mkdir -p "$0/dev/shm" && mount -t tmpfs tmpfs "$0/dev/shm"
chroot "$0" "$@"
"""
"""Makes of a system what a running one has; run in name spaces that take it all away again."""

# Of this machine's environment; what else it holds is not for a bare machine.
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
    """What a person finds in a bare system, and this machine's way to the network."""
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
    """Keep the settings about the network of what apt-config prints."""
    lines = (line for line in dump.splitlines() if line.startswith(APT_SETTINGS))
    return "".join(f"{line}\n" for line in lines if not line.endswith('"";'))


def make_system(root: Path, release: str, mirror: str | None) -> None:
    """Make a bare system and copy the checkout into it."""
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    bootstrap = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, str(root)]
    _must([*bootstrap, *([mirror] if mirror else [])])
    for name in ("/etc/resolv.conf", "/etc/hosts", str(AUTHORITIES)):
        if Path(name).exists():
            shutil.copyfile(name, f"{root}{name}")
    dump = subprocess.run(["apt-config", "dump"], check=False, capture_output=True, text=True)
    (root / "etc/apt/apt.conf.d/99network").write_text(apt_settings(dump.stdout))
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        target = root / PLACE.lstrip("/") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():  # not one that is deleted and not committed
            shutil.copy2(ROOT / name, target, follow_symlinks=False)


def _must(command: list[str]) -> None:
    said: list[str] = []
    if call(command, said.append):
        raise SystemExit(f"This failed: {' '.join(command)}\n{''.join(said)}")


def try_release(release: str, folder: Path, mirror: str | None, tests: str) -> bool:
    """Tell whether both commands end well in a new system of this release."""
    root = folder / release
    print(f"--- {release}: making a bare system", flush=True)
    try:
        make_system(root, release, mirror)
        commands = {"run": ["run"], "test": ["test", f"ARGS={tests}"]}
        results = [_passes(root, release, *each) for each in commands.items()]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return all(results)


def _passes(root: Path, release: str, name: str, words: list[str]) -> bool:
    environment = inner_environment(os.environ)
    log = root.with_name(f"{release}-{name}.log")
    print(f"--- {release}: make {' '.join(words)}; see {log}", flush=True)
    inside = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        INSIDE,
        str(root),
    ]
    inside += ["env", "-i", *(f"{one}={value}" for one, value in environment.items())]
    began = time.monotonic()
    with log.open("w", encoding="utf-8") as out:
        options = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT}
        code = call([*inside, "make", "-C", PLACE, *words], **options)
    minutes = (time.monotonic() - began) / 60
    end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    print("\n".join(f"    {line}" for line in end))
    print(f"--- {release}: make {name} ended with {code} after {minutes:.1f} minutes", flush=True)
    return code == 0


def main(arguments: list[str]) -> int:
    """Try all releases, also after one has failed."""
    parser = argparse.ArgumentParser(prog="make bare", description=__doc__.splitlines()[0])
    parser.add_argument("--release", action="append", metavar="NAME", help="instead of 12 and 13")
    parser.add_argument("--mirror", metavar="URL", help="where debootstrap finds packages")
    parser.add_argument("--tests", default="", metavar="ARGUMENTS", help="instead of all tests")
    asked = parser.parse_args(arguments)
    missing = [name for name in ("debootstrap", "git", "unshare") if shutil.which(name) is None]
    if os.geteuid() != 0 or missing:
        print(f"This needs root and: {', '.join(missing or ['nothing else'])}.", file=sys.stderr)
        return 1
    folder = ROOT / "build" / "bare"
    releases = asked.release or RELEASES
    failed = [one for one in releases if not try_release(one, folder, asked.mirror, asked.tests)]
    print(f"Failed: {', '.join(failed)}" if failed else f"Green: {', '.join(releases)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
