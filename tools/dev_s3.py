#!/usr/bin/env python3
"""`./dev s3`: a local S3 + STS (tools/s3lab) for trying deliveries by hand.

Starts it in the background below build/, writes a configuration that lets the server use it, and, when a server with
that configuration runs, makes a draft destination, puts its policy on a new bucket and says what to type.
"""
import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys

S3LAB = "tools/s3lab/s3lab"
FOLDER = pathlib.Path("build/s3lab")
CONFIG = pathlib.Path("build/s3lab.toml")


def start() -> dict:
    done = subprocess.run([S3LAB, "start", FOLDER], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"./dev: the local S3 did not start: {done.stderr.strip()} (its logs are in {FOLDER})")
    return json.loads(done.stdout)


def write_config(env: dict) -> None:
    """The vendor's side: role, credentials and the endpoint that customers may name. These are the lab's own keys."""
    lines = ["[s3]", f'role_arn = "{env["role_arn"]}"', f'access_key_id = "{env["vendor"]["access_key"]}"',
             f'secret_access_key = "{env["vendor"]["secret_key"]}"', f'endpoints = ["{env["endpoint"]}"]',
             f'endpoint_region = "{env["region"]}"', ""]
    with open(os.open(CONFIG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines))


def server_runs(data: pathlib.Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(data / "admin.sock"))
            return True
        except OSError:
            return False


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev s3", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--org", default="demo", help="the organization that gets a draft destination")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data"), help="the server's data folder")
    parser.add_argument("--frequency", choices=["hourly", "daily"], default="hourly")
    parser.add_argument("--stop", action="store_true", help="stop the local S3; its objects are in memory and go")
    options = parser.parse_args()
    if options.stop:
        sys.exit(subprocess.call([S3LAB, "stop", FOLDER]))
    print("==> Starting S3 and STS (about 15 s the first time)", flush=True)
    env = start()
    write_config(env)
    print(f"\n  S3 and STS   {env['endpoint']}   region {env['region']}\n  Role         {env['role_arn']}\n"
          f"  Stop         ./dev s3 --stop\n", flush=True)
    if server_runs(options.data):
        sys.exit(subprocess.call([S3LAB, "try", FOLDER, "--data", options.data, "--org", options.org,
                                  "--frequency", options.frequency]))
    print(f"  No server runs on {options.data}. Start one that knows this S3:\n\n"
          f"    ./dev run -- --config {CONFIG}\n\n  then, in another terminal:   ./dev s3 --org {options.org}\n")


if __name__ == "__main__":
    main()
