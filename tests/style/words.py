"""Marks of unfinished work. Work that is left over belongs into the tracker, not into the tree."""
import re

from tree import Tree

MARKS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
# Names of outside things and their tests' data may contain anything.
SKIPPED = re.compile(r"(package-lock\.json|^LICENSE|^licenses/|\.gen\.ts|^console/src/api/(generated|schema))")


def check(tree: Tree) -> list[str]:
    found = []
    for path in sorted(tree):
        if SKIPPED.search(path):
            continue
        for number, line in enumerate(tree[path].splitlines(), 1):
            mark = MARKS.search(line)
            if mark:
                found.append(f"{path}:{number}: {mark[0]}: finish it or write it into the tracker")
    return found
