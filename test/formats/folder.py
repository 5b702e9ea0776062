"""The data folder, read only. docs/formats.md, "The data folder"."""

import shutil
import sqlite3
import tempfile
import urllib.parse
import uuid
from collections.abc import Iterator
from pathlib import Path

from report import Area


def rows_of(data: Path, database: str, query: str, area: Area) -> Iterator[tuple]:
    """The rows of a query. What SQLite has not yet merged (`-wal`) is read from a copy, so that nothing is written."""
    path = data / database
    if not path.is_file():
        area.fault(database, "is missing")
        return
    ahead = path.with_name(path.name + "-wal")
    with tempfile.TemporaryDirectory() as scratch:
        if ahead.is_file() and ahead.stat().st_size > 0:
            copy = Path(scratch) / path.name
            shutil.copyfile(path, copy)
            shutil.copyfile(ahead, copy.with_name(copy.name + "-wal"))
            uri = f"file:{urllib.parse.quote(str(copy))}?mode=rw"
        else:
            uri = f"file:{urllib.parse.quote(str(path.resolve()))}?mode=ro&immutable=1"
        connection = None
        try:
            connection = sqlite3.connect(uri, uri=True)
            connection.text_factory = _text
            yield from connection.execute(query)
        except sqlite3.Error as reason:
            area.fault(database, f"SQLite: {reason}")
        finally:
            if connection is not None:
                connection.close()


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def shown(value: object) -> str:
    """A column's value in a message."""
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value)) if len(value) == 16 else value.hex()
    return repr(value)
