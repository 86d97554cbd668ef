"""Every source, public header, fake and test stands in its folder's CMakeLists.txt; every module has a README."""
import re

from tree import Tree, is_cxx, module_of

UNLISTED_FINE = re.compile(r"^src/[^/]+/[^/]+\.h$")  # private headers need no listing


def owner_file(path: str, tree: Tree) -> str:
    """The CMakeLists.txt that must name `path`: the nearest one above it."""
    parts = path.split("/")[:-1]
    while parts:
        candidate = "/".join([*parts, "CMakeLists.txt"])
        if candidate in tree:
            return candidate
        parts.pop()
    return "CMakeLists.txt"


def check(tree: Tree) -> list[str]:
    found = []
    for path in filter(is_cxx, sorted(tree)):
        if not path.startswith(("src/", "bench/", "fuzz/", "tests/")) or UNLISTED_FINE.match(path):
            continue
        owner = owner_file(path, tree)
        relative = path.removeprefix(owner.removesuffix("CMakeLists.txt"))
        if not re.search(rf"(^|[\s(/]){re.escape(relative)}($|[\s)])", tree.get(owner, ""), re.MULTILINE):
            if not path.endswith(".h") or "/include/" in path or "/testing/" in path:
                found.append(f"{path}: is in no target; name it in {owner}")
    modules = {module_of(path) for path in tree if path.endswith("/CMakeLists.txt") and module_of(path)}
    found += [f"src/{name}/README.md: is missing (purpose, invariants, entry header)"
              for name in sorted(modules) if f"src/{name}/README.md" not in tree]
    return found
