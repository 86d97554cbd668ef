"""A person at the console: runs one of the .mjs scripts beside the scenarios in a real Chromium."""
import json
import pathlib
import subprocess

from support import places


def run(script: str, seconds: int = 600, **facts: str | int) -> dict:
    """The script gets `facts` as JSON and prints one JSON object; its steps and errors go to the test's output."""
    places.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    facts |= {"screenshots": str(places.SCREENSHOTS), "chromium": chromium()}
    done = subprocess.run([places.tool("node"), str(places.E2E / script), json.dumps(facts)],
                          capture_output=True, text=True, timeout=seconds, cwd=places.E2E)
    if done.returncode != 0:
        raise AssertionError(f"{script} failed:\n{done.stderr}{done.stdout}")
    return json.loads(done.stdout.splitlines()[-1])


def chromium() -> str:
    path = pathlib.Path("/usr/bin/chromium")
    if not path.exists():
        raise RuntimeError("Chromium is not installed: ./dev test installs it")
    return str(path)
