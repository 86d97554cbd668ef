"""Checks signed manifests as docs/formats/manifest.md says, with nothing of the product: keys, trees and signatures are
worked out here."""
import base64
import hashlib
import json
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from support import proofs

EMPTY = hashlib.sha256(b"").digest()


class Keys:
    """Public keys by `name+id`, from vkeys."""

    def __init__(self, *vkeys: str):
        self.vkeys = vkeys
        self.by_id: dict[str, Ed25519PublicKey] = {}
        for vkey in vkeys:
            name, key_id, text = vkey.split("+", 2)
            typed = base64.b64decode(text, validate=True)
            assert typed[0] == 1 and len(typed) == 33, vkey
            assert hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8] == key_id, vkey
            self.by_id[f"{name}+{key_id}"] = Ed25519PublicKey.from_public_bytes(typed[1:])

    def holds(self, key: str, message: bytes, signature: bytes) -> bool:
        if key not in self.by_id:
            return False
        try:
            self.by_id[key].verify(signature, message)
        except InvalidSignature:
            return False
        return True


def is_signed(raw: bytes, keys: Keys) -> bool:
    """Whether the line ends as a signed document does, and its signature holds."""
    signed, mark, rest = raw.rpartition(b',"signature":')
    if not mark or not rest.endswith(b"}\n"):
        return False
    try:
        signature = json.loads(rest[:-2])
        document = json.loads(signed + b"}")
        value = base64.b64decode(signature["value"], validate=True)
    except (ValueError, KeyError, TypeError):
        return False
    exact = f'{{"key":"{signature["key"]}","alg":"ed25519","value":"{signature["value"]}"}}}}\n'.encode()
    return rest == exact and keys.holds(signature["key"], document["type"].encode() + b"\n" + signed, value)


def read_note(note: str, keys: Keys) -> tuple[str, int, bytes] | None:
    """Origin, size and root of a checkpoint whose own log's signature holds."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    for line in signatures.splitlines():
        dash, name, payload = line.split(" ")
        raw = base64.b64decode(payload, validate=True)
        if dash == "\u2014" and name == origin and keys.holds(f"{name}+{raw[:4].hex()}", text.encode(), raw[4:]):
            return origin, int(size), base64.b64decode(root, validate=True)
    return None


class Range:
    """A compact range that grows."""

    def __init__(self, size: int, hashes: list[bytes]):
        self.size, self.hashes = size, list(hashes)

    def append(self, entry: bytes) -> None:
        node, size = proofs.leaf_hash(entry), self.size
        while size & 1:
            node, size = proofs.node_hash(self.hashes.pop(), node), size >> 1
        self.hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = proofs.node_hash(left, root)
        return root


def entry_of(line: bytes) -> bytes:
    """The 48 bytes of the log of a record's line."""
    record = json.loads(line)
    return proofs.receipt_leaf({"seq": record["seq"], "received_at": record["received_at"],
                                "sha256": hashlib.sha256(line).hexdigest()})


def check(raw: bytes, manifest: dict, before: dict | None, entries: list[bytes] | None, keys: Keys,
          elsewhere: bool = False) -> list[str]:
    """What is wrong with a signed manifest. `before`: the one before, when it is signed; `elsewhere`: it lies in another
    bucket; `entries`: those of the range, as the rows or the leaves give them."""
    problems = []
    if not is_signed(raw, keys):
        return ["the signature does not hold"]
    first, last = int(manifest["first_seq"]), int(manifest["last_seq"])
    found = read_note(manifest["checkpoint"], keys)
    if found is None:
        return ["the checkpoint's signature does not hold"]
    origin, size, root = found
    if not manifest["signature"]["key"].startswith(origin + "+"):
        problems.append("manifest and checkpoint are of different logs")
    if size != last:
        problems.append(f"the checkpoint has size {size}, not {last}")
    start = manifest["compact_range"]
    grown = Range(int(start["size"]), proofs.decoded(start["hashes"]))
    if grown.size != first - 1 or len(grown.hashes) != (first - 1).bit_count():
        return problems + ["the compact range does not fit"]
    if before is not None and before["epoch"] == manifest["epoch"]:
        _, old_size, old_root = read_note(before["checkpoint"], keys)
        if old_size != first - 1 or old_root != grown.root():
            problems.append("the range is not the tree of the checkpoint before")
        consistency = proofs.decoded(manifest["consistency"])
        if old_size == 0 and consistency or old_size and not proofs.grown(old_size, old_root, size, root, consistency):
            problems.append("the log does not begin with the one before")
    elif manifest["consistency"] is not None and not elsewhere:
        problems.append("a consistency proof from nowhere")
    if manifest["window"] == 0 and manifest["epoch"] > 1:
        old = manifest["old_log"]
        if old["epoch"] != manifest["epoch"] - 1 or read_note(old["checkpoint"], keys) is None:
            problems.append("the old log is not named")
    if entries is None:
        return problems
    for number, entry in enumerate(entries):
        if struct.unpack(">Q", entry[:8])[0] != first + number:
            problems.append(f"entry {first + number} is missing or out of order")
        grown.append(entry)
    if grown.size != last or grown.root() != root:
        problems.append("the rows are not those of the log")
    return problems
