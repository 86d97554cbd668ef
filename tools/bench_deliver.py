#!/usr/bin/env python3
"""How long until an hour of ORGS organizations, all due at once, is in their buckets: a fresh server, Ceph's radosgw on the
same machine, ENTRIES entries each; then again with one and with eight whose service answers a byte a second.

`tools/bench_deliver.py [--orgs 200] [--entries 500] [--json FILE]` prints seconds and asserts nothing. TRAILKEEPER_BUILD
names another build folder than build/.
"""
import argparse
import concurrent.futures
import contextlib
import datetime
import json
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tools" / "s3lab"), str(ROOT / "tools")]
import server as by_socket  # noqa: E402
import slow  # noqa: E402
from support import places  # noqa: E402
from support.client import until  # noqa: E402
from support.lab import Lab  # noqa: E402
from support.server import Server, s3_config  # noqa: E402


class Bench:
    def __init__(self, options, lab: Lab, proxies: list[slow.SlowProxy]):
        self.options, self.lab, self.proxies = options, lab, proxies  # one for each organization that may be slow
        config, environment = s3_config(lab.env)
        config = config.replace(f'["{lab.env["endpoint"]}"]', json.dumps([lab.env["endpoint"], *(one.endpoint for one in proxies)]))
        self.server = Server(places.workspace("bench_deliver"), config, environment)
        self.names = [f"org-{number:03}" for number in range(options.orgs)]
        self.rows: list[dict] = []

    def prepare(self) -> None:
        self.server.start()
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(minute=10, second=0, microsecond=0)
        self.now += datetime.timedelta(days=1)
        self.set_clock(self.now)
        self.api = by_socket.Server(str(self.server.data), "", "")
        self.key = self.server.make_key("*")
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            list(threads.map(self.connect, enumerate(self.names)))

    def connect(self, numbered: tuple[int, str]) -> None:
        number, name = numbered
        self.api.call("PUT", f"/v1/orgs/{name}", {"name": name, "entitlements": {"audit_logs": True, "s3": True}})
        endpoint = self.proxies[number].endpoint if number < len(self.proxies) else self.lab.env["endpoint"]
        path = f"/v1/orgs/{name}/integrations/s3/main"
        draft = self.api.call("PUT", path, {"bucket": f"{name}-logs", "region": self.lab.env["region"], "endpoint": endpoint,
                                            "path": "audit", "path_style": True, "frequency": "hourly"})
        owner = self.lab.customer()
        owner.make(f"{name}-logs")
        owner.put_policy(f"{name}-logs", json.dumps(draft["policy"]))
        if not self.api.call("POST", path + "/validate")["ok"]:
            raise SystemExit(f"{name} does not pass its validation")
        self.api.call("POST", path + "/activate")

    def set_clock(self, moment: datetime.datetime) -> None:
        self.server.set_clock(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def send(self, name: str) -> None:
        events = [{"organization_id": name, "action": "report.viewed", "category": "data", "area": "Reports",
                   "actor": {"id": f"u_{number % 40}", "name": "Zoë Müller", "email": "zoe@example.com"},
                   "targets": [{"type": "report", "id": f"r_{number}"}], "metadata": {"n": number, "about": "x" * 150}}
                  for number in range(self.options.entries)]
        answer = self.server.client(self.key).post("/v1/events", events)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {answer.body[:300]!r}")

    def delivered(self) -> int:
        for line in self.server.client().get("/metrics").body.decode().splitlines():
            if line.startswith("trailkeeper_deliveries_total "):
                return int(float(line.split()[1]))
        return 0

    def settle(self) -> None:
        """Until what was due before is delivered."""
        before = -1
        while before != (before := self.delivered()):
            time.sleep(2)

    def hour(self, slow_ones: int) -> None:
        for name in self.names:
            self.send(name)
        until("the entries are stored", 600, lambda: "trailkeeper_journal_backlog_bytes 0\n" in
              self.server.client().get("/metrics").body.decode())
        before, due = self.delivered(), self.now.replace(minute=0) + datetime.timedelta(hours=1)
        for proxy in self.proxies[:slow_ones]:
            proxy.slow.set()
        self.now = due + datetime.timedelta(seconds=2)
        began = time.monotonic()
        self.set_clock(self.now)
        wanted = self.options.orgs - slow_ones
        times: list[float] = []
        while len(times) < wanted:
            time.sleep(0.05)
            times += [time.monotonic() - began] * (self.delivered() - before - len(times))
        times = times[:wanted]
        row = {"orgs": self.options.orgs, "entries_each": self.options.entries, "slow": slow_ones,
               "p50_s": round(times[len(times) // 2], 2), "p99_s": round(times[int(len(times) * 0.99) - 1], 2),
               "all_s": round(times[-1], 2), "deliveries_per_s": round(wanted / times[-1], 1)}
        self.rows.append(row)
        print(json.dumps(row), flush=True)
        for proxy in self.proxies:
            proxy.slow.clear()
        until("the slow ones are delivered too", 600, lambda: self.delivered() - before >= self.options.orgs, every=0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orgs", type=int, default=200)
    parser.add_argument("--entries", type=int, default=500, help="of each organization's hour (default: 500)")
    parser.add_argument("--slow", type=int, nargs="+", default=[0, 1, 8], help="how many answer a byte a second, run by run")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    with Lab(places.workspace("bench_deliver_s3")) as lab, contextlib.ExitStack() as stack:
        bench = Bench(options, lab, [stack.enter_context(slow.SlowProxy(lab.env["endpoint"]))
                                     for _ in range(max(options.slow))])
        try:
            bench.prepare()
            bench.settle()
            for slow_ones in options.slow:
                bench.hour(slow_ones)
        finally:
            bench.server.stop()
    if options.json:
        options.json.write_text(json.dumps(bench.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
