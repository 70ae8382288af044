"""Install, use, upgrade and remove the Debian package in bare systems.

    python packaging/try_deb.py [--release NAME ...] [--mirror URL]

The package must have been built (make deb). Needs root, debootstrap and 2 GB in build/.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import deb
from bare import RELEASES, ROOT, bootstrap, inside

PERSON = "person"
USED = r"""
set -e
cd "$HOME"
export LC_ALL=C.UTF-8
filewharf --self-test
filewharf --version
filewharf sandbox --port 8123 --key sk-try >sandbox.log 2>&1 &
server=$!
cat >batch.jsonl <<'END'
{"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {"model": "m", "input": "b"}}
END
export OPENAI_API_KEY=sk-try OPENAI_BASE_URL=http://127.0.0.1:8123/v1
for _ in $(seq 50); do filewharf ls >list.txt 2>&1 && break; sleep 0.2; done
id=$(filewharf put --purpose batch --again --quiet batch.jsonl)
mkdir -p got
filewharf get --replace --to got "$id"
cmp batch.jsonl got/batch.jsonl
man -w filewharf >/dev/null 2>&1 || test -e /usr/share/man/man1/filewharf.1.gz
kill "$server"
wait "$server" || true
echo "used: $id"
"""
"""A shell script for a person of the system."""


def try_release(release: str, package: Path, newer: Path, mirror: str | None) -> list[str]:
    """Return what went wrong in a new system of this release."""
    root = ROOT / "build" / "bare" / f"deb-{release}"
    problems: list[str] = []

    def run(what: str, *command: str) -> None:
        print(f"--- {release}: {what}", flush=True)
        answer = subprocess.run(
            inside(root, *command), check=False, capture_output=True, text=True, timeout=900
        )
        print("\n".join(f"    {line}" for line in answer.stdout.splitlines()[-12:]), flush=True)
        if answer.returncode:
            problems.append(f"{release}: {what}: {answer.stderr[-2000:] or answer.stdout[-2000:]}")

    try:
        bootstrap(root, release, mirror, "ca-certificates,passwd")
        before = _files(root)
        for one in (package, newer):
            shutil.copyfile(one, root / "root" / one.name)
        apt = ("apt-get", "-q", "-y", "--no-install-recommends")
        run("update", "apt-get", "-q", "update")
        run("install", *apt, "install", f"/root/{package.name}")
        run("a person", "useradd", "--create-home", PERSON)
        person = ("su", PERSON, "-c")
        run("use", *person, USED)
        run("upgrade", *apt, "install", f"/root/{newer.name}")
        run("use after the upgrade", *person, USED)
        run("remove", *apt, "purge", "filewharf")
        left = sorted(
            path for path in _files(root) - before if "filewharf" in path.lower() and _counts(path)
        )
        if left:
            problems.append(f"{release}: left behind: {', '.join(left)}")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return problems


def _files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def _counts(path: str) -> bool:
    """Whether a file should be gone: not the person's data, nor what apt and dpkg keep."""
    return not path.startswith(("home/", "root/", "var/log/", "var/cache/", "var/lib/apt/"))


def main(arguments: list[str]) -> int:
    """Try all releases, even if one fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release", action="append", metavar="NAME")
    parser.add_argument("--mirror", metavar="URL", help="the mirror for debootstrap")
    options = parser.parse_args(arguments)
    version = deb.version_of()
    package, newer = deb.build(version), deb.build(f"{version}+1")
    problems = [
        problem
        for release in options.release or RELEASES
        for problem in try_release(release, package, newer, options.mirror)
    ]
    newer.unlink()
    print("\n".join(problems) if problems else "All passed.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
