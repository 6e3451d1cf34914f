"""The keys of a vault: the keyring opened by a passphrase, the tables of keys of its companies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from .plain import Wrong, derived, open_envelope, open_value, place, raw, require, strict, unwrapped
from .signatures import packed
from .signed import Signed

ROLE_KEYS = ("connection", "document", "index", "legacy", "name", "payload", "private")


class Unlocked(Signed):
    """A vault with the keys of one of its members."""

    def __init__(self, root: Path, passphrase: str, *, ask_openssh: bool) -> None:
        super().__init__(root, ask_openssh=ask_openssh)
        self.members: list[dict[str, Any]] = []
        self.people: dict[str, str] = {}
        self.role = ""
        self.keys: dict[str, bytes] = {}
        self.former: dict[int, dict[str, bytes]] = {}
        self.generation = 0
        self._open_keyring(passphrase)
        self.tables = self._open_tables()

    def _open_keyring(self, passphrase: str) -> None:
        path = max(path for path in self.listed if path.startswith("keys/"))
        ring = strict(
            unwrapped(b"RING", self.read(path), path), ("generation", "kem", "members", "people", "vault"), path
        )
        self.generation, self.members = ring["generation"], ring["members"]
        require(path == f"keys/keyring-{self.generation:04d}.sealed", f"{path} is another generation")
        require((ring["vault"], ring["kem"]) == (self.id, "x25519-hkdf-sha256-aes-256-gcm"), f"{path} is another ring")
        for member in self.members:
            identity = self._identity(member, passphrase)
            if identity is not None:
                at = ("member", self.id, self.generation, member["id"], member["role"], member["signer"])
                keys = json.loads(open_envelope(identity[:32], raw(member["keys"]), *at))
                self.role = member["role"]
                self.keys = {name: raw(keys[name]) for name in ROLE_KEYS}
                self.former = {
                    one["generation"]: {name: raw(one[name]) for name in ("connection", "document", "index", "private")}
                    for one in keys["former"]
                }
                people = open_value(
                    derived(self.keys["index"], "people"), raw(ring["people"]), "people", self.id, self.generation
                )
                self.people = json.loads(people)
                return
        raise Wrong("the passphrase opens nobody's identity")

    def _identity(self, member: dict[str, Any], passphrase: str) -> bytes | None:
        for way in member["ways"]:
            if way["kind"] != "passphrase":
                continue
            kdf = way["kdf"]
            require(kdf["name"] == "argon2id", "another key derivation")
            key = Argon2id(
                salt=raw(kdf["salt"]),
                length=32,
                iterations=kdf["passes"],
                lanes=kdf["lanes"],
                memory_cost=kdf["memory_kib"],
            ).derive(unicodedata.normalize("NFC", passphrase).encode())
            try:
                seeds = open_value(key, raw(way["sealed"]), "way", self.id, member["id"], "passphrase")
            except InvalidTag:
                continue
            require(
                X25519PrivateKey.from_private_bytes(seeds[:32]).public_key().public_bytes_raw() == raw(member["kem"]),
                "another identity",
            )
            signing = Ed25519PrivateKey.from_private_bytes(seeds[32:]).public_key().public_bytes_raw()
            line = base64.b64encode(packed(b"ssh-ed25519", signing)).decode()
            require(member["signer"] == f"ssh-ed25519 {line}", "another identity")
            return seeds
        return None

    def _of(self, generation: int, name: str) -> bytes:
        return self.keys[name] if generation == self.generation else self.former[generation][name]

    def _open_tables(self) -> dict[str, dict[str, dict[str, bytes]]]:
        """Company → half → name → key."""
        found: dict[str, dict[str, dict[str, bytes]]] = {}
        for path in self.listed:
            if not path.startswith("keytables/"):
                continue
            table = strict(
                unwrapped(b"TABL", self.read(path), path), ("company", "generation", "id", "index", "payload"), path
            )
            require(path == f"keytables/{table['id']}.sealed", f"{path} is another table")
            at = ("keytable", self.id, table["id"], table["company"], table["generation"])
            halves = found.setdefault(table["company"], {"index": {}, "payload": {}})
            key = derived(self._of(table["generation"], "index"), "keytable")
            # Of two keys of one name that of the older commit counts.
            halves["index"] = _keys(open_value(key, raw(table["index"]), *at, "index")) | halves["index"]
            if self.role == "full":
                payload = open_envelope(self.keys["payload"], raw(table["payload"]), *at, "payload")
                halves["payload"] = _keys(payload) | halves["payload"]
        return found

    def _find(self, half: str, name: str) -> bytes | None:
        for halves in self.tables.values():
            for said in (name, f"documents/{name}"):
                if said in halves[half]:
                    return halves[half][said]
        return None

    def pseudonym(self, *name: str) -> str:
        return hmac.new(self.keys["name"], place(*name), hashlib.sha256).hexdigest()[:32]


def _keys(data: bytes) -> dict[str, bytes]:
    return {name: raw(key) for name, key in json.loads(data).items()}
