"""`./dev bench --noisy`: what one organization far beyond its limit does to the others.

Quiet organizations send single events at a steady pace. Beside them one sends ten times its limit: not at all, with its
limit, and with the limit taken away. Their latencies are compared within one run.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

LIMIT = 3_000  # events a second
HEADER = f"  {'beside the quiet organizations':<44} {'quiet p50':>10} {'p99':>9} {'max':>9}   {'noisy stored':>13} {'refused':>10}"


def run(server, quiet_key, noisy_key, noisy_events, seconds):
    host, port = server.address.split(":")
    done = subprocess.run([server.bin / "trailkeeper-bench-noisy", "--host", host, "--port", port,
                           "--quiet-key", quiet_key, "--noisy-key", noisy_key, "--seconds", str(seconds),
                           "--noisy-events", str(noisy_events)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {done.stdout.strip()} {done.stderr.strip()}")
    return json.loads(done.stdout)


def measure(server, seconds):
    for number in range(50):
        server.admin("org", "create", f"bench-{number:03}", "--name", f"Bench {number}", "--audit-logs")
    server.admin("org", "create", "noisy", "--name", "Noisy", "--audit-logs", "--events-per-second", str(LIMIT),
                 "--burst-seconds", "1")
    quiet_key = server.admin("key", "create", "--all-orgs", "--application", "bench", "--scope", "ingest,manage")["key"]
    noisy_key = server.admin("key", "create", "--org", "noisy", "--application", "noisy", "--scope", "ingest")["key"]
    run(server, quiet_key, noisy_key, 0, 2)  # warm
    rows = [("nobody", 0, True), (f"one at ten times its limit of {LIMIT:,} /s", 10 * LIMIT, True),
            ("the same without a limit", 10 * LIMIT, False), ("nobody, again", 0, True)]
    print(HEADER)
    for what, events, limited in rows:
        limits = {"events_per_second": LIMIT, "burst_seconds": 1} if limited else None
        server.call("PUT", "/v1/orgs/noisy", quiet_key, {"limits": limits})
        got = run(server, quiet_key, noisy_key, events, seconds)
        print(f"  {what:<44} {got['quiet_p50_ms']:>7.2f} ms {got['quiet_p99_ms']:>6.2f} ms {got['quiet_max_ms']:>6.1f} ms"
              f"   {got['noisy_stored_per_second']:>10,.0f} /s {got['noisy_refused_per_second']:>7,.0f} /s", flush=True)
        if got["quiet_refused"]:
            sys.exit(f"bench: {got['quiet_refused']} quiet events were refused")


def main(make_server, bin_folder, seconds):
    """`make_server(bin, folder)` gives a server that is not started yet."""
    with tempfile.TemporaryDirectory(prefix="trailkeeper-bench-") as folder:
        server = make_server(bin_folder, pathlib.Path(folder))
        try:
            server.start()
            measure(server, seconds)
        finally:
            if server.process and server.process.poll() is None:
                server.stop()
