"""The preview's pages: always what the files say, and a banner where a file says nothing."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace

import httpx
import pytest

from publisher.errors import PublisherError
from publisher.helpcenter import StoreError
from publisher.model import Key, Ref, RemoteId
from publisher.preview import former
from publisher.preview.app import app
from tests.often import every_day
from tests.preview.room import BROKEN, Listener, room


@pytest.fixture
def shown(tmp_path):
    with room(tmp_path) as opened:
        opened.page("/en/")
        yield opened


@pytest.fixture
def editing(tmp_path):
    with room(tmp_path / "edited", top='editor = "vscode"\n') as opened:
        opened.page("/en/")
        yield opened


def banners(page):
    inside = page.partition('<div id="writer-banners"')[2].partition("<main")[0]
    return re.findall(r"<h2>(.*?)</h2>", inside)


def bar(page):
    return page.partition('<footer id="writer-bar"')[2].partition("</footer>")[0]


# What the files say --------------------------------------------------------------------------


def test_the_first_request_after_a_save_shows_it(shown):
    for days in range(15, 25):
        shown.write("en/billing/refunds.md", f"---\ntitle: Refunds\n---\nWithin {days} days.\n")
        assert f"Within {days} days." in shown.page(shown.at("Refunds"))


def test_drafts_are_shown_and_the_bar_says_so(shown):
    page = shown.page(shown.at("Invoices"))
    assert "Every month." in page
    assert 'data-badge="draft">draft<' in bar(page)
    assert 'data-badge="published"' in bar(shown.page(shown.at("Refunds")))


def test_articles_stand_in_the_order_that_the_files_give_them(shown):
    for name, order in (("invoices", 1), ("refunds", 2)):
        shown.write(f"en/billing/{name}.md", f"---\ntitle: {name}\norder: {order}\n---\nText.\n")
    id = next(iter(shown.preview.center.rows("collection")))["id"]
    page = shown.page(f"/en/collections/{id}")
    assert page.index(">invoices<") < page.index(">refunds<")
    shown.write("en/billing/refunds.md", "---\ntitle: refunds\norder: 0\n---\nText.\n")
    page = shown.page(f"/en/collections/{id}")
    assert page.index(">refunds<") < page.index(">invoices<")


def test_a_page_that_has_moved_is_found_at_its_new_address(shown):
    old = shown.followed(shown.at("Refunds")).text
    assert "Refunds" in old
    shown.write("en/billing/refunds.md", "---\ntitle: Money back\n---\nText.\n")
    answer = shown.get(f"{shown.at('Refunds')}-refunds")
    assert answer.status == 302
    assert answer.headers["location"].endswith("-money-back")


def test_the_bar_names_the_file_and_counts_what_was_found_in_it(shown):
    text = "---\ntitle: Remboursements\n---\nSous 14 jours.\n\n## Comment\n\nÉcrivez-nous.\n"
    shown.write("fr/billing/refunds.md", text)
    page = bar(shown.page(shown.at("Refunds", "fr")))
    assert "fr/billing/refunds.md" in page
    assert "0 findings" in page
    shown.write("fr/billing/refunds.md", f"{text}\n![x](nowhere.png)\n")
    assert "2 findings<" in bar(shown.page(shown.at("Refunds", "fr")))
    assert re.search(r"[1-9]\d* findings? in all", bar(shown.page("/en/")))


def test_places_in_files_open_the_editor_where_one_is_configured(editing, shown):
    editing.write("en/billing/refunds.md", BROKEN)
    page = editing.page(editing.at("Refunds"))
    file = (editing.folder / "content" / "en" / "billing" / "refunds.md").as_posix()
    assert f'href="vscode://file{file}:1"' in bar(page)
    shown.write("en/billing/refunds.md", BROKEN)
    assert "vscode:" not in shown.page(shown.at("Refunds"))


def test_the_panel_opens_without_a_script(shown):
    path = f"{shown.at('Refunds')}-refunds"
    assert 'id="writer-panel"' in shown.page(path)
    assert "data-tab=" in shown.page(f"{path}?panel=source")
    page = shown.page(f"{path}?panel=source").partition('id="writer-content"')[2]
    assert 'data-tab="source"' in page


def test_the_panel_is_a_fragment_that_nobody_keeps(shown):
    id = shown.at("Refunds").rpartition("/")[2]
    answer = shown.get(f"/-/panel/article/{id}?locale=fr&tab=locales")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.lstrip().startswith("<section")
    for path in ("/-/panel/article/9999", "/-/panel/nothing/1", "/-/panel/article/"):
        assert shown.get(path).status == 404


def test_the_plan_page_is_there(shown):
    answer = shown.get("/-/plan")
    assert answer.status == 200
    assert "<html" in answer.text


def test_the_plan_page_says_from_where_on_it_has_to_hear_of_changes(shown):
    epoch, run = re.search(r'data-epoch="(\d+)" data-run="(\w+)"', shown.page("/-/plan")).groups()
    shown.write("en/billing/refunds.md", "---\ntitle: Refunds\n---\nMended.\n")
    shown.page("/en/")
    listener = Listener(shown, f"?epoch={epoch}&run={run}")
    try:
        (update,) = listener.wait_for(1)
        assert update["epoch"] == int(epoch) + 1
    finally:
        listener.close()


def test_a_page_can_be_seen_as_wide_as_a_phone(shown):
    link = re.search(r'href="(/-/frame\?width=390[^"]*)"', shown.page(shown.at("Refunds")))
    answer = shown.get(link[1].replace("&amp;", "&"))
    assert answer.status == 200
    assert 'width="390"' in answer.text
    assert "frame-src 'self'" in answer.headers["content-security-policy"]
    inside = shown.get("/en/", Sec_Fetch_Dest="iframe", Sec_Fetch_Site="same-origin")
    assert " hidden>" in inside.text.partition('id="writer-bar"')[2].partition("\n")[0]


def test_asking_again_for_what_has_not_changed_costs_no_page(shown):
    first = shown.get("/en/")
    again = shown.get("/en/", If_None_Match=first.headers["etag"])
    assert again.status == 304


# What is wrong -------------------------------------------------------------------------------


def test_a_file_that_does_not_parse_keeps_its_last_good_page_under_a_banner(shown):
    shown.write("en/billing/refunds.md", BROKEN)
    page = shown.page(shown.at("Refunds"))
    assert banners(page) == ["This file cannot be shown as it is; this is its last good page."]
    assert "Within 14 days." in page
    assert re.search(r"content/en/billing/refunds\.md:\d+", page)
    assert "last good page" in bar(page)
    assert banners(shown.page(shown.at("Invoices"))) == []
    assert banners(shown.page("/en/")) == ["1 file cannot be shown as it is."]
    shown.write("en/billing/refunds.md", "---\ntitle: Refunds\n---\nMended.\n")
    page = shown.page(shown.at("Refunds"))
    assert banners(page) == []
    assert "Mended." in page


def test_everything_else_stays_current_while_a_file_is_broken(shown):
    shown.write("en/billing/refunds.md", BROKEN)
    shown.write("en/billing/invoices.md", "---\ntitle: Invoices\n---\nEvery week.\n")
    assert "Every week." in shown.page(shown.at("Invoices"))


def test_a_file_that_never_had_a_page_is_listed_on_home(shown):
    shown.write("en/billing/new.md", BROKEN)
    page = shown.page("/en/")
    assert banners(page) == ["1 file cannot be shown as it is."]
    assert "content/en/billing/new.md:" in page
    assert "findings in all" in bar(page) or "finding in all" in bar(page)


def test_what_a_file_says_is_escaped_in_its_banner(shown):
    shown.write("en/billing/<b>x.md", "---\ntitle: [<script>alert(1)</script>\n---\n")
    page = shown.page("/en/")
    assert banners(page)
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_a_trouble_of_the_whole_preview_shows_on_every_page(shown):
    troubled = replace(shown.preview.state, trouble="The disk is full.", epoch=99)
    with browser(app(Standing(shown.preview, troubled))) as http:
        for path in ("/en/", shown.at("Invoices")):
            page = http.get(path, follow_redirects=True).text
            assert banners(page) == ["The preview could not follow the files."]
            assert "The disk is full." in page


class Standing:
    """A preview that stands in a state."""

    def __init__(self, preview, state):
        self._preview, self.state = preview, state

    def __getattr__(self, name):
        return getattr(self._preview, name)

    def refresh(self):
        return self.state


def browser(made):
    return httpx.Client(transport=httpx.WSGITransport(app=made), base_url="http://localhost")


@pytest.mark.parametrize(
    "happens",
    every_day(
        6,
        [
            lambda folder: shutil.rmtree(folder / "content"),
            lambda folder: (folder / "content").rename(folder / "elsewhere"),
            lambda folder: (folder / "content" / "en" / "billing" / "refunds.md").unlink(),
            lambda folder: (folder / "content" / "en" / "billing").rename(
                folder / "content/en/money"
            ),
            lambda folder: (folder / "content" / "en" / "billing" / "refunds.md").chmod(0),
            lambda folder: (folder / "content" / "en").chmod(0),
            lambda folder: (folder / "content" / "en" / "x.md").mkdir(),
            lambda folder: (folder / "content" / "en" / "x.md").symlink_to("/etc/passwd"),
            lambda folder: (folder / "content" / "en" / "x.md").symlink_to("x.md"),
            lambda folder: (folder / "content" / "en" / "x.md").write_bytes(b"\xff\xfe\x00---"),
            lambda folder: (folder / "content" / "en" / "x.md").write_bytes(b"\0" * 9_000_000),
            lambda folder: os.mkfifo(folder / "content" / "en" / "x.md"),
            lambda folder: (folder / ".publisherignore").write_text("*\n"),
            lambda folder: shutil.rmtree(folder / ".publisher" / "cache"),
        ],
    ),
)
def test_whatever_happens_on_disk_a_page_is_answered_and_the_next_save_is_shown(shown, happens):
    happens(shown.folder)
    answer = shown.followed("/en/")
    assert answer.status == 200
    assert "Traceback" not in answer.text
    for path in (shown.folder / "content", shown.folder / "content" / "en"):
        if path.exists():
            path.chmod(0o755)
    (shown.folder / ".publisherignore").unlink(missing_ok=True)
    refunds = shown.folder / "content" / "en" / "billing" / "refunds.md"
    if refunds.exists():
        refunds.chmod(0o644)
    shown.write("en/billing/refunds.md", "---\ntitle: Back again\n---\nWithin a year.\n")
    shown.page("/en/")
    assert "Within a year." in shown.page(shown.at("Back again"))
    assert shown.faults == []


class Failing:
    """A preview whose looks fail, as a bug of ours would make them."""

    def __init__(self, preview, error):
        self._preview, self.error = preview, error

    def __getattr__(self, name):
        return getattr(self._preview, name)

    def refresh(self):
        if self.error:
            raise self.error
        return self._preview.refresh()


ERRORS = [KeyError("x"), PublisherError("It is late."), StoreError("The disk is full."), OSError(5)]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_ours_is_a_sentence_and_the_next_request_tries_again(shown, error):
    failing = Failing(shown.preview, error)
    made = app(failing)
    said = []
    made.fault = said.append
    with browser(made) as http:
        answer = http.get("/en/")
        assert answer.status_code == 500
        assert "Traceback" not in answer.text
        assert "This cannot be shown now" in answer.text
        assert len(said) == (0 if isinstance(error, PublisherError | StoreError) else 1)
        assert not isinstance(error, StoreError) or ">The disk is full. The next" in answer.text
        failing.error = None
        assert http.get("/en/").status_code == 200


def test_a_page_whose_file_is_gone_while_its_translation_stays_says_why_it_is_still_there(shown):
    (shown.folder / "content" / "en" / "billing" / "refunds.md").unlink()
    page = shown.page(shown.at("Refunds"))
    assert banners(page) == ["Its file is gone; the page stays until everything can be read again."]
    assert re.search(r"content/fr/billing/refunds\.md:\d+", page)
    assert "1 finding<" in bar(page)
    assert "last good page" in bar(page)
    id = shown.at("Refunds").rpartition("/")[2]
    panel = shown.get(f"/-/panel/article/{id}").text
    assert "Its file is gone" in panel
    assert "content/fr/billing/refunds.md" in panel
    (shown.folder / "content" / "fr" / "billing" / "refunds.md").unlink()
    assert shown.get(f"/en/articles/{id}").status == 404


@pytest.mark.parametrize(
    ("path", "method"), [("/-/nothing", "GET"), ("/-/static/x.css", "GET"), ("/en/", "POST")]
)
def test_what_is_not_there_is_said_in_a_sentence_of_ours(shown, path, method):
    answer = shown.get(path, method)
    assert answer.status in (404, 405)
    assert "The preview" in answer.text or "in the preview." in answer.text
    assert "URL" not in answer.text


# What was taken away and is back -----------------------------------------------------------------


def test_an_open_page_finds_its_article_again_after_a_branch_was_left_and_came_back(shown):
    files = [shown.folder / "content" / lang / "billing" / "refunds.md" for lang in ("en", "fr")]
    old, texts = shown.followed(shown.at("Refunds")), [path.read_text() for path in files]
    assert old.status == 200
    address = f"{shown.at('Refunds')}-refunds"
    for path in files:
        path.unlink()
    assert shown.get(address).status == 404
    for path, text in zip(files, texts, strict=True):
        path.write_text(text)
    answer = shown.get(f"{address}?panel=source")
    assert answer.status == 302
    assert answer.headers["location"] == f"{shown.at('Refunds')}?panel=source"
    assert shown.at("Refunds") != address.removesuffix("-refunds")
    assert "Within 14 days." in shown.page(address)
    assert shown.get(address.replace("/en/articles", "/-/panel/article")[:-8]).status == 200
    assert shown.get("/en/articles/99999-refunds").status == 404


def test_of_what_was_taken_away_only_so_much_is_remembered(shown):
    state = shown.preview.state
    things = {("page", RemoteId(str(n))): Ref("page", Key(f"p{n}")) for n in range(2005)}
    here = {ref: RemoteId(f"9{id}") for (_, id), ref in things.items()}
    known = former.Former()
    known.learn(replace(state, refs=things), replace(state, refs={}))
    now = replace(state, refs={}, ids=here)
    assert known.address(now, "/fin/4") is None
    assert known.address(now, "/fin/5") == "/fin/95"
    assert known.address(replace(now, refs=things), "/fin/5") is None


# For files -----------------------------------------------------------------------------------


def test_pages_that_become_files_ask_no_server_and_name_no_machine(editing):
    made = app(editing.preview, live=False)
    editing.write("en/billing/invoices.md", BROKEN)
    made.look()
    with browser(made) as http:
        pages = [http.get(path, follow_redirects=True) for path in ("/en/", editing.at("Invoices"))]
        for page in pages:
            assert page.status_code == 200
            assert "preview.js" not in page.text
            assert "panel" not in page.text
            assert "data-epoch" not in page.text
            assert "vscode:" not in page.text
            assert editing.folder.as_posix() not in page.text
            assert "/-/plan" in page.text
        assert banners(pages[1].text)
        for path in ("/-/events", "/-/panel/article/1", "/-/frame?width=390&to=/en/"):
            assert http.get(path).status_code == 404


def test_whoever_comes_while_a_large_site_is_being_made_is_told_how_far_it_is(shown):
    shown.app._shown = None
    shown.preview.progress = (3, 8)
    with shown.app._turn:
        answer = shown.get("/en/")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "3 of about 8 steps are done" in answer.text
    assert shown.get("/en/").status == 200
