"""Filewharf's entry point: builds the parts, connects them, and runs the program."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from services.system.child_main import CHILD
from services.system.core_dumps import disable_core_dumps
from services.system.frozen import restore_library_path
from services.system.language import _
from services.system.standard_output import printing
from services.system.version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    disable_core_dumps()
    restore_library_path(os.environ)
    argv = sys.argv[1:] if arguments is None else [*arguments]
    if argv[:1] == [CHILD]:
        from services.system.child_main import main as serve

        serve(argv[1:])
        return 0
    with printing():
        return _act(argv)


def _act(argv: Sequence[str]) -> int:
    if argv[:1] == ["sandbox"]:
        from services.sandbox.command_line import run

        return run(argv[1:])
    from ui.terminal.command_line import COMMANDS

    if argv[:1] and argv[0] in COMMANDS:
        # What is loaded now lives until exit, and scanning it for garbage often takes 20 ms.
        gc.set_threshold(100_000, 50)
        from ui.terminal.command_line import run as run_command

        return run_command(argv)
    options = window_parser().parse_args(argv)
    if options.self_test:
        from ui.self_test import self_test

        return self_test()
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    from services.system.display import display_problem

    problem = display_problem(os.environ)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    # Nearly everything created before the window is up lives until exit. Scanning it for garbage
    # again and again would find none, and takes 100 ms.
    gc.disable()
    from services.accounts.account_book import AccountBook
    from services.accounts.key_store import KeyStore
    from services.accounts.settings import SettingsStore
    from services.api.redaction import without_secrets
    from services.checks.file_uris import argument_uris, resolve_uris
    from services.engine import Engine
    from services.previews.content.image_decoders import ImageDecoders
    from services.system.events import Listener
    from services.system.logs import start_logging, unwritable
    from services.system.paths import paths_of_system, paths_under
    from services.system.program_lock import ProgramLock
    from services.system.worker_threads import WorkerThreads
    from ui.starting.file_link import is_link
    from ui.starting.later_start import Outcome, begin_or_hand_over
    from ui.starting.start_request import StartRequest, activation_of

    paths = paths_under(options.data_dir.absolute()) if options.data_dir else paths_of_system()
    paths.make_private()
    lock = ProgramLock(paths.journal_folder)
    uris = argument_uris(options.files)
    request = StartRequest(uris, options.sandbox, activation_of(os.environ))
    outcome = begin_or_hand_over(lock, request)
    if outcome is Outcome.NO_ANSWER:
        print(_("Filewharf is already running, but doesn't respond."), file=sys.stderr)
        return 1
    if outcome is Outcome.HANDED_OVER:
        return 0
    from ui.application import Program, Start, make_application

    try:
        start_logging(paths.log_folder, without_secrets, verbose=options.verbose)
    except OSError as error:
        print(unwritable(paths.log_folder, error), file=sys.stderr)
        return 1
    application = make_application(sys.argv[:1])
    saving = WorkerThreads("settings", 1)
    settings = SettingsStore(paths.settings_file, saving.submit)
    keys = KeyStore()

    def make_engine(listener: Listener, wait_until_handled: Callable[[float], object]) -> Engine:
        book = AccountBook(settings, keys, os.environ)
        return Engine(
            listener,
            book,
            paths,
            wait_until_handled=wait_until_handled,
            image_decoders=ImageDecoders(_decode_image, _decode_image_file),
        )

    links = tuple(filter(is_link, uris))
    start = Start(options.sandbox, resolve_uris(uri for uri in uris if uri not in links), links)
    program = Program(application, make_engine, paths.downloads_folder, start, lock)
    program.open()
    # Later collections don't need to scan it either, which would take 30 to 100 ms each. What was
    # made last is collected often, since ten thousand objects take 4 ms; all others seldom, so that
    # queuing ten thousand transfers at once doesn't trigger it.
    gc.freeze()
    gc.set_threshold(10_000, 50)
    gc.enable()
    code = application.exec()
    saving.stop()
    saving.join(1.0)
    return code


def _decode_image(data: bytes) -> object:
    from ui.image_decoding import decode_image

    return decode_image(data)


def _decode_image_file(path: Path) -> object:
    from ui.image_decoding import decode_large_image

    return decode_large_image(path)


def window_parser() -> argparse.ArgumentParser:
    """The parser of the options without a command."""
    parser = argparse.ArgumentParser(
        prog="filewharf",
        description=_("A file manager for the OpenAI Files API and compatible servers."),
        epilog=_(
            "For the built-in Files API server, see “filewharf sandbox --help”. For commands without "
            "a window: filewharf ls, find, info, get, cat, put, rm, resume, check, fix, accounts, batches, completion or desktop-entry, each with --help."
        ),
    )
    parser.add_argument(
        "files",
        nargs="*",
        help=_("files to upload, or links such as filewharf://ACCOUNT/ID"),
        metavar="FILE",
    )
    parser.add_argument("--sandbox", action="store_true", help=_("open the sandbox account"))
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help=_("keep everything that Filewharf writes in DIR"),
    )
    parser.add_argument(
        "--self-test",
        action="store_true",
        help=_("check that all components are installed, and exit"),
    )
    parser.add_argument("--verbose", action="store_true", help=_("also log to the terminal"))
    parser.add_argument("--version", action="version", version=f"Filewharf {__version__}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
