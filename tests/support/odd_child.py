"""What a child process in tests does: whatever it's told to."""

import os
import sys

from services.system.child_main import ParentPipe


def serve(parent: ParentPipe) -> None:
    """Answer messages until there are no more."""
    while (message := parent.receive()) is not None:
        match message:
            case b"environment":
                parent.send("\n".join(os.environ).encode())
            case b"modules":
                parent.send("\n".join(sys.modules).encode())
            case b"print":
                print("something", flush=True)
                os.write(1, b"something")
                parent.send(b"printed")
            case b"fail":
                raise ValueError(message)
            case b"exit":
                os._exit(0)
            case b"endless":
                while True:
                    pass
            case b"hang":
                sys.stdin.close()
                import threading

                threading.Event().wait()
            case b"memory":
                bytearray(2**30)
                parent.send(b"there was enough")
            case b"work":
                _work()
                parent.send(b"worked")
            case _:
                parent.send(message)


def _work() -> None:
    """Use six tenths of a second of processor time."""
    import time

    end = time.process_time() + 0.6
    while time.process_time() < end:
        pass
