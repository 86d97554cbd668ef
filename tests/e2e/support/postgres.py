"""A real PostgreSQL 15 of a vendor on a free loopback port, its data below the scenario's folder."""
import os
import pathlib
import pwd
import signal
import subprocess
import tempfile
import time

from support import places

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
PASSWORD = "reads only"


class Postgres:
    """Runs while the `with` block does. As the user postgres when root runs the test, because it refuses root."""

    def __init__(self, tls: tuple[pathlib.Path, pathlib.Path] | None = None):
        """With a certificate and its key it takes encrypted connections only."""
        self.tls = tls
        # Not below the build folder, which that user may not enter.
        self._temporary = tempfile.TemporaryDirectory(prefix="trailkeeper-pg-", ignore_cleanup_errors=True)
        self.root = pathlib.Path(self._temporary.name)
        self.port = places.free_port()
        self._process: subprocess.Popen | None = None
        self._user = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(self.root, entry.pw_uid, entry.pw_gid)
            self._user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def __enter__(self) -> "Postgres":
        subprocess.run([BIN / "initdb", "-D", self.root / "data", "-U", "admin", "--auth-local=trust",
                        "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/", **self._user)
        options = self._take_certificate() if self.tls else []
        with (self.root / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [BIN / "postgres", "-D", self.root / "data", "-k", self.root, "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", *options],
                stdout=log, stderr=log, cwd="/", **self._user)
        for _ in range(4000):
            if self._psql("SELECT 1").returncode == 0:
                break
            time.sleep(0.05)
        self.run(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
        self.run("GRANT pg_read_all_data TO reader")
        return self

    def _take_certificate(self) -> list[str]:
        for source, name in zip(self.tls, ("server.pem", "server.key")):
            file = self.root / name
            file.write_bytes(source.read_bytes())
            file.chmod(0o600)
            if self._user:
                os.chown(file, self._user["user"], self._user["group"])
        (self.root / "data" / "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        return ["-c", "ssl=on", "-c", f"ssl_cert_file={self.root}/server.pem", "-c", f"ssl_key_file={self.root}/server.key"]

    def __exit__(self, *_) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=120)
        self._temporary.cleanup()

    def _psql(self, sql: str) -> subprocess.CompletedProcess:
        return subprocess.run([BIN / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.root, "-p",
                               str(self.port), "-U", "admin", "-d", "postgres", "-c", sql],
                              capture_output=True, text=True)

    def run(self, sql: str) -> str:
        done = self._psql(sql)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def source(self) -> dict:
        """What an operator enters: a user who may only read."""
        return {"type": "postgresql", "host": "127.0.0.1", "port": self.port, "database": "postgres",
                "user": "reader", "password": PASSWORD, "tls": "off"}
