"""Keeps the program's memory, which contains keys, off the disk."""

import sys


def disable_core_dumps() -> None:
    """Disable core dumps if the program crashes. Windows writes none by default."""
    if sys.platform != "win32":
        import resource

        # Keep the hard limit, so that programs started from here can set their own.
        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
