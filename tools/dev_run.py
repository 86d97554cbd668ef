#!/usr/bin/env python3
"""The running half of `./dev run`: starts the server, fills it on the first start, says how to use it, waits.

Everything after `--` goes to `trailkeeper serve`; --listen and --data are looked at on the way. Ctrl-C (or SIGTERM)
stops the server and waits for it.
"""
import argparse
import datetime
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import demo  # noqa: E402

PROGRAM = os.path.join(os.environ.get("TRAILKEEPER_BUILD", "build"), "bin", "trailkeeper")
LOG = pathlib.Path("build/log/server.log")
PENDING = ".demo-pending"  # in the data folder while the demo is not complete; a repeated try makes the same one
MADE = "demo.json"
START_SECONDS_MAX = 180


def fail(sentence: str) -> None:
    raise SystemExit(f"./dev: {sentence}")


def parse(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    if words and words[0] == "--":
        words = words[1:]
    parser = argparse.ArgumentParser(prog="./dev run --", add_help=False)
    parser.add_argument("--listen", default="127.0.0.1:8400")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data"))
    options, rest = parser.parse_known_args(words)
    if not options.listen.rpartition(":")[2].isdigit():
        fail(f"--listen wants ADDRESS:PORT, not '{options.listen}'.")
    return options, rest


def split_address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def check_port(listen: str) -> None:
    host, port = split_address(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            fail(f"you may not listen on port {port}. Choose one above 1023: ./dev run -- --listen {host}:8400")
        except OSError as error:
            fail(f"{listen} cannot be used ({error.strerror}). If another ./dev run has it, stop that one, "
                 f"or choose another port: ./dev run -- --listen {host}:{port + 1}")


def write_private(path: pathlib.Path, value: dict) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(value, file)


def prepare_data(data: pathlib.Path) -> None:
    """Marks a new data folder, so that exactly a first start gets the demo."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (data / "settings.db").exists() and not (data / PENDING).exists():
            now = datetime.datetime.now(datetime.timezone.utc)
            write_private(data / PENDING, {"end": now.isoformat(), "password": demo.new_password()})
    except OSError as error:
        fail(f"the data folder {data} cannot be used: {error.strerror}. Choose another: ./dev run -- --data DIR")


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def start(options: argparse.Namespace, rest: list[str], url: str) -> subprocess.Popen:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as log:
        server = subprocess.Popen(
            [PROGRAM, "serve", "--listen", options.listen, "--data", str(options.data), *rest],
            stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + START_SECONDS_MAX
    while not ready(url):
        if server.poll() is not None:
            sys.stderr.write(LOG.read_text(errors="replace")[-3000:])
            fail(f"the server ended while it started (exit {server.returncode}); its last lines stand above.")
        if time.monotonic() > deadline:
            stop(server)
            sys.stderr.write(LOG.read_text(errors="replace")[-3000:])
            fail(f"the server was not ready within {START_SECONDS_MAX} s; its log is {LOG}.")
        time.sleep(0.1)
    return server


def make_demo(data: pathlib.Path, url: str) -> dict | None:
    """What demo.py made, now or on an earlier start; nothing for a data folder that was not ours to fill."""
    made = data / MADE
    if (data / PENDING).exists():
        print("==> Making the demo organization", flush=True)
        plan = json.loads((data / PENDING).read_text())
        end = datetime.datetime.fromisoformat(plan["end"])
        write_private(made, demo.make(PROGRAM, data, url, end, plan["password"]))
        (data / PENDING).unlink()
    return json.loads(made.read_text()) if made.exists() else None


def block(url: str, data: pathlib.Path, facts: dict | None) -> str:
    lines = ["", "  Trailkeeper is running.", "", f"  Console   {url}/"]
    if facts:
        lines += [
            f"  Sign in   {facts['email']}   password   {facts['password']}",
            f"            organization \"{demo.ORG_NAME}\" with {facts['entries']:,} entries of two weeks",
            "",
            "  Send an event:",
            f"    curl {url}/v1/events -H 'Authorization: Bearer {facts['key']}' \\",
            "      -H 'Content-Type: application/json' \\",
            "      -d '{\"action\":\"report.viewed\",\"action_label\":\"Viewed report\",\"area\":\"Reports\","
            "\"actor\":{\"id\":\"u_1\",\"name\":\"Ann\"}}'"]
    else:
        lines += [f"  Data      {data} was there before; people and keys: {PROGRAM} admin --help"]
    lines += ["", f"  Log       {LOG}        Data   {data}", "  Stop      Ctrl-C", ""]
    return "\n".join(lines)


def stop(server: subprocess.Popen) -> None:
    """SIGTERM lets the server finish what it accepted; only one that hangs is killed."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def main() -> None:
    options, rest = parse(sys.argv[1:])
    check_port(options.listen)
    prepare_data(options.data)
    host, port = split_address(options.listen)
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    url = f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("==> Starting the server", flush=True)
    server = start(options, rest, url)
    try:
        facts = make_demo(options.data, url)
        print(block(url, options.data, facts), flush=True)
        code = server.wait()
        sys.stderr.write(LOG.read_text(errors="replace")[-2000:])
        fail(f"the server ended by itself (exit {code}); its last lines stand above.")
    except KeyboardInterrupt:
        print("\n==> Stopping")
    finally:
        stop(server)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
