"""`main.py sandbox`: runs the sandbox by itself, as a local Files API for other programs."""

import argparse
import json
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from services.sandbox.server import SandboxAddress, SandboxFailed, SandboxServer
from services.system.language import _
from services.system.paths import paths_of_system
from services.system.standard_output import give_up


def run(argv: Sequence[str]) -> int:
    """Serve until Ctrl-C or SIGTERM, and return the exit status: 130 or 143 then, 1 on failure.

    `argv` doesn't include the program's name. Must run on the main thread, because it installs
    handlers for both signals.
    """
    arguments = make_parser().parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    folder = arguments.dir
    try:
        if folder is None:
            paths = paths_of_system()
            paths.make_private()
            folder = paths.sandbox_folder
        server = SandboxServer(folder, key=arguments.key, port=arguments.port)
        try:
            _tell(server.start(), as_json=arguments.json, quiet=arguments.quiet)
            _wait_forever()
        except SandboxFailed as error:
            sys.stderr.write(f"{error}\n")
        except OSError as error:  # the output can't be written
            words = _("The address can't be printed: {reason}.")
            sys.stderr.write(words.format(reason=error.strerror or error) + "\n")
            give_up(sys.stdout)
        finally:
            server.stop()
    except _Ended as ended:
        return 128 + ended.number
    return 1


class _Ended(BaseException):
    """A signal was received."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise _Ended(number)


def make_parser() -> argparse.ArgumentParser:
    """The parser of its options."""
    parser = argparse.ArgumentParser(
        prog="filewharf sandbox",
        description=_("Run a local Files API to test your own programs against."),
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="N",
        help=_("port to listen on (default: any free port)"),
    )
    parser.add_argument(
        "--key", type=_key, metavar="K", help=_("API key to require (default: a random one)")
    )
    parser.add_argument("--dir", type=Path, help=_("folder to store the files in"))
    parser.add_argument("--json", action="store_true", help=_("print a JSON object"))
    parser.add_argument("--quiet", action="store_true", help=_("print only what programs need"))
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(_("the port must be a number from 0 to 65535"))
    return int(text)


def _key(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or " " in text or not text:
        raise argparse.ArgumentTypeError(
            _("the key must consist of ASCII characters without spaces")
        )
    return text


def _tell(address: SandboxAddress, *, as_json: bool, quiet: bool) -> None:
    """Print one line for programs, and to people, on standard error, how to use it."""
    if as_json:
        line = json.dumps({"base_url": address.base_url, "api_key": address.key})
    else:
        line = (
            f"export OPENAI_BASE_URL={address.base_url} OPENAI_API_KEY={shlex.quote(address.key)}"
        )
    if not quiet:
        lines = (
            _("The sandbox is running at {base_url}").format(base_url=address.base_url),
            _("To use it from another program, set the variables below. Press Ctrl-C to stop."),
        )
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _wait_forever() -> None:
    never = threading.Event()
    while True:
        # With a timeout, because Windows handles Ctrl-C only between calls.
        never.wait(1.0)
