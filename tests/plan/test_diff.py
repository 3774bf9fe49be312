"""Two questions, asked apart: did we change it, did they?"""

from dataclasses import replace

import pytest

from publisher.body import canonical
from publisher.model import digest
from publisher.plan.diff import judge, raw_digest, similarity
from tests.plan.builders import applied, article, as_ref, plan, rules, site, text

OURS = "<p>Ours now.</p>"
THEIRS = "<p>Theirs now.</p>"
SITE = site(article("refunds", "<p>As it was.</p>"))


def finding(wanted, paper, name="en.body"):
    """What the planner finds of one field of `refunds`."""
    made = plan(wanted, paper)
    changed = {edit.name: change.cause for change in made.changes for edit in change.edits}
    if name in changed:
        return f"update: {changed[name]}"
    told = [rule for rule in rules(made) if rule in ("drift", "conflict", "renderer")]
    return told[0] if told else "settled"


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("<p>As it was.</p>", "<p>As it was.</p>", "settled"),
        (OURS, "<p>As it was.</p>", "update: content"),
        ("<p>As it was.</p>", THEIRS, "drift"),
        (OURS, THEIRS, "conflict"),
    ],
)
def test_a_body_is_judged_by_what_was_sent_and_what_was_seen(ours, theirs, found):
    paper = applied(SITE).edit("refunds", en={"body": theirs})
    assert finding(site(article("refunds", ours)), paper) == found


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("Refunds", "Refunds", "settled"),
        ("Money", "Refunds", "update: content"),
        ("Refunds", "Cash", "drift"),
        ("Money", "Cash", "conflict"),
        ("Money", "Money", "settled"),
    ],
)
def test_a_title_is_judged_the_same_way(ours, theirs, found):
    paper = applied(SITE).edit("refunds", en={"title": theirs})
    wanted = site(article("refunds", "<p>As it was.</p>", title=ours))
    assert finding(wanted, paper, "en.title") == found


def test_what_intercom_respells_is_no_drift():
    spelt = '<p class="no-margin">As it was.</p><p class="no-margin"></p>'
    assert finding(SITE, applied(SITE).edit("refunds", en={"body": spelt})) == "settled"


def test_a_new_address_of_a_link_target_is_a_link_change():
    linking = article("refunds", '<p><a href="article:cancel">x</a></p>')
    wanted = site(linking, article("cancel"))
    paper = applied(wanted)
    moved = paper.remember("cancel", id="999")
    live = {**moved.live, ("article", "999"): replace(moved.live["article", paper.id("cancel")])}
    urls = {"en": "https://help.example.com/en/articles/999-slug"}
    live["article", "999"] = replace(live["article", "999"], id="999", urls=urls)
    assert finding(wanted, replace(moved, live=live)) == "update: link"


def test_a_link_that_leads_there_already_is_learnt_and_not_sent():
    linking = article("refunds", '<p><a href="article:cancel">x</a></p>')
    wanted = site(linking, article("cancel", fr="<p>x</p>"))
    stale = {"en.body": "0" * 16, "en.body#refs": "0" * 16, "en.body#links": "0" * 16}
    entry = applied(wanted).entries[as_ref("refunds")]
    paper = applied(wanted).remember(
        "refunds",
        sent={**entry.sent, "en.body": "0" * 16},
        source={**entry.source, **stale, "en.body": entry.source["en.body"]},
    )
    assert finding(wanted, paper) == "settled"
    (learnt,) = plan(wanted, paper).upkeep
    assert learnt.sent["en.body"] == entry.sent["en.body"]
    shown = paper.live["article", paper.id("refunds")].thing.translations["en"].body
    elsewhere = shown.replace("/en/articles", "/fr/articles")
    paper = paper.edit("refunds", en={"body": elsewhere}).remember("refunds", raw={})
    assert finding(wanted, paper) == "update: link"


def test_new_bytes_of_an_image_are_an_asset_change():
    def showing(token):
        html = f'<p><img src="asset:{token}/a.png"></p>'
        return site(replace(article("refunds"), translations={"en": text(html, source="same")}))

    old, new = "0" * 16, "1" * 16
    assert finding(showing(new), applied(showing(old))) == "update: asset"


def test_another_rendering_of_the_same_source_is_one_notice_and_no_change():
    def spelt(html):
        translations = {"en": text(html, source="same", title="Refunds")}
        return site(replace(article("refunds"), translations=translations))

    paper = applied(spelt("<p>a</p>"))
    made = plan(spelt("<h1>a</h1>"), paper)
    assert (made.changes, rules(made)) == ((), ["renderer"])
    assert "--rerender" in made.notices[0].advice
    sent = plan(spelt("<h1>a</h1>"), paper, rerender=True)
    assert [change.cause for change in sent.changes] == ["renderer"]
    assert "renderer" not in rules(sent)


def test_a_new_slug_or_domain_is_no_change():
    wanted = site(article("refunds", '<p><a href="article:cancel">x</a></p>'), article("cancel"))
    paper = applied(wanted).see("cancel", urls={"en": "https://other.example/en/articles/100-new"})
    assert finding(wanted, paper) == "settled"


def test_a_state_nobody_wrote_down_still_counts_as_drift():
    paper = applied(SITE).edit("refunds", en={"state": "draft"})
    made = plan(SITE, paper)
    assert (made.changes, rules(made)) == ((), ["drift"])
    assert "the English state" in made.notices[0].what


def test_overwriting_such_a_state_puts_back_what_was_seen_before():
    drafted = site(replace(article("refunds"), translations={"en": text("<p>a</p>")}))
    paper = applied(drafted).edit("refunds", en={"state": "draft"})
    change = plan(drafted, paper, overwrite=["refunds"]).changes[0]
    assert [(e.name, e.before, e.after) for e in change.edits] == [
        ("en.state", "draft", "published")
    ]
    born = paper.remember(
        "refunds", seen={**paper.entries[as_ref("refunds")].seen, "en.state": digest("draft")}
    )
    published = born.edit("refunds", en={"state": "published"})
    change = plan(drafted, published, overwrite=["refunds"]).changes[0]
    assert change.after("en.state") == "draft"


def test_an_author_nobody_wrote_down_may_change_freely():
    assert rules(plan(SITE, applied(SITE).edit("refunds", author="99"))) == []


def test_a_field_that_was_never_sent_is_settled_where_live_already_says_it():
    paper = applied(SITE)
    entry = paper.entries[as_ref("refunds")]
    without = {name: value for name, value in entry.sent.items() if name != "en.title"}
    assert finding(SITE, paper.remember("refunds", sent=without), "en.title") == "settled"
    other = site(article("refunds", "<p>As it was.</p>", title="Other"))
    found = finding(other, paper.remember("refunds", sent=without), "en.title")
    assert found == "update: content"


def test_a_translation_that_vanished_live_is_drift():
    wanted = site(article("refunds", fr="<p>Sous.</p>"))
    paper = applied(wanted)
    thing = paper.live["article", paper.id("refunds")].thing
    only_english = {"en": thing.translations["en"]}
    assert rules(plan(wanted, paper.edit("refunds", translations=only_english))) == ["drift"]


def test_with_another_canonical_form_a_thing_whose_time_stands_still_did_not_move():
    paper = applied(SITE)
    older = {
        name: digest("of another form")
        for name in paper.entries[as_ref("refunds")].seen
        if name == "en.body"
    }
    seen = {**paper.entries[as_ref("refunds")].seen, **older}
    aged = paper.remember("refunds", seen=seen, raw={}, form=canonical.VERSION + 1)
    assert finding(SITE, aged) == "settled"
    assert finding(SITE, aged.see("refunds", changed_at=5)) == "drift"
    assert finding(SITE, paper.remember("refunds", seen=seen, raw={})) == "drift"


def test_while_the_very_text_stands_nobody_looks_closer():
    """`raw` decides before the canonical form does: reading closely is the slow part."""
    paper = applied(SITE)
    seen = {**paper.entries[as_ref("refunds")].seen, "en.body": digest("never compared")}
    assert finding(SITE, paper.remember("refunds", seen=seen)) == "settled"


def test_signatures_of_images_are_no_part_of_the_text():
    signed = '<p>a</p><img src="https://cdn/x.png?expires=1&amp;signature=a" alt="?">'
    assert raw_digest(signed) == raw_digest(signed.replace("expires=1", "expires=2"))
    assert raw_digest(signed) != raw_digest(signed.replace("x.png", "y.png"))
    linked = '<a href="https://a?b=1">'
    assert raw_digest(linked) != raw_digest(linked.replace("b=1", "b=2"))


def test_every_wanted_field_gets_exactly_one_finding():
    wanted = site(article("refunds", fr="<p>Sous.</p>"))
    paper = applied(wanted)
    ref = as_ref("refunds")
    made = judge(
        wanted.things[ref].fields(),
        wanted.things[ref],
        paper.live["article", paper.id("refunds")],
        paper.entries[ref],
        addresses=plan_addresses(),
    )
    names = [each.name for each in made]
    assert len(names) == len(set(names))
    assert set(wanted.things[ref].fields()) <= set(names)


def plan_addresses():
    from publisher.plan.addresses import Addresses

    return Addresses(default_locale="en", ids={}, urls={}, headings={})


def test_similarity_is_a_share_over_all_locales():
    left = {"en": ["1", "2"], "fr": ["3"]}
    assert similarity(left, left) == 1
    assert similarity(left, {"en": ["1"], "fr": ["3"]}) == 2 / 3
    assert similarity({}, {}) == 0
    assert similarity({"en": ["1"]}, {"fr": ["1"]}) == 0
