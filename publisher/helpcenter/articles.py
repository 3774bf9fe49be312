"""Articles: list, search, read, create, update, delete.

PUT merges per locale and per field: what is not named stays. A published article is live
at once, unless a teammate's unpublished edit waits in the editor: then the change joins
that edit, until someone says `"state": "published"`.

`updated_at` of an article is that of its default locale; another translation, or a move
to another collection, does not touch it.

Source: Intercom's guides ("Create an article", "Localize your Help Center"), the OpenAPI
files, and the note on `state` in their history. Chosen here, because nobody tells: a
parent that does not exist is 404, as an unknown audience is.
"""

from __future__ import annotations

from publisher.helpcenter import contents, shown
from publisher.helpcenter.answers import JSON, Answer, invalid, missing, not_found
from publisher.helpcenter.asks import Ask
from publisher.helpcenter.contents import STATES
from publisher.helpcenter.store import Row

PER_PAGE, FOUND_PER_PAGE, MOST = 25, 10, 250
_NO_AUTHOR = "author_id must be in the main body or default locale translated_content object"


def list_articles(ask: Ask) -> Answer:
    """GET /articles: most recently updated first, so rows shift while somebody writes."""
    page, size = ask.window(size=PER_PAGE, highest=MOST)
    store = ask.center.store
    rows = store.listed("article", order="-updated", limit=size, offset=(page - 1) * size)
    replies = [shown.article(ask, row, single=False) for row in rows]
    return ask.page(replies, page=page, size=size, total=store.listed_count("article"))


def retrieve(ask: Ask, id: str) -> Answer:
    """GET /articles/{id}."""
    return Answer(shown.article(ask, ask.find("article", id), single=True))


def retrieve_draft(ask: Ask, id: str) -> Answer:
    """GET /articles/{id}/draft: the article as it would be with the edits that wait; or 404.

    The address stays the live one. Source: OpenAPI 2.16, `retrieveArticleDraft`.
    """
    row = shown.due(ask.find("article", id), ask.now)
    waiting = {locale: shown.pending(content) for locale, content in row["contents"].items()}
    if not any(waiting.values()):
        raise not_found()
    return Answer(shown.article(ask, row, single=True, drafts=True))


def delete(ask: Ask, id: str) -> Answer:
    """DELETE /articles/{id}: for good; nothing can bring it back."""
    row = ask.find("article", id)
    ask.center.store.delete("article", row["id"])
    return Answer({"id": ask.id(row["id"]), "object": "article", "deleted": True})


def create(ask: Ask) -> Answer:
    """POST /articles; 200, not 201."""
    wanted = contents.wanted(ask)
    locale = ask.center.default_locale
    default = wanted.get(locale) or {}
    if not default.get("title"):
        raise missing("title is a required parameter.", "title")
    if "author_id" not in default:
        raise missing(_NO_AUTHOR)
    parents = contents.parents(ask, creating=True) or []
    id = ask.center.store.next_number("article")
    row: Row = {
        "id": id,
        "parent_ids": parents,
        "first_parent": parents[0] if parents else None,
        "default_locale": locale,
        "contents": {},
        "schedule": {},
    }
    contents.write(ask, row, {locale: default} | wanted)
    return Answer(shown.article(ask, _kept(ask, row), single=True, fresh=True))


def update(ask: Ask, id: str) -> Answer:
    """PUT /articles/{id}."""
    row = shown.due(ask.find("article", id), ask.now)
    wanted = contents.wanted(ask)
    if ask.quirk("author-restamped") and not any("author_id" in given for given in wanted.values()):
        wanted.setdefault(row["default_locale"], {})["author_id"] = ask.admin["id"]
    parents = contents.parents(ask, creating=False)
    if parents is not None:
        row["parent_ids"] = parents
    contents.write(ask, row, wanted)
    return Answer(shown.article(ask, _kept(ask, row), single=True, fresh=True))


def search(ask: Ask) -> Answer:
    """GET /articles/search: articles that hold every word of the phrase, best first."""
    page, size = ask.window(size=FOUND_PER_PAGE, highest=MOST)
    words = ask.query.get("phrase", "").lower().split()
    scored = [(_score(row, words), row) for row in _searched(ask)]
    found = [row for score, row in sorted(scored, key=_best_first) if score or not words]
    part = found[(page - 1) * size : page * size]
    articles = [shown.article(ask, row, single=False) for row in part]
    marks = [_highlight(ask, row, words) for row in part] if _asks_highlight(ask) else []
    return Answer(
        {
            "type": "list",
            "total_count": len(found),
            "data": {"articles": articles, "highlights": marks},
            "pages": ask.pages(page=page, size=size, total=len(found)),
        }
    )


def _best_first(scored: tuple[int, Row]) -> tuple[int, int]:
    return -scored[0], -scored[1]["id"]


def _asks_highlight(ask: Ask) -> bool:
    return ask.query.get("highlight", "false").lower() == "true"


def _searched(ask: Ask) -> list[Row]:
    state = ask.query.get("state", "all")
    if state not in (*STATES, "all"):
        raise invalid("state must be one of: published, draft, all", "state")
    center = ask.query.get("help_center_id")
    rows = (shown.due(row, ask.now) for row in ask.center.store.all("article"))
    return [
        row
        for row in rows
        if state in ("all", row["contents"][row["default_locale"]]["state"])
        and (center is None or center == str(ask.center.help_center_of(row["parent_ids"])["id"]))
    ]


def _score(row: Row, words: list[str]) -> int:
    content = row["contents"][row["default_locale"]]
    title, rest = content["title"].lower(), f"{content['description']} {content['body']}".lower()
    if not all(word in title or word in rest for word in words):
        return 0
    return sum(10 * title.count(word) + rest.count(word) for word in words)


def _highlight(ask: Ask, row: Row, words: list[str]) -> JSON:
    parts = [
        {"type": "highlight" if part.lower() in words else "plain", "text": part}
        for part in row["contents"][row["default_locale"]]["title"].split(" ")
    ]
    return {"article_id": str(row["id"]), "highlighted_title": parts, "highlighted_summary": []}


def _kept(ask: Ask, row: Row) -> Row:
    row["updated_at"] = row["contents"][row["default_locale"]]["updated_at"]
    ask.center.store.put("article", row)
    return row
