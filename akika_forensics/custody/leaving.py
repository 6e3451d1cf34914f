"""What leaves a vault is listed in custody, file by file, so that a copy that turns up can be told and none is denied.

Leaving is a file, or a document that is printed as it is. What a person who opened the vault is shown on a screen is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from akika_forensics.custody.log import Act, CustodyLog


def listed(name: str, data: bytes) -> dict[str, Any]:
    """The row of one file: ``{"name", "length", "sha256"}``, the name without a folder."""
    return {"name": name, "length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def leaves(
    log: CustodyLog,
    act: str,
    what: str,
    *,
    to: Path | str,
    files: Iterable[dict[str, Any]],
    details: dict[str, Any] | None = None,
) -> Act:
    """Write down that files leave for ``to`` (a folder, or ``standard output``); durable when it returns.

    ``files``: a row for each, as `listed` makes them. Called before the last of them is where it was wanted, or whoever calls
    takes them away again when it raises.
    """
    return log.record(act, what, {**(details or {}), "to": str(to), "files": list(files)})
