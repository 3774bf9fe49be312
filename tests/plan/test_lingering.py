"""What something still links to, that a plan leaves alone, stays public and says why."""

from dataclasses import replace

import pytest

from tests.plan.builders import (
    applied,
    article,
    as_ref,
    collection,
    plan,
    rules,
    site,
    text,
)
from tests.plan.builders import (
    verbs as named,
)

LINK = '<p>See <a href="article:a/y">y</a>.</p>'
LINKED = site(
    collection("a"),
    article("a/x", LINK, fr=LINK),
    article("a/y", "<p>Why.</p>", fr="<p>Pourquoi.</p>"),
)
HERS = '<p>Hers. <a href="https://help.example.com/en/articles/101-slug">y</a></p>'


def verbs(made):
    return [" ".join(each) for each in named(made)]


def without(wanted, *names):
    gone = {as_ref(name) for name in names}
    return replace(wanted, things={r: t for r, t in wanted.things.items() if r not in gone})


def draft(wanted, key, *locales):
    """The same with an article as a draft in some languages."""
    thing = wanted.things[as_ref(key)]
    translations = {
        locale: replace(each, state="draft") if locale in locales else each
        for locale, each in thing.translations.items()
    }
    things = {**wanted.things, as_ref(key): replace(thing, translations=translations)}
    return replace(wanted, things=things)


def edited(**changes):
    """The world after a colleague wrote into x, with a link to y still in it."""
    paper = applied(LINKED)
    assert paper.id("a/y") == "101"
    return paper.edit("a/x", **changes or {"en": {"body": HERS}})


def said(made):
    return [n for n in made.notices if "stays public" in n.what]


def test_what_nothing_else_links_to_goes():
    made = plan(draft(LINKED, "a/y", "en", "fr"), applied(LINKED))
    assert verbs(made) == ["update a/x", "unpublish a/y"], "x gives its links up first"
    assert said(made) == []


def test_a_text_that_a_colleague_changed_keeps_what_it_links_to_public():
    made = plan(draft(LINKED, "a/y", "en", "fr"), edited())
    [notice] = said(made)
    [hidden] = [edit for each in made.changes if each.verb == "unpublish" for edit in each.edits]
    assert hidden.name == "fr.state", "her English text does not link to the French one"
    assert (notice.rule, notice.severity) == ("conflict", "error")
    assert notice.what == ("a/y stays public: a/x still links to it, and is left as it is.")
    assert "publisher apply --overwrite a/x" in notice.advice
    assert "publisher apply --allow-deletes a/y" in notice.advice


@pytest.mark.parametrize("policy", [{"overwrite": {"a/x"}}, {"allow_deletes": {"a/y"}}], ids=str)
def test_each_way_out_that_is_named_lets_it_go(policy):
    made = plan(draft(LINKED, "a/y", "en", "fr"), edited(), **policy)
    assert "unpublish a/y" in verbs(made)
    assert said(made) == []


def test_the_rest_of_its_change_is_made():
    wanted = draft(LINKED, "a/y", "en")
    thing = wanted.things[as_ref("a/y")]
    french = {**thing.translations, "fr": text("<p>Parce que.</p>", title="a/y fr")}
    wanted.things[as_ref("a/y")] = replace(thing, translations=french)
    made = plan(wanted, edited())
    [change] = [each for each in made.changes if each.ref.key == "a/y"]
    assert (change.verb, [edit.name for edit in change.edits]) == ("update", ["fr.body"])


def test_a_draft_may_link_to_what_is_hidden():
    paper = edited(en={"body": HERS, "state": "draft"})
    made = plan(draft(LINKED, "a/y", "en", "fr"), paper, overwrite=())
    assert "unpublish a/y" in verbs(made)


@pytest.mark.parametrize("on_removed", ["draft", "delete"])
def test_it_holds_for_what_left_the_repository(on_removed):
    made = plan(without(LINKED, "a/y"), edited(), on_removed=on_removed)
    assert [each for each in verbs(made) if each.endswith("a/y")] == []
    assert "conflict" in rules(made)


def test_what_leaves_together_goes_together():
    made = plan(without(LINKED, "a/x", "a/y", "collection:a"), applied(LINKED), on_removed="delete")
    assert verbs(made)[:2] == ["delete a/x", "delete a/y"]


def test_a_collection_stays_with_the_article_that_stays_in_it():
    wanted = site(
        collection("a"), article("a/x"), collection("b"), collection("b/c"), article("b/c/y")
    )
    paper = applied(wanted).remember("a/x", protect=True)
    linked = paper.edit("a/x", en={"body": _to(paper, "b/c/y")})
    left = without(wanted, "b/c/y", "collection:b", "collection:b/c")
    assert verbs(plan(left, paper, on_removed="delete")) == [
        "delete b/c/y",
        "delete b/c",
        "delete b",
    ]
    assert verbs(plan(left, linked, on_removed="delete")) == []


def test_what_stays_gives_up_its_own_links_to_what_goes():
    wanted = site(
        article("x", '<p><a href="article:y">y</a></p>'),
        article("y", '<p><a href="article:z">z</a></p>'),
        article("z", "<p>Z.</p>"),
    )
    paper = applied(wanted)
    shown = paper.live["article", paper.id("x")].thing.translations["en"].body
    hers = paper.edit("x", en={"body": shown + "<p>Hers.</p>"})
    made = plan(draft(draft(wanted, "y", "en"), "z", "en"), hers)
    assert verbs(made) == ["update y", "unpublish z"]


def test_what_stays_and_is_hers_keeps_what_it_links_to_as_well():
    wanted = site(article("y", '<p><a href="article:z">z</a></p>'), article("z", "<p>Z.</p>"))
    paper = applied(wanted).edit("y", en={"body": ""})
    hers = paper.edit("y", en={"body": _to(paper, "z")})
    made = plan(draft(wanted, "z", "en"), hers.remember("y", protect=True))
    assert verbs(made) == []


def test_links_to_what_stays_stay_as_they_are():
    more = site(*LINKED.things.values(), article("a/w", LINK))
    paper = applied(more)
    hers = paper.edit("a/x", en={"body": _to(paper, "a/y")})
    made = plan(draft(more, "a/y", "en"), hers)
    assert verbs(made) == []


def test_an_apply_of_one_key_says_what_else_has_to_be_named():
    made = plan(draft(LINKED, "a/y", "en", "fr"), applied(LINKED), only={"a/y"})
    [notice] = said(made)
    assert "publisher apply a/y a/x" in notice.advice
    assert "is not part of this apply" in notice.what


def _to(paper, key):
    return f'<p><a href="https://help.example.com/en/articles/{paper.id(key)}-slug">b</a></p>'


def test_what_stays_beside_a_colleagues_draft_that_is_replaced_is_published_as_it_is_written():
    paper = applied(LINKED)
    hers = edited().see("a/y", pending=True)
    made = plan(draft(LINKED, "a/y", "en"), hers, overwrite={"a/y"})
    states = [edit for each in made.changes for edit in each.edits if edit.name == "en.state"]
    assert [edit.after for edit in states if edit.before == "published"] != ["draft"]
    assert len(said(made)) == 1
    assert paper.live


def test_what_stays_is_not_called_hidden_already():
    made = plan(without(LINKED, "a/y"), edited(), on_removed="draft", only=())
    english = [n.what for n in made.notices if "a/y" in n.what]
    assert not any("hidden from readers already" in what for what in english)


def test_one_who_applies_everything_is_not_told_to_name_the_other_article():
    [notice] = said(plan(draft(LINKED, "a/y", "en", "fr"), edited()))
    assert "publisher apply a/y a/x" not in notice.advice


def test_of_an_article_that_has_no_file_any_more_nothing_can_be_overwritten():
    made = plan(without(draft(LINKED, "a/y", "en", "fr"), "a/x"), edited())
    for notice in said(made):
        assert notice.what.endswith("and is no longer in the repository.")
        assert "--overwrite" not in notice.advice
    assert said(made)
