#!/usr/bin/env python3
"""Runs one style check over the tree:  check.py NAME --root DIR [--graph build/modules.txt]"""
import argparse
import pathlib
import shutil
import subprocess
import sys

import includes
import lifetimes
import locks
import sizes
import targets
import tree
import words


def check_format(root: pathlib.Path, sources: tree.Tree) -> list[str]:
    program = shutil.which("clang-format-16")
    if program is None:
        return ["clang-format-16 is not installed: ./dev lint installs it"]
    files = [path for path in sorted(sources) if tree.is_cxx(path)]
    done = subprocess.run([program, "--dry-run", "--Werror", "--ferror-limit=1", *files],
                          cwd=root, capture_output=True, text=True)
    bad = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line})
    return [f"{path}: is not formatted; run ./dev fmt" for path in bad]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=["includes", "targets", "sizes", "words", "locks", "lifetimes", "format"])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--graph", type=pathlib.Path)
    options = parser.parse_args()
    sources = tree.load(options.root)
    checks = {
        "includes": lambda: includes.check(sources, includes.parse_graph(options.graph.read_text())),
        "targets": lambda: targets.check(sources),
        "sizes": lambda: sizes.check(sources),
        "words": lambda: words.check(sources),
        "locks": lambda: locks.check(sources),
        "lifetimes": lambda: lifetimes.check(sources),
        "format": lambda: check_format(options.root, sources),
    }
    found = checks[options.name]()
    print("\n".join(found) if found else f"{options.name}: {len(sources)} files, nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
