#!/usr/bin/env python3
"""Makes the example of docs/formats/manifest.md from that page alone: nothing of Trailkeeper is used. Run it in this
folder; it writes bucket/ and keys.json, the same bytes each time. Needs the package `cryptography`."""
import base64
import gzip
import hashlib
import json
import pathlib
import struct
from datetime import datetime, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "trail.example.com/log/aaaabbbbccccddddeeeeffff22"
PATH = "in/audit"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


class Key:
    def __init__(self, seed: bytes, name: str):
        self.private, self.name = Ed25519PrivateKey.from_private_bytes(seed), name
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+" + b64(b"\x01" + public)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


LOG_KEY, MANIFEST_KEY = Key(bytes(32), ORIGIN), Key(b"\x01" * 32, ORIGIN)


def micros(text: str) -> int:
    since = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc) - datetime(
        1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def record(seq: int, received_at: str) -> bytes:
    return (f'{{"v":1,"seq":{seq},"received_at":"{received_at}","id":"019ab0d4-0000-7000-8000-{seq:012d}",'
            f'"nonce":"AAAAAAAAAAAAAAAAAAAA{seq:02d}","organization_id":"org_acme","action":"user.signed_in",'
            f'"actor":{{"id":"u_{seq}","name":"Zoë Müller"}}}}').encode()


TIMES = ["2026-11-22T13:10:00.000001Z", "2026-11-22T13:20:00.000002Z", "2026-11-22T13:59:59.999999Z",
         "2026-11-22T14:00:00.000000Z", "2026-11-22T14:30:00.500000Z"]
RECORDS = [record(number + 1, time) for number, time in enumerate(TIMES)]
ENTRIES = [struct.pack(">QQ", number + 1, micros(time)) + hashlib.sha256(RECORDS[number]).digest()
           for number, time in enumerate(TIMES)]


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: list[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return node(root(entries[:split]), root(entries[split:]))


def compact_range(size: int) -> list[bytes]:
    hashes, start = [], 0
    for bit in reversed(range(size.bit_length())):
        if size >> bit & 1:
            hashes.append(root(ENTRIES[start:start + (1 << bit)]))
            start += 1 << bit
    return hashes


def consistency(old: int, size: int) -> list[bytes]:
    def part(old: int, entries: list[bytes], whole: bool) -> list[bytes]:
        if old == len(entries):
            return [] if whole else [root(entries)]
        split = 1 << (len(entries) - 1).bit_length() - 1
        if old <= split:
            return part(old, entries[:split], whole) + [root(entries[split:])]
        return part(old - split, entries[split:], False) + [root(entries[:split])]
    return part(old, ENTRIES[:size], True) if 0 < old < size else []


def checkpoint(size: int) -> str:
    text = f"{ORIGIN}\n{size}\n{b64(root(ENTRIES[:size]))}\n"
    return f"{text}\n\u2014 {ORIGIN} {b64(LOG_KEY.id + LOG_KEY.sign(text.encode()))}\n"


def signed(document: dict) -> bytes:
    line = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()[:-1]
    value = b64(MANIFEST_KEY.sign(document["type"].encode() + b"\n" + line))
    return line + (f',"signature":{{"key":"{MANIFEST_KEY.name}+{MANIFEST_KEY.id.hex()}","alg":"ed25519",'
                   f'"value":"{value}"}}}}\n').encode()


BUCKET = pathlib.Path("bucket")


def write(key: str, content: bytes) -> None:
    (BUCKET / key).parent.mkdir(parents=True, exist_ok=True)
    (BUCKET / key).write_bytes(content)


def window(number: int, start: str, end: str, first: int, last: int, previous: dict | None) -> dict:
    files = []
    if last >= first:
        key = f"{PATH}/audit_logs/dt=2026-11-22/hour={start[11:13]}/000001-{first:020d}-{last:020d}.jsonl.gz"
        content = gzip.compress(b"".join(line + b"\n" for line in RECORDS[first - 1:last]), mtime=0)
        write(key, content)
        files = [{"key": key, "bytes": len(content), "rows": last + 1 - first,
                  "sha256": hashlib.sha256(content).hexdigest()}]
    document = {"type": "trailkeeper-manifest/v1", "organization_id": "org_acme", "destination": "main", "stream": 1,
                "window": number} | ({"reason": "activated", "uncertain": False} if number == 0 else {})
    document |= {"start": start, "end": end, "first_seq": str(first), "last_seq": str(last), "watermark": end,
                 "format": "jsonl.gz", "filter": None, "withheld": "0", "files": files, "leaves": None,
                 "previous": previous, "epoch": 1, "checkpoint": checkpoint(last),
                 "compact_range": {"size": str(first - 1), "hashes": [b64(each) for each in compact_range(first - 1)]},
                 "consistency": None if previous is None else [b64(each) for each in consistency(first - 1, last)]}
    key = f"{PATH}/audit_logs_manifest/dt=2026-11-22/000001-{number:012d}.json"
    line = signed(document)
    write(key, line)
    return {"key": key, "sha256": hashlib.sha256(line).hexdigest()}


previous = None
HOURS = [f"2026-11-22T{hour}:00:00.000000Z" for hour in range(13, 17)]
for number, (begin, end, first, last) in enumerate([
        (HOURS[0], HOURS[0], 1, 0), (HOURS[0], HOURS[1], 1, 3), (HOURS[1], HOURS[2], 4, 5), (HOURS[2], HOURS[3], 6, 5)]):
    previous = window(number, begin, end, first, last, previous)
write(f"{PATH}/heartbeat.json", signed({
    "type": "trailkeeper-heartbeat/v1", "organization_id": "org_acme", "destination": "main", "stream": 1, "window": 3,
    "watermark": HOURS[3], "manifest": previous, "next_due_at": "2026-11-22T17:00:00.000000Z",
    "written_at": "2026-11-22T16:00:02.250000Z"}))
pathlib.Path("keys.json").write_text(json.dumps(
    {"vkey": LOG_KEY.vkey, "manifest_vkey": MANIFEST_KEY.vkey,
     "records": [line.decode() for line in RECORDS]}, indent=1, ensure_ascii=False) + "\n")
