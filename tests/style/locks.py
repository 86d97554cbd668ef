"""What is fetched is pinned by hash and fetched from wherever the machine's own settings say.

A lock file names no host, so the same file works with any mirror; the hash, not the host, is what is trusted.
"""
import json
import re

from tree import Tree


def check_npm(path: str, text: str) -> list[str]:
    found = []
    for name, package in json.loads(text).get("packages", {}).items():
        if name == "" or package.get("link"):
            continue
        if "resolved" in package:
            found.append(f"{path}: {name} names a host; install with omit-lockfile-registry-resolved=true")
        if not package.get("integrity", "").startswith("sha512-") and not package.get("inBundle"):
            found.append(f"{path}: {name} has no sha512 integrity")
    return found


def check_python(path: str, text: str) -> list[str]:
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("-") or "://" in line:
            found.append(f"{path}: '{line}' sets where packages come from; that is the machine's own setting")
        elif not re.fullmatch(r"[a-z0-9._-]+==\S+(\s+--hash=sha256:[0-9a-f]{64})+", line):
            found.append(f"{path}: '{line.split(' ')[0]}' is not pinned by version and hash")
    return found


def check(tree: Tree) -> list[str]:
    found = []
    for path in sorted(tree):
        name = path.split("/")[-1]
        if name == "package-lock.json":
            found += check_npm(path, tree[path])
        elif re.fullmatch(r"requirements.*\.txt", name):
            found += check_python(path, tree[path])
        elif name == ".npmrc" and re.search(r"registry\s*=|_auth|//", tree[path]):
            found.append(f"{path}: names a registry; that is the machine's own setting")
        elif name == "package.json":
            lock = path.removesuffix("package.json") + "package-lock.json"
            if lock not in tree:
                found.append(f"{path}: has no package-lock.json")
    return found
