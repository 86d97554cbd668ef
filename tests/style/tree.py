"""The project as a dictionary: path from the root -> text. Checks read only this, so their own tests pass small dictionaries."""
import os
import pathlib

SKIPPED = {".git", ".venv", "node_modules", "dist", "__pycache__"}
TEXT = {".h", ".cc", ".txt", ".cmake", ".py", ".sh", ".ts", ".tsx", ".mjs", ".js", ".json", ".md", ".yaml", ".yml",
        ".css", ".html", ".in", ".npmrc", ".sql"}
BARE = {"dev", "run", "CMakeLists.txt", ".npmrc", ".clang-format", ".clang-tidy"}

Tree = dict[str, str]


def load(root: pathlib.Path) -> Tree:
    tree: Tree = {}
    for folder, folders, names in os.walk(root):
        at_root = pathlib.Path(folder) == root
        folders[:] = [name for name in folders if name not in SKIPPED and not (at_root and name.startswith(("build", "data")))]
        for name in names:
            path = pathlib.Path(folder) / name
            if path.suffix in TEXT or name in BARE:
                tree[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return tree


def is_cxx(path: str) -> bool:
    return path.endswith((".h", ".cc"))


def module_of(path: str) -> str | None:
    """`journal` for src/journal/..., nothing for files outside src."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "src" else None
