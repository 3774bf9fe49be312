"""Everything the help center answers fits what each version documents.

The same session is played in every version. Two witnesses look at the answers: our own
table (exactly these fields, of these types), and Intercom's OpenAPI files, where the
folder with them stands beside the checkout.
"""

import re
from pathlib import Path

import httpx
import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.versions import NUMBERED
from tests.contract import table

OPENAPI = Path(__file__).resolve().parents[2].parent / "shared" / "openapi"
AUTHOR = 991267242
VERSIONS = (*NUMBERED, "Preview")
BODY = '<h2>A</h2><p>b</p><img src="https://e.com/i.png">'
PAGE = {"title": "T", "html": "<p>x</p>", "locale": "en", "source_id": 101, "external_id": "a"}
PAGE |= {"url": "https://a.com/x"}


def play(version):
    """Play the session; yields (method, path, status, JSON or None) of every answer."""
    centers = [{"identifier": "acme", "name": "Acme"}, {"identifier": "pro", "name": "Pro"}]
    center = HelpCenter(locales=("en", "fr"), help_centers=centers)
    headers = {"Authorization": "Bearer x", "Accept": "application/json"}
    app = httpx.WSGITransport(app=center)
    with httpx.Client(transport=app, base_url="http://here.test") as http:
        http.headers = {**headers, "Intercom-Version": version}
        for method, path, body in script(version):
            reply = http.request(method, path, json=body)
            yield method, path, reply.status_code, reply.json() if reply.content else None
        http.headers = {"Accept": "application/json", "Intercom-Version": version}
        reply = http.get("/articles")
        yield "GET", "/articles", reply.status_code, reply.json()
    center.close()


def script(version):
    """Return the requests of the session, good ones and bad ones."""
    french = {"fr": {"title": "A", "body": "b", "state": "published"}}
    placed = {"parent_id": 101, "parent_type": "collection", "translated_content": french}
    yield from [("GET", path, None) for path in ("/me", "/admins", "/admins/991267242")]
    yield "GET", "/admins/1", None
    yield "GET", "/help_center/help_centers", None
    yield "GET", "/help_center/help_centers/101", None
    yield "GET", "/help_center/help_centers/1", None
    yield (
        "POST",
        "/help_center/collections",
        {"name": "A", "translated_content": {"fr": {"name": "B"}}},
    )
    yield "POST", "/help_center/collections", {"description": "no name"}
    yield from second_level(version)
    yield "GET", "/help_center/collections", None
    yield "GET", "/help_center/collections/101", None
    yield "PUT", "/help_center/collections/101", {"name": "C", "description": "d"}
    yield "POST", "/articles", {"title": "A", "author_id": AUTHOR, "body": BODY, **placed}
    yield "POST", "/articles", {"title": "B", "author_id": AUTHOR, "state": "published"}
    yield "POST", "/articles", {"title": "no author"}
    yield "GET", "/articles", None
    yield "GET", "/articles?per_page=1", None
    yield "GET", "/articles/101", None
    yield "GET", "/articles/999", None
    yield "PUT", "/articles/101", {"state": "published"}
    yield "DELETE", "/articles/102", None
    if version not in ("2.7", "2.8", "2.9"):
        yield "GET", "/articles/search?phrase=a&highlight=true", None
    if version not in ("2.7", "2.8", "2.9", "2.10", "2.11"):
        yield from fin()
    yield "DELETE", "/help_center/collections/101", None
    yield "DELETE", "/help_center/collections/101", None


def second_level(version):
    if version not in ("2.7", "2.8", "2.9"):
        yield "POST", "/help_center/collections", {"name": "Sub", "parent_id": "101"}
        return
    sections = "/help_center/sections"
    yield "POST", sections, {"name": "Sub", "parent_id": 101}
    yield "GET", sections, None
    yield "GET", f"{sections}/102", None
    yield "PUT", f"{sections}/102", {"name": "Other"}
    yield "DELETE", f"{sections}/102", None


def fin():
    sources, pages = "/ai/content_import_sources", "/ai/external_pages"
    source = {"sync_behavior": "api", "url": "https://example.com", "status": "active"}
    yield "POST", sources, source
    yield "PUT", f"{sources}/101", source
    yield "GET", sources, None
    yield "GET", f"{sources}/101", None
    yield "POST", pages, PAGE
    yield "GET", pages, None
    yield "GET", f"{pages}/101", None
    yield "PUT", f"{pages}/101", PAGE
    yield "DELETE", f"{pages}/101", None
    yield "DELETE", f"{sources}/101", None


ONE = {
    "/me": table.ME,
    "/admins": table.ADMIN,
    "/articles": table.ARTICLE,
    "/help_center/help_centers": table.HELP_CENTER,
    "/help_center/collections": table.COLLECTION,
    "/help_center/sections": table.SECTION,
    "/ai/content_import_sources": table.SOURCE,
    "/ai/external_pages": table.PAGE,
}


def expected(method, path, status):
    """Return the table of an answer, and of the rows in it where it is a list."""
    place = path.partition("?")[0]
    room = next(room for room in sorted(ONE, key=len, reverse=True) if place.startswith(room))
    if status >= 400:
        return table.ERROR, None
    if method == "DELETE":
        return (table.PAGE if room == "/ai/external_pages" else table.DELETED), None
    if place == "/admins":
        return table.ADMINS, table.ADMIN
    if place == "/help_center/help_centers":
        return table.PLAIN_LIST, table.HELP_CENTER
    if method == "GET" and place in (*ONE, "/articles/search") and place != "/me":
        return table.LIST, table.ROW if room == "/articles" else ONE[room]
    return ONE[room], None


def rows_of(answer):
    rows = answer.get("data", answer.get("admins"))
    return rows["articles"] if isinstance(rows, dict) else rows


@pytest.mark.parametrize("version", VERSIONS)
def test_what_it_answers_fits_our_own_table(version):
    seen = set()
    for method, path, status, answer in play(version):
        seen.add((method, status))
        if status == 204:
            continue
        whole, row = expected(method, path, status)
        assert table.misfits(whole, version, answer) == [], (method, path)
        for each in rows_of(answer) if row else []:
            assert table.misfits(row, version, each) == [], (method, path)
        for each in (answer, *(rows_of(answer) if row else [])):
            assert parts_of(version, each) == [], (method, path)
    assert {("GET", 200), ("POST", 200), ("PUT", 200), ("POST", 400), ("GET", 401)} <= seen


def parts_of(version, answer):
    """Return what does not fit inside an answer: pages, statistics, translations of articles."""
    known = {"pages": table.PAGES, "statistics": table.STATISTICS}
    faults = [
        fault
        for name, inner in known.items()
        if name in answer
        for fault in table.misfits(inner, version, answer[name])
    ]
    if answer.get("type") == "article":
        translations = dict(answer["translated_content"])
        assert translations.pop("type") == "article_translated_content"
        for content in translations.values():
            faults += table.misfits(table.CONTENT, version, content)
    return faults


@pytest.mark.parametrize("path", sorted(OPENAPI.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_it_answers_fits_intercoms_own_description(path):
    version = "Preview" if path.stem == "preview" else path.stem
    document = mended(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), version)
    checked = 0
    for method, address, status, answer in play(version):
        schema = described(document, method, address.partition("?")[0], status)
        if schema is None:
            continue
        whole = {"allOf": [schema], "components": document["components"]}
        faults = [
            f"{list(fault.absolute_path)}: {fault.message}"
            for fault in OAS30Validator(whole).iter_errors(answer)
        ]
        assert faults == [], (method, address)
        checked += 1
    assert checked >= 18


def described(document, method, address, status):
    """Return the schema of an answer, or None where the file does not describe that status."""
    for route, verbs in document["paths"].items():
        pattern = re.sub(r"\{\w+\}", r"\\d+", route)
        if re.fullmatch(pattern, address) and method.lower() in verbs:
            content = verbs[method.lower()]["responses"].get(str(status), {}).get("content", {})
            return content.get("application/json", {}).get("schema")
    raise AssertionError(f"{method} {address} is not in the file")


def mended(document, version):
    """Mend what is known to be wrong in the files, and nothing else.

    `pages.next` is typed as a cursor everywhere, though a URL arrives; the url of a
    translation never published is null like that of its article; 2.11 requires too much
    and forgot what may be null.
    """
    schemas = document["components"]["schemas"]
    schemas["cursor_pages"]["properties"]["next"] = {"type": "string", "nullable": True}
    schemas["article_content"]["properties"]["url"]["nullable"] = True
    if version == "2.11":
        for schema in schemas.values():
            schema.pop("required", None)
            for field in schema.get("properties", {}).values():
                field["nullable"] = True
    return document
