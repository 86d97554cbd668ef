"""RFC 9162 section 2.1 in a few lines, so that proofs are checked by code that shares nothing with the product."""
import base64
import hashlib
import struct
from datetime import datetime, timezone


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def decoded(hashes: list[str]) -> list[bytes]:
    return [base64.b64decode(text, validate=True) for text in hashes]


def root_of(checkpoint: str) -> tuple[int, bytes]:
    """Size and root that a checkpoint states; its signature is looked at elsewhere."""
    lines = checkpoint.split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def receipt_leaf(receipt: dict) -> bytes:
    """The 48 bytes of the log from what the intake answered."""
    received = datetime.strptime(receipt["received_at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    since = received - datetime(1970, 1, 1, tzinfo=timezone.utc)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return struct.pack(">QQ", receipt["seq"], micros) + bytes.fromhex(receipt["sha256"])


def included(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
    node, last, found = index, size - 1, leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root and index < size


def grown(old_size: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]) -> bool:
    if old_size == size:
        return not proof and old_root == root
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    path = ([old_root] if old_size & (old_size - 1) == 0 else []) + proof
    old_found = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_found, found = node_hash(sibling, old_found), node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root
