"""What people do in Intercom's editor while nobody looks: the other hand in every story.

Their edits do not go through the API: nothing is tidied, nothing is counted as a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from publisher.helpcenter import groups, shown
from publisher.helpcenter.store import Row, Store
from publisher.helpcenter.touches import HAND, Touches


class ByHand:
    """The editor's side of a help center. Ids are text; KeyError for one that is not there."""

    store: Store
    touches: Touches
    now: Callable[[], float]
    default_locale: str
    centers: tuple[Row, ...]

    def edit_by_hand(self, id: str, locale: str | None = None, **fields: Any) -> None:
        """Change title, description, body, state or author_id of an article; live at once."""
        with self.store.writing():
            row = self._row("article", id)
            content = row["contents"].get(locale or row["default_locale"])
            if content is None:
                content = row["contents"][str(locale)] = self._content({"title": ""})
            content |= fields | {"updated_at": int(self.now())}
            content["author_id"] = int(content["author_id"])
            content["shown"] = content["shown"] or content["state"] == "published"
            self._keep_article(row)
            self._touch("article", id, *_in(locale or row["default_locale"], fields))

    def be_read(self, id: str, **counts: int) -> None:
        """Let an article have readers: views, fin_involvements, fin_resolutions …, in all."""
        with self.store.writing():
            row = self._row("article", id)
            self.store.put("article", row | {"statistics": counts})

    def draft_by_hand(self, id: str, locale: str | None = None, **fields: Any) -> None:
        """Leave an unpublished edit in the editor of a published article."""
        with self.store.writing():
            row = self._row("article", id)
            content = row["contents"][locale or row["default_locale"]]
            texts = {name: content[name] for name in ("title", "description", "body")}
            content["draft"] = texts | fields | {"updated_at": int(self.now())}
            self._keep_article(row)
            self._touch("article", id, f"{locale or row['default_locale']}.draft")

    def publish_by_hand(self, id: str, locale: str | None = None) -> None:
        """Publish an article, with the edit that waits in its editor."""
        with self.store.writing():
            row = self._row("article", id)
            content = row["contents"][locale or row["default_locale"]]
            waiting = content["draft"] or {}
            content |= {name: waiting[name] for name in waiting if name != "updated_at"}
            content |= {"draft": None, "state": "published", "shown": True}
            content["updated_at"] = int(self.now())
            self._keep_article(row)
            texts = [name for name in waiting if name != "updated_at"]
            self._touch("article", id, *_in(locale or row["default_locale"], ["state", *texts]))

    def unpublish_by_hand(self, id: str, locale: str | None = None) -> None:
        """Turn an article into a draft."""
        self.edit_by_hand(id, locale, state="draft")

    def untranslate_by_hand(self, kind: str, id: str, locale: str) -> None:
        """Delete one translation of an article, or of a collection's name."""
        with self.store.writing():
            row = self._row(kind, id)
            if locale == self.default_locale:
                return
            if kind == "article" and row["contents"].pop(locale, None) is not None:
                self._keep_article(row)
                self._touch(kind, id, *_in(locale, ("title", "body", "state")))
            elif kind == "collection" and row["names"].pop(locale, None) is not None:
                row["descriptions"].pop(locale, None)
                self.store.put(kind, row)
                self._touch(kind, id, *_in(locale, ("title",)))

    def rename_by_hand(
        self, id: str, title: str, locale: str | None = None, *, kind: str = "article"
    ) -> None:
        """Give an article or a collection another title."""
        if kind == "article":
            return self.edit_by_hand(id, locale, title=title)
        with self.store.writing():
            row = self._row(kind, id)
            row["names"][locale or self.default_locale] = title
            self.store.put(kind, row | {"updated_at": int(self.now())})
            self._touch(kind, id, f"{locale or self.default_locale}.name")
        return None

    def move_by_hand(self, id: str, parent: str | None, *, kind: str = "article") -> None:
        """Put an article or a collection into another collection, or (None) into none."""
        with self.store.writing():
            row = self._row(kind, id)
            above = int(parent) if parent is not None else None
            place = (
                {"parent_ids": [] if above is None else [above]}
                if kind == "article"
                else {"parent_id": above}
            )
            self.store.put(kind, row | place)
            self._touch(kind, id, "parent")

    def delete_by_hand(self, kind: str, id: str) -> None:
        """Delete a thing; with a collection go those inside it, its articles stay."""
        with self.store.writing():
            row = self._row(kind, id)
            self._touch(kind, id, "deleted")
            if kind == "collection":
                groups.remove(self.store, row["id"], cascade=False)
                return
            for page in self.store.children("page", row["id"]) if kind == "source" else ():
                self.store.delete("page", page["id"])
            self.store.delete(kind, row["id"])

    def create_by_hand(self, kind: str = "article", **fields: Any) -> str:
        """Create a thing and return its id.

        fields   article: title, body, description, state ("published"), parent, locale;
                 collection: title, description, icon, parent; source: url, sync_behavior
                 ("automatic"), status; page: title, html, source, external_id, locale, url.
        """
        make = {
            "article": self._new_article,
            "collection": self._new_collection,
            "source": self._new_source,
            "page": self._new_page,
        }[kind]
        with self.store.writing():
            row = {"id": self.store.next_number(kind), "created_at": int(self.now())}
            row |= {"updated_at": int(self.now())} | make(fields)
            self.store.put(kind, row)
            self._touch(kind, row["id"], "created")
        return str(row["id"])

    def _touch(self, kind: str, id: str | int, *fields: str) -> None:
        self.touches.note(HAND, kind, id, fields, at=self.now())

    def _row(self, kind: str, id: str) -> Row:
        row = self.store.get(kind, int(id))
        if row is None:
            raise KeyError(f"{kind} {id}")
        return shown.due(row, int(self.now())) if kind == "article" else row

    def _keep_article(self, row: Row) -> None:
        row["updated_at"] = row["contents"][row["default_locale"]]["updated_at"]
        self.store.put("article", row)

    def _content(self, fields: dict[str, Any]) -> Row:
        now, me = int(self.now()), self.store.all("admin", limit=1)[0]["id"]
        state = fields.get("state", "published")
        return {
            "title": fields["title"],
            "description": fields.get("description", ""),
            "body": fields.get("body", ""),
            "state": state,
            "author_id": int(fields.get("author_id") or me),
            "created_at": now,
            "updated_at": now,
            "shown": state == "published",
            "draft": None,
            "flags": dict.fromkeys(shown.FLAGS, True),
            "created_by": me,
            "updated_by": me,
        }

    def _new_article(self, fields: dict[str, Any]) -> Row:
        parents = [int(fields["parent"])] if fields.get("parent") else []
        contents = {fields.get("locale") or self.default_locale: self._content(fields)}
        if self.default_locale not in contents:  # an article always has it, if without a word
            contents[self.default_locale] = self._content({"title": "", "state": "draft"})
        return {
            "parent_ids": parents,
            "first_parent": parents[0] if parents else None,
            "default_locale": self.default_locale,
            "contents": contents,
            "schedule": {},
        }

    def _new_collection(self, fields: dict[str, Any]) -> Row:
        above = self._row("collection", fields["parent"]) if fields.get("parent") else None
        center = above["help_center_id"] if above else self.centers[0]["id"]
        return {
            "section_number": self.store.next_number("section", first=groups.FIRST_SECTION),
            "parent_id": above["id"] if above else None,
            "help_center_id": int(fields.get("help_center") or center),
            "icon": fields.get("icon", groups.NEW_ICON),
            "order": 1,
            "names": {self.default_locale: fields["title"]},
            "descriptions": {self.default_locale: fields.get("description", "")},
        }

    def _new_source(self, fields: dict[str, Any]) -> Row:
        return {
            "url": fields["url"],
            "sync_behavior": fields.get("sync_behavior", "automatic"),
            "status": fields.get("status", "active"),
            "last_synced_at": int(self.now()),
        }

    def _new_page(self, fields: dict[str, Any]) -> Row:
        source = int(fields["source"])
        external_id = fields.get("external_id", "")
        return {
            "title": fields["title"],
            "html": fields.get("html", ""),
            "locale": fields.get("locale", self.default_locale),
            "url": fields.get("url"),
            "source_id": source,
            "parent_ids": [source],
            "external_id": external_id,
            "natural_key": f"{source} {external_id}",
            "flags": {"agent": True, "copilot": True, "sales": True},
            "last_ingested_at": int(self.now()),
        }


def _in(locale: str, names: Iterable[str]) -> list[str]:
    """Spell the fields of a language as the log of touches does."""
    return [f"{locale}.{name}" for name in names]
