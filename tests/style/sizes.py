"""Limits on the length of files and functions. Past them there is usually a second thing hiding inside.

An exception stands in size_exceptions.txt with its own limit and the reason, so it can shrink but not grow.
"""
import re

from tree import Tree

FILE_LINES = [(r"^src/.*\.h$", 300), (r"\.(h|cc)$", 500), (r"\.py$", 400), (r"^console/.*\.(ts|tsx)$", 350),
              (r"\.(sh|cmake|mjs|js)$", 400)]
FUNCTION_LINES = 70
TEST_LINES = 110  # a test may hold a table of cases
GENERATED = re.compile(r"^console/src/api/(generated|schema)|\.gen\.tsx?$|\.d\.ts$")
MEASURED = re.compile(r"^(src|bench|fuzz|tests|tools)/.*\.(cc|h|py)$")


def parse_exceptions(text: str) -> dict[str, int]:
    """Lines "path limit reason" and "path:function limit reason"."""
    limits = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, limit, reason = line.split(None, 2)
            assert reason, "an exception needs a reason"
            limits[name] = int(limit)
    return limits


def file_limit(path: str) -> int | None:
    return next((limit for rule, limit in FILE_LINES if re.search(rule, path)), None)


def check_files(tree: Tree, exceptions: dict[str, int]) -> list[str]:
    found = []
    for path in sorted(tree):
        limit = exceptions.get(path, file_limit(path))
        lines = tree[path].count("\n")
        if limit is not None and not GENERATED.search(path) and lines > limit:
            found.append(f"{path}: {lines} lines, {limit} at most: look for the second thing in it")
    return found


def check_functions(tree: Tree, exceptions: dict[str, int]) -> list[str]:
    import lizard  # of tools/requirements-test.in

    found = []
    for path in filter(MEASURED.search, sorted(tree)):
        for function in lizard.analyze_file.analyze_source_code(path, tree[path]).function_list:
            limit = exceptions.get(f"{path}:{function.name}", TEST_LINES if "/tests/" in path else FUNCTION_LINES)
            if function.length > limit:
                found.append(f"{path}:{function.start_line}: {function.name} has {function.length} lines, {limit} at most")
    return found


def check(tree: Tree) -> list[str]:
    exceptions = parse_exceptions(tree.get("tests/style/size_exceptions.txt", ""))
    stale = [f"tests/style/size_exceptions.txt: {name} is gone" for name in exceptions if name.split(":")[0] not in tree]
    return stale + check_files(tree, exceptions) + check_functions(tree, exceptions)
