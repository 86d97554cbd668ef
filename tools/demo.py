#!/usr/bin/env python3
"""Fills a new server with a demo organization: two weeks of believable entries of every kind, and a demo admin.

Used by `./dev run` on its first start. The entries go through the ordinary intake with an ordinary key, each with an
external_id, so an interrupted run can simply be repeated.
"""
import argparse
import datetime
import json
import pathlib
import random
import secrets
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import demo_events  # noqa: E402

ORG = "demo"
ORG_NAME = "Lumière & Söhne"
ADMIN_EMAIL = "ada@demo.example"
ADMIN_NAME = "Ada Okonkwo-Lindqvist"
ENTRIES = 2000
BATCH = 500


def admin(program: str, data: pathlib.Path, *words: str, stdin: str = "") -> str:
    """Runs `trailkeeper admin`; a second run finds what the first made and takes that for an answer."""
    done = subprocess.run([program, "admin", *words, "--data", str(data), "--json"],
                          input=stdin, capture_output=True, text=True)
    if done.returncode != 0 and "exist" not in (done.stdout + done.stderr).lower():
        raise SystemExit(f"trailkeeper admin {' '.join(words[:2])} failed: {done.stderr or done.stdout}")
    return done.stdout


def post(url: str, key: str, events: list[dict]) -> dict:
    request = urllib.request.Request(
        f"{url}/v1/events", data=json.dumps(events, ensure_ascii=False).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def send_all(url: str, key: str, events: list[dict]) -> int:
    stored = 0
    for start in range(0, len(events), BATCH):
        answers = post(url, key, events[start:start + BATCH])["data"]
        refused = [item for item in answers if item["status"] == "rejected"]
        if refused:
            raise SystemExit(f"the server refused a demo entry: {json.dumps(refused[0])}")
        stored += len(answers)
    return stored


def new_password() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(3))


def make(program: str, data: pathlib.Path, url: str, end: datetime.datetime, password: str) -> dict:
    """Makes the organization, its admin, its key and its entries up to `end`; returns what the person needs to know.

    Repeating it with the same `end` and `password` doubles nothing.
    """
    admin(program, data, "org", "create", ORG, "--name", ORG_NAME, "--audit-logs", "--s3")
    admin(program, data, "user", "create", "--org", ORG, "--email", ADMIN_EMAIL, "--name", ADMIN_NAME,
          "--role", "primary_admin", stdin=password + "\n")
    key = json.loads(admin(program, data, "key", "create", "--org", ORG, "--application", "Demo app",
                           "--scope", "ingest,read"))["key"]
    events = demo_events.generate(random.Random(20261122), end, ENTRIES)
    stored = send_all(url, key, events)
    return {"org": ORG, "email": ADMIN_EMAIL, "password": password, "key": key, "entries": stored}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="build/bin/trailkeeper")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--url", required=True)
    options = parser.parse_args()
    end = datetime.datetime.now(datetime.timezone.utc)
    print(json.dumps(make(options.program, options.data, options.url, end, new_password())))


if __name__ == "__main__":
    main()
