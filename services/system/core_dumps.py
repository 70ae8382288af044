"""Keeps the memory of the program, in which the keys are, off the disk."""

import sys


def disable_core_dumps() -> None:
    """Write no core dump should the program crash. Windows writes none on its own."""
    if sys.platform != "win32":
        import resource

        # The hard limit stays: programs that are opened from here may still set their own.
        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
