"""An independent reader of a bucket: boto3, the manifests and nothing else of ours. It finds whether windows follow each
other without a gap, every entry is there once and every digest is right (docs/formats/manifest.md)."""
import collections
import gzip
import hashlib
import json
import pathlib
import subprocess
import tempfile

import boto3
import botocore.config
import pyarrow

from support import manifest_check, places


def client(endpoint: str, access_key: str, secret_key: str, region: str):
    return boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=access_key, aws_secret_access_key=secret_key,
                        region_name=region, config=botocore.config.Config(
                            s3={"addressing_style": "path"}, request_checksum_calculation="when_required",
                            response_checksum_validation="when_required"))


class Report:
    def __init__(self):
        self.problems: list[str] = []
        self.seqs: dict[int, list[int]] = collections.defaultdict(list)  # stream -> seqs, record form only
        self.windows: dict[int, int] = collections.Counter()
        self.rows: dict[int, int] = collections.Counter()
        self.ranges: dict[int, tuple[int, int]] = {}
        self.lines: dict[int, bytes] = {}
        self.signed = 0  # manifests whose signature, checkpoint and rows were proven
        self.by_digest: dict[str, dict] = {}  # manifests
        self.heartbeat: dict | None = None
        self.manifests: dict[int, list[dict]] = collections.defaultdict(list)  # by stream


def check(s3, bucket: str, path: str, keep_lines: bool = False, keys_of_log: manifest_check.Keys | None = None) -> Report:
    """Everything below `path`, replays aside. With the log's keys every manifest must be signed and prove its rows, and
    `trailkeeper-verify` must find nothing either."""
    report = Report()
    keys = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=path + "/"):
        keys |= {entry["Key"]: entry["Size"] for entry in page.get("Contents", [])}

    def read(key: str) -> bytes:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    streams: dict[int, dict[int, tuple[str, bytes, dict]]] = collections.defaultdict(dict)
    for key in sorted(keys):
        if key.startswith(path + "/audit_logs_manifest/") and key.endswith(".json"):
            raw = read(key)
            manifest = json.loads(raw)
            streams[manifest["stream"]][manifest["window"]] = (key, raw, manifest)
    named = set()
    for windows in streams.values():
        report.by_digest |= {hashlib.sha256(raw).hexdigest(): manifest for _, raw, manifest in windows.values()}
    for stream, windows in sorted(streams.items()):
        check_stream(stream, windows, keys, read, report, named, keep_lines, keys_of_log)
    for key in keys:
        if (key.startswith(path + "/audit_logs/") or key.endswith(".leaves")) and key not in named:
            report.problems.append(f"{key}: in no manifest")
    if path + "/heartbeat.json" in keys:
        check_heartbeat(read(path + "/heartbeat.json"), streams, report, keys_of_log)
    if keys_of_log and not report.problems:
        report.problems += verify_offline({key: read(key) for key in keys}, keys_of_log)
    return report


def verify_offline(objects: dict[str, bytes], keys_of_log: manifest_check.Keys) -> list[str]:
    """What the customers' own program says of a copy. Forms that are not the record it cannot prove (exit code 3)."""
    with tempfile.TemporaryDirectory() as folder:
        for key, content in objects.items():
            file = pathlib.Path(folder, key)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        named = [word for vkey in keys_of_log.vkeys for word in ("--key", vkey)]
        done = subprocess.run([places.BUILD / "bin" / "trailkeeper-verify", folder, *named], capture_output=True, text=True,
                              timeout=300)
    return [] if done.returncode in (0, 3) else [f"trailkeeper-verify: exit {done.returncode}\n{done.stdout}{done.stderr}"]


def check_heartbeat(raw: bytes, streams: dict, report: Report, keys_of_log: manifest_check.Keys | None) -> None:
    report.heartbeat = beat = json.loads(raw)
    if keys_of_log and not manifest_check.is_signed(raw, keys_of_log):
        report.problems.append("heartbeat.json: its signature does not hold")
    named = streams.get(beat["stream"], {}).get(beat["window"])
    if named is None:
        report.problems.append("heartbeat.json: names a window that is not there")
        return
    key, manifest_raw, manifest = named
    if beat["manifest"] != {"key": key, "sha256": hashlib.sha256(manifest_raw).hexdigest()}:
        report.problems.append("heartbeat.json: names another manifest")
    if beat["watermark"] != manifest["watermark"]:
        report.problems.append("heartbeat.json: has another watermark")


def read_leaves(manifest: dict, keys: dict, read, report: Report, named: set) -> list[bytes] | None:
    """The entries of the range from the file beside the manifest."""
    leaves = manifest["leaves"]
    named.add(leaves["key"])
    content = read(leaves["key"]) if leaves["key"] in keys else b""
    if len(content) != leaves["bytes"] or hashlib.sha256(content).hexdigest() != leaves["sha256"]:
        report.problems.append(f"{leaves['key']}: missing, or other bytes than the manifest says")
        return None
    return [content[start:start + 48] for start in range(0, len(content), 48)]


def prove(window: tuple, lines: list[bytes] | None, keys: dict, read, report: Report, named: set,
          keys_of_log: manifest_check.Keys | None) -> None:
    key, raw, manifest = window
    if manifest["signature"] is None:
        if keys_of_log:
            report.problems.append(f"{key}: not signed")
        return
    entries = [manifest_check.entry_of(line) for line in lines] if lines is not None else None
    if manifest["leaves"] is not None:
        entries = read_leaves(manifest, keys, read, report, named)
    elif int(manifest["last_seq"]) < int(manifest["first_seq"]):
        entries = []
    if not keys_of_log:
        return
    if entries is None:
        report.problems.append(f"{key}: neither rows nor leaves to prove")
    before = manifest["previous"] and report.by_digest.get(manifest["previous"]["sha256"])
    elsewhere = bool(manifest["previous"]) and before is None
    before = before if before and before["signature"] else None
    found = manifest_check.check(raw, manifest, before, entries, keys_of_log, elsewhere)
    report.problems += [f"{key}: {problem}" for problem in found]
    report.signed += not found


def check_stream(stream: int, windows: dict, keys: dict, read, report: Report, named: set, keep_lines: bool,
                 keys_of_log: manifest_check.Keys | None) -> None:
    problems = report.problems
    if sorted(windows) != list(range(len(windows))):
        problems.append(f"stream {stream}: windows {sorted(windows)} are not contiguous from 0")
        return
    before = None
    for number in range(len(windows)):
        key, raw, manifest = windows[number]
        first, last = int(manifest["first_seq"]), int(manifest["last_seq"])
        if before is not None:
            _, raw_before, manifest_before = before
            if manifest["previous"]["sha256"] != hashlib.sha256(raw_before).hexdigest():
                problems.append(f"{key}: does not name the manifest before")
            if first != int(manifest_before["last_seq"]) + 1 or manifest["start"] != manifest_before["end"]:
                problems.append(f"{key}: does not begin where the one before ended")
        if not raw.endswith(b"\n") or raw.count(b"\n") != 1:
            problems.append(f"{key}: not one line")
        rows, lines = check_files(stream, manifest, keys, read, report, named, keep_lines)
        prove(windows[number], lines, keys, read, report, named, keys_of_log)
        report.manifests[stream].append(manifest)
        if rows + int(manifest["withheld"]) != last - first + 1:
            problems.append(f"{key}: {rows} rows for {first} to {last}, {manifest['withheld']} withheld")
        report.rows[stream] += rows
        report.windows[stream] += 1
        before = windows[number]
    begin = int(windows[0][2]["first_seq"])
    report.ranges[stream] = (begin, int(windows[len(windows) - 1][2]["last_seq"]))


def unpacked(content: bytes, format_name: str) -> bytes:
    if format_name.endswith(".gz"):
        return gzip.decompress(content)
    return pyarrow.CompressedInputStream(pyarrow.BufferReader(content), "zstd").read()


def check_files(stream: int, manifest: dict, keys: dict, read, report: Report, named: set,
                keep_lines: bool) -> tuple[int, list[bytes] | None]:
    """How many rows the files have, and the lines when they are records and nothing was withheld."""
    rows, expected, records = 0, int(manifest["first_seq"]), []
    for file in manifest["files"]:
        key = file["key"]
        if key in named:
            report.problems.append(f"{key}: in two manifests")
        named.add(key)
        if key not in keys:
            report.problems.append(f"{key}: named and not there")
            continue
        content = read(key)
        if len(content) != file["bytes"] or hashlib.sha256(content).hexdigest() != file["sha256"]:
            report.problems.append(f"{key}: other bytes than the manifest says")
        rows += file["rows"]
        if manifest["format"] not in ("jsonl.gz", "jsonl.zst"):
            continue
        lines = unpacked(content, manifest["format"]).split(b"\n")
        records += lines[:-1]
        if lines.pop() != b"" or len(lines) != file["rows"]:
            report.problems.append(f"{key}: {len(lines)} lines, not {file['rows']}")
        for line in lines:
            seq = json.loads(line)["seq"]
            if manifest["filter"] is None and seq != expected:
                report.problems.append(f"{key}: entry {seq} where {expected} belongs")
            expected = seq + 1
            report.seqs[stream].append(seq)
            if keep_lines:
                report.lines[seq] = line
    provable = manifest["format"] in ("jsonl.gz", "jsonl.zst") and manifest["filter"] is None
    return rows, records if provable else None
