"""What a first time takes: measured in a new process, where nothing is known yet.

python benchmarks/fresh.py MODULE FUNCTION [ARGUMENT …]

calls a function of one of these files, times the call of what it returns, and prints the seconds.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time


def seconds_of(module: str, function: str, *arguments: str) -> float:
    """Return the seconds that ``module.function(*arguments)()`` takes in a new process.

    Raises
    ------
    RuntimeError
        With the last line of what the process said, if it failed.
    """
    command = [sys.executable, __file__, module, function, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    import threads  # noqa: F401  (before NumPy)

    work = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])(*sys.argv[3:])
    started = time.perf_counter()
    work()
    print(time.perf_counter() - started)
