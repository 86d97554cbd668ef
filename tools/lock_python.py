#!/usr/bin/env python3
"""Writes tools/requirements*.txt, pinned by hash, from tools/requirements*.in.

Run it with the Python of Debian 12 after a change of an .in file:  python3 tools/lock_python.py
The hashes are those of the wheels that this Python on amd64 takes; no index address is written.
"""
import json
import pathlib
import subprocess
import sys
import tempfile


def resolve(source: pathlib.Path) -> list[dict]:
    """What pip would install for `source`, with the hash of each archive."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet",
             "--only-binary=:all:", "--report", str(report), "-r", str(source)], check=True)
        return json.loads(report.read_text())["install"]


def lock(source: pathlib.Path) -> None:
    lines = [f"# Made by tools/lock_python.py from {source.name}; do not edit."]
    for item in sorted(resolve(source), key=lambda entry: entry["metadata"]["name"].lower()):
        name, version = item["metadata"]["name"].lower(), item["metadata"]["version"]
        digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}")
    source.with_suffix(".txt").write_text("\n".join(lines) + "\n")


def main() -> None:
    for source in sorted(pathlib.Path(__file__).parent.glob("requirements*.in")):
        lock(source)
        print(f"{source.with_suffix('.txt').name} written")


if __name__ == "__main__":
    main()
