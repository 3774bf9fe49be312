"""Every quirk flips one thing; each test shows both sides."""

import re

import pytest

from publisher.helpcenter.quirks import QUIRKS

AUTHOR = 991267242
HEADED = '<h1 id="h_0123456789">a</h1>'
CALLOUT = '<div class="intercom-interblocks-callout"><p>a</p></div>'
NESTED = "<ul><li>a<ul><li>b</li></ul></li></ul>"
PAGE = {"title": "T", "html": "x", "locale": "en", "source_id": 101, "url": "https://a.com"}
FLIPS = {}


def flips(name):
    """Register what to look at: a function of a client that answers otherwise with the quirk."""

    def register(look):
        FLIPS[name] = look
        return look

    return register


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_flips_exactly_what_it_says(make_center, talk, name):
    look, seen = FLIPS[name], {}
    version = getattr(look, "version", "2.15")
    for quirks in ((), (name,)):
        center = make_center(*quirks, locales=("en", "fr", "de"))
        seen[quirks] = look(talk(center, version), center)
    assert (seen[()], seen[(name,)]) == look.expected


def told(normally, with_quirk, version="2.15"):
    """Say what a look shows without and with the quirk."""

    def mark(look):
        look.expected, look.version = (normally, with_quirk), version
        return look

    return mark


def body_of(html):
    """Return a look at what becomes of a body."""
    return lambda api, center: re.sub(r"h_[0-9a-f]{10}", "h_", api.article(body=html)["body"])


def bodies(name, html, normally, with_quirk):
    flips(name)(told(normally, with_quirk)(body_of(html)))


bodies(
    "code-newlines-lost",
    "<pre><code>a\nb</code></pre>",
    "<pre><code>a\nb</code></pre>",
    "<pre><code>ab</code></pre>",
)
bodies(
    "h3-flattened",
    "<h1>a</h1><h2>b</h2><h3>c</h3>",
    '<h1 id="h_">a</h1><h2 id="h_">b</h2><h3 id="h_">c</h3>',
    '<h1 id="h_">a</h1><h2 id="h_">b</h2><h2 id="h_">c</h2>',
)
bodies(
    "nested-lists-flattened",
    NESTED,
    '<ul><li><p class="no-margin">a</p><ul><li><p class="no-margin">b</p></li></ul></li></ul>',
    '<ul><li><p class="no-margin">a</p></li><li><p class="no-margin">b</p></li></ul>',
)
bodies(
    "divs-to-paragraphs",
    CALLOUT,
    '<div class="intercom-interblocks-callout" style="background-color: #e8e8e880; '
    'border-color: #73737633;"><p class="no-margin">a</p></div>',
    '<p class="no-margin">a</p>',
)
bodies(
    "details-unwrapped",
    "<details><summary>a</summary><hr></details>",
    '<details><summary><h2>a</h2></summary><div class="collapsible-section-content"><hr></div>'
    "</details>",
    '<p class="no-margin">a</p><hr>',
)


@flips("nested-lists-refused")
@told(200, 400)
def _(api, center):
    body = {"title": "x", "author_id": AUTHOR, "body": NESTED}
    return api.http.post("/articles", json=body).status_code


@flips("heading-ids-replaced")
@told((True, True), (False, True))
def _(api, center):
    first = api.article(body=HEADED)["body"]
    again = api.put("/articles/101", body=first + "<p>x</p>")["body"]
    return first == HEADED, again.startswith(first)


@flips("image-sizes-late")
@told((False, False), (False, True))
def _(api, center):
    first = api.article(body='<img src="https://a.com/i.png">')["body"]
    return "width=" in first, "width=" in api.get("/articles/101")["body"]


@flips("images-not-copied")
@told("downloads.intercomcdn.com", "a.com")
def _(api, center):
    body = api.article(body='<img src="https://a.com/i.png?v=1">')["body"]
    return re.search(r'src="https://([^/]+)/', body)[1]


@flips("image-cache-by-name")
@told(2, 1)
def _(api, center):
    body = '<img src="https://a.com/x/i.png"><img src="https://a.com/y/i.png">'
    return len(set(re.findall(r'src="([^?]+)', api.article(body=body)["body"])))


@flips("default-locale-listed")
@told({"type", "fr"}, {"type", "en", "fr"})
def _(api, center):
    return set(api.article(translated_content={"fr": {"title": "A"}})["translated_content"])


@flips("single-language")
@told(True, False)
def _(api, center):
    return "translated_content" in api.article()


@flips("parent-ids-empty")
@told((101, [101]), (101, []))
def _(api, center):
    api.collection()
    seen = api.article(parent_id=101, parent_type="collection")
    return seen["parent_id"], seen["parent_ids"]


@flips("parent-id-stale")
@told((102, [102]), (101, [102]))
def _(api, center):
    api.collection(), api.collection()
    api.article(parent_id=101, parent_type="collection")
    seen = api.put("/articles/101", parent_id="102", parent_type="collection")
    return seen["parent_id"], seen["parent_ids"]


@flips("null-parent-unparents")
@told(101, None)
def _(api, center):
    api.collection()
    api.article(parent_id=101, parent_type="collection")
    return api.put("/articles/101", parent_id=None)["parent_id"]


@flips("loose-ids")
@told(400, 200)
def _(api, center):
    return api.http.post("/articles", json={"title": "x", "author_id": str(AUTHOR)}).status_code


@flips("author-restamped")
@told(991267249, AUTHOR)
def _(api, center):
    api.post("/articles", title="x", author_id=991267249)
    return api.put("/articles/101", title="y")["author_id"]


@flips("new-locale-published")
@told("draft", "published")
def _(api, center):
    return api.article(translated_content={"fr": {"title": "A"}})["translated_content"]["fr"][
        "state"
    ]


@flips("translated-default-wins")
@told(("Top", "Top"), ("Inner", "Inner"))
def _(api, center):
    article = api.article("Top", translated_content={"en": {"title": "Inner"}})
    shelf = api.collection("Top", translated_content={"en": {"name": "Inner"}})
    return article["title"], shelf["name"]


@flips("null-locale-deletes")
@told((True, True), (False, False))
def _(api, center):
    api.article(translated_content={"fr": {"title": "A"}})
    api.collection(translated_content={"fr": {"name": "A"}})
    article = api.put("/articles/101", translated_content={"fr": None})
    shelf = api.put("/help_center/collections/101", translated_content={"fr": None})
    return "fr" in article["translated_content"], "fr" in shelf["translated_content"]


@flips("ids-as-integers")
@told(("101", "101"), (101, 101))
def _(api, center):
    return api.article()["id"], api.collection()["id"]


@flips("null-descriptions")
@told(("", ""), (None, None))
def _(api, center):
    return api.article()["description"], api.collection()["description"]


@flips("collection-type-absent")
@told(True, False, "2.9")
def _(api, center):
    return "type" in api.collection()


@flips("collection-type-present")
@told(False, True, "2.10")
def _(api, center):
    return "type" in api.collection()


@flips("collection-parent-reset")
@told("101", None)
def _(api, center):
    api.collection()
    api.collection(parent_id="101")
    return api.put("/help_center/collections/102", name="x")["parent_id"]


@flips("collection-delete-cascades")
@told(1, 0)
def _(api, center):
    api.collection()
    api.article(parent_id=101, parent_type="collection")
    api.delete("/help_center/collections/101")
    return len(center.rows("article"))


@flips("collection-delete-refused")
@told(200, 400)
def _(api, center):
    api.collection()
    api.collection(parent_id="101")
    return api.http.delete("/help_center/collections/101").status_code


@flips("icon-ignored")
@told("star", "book-bookmark")
def _(api, center):
    return api.collection(icon="star")["icon"]


def sections(api):
    api.collection()
    api.post("/help_center/sections", name="x", parent_id=101)
    listed = api.get("/help_center/sections")["data"][0]
    return listed["parent_id"], api.put(f"/help_center/sections/{listed['id']}")["parent_id"]


@flips("section-parent-integers")
@told((101, "101"), (101, 101), "2.9")
def _(api, center):
    return sections(api)


@flips("section-parent-strings")
@told((101, "101"), ("101", "101"), "2.9")
def _(api, center):
    return sections(api)


@flips("section-ids-apart")
@told(("102", 102), ("902", 902), "2.9")
def _(api, center):
    sections(api)
    section = api.get("/help_center/sections")["data"][0]["id"]
    return section, api.article(parent_id=int(section), parent_type="section")["parent_id"]


def next_pages(api):
    api.article(), api.article()
    pages = [api.get("/articles", per_page=1, page=page)["pages"] for page in (1, 2)]
    return [page.get("next", "absent") for page in pages]


@flips("next-cursor-object")
@told(
    ["http://here.test/articles?per_page=1&page=2", "absent"],
    [{"per_page": 1, "starting_after": "cursor-2"}, "absent"],
)
def _(api, center):
    return next_pages(api)


@flips("next-null")
@told("absent", None)
def _(api, center):
    return next_pages(api)[1]


def page_in(api, locale):
    return api.http.post(
        "/ai/external_pages", json={**PAGE, "locale": locale, "external_id": "a"}
    ).status_code


@flips("page-locale-en-only")
@told(200, 400, "2.17")
def _(api, center):
    api.source()
    return page_in(api, "fr")


@flips("page-locales-everywhere")
@told(400, 200, "2.12")
def _(api, center):
    api.source()
    return page_in(api, "fr")


@flips("page-flags-default-false")
@told(True, False)
def _(api, center):
    return api.page(api.source())["ai_agent_availability"]


@flips("page-flags-reset")
@told(False, True)
def _(api, center):
    api.page(api.source(), ai_agent_availability=False)
    return api.put("/ai/external_pages/101", **PAGE)["ai_agent_availability"]


@flips("pages-deleted-softly")
@told(([], "102"), ([""], "101"))
def _(api, center):
    api.page(api.source())
    api.delete("/ai/external_pages/101")
    listed = [row["html"] for row in api.get("/ai/external_pages")["data"]]
    return listed, api.page(101)["id"]


@flips("source-status-reset")
@told("deactivated", "active")
def _(api, center):
    api.source()
    body = {"sync_behavior": "api", "url": "https://a.com"}
    api.put("/ai/content_import_sources/101", status="deactivated", **body)
    return api.put("/ai/content_import_sources/101", **body)["status"]
