"""The help center's memory: one SQLite file, or none at all for tests.

Every thing is one row holding a JSON document. The columns beside it exist only where a
question is asked of many rows: the order of lists, the children of a collection, the
natural key of an external page.

Each request is one transaction, so that a process killed at any moment leaves either the
whole change or nothing of it, and several processes (a server, an apply) may share the
file: readers never wait (write-ahead log), writers queue for seconds. Threads of a
process take turns. Ids count per kind and start alike, so that article 101 and
collection 101 both exist: whoever forgets the kind is found out; none is ever reused.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from publisher.helpcenter.past import Past

Row = dict[str, Any]
FIRST_ID = 101
_LARGEST = 2**63 - 1
_FORMAT = 1
_PRIMARY = 0xFF
"""The bits of an error's number that tell its kind. Source: SQLite, "Result and Error Codes"."""
_PATIENCE = 20.0
"""Seconds a writer waits for another process's transaction."""

_SORTED: dict[str, Callable[[Row], tuple[int, ...]]] = {
    "id": lambda row: (row["id"],),
    "-id": lambda row: (-row["id"],),
    "-updated": lambda row: (-row.get("updated_at", 0), -row["id"]),
}
"""The orders of `all()` for rows that are in hand."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS things (
    kind TEXT NOT NULL, id INTEGER NOT NULL, sorted_by INTEGER NOT NULL DEFAULT 0,
    parents TEXT NOT NULL DEFAULT '', natural_key TEXT, document TEXT NOT NULL,
    PRIMARY KEY (kind, id));
CREATE INDEX IF NOT EXISTS in_order ON things (kind, sorted_by DESC, id DESC);
CREATE INDEX IF NOT EXISTS by_natural_key ON things (kind, natural_key);
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS images (
    path TEXT PRIMARY KEY, origin TEXT NOT NULL, name TEXT NOT NULL, bytes BLOB,
    type TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_name ON images (name);
CREATE TABLE IF NOT EXISTS changes (
    kind TEXT NOT NULL, id INTEGER NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX IF NOT EXISTS by_epoch ON changes (kind, epoch);
"""


_ADVICE = {
    sqlite3.SQLITE_FULL: " Make room on the disk.",
    sqlite3.SQLITE_IOERR: " Look whether the disk is full.",
    sqlite3.SQLITE_BUSY: " Another program holds it; try again when that has ended.",
    sqlite3.SQLITE_READONLY: " Check its permissions.",
    sqlite3.SQLITE_CORRUPT: " Delete the file; it is made anew.",
}


class StoreError(Exception):
    """The file cannot serve as a help center, now or ever; the text says why."""


class Store:
    """Rows by kind and id. Use it inside `reading()` or `writing()`.

    past   decides how far lists are behind; None: never.

    Raises StoreError, as both of those do, when the file cannot be read or written.
    """

    def __init__(self, path: str | Path | None, *, past: Past | None = None) -> None:
        self._past = past or Past(now=time.time, lag=lambda: 0.0)
        self._lock = threading.RLock()
        self._depth = 0
        self._path = str(path) if path is not None else ":memory:"
        try:
            self._db = sqlite3.connect(
                self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from error
        except StoreError:
            self._db.close()
            raise

    def _unusable(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        advice = _ADVICE.get(code, "")
        return StoreError(f"{self._path} cannot be used as a help center: {error}.{advice}")

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, _FORMAT):
            raise StoreError(
                f"{self._path} was written by another release (format {found}, this one reads "
                f"{_FORMAT}). Delete the file, or use the release that wrote it."
            )
        self._db.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_FORMAT}; COMMIT"
        )

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the whole store for the length of the block."""
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Change all or nothing; raises the epoch."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield
            if self._depth == 1:
                self.next_number("epoch", first=1)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock:
            self._depth += 1
            try:
                if self._depth > 1:
                    yield
                else:
                    with self._outermost(begin):
                        yield
            finally:
                self._depth -= 1

    @contextmanager
    def _outermost(self, begin: str) -> Iterator[None]:
        try:
            self._db.execute(begin)
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, sqlite3.Error):
                raise self._unusable(error) from error
            raise
        self._past.commit()

    def _roll_back(self) -> None:
        """Undo what was begun, unless SQLite has done so already, as it does on a full disk."""
        self._past.roll_back()
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def next_number(self, name: str, *, first: int = FIRST_ID) -> int:
        """Return the next number of that sequence; starts with `first`."""
        sql = (
            "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (name) "
            "DO UPDATE SET value = value + 1 RETURNING value"
        )
        return int(self._db.execute(sql, (name, first)).fetchone()[0])

    def number(self, name: str) -> int:
        """Return the last number of that sequence; 0 when there was none."""
        found = self._db.execute("SELECT value FROM numbers WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def remember(self, name: str, value: int) -> int:
        """Keep `value` under `name` unless one is kept already; return the one that is."""
        self._db.execute("INSERT OR IGNORE INTO numbers VALUES (?, ?)", (name, value))
        return self.number(name)

    def get(self, kind: str, id: int) -> Row | None:
        """Return one document, or None."""
        found = self._document(kind, id) if id <= _LARGEST else None
        return json.loads(found) if found else None

    def _document(self, kind: str, id: int) -> str | None:
        sql = "SELECT document FROM things WHERE kind = ? AND id = ?"
        found = self._db.execute(sql, (kind, id)).fetchone()
        return str(found[0]) if found else None

    def put(self, kind: str, row: Row) -> None:
        """Keep a document; `row["id"]` is its number.

        `updated_at` decides its place in lists, `parent_ids` (or `parent_id`) whose child
        it is, `natural_key` how `find()` finds it.
        """
        self._note(kind, row["id"])
        single = [row["parent_id"]] if row.get("parent_id") else []
        parents = row.get("parent_ids", single)
        self._db.execute(
            "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?, ?)",
            (
                kind,
                row["id"],
                row.get("updated_at", 0),
                "".join(f",{parent}," for parent in parents),
                row.get("natural_key"),
                json.dumps(row, ensure_ascii=False, separators=(",", ":")),
            ),
        )

    def delete(self, kind: str, id: int) -> None:
        """Forget one document; one that is not there is no error."""
        self._note(kind, id)
        self._db.execute("DELETE FROM things WHERE kind = ? AND id = ?", (kind, id))

    def _note(self, kind: str, id: int) -> None:
        """Write down that it changes, and what it was if lists are to show it a little longer."""
        sql = "INSERT OR REPLACE INTO changes VALUES (?, ?, ?)"
        self._db.execute(sql, (kind, id, self.number("epoch") + 1))
        if self._past.is_kept:
            self._past.note(kind, id, self._document(kind, id))

    def changed(self, kind: str, since: int) -> dict[int, Row | None]:
        """Return by id what was written after epoch `since`; None: it is gone."""
        sql = (
            "SELECT id, document FROM changes LEFT JOIN things USING (kind, id) "
            "WHERE kind = ? AND epoch > ? ORDER BY id"
        )
        found = self._db.execute(sql, (kind, since))
        return {id: json.loads(text) if text else None for id, text in found}

    def find(self, kind: str, natural_key: str) -> Row | None:
        """Return the document with that natural key, or None."""
        sql = "SELECT document FROM things WHERE kind = ? AND natural_key = ?"
        found = self._db.execute(sql, (kind, natural_key)).fetchone()
        return json.loads(found[0]) if found else None

    def count(self, kind: str) -> int:
        """Return how many there are."""
        sql = "SELECT count(*) FROM things WHERE kind = ?"
        return int(self._db.execute(sql, (kind,)).fetchone()[0])

    def all(self, kind: str, *, order: str = "id", limit: int = -1, offset: int = 0) -> list[Row]:
        """Return documents in one of three orders: "id", "-id", or "-updated" (ties: newest id)."""
        by = {"id": "id", "-id": "id DESC", "-updated": "sorted_by DESC, id DESC"}[order]
        sql = f"SELECT document FROM things WHERE kind = ? ORDER BY {by} LIMIT ? OFFSET ?"
        return [json.loads(text) for (text,) in self._db.execute(sql, (kind, limit, offset))]

    def listed(self, kind: str, *, order: str, limit: int = -1, offset: int = 0) -> list[Row]:
        """Return documents as a list of the API shows them: as of some seconds ago."""
        former = self._past.former(kind)
        if not former:
            return self.all(kind, order=order, limit=limit, offset=offset)
        rows = {row["id"]: row for row in self.all(kind)} | former
        shown = sorted((row for row in rows.values() if row), key=_SORTED[order])
        return shown[offset : None if limit < 0 else offset + limit]

    def listed_count(self, kind: str) -> int:
        """Return how many there are as far as lists know."""
        if not self._past.former(kind):
            return self.count(kind)
        return len(self.listed(kind, order="id"))

    def children(self, kind: str, parent: int) -> list[Row]:
        """Return the documents of `kind` that hang under collection (or source) `parent`."""
        sql = "SELECT document FROM things WHERE kind = ? AND parents LIKE ? ORDER BY id"
        found = self._db.execute(sql, (kind, f"%,{parent},%"))
        return [json.loads(text) for (text,) in found]

    def keep_image(
        self, path: str, *, origin: str, name: str, content: bytes | None, type: str
    ) -> None:
        """Remember a re-hosted image: its bytes, or only where it came from.

        `name` is what the fetcher's cache knows it by (see `image_path()`).
        """
        sql = "INSERT OR IGNORE INTO images VALUES (?, ?, ?, ?, ?)"
        self._db.execute(sql, (path, origin, name, content, type))

    def image(self, path: str) -> tuple[str, bytes | None, str] | None:
        """Return (origin, bytes or None, media type) of a re-hosted image, or None."""
        sql = "SELECT origin, bytes, type FROM images WHERE path = ?"
        found = self._db.execute(sql, (path,)).fetchone()
        return (found[0], found[1], found[2]) if found else None

    def image_path(self, name: str) -> str | None:
        """Return where the image that the cache knows as `name` was re-hosted, or None."""
        sql = "SELECT path FROM images WHERE name = ? ORDER BY rowid LIMIT 1"
        found = self._db.execute(sql, (name,)).fetchone()
        return str(found[0]) if found else None
