"""The same events into immudb, beside the server and in the same run: a peer that keeps proofs too.

It syncs before it answers, as it does by default, and keeps a hash tree and an index of its keys. Server and client are
built here by Go, from the versions pinned in bench/immudb; where that fails the row says why.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from bench_peers import CONNECTIONS, batches, events_of, rate_of

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "bench" / "immudb"
WORK = f"immudb 1.10, SetAll of 1,000, {CONNECTIONS} connections"


class NotRun(Exception):
    """Why, in one line."""


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1].strip()[:120] if lines else "it said nothing"


def build(folder):
    """The server and the load, with everything they need below the folder."""
    go = shutil.which("go") or shutil.which("/usr/lib/go-1.19/bin/go")
    if go is None:
        raise NotRun("apt-get install golang-go")
    environment = os.environ | {"GOPATH": str(folder), "GOCACHE": str(folder / "cache"), "GOTOOLCHAIN": "local",
                                "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false"}
    programs = {folder / "bin" / "immudb": "github.com/codenotary/immudb/cmd/immudb", folder / "bin" / "immudb-load": "."}
    for program, package in programs.items():
        done = subprocess.run([go, "build", "-o", program, package], cwd=SOURCE, env=environment, capture_output=True,
                              text=True, timeout=900)
        if done.returncode != 0:
            raise NotRun(f"go build: {last_line(done.stderr)}")
    return programs.keys()


class Immudb:
    """A server of its own in a temporary folder, on a port of the loopback."""

    def __init__(self, program):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trailkeeper-bench-immudb-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [program, "--dir", self.folder / "data", "--address", "127.0.0.1", "--port", str(self.port),
                 "--metrics-server=false", "--web-server=false", "--pgsql-server=false", "--swaggerui=false",
                 "--grpc-reflection=false"], cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise NotRun(f"it did not start: {last_line((self.folder / 'log').read_text())}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def size(self):
        """Bytes that its files take, the index too once it has stopped."""
        return sum(file.stat().st_blocks * 512 for file in (self.folder / "data").rglob("*") if file.is_file())

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def write_lines(bench, path, events, client):
    """A line for each event: its key, in the page's order and unlike any other, a tab and the event."""
    number = 0
    with open(path, "w") as file:
        for batch in batches(bench, events, 100 + client, False):
            for event in batch:
                number += 1
                text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
                file.write(f"{event['organization_id']}/{event['occurred_at']}/{client}.{number}\t{text}\n")


def load(bench, server, program, events):
    files = [server.folder / f"load{i}" for i in range(CONNECTIONS)]
    for i, path in enumerate(files):
        write_lines(bench, path, events // CONNECTIONS, i)
    done = subprocess.run([program, str(server.port), *files], cwd=server.folder, capture_output=True, text=True,
                          timeout=900)
    if done.returncode != 0:
        raise NotRun(last_line(done.stderr))
    return json.loads(done.stdout)


def compare(bench, options):
    server_program, load_program = build(options.bin.resolve().parent / "go")
    server = Immudb(server_program)
    try:
        server.wait()
        got = load(bench, server, load_program, events_of(options))
        rate = got["events_per_second"]
        bench.row(WORK, f"{rate:,.0f} /s; ours is {rate_of(bench, 'intake, 1,000 a request, 8') / rate:.1f} times that", "",
                  events_per_second=rate)
        server.stop()
        bench.row("immudb 1.10, bytes an event", f"{server.size() / got['events']:,.0f}", "")
    finally:
        server.remove()


def reason(why):
    if isinstance(why, subprocess.SubprocessError):
        ended = f"took over {why.timeout} s" if isinstance(why, subprocess.TimeoutExpired) else f"ended with {why.returncode}"
        return f"{pathlib.Path(why.cmd[0]).name} {ended}"
    return str(why)


def measure(bench, options):
    try:
        if options.no_peers:
            raise NotRun("--no-peers")
        compare(bench, options)
    except (NotRun, OSError, ValueError, subprocess.SubprocessError) as why:
        bench.row("immudb 1.10 beside", f"not run ({reason(why)})", "")
