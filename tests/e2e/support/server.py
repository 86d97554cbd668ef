"""The real server, as an operator runs it: a data folder, a free port, a configuration file, `trailkeeper admin`."""
import json
import os
import pathlib
import signal
import subprocess

from support import places
from support.client import Client, until

READY_SECONDS_MAX = 180

# What a server finds by itself beside build/bin; named, so that any build folder will do.
PARTS = (f'[console]\nfolder = "{places.ROOT}/console/dist"\nopenapi = "{places.ROOT}/api/openapi.yaml"\n'
         f'[store]\nlibrary = "{places.ROOT}/engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"\n')


def s3_config(env: dict) -> tuple[str, dict]:
    """Configuration and environment of a vendor whose common role lives in the local S3 of support/lab.py."""
    config = (f'[s3]\nrole_arn = "{env["role_arn"]}"\nendpoints = ["{env["endpoint"]}"]\n'
              f'endpoint_region = "{env["region"]}"\n[delivery]\nretry_seconds_max = 3\nprobe_seconds = 3\n')
    keys = env["vendor"]
    return config, {"TRAILKEEPER__S3__ACCESS_KEY_ID": keys["access_key"],
                    "TRAILKEEPER__S3__SECRET_ACCESS_KEY": keys["secret_key"]}


class Server:
    """`serve` over one data folder. It may be killed and started again; the folder and the port stay."""

    def __init__(self, folder: pathlib.Path, config: str = "", environment: dict | None = None, smtp_port: int = 0,
                 data: pathlib.Path | None = None, test_clock: bool = True):
        self.folder = folder
        self.data = data or folder / "data"
        self.test_clock = test_clock
        self.port = places.free_port()
        self.environment = os.environ | (environment or {})
        self.config = folder / "trailkeeper.toml"
        mail = f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\nsecurity = "none"\n' if smtp_port else ""
        self.config.write_text(f'public_url = "{self.url}"\n{PARTS}{mail}{config}')
        self.process: subprocess.Popen | None = None
        self.starts = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str = "", timeout: float = 120) -> Client:
        return Client("127.0.0.1", self.port, key, timeout)

    def start(self, wait: bool = True) -> "Server":
        self.starts += 1
        log = (self.folder / f"server-{self.starts}.log").open("wb")
        self.process = subprocess.Popen(
            [places.PROGRAM, "serve", "--config", self.config, "--data", self.data,
             "--listen", f"127.0.0.1:{self.port}", *(["--test-clock"] if self.test_clock else [])],
            stdout=log, stderr=log, env=self.environment, start_new_session=True)
        log.close()
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self) -> None:
        def ready() -> bool:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended (exit {self.process.returncode}):\n{self.log_tail()}")
            return self.status("/readyz") == 200

        until("the server is ready", READY_SECONDS_MAX, ready)

    def status(self, path: str) -> int:
        """0 when nobody answers."""
        try:
            return self.client(timeout=5).get(path).status
        except OSError:
            return 0

    def log_tail(self) -> str:
        return (self.folder / f"server-{self.starts}.log").read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        """kill -9, as a power cut would: nothing of the process gets to run."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code. A server that hangs is killed and counts as -9."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def engine_pids(self) -> list[int]:
        """Children of the server that run trailkeeper-store."""
        assert self.process is not None
        found = []
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                if f"\nPPid:\t{self.process.pid}\n" not in status.read_text():
                    continue
                program = pathlib.Path(os.readlink(status.parent / "exe")).name
            except OSError:
                continue  # it has just ended
            if program.startswith("trailkeeper-store"):
                found.append(int(status.parent.name))
        return found

    def admin(self, *words: str, stdin: str = "") -> dict:
        """`trailkeeper admin WORDS --data DIR --json` and what it printed."""
        done = subprocess.run([places.PROGRAM, "admin", *words, "--data", self.data, "--json"],
                              input=stdin, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"admin {' '.join(words)}: exit {done.returncode}: {done.stderr}{done.stdout}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def make_org(self, org: str, name: str, *flags: str) -> str:
        """An organization with audit logs and a key that may send and read; the key."""
        self.admin("org", "create", org, "--name", name, "--audit-logs", *flags)
        return self.make_key(org)

    def make_key(self, org: str, scope: str = "ingest,read") -> str:
        whom = ("--all-orgs",) if org == "*" else ("--org", org)
        return self.admin("key", "create", *whom, "--application", "Product", "--scope", scope)["key"]

    def make_person(self, org: str, email: str, name: str, role: str, password: str) -> None:
        self.admin("user", "create", "--org", org, "--email", email, "--name", name, "--role", role,
                   stdin=password + "\n")

    def set_clock(self, time: str) -> None:
        self.admin("clock", "set", time)

    def wait_visible(self, client: Client, org: str, count: int) -> list[dict]:
        """Waits until `count` events of the product are stored and searchable; all of them."""
        def look() -> list[dict]:
            found = [record for record in client.pages(f"/v1/orgs/{org}/events", limit=200, order="asc",
                                                       **{"from": "2000-01-01T00:00:00Z"})
                     if record.get("application") != "trailkeeper"]
            return found if len(found) >= count else []

        return until(f"{count} events of {org} are visible", 60, look, every=0.3)
