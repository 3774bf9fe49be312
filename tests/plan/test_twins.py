"""A ledger that knows only half of what has files: links to the other half are no news."""

from __future__ import annotations

from dataclasses import replace

from publisher.plan.changes import Policy
from publisher.plan.twins import adopted
from publisher.plan.view import known_addresses, look
from tests.plan.builders import applied, article, as_ref, collection, plan, rules, site, verbs

OURS, THEIRS = "h_0123456789", "h_aaaaaaaaaa"
FEES = f'<h1 id="{OURS}">Fees</h1><p>R.</p>'
USES = f'<p><a href="article:billing/fees#{OURS}">f</a> <a href="collection:billing">b</a></p>'
SITE = site(
    collection("billing"), article("billing/fees", FEES, title="Fees"), article("uses", USES)
)
TIES = ("collection:billing", "billing/fees")


def paper():
    """Everything adopted; Intercom's editor gave the heading an id of its own."""
    made = applied(SITE).edit("billing/fees", en={"body": FEES.replace(OURS, THEIRS)})
    live = {ref: made.live[ref.kind, entry.id] for ref, entry in made.entries.items()}
    for _ in range(2):  # the headings of the first round say where links lead in the second
        view = look(SITE, made.live, frozenset(), made.entries, Policy())
        known = known_addresses("en", made.entries, live)
        made = replace(made, entries={ref: adopted(ref, live[ref], view, known) for ref in live})
    return made


def test_a_link_to_a_twin_is_no_change_before_it_is_adopted_and_none_after():
    before = plan(SITE, paper().forget(*TIES))
    assert (verbs(before), rules(before), before.upkeep) == ([], ["conflict", "conflict"], ())
    after = plan(SITE, paper())
    assert (verbs(after), rules(after), after.upkeep) == ([], [], ())


def test_a_plan_says_where_twins_stand_so_that_links_may_lead_there():
    made = plan(SITE, paper().forget(*TIES))
    fees = made.beside[as_ref("billing/fees")]
    assert (fees.id, fees.headings) == (paper().id("billing/fees"), {"en": {OURS: THEIRS}})
    assert made.beside[as_ref("collection:billing")].id == paper().id("collection:billing")


def test_a_link_to_a_twin_that_is_a_draft_leads_nowhere():
    half = paper().forget(*TIES)
    place = ("article", paper().id("billing/fees"))
    fees = half.live[place]
    text = replace(fees.thing.translations["en"], state="draft")
    draft = replace(fees, thing=replace(fees.thing, translations={"en": text}))
    made = plan(SITE, replace(half, live={**half.live, place: draft}))
    assert "link-to-draft" in rules(made)


def test_an_article_stays_where_it_is_while_its_collection_is_a_twin():
    made = plan(SITE, paper().forget("collection:billing"))
    assert (verbs(made), rules(made)) == ([], ["conflict"])


def test_what_was_deleted_in_intercom_has_no_twin():
    """Its key is taken: what stands in its place now is somebody else's."""
    again = paper().live["article", paper().id("billing/fees")]
    made = paper().delete("billing/fees")
    made = replace(made, live={**made.live, ("article", "900"): replace(again, id="900")})
    assert as_ref("billing/fees") not in plan(SITE, made).beside
