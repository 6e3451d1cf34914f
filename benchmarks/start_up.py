"""How long a person waits before anything happens: importing the package, and the command's help."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
PYTHON = [sys.executable, "-c"]
AKIKA = str(Path(sys.executable).with_name("akika"))


def seconds(command: list[str]) -> float:
    """The median of several runs, in a process of its own each."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    bare = seconds([*PYTHON, "pass"])
    package = seconds([*PYTHON, "import akika_forensics"])
    shown = seconds([AKIKA, "--help"])
    print(f"start of Python               {bare:6.3f} s")
    print(f"import akika_forensics, more  {package - bare:6.3f} s   to reach: 0.15 s or less")
    print(f"akika --help                  {shown:6.3f} s   to reach: 0.40 s or less")


if __name__ == "__main__":
    main()
