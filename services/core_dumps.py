"""Memory stays in memory: a crash must not leave the keys in a file."""

import sys


def turn_off_core_dumps() -> None:
    """Let this process and those it starts leave no image of their memory when they crash."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
