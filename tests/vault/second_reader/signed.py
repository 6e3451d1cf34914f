"""What a vault shows to somebody without keys: its marker, its chains, who may sign, and the files that are listed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .plain import require, sha256, spelled, strict
from .signatures import ask_ssh_keygen, signer_of

ENTRY = {
    "at", "chain", "files", "format", "generation", "key", "namespace", "previous", "retired", "sealed", "seq", "signers", "vault", "witness",
}  # fmt: skip
ENTRY_1 = {"at", "chain", "files", "format", "namespace", "previous", "sealed", "seq", "vault"}


@dataclass
class Entry:
    """``body`` is None where its key is in no key table any more."""

    path: str
    plain: dict[str, Any]
    digest: str
    signer: str
    body: Any = None


class Signed:
    """``chains``: name → entries that hold. ``listed``: files that entries vouch for now. ``passed_over``: paths of entries
    by members who had been removed.
    """

    def __init__(self, root: Path, *, ask_openssh: bool) -> None:
        self.root = root
        self._ask_openssh = ask_openssh
        self.files = sorted(
            path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.name != "lock"
        )
        self.marker = self._read_marker()
        self.id = str(self.marker["vault"])
        self.chains = {name: self._read_chain(name) for name in self._chain_names()}
        self.listed: dict[str, dict[str, Any]] = {}
        self.passed_over: set[str] = set()
        self._may_sign()
        self._list_files()
        self.chains = {
            name: [entry for entry in chain if entry.path not in self.passed_over]
            for name, chain in self.chains.items()
        }

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def _read_marker(self) -> dict[str, Any]:
        marker = strict(
            self.read("VAULT.json"), ("checksum", "created", "format", "signer", "vault", "version"), "VAULT.json"
        )
        rest = {name: value for name, value in marker.items() if name != "checksum"}
        require(sha256(spelled(rest)) == marker["checksum"], "the check sum of VAULT.json does not fit")
        require((marker["format"], marker["version"]) == ("akika-vault", 2), "another format")
        return marker

    def _chain_names(self) -> list[str]:
        names = {path.rpartition("/")[0] for path in self.files if path.endswith(".json") and "/" in path}
        require("commits" in names, "there are no commits")
        return sorted(names)

    def _signature(self, entry: Entry) -> str:
        return f"{entry.plain['chain']}/{entry.plain['seq']:08d}-{entry.digest[:16]}.sig"

    def _read_chain(self, name: str) -> list[Entry]:
        previous = sha256(spelled(["akika-chain-1", self.id, name]))
        found: list[Entry] = []
        for seq in range(sum(path.startswith(f"{name}/") and path.endswith(".json") for path in self.files)):
            path = f"{name}/{seq:08d}.json"
            data = self.read(path)
            if json.loads(data).get("format") == "akika-entry-1":
                plain = strict(data, ENTRY_1, path) | {
                    "generation": 0,
                    "key": "",
                    "retired": [],
                    "signers": None,
                    "witness": None,
                }
            else:
                plain = strict(data, ENTRY, path)
                require(plain["format"] == "akika-entry-2", f"{path} is of another format")
            require((plain["vault"], plain["chain"], plain["seq"]) == (self.id, name, seq), f"{path} is misplaced")
            require(plain["previous"] == previous, f"{path} does not follow the one before")
            previous = sha256(data)
            entry = Entry(path, plain, previous, "")
            signature = self._signature(entry)
            entry.signer = signer_of(self.read(signature), data, plain["namespace"])
            if self._ask_openssh:
                ask_ssh_keygen(entry.signer, plain["namespace"], self.root / signature, data)
            found.append(entry)
        return found

    def _may_sign(self) -> None:
        now = {self.marker["signer"]: "full"}
        ever, removed = set(now), dict[str, dict[str, Any]]()
        for entry in self.chains["commits"]:
            plain = entry.plain
            role = now.get(entry.signer)
            require(plain["namespace"] == "akika-commit", "commits are signed for something else")
            require(role is not None, f"{entry.path} is signed by a stranger")
            brings = any(file["path"].startswith("keys/") for file in plain["files"])
            if role == "capture":
                require(not plain["retired"] and plain["signers"] is None and not brings, f"{entry.path} goes too far")
            if plain["signers"] is not None:
                after = {one["public"]: one["role"] for one in plain["signers"]}
                removed |= {key: plain["witness"] or {} for key in now.keys() - after.keys()}
                removed = {key: value for key, value in removed.items() if key not in after}
                now, ever = after, ever | after.keys()
        self._pass_over(ever, removed)
        for name, chain in self.chains.items():
            namespaces = {entry.plain["namespace"] for entry in chain if entry.path not in self.passed_over}
            require(len(namespaces) <= 1, f"{name} is signed for several things")

    def _pass_over(self, ever: set[str], removed: dict[str, dict[str, Any]]) -> None:
        for name, chain in self.chains.items():
            for entry in chain if name != "commits" else ():
                require(entry.signer in ever, f"{entry.path} is signed by a stranger")
                if entry.signer in removed:
                    last = removed[entry.signer].get(name, {"seq": -1})["seq"]
                    if entry.plain["seq"] > last:
                        require(not name.startswith("journals/"), f"{entry.path} is signed by a member who was removed")
                        self.passed_over.add(entry.path)

    def _list_files(self) -> None:
        """Every file that is listed is there as it was signed, unless it was retired."""
        for name in sorted(self.chains, key=lambda name: name == "commits"):  # what they retire, any may have listed
            for entry in self.chains[name]:
                if entry.path in self.passed_over:
                    continue
                old = entry.plain["generation"] == 0
                for path in entry.plain["retired"]:
                    self.listed.pop(path, None)
                for file in entry.plain["files"]:
                    fields = {"length", "path", "sha256"} if old else {"length", "path", "root", "sha256"}
                    require(set(file) == fields, f"{entry.path} lists in another way")
                    self.listed[file["path"]] = {"root": {}} | file
        for path, file in self.listed.items():
            require(path in self.files, f"{path} is missing")
            data = self.read(path)
            require((len(data), sha256(data)) == (file["length"], file["sha256"]), f"{path} is not what was signed")
            if path.startswith("data/") and path.endswith(".parquet"):
                require(path.endswith(f"-{file['sha256'][:16]}.parquet"), f"{path} is named otherwise")
        for entry in self.chains["commits"]:
            for name, head in (entry.plain["witness"] or {}).items():
                require(self.chains[name][head["seq"]].digest == head["digest"], f"{name} is not what {entry.path} saw")
