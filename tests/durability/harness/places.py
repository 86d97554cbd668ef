"""Where things are: as for the scenarios (tests/e2e/support/places.py), the shim, and a fast place to work in."""
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from support.places import BUILD, ROOT, free_port, full, workspace  # noqa: E402, F401

SHIM = BUILD / "bin" / "libtrailkeeper-shim.so"
MEMORY = pathlib.Path("/dev/shm")
MEMORY_BYTES_MIN = 1 << 30


def seed() -> int:
    """TRAILKEEPER_TEST_SEED repeats or varies a run."""
    return int(os.environ.get("TRAILKEEPER_TEST_SEED", "1"))


def size(ci: int, whole: int) -> int:
    """How many of what a proof repeats; TRAILKEEPER_TEST_COUNT says it for one run."""
    return int(os.environ.get("TRAILKEEPER_TEST_COUNT", whole if full() else ci))


class Scratch:
    """A folder for hundreds of data folders, gone afterwards: in memory where there is room, because the proofs that
    use it do not depend on what its disk keeps."""

    def __init__(self, name: str):
        roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN
        BUILD.mkdir(parents=True, exist_ok=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"trailkeeper-{name}-", dir=MEMORY if roomy else BUILD))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
