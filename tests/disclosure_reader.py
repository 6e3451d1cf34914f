"""A checker of disclosed records from the written format alone: json, hashlib and ssh-keygen, nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from pathlib import Path


def second_checker(content: bytes, folder: Path) -> tuple[str, str, bytes, str]:
    """The written format alone: json, hashlib and ssh-keygen. Raises AssertionError."""
    told = json.loads(content)
    expected = told.pop("checksum")
    plain = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert hashlib.sha256(plain).hexdigest() == expected
    assert told["format"] == "akika-disclosure-1"
    payload = base64.b64decode(told["payload"])
    names = [told["entity"], told["id"]]
    hashes = [base64.b64decode(told["digest"]).hex(), hashlib.sha256(payload).hexdigest()]
    data = json.dumps(names + hashes, ensure_ascii=False, separators=(",", ":")).encode()
    value = hashlib.sha256(b"\0" + base64.b64decode(told["salt"]) + data).digest()
    path = [base64.b64decode(one) for one in told["path"]]

    def up(position: int, size: int, path: list[bytes]) -> bytes:
        """RFC 6962, section 2.1.1, read backwards: the last hash of a path is the other half of the whole tree."""
        if size == 1:
            assert not path
            return value
        split = 1 << (size - 1).bit_length() - 1
        if position < split:
            return hashlib.sha256(b"\1" + up(position, split, path[:-1]) + path[-1]).digest()
        return hashlib.sha256(b"\1" + path[-1] + up(position - split, size - split, path[:-1])).digest()

    tree = up(told["position"], told["rows"], path)
    root = hashlib.sha256(b"\2" + told["rows"].to_bytes(8, "big") + tree).hexdigest()
    commit = json.loads(base64.b64decode(told["commit"]["entry"]))
    roots = {file["path"]: file.get("root", {}) for file in commit["files"]}
    assert roots[told["file"]][str(told["segment"])] == root
    allowed = {told["founder"]}
    for one in [*told["listing"], told["commit"]]:
        entry = base64.b64decode(one["entry"])
        (folder / "signers").write_text("".join(f"akika {key}\n" for key in allowed))
        (folder / "entry.sig").write_text(one["signature"])
        command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "akika", "-n", "akika-commit"]
        subprocess.run([*command, "-s", "entry.sig"], input=entry, cwd=folder, check=True, capture_output=True)
        listed = json.loads(entry)["signers"]
        allowed = {signer["public"] for signer in listed} if listed is not None else allowed
    return told["entity"], told["id"], payload, told["founder"]
