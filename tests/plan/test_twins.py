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


LONG = "".join(f"<p>Step {number} of getting your money back.</p>" for number in range(5))


def lost(body, *, file=LONG, title="Money back", parent="billing", **more):
    """A plan for an article whose ledger was lost, and whose title is another one by now."""
    before = site(collection("billing"), article("billing/back", body, title="Refunds", **more))
    after = site(collection("billing"), article("billing/back", file, title=title, parent=parent))
    return plan(after, applied(before).forget("billing/back"))


def conflicts(made):
    return [notice for notice in made.notices if notice.rule == "conflict"]


def test_an_article_that_stands_there_under_another_title_is_not_created_again():
    made = lost(LONG)
    assert verbs(made) == []
    [notice] = conflicts(made)
    assert notice.severity == "error"
    assert "as “Refunds” (article 100)" in notice.what
    assert "/articles/100-slug" in notice.advice
    assert "publisher pull --all" in notice.advice
    assert "--adopt" not in notice.advice


def test_no_link_leads_to_what_only_looks_alike():
    assert as_ref("billing/back") not in lost(LONG).beside


def test_where_links_lead_and_another_language_do_not_make_texts_unlike():
    linked = LONG.replace("money", '<a href="article:billing/back">money</a>')
    live = LONG.replace("money", '<a href="https://example.com/1">money</a>')
    assert conflicts(lost(live, file=linked, fr="<p>Texte.</p>"))


def test_an_article_of_another_collection_may_say_the_same():
    assert ("create", "billing/back") in verbs(lost(LONG, parent=None))


def test_less_than_most_of_the_blocks_in_common_is_another_article():
    others = "".join(f"<p>Way {number} of paying.</p>" for number in range(4))
    assert ("create", "billing/back") in verbs(lost(LONG, file=LONG + others))


def test_two_short_articles_may_be_the_same_by_chance():
    short = "<h2>Contact</h2><p>Write to us.</p>"
    assert ("create", "billing/back") in verbs(lost(short, file=short))
    one_long_block = f"<p>{'Write to us whenever you like. ' * 8}</p>"
    assert conflicts(lost(one_long_block, file=one_long_block))


def test_a_file_is_not_like_what_is_the_twin_of_another_file():
    before = site(article("a", LONG, title="A"))
    after = site(article("a", LONG, title="A"), article("b", LONG, title="B"))
    made = plan(after, applied(before).forget("a"))
    assert verbs(made) == [("create", "b")]
    assert "“A” already stands" in conflicts(made)[0].what
