"""The result of a proof: printed, and left as JSON in build/evidence with everything that a reader needs to repeat it."""
import datetime
import json
import os
import platform
import subprocess

from support import places


def report(name: str, **facts: object) -> None:
    revision = subprocess.run(["git", "-C", places.ROOT, "describe", "--always", "--dirty"], capture_output=True,
                              text=True, check=False).stdout.strip()
    with open("/proc/meminfo", encoding="ascii") as file:
        memory_mb = int(file.readline().split()[1]) // 1024
    machine = f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} cores, {memory_mb} MB"
    text = json.dumps({"proof": name, "size": "full" if places.full() else "ci",
                       "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                       "revision": revision or "unknown", "machine": machine} | facts, indent=2, ensure_ascii=False)
    folder = places.BUILD / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(text + "\n")
    print(text, flush=True)
