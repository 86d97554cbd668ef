"""A loop over what a temporary points at: in C++20 the temporary is gone before the first turn.

`for (x : *node.find("k"))` and `for (x : *TRY(shared_list()))` compile without a warning and mostly work.
"""
import re

import tree as trees
from tree import Tree

LOOP = re.compile(r"\bfor\s*\([^;()]*[^:]:\s*\*\s*[^\s()]*\(")


def check(tree: Tree) -> list[str]:
    found = []
    for path in sorted(tree):
        if not trees.is_cxx(path):
            continue
        for match in LOOP.finditer(tree[path]):
            line = tree[path].count("\n", 0, match.start()) + 1
            found.append(f"{path}:{line}: loops over what a temporary points at; give it a name before the loop")
    return found
