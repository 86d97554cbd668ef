#!/usr/bin/env python3
"""Measures a fresh server with the load generator and prints the figures the design sets itself.

Runs trailkeeper in a temporary folder, sends generated events in several shapes, asks the queries of the console, makes
an export, restarts. The generator runs on the same machine. Absolute figures depend on it; compare figures of one run.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import bench_immudb
import bench_noisy
import bench_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent


QUERIES = (("newest 50, again and again", "p50 6 ms, p99 20 ms", "limit=50"),
           ("four-field search, common", "15 ms", "limit=50&q=created"),
           ("four-field search, rare", "25 ms", "limit=50&q=user499@"),
           ("four-field search, no match", "35 ms", "limit=50&q=no-such-thing"))


class Server:
    """A server of its own, in a folder of its own, on a port the kernel picks."""

    def __init__(self, bin_folder, folder):
        self.bin = bin_folder
        self.folder = folder
        self.process = None
        self.address = None

    def start(self, preload=None):
        self.log = open(self.folder / "server.log", "a")
        started = time.monotonic()
        environment = {**os.environ, **({"LD_PRELOAD": str(preload)} if preload else {})}
        self.process = subprocess.Popen(
            [self.bin / "trailkeeper", "serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        for line in self.process.stdout:
            if "http://" in line:
                self.address = line.split("http://", 1)[1].split()[0].rstrip("/.,")
                break
        else:
            sys.exit(f"bench: the server did not start; see {self.folder}/server.log")
        while self.status("/readyz") != 200:
            time.sleep(0.02)
        return time.monotonic() - started

    def status(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def admin(self, *words, stdin=None):
        done = subprocess.run([self.bin / "trailkeeper", "admin", *words, "--data", self.folder / "data", "--json"],
                              input=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: trailkeeper admin {' '.join(words)}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def metric(self, name):
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name + " ") or line.startswith(name + "{"):
                    return float(line.rsplit(" ", 1)[1])
        return None

    def call(self, method, path, key, body=None):
        request = urllib.request.Request(f"http://{self.address}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def processes(self):
        # A child belongs to the thread that started it.
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return {"server": self.process.pid, "engine": int(next(pid for task in tasks for pid in task.read_text().split()))}

    def memory(self):
        """Resident megabytes of the server and of its engine."""
        def resident(pid):
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
            return int(text.split("VmRSS:")[1].split()[0]) / 1024
        return tuple(resident(pid) for pid in self.processes().values())

    def processor_time(self):
        """Microseconds that the threads of each process have run, by the threads' names."""
        times = collections.Counter()
        for process, pid in self.processes().items():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                try:
                    name = (task / "comm").read_text().strip()
                    times[f"{process} {name}"] += int((task / "schedstat").read_text().split()[0]) / 1000
                except OSError:
                    continue  # it ended
        return times

    def disk(self, folder):
        """Bytes of the files below data/ that lie in a folder of this name."""
        files = (self.folder / "data").rglob("*")
        return sum(f.stat().st_size for f in files if folder in f.parts and f.is_file())


class Watcher(threading.Thread):
    """While intake runs: how much memory there is, and how long until an answered event can be searched."""

    def __init__(self, server, key):
        super().__init__(daemon=True)
        self.server, self.key = server, key
        self.ended = threading.Event()
        self.memory = (0.0, 0.0)
        self.visible = []

    def run(self):
        number = 0
        while not self.ended.is_set():
            number += 1
            self.look()
            self.visible.append(self.until_visible(f"watch.{os.getpid()}.{number}"))

    def look(self):
        self.memory = tuple(map(max, self.memory, self.server.memory()))

    def until_visible(self, marker):
        self.server.call("POST", "/v1/events", self.key,
                         {"organization_id": "bench-049", "action": marker, "actor": {"id": "bench"}})
        began = time.monotonic()
        while not self.server.call("GET", f"/v1/orgs/bench-049/events?action={marker}&limit=1", self.key)["data"]:
            self.look()
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self):
        self.ended.set()
        self.join()
        self.visible.sort()

    def percentile(self, p):
        return self.visible[min(len(self.visible) - 1, int(p * len(self.visible)))]


class Bench:
    def __init__(self, options, server, key):
        self.options, self.server, self.key = options, server, key
        self.rows = []
        self.sent = 0

    def run(self, *words):
        host, port = self.server.address.split(":")
        done = subprocess.run([self.server.bin / "trailkeeper-bench", "--host", host, "--port", port, "--key", self.key,
                               *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {done.stdout.strip()} {done.stderr.strip()}")
        return json.loads(done.stdout)

    def row(self, work, figure, goal, **numbers):
        self.rows.append({"work": work.strip(), "measured": figure, "goal": goal, **numbers})
        print(f"  {work:<58} {figure:<44} {goal}", flush=True)

    def load(self, seconds, batch, connections=8, *more):
        got = self.run("intake", "--events", 10**12, "--seconds", seconds, "--batch", batch,
                       "--connections", connections, "--seed", len(self.rows) + 1, *more)
        self.sent += got["requests"] * batch
        return got

    def intake(self, work, goal, seconds, batch, connections=8, *more):
        got = self.load(seconds, batch, connections, *more)
        self.row(work, f"{got['events_per_second']:,} /s  p50 {got['p50_ms']} p99 {got['p99_ms']} ms", goal, **got)
        self.wait_until_stored()

    def full_intake(self, work, goal, seconds):
        """The first row, with everything that can be seen of it from outside."""
        before, began = self.server.processor_time(), self.sent
        watcher = Watcher(self.server, self.key)
        watcher.start()
        got = self.load(seconds, 1000)
        watcher.stop()
        waited = time.monotonic()
        self.wait_until_stored()
        waited = time.monotonic() - waited
        self.row(work, f"{got['events_per_second']:,} /s  p50 {got['p50_ms']} p99 {got['p99_ms']} ms", goal, **got)
        self.row("  all stored and read back after", f"{waited:.1f} s", "", seconds=waited)
        self.row("  acknowledged -> visible meanwhile",
                 f"p50 {watcher.percentile(0.5):.2f} p99 {watcher.percentile(0.99):.2f} s ({len(watcher.visible)} events)",
                 "p99 < 2 s", p99_s=watcher.percentile(0.99))
        server, engine = watcher.memory
        self.row("  memory, the highest", f"server {server:.0f} MB, engine {engine:.0f} MB", "200 MB, 700 MB",
                 server_mb=server, engine_mb=engine)
        self.processor_rows(self.server.processor_time() - before, self.sent - began)

    def processor_rows(self, spent, events):
        for process in ("server", "engine"):
            whole = sum(micros for name, micros in spent.items() if name.startswith(process)) / events
            self.row(f"  processor time an event: {process}", f"{whole:.2f} us", "", micros=whole)
            for name, micros in spent.most_common():
                if name.startswith(process) and micros / events >= 0.05:
                    self.row(f"    {name}", f"{micros / events:.2f} us", "", micros=micros / events)

    def wait_until_stored(self):
        while self.server.metric("trailkeeper_journal_backlog_bytes"):
            time.sleep(0.2)

    def queries(self, repeats=100, when=""):
        for work, goal, query in QUERIES:
            got = self.run("query", "--path", f"/v1/orgs/bench-000/events?{query}", "--repeats", repeats)
            self.row(f"{work}{when}", f"p50 {got['p50_ms']} p99 {got['p99_ms']} ms", goal, **got)

    def queries_during_intake(self, seconds):
        """The same while one connection sends as fast as it is answered: a busy server, not one at its limit."""
        sent = []
        sender = threading.Thread(target=lambda: sent.append(self.load(seconds, 100, connections=1)))
        sender.start()
        self.queries(repeats=50, when=", intake running")
        sender.join()
        self.row("  the intake meanwhile", f"{sent[0]['events_per_second']:,} /s", "", **sent[0])
        self.wait_until_stored()

    def first_looks(self, work, goal):
        """The newest page of each organization, asked once: nothing of it is in memory yet."""
        times = []
        for i in range(1, 49):
            began = time.monotonic()
            self.server.call("GET", f"/v1/orgs/bench-{i:03}/events?limit=50", self.key)
            times.append((time.monotonic() - began) * 1000)
        times.sort()
        self.row(work, f"p50 {times[24]:.1f} max {times[-1]:.1f} ms", goal, p50_ms=times[24], max_ms=times[-1])

    def freshness(self):
        """From the answer to the intake until a search shows the event, one at a time."""
        times = []
        for i in range(20):
            marker = f"marker.{os.getpid()}.{i}"
            self.server.call("POST", "/v1/events", self.key, {
                "organization_id": "bench-001", "action": marker, "actor": {"id": "bench"}})
            began = time.monotonic()
            while not self.server.call("GET", f"/v1/orgs/bench-001/events?action={marker}&limit=1", self.key)["data"]:
                time.sleep(0.01)
            times.append(time.monotonic() - began)
        times.sort()
        self.row("acknowledged -> visible, idle (20 events)",
                 f"p50 {times[10] * 1000:.0f} max {times[-1] * 1000:.0f} ms", "p99 < 2 s")

    def export(self):
        export = self.server.call("POST", "/v1/orgs/bench-000/exports", self.key, {"format": "csv"})
        began = time.monotonic()
        while export["state"] in ("queued", "running"):
            time.sleep(0.02)
            export = self.server.call("GET", f"/v1/orgs/bench-000/exports/{export['id']}", self.key)
        seconds = time.monotonic() - began
        if export["state"] != "ready":
            sys.exit(f"bench: the export ended as {export['state']}: {export['error']}")
        self.row("export of the largest org as CSV", f"{export['rows'] / seconds:,.0f} rows/s ({export['rows']:,} rows)",
                 "1,000,000 rows/s")


def phases(bench):
    done = subprocess.run([bench.server.bin / "trailkeeper-phases"], capture_output=True, text=True, check=True)
    for name, micros in json.loads(done.stdout).items():
        bench.row(f"  one thread: {name}", f"{micros:.2f} us an event", "", micros=micros)


def slow_disk(bench, options):
    """A server of its own whose syncs take 5 ms longer."""
    folder = bench.server.folder / "slow"
    folder.mkdir()
    server = Server(options.bin, folder)
    try:
        server.start(preload=options.bin / "trailkeeper-slow-sync.so")
        slow = Bench(options, server, prepare(server))
        slow.rows = bench.rows
        slow.intake("one a request, 64 connections, 5 ms added to each sync", "8,000 /s, p99 < 25 ms",
                    max(3, options.seconds // 3), 1, 64)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def disk(bench):
    """Once the journal has dropped what is stored, and merges have had a while."""
    time.sleep(min(30, bench.options.seconds))
    size = bench.server.disk("store") / bench.sent
    bench.row("disk of the event store, bytes an event (merges go on)", f"{size:.0f}", "79 (115 with the ledger)",
              bytes=size)


def prepare(server):
    for i in range(50):
        server.admin("org", "create", f"bench-{i:03}", "--name", f"Bench {i}", "--audit-logs")
    return server.admin("key", "create", "--all-orgs", "--application", "bench", "--scope", "ingest,read")["key"]


def measure(bench, options):
    short = max(3, options.seconds // 3)
    bench.full_intake(f"intake, 1,000 a request, 8 connections, {options.seconds} s",
                      "120,000 /s a minute, 80,000 ten", options.seconds)
    bench.intake("intake, 100 a request, 8 connections", "100,000 /s, p99 < 30 ms", short, 100)
    bench.intake("intake, 1,000 a request, each with external_id", "60,000 /s", short, 1000, 8, "--external-ids")
    bench.intake("intake, one a request, 8 connections", "12,000 /s, p50 < 1, p99 < 5 ms", short, 1)
    slow_disk(bench, options)
    phases(bench)
    bench_peers.measure(bench, options)
    bench_immudb.measure(bench, options)
    disk(bench)
    bench.first_looks("newest 50 of 48 organizations, the first time", "p50 6 ms, p99 20 ms")
    bench.queries()
    bench.queries_during_intake(max(12, short))
    bench.freshness()
    bench.export()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "bin")
    parser.add_argument("--seconds", type=int, default=60, help="of the first row; others take a third (default: 60)")
    parser.add_argument("--no-peers", action="store_true", help="leave PostgreSQL and immudb out")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--noisy", type=int, metavar="SECONDS", nargs="?", const=15,
                        help="only this: what one noisy organization does to the others")
    parser.add_argument("--deliver", action="store_true",
                        help="only this: the hour of 200 organizations to their buckets, some of them slow")
    parser.add_argument("--keep", action="store_true", help="keep the folder of the run")
    options = parser.parse_args()
    if options.noisy:
        return bench_noisy.main(Server, options.bin, options.noisy)
    if options.deliver:
        subprocess.run([sys.executable, "-B", ROOT / "tools" / "bench_deliver.py"], check=True,
                       env=os.environ | {"TRAILKEEPER_BUILD": str(options.bin.resolve().parent)})
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="trailkeeper-bench-"))
    server = Server(options.bin, folder)
    try:
        server.start()
        key = prepare(server)
        print(f"  {'work':<58} {'measured':<44} to reach")
        bench = Bench(options, server, key)
        measure(bench, options)
        server.stop()
        bench.row(f"start with {bench.sent:,} events, until ready", f"{server.start():.2f} s", "< 5 s with 50 million")
        if options.json:
            options.json.write_text(json.dumps(bench.rows, indent=1) + "\n")
    finally:
        if server.process and server.process.poll() is None:
            server.stop()
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
