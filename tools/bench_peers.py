"""The same events into PostgreSQL, beside the server and in the same run: what an own table would do.

It syncs before it answers, as the journal does. Its table has the columns that the page filters by, the event as jsonb
and one index for the page's order; no index for searching within texts. COPY, one transaction for each thousand.
"""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
CONNECTIONS = 8
BATCH = 1000

TABLE = """
CREATE TABLE events (seq bigserial, org text NOT NULL, occurred_at timestamptz NOT NULL, received_at timestamptz NOT NULL
  DEFAULT now(), action text, area text, category text, outcome text, actor_name text, actor_email text, ip text,
  external_id text, event jsonb NOT NULL);
CREATE INDEX ON events (org, occurred_at DESC, seq DESC);
"""
UNIQUE = "CREATE UNIQUE INDEX ON events (org, external_id);"
COLUMNS = "org, occurred_at, action, area, category, outcome, actor_name, actor_email, ip, external_id, event"


class Postgres:
    """A server of its own in a temporary folder, reached through a socket there."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trailkeeper-bench-pg-"))
        # It refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user)

    def as_user(self, *words, **more):
        prefix = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] if os.geteuid() == 0 else []
        return [*prefix, *map(str, words)]

    def start(self):
        data = self.folder / "data"
        subprocess.run(self.as_user(BIN / "initdb", "-D", data, "-U", self.user, "--auth=trust"), check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder)
        subprocess.run(self.as_user(BIN / "pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "start", "-o",
                                    f"-c listen_addresses='' -c unix_socket_directories={self.folder} "
                                    "-c shared_buffers=512MB -c max_wal_size=4GB"),
                       check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def stop(self):
        subprocess.run(self.as_user(BIN / "pg_ctl", "-D", self.folder / "data", "-m", "fast", "stop"),
                       stdout=subprocess.DEVNULL, cwd=self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, *words):
        return [BIN / "psql", "-h", str(self.folder), "-U", self.user, "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1",
                *words]

    def run(self, sql):
        done = subprocess.run(self.client("-At", "-c", sql), check=True, capture_output=True, text=True)
        return done.stdout.strip()


def copied(value):
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def copy_row(event):
    actor = event["actor"]
    return "\t".join(map(copied, (
        event["organization_id"], event["occurred_at"], event["action"], event["area"], event["category"], event["outcome"],
        actor["name"], actor["email"], event["context"]["ip"], event.get("external_id"),
        json.dumps(event, ensure_ascii=False, separators=(",", ":")))))


def batches(bench, events, seed, external_ids):
    """The generator's events, a thousand at a time."""
    words = [bench.server.bin / "trailkeeper-bench", "print", "--events", str(events), "--batch", str(BATCH), "--seed",
             str(seed), *(["--external-ids"] if external_ids else [])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as made:
        yield from map(json.loads, made.stdout)
    if made.returncode != 0:
        raise subprocess.CalledProcessError(made.returncode, words)


def write_script(bench, path, events, seed, external_ids):
    """A psql script that COPYs the events, a thousand in each transaction."""
    with open(path, "w") as script:
        for batch in batches(bench, events, seed, external_ids):
            script.write(f"COPY events ({COLUMNS}) FROM STDIN;\n")
            script.writelines(copy_row(event) + "\n" for event in batch)
            script.write("\\.\n")


def load(bench, postgres, events, external_ids):
    """Events a second with everything written beforehand, so that only psql and the server work."""
    postgres.run("DROP TABLE IF EXISTS events;" + TABLE + (UNIQUE if external_ids else ""))
    scripts = [postgres.folder / f"load{i}.sql" for i in range(CONNECTIONS)]
    for i, script in enumerate(scripts):
        write_script(bench, script, events // CONNECTIONS, 100 + i, external_ids)
    began = time.monotonic()
    running = [subprocess.Popen(postgres.client("-f", str(script)), stdout=subprocess.DEVNULL) for script in scripts]
    if any([process.wait() != 0 for process in running]):
        raise RuntimeError("psql failed")
    return events / (time.monotonic() - began)


def rate_of(bench, text):
    return next(row["events_per_second"] for row in bench.rows if text in row["work"] and "events_per_second" in row)


def events_of(options):
    return max(40_000, options.seconds * 4000)


def measure(bench, options):
    if options.no_peers or not (BIN / "initdb").exists():
        bench.row("PostgreSQL 15 beside", "not run (apt-get install postgresql)", "")
        return
    events = events_of(options)
    postgres = Postgres()
    try:
        postgres.start()
        for what, external_ids, ours in (("", False, "intake, 1,000 a request, 8"),
                                         (", unique external_id", True, "each with external_id")):
            rate = load(bench, postgres, events, external_ids)
            bench.row(f"PostgreSQL 15, COPY of 1,000, 8 connections{what}",
                      f"{rate:,.0f} /s; ours is {rate_of(bench, ours) / rate:.1f} times that", "", events_per_second=rate)
        size = int(postgres.run("SELECT pg_total_relation_size('events')"))
        bench.row("PostgreSQL 15, bytes an event", f"{size / events:,.0f}", "")
    finally:
        postgres.stop()
