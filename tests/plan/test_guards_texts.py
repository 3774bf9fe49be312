"""Headings, translations, saved plans, and what a change says: each guard by itself.

Every test here fails when the guard it is about is taken out; see `benchmarks/mutation.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from publisher.model import (
    Availability,
    Entry,
    Key,
    Problem,
    RemoteId,
    Spot,
    digest,
)
from publisher.plan import planfile
from publisher.plan.changes import (
    BIRTHS,
    BODIES,
    COLLECTIONS,
    PENDING,
    RELINKS,
    REMOVALS,
    Change,
    Edit,
    Origin,
    Plan,
    Policy,
    Twin,
    Upkeep,
)
from publisher.plan.diff import looked_at
from publisher.plan.twins import adopted
from publisher.plan.view import (
    kept_headings,
    known_addresses,
    look,
    merged_headings,
    public_urls,
)
from tests.plan.builders import (
    applied,
    article,
    as_ref,
    asset,
    collection,
    page,
    plan,
    rules,
    site,
    source,
    text,
    verbs,
)
from tests.plan.guarded import (
    LINKED,
    MANY,
    X,
    linked,
    notice,
    with_english_only,
    with_x,
)

# Headings that are renamed keep the id readers have -------------------------------------------

WAS, NOW, LIVE = "h_0000000001", "h_0000000002", "h_aaaaaaaaaa"


def fees(heading_id, title="Fees for refunds"):
    return article("x", f'<h1 id="{heading_id}">{title}</h1><p>R.</p>', fr="<p>F.</p>")


def renamed_heading():
    """The heading of x is worded anew here; Intercom gave the former one an id of its own."""
    linking = article("y", f'<p><a href="article:x#{WAS}">f</a></p>')
    before = site(fees(WAS), linking)
    paper = applied(before)
    shown = paper.live["article", paper.id("x")].thing.translations["en"].body
    paper = paper.edit("x", en={"body": shown.replace(WAS, LIVE)})
    live = {ref: paper.live[ref.kind, entry.id] for ref, entry in paper.entries.items()}
    for _ in range(2):  # the ids found first say where links lead in the second round
        view = look(before, paper.live, frozenset(), paper.entries, Policy())
        known = known_addresses("en", paper.entries, live)
        paper = replace(paper, entries={r: adopted(r, live[r], view, known) for r in live})
    follows = article("y", f'<p><a href="article:x#{NOW}">f</a></p>')
    return site(fees(NOW, "Fees for all refunds"), follows), paper


def test_a_renamed_heading_keeps_its_id_and_links_to_it_need_no_change():
    made = plan(*renamed_heading())
    [change] = made.changes
    assert (change.ref.key, dict(change.edits[0].headings)) == ("x", {NOW: LIVE})
    assert kept_headings(made) == {as_ref("x"): {"en": {NOW: LIVE}}}
    known = {as_ref("x"): {"en": {WAS: LIVE}, "fr": {"h_a": "h_b"}}, as_ref("y"): {}}
    assert merged_headings(known, kept_headings(made)) == {
        as_ref("x"): {"en": {WAS: LIVE, NOW: LIVE}, "fr": {"h_a": "h_b"}},
        as_ref("y"): {},
    }


@pytest.mark.parametrize("held_back", ["a draft is open", "not named", "edited in Intercom"])
def test_a_text_that_is_not_sent_keeps_no_new_id(held_back):
    wanted, paper = renamed_heading()
    policy = {}
    if held_back == "a draft is open":
        paper = paper.see("x", pending=True)
    elif held_back == "not named":
        policy = {"only": ["y"]}
    else:
        body = paper.live["article", paper.id("x")].thing.translations["en"].body
        paper = paper.edit("x", en={"body": body + "<p>Theirs.</p>"})
    made = plan(wanted, paper, **policy)
    assert kept_headings(made) == {}
    assert verbs(made) == [("update", "y")]


def test_a_draft_that_is_overwritten_by_name_keeps_ids_like_any_text():
    wanted, paper = renamed_heading()
    made = plan(wanted, paper.see("x", pending=True), overwrite=["x"])
    assert kept_headings(made) == {as_ref("x"): {"en": {NOW: LIVE}}}


def test_what_a_ledger_learns_without_a_call_keeps_ids_too():
    """A colleague made the same change of the heading in Intercom."""
    wanted, paper = renamed_heading()
    body = paper.live["article", paper.id("x")].thing.translations["en"].body
    paper = paper.edit("x", en={"body": body.replace("Fees for refunds", "Fees for all refunds")})
    made = plan(wanted, paper)
    assert verbs(made) == []
    assert kept_headings(made) == {as_ref("x"): {"en": {NOW: LIVE}}}


# What was hidden with its file comes back with it ---------------------------------------------


def test_a_file_that_comes_back_puts_back_what_readers_had():
    before = site(article("x", "<p>X.</p>", fr="<p>F.</p>"), *MANY)
    paper = applied(before).edit("x", en={"state": "draft"}, fr={"state": "draft"})
    seen = looked_at(paper.live["article", paper.id("x")]).seen
    withdrawn = {"en.state": "published", "fr.state": "published"}
    paper = paper.remember("x", withdrawn=withdrawn, seen=seen)
    [change] = plan(before, paper).changes
    assert {edit.name: edit.after for edit in change.edits} == withdrawn
    english = site(article("x", "<p>X.</p>"), *MANY)
    [change] = plan(english, paper).changes
    assert [edit.name for edit in change.edits] == ["en.state"]
    named = site(article("x", "<p>X.</p>", en={"state": "draft"}, fr="<p>F.</p>"), *MANY)
    [change] = plan(named, paper).changes
    assert [edit.name for edit in change.edits] == ["fr.state"]


def test_a_page_and_a_source_that_come_back_are_switched_on_again():
    before = site(source("s"), page("s/p"), *MANY)
    paper = applied(before)
    fin = Availability(agent=False, copilot=False)
    paper = paper.edit("page:s/p", fin=fin)
    seen = looked_at(paper.live["page", paper.id("page:s/p")]).seen
    paper = paper.remember("page:s/p", withdrawn={"agent": "yes", "copilot": "yes"}, seen=seen)
    [change] = plan(before, paper).changes
    assert {edit.name: edit.after for edit in change.edits} == {"agent": "yes", "copilot": "yes"}


# What is left open is nobody's wish -----------------------------------------------------------


def test_what_a_file_leaves_open_stays_as_it_is_live():
    things = (source("s"), page("s/p"), article("x", "<p>X.</p>"))
    before = site(*things)
    paper = applied(before)
    paper = paper.edit("page:s/p", fin=Availability(agent=False, copilot=False))
    paper = paper.edit("x", author="900")
    made = plan(before, paper, author="8")
    assert (verbs(made), rules(made)) == ([], [])


def test_a_translation_without_its_source_is_born_a_draft():
    thing = article("x", fr="<p>F.</p>")
    french = replace(thing, translations={"fr": thing.translations["fr"]})
    [change] = plan(site(french)).changes
    assert change.after("fr.state") == "draft"


def test_without_an_author_to_name_none_is_named():
    [change] = plan(site(article("x"))).changes
    assert change.after("author") is None


# Translations that come and go ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text_of", "closed", "locales", "told"),
    [
        ({"body": "<p>F.</p>", "title": "F"}, False, ["en"], True),
        ({"body": "<p>F.</p>", "title": ""}, False, ["en"], True),
        ({"body": "", "title": "F"}, False, ["en"], True),
        ({"body": "", "title": ""}, False, ["en"], False),
        ({"body": "<p>F.</p>", "title": "F"}, True, ["en"], False),
        ({"body": "<p>F.</p>", "title": "F"}, True, ["en", "fr"], True),
    ],
    ids=["text", "no title", "no body", "empty", "not listed", "listed"],
)
def test_a_translation_that_only_intercom_has_is_told_unless_nobody_wants_it(
    text_of, closed, locales, told
):
    before = replace(site(article("x", "<p>X.</p>"), locales=locales), closed=closed)
    paper = applied(before)
    english = paper.live["article", paper.id("x")].thing.translations["en"]
    french = text(text_of["body"], title=text_of["title"], state="draft")
    made = plan(before, paper.edit("x", translations={"en": english, "fr": french}))
    assert ("unmanaged" in rules(made)) is told
    assert verbs(made) == []


def test_a_translation_whose_file_went_is_not_one_that_only_intercom_has():
    assert rules(plan(with_english_only(), applied(X))) == ["removed"]


def without_french(paper):
    thing = paper.live["article", paper.id("x")].thing
    return paper.edit("x", translations={"en": thing.translations["en"]})


def test_a_translation_that_was_removed_in_intercom_is_not_created_again():
    made = plan(X, without_french(applied(X)))
    found = notice(made, "drift")
    assert (verbs(made), found.severity) == ([], "warning")
    assert found.what == (
        "x: the French translation was removed in Intercom since the last apply; it is not "
        "created again."
    )
    assert found.advice.splitlines() == [
        "remove it here too   publisher pull x",
        "put it back          publisher apply --overwrite x",
    ]
    [change] = plan(X, without_french(applied(X)), overwrite=["x"]).changes
    assert {"fr.title", "fr.body"} <= {edit.name for edit in change.edits}


def test_one_that_was_removed_there_and_changed_here_is_a_conflict():
    made = plan(with_x(fr="<p>Neuf.</p>"), without_french(applied(X)))
    found = notice(made, "conflict")
    assert (verbs(made), found.severity) == ([], "error")
    assert "and its file changed here; it is not created again" in found.what
    assert "delete its file by hand" in found.advice


def test_a_translation_intercom_never_had_is_created():
    paper = without_french(applied(X))
    entry = paper.entries[as_ref("x")]
    kept = {n: d for n, d in entry.seen.items() if not n.startswith("fr.")}
    sent = {n: d for n, d in entry.sent.items() if not n.startswith("fr.")}
    [change] = plan(X, paper.remember("x", seen=kept, sent=sent)).changes
    assert change.why == "new French translation"


@pytest.mark.parametrize(
    ("protect", "on_removed", "stays"),
    [
        (False, "report", True),
        (True, "draft", True),
        (True, "report", True),
        (False, "draft", False),
    ],
)
def test_a_link_follows_what_becomes_of_a_translation_without_a_file(protect, on_removed, stays):
    french = "<p>F.</p>"
    linking = article("y", "<p>Y.</p>", fr='<p><a href="article:x">x</a></p>')
    before = site(article("x", "<p>X.</p>", fr=french, protect=protect), linking)
    after = site(article("x", "<p>X.</p>", protect=protect), linking)
    made = plan(after, applied(before), on_removed=on_removed)
    assert (("update", "y") not in verbs(made)) is stays


def test_a_link_to_a_new_collection_waits_and_one_to_an_old_one_does_not():
    new = site(collection("c"), article("x", '<p><a href="collection:c">c</a></p>'))
    assert [c.relink for c in plan(new).changes] == [False, True]
    old = plan(new, applied(new).forget("x"))
    assert rules(old) == ["conflict"]
    again = replace(
        new,
        things={
            **new.things,
            as_ref("z"): article("z", new.things[as_ref("x")].translations["en"].body),
        },
    )
    [change] = plan(again, applied(new)).changes
    assert (change.ref.key, change.relink) == ("z", False)


def test_an_address_that_readers_cannot_open_is_none():
    live = applied(site(article("x", fr="<p>F.</p>"))).live
    [shown] = live.values()
    text_of = shown.thing.translations
    hidden = replace(
        shown.thing, translations={**text_of, "fr": replace(text_of["fr"], state="draft")}
    )
    urls = {"en": "https://en", "fr": "https://fr", "de": "https://de"}
    assert public_urls(replace(shown, thing=hidden, urls=urls)) == {"en": "https://en"}
    assert public_urls(replace(shown, urls={**urls, "fr": ""})) == {"en": "https://en"}
    place = replace(shown, thing=collection("c"), urls={"": ""})
    assert public_urls(place) == {}


# A saved plan is applied as it was shown ------------------------------------------------------


def full_plan():
    """A plan that says everything a plan can say."""
    edit = Edit(
        name="fr.body",
        before="<p>Été</p>",
        after='<p><a href="article:y">y</a></p>',
        source="s",
        path="content/fr/x.md",
        lines=(3, 5),
        withdraws=True,
        headings={"h_1": "h_2"},
        plain=("article:y",),
    )
    bare = Edit(name="en.title", before=None, after="T")
    change = Change(
        verb="unpublish",
        ref=as_ref("x"),
        id=RemoteId("7"),
        title="T",
        url="https://x",
        path="content/en/x.md",
        stage=REMOVALS,
        readers="draft",
        cause="link",
        why="because",
        edits=(edit, bare),
        expects={"fr.body": digest("a"), PENDING: digest("yes")},
        blocks={"fr": (digest("b"),)},
        relink=True,
        protect=True,
        former=Entry(ref=as_ref("x"), id=RemoteId("7"), title="T"),
    )
    learnt = {name: {"fr.body": digest(name)} for name in ("sent", "seen", "raw", "source")}
    upkeep = Upkeep(
        ref=as_ref("z"),
        was=Key("old"),
        path="content/en/z.md",
        protect=True,
        blocks={"fr": (digest("c"),)},
        shown={"fr": (digest("d"),)},
        headings={"fr": {"h_3": "h_4"}},
        **learnt,
    )
    return Plan(
        origin=Origin(
            target="live",
            workspace="w",
            help_center="1",
            api_version="2.17",
            lineage="l",
            serial=4,
            made_at="2026-01-01T00:00:00Z",
            made_with="publisher 1",
            commit="c",
            committed_at=5,
            content_digest="d",
            undoes="earlier",
        ),
        changes=(change, replace(change, ref=as_ref("new"), verb="create", id=None, former=None)),
        notices=(
            Problem(rule="drift", severity="error", what="w", advice="a", spot=Spot("p.md", 9)),
            Problem(rule="gone", severity="warning", what="w"),
        ),
        upkeep=(upkeep, Upkeep(ref=as_ref("gone"), forget=True)),
        assets=(asset("0" * 16 + "/a.png"),),
        shielded=(Key("s"),),
        stopped="why",
        counts={"update": 1},
        requests=3,
        beside={as_ref("t"): Twin(id=RemoteId("9"), headings={"en": {"h_5": "h_6"}})},
    )


def test_everything_a_plan_says_comes_back_from_its_file():
    plan_ = planfile.named(full_plan())
    spelt = planfile.to_json(plan_)
    assert planfile.from_json(spelt) == plan_
    assert "Été" in spelt, "as a reviewer would read it"


def test_a_plan_of_the_least_words_comes_back_as_well():
    least = Plan(
        origin=Origin(target="live"),
        changes=(
            Change(verb="update", ref=as_ref("x"), edits=(Edit(name="n", before=None, after=""),)),
        ),
        upkeep=(Upkeep(ref=as_ref("x")),),
        beside={as_ref("t"): Twin(id=RemoteId("9"))},
    )
    document = planfile.as_document(least)
    assert planfile.from_json(planfile.to_json(least)) == planfile.named(least)
    assert document["changes"][0]["fields"] == [{"name": "n", "before": None, "after": ""}]
    assert document["upkeep"][0]["agreed"] == {}
    assert "undoes" not in document
    assert "headings" not in document["beside"][0]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: "not json", "this is no plan: "),
        (lambda d: [], "this JSON is no plan of publisher. Make one with `plan --out`."),
        (lambda d: {**d, "format": "other/1"}, "this JSON is no plan of publisher."),
        (
            lambda d: {**d, "format": "publisher-plan/2"},
            "this plan has format publisher-plan/2 (made with publisher 1); this version reads "
            "publisher-plan/1. Make the plan again.",
        ),
        (
            lambda d: {**d, "format": "publisher-plan/2", "made_with": ""},
            "this plan has format publisher-plan/2 (made with another version)",
        ),
        (lambda d: {**d, "stopped": ""}, "this plan was changed after it was made. Make it again."),
        (lambda d: {**d, "unknown": 1}, "this plan was changed after it was made. Make it again."),
        (lambda d: {**d, "id": "x"}, "this plan was changed after it was made. Make it again."),
        (lambda d: {**d, "changes": None}, "this plan is damaged ("),
    ],
)
def test_a_plan_that_is_not_as_it_was_made_is_refused_in_a_sentence(spoil, said):
    spoilt = spoil(planfile.as_document(full_plan()))
    with pytest.raises(planfile.UnreadablePlan) as refusal:
        planfile.from_json(spoilt if isinstance(spoilt, str) else json.dumps(spoilt))
    assert str(refusal.value).startswith(said)


# What a change says of itself -----------------------------------------------------------------


def test_a_creation_names_its_title_and_what_waits_in_it():
    french = '<p><a href="article:y">y</a></p>'
    wanted = site(
        article("x", "<p>X.</p>", title="Refunds", fr=french, protect=True),
        article("y", fr="<p>Y.</p>"),
    )
    made = plan(wanted).changes[0]
    assert (made.title, made.relink, made.protect) == ("Refunds", True, True)


def test_an_update_remembers_that_its_file_is_protected():
    [change] = plan(with_x("<p>New.</p>", protect=True), applied(X)).changes
    assert change.protect


def test_a_page_says_on_which_lines_its_text_stands_and_what_it_comes_from():
    before = site(source("s"), page("s/p"))
    after = site(source("s"), page("s/p", "<p>New.</p>", lines=(4,), text="t"))
    [change] = plan(after, applied(before)).changes
    assert [(e.name, e.lines, e.source, e.path) for e in change.edits] == [
        ("body", (4,), "t", "content/fin/s/p.md")
    ]
    titled = site(source("s"), page("s/p", title="New", lines=(4,)))
    [change] = plan(titled, applied(before)).changes
    assert [(e.name, e.lines, e.source) for e in change.edits] == [("title", (), "")]


def test_a_link_that_leads_nowhere_yet_is_named_in_its_edit():
    draft = article("y", en={"state": "draft"})
    made = plan(site(article("x", LINKED.replace("article:x", "article:y")), draft))
    plain = {c.ref.key: e.plain for c in made.changes for e in c.edits if e.name == "en.body"}
    assert plain == {"x": ("article:y",), "y": ()}


def test_a_dropped_translation_and_an_edit_say_both_reasons():
    made = plan(with_english_only_edited(), applied(X), on_removed="draft")
    [change] = made.changes
    assert change.why == "the English body changed; its French file is gone from the repository"


def with_english_only_edited():
    return site(article("x", "<p>New.</p>", title="X"), article("y", "<p>Y.</p>"))


def test_blocks_of_a_text_that_is_left_alone_stay_as_they_were_sent():
    paper = applied(X).edit("x", en={"body": "<p>Theirs.</p>"})
    made = plan(with_x("<p>Ours.</p>", fr="<p>Neuf.</p>"), paper)
    [change] = made.changes
    assert change.blocks["en"] == paper.entries[as_ref("x")].blocks["en"]
    assert change.blocks["fr"] != paper.entries[as_ref("x")].blocks["fr"]


def test_a_plan_counts_what_it_does_and_what_it_leaves():
    before = site(*MANY, article("d", en={"state": "draft"}))
    paper = applied(before).edit("a0", en={"body": "<p>Theirs.</p>"})
    paper = paper.edit("a1", en={"body": "<p>Theirs.</p>"}).delete("a2")
    after = site(
        *MANY[3:],
        MANY[0],
        article("a1", "<p>Ours.</p>"),
        MANY[2],
        article("d", en={"state": "published"}),
        article("new", "<p>Unlike.</p>"),
    )
    made = plan(after, paper)
    counts = {name: count for name, count in made.counts.items() if count}
    assert counts == {
        "create": 1,
        "publish": 1,
        "drift": 1,
        "conflict": 1,
        "gone": 1,
        "unchanged": 19,
    }


def test_of_two_languages_left_out_each_is_told_with_its_count():
    before = site(article("x", fr="<p>F.</p>", de="<p>D.</p>"), article("y", fr="<p>F.</p>"))
    after = site(article("x"), article("y"), locales=["en"])
    made = plan(after, applied(before))
    said = sorted(n.what for n in made.notices if n.rule == "locale-dropped")
    assert said == [
        "French is no longer among `locales`; its 2 texts stay live as they are.",
        "German is no longer among `locales`; its 1 text stays live as it is.",
    ]


def test_a_link_to_a_draft_says_when_it_becomes_one():
    made = plan(linked("draft"))
    found = notice(made, "link-to-draft")
    assert found.advice == "It becomes a link with the first apply after x is published."
    assert "the link stays plain text for now" in found.what


def test_a_link_in_a_page_is_shown_on_its_line():
    draft = article("x", en={"state": "draft"})
    body = "<p>One.</p>" + LINKED
    made = plan(site(draft, source("s"), page("s/p", body, lines=(3, 8))))
    assert notice(made, "link-to-draft").spot == Spot("content/fin/s/p.md", 8)


def test_texts_a_newer_renderer_spells_differently_are_counted():
    def spelt(body):
        return site(
            *(article(f"a{n}", f"<p>{body} {n}.</p>", en={"source": "same"}) for n in (1, 2))
        )

    found = notice(plan(spelt("New"), applied(spelt("Old"))), "renderer")
    assert found.severity == "warning"
    assert found.what == (
        "2 articles would be spelt differently by this version of publisher though the text is "
        "unchanged; nothing is sent."
    )
    assert found.advice == "To send them: publisher apply --rerender"


# In which order, with which words -------------------------------------------------------------


def test_every_change_says_in_which_stage_it_belongs():
    things = (source("s"), page("s/p"), collection("c"), article("c/x", "<p>X.</p>"))
    made = plan(site(*things))
    assert {str(c.ref): (c.stage, c.path) for c in made.changes} == {
        "source:s": (COLLECTIONS, "content/fin/s/_source.md"),
        "collection:c": (COLLECTIONS, "content/en/c/_index.md"),
        "article:c/x": (BIRTHS, "content/en/c/x.md"),
        "page:s/p": (BODIES, "content/fin/s/p.md"),
    }
    after = site(
        replace(source("s"), active=False),
        page("s/p", "<p>New.</p>"),
        collection("c", "New"),
        article("c/x", "<p>New.</p>"),
    )
    stages = {str(c.ref): c.stage for c in plan(after, applied(site(*things))).changes}
    assert stages == {
        "source:s": COLLECTIONS,
        "collection:c": COLLECTIONS,
        "page:s/p": BODIES,
        "article:c/x": BODIES,
    }


def test_a_change_that_is_only_a_link_comes_after_the_texts_and_says_so():
    made = plan(linked("published"), applied(linked("draft")))
    told = {c.ref.key: (c.cause, c.stage, c.why) for c in made.changes}
    assert told["y"] == ("link", RELINKS, "a link in it leads somewhere else now")
    assert told["x"][:2] == ("content", BODIES)


def test_what_holds_others_is_removed_after_them():
    things = [collection("c"), collection("c/d"), article("c/d/x", "<p>Unlike.</p>")]
    paper = applied(site(*things, *MANY))
    made = plan(site(*MANY), paper, on_removed="delete")
    assert [c.ref.key for c in made.changes] == ["c/d/x", "c/d", "c"]
    fresh = plan(site(*things))
    assert [c.ref.key for c in fresh.changes] == ["c", "c/d", "c/d/x"]


def test_only_bodies_say_on_which_lines_they_stand():
    made = plan(site(article("x", "<p>X.</p>", en={"lines": (7,)})))
    lines = {edit.name: edit.lines for edit in made.changes[0].edits}
    assert lines["en.body"] == (7,)
    assert {edit for name, edit in lines.items() if name != "en.body"} == {()}


def test_an_image_that_intercom_holds_needs_no_upload():
    token = "0" * 16 + "/a.png"
    html = f'<p><img src="asset:{token}"></p>'
    wanted = site(article("x", html), assets={token: asset(token)})
    held = "https://downloads.intercomcdn.com/i/o/1/a.png"
    assert plan(wanted, asset_url=lambda each: held).assets == ()
    elsewhere = plan(wanted, asset_url=lambda each: "https://cdn.example.com/a.png")
    assert elsewhere.assets == (asset(token),)
    assert plan(wanted).assets == (asset(token),)


def test_a_moved_file_is_remembered_without_a_call():
    moved = site(article("x", "<p>X.</p>", spot=Spot("content/en/elsewhere/x.md")))
    made = plan(moved, applied(site(article("x", "<p>X.</p>"))))
    assert verbs(made) == []
    assert [(i.ref.key, i.path, i.sent, i.raw) for i in made.upkeep] == [
        ("x", "content/en/elsewhere/x.md", {}, {})
    ]


def test_what_the_ledger_learns_of_a_text_is_all_of_it_and_nothing_of_others():
    before = site(article("x", "<p>X.</p>", title="X", fr="<p>F.</p>"))
    after = site(article("x", "<p>Same.</p>", title="X", fr="<p>F.</p>"))
    paper = applied(before).edit("x", en={"body": "<p>Same.</p>"})
    [learnt] = plan(after, paper).upkeep
    assert set(learnt.sent) == set(learnt.seen) == set(learnt.raw) == {"en.body"}
    assert set(learnt.source) == {"en.body", "en.body#refs", "en.body#links"}
    assert set(learnt.blocks) == set(learnt.shown) == {"en"}
