"""The page for a production app's redirect address: it shows the line to paste, and asks nothing of anybody."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from akika_forensics.errors import WrongUse


def redirect_page() -> bytes:
    """One HTML file with its script and style in it; both are named by their digests in its own policy."""
    return files(__package__).joinpath("redirect_page.html").read_bytes()


def write_redirect_page(to: Path) -> None:
    """Into a new file. Raises WrongUse."""
    try:
        with to.open("xb") as file:
            file.write(redirect_page())
    except OSError as error:
        raise WrongUse(f"The page cannot be written to {to} ({error.strerror}).", do="Name a new file.") from error
