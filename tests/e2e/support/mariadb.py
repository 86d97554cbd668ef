"""A real MariaDB of a vendor on a free loopback port, its data below the scenario's folder."""
import os
import pathlib
import pwd
import subprocess
import tempfile
import time

from support import places

SHARE = pathlib.Path("/usr/share/mysql")
PASSWORD = "reads only"


class Mariadb:
    """Runs while the `with` block does, as the user who runs the test."""

    def __init__(self, tls: tuple[pathlib.Path, pathlib.Path] | None = None):
        """With a certificate and its key it takes encrypted connections only."""
        self.tls = [f"--ssl-cert={tls[0]}", f"--ssl-key={tls[1]}", "--require-secure-transport=ON"] if tls else []
        # Short, because the path of a socket may have 107 bytes.
        self._temporary = tempfile.TemporaryDirectory(prefix="trailkeeper-my-", ignore_cleanup_errors=True)
        self.root = pathlib.Path(self._temporary.name)
        self.port = places.free_port()
        self._process: subprocess.Popen | None = None
        # A folder of its own for temporary tables: whoever starts removes all that lie there.
        self._base = ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.root}/data", f"--tmpdir={self.root}",
                      f"--user={pwd.getpwuid(os.geteuid()).pw_name}"]

    def __enter__(self) -> "Mariadb":
        (self.root / "data").mkdir()
        # What mariadb-install-db does, which needs a program of another package.
        first = "create database mysql;\nuse mysql;\nset @auth_root_socket=NULL;\n"
        for name in ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data"):
            first += (SHARE / f"{name}.sql").read_text()
        subprocess.run([*self._base, "--bootstrap", "--enforce-storage-engine="], input=first, text=True, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with (self.root / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*self._base, f"--socket={self.root}/socket", "--bind-address=127.0.0.1", f"--port={self.port}",
                 "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M",
                 f"--pid-file={self.root}/pid", *self.tls], stdout=log, stderr=log)
        for _ in range(4000):
            if self._client("SELECT 1").returncode == 0:
                break
            time.sleep(0.05)
        self.run("CREATE DATABASE vendor")
        self.run(f"CREATE USER reader IDENTIFIED BY '{PASSWORD}'")
        self.run("GRANT SELECT ON vendor.* TO reader")
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait(timeout=120)
        self._temporary.cleanup()

    def _client(self, sql: str) -> subprocess.CompletedProcess:
        return subprocess.run(["mariadb", "--no-defaults", "-u", "root", "-S", self.root / "socket", "-N", "-B",
                               "--default-character-set=utf8mb4", "-e", sql], capture_output=True, text=True)

    def run(self, sql: str) -> str:
        done = self._client(sql)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def source(self) -> dict:
        """What an operator enters: a user who may only read."""
        return {"type": "mariadb", "host": "127.0.0.1", "port": self.port, "database": "vendor", "user": "reader",
                "password": PASSWORD, "tls": "off"}
