#!/usr/bin/env python3
"""How fast the Audit Logs page is for a person on a large log: a fresh server, EVENTS entries, a real Chromium.

`tools/bench_page.py [EVENTS]` (a million by default) prints milliseconds (bench/page.mjs) and asserts nothing.
TRAILKEEPER_BUILD names another build folder than build/.
"""
import datetime
import pathlib
import random
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tools")]
import demo_events  # noqa: E402
from support import places  # noqa: E402
from support.client import until  # noqa: E402
from support.server import Server  # noqa: E402

BATCH = 10_000
PASSWORD = "correct horse battery"


def load(server: Server, key: str, events: int) -> None:
    """The same two weeks again and again, each time a little earlier."""
    now = datetime.datetime.now(datetime.timezone.utc)
    client = server.client(key, timeout=120)
    for n in range(events // BATCH):
        batch = demo_events.generate(random.Random(n % 20), now - datetime.timedelta(hours=n % 240), BATCH)
        for event in batch:
            event.pop("external_id", None)  # the same ones come again
        answer = client.post("/v1/events", batch)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {answer.body[:300]}")
    until("all entries can be found", 600, lambda: client.get("/v1/orgs/big/events", limit=1).json()["head_seq"] >=
          events // BATCH * BATCH, every=1)


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    server = Server(places.workspace("bench_page"), test_clock=False).start()
    try:
        key = server.make_org("big", "Big")
        server.make_person("big", "ann@big.example", "Ann", "primary_admin", PASSWORD)
        start = time.monotonic()
        load(server, key, events)
        print(f"{events:,} entries sent and found in {time.monotonic() - start:.0f} s", flush=True)
        subprocess.run([places.tool("node"), str(ROOT / "bench" / "page.mjs"), server.url, "big", "ann@big.example", PASSWORD],
                       check=True, timeout=900)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
