"""How late an idle process wakes up: the noise that the machine adds to every figure.

    python -m tests.bench.jitter

Sleeps for a millisecond at a time until its input ends, then prints the longest pause in
milliseconds.
"""

import sys
import threading
import time


def main() -> None:
    """Measure until the input ends."""
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    longest = 0.0
    last = time.perf_counter()
    while not ended.is_set():
        time.sleep(0.001)
        now = time.perf_counter()
        longest = max(longest, now - last)
        last = now
    print(f"{longest * 1000:.1f}")


if __name__ == "__main__":
    main()
