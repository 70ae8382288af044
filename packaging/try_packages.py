"""Install, use, walk through, upgrade and remove the packages in bare Debian systems.

    python packaging/try_packages.py [--release NAME ...] [--mirror URL] [deb] [wheel] [archive]

The packages must have been built (make dist). Needs root, debootstrap and 2 GB in build/.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import deb
import system_packages
from bare import CHECKOUT, RELEASES, ROOT, bootstrap, copy_checkout, inside

Step = tuple[str, Sequence[str]]
"""What is done, and the command for it."""

PERSON = "person"
SHARED = "srv"
"""The folder of a system where everybody finds the packages."""
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
if filewharf-window; then exit 1; fi  # says in a sentence that there's no display
kill "$server"
wait "$server" || true
echo "used: $id"
"""
"""A shell script for a person of the system."""
APT = ("apt-get", "-q", "-y", "--no-install-recommends")


def deb_steps(package: Path, newer: Path) -> list[Step]:
    """How the Debian package is tried."""
    return [
        ("install", (*APT, "install", f"/{SHARED}/{package.name}")),
        ("use", _as_person(USED)),
        ("upgrade", (*APT, "install", f"/{SHARED}/{newer.name}")),
        ("use after the upgrade", _as_person(USED)),
        *_tour_of("/usr/bin/filewharf-window"),
        ("remove", (*APT, "purge", "filewharf")),
        ("look for what is left", ("sh", "-c", _nothing_in("/etc /opt /usr /var/lib"))),
    ]


def wheel_steps(wheel: Path) -> list[Step]:
    """How the wheel is tried, in a virtual environment as pipx makes them."""
    libraries = [need.package for need in system_packages.QT]
    install = f"python3 -m venv ~/env && ~/env/bin/pip -q install /{SHARED}/{wheel.name}"
    uninstall = f"~/env/bin/pip -q uninstall -y filewharf; {_nothing_in('~/env')}"
    return [
        ("libraries", (*APT, "install", "python3-venv", *libraries)),
        ("install", _as_person(install)),
        ("use", _as_person(f"PATH=~/env/bin:$PATH\n{USED}")),
        *_tour_of(f"/home/{PERSON}/env/bin/filewharf-window"),
        ("remove", _as_person(uninstall)),
    ]


def archive_steps(archive: Path) -> list[Step]:
    """How the archive with the frozen program is tried, unpacked in a person's home."""
    libraries = [need.package for need in system_packages.QT]
    folder = archive.name.partition("-linux-")[0]
    return [
        ("libraries", (*APT, "install", "xz-utils", *libraries)),
        ("unpack", _as_person(f"tar --extract --file /{SHARED}/{archive.name}")),
        ("use", _as_person(f"PATH=~/{folder}:$PATH\n{USED}")),
        *_tour_of(f"/home/{PERSON}/{folder}/filewharf-window"),
    ]


def _tour_of(program: str) -> list[Step]:
    """The tour of the checkout on a virtual screen, through the window of an installed program."""
    return [
        ("what the tour needs", (*APT, "install", "python3", "python3-venv", "make")),
        ("tour", ("make", "-C", CHECKOUT, "run", f"ARGS=--program {program}")),
    ]


def _as_person(script: str) -> Sequence[str]:
    return ("su", "-", PERSON, "-c", script)


def _nothing_in(folders: str) -> str:
    """A command that fails and names what is left of the program in some folders."""
    return f"! find {folders} -iname '*filewharf*' ! -path '/var/lib/apt/*' | grep ."


def try_release(
    release: str, name: str, steps: Sequence[Step], packages: Sequence[Path], mirror: str | None
) -> list[str]:
    """Return what went wrong in a new system of this release."""
    root = ROOT / "build" / "bare" / f"{name}-{release}"
    first: list[Step] = [
        ("update", ("apt-get", "-q", "update")),
        ("a person", ("useradd", "--create-home", "--shell", "/bin/sh", PERSON)),
    ]
    problems: list[str] = []
    try:
        bootstrap(root, release, mirror, "ca-certificates,passwd")
        copy_checkout(root)
        for one in packages:
            shutil.copyfile(one, root / SHARED / one.name)
            (root / SHARED / one.name).chmod(0o644)
        for what, command in (*first, *steps):
            print(f"--- {release}, {name}: {what}", flush=True)
            answer = subprocess.run(
                inside(root, *command), check=False, capture_output=True, text=True, timeout=900
            )
            lines = (answer.stdout + answer.stderr).splitlines()[-12:]
            print("\n".join(f"    {line}" for line in lines), flush=True)
            if answer.returncode:
                problems.append(f"{release}, {name}: {what}: ended with {answer.returncode}")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return problems


def _try_deb(attempt: Callable[[str, Sequence[Step], Sequence[Path]], None]) -> None:
    version = deb.version_of()
    package, newer = deb.build(version), deb.build(f"{version}+1")
    attempt("deb", deb_steps(package, newer), [package, newer])
    newer.unlink()


def _try_wheel(attempt: Callable[[str, Sequence[Step], Sequence[Path]], None]) -> None:
    wheel = next(deb.DIST.glob("filewharf-*.whl"))
    attempt("wheel", wheel_steps(wheel), [wheel])


def _try_archive(attempt: Callable[[str, Sequence[Step], Sequence[Path]], None]) -> None:
    archive = next(deb.DIST.glob("filewharf-*-linux-*.tar.xz"))
    attempt("archive", archive_steps(archive), [archive])


KINDS = {"deb": _try_deb, "wheel": _try_wheel, "archive": _try_archive}


def main(arguments: list[str]) -> int:
    """Try all packages in all releases, even if one fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help=f"one of {', '.join(KINDS)} (default: all)"
    )
    parser.add_argument("--release", action="append", metavar="NAME")
    parser.add_argument("--mirror", metavar="URL", help="the mirror for debootstrap")
    options = parser.parse_args(arguments)
    problems: list[str] = []

    def attempt(name: str, steps: Sequence[Step], packages: Sequence[Path]) -> None:
        for release in options.release or RELEASES:
            problems.extend(try_release(release, name, steps, packages, options.mirror))

    for kind in options.kinds or KINDS:
        KINDS[kind](attempt)
    print("\n".join(problems) if problems else "All passed.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
