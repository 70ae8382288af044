"""`main.py sandbox`: runs the sandbox by itself, as a local Files API for other programs."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from services.sandbox.server import SandboxAddress, SandboxFailed, SandboxServer
from services.system.language import _
from services.system.paths import paths_of_system


def run(argv: Sequence[str]) -> int:
    """Serve until Ctrl-C or SIGTERM, and return the exit status.

    `argv` doesn't include the program's name. Must run on the main thread, because it installs
    handlers for both signals.
    """
    arguments = _parser().parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    folder = arguments.dir
    if folder is None:
        paths = paths_of_system()
        paths.make_private()
        folder = paths.sandbox_folder
    server = SandboxServer(folder, key=arguments.key, port=arguments.port)
    try:
        sys.stdout.write(_usage_text(server.start()))
        sys.stdout.flush()
        _wait_forever()
    except SandboxFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
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


def _usage_text(address: SandboxAddress) -> str:
    lines = (
        _("The sandbox is running at {base_url}").format(base_url=address.base_url),
        _("API key: {key}").format(key=address.key),
        "",
        _("To use it from another program:"),
        f"export OPENAI_BASE_URL={address.base_url} OPENAI_API_KEY={address.key}",
        "",
        _("Press Ctrl-C to stop."),
    )
    return "\n".join(lines) + "\n"


def _wait_forever() -> None:
    never = threading.Event()
    while True:
        # With a timeout, because Windows handles Ctrl-C only between calls.
        never.wait(1.0)
