#!/usr/bin/env python3
"""Measures a fresh server with the load generator and prints the figures the design sets itself.

Runs trailkeeper in a temporary folder, sends generated events in several shapes, asks the queries of the console, makes
an export, restarts. The generator runs on the same machine. Absolute figures depend on it; compare figures of one run.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import bench_noisy

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Server:
    """A server of its own, in a folder of its own, on a port the kernel picks."""

    def __init__(self, bin_folder, folder):
        self.bin = bin_folder
        self.folder = folder
        self.process = None
        self.address = None

    def start(self):
        self.log = open(self.folder / "server.log", "a")
        started = time.monotonic()
        self.process = subprocess.Popen(
            [self.bin / "trailkeeper", "serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
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

    def memory(self):
        """Resident megabytes of the server and of its engine."""
        def resident(pid):
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
            return int(text.split("VmRSS:")[1].split()[0]) / 1024
        # A child belongs to the thread that started it.
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [pid for task in tasks for pid in task.read_text().split()]
        return resident(self.process.pid), sum(resident(pid) for pid in children)


class Bench:
    def __init__(self, options, server, key):
        self.options, self.server, self.key = options, server, key
        self.rows = []
        self.highest = [0.0, 0.0]

    def run(self, *words):
        host, port = self.server.address.split(":")
        done = subprocess.run([self.server.bin / "trailkeeper-bench", "--host", host, "--port", port, "--key", self.key,
                               *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {done.stdout.strip()} {done.stderr.strip()}")
        self.highest = [max(a, b) for a, b in zip(self.highest, self.server.memory())]
        return json.loads(done.stdout)

    def row(self, work, figure, goal):
        self.rows.append((work, figure, goal))
        print(f"  {work:<58} {figure:<34} {goal}", flush=True)

    def intake(self, work, goal, events, batch, connections=8, *more):
        got = self.run("intake", "--events", events, "--batch", batch, "--connections", connections,
                       "--seed", len(self.rows) + 1, *more)
        self.row(work, f"{got['events_per_second']:,} /s  p50 {got['p50_ms']} p99 {got['p99_ms']} ms", goal)
        return got

    def wait_until_stored(self):
        while self.server.metric("trailkeeper_journal_backlog_bytes"):
            time.sleep(0.2)

    def query(self, work, goal, query):
        got = self.run("query", "--path", f"/v1/orgs/bench-000/events?{query}", "--repeats", 100)
        self.row(work, f"p50 {got['p50_ms']} p99 {got['p99_ms']} ms", goal)

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
        self.row("export of the largest org as CSV", f"{export['rows'] / seconds:,.0f} rows/s ({export['rows']:,} rows)",
                 "1,000,000 rows/s")


def measure(bench, options):
    n = options.events
    bench.intake("intake, 1,000 a request, 8 connections", "120,000 /s", n, 1000)
    bench.wait_until_stored()
    bench.intake("intake, 100 a request, 8 connections", "100,000 /s, p99 < 30 ms", n // 4, 100)
    bench.wait_until_stored()
    bench.intake("intake, 1,000 a request, each with external_id", "60,000 /s", n // 4, 1000, 8, "--external-ids")
    bench.wait_until_stored()
    bench.intake("intake, one a request, 8 connections", "12,000 /s, p50 < 1, p99 < 5 ms", n // 20, 1)
    bench.wait_until_stored()
    server, engine = bench.highest
    bench.row("memory under load", f"server {server:.0f} MB, engine {engine:.0f} MB", "200 MB, 700 MB")
    bench.query("newest 50", "p50 6 ms, p99 20 ms", "limit=50")
    bench.query("four-field search, common", "15 ms", "limit=50&q=created")
    bench.query("four-field search, rare", "25 ms", "limit=50&q=user499@")
    bench.query("four-field search, no match", "35 ms", "limit=50&q=no-such-thing")
    bench.freshness()
    bench.export()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "bin")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--noisy", type=int, metavar="SECONDS", nargs="?", const=15,
                        help="only this: what one noisy organization does to the others")
    parser.add_argument("--keep", action="store_true", help="keep the folder of the run")
    options = parser.parse_args()
    if options.noisy:
        return bench_noisy.main(Server, options.bin, options.noisy)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="trailkeeper-bench-"))
    server = Server(options.bin, folder)
    try:
        server.start()
        for i in range(50):
            server.admin("org", "create", f"bench-{i:03}", "--name", f"Bench {i}", "--audit-logs")
        key = server.admin("key", "create", "--all-orgs", "--application", "bench", "--scope", "ingest,read")["key"]
        print(f"  {'work':<58} {'measured':<34} to reach")
        bench = Bench(options, server, key)
        measure(bench, options)
        size = sum(f.stat().st_size for f in (folder / "data").rglob("*") if f.is_file() and "store" in f.parts)
        events = sum(int(r) for r in [options.events, options.events // 4 * 2, options.events // 20])
        bench.row("disk of the event store, bytes an event (merges go on)", f"{size / events:.0f}", "79 (115 with the ledger)")
        server.stop()
        bench.row(f"start with {events:,} events, until ready", f"{server.start():.2f} s", "< 5 s with 50 million")
    finally:
        if server.process and server.process.poll() is None:
            server.stop()
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
