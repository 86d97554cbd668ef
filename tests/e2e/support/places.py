"""Where things are. ctest hands the build folder over in the environment."""
import os
import pathlib
import shutil
import socket

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("TRAILKEEPER_BUILD", ROOT / "build")).resolve()
PROGRAM = BUILD / "bin" / "trailkeeper"
SCREENSHOTS = BUILD / "screenshots"
E2E = ROOT / "tests" / "e2e"


def full() -> bool:
    """The long sizes of ./dev test --full."""
    return os.environ.get("TRAILKEEPER_TEST_FULL") == "1"


def workspace(name: str) -> pathlib.Path:
    """An empty folder for one scenario. It stays after the run, to look at."""
    folder = BUILD / "e2e" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tool(name: str) -> str:
    """A program of the project's own Python or Node, else one of the machine."""
    own = ROOT / ".venv" / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed: ./dev test installs it")
    return found
