"""Clients in Go: built in the test from a pinned go.mod and go.sum, with everything they need below the build folder."""
import os
import pathlib
import shutil
import subprocess

from support import places


def build(name: str) -> pathlib.Path:
    """The program of tests/e2e/clients/NAME."""
    source, folder = places.E2E / "clients" / name, places.BUILD / "go"
    go = shutil.which("go") or shutil.which("/usr/lib/go-1.19/bin/go")
    if go is None:
        raise RuntimeError("Go is not installed: ./dev test installs it")
    program = folder / "bin" / name
    environment = os.environ | {"GOPATH": str(folder), "GOCACHE": str(folder / "cache"), "GOTOOLCHAIN": "local",
                                "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false"}
    done = subprocess.run([go, "build", "-o", program, "."], cwd=source, env=environment, capture_output=True, text=True,
                          timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"go build of {source}:\n{done.stderr}")
    return program
