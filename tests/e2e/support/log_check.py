"""Checks a copy of a log (checkpoint, tiles, bundles) as c2sp.org/tlog-tiles says, with nothing of the product."""
import functools
import struct

from support import manifest_check, proofs

WIDTH = 256


def paths(size: int) -> list[str]:
    """Of everything that a log of fewer than 65,536 entries has."""
    found = []
    for level, hashes in (("entries", size), ("0", size), ("1", size // WIDTH)):
        for number in range((hashes + WIDTH - 1) // WIDTH):
            width = min(WIDTH, hashes - number * WIDTH)
            found.append(f"tile/{level}/{number:03}" + ("" if width == WIDTH else f".p/{width}"))
    return found


@functools.lru_cache(maxsize=64)
def leaves(bundle: bytes, first: int, count: int) -> tuple[bytes, ...] | None:
    """Hashes of the entries of a bundle; nothing when it is none of `count` entries from `first` on."""
    found, at = [], 0
    for number in range(first, first + count):
        entry = bundle[at + 2:at + 50]
        if bundle[at:at + 2] != b"\x00\x30" or len(entry) != 48 or struct.unpack(">Q", entry[:8])[0] != number + 1:
            return None
        found.append(proofs.leaf_hash(entry))
        at += 50
    return tuple(found) if at == len(bundle) else None


@functools.lru_cache(maxsize=4096)
def subtree(hashes: tuple[bytes, ...]) -> bytes:
    """The root of any number of hashes but none."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return proofs.node_hash(subtree(hashes[:split]), subtree(hashes[split:]))


def problem(files: dict[str, bytes], keys: manifest_check.Keys) -> str:
    """What is wrong with the copy; nothing for the log as it was signed."""
    try:
        note = manifest_check.read_note(files["checkpoint"].decode(), keys)
    except (KeyError, ValueError, IndexError):
        return "the checkpoint is none"
    if note is None:
        return "the checkpoint is not signed"
    _, size, root = note
    entries: tuple[bytes, ...] = ()
    for path in paths(size):
        if path not in files:
            return f"{path} is not there"
        _, level, rest = path.split("/", 2)
        first = int(rest[:3]) * WIDTH
        if level == "entries":
            found = leaves(files[path], first, min(WIDTH, size - first))
            if found is None:
                return f"{path} holds other entries"
            entries += found
            continue
        row = entries if level == "0" else tuple(
            subtree(entries[at:at + WIDTH]) for at in range(0, size // WIDTH * WIDTH, WIDTH))
        if files[path] != b"".join(row[first:first + WIDTH]):
            return f"{path} does not follow from the entries"
    return "" if entries and subtree(entries) == root else "the root is another one"
