"""The plan page: the real plan of a real folder for a help center that is never written to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from publisher import config as configs
from publisher.preview.plan_page import TEXTS, plan_page
from publisher.workflow.previews import forecasting, previewing
from tests.often import every_day
from tests.world import SMALL, TOKEN, world

PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\nIDATx\x9cc\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)
EXTRA = {f"en/orders/extra-{n}.md": f"---\ntitle: Extra {n}\n---\nText {n}.\n" for n in range(4)}


class Door:
    """The production's front door: it can be shut for a while, and knows how many came in."""

    def __init__(self, center):
        self.center, self.open, self.came = center, threading.Event(), 0
        self.open.set()

    def __call__(self, environ, start_response):
        self.came += 1
        self.open.wait(20)
        return self.center(environ, start_response)


@pytest.fixture
def story(tmp_path, monkeypatch):
    """A small site, published to a production called `live`."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path, wrap=Door) as made:
        made.write({**SMALL, **EXTRA})
        made.configure(top='editor = "vscode"')
        made.apply()
        yield made


@contextmanager
def previewed(story):
    """Open the real preview of the folder; production must come out of it unwritten."""
    written = len(story.writes)
    with previewing.opened(configs.load(story.folder), port=8010) as preview:
        preview.refresh()
        yield preview
    assert len(story.writes) == written


def page_of(preview, **asked):
    """The page as its reader finds it once the plan is made."""
    asked = {"target": "live", **asked}
    forecasting.at_hand(preview, asked["target"], patience=None)
    return LexborHTMLParser(plan_page(preview, **asked))


def page(story, **asked):
    with previewed(story) as preview:
        return page_of(preview, **asked)


def said(node) -> str:
    return " ".join(node.text().split())


def refs(html, *, shown: bool = True) -> list[str]:
    cards = html.css(".change")
    return [c.attributes["data-ref"] for c in cards if ("hidden" not in c.attributes) or not shown]


def card(html, ref: str):
    return next(c for c in html.css(".change") if c.attributes["data-ref"] == ref)


# What it says --------------------------------------------------------------------------------


def test_a_change_says_what_happens_where_and_in_which_words(story):
    story.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    html = page(story)
    change = card(html, "article:billing/refunds")
    assert "~ update" in said(change.css_first("h3"))
    assert "the English body changed" in said(change)
    assert "readers see it at once" in said(change)
    assert said(change.css_first(".minus b")) == "14"
    assert said(change.css_first(".plus b")) == "30"
    place = change.css_first("a.place")
    assert said(place) == "content/en/billing/refunds.md:5"
    assert place.attributes["href"].startswith("vscode://file/")
    assert unquote(place.attributes["href"]).endswith("/content/en/billing/refunds.md:5")


def test_the_heading_names_target_workspace_and_help_center(story):
    html = page(story)
    assert said(html.css_first("h1")) == "What an apply to live would do"
    assert story.center.workspace_id in said(html.css_first(".heading-line"))
    assert "Acme Help" in said(html.css_first(".heading-line"))


def test_where_nothing_is_to_do_it_says_so(story):
    html = page(story)
    assert said(html.css_first(".verdict")) == "Nothing to do."
    assert "Nothing here would be sent." in said(html.body)
    assert not refs(html)


def test_before_and_after_stand_side_by_side_as_readers_see_them(story):
    story.edit("en/billing/refunds.md", "Within 14 days", "Within **30** days")
    html = page(story)
    before, after = card(html, "article:billing/refunds").css(".side .body")
    assert "14 days" in said(before)
    assert said(after.css_first("b, strong")) == "30"
    assert not html.css(".body [id]"), "the same id on both sides would be there twice"


def test_links_in_the_texts_lead_to_pages_of_the_preview(story):
    story.edit("fr/billing/refunds.md", "Sous 14 jours", "Sous 30 jours")
    with previewed(story) as preview:
        html = page_of(preview)
        ids = {ref.key: id_ for ref, id_ in preview.state.ids.items() if ref.kind == "article"}
    for side in card(html, "article:billing/refunds").css(".side .body"):
        href = side.css_first("a").attributes["href"]
        assert href.startswith(f"/en/articles/{ids['orders/cancel']}#"), "it is not in French"
    title = card(html, "article:billing/refunds").css_first("h3 a")
    assert title.attributes["href"] == f"/fr/articles/{ids['billing/refunds']}"


def test_no_link_in_a_text_leads_to_a_heading_that_is_not_on_this_page(story):
    text = "---\ntitle: Refunds\n---\nGo to [how](#how).\n\n## How\n\nWrite.\n"
    story.write({"en/billing/refunds.md": text})
    html = page(story)
    _, after = card(html, "article:billing/refunds").css(".side .body")
    assert "Go to how." in said(after)
    assert not html.css('.body a[href^="#"]')


def test_a_link_to_what_has_no_page_here_is_marked_and_is_no_link(story):
    story.edit("en/orders/cancel.md", "## Fees", "Or [so](extra-1.md).\n\n## Fees")
    story.apply()
    story.edit("en/orders/cancel.md", "Or [so](extra-1.md).\n\n", "")
    story.remove("en/orders/extra-1.md")
    html = page(story)
    before = card(html, "article:orders/cancel").css(".side .body")[0]
    assert said(before.css_first(".nowhere")).startswith("so")
    assert "orders/extra-1" in before.css_first(".nowhere").attributes["title"]
    assert not before.css('a[href*="nowhere.invalid"]')


def test_images_are_shown_from_the_preview_and_others_are_named(story):
    story.configure(assets_url="https://img.example.com/{name}")
    story.write({"en/orders/a plan.png": PIXEL, "en/orders/old.png": PIXEL + b"old"})
    story.edit("en/orders/cancel.md", "## Fees", "![Old](old.png)\n\n## Fees")
    story.apply()
    story.edit("en/orders/cancel.md", "![Old](old.png)", "![Plan](<a plan.png>)")
    html = page(story)
    before, after = card(html, "article:orders/cancel").css(".side .body")
    assert "image old." in said(before.css_first("mark.absent"))
    assert after.css_first("img").attributes["src"].startswith("/cdn/i/o/")


def test_a_new_thing_in_a_new_collection_stands_in_a_group_of_its_title(story):
    story.write(
        {
            "en/orders/late/_index.md": "---\ntitle: Late <b>ones</b>\n---\n",
            "en/orders/late/wait.md": "---\ntitle: Wait\nstate: draft\n---\nLonger.\n",
            "ar/orders/late/wait.md": "---\ntitle: انتظر\n---\nأطول.\n",
        }
    )
    html = page(story)
    group = next(g for g in html.css(".group") if "Late" in said(g))
    assert said(group.css_first("h2")) == "Orders › Late <b>ones</b>"
    assert refs(group) == ["collection:orders/late", "article:orders/late/wait"]
    sides = {b.attributes["lang"]: b.attributes["dir"] for b in group.css(".side .body")}
    assert sides == {"en": "ltr", "ar": "rtl"}


def test_what_disappears_stands_before_everything_else(story):
    story.configure(on_removed="delete")
    story.center.be_read(story.article("Extra 1")["id"], views=1204)
    story.remove("en/orders/extra-1.md")
    story.edit("en/orders/extra-2.md", "title: Extra 2", "title: Extra 2\nstate: draft")
    story.edit("en/orders/cancel.md", "None.", "Some.")
    html = page(story)
    assert "2 pages disappear" in said(html.css_first(".verdict"))
    taken = html.css_first(".group")
    assert said(taken.css_first("h2")) == "Taken away from readers"
    assert sorted(refs(taken)) == ["article:orders/extra-1", "article:orders/extra-2"]
    gone = card(html, "article:orders/extra-1")
    assert said(gone.css_first(".place")) == "content/en/orders/extra-1.md"
    assert not gone.css("a.place"), "there is nothing to open any more"
    assert "read 1,204 times" in said(gone)


def test_too_many_removals_are_told_as_a_stop(story):
    story.configure(on_removed="delete", max_removals="5%")
    for n in range(4):
        story.remove(f"en/orders/extra-{n}.md")
    assert "Stopped." in said(page(story).css_first('[role="alert"]'))


def test_a_conflict_says_where_and_what_was_edited_in_intercom(story):
    row = story.article("Refunds")
    body = row["contents"]["en"]["body"].replace("14 days", "60 days")
    story.center.edit_by_hand(row["id"], body=body)
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    html = page(story)
    notice = html.css_first(".notice.error")
    assert "conflict content/en/billing/refunds.md:1" in said(notice)
    assert "publisher apply --overwrite billing/refunds" in said(notice)
    assert said(html.css_first(".hand .plus b")) == "60"
    assert "article:billing/refunds" not in refs(html)


def test_what_a_colleague_wrote_cannot_act_on_the_page(story):
    evil = '<p>Hers <script>alert(1)</script> <img src="x" onerror="alert(2)"> <b>14</b></p>'
    story.center.edit_by_hand(story.article("Refunds")["id"], body=evil)
    story.edit("en/billing/refunds.md", "title: Refunds", "title: <script>alert(3)</script>")
    html = page(story)
    assert [s.attributes.get("src", "").partition("?")[0] for s in html.css("script")] == [
        "/-/static/plan.js"
    ]
    assert "<script>alert(3)</script>" in said(card(html, "article:billing/refunds"))


# Filters -------------------------------------------------------------------------------------


@pytest.fixture
def several(story):
    """A deletion, an update in each language, a move, a creation in English."""
    story.configure(on_removed="delete")
    story.remove("en/orders/extra-1.md")
    story.edit("en/orders/extra-2.md", "Text 2.", "Words 2.")
    story.edit("fr/billing/refunds.md", "Sous 14 jours", "Sous 30 jours")
    story.move("en/orders/extra-3.md", "en/billing/extra-3.md")
    story.write({"en/orders/new.md": "---\ntitle: New\n---\nHello.\n"})
    return story


GONE, MOVED = "article:orders/extra-1", "article:billing/extra-3"
ENGLISH, FRENCH, NEW = "article:orders/extra-2", "article:billing/refunds", "article:orders/new"


@pytest.mark.parametrize(
    ("asked", "there"),
    every_day(
        2,
        [
            ({}, {GONE, MOVED, ENGLISH, FRENCH, NEW}),
            ({"verb": "update"}, {ENGLISH, FRENCH}),
            ({"verb": "nonsense"}, {GONE, MOVED, ENGLISH, FRENCH, NEW}),
            ({"locale": "fr"}, {GONE, MOVED, FRENCH}),
            ({"locale": "en"}, {GONE, MOVED, ENGLISH, NEW}),
            ({"verb": "update", "locale": "fr"}, {FRENCH}),
            ({"verb": "create", "locale": "fr"}, set()),
        ],
    ),
)
def test_a_filter_hides_what_is_not_asked_for_and_leaves_it_in_the_page(several, asked, there):
    html = page(several, **asked)
    assert set(refs(html)) == there
    assert set(refs(html, shown=False)) == {GONE, MOVED, ENGLISH, FRENCH, NEW}
    assert said(html.css_first("#showing")) == f"{len(there)} of 5 changes"
    groups = [g for g in html.css(".group") if "hidden" not in g.attributes]
    assert all(refs(group) for group in groups)
    assert ("hidden" in html.css_first("#nothing").attributes) == bool(there)


def test_every_filter_is_a_link_that_keeps_the_other_one(several):
    html = page(several, verb="update", locale="fr")
    links = {a.attributes["id"]: a.attributes["href"] for a in html.css(".filters a")}
    assert links["verb-create"] == "?target=live&verb=create&locale=fr"
    assert links["locale-en"] == "?target=live&verb=update&locale=en"
    current = [a.attributes["id"] for a in html.css('.filters [aria-current="true"]')]
    assert current == ["verb-update", "locale-fr"]


# Many changes --------------------------------------------------------------------------------


@pytest.fixture
def many(story):
    text = "---\ntitle: New {n}\n---\nHello {n}.\n"
    story.write({f"en/new/n-{n:03}.md": text.format(n=n) for n in range(TEXTS + 5)})
    return story


def test_of_many_changes_the_first_come_with_their_texts_and_the_others_with_a_link(many):
    with previewed(many) as preview:
        html = page_of(preview)
        late = card(html, f"article:new/n-{TEXTS + 2:03}")
        href = late.css_first("a.ask").attributes["href"]
        alone = page_of(preview, show=f"article:new/n-{TEXTS + 2:03}")
    assert len(html.css(".side")) == TEXTS
    assert href == f"?target=live&show=article%3Anew%2Fn-{TEXTS + 2:03}"
    assert refs(alone) == [f"article:new/n-{TEXTS + 2:03}"]
    assert said(alone.css_first(".side .body")) == f"Hello {TEXTS + 2}."


def test_a_page_that_stands_alone_asks_no_server_for_anything(many):
    with previewed(many) as preview:
        html = LexborHTMLParser(plan_page(preview, target="live", live=False))
    assert len(html.css(".side")) == TEXTS + 5
    assert not html.css("a.ask, noscript, [data-live], .targets")
    assert "hidden" in html.css_first(".filters").attributes, "until a script says it works"


# Which target --------------------------------------------------------------------------------


def test_a_target_of_intercom_with_a_token_is_planned_for_unasked(story):
    chosen = configs.load(story.folder)
    assert forecasting.default_choice(chosen) == "live"


def test_without_a_token_the_plan_is_for_the_embedded_help_center(story, monkeypatch):
    monkeypatch.delenv("INTERCOM_ACCESS_TOKEN")
    with previewed(story) as preview:
        forecasting.at_hand(preview, "local", patience=None)
        html = LexborHTMLParser(plan_page(preview, target=""))
    assert said(html.css_first("h1")) == "What an apply to local would do"
    assert "6 pages appear" in said(html.css_first(".verdict"))
    assert "live no token at hand" in said(html.css_first(".targets"))
    assert not (story.folder / ".publisher" / "local.json").exists()


def test_a_missing_token_is_one_sentence(story, monkeypatch):
    monkeypatch.delenv("INTERCOM_ACCESS_TOKEN")
    assert "INTERCOM_ACCESS_TOKEN" in said(page(story).css_first(".stop"))


def test_a_token_of_another_workspace_is_one_sentence(story):
    story.configure(workspace="other")
    html = page(story)
    assert "is pinned to other" in said(html.css_first(".stop"))
    assert not html.css(".counts")


def test_a_target_that_is_not_there_is_one_sentence(story):
    assert "there is no target “nope”" in said(page(story, target="nope").css_first(".stop"))


@pytest.mark.slow
def test_offline_the_plan_is_for_the_embedded_help_center_and_says_so(story):
    story.configure(base_url="http://127.0.0.1:9")
    with previewed(story) as preview:
        for target in ("live", "local"):
            forecasting.at_hand(preview, target, patience=None)
        html = LexborHTMLParser(plan_page(preview, target=""))
    assert "live cannot be reached." in said(html.css_first('[role="alert"]'))
    assert said(html.css_first("h1")) == "What an apply to local would do"
    assert html.css_first(".counts")


# Content that is refused ----------------------------------------------------------------------


def test_findings_that_stop_a_plan_are_listed_and_once_mended_the_plan_is_there(story):
    story.edit("en/orders/cancel.md", "../billing/refunds.md", "../billing/nowhere.md")
    with previewed(story) as preview:
        refused = page_of(preview)
        story.edit("en/orders/cancel.md", "../billing/nowhere.md", "../billing/refunds.md")
        preview.refresh()
        mended = page_of(preview)
    assert said(refused.css_first(".stop")).startswith("The content has 1 error; until it is")
    assert said(refused.css_first(".notice .place")) == "content/en/orders/cancel.md:4"
    assert not refused.css(".counts")
    assert not mended.css(".stop")
    assert mended.css_first(".counts")


# While it is being made -----------------------------------------------------------------------


def test_a_slow_plan_keeps_nobody_waiting_and_comes_by_itself(story):
    story.edit("en/orders/cancel.md", "None.", "Some.")
    door = story.recorder
    with previewed(story) as preview:
        door.open.clear()
        waiting = LexborHTMLParser(plan_page(preview, target="live"))
        meanwhile = page_of(preview, target="local")
        door.open.set()
        html = page_of(preview)
    assert "The plan is being made" in said(waiting.css_first('.pending[role="status"]'))
    assert "data-pending" in waiting.css_first("#plan").attributes
    assert 'http-equiv="refresh"' in waiting.head.html
    assert meanwhile.css_first(".counts")
    assert refs(html) == ["article:orders/cancel"]
    assert "data-pending" not in html.css_first("#plan").attributes


def test_while_a_newer_plan_is_made_the_last_one_stays(story):
    door = story.recorder
    with previewed(story) as preview:
        page_of(preview)
        story.edit("en/orders/cancel.md", "None.", "Some.")
        preview.refresh()
        door.open.clear()
        stale = LexborHTMLParser(plan_page(preview, target="live"))
        door.open.set()
        page_of(preview)
    assert "A newer plan is being made" in said(stale.css_first(".pending"))
    assert said(stale.css_first(".verdict")) == "Nothing to do."


def test_a_plan_is_kept_for_a_while_and_made_once_for_all_who_ask(story):
    door = story.recorder
    with previewed(story) as preview:
        page_of(preview)
        once = door.came
        for verb in ("", "create", "update"):
            plan_page(preview, target="live", verb=verb)
        assert door.came == once
        story.edit("en/orders/cancel.md", "None.", "Some.")
        preview.refresh()
        askers = [threading.Thread(target=page_of, args=(preview,)) for _ in range(3)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert door.came <= 2 * once + 1
