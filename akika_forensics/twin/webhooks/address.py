"""Where notifications may go: a program on this machine, and nowhere else."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from akika_forensics.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Address:
    """``host`` is an address, never a name to be looked up; ``target`` is path and query; ``shown`` for the Host header."""

    host: str
    port: int
    target: str
    shown: str


def read(url: str) -> Address:
    """Raises WrongUse for all but ``http://`` and an address of the loopback, or ``localhost``."""
    if not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise WrongUse("The address of a webhook is written in plain letters without blanks.")
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError as error:
        raise WrongUse(f"{url!r} is no address.", do=_DO) from error
    if parts.scheme != "http" or parts.username is not None or not parts.hostname:
        raise WrongUse(f"{url!r} cannot be a webhook.", do=_DO)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(_loopback(url, parts.hostname), port, target, parts.netloc)


_DO = "Give an address on this machine, such as http://127.0.0.1:8090/hook."


def _loopback(url: str, host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise WrongUse(
            f"{url!r} is not on this machine.", means="The local company speaks to nobody beyond the loopback.", do=_DO
        )
    return str(address)
