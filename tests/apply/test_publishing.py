"""What becomes public is as its author wants it, and what goes is linked to no more."""

from dataclasses import replace

import pytest

from tests.apply.bench import outcomes
from tests.plan.builders import article, as_ref, collection, site

ONLY = site(collection("a", "A"), article("a/x", "<p>Ours.</p>", title="X", fr="<p>Le.</p>"))
LINKED = site(
    collection("a", "A"),
    article("a/x", '<p>See <a href="article:a/y">y</a>.</p>', title="X"),
    article("a/y", "<p>Why.</p>", title="Y"),
)


def drafts(wanted, *keys):
    """The same with these articles as drafts."""
    return stated(wanted, keys, "draft")


def public(wanted, *keys):
    """The same with these articles published, in so many words."""
    return stated(wanted, keys, "published")


def stated(wanted, keys, state):
    things = dict(wanted.things)
    for key in keys:
        thing = things[as_ref(key)]
        translations = {
            locale: replace(each, state=state) for locale, each in thing.translations.items()
        }
        things[as_ref(key)] = replace(thing, translations=translations)
    return replace(wanted, things=things)


def newborn(there, deed):
    """Let the first apply end after the births, and a colleague act then."""
    count = iter(range(100))
    there.apply(ONLY, stop=lambda: len(there.center.rows("article")) == 1 and next(count) > 0)
    [row] = there.center.rows("article")
    assert "publisher is writing" in row["contents"]["en"]["body"]
    deed(row["id"])


@pytest.mark.parametrize(
    "deed",
    [{"body": "<p>publisher is writing, says she.</p>"}, {"title": "Hers"}],
    ids=["body", "title"],
)
def test_a_newborn_draft_that_somebody_wrote_into_is_not_published(there, deed):
    newborn(there, lambda id_: there.center.edit_by_hand(id_, **deed))
    made = there.plan(ONLY)
    assert "conflict" in [notice.rule for notice in made.notices]
    there.apply(ONLY)
    [row] = there.center.rows("article")
    assert row["contents"]["en"]["state"] == "draft"
    assert row["contents"]["en"][next(iter(deed))] == next(iter(deed.values()))
    there.apply(ONLY, overwrite=["a/x"])
    [row] = there.center.rows("article")
    assert (row["contents"]["en"]["state"], row["contents"]["en"]["title"]) == ("published", "X")


def test_a_draft_with_a_colleagues_words_is_not_published_along(there):
    there.apply(drafts(ONLY, "a/x"))
    [row] = there.center.rows("article")
    there.center.edit_by_hand(row["id"], body="<p>Hers.</p>")
    made = there.plan(public(ONLY, "a/x"))
    assert [n.what for n in made.notices if "not published" in n.what]
    assert [edit.name for change in made.changes for edit in change.edits] == ["fr.state"]
    there.apply(public(ONLY, "a/x"))
    [row] = there.center.rows("article")
    assert {loc: each["state"] for loc, each in row["contents"].items()} == {
        "en": "draft",
        "fr": "published",
    }


def test_words_that_come_into_a_draft_after_the_plan_are_not_published_along(there):
    there.apply(drafts(ONLY, "a/x"))
    [row] = there.center.rows("article")
    done = there.apply(
        public(ONLY, "a/x"),
        meanwhile=lambda: there.center.edit_by_hand(row["id"], body="<p>Hers.</p>"),
    )
    assert outcomes(done) == {"write a/x": "stale"}
    assert there.article("X")["contents"]["en"]["state"] == "draft"


def test_what_is_hidden_goes_after_the_links_to_it(there):
    there.apply(LINKED)
    there.apply(drafts(LINKED, "a/y"))
    puts = [path for method, path, _ in there.watched.sent if method == "PUT"]
    x, y = there.article("X")["id"], there.article("Y")["id"]
    assert puts == [f"/articles/{x}", f"/articles/{y}"]


@pytest.mark.parametrize("on_removed", ["draft", "delete"])
def test_what_is_still_linked_to_stays_when_the_link_could_not_be_taken_out(there, on_removed):
    there.apply(LINKED)
    rest = site(collection("a", "A"), article("a/x", "<p>No link.</p>", title="X"))
    id_ = there.article("X")["id"]
    done = there.apply(
        rest,
        meanwhile=lambda: there.center.edit_by_hand(id_, description="Hers."),
        on_removed=on_removed,
        max_removals="100%",
    )
    assert outcomes(done)["write a/x"] == "done", "nobody touched its text"
    there.apply(LINKED)
    done = there.apply(
        rest,
        meanwhile=lambda: there.center.edit_by_hand(id_, body="<p>Hers.</p>"),
        on_removed=on_removed,
        max_removals="100%",
    )
    assert outcomes(done)["write a/x"] == "stale"
    assert outcomes(done)["remove a/y"] == "skipped"
    assert there.article("Y")["contents"]["en"]["state"] == "published"


def test_an_article_that_somebody_deleted_while_it_was_to_be_hidden_is_not_made_again(there):
    there.apply(LINKED)
    hidden = drafts(LINKED, "a/y")
    id_ = there.article("Y")["id"]
    there.center.faults.add("500", method="PUT", path=f"/articles/{id_}$", times=None)
    there.apply(hidden)
    there.center.faults.clear()
    there.center.delete_by_hand("article", id_)
    there.apply(hidden)
    assert [row["contents"]["en"]["title"] for row in there.center.rows("article")] == ["X"]
    assert "gone" in [notice.rule for notice in there.plan(hidden).notices]


def test_of_two_that_are_hidden_at_once_the_one_that_links_goes_first(there):
    there.apply(LINKED)
    both = drafts(LINKED, "a/x", "a/y")
    rest = dict(both.things)
    thing = rest[as_ref("a/x")]
    text = replace(thing.translations["en"], body="<p>No link.</p>", source="new")
    rest[as_ref("a/x")] = replace(thing, translations={"en": text})
    there.apply(replace(both, things=rest), max_removals="100%")
    puts = [path for method, path, _ in there.watched.sent if method == "PUT"]
    x, y = there.article("X")["id"], there.article("Y")["id"]
    assert puts == [f"/articles/{x}", f"/articles/{y}"]


def test_what_is_written_in_two_steps_is_linked_to_by_nothing_in_between(there):
    """One language is hidden, the other is written before: nobody may link to the hidden one."""
    wanted = site(
        article("a", "<p>A.</p>", title="A", fr="<p>Le A.</p>"),
        article("b", '<p>See <a href="article:a">a</a>.</p>', title="B"),
    )
    there.apply(wanted)
    things = dict(wanted.things)
    thing = things[as_ref("a")]
    english = replace(thing.translations["en"], state="draft")
    french = replace(thing.translations["fr"], title="Autre")
    things[as_ref("a")] = replace(thing, translations={"en": english, "fr": french})
    body = '<p>Do see <a href="article:a">a</a>.</p>'
    things[as_ref("b")] = article("b", body, title="B")
    there.apply(replace(wanted, things=things), max_removals="100%")
    assert there.article("B")["contents"]["en"]["body"] == '<p class="no-margin">Do see a.</p>'
    assert there.article("Autre")["contents"]["en"]["state"] == "draft"
    assert there.plan(replace(wanted, things=things)).changes == ()


def test_a_translation_that_a_colleague_added_is_not_written_over(there):
    there.apply(site(collection("a", "A"), article("a/x", "<p>Ours.</p>", title="X")))
    id_ = there.article("X")["id"]
    there.center.edit_by_hand(id_, locale="fr", title="Le sien", body="<p>Du fichier.</p>")
    there.apply(ONLY)
    french = there.article("X")["contents"]["fr"]
    assert french["title"] == "Le sien"


def test_a_link_to_a_collection_that_is_made_in_the_same_apply_leads_to_it(there):
    wanted = site(
        collection("a", "A"),
        article("x", '<p>See <a href="collection:a">all of it</a>.</p>', title="X"),
    )
    there.apply(wanted)
    [made] = there.center.rows("collection")
    assert f"/collections/{made['id']}" in there.article("X")["contents"]["en"]["body"]
