"""A real OpenSSH server of a customer on a free loopback port, for the user who runs the test; signs in by key."""
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import time

from support import places


class Sshd:
    """Runs while the `with` block does. `files` is where the user lands."""

    def __init__(self, folder: pathlib.Path, options: str = "", before: str = ""):
        """`before`: a program that starts OpenSSH's sftp-server, whose command line follows."""
        self.root = folder / "sshd"
        self.files = self.root / "files"
        self.files.mkdir(parents=True)
        self.program = f"{before} /usr/lib/openssh/sftp-server" if before else "internal-sftp"
        self.options = options
        self.port = places.free_port()
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self._process: subprocess.Popen | None = None
        self._make_key("client")
        self._make_key("host")
        self.private_key = (self.root / "client").read_text()

    def _make_key(self, name: str) -> None:
        for file in (self.root / name, self.root / f"{name}.pub"):
            file.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.root / name], check=True)

    @property
    def host_key(self) -> str:
        line = subprocess.run(["ssh-keygen", "-l", "-E", "sha256", "-f", self.root / "host.pub"], check=True,
                              capture_output=True, text=True).stdout
        return "ssh-ed25519 " + line.split()[1]

    def start(self) -> "Sshd":
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        config = self.root / "sshd_config"
        config.write_text(f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.root}/host\nPidFile none\n"
                          f"AuthorizedKeysFile {self.root}/client.pub\nStrictModes no\nUsePAM no\n"
                          "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
                          f"Subsystem sftp {self.program} -d {self.files} {self.options}\n")
        # SIGXFSZ stays ignored, as Python has it: what writes past a limit is told so.
        # A session of its own, so that stop() reaches the processes of open connections too.
        self._process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", config, "-E", self.root / "log"],
                                         start_new_session=True, restore_signals=False)
        for _ in range(10_000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError("sshd did not start: " + (self.root / "log").read_text())

    @property
    def process_id(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=120)

    def change_host_key(self) -> None:
        self.stop()
        self._make_key("host")
        self.start()

    def settings(self, **more) -> dict:
        """What an admin enters, but for the host key."""
        return {"host": "127.0.0.1", "port": self.port, "user": self.user, "path": "packs",
                "auth": {"private_key": self.private_key}} | more

    __enter__ = start

    def __exit__(self, *_) -> None:
        self.stop()
