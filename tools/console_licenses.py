#!/usr/bin/env python3
"""Writes console/dist/THIRD_PARTY_LICENSES.txt: the licence text of every package that the console may bundle."""
import json
import pathlib
import sys

NAMES = ("license", "licence", "copying", "notice")


def bundled(lock: dict) -> list[str]:
    """Folders of the packages that are not for development only."""
    return [path for path, package in sorted(lock["packages"].items())
            if path.startswith("node_modules/") and not package.get("dev") and not package.get("devOptional")]


def texts(folder: pathlib.Path) -> list[str]:
    files = sorted(file for file in folder.iterdir() if file.name.lower().startswith(NAMES) and file.is_file())
    return [file.read_text(encoding="utf-8", errors="replace").strip() for file in files]


def describe(console: pathlib.Path, path: str) -> str | None:
    folder = console / path
    if not folder.is_dir():
        return None  # an optional package for another platform
    facts = json.loads((folder / "package.json").read_text())
    body = "\n\n".join(texts(folder)) or f"Licence as declared by the package: {facts.get('license', 'unknown')}"
    return f"{facts['name']} {facts['version']} ({facts.get('license', 'unknown')})\n\n{body}\n"


def main() -> None:
    console = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "console")
    lock = json.loads((console / "package-lock.json").read_text())
    parts = filter(None, (describe(console, path) for path in bundled(lock)))
    line = "\n" + "-" * 78 + "\n\n"
    (console / "dist" / "THIRD_PARTY_LICENSES.txt").write_text(line.join(parts))


if __name__ == "__main__":
    main()
