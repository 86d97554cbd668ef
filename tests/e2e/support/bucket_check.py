"""An independent reader of a bucket: boto3, the manifests and nothing else of ours. It finds whether windows follow each
other without a gap, every entry is there once and every digest is right (docs/formats/manifest.md)."""
import collections
import gzip
import hashlib
import json

import boto3
import botocore.config


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


def check(s3, bucket: str, path: str, keep_lines: bool = False) -> Report:
    """Everything below `path`, replays aside."""
    report = Report()
    keys = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=path + "/"):
        keys |= {entry["Key"]: entry["Size"] for entry in page.get("Contents", [])}

    def read(key: str) -> bytes:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    streams: dict[int, dict[int, tuple[str, bytes, dict]]] = collections.defaultdict(dict)
    for key in sorted(keys):
        if key.startswith(path + "/audit_logs_manifest/"):
            raw = read(key)
            manifest = json.loads(raw)
            streams[manifest["stream"]][manifest["window"]] = (key, raw, manifest)
    named = set()
    for stream, windows in sorted(streams.items()):
        check_stream(stream, windows, keys, read, report, named, keep_lines)
    for key in keys:
        if key.startswith(path + "/audit_logs/") and key not in named:
            report.problems.append(f"{key}: in no manifest")
    return report


def check_stream(stream: int, windows: dict, keys: dict, read, report: Report, named: set, keep_lines: bool) -> None:
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
        rows = check_files(stream, manifest, keys, read, report, named, keep_lines)
        if rows + int(manifest["withheld"]) != last - first + 1:
            problems.append(f"{key}: {rows} rows for {first} to {last}, {manifest['withheld']} withheld")
        report.rows[stream] += rows
        report.windows[stream] += 1
        before = windows[number]
    begin = int(windows[0][2]["first_seq"])
    report.ranges[stream] = (begin, int(windows[len(windows) - 1][2]["last_seq"]))


def check_files(stream: int, manifest: dict, keys: dict, read, report: Report, named: set, keep_lines: bool) -> int:
    rows, expected = 0, int(manifest["first_seq"])
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
        if manifest["format"] != "jsonl.gz":
            continue
        lines = gzip.decompress(content).split(b"\n")
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
    return rows
