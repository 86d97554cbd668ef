"""The event store's own socket, to force merges and to break rows on purpose."""
from support.engine import query
from support.server import Server

__all__ = ["merge", "query"]


def merge(server: Server) -> None:
    query(server, "OPTIMIZE TABLE trailkeeper.entries FINAL")
