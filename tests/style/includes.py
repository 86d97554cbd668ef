"""Who may include what.

The build keeps most of the borders by itself: a module sees only the include folders of the modules it lists. This closes
what the compiler lets through: `../`, a header reached only through a neighbour's dependency, another module's private
header, outside libraries' headers outside the module that owns them, and fakes outside tests.
"""
import re
from typing import NamedTuple

from tree import Tree, is_cxx, module_of

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')

# Outside headers and the modules that wrap them. Whoever else needs one uses the module instead.
OWNERS = {
    r"boost/system/result\.hpp": {"base", "s3", "sftp"},
    r"boost/": {"httpd"},
    r"boost/asio/": {"httpd", "httpc"},
    r"curl/": {"httpc", "smtp"},
    r"openssl/": {"crypto", "httpd"},
    r"sodium": {"crypto"},
    r"sqlite3": {"db"},
    r"libpq-|postgresql/": {"db"},
    r"mysql|mariadb/": {"db"},
    r"libssh/": {"sftp"},
    r"simdjson": {"json"},
    r"zlib\.h|zstd": {"compress"},
    r"utf8proc": {"event", "merkle", "settings"},
    r"pugixml": {"s3"},
    r"re2/": {"ingest"},
    r"spdlog/|fmt/": {"base"},
    r"prometheus/": {"base"},
    r"protozero/": {"ingest"},
    r"CLI/": {"cli", "server", "verify", "engine"},
    r"toml\+\+/": {"server"},
    r"linux/(landlock|seccomp|filter|audit)": {"engine"},
    r"chdb": {"engine"},
}
# The few outside headers that may stand in a public header, because their type is part of our interface.
PUBLIC = {r"boost/system/result\.hpp"}
TEST_ONLY = re.compile(r"^(gtest|gmock)/")


class Module(NamedTuple):
    layer: str
    deps: set[str]
    test_deps: set[str]


def parse_graph(text: str) -> dict[str, Module]:
    """Lines "module|layer|deps|test deps" as cmake/Module.cmake writes them."""
    graph = {}
    for line in filter(None, text.splitlines()):
        name, layer, deps, tests = line.split("|")
        cleaned = {dep.removesuffix("_testing") for dep in tests.split(",") if dep}
        graph[name] = Module(layer, set(filter(None, deps.split(","))), cleaned)
    return graph


def owners_of(header: str) -> set[str] | None:
    """The modules that may include an outside header; nothing when it is not in the table. The longest rule wins."""
    rules = [rule for rule in OWNERS if re.match(rule, header)]
    return OWNERS[max(rules, key=len)] if rules else None


def is_test(path: str) -> bool:
    return "/tests/" in path or "/testing/" in path or path.startswith(("tests/", "bench/", "fuzz/"))


def check_project_header(path: str, header: str, graph: dict[str, Module]) -> str | None:
    target, own, test = header.split("/")[0], module_of(path), is_test(path)
    if "testing/" in header and not test:
        return f"may not include {header}: fakes are for tests only"
    if own is None or own not in graph or target not in graph or target == own or "/" not in header:
        return None
    allowed = graph[own].deps | (graph[own].test_deps if test else set())
    if target not in allowed:
        return f"may not include {header}: {own} does not list {target}"
    return None


def check_outside_header(path: str, header: str, graph: dict[str, Module]) -> str | None:
    own = module_of(path)
    if header.split("/")[0] in graph and "/" in header:
        return f"includes <{header}>: headers of the project stand in quotes"
    if TEST_ONLY.match(header) and not is_test(path):
        return f"may not include <{header}>: it is for tests only"
    owners = owners_of(header)
    if owners is None or own is None or is_test(path):
        return None
    if own not in owners:
        return f"may not include <{header}>: only {', '.join(sorted(owners))} may"
    public = path.startswith(f"src/{own}/include/")
    if public and not any(re.match(rule, header) for rule in PUBLIC):
        return f"may not include <{header}>: outside headers stay out of public headers"
    return None


def check(tree: Tree, graph: dict[str, Module]) -> list[str]:
    found = []
    for path in filter(is_cxx, sorted(tree)):
        for number, line in enumerate(tree[path].splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            header = match[1] or match[2]
            if ".." in header.split("/"):
                problem = f"includes {header}: no path may climb with '..'"
            elif match[1]:
                problem = check_project_header(path, header, graph)
                if problem is None and owners_of(header) and header.split("/")[0] not in graph:
                    problem = check_outside_header(path, header, graph)
            else:
                problem = check_outside_header(path, header, graph)
            if problem:
                found.append(f"{path}:{number}: {problem}")
    return found
