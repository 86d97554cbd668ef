"""Where things are. ctest hands the build folder over in the environment."""
import os
import pathlib
import random
import shutil
import socket

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("TRAILKEEPER_BUILD", ROOT / "build")).resolve()
PROGRAM = BUILD / "bin" / "trailkeeper"
SCREENSHOTS = BUILD / "screenshots"
E2E = ROOT / "tests" / "e2e"
PORTS = (20_000, 32_000)


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
    """Below the ports that the system gives to connections: nothing takes it before it is bound, nor while a server that
    was killed is started again (a client that tries meanwhile could even be given it and reach itself)."""
    for port in random.SystemRandom().sample(range(*PORTS), 1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def tool(name: str) -> str:
    """A program of the project's own Python or Node, else one of the machine."""
    own = ROOT / ".venv" / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed: ./dev test installs it")
    return found
