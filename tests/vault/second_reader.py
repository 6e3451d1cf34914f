"""A second reader of vaults, written from docs/design/vault-format.md alone.

It imports nothing of akika_forensics, and reads Parquet with pyarrow where the first reader uses polars. It reads a
vault of version 2 in a folder whole: everything is checked on the way, and `Wrong` is raised by what is not as the
document says. It is neither fast nor sparing with memory.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import shutil
import subprocess
import tempfile
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyarrow.parquet.encryption import create_decryption_properties

MAGIC = bytes.fromhex("89616b696b61310a")
CHUNK = 1 << 20
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
ENTRY = {
    "at", "chain", "files", "format", "generation", "key", "namespace", "previous", "retired", "sealed", "seq", "signers", "vault", "witness",
}  # fmt: skip
ENTRY_1 = {"at", "chain", "files", "format", "namespace", "previous", "sealed", "seq", "vault"}
ROLE_KEYS = ("connection", "document", "index", "legacy", "name", "payload", "private")
SHARED_SLOTS = ("company/", "tokens/", "draft/", "budget/", "hints/", "keys/")


class Wrong(Exception):
    """Something in the vault is not as the document says."""


def require(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


# -- plain JSON, keys, sealing ---------------------------------------------------------------------------------------


def spelled(value: Any) -> bytes:
    """UTF-8, keys in order, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def strict(data: bytes, fields: Iterable[str], what: str) -> dict[str, Any]:
    value = json.loads(data)
    require(spelled(value) == data, f"{what} is spelled in another way")
    require(set(value) == set(fields), f"{what} has other fields: {sorted(value)}")
    return dict(value)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def place(*parts: str | int) -> bytes:
    return spelled(["akika/1", *parts])


def derived(key: bytes, *purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=place(*purpose)).derive(key)


def open_value(key: bytes, sealed: bytes, *at: str | int) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], place(*at))


def open_envelope(private: bytes, sealed: bytes, *at: str | int) -> bytes:
    return SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=place(*at))


def open_stream(key: bytes, sealed: bytes, *at: str | int, packed: bool = True) -> bytes:
    cipher = AESGCM(HKDF(SHA256(), 32, salt=sealed[:32], info=b"akika/1 stream").derive(key))
    rest = sealed[32:]
    pieces = [rest[start : start + CHUNK + 16] for start in range(0, max(len(rest), 1), CHUNK + 16)]
    plain = b""
    for number, piece in enumerate(pieces):
        nonce = number.to_bytes(11, "big") + bytes([number == len(pieces) - 1])
        plain += cipher.decrypt(nonce, piece, place(*at))
    kind, data = plain[:1], plain[1:]
    require(kind in {b"z", b"-"} and (packed or kind == b"-"), "a stream is packed in another way")
    return zlib.decompress(data) if kind == b"z" else data


def unwrapped(kind: bytes, data: bytes, path: str) -> bytes:
    require(data.startswith(MAGIC + kind), f"{path} is of another kind")
    require(hashlib.sha256(data[:-32]).digest() == data[-32:], f"the check sum of {path} does not fit")
    return data[len(MAGIC) + 4 : -32]


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# -- signatures ------------------------------------------------------------------------------------------------------


def strings(data: bytes) -> list[bytes]:
    """SSH's strings: four bytes of length, big-endian, and so many bytes."""
    found = []
    while data:
        length = int.from_bytes(data[:4], "big")
        require(len(data) >= 4 + length, "a string of SSH is cut")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


def packed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def signer_of(armored: bytes, message: bytes, namespace: str) -> str:
    """The key that made a signature, as OpenSSH writes it."""
    lines = armored.decode().splitlines()
    require(lines[0] == "-----BEGIN SSH SIGNATURE-----" and lines[-1] == "-----END SSH SIGNATURE-----", "no signature")
    blob = raw("".join(lines[1:-1]))
    require(blob[:10] == b"SSHSIG\0\0\0\1", "no signature of version 1")
    public, name, reserved, algorithm, signature = strings(blob[10:])
    require((name, reserved, algorithm) == (namespace.encode(), b"", b"sha512"), "signed for something else")
    kind, key = strings(public)
    kind_again, value = strings(signature)
    require(kind == kind_again == b"ssh-ed25519", "another algorithm")
    signed = b"SSHSIG" + packed(name, b"", b"sha512", hashlib.sha512(message).digest())
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(value, signed)
    except InvalidSignature as error:
        raise Wrong("a signature does not fit") from error
    return f"ssh-ed25519 {base64.b64encode(public).decode()}"


def ask_ssh_keygen(public: str, namespace: str, signature: Path, message: bytes) -> None:
    """The same question to OpenSSH, where it is on PATH."""
    program = shutil.which("ssh-keygen")
    if program is None:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as allowed:
        allowed.write(f"akika {public}\n")
        allowed.flush()
        command = [program, "-Y", "verify", "-f", allowed.name, "-I", "akika", "-n", namespace, "-s", str(signature)]
        answer = subprocess.run(command, input=message, capture_output=True, check=False)
    require(answer.returncode == 0, f"ssh-keygen does not take {signature}: {answer.stderr.decode()}")


# -- what is found ---------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """``body`` is None where its key is in no key table any more."""

    path: str
    plain: dict[str, Any]
    digest: str
    signer: str
    body: Any = None


@dataclass
class Snapshot:
    id: str
    digest: str
    told: dict[str, Any]
    records: dict[tuple[str, str], bytes] = field(default_factory=dict)
    digests: dict[tuple[str, str], bytes] = field(default_factory=dict)
    controls: dict[str, bytes] = field(default_factory=dict)
    attached: dict[tuple[str, str], bytes] = field(default_factory=dict)


@dataclass
class _Row:
    sha256: bytes
    digest: bytes
    payload: bytes
    was: bytes | None


class Vault:
    """A vault in a folder, read whole by one of its members.

    ``chains``: name → entries. ``snapshots``: id → what is kept. ``documents``: path → (kind, data). ``slots``: name → value.
    ``listed``: files that entries vouch for now. ``left``: files that nobody vouches for.
    """

    def __init__(self, root: Path, passphrase: str, *, ask_openssh: bool = True) -> None:
        self.root = root
        self._ask_openssh = ask_openssh
        self.files = sorted(
            path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.name != "lock"
        )
        self.marker = self._read_marker()
        self.id = str(self.marker["vault"])
        self.chains = {name: self._read_chain(name) for name in self._chain_names()}
        self.listed: dict[str, dict[str, Any]] = {}
        self._may_sign()
        self._list_files()
        self.members: list[dict[str, Any]] = []
        self.people: dict[str, str] = {}
        self.role = ""
        self.keys: dict[str, bytes] = {}
        self.former: dict[int, dict[str, bytes]] = {}
        self.generation = 0
        self._open_keyring(passphrase)
        self.tables = self._open_tables()
        self._open_entries()
        self.documents = self._open_documents()
        self.slots = self._open_slots()
        self.snapshots = self._read_snapshots()
        own = {entry.path for chain in self.chains.values() for entry in chain}
        own |= {self._signature(entry) for chain in self.chains.values() for entry in chain}
        self.left = [
            path for path in self.files if path not in own | self.listed.keys() and not path.startswith("slots/")
        ]

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    # -- without keys ------------------------------------------------------------------------------------------------

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
        require(len({entry.plain["namespace"] for entry in found}) <= 1, f"{name} is signed for several things")
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
        for name, chain in self.chains.items():
            for entry in chain if name != "commits" else ():
                require(entry.signer in ever, f"{entry.path} is signed by a stranger")
                if entry.signer in removed:
                    last = removed[entry.signer].get(name, {"seq": -1})["seq"]
                    require(entry.plain["seq"] <= last, f"{entry.path} is signed by a member who was removed")

    def _list_files(self) -> None:
        """Every file that is listed is there as it was signed, unless it was retired."""
        for name in sorted(self.chains, key=lambda name: name == "commits"):  # what they retire, any may have listed
            for entry in self.chains[name]:
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

    # -- keys --------------------------------------------------------------------------------------------------------

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

    # -- entries, documents, slots -----------------------------------------------------------------------------------

    def _open_entries(self) -> None:
        for name, chain in self.chains.items():
            for entry in chain:
                plain, sealed = entry.plain, raw(entry.plain["sealed"])
                at = (
                    "entry", self.id, name, plain["namespace"], plain["seq"], plain["previous"], plain["generation"], plain["key"],
                )  # fmt: skip
                if plain["generation"] == 0:
                    if self.role == "full":
                        data = open_stream(derived(self.keys["legacy"], "entries"), sealed, *at[:6])
                        entry.body = json.loads(data, parse_float=Decimal)
                    continue
                own = self._find("index" if name == "commits" else "payload", plain["key"]) if plain["key"] else b""
                if own is None:
                    continue
                if name == "commits":
                    data = open_stream(derived(own or self._of(plain["generation"], "index"), "entries"), sealed, *at)
                elif self.role == "full":
                    key = open_envelope(self._of(plain["generation"], "document"), sealed[:80], *at)
                    data = open_stream(derived(key + own, "entries") if own else key, sealed[80:], *at)
                else:
                    continue
                entry.body = json.loads(data, parse_float=Decimal)

    def _document(self, path: str) -> tuple[str, bytes] | None:
        """None when the company that it was of has been erased."""
        if self.read(path).startswith(MAGIC + b"DOCU"):
            body = unwrapped(b"DOCU", self.read(path), path)
            require(path.endswith(f"/{body[:16].hex()}.sealed"), f"{path} is another document")
            key = derived(self.keys["legacy"], "documents")
            head, _, data = open_stream(key, body[16:], "document", self.id, body[:16].hex()).partition(b"\n")
            return str(strict(head, ("kind",), path)["kind"]), data
        head, _, sealed = unwrapped(b"DOC2", self.read(path), path).partition(b"\n")
        outer = strict(head, ("envelope", "generation", "id", "key"), path)
        require(path.endswith(f"/{outer['id']}.sealed"), f"{path} is another document")
        at = ("document", self.id, outer["id"])
        own = self._find("payload", outer["key"]) if outer["key"] else b""
        if own is None:
            return None
        key = open_envelope(self._of(outer["generation"], "document"), raw(outer["envelope"]), *at)
        key = derived(key + own, "documents") if own else key
        head, _, data = open_stream(key, sealed, *at).partition(b"\n")
        return str(strict(head, ("kind",), path)["kind"]), data

    def _open_documents(self) -> dict[str, tuple[str, bytes]]:
        if self.role != "full":
            return {}
        found = {path: self._document(path) for path in self.listed if path.startswith("documents/")}
        return {path: document for path, document in found.items() if document is not None}

    def _open_slots(self) -> dict[str, bytes]:
        newest: dict[str, str] = {}
        for path in self.files:
            if path.startswith("slots/") and ".tmp-" not in path:
                newest[path.split("/")[1]] = path  # files are in order
        found = {}
        for folder, path in newest.items():
            old = self.read(path).startswith(MAGIC + b"SLOT")
            body = unwrapped(b"SLOT" if old else b"SLO2", self.read(path), path)
            require(body[:32].hex() == sha256(path.encode()), f"{path} belongs under another name")
            generation, shared = int.from_bytes(body[32:36], "big"), body[36] == 1
            if self.role != "full" and (old or not shared):
                continue
            at: tuple[str | int, ...] = ("slot", self.id, folder, int(path[-15:-7]))
            if old:
                plain = open_stream(derived(self.keys["legacy"], "slots"), body[32:], *at)
            else:
                key = derived(self._of(generation, "connection" if shared else "private"), "slots")
                plain = open_stream(key, body[37:], *at, generation, "shared" if shared else "private")
            head, _, data = plain.partition(b"\n")
            said = strict(head, ("name", "present"), path)
            require(self.pseudonym("slot", said["name"]) == folder, f"{path} holds another value")
            require(old or shared == said["name"].startswith(SHARED_SLOTS), f"{path} is sealed for others")
            if said["present"] and said["name"] != "keys/resealed":
                found[said["name"]] = data
        return found

    def pseudonym(self, *name: str) -> str:
        return hmac.new(self.keys["name"], place(*name), hashlib.sha256).hexdigest()[:32]

    # -- snapshots ---------------------------------------------------------------------------------------------------

    def _table(
        self, company: str, half: str, path: str, columns: tuple[str, ...], *, since_2: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """``since_2``: columns that a file of version 1 has not, and what stands in their place."""
        data = self.read(path)
        require(path in self.listed, f"nobody vouches for {path}")
        require(data[:4] == data[-4:] == b"PARE", f"{path} is no encrypted Parquet")
        file_id = path[5:37]
        properties = create_decryption_properties(
            self.tables[company][half][file_id], aad_prefix=f"akika/1|{company}|{file_id}".encode()
        )
        table = pq.read_table(io.BytesIO(data), decryption_properties=properties)
        names, added = tuple(table.column_names), since_2 or {}
        old = tuple(name for name in columns if name not in added)
        require(names in {columns, old}, f"{path} has the columns {names}")
        return [added | row for row in table.to_pylist()] if names == old else list(table.to_pylist())

    def _read_snapshots(self) -> dict[str, Snapshot]:
        kept, parts, manifests, removed_leaves = self._fold()
        versions = {
            company: self._read_parts(company, mine, removed_leaves.get(company, [])) for company, mine in parts.items()
        }
        found: dict[str, Snapshot] = {}
        states: dict[int, dict[tuple[str, str], int]] = {}
        commits = self.chains["commits"]
        for seq, entry in kept.items():
            told, company = entry.body, entry.body["pseudonym"]
            old = entry.plain["generation"] == 0
            kind = (
                "production" if told["company"]["base_url"].startswith("https://quickbooks.api.intuit.com") else "other"
            )
            require(
                self.pseudonym("company", kind, told["company"]["realm_id"]) == company,
                f"{entry.path}: another company",
            )
            state, held = {}, Snapshot(told["snapshot"], entry.digest, told)
            moved = manifests.get(seq)
            told = {"attachments": "", "removed": None, "roll": ""} | told
            base, path = (moved["base"], moved["path"]) if moved else (told["base"], told["manifest"])
            if base is not None:
                require(commits[base].body["pseudonym"] == company, f"{entry.path} follows another company")
                require(base in states, f"{entry.path} follows a snapshot that is not kept")
                state = dict(states[base])
            before = dict(state)
            own = [int(number) for part in told.get("parts", ()) for number in part["segments"]]
            own += [one["number"] for one in told.get("segments", ())]
            seen = (
                self._apply(state, before, company, path, versions[company], own, moved=moved, old=old)
                if path
                else set()
            )
            for number in own:
                for key, version in versions[company][number].items():
                    if old and not moved:
                        require(state.get(key) == number, f"{path} does not list a row of segment {number}")
                        continue
                    require(key not in seen, f"{entry.path} holds a record twice")
                    seen.add(key)
                    was = versions[company][before[key]][key].digest if key in before else None
                    require(moved or version.was == was, f"segment {number} tells otherwise what a row replaces")
                    state[key] = number
            gone = len(before.keys() - state.keys())
            require(moved or old or gone == told["removed"], f"{entry.path} tells another number of removed records")
            states[seq] = state
            require(len(state) == told["records"], f"{entry.path} tells another number of records")
            if told["roll"]:
                roll = self._table(company, "index", told["roll"], ("entity", "id", "segment"))
                listed = [((row["entity"], row["id"]), row["segment"]) for row in roll]
                require(listed == sorted(state.items()), f"{told['roll']} lists other records")
            for key, segment in sorted(state.items()):
                row = versions[company][segment][key]
                held.records[key], held.digests[key] = row.payload, row.digest
            for name, path in told["controls"].items():
                document = self._document(path) if self.role == "full" else None
                if document is not None:
                    require(document[0] == f"control {name}", f"{path} is another control")
                    held.controls[name] = document[1]
            if told["attachments"]:
                columns = ("entity", "id", "sha256", "length", "blob")
                for row in self._table(company, "index", told["attachments"], columns):
                    data = self._blob(company, row["blob"]) if self.role == "full" else b""
                    held.attached[row["entity"], row["id"]] = data
                    same = (hashlib.sha256(data).digest(), len(data)) == (row["sha256"], row["length"])
                    require(same or self.role != "full", f"{told['attachments']} tells of another file")
            found[held.id] = held
        return found

    def _blob(self, company: str, name: str) -> bytes:
        path = f"blobs/{name}.sealed"
        require(path in self.listed, f"nobody vouches for {path}")
        body = unwrapped(b"BLOB", self.read(path), path)
        require(body[:16].hex() == name, f"{path} is another file")
        return open_stream(self.tables[company]["payload"][name], body[16:], "blob", self.id, name, packed=False)

    def _fold(
        self,
    ) -> tuple[dict[int, Entry], dict[str, dict[str, dict[str, Any]]], dict[int, dict[str, Any]], dict[str, list[str]]]:
        """The commits of kept snapshots; of each company its parts by their index's path; manifests; leaves."""
        kept: dict[int, Entry] = {}
        parts: dict[str, dict[str, dict[str, Any]]] = {}
        manifests: dict[int, dict[str, Any]] = {}
        leaves: dict[str, list[str]] = {}
        snapshots = 0
        for seq, entry in enumerate(self.chains["commits"]):
            told = entry.body
            if told is None:
                snapshots += 1
                continue
            kind = told["kind"]
            if kind == "snapshot":
                snapshots += 1
                require(told["snapshot"] == f"s{snapshots}", f"{entry.path} counts otherwise")
                kept[seq] = entry
            if kind in {"snapshot", "compaction", "retention"}:
                mine = parts.setdefault(told["pseudonym"], {})
                for path in entry.plain["retired"]:
                    mine.pop(path, None)
                one_each = [{**one, "segments": {str(one["number"]): one["rows"]}} for one in told.get("segments", ())]
                mine |= {part["index"]: part for part in told.get("parts", one_each)}
                if kind != "snapshot" and told["leaves"]:
                    leaves.setdefault(told["pseudonym"], []).append(told["leaves"])
            if kind == "retention":
                manifests |= {int(one): moved for one, moved in told["manifests"].items()}
                for one in told["dropped"]:
                    kept.pop(one)
            if kind == "erasure":
                for one in told["commits"]:
                    kept.pop(one, None)
                parts.pop(told["pseudonym"], None)
                leaves.pop(told["pseudonym"], None)
        live = {company: [path for path in paths if path in self.listed] for company, paths in leaves.items()}
        return kept, parts, manifests, live

    def _apply(
        self,
        state: dict[tuple[str, str], int],
        before: dict[tuple[str, str], int],
        company: str,
        path: str,
        versions: dict[int, Any],
        own: list[int],
        *,
        moved: object,
        old: bool,
    ) -> set[tuple[str, str]]:
        """What a manifest lists; its keys."""
        seen = set()
        columns = ("entity", "id", "digest", "segment", "length", "removed", "was")
        for row in self._table(company, "index", path, columns, since_2={"was": "not told"}):
            key = (row["entity"], row["id"])
            require(key not in seen, f"{path} lists a record twice")
            seen.add(key)
            was = versions[before[key]][key].digest if key in before else None
            require(row["was"] in {was, "not told"}, f"{path} tells otherwise what a row replaces")
            if row["removed"]:
                require(
                    (row["digest"], row["segment"], row["length"]) == (None, None, None), f"{path}: removed, and there"
                )
                del state[key]
                continue
            require(moved or old, f"{path} lists more than what was removed")
            require(old or row["segment"] not in own, f"{path} lists a row of its own segments")
            state[key] = row["segment"]
            version = versions[row["segment"]][key]
            require(
                (version.digest, len(version.payload)) == (row["digest"], row["length"]) or self.role != "full",
                f"{path}: other versions",
            )
        return seen

    def _read_parts(
        self, company: str, parts: dict[str, dict[str, Any]], leaves: list[str]
    ) -> dict[int, dict[tuple[str, str], _Row]]:
        """Segment → key → version; every payload is held against its index, every segment against its record root."""
        found: dict[int, dict[tuple[str, str], _Row]] = {}
        for part in parts.values():
            number = {"segment": int(min(part["segments"], key=int))}
            facts = dict.fromkeys(("sync_token", "created_at", "updated_at", "txn_date", "was"))
            if part.get("rest"):
                hot = self._table(company, "index", part["index"], ("entity", "id", "digest", "length", "segment"))
                rest = self._table(company, "index", part["rest"], ("payload_sha256", *facts))
                index = [one | other for one, other in zip(hot, rest, strict=True)]
            else:
                index = self._table(
                    company, "index", part["index"],
                    ("entity", "id", "digest", "payload_sha256", "length", "segment", *facts), since_2=number | facts,
                )  # fmt: skip
            order = [(row["entity"], row["id"], row["segment"]) for row in index]
            require(
                order == sorted(order, key=lambda key: (key[0].encode(), key[1].encode(), key[2])),
                f"{part['index']} is in no order",
            )
            payloads = [dict(row, payload=b"") for row in index]
            if self.role == "full":
                columns = ("entity", "id", "segment", "payload")
                payloads = self._table(company, "payload", part["payload"], columns, since_2=number)
            require(
                [(row["entity"], row["id"], row["segment"]) for row in payloads] == order,
                "the two files of a part differ",
            )
            counts: dict[str, int] = {}
            for row, other in zip(index, payloads, strict=True):
                payload = other["payload"]
                if self.role == "full":
                    require(
                        hashlib.sha256(payload).digest() == row["payload_sha256"], f"{part['payload']}: another payload"
                    )
                    require(len(payload) == row["length"], f"{part['index']}: another length")
                    require(
                        hashlib.sha256(canonical_form(payload)).digest() == row["digest"],
                        f"{part['index']}: another digest",
                    )
                version = _Row(row["payload_sha256"], row["digest"], payload, row["was"])
                found.setdefault(row["segment"], {})[row["entity"], row["id"]] = version
                counts[str(row["segment"])] = counts.get(str(row["segment"]), 0) + 1
            require(counts == part["segments"], f"{part['index']} holds other numbers of rows")
        if self.role == "full":
            self._check_roots(company, parts, found, leaves)
        return found

    def _check_roots(
        self,
        company: str,
        parts: dict[str, dict[str, Any]],
        versions: dict[int, dict[tuple[str, str], _Row]],
        leaves: list[str],
    ) -> None:
        gone: dict[int, dict[int, bytes]] = {}
        for path in leaves:
            for row in self._table(company, "index", path, ("segment", "position", "leaf")):
                gone.setdefault(row["segment"], {})[row["position"]] = row["leaf"]
        for path in parts:
            signed = self.listed[path]["root"]
            if not signed and all(
                f"salt/{one}" not in self.tables[company]["payload"] for one in parts[path]["segments"]
            ):
                continue  # of version 1
            require(signed.keys() == parts[path]["segments"].keys(), f"{path} is signed for other segments")
            for number, root in signed.items():
                rows = sorted(
                    versions[int(number)].items(), key=lambda item: (item[0][0].encode(), item[0][1].encode())
                )
                salt = self.tables[company]["payload"][f"salt/{number}"]
                left = iter([_leaf(salt, key, row) for key, row in rows])
                out = gone.get(int(number), {})
                all_leaves = [out[at] if at in out else next(left) for at in range(len(rows) + len(out))]
                require(record_root(all_leaves).hex() == root, f"segment {number} is not what was signed")


def _keys(data: bytes) -> dict[str, bytes]:
    return {name: raw(key) for name, key in json.loads(data).items()}


# -- record roots and the canonical form -----------------------------------------------------------------------------


def _leaf(salt_key: bytes, key: tuple[str, str], row: _Row) -> bytes:
    salt = hmac.new(salt_key, spelled(list(key)), hashlib.sha256).digest()[:16]
    return hashlib.sha256(b"\0" + salt + spelled([*key, row.digest.hex(), row.sha256.hex()])).digest()


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, over leaves that are hashed already, as it is written there: by halves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def record_root(leaves: list[bytes]) -> bytes:
    return hashlib.sha256(b"\2" + len(leaves).to_bytes(8, "big") + tree_hash(leaves)).digest()


class _Number(str):
    __slots__ = ()


def canonical_form(payload: bytes) -> bytes:
    """``akika-canonical-1`` of a JSON text."""
    return _said(json.loads(payload, parse_float=_Number, parse_int=_Number)).encode()


def _said(value: Any) -> str:
    if isinstance(value, _Number):
        return _plain(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_said(name)}:{_said(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_said, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _plain(number: str) -> str:
    value = Decimal(number)
    sign, digits, exponent = value.as_tuple()
    if not value:
        return "0"
    text = "".join(map(str, digits)).rstrip("0")
    power = int(exponent) + len(digits) - len(text)
    if ("e" in number or "E" in number) and abs(value.adjusted()) > 400:
        return f"{'-' if sign else ''}{text}e{power}"
    return format(Decimal((sign, tuple(map(int, text)), power)), "f")
