"""The local S3 + STS (tools/s3lab) for a scenario, with the bucket's owner driving awscli as a customer would."""
import json
import os
import pathlib
import subprocess
import sys

from support import places

sys.path.insert(0, str(places.ROOT / "tools" / "s3lab"))
import s3  # noqa: E402
import slow  # noqa: E402, F401 (for the scenarios)


class Lab:
    """Runs while the `with` block does. `env` is what s3lab prints: endpoint, role, keys of vendor and customer."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder / "s3lab"
        self.env: dict = {}
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Lab":
        self._process = subprocess.Popen([places.ROOT / "tools/s3lab/s3lab", "run", self.folder],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"s3lab did not start (exit {self._process.wait()})")
        self.env = json.loads(line)
        return self

    def __exit__(self, *_) -> None:
        assert self._process is not None
        self._process.stdin.close()  # it ends with its standard input
        self._process.wait(timeout=120)
        self._process.stdout.close()

    def customer(self) -> s3.Bucket:
        keys = self.env["customer"]
        return s3.Bucket(self.env["endpoint"], keys["access_key"], keys["secret_key"], self.env["region"])

    def aws(self, *words: str) -> bytes:
        """awscli with the credentials of the bucket's owner."""
        keys = self.env["customer"]
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": keys["access_key"], "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_DEFAULT_REGION": self.env["region"], "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        done = subprocess.run([places.tool("aws"), "--endpoint-url", self.env["endpoint"], *words],
                              capture_output=True, env=environment, timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"aws {' '.join(words)}: {done.stderr.decode()}")
        return done.stdout

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        listed = self.aws("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix, "--output", "json")
        return [entry["Key"] for entry in json.loads(listed or b"{}").get("Contents", [])]

    def read(self, bucket: str, key: str) -> bytes:
        return self.aws("s3", "cp", f"s3://{bucket}/{key}", "-")
