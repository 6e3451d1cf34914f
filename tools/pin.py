"""Write constraints.txt from the environment this runs in.

The project itself and whatever was installed from a folder, a file or an address is left out:
a pin must mean the same on every machine.
"""

from __future__ import annotations

from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"pip", "akika-forensics"}
HEADER = "# Every release that the tests ran with. Written by `make pins`; not edited by hand.\n"


def pin(distribution: Distribution) -> str | None:
    """``name==version``, or None when it did not come from an index."""
    name = distribution.metadata["Name"]
    if name.lower() in LEFT_OUT or distribution.read_text("direct_url.json") is not None:
        return None
    return f"{name}=={distribution.version}"


def main() -> None:
    lines = sorted({line for line in map(pin, distributions()) if line}, key=lambda line: line.casefold().split("=="))
    (ROOT / "constraints.txt").write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"constraints.txt: {len(lines)} pins")


if __name__ == "__main__":
    main()
