"""A plan carried out: in order, looking first, sending no more than the change."""

from dataclasses import replace

import pytest

from publisher.body import canonical
from publisher.model import Key, digest
from tests.apply.bench import bench, outcomes
from tests.plan.builders import article, as_ref, collection, page, site, source, text

LINK = '<p>See <a href="article:{}">this</a>.</p>'
CYCLE = site(
    collection("a", "A"),
    collection("a/b", "B"),
    article("a/x", LINK.format("a/b/y"), title="X", fr="<p>Texte.</p>"),
    article("a/b/y", LINK.format("a/x"), title="Y"),
)


SCOPES = ["read_articles_scope"]


def with_body(wanted, key, body, locale="en", **more):
    ref = as_ref(key)
    thing = wanted.things[ref]
    before = thing.translations[locale]
    new = text(body, title=more.pop("title", before.title), **more)
    return replace(
        wanted,
        things={
            **wanted.things,
            ref: replace(thing, translations={**thing.translations, locale: new}),
        },
    )


# Order ---------------------------------------------------------------------------------------


def test_collections_then_drafts_then_texts_then_the_links_that_had_no_address(there):
    there.apply(CYCLE)
    sent = [method + " " + path.rpartition("/")[0] for method, path, _ in there.watched.sent]
    assert sent == [
        "POST /help_center",
        "POST /help_center",
        "POST ",
        "POST ",
        "PUT /articles",
        "PUT /articles",
        "PUT /articles",
    ]


def test_of_two_articles_that_link_to_each_other_only_one_is_sent_twice(there):
    """The second is written when the first is public already, and needs no relink."""
    done = there.apply(CYCLE)
    assert [name for name in outcomes(done) if name.startswith("relink")] == ["relink a/x"]
    x, y = there.article("X"), there.article("Y")
    assert f"/articles/{y['id']}-y" in x["contents"]["en"]["body"]
    assert f"/articles/{x['id']}-x" in y["contents"]["en"]["body"]


def test_a_link_is_relinked_once_and_never_without_need(there):
    done = there.apply(site(article("x", LINK.format("y"), title="X"), article("y", title="Y")))
    assert sum(each.step.action == "relink" and each.outcome == "done" for each in done) <= 1
    assert there.watched.calls.count("POST articles") == 2


@pytest.mark.parametrize("concurrency", [1, 8])
def test_nothing_is_ever_public_without_its_text(tmp_path, concurrency):
    """Looked at after every single call, from the side of the readers."""
    with bench(tmp_path) as there:
        seen = []

        def look(method, path):
            for row in there.center.rows("article"):
                for locale, content in row["contents"].items():
                    if content["state"] == "published":
                        seen.append((row["id"], locale, content["title"], content["body"]))

        there.watched.after = look
        there.apply(CYCLE, concurrency=concurrency)
        assert {title for _, _, title, _ in seen} == {"X", "Y", "a/x fr"}
        for _, _, title, body in seen:
            assert "publisher is writing" not in body
            assert "See" in body or "Texte" in body, title


def test_a_new_article_is_born_with_the_id_of_its_intent_and_nothing_else_to_read(there):
    there.apply(site(article("x", "<p>Secret until it is whole.</p>")))
    _, _, birth = there.watched.sent[0]
    assert birth["state"] == "draft"
    assert f"intent {1:032x}" in birth["body"]
    assert "Secret" not in str(birth)


def test_apply_then_nothing_is_left_to_do(there):
    there.apply(CYCLE)
    made = there.plan(CYCLE)
    assert (made.changes, made.notices) == ((), ())
    assert there.ledger.doubts == {}


# What is sent --------------------------------------------------------------------------------


def test_only_the_field_that_changed_is_sent_and_always_the_author(there):
    there.apply(CYCLE)
    there.apply(with_body(CYCLE, "a/x", "<p>Neuf.</p>", "fr"))
    assert there.put_of("X") == {
        "author_id": 991267242,
        "translated_content": {
            "type": "article_translated_content",
            "fr": {"type": "article_content", "body": "<p>Neuf.</p>"},
        },
    }


def test_the_author_is_who_it_is_live_not_whose_token_it_is(tmp_path):
    with bench(tmp_path, quirks=["author-restamped"]) as there:
        there.apply(CYCLE)
        id_ = there.article("Y")["id"]
        there.center.edit_by_hand(id_, author_id="991267249")
        there.apply(with_body(CYCLE, "a/b/y", "<p>New.</p>"))
        assert there.put_of("Y")["author_id"] == 991267249
        assert there.article("Y")["author_id"] == "991267249"


def test_a_second_step_of_the_same_run_names_the_author_too(tmp_path):
    with bench(tmp_path, quirks=["author-restamped"]) as there:
        there.apply(CYCLE, author="991267249")
        assert {row["author_id"] for row in there.center.rows("article")} == {"991267249"}


def test_a_state_is_named_only_when_it_is_the_change(there):
    there.apply(CYCLE)
    there.apply(with_body(CYCLE, "a/b/y", "<p>New.</p>"))
    assert "state" not in there.put_of("Y")
    there.apply(with_body(CYCLE, "a/b/y", "<p>New.</p>", state="draft"))
    assert there.put_of("Y") == {"author_id": 991267242, "state": "draft"}


def test_a_move_sends_the_place_and_nothing_else(there):
    there.apply(CYCLE)
    ref = as_ref("a/x")
    moved = replace(CYCLE.things[ref], parent=Key("a/b"))
    there.apply(replace(CYCLE, things={**CYCLE.things, ref: moved}))
    parent = there.center.rows("collection")[1]["id"]
    put = there.put_of("X")
    assert put == {"author_id": 991267242, "parent_id": parent, "parent_type": "collection"}


def test_a_collection_is_sent_whole_with_the_icon_it_has_live(there):
    there.apply(CYCLE)
    root = there.center.rows("collection")[0]["id"]
    icon = there.center.rows("collection")[0]["icon"]
    renamed = replace(collection("a", "A new"), descriptions={"en": "About"})
    there.apply(replace(CYCLE, things={**CYCLE.things, as_ref("collection:a"): renamed}))
    [(_, path, put)] = there.watched.sent
    assert path.endswith(root)
    assert put == {"name": "A new", "description": "About", "icon": icon, "parent_id": None}


def test_what_a_colleague_gave_a_collection_meanwhile_is_sent_along(there):
    there.apply(CYCLE)
    root = there.center.rows("collection")[0]["id"]
    after = {
        **CYCLE.things,
        as_ref("collection:a"): replace(collection("a", "A"), descriptions={"en": "About"}),
    }

    def rename():
        there.center.rename_by_hand(root, "French", "fr", kind="collection")

    done = there.apply(replace(CYCLE, things=after), meanwhile=rename)
    assert outcomes(done) == {"write a": "done"}
    assert there.center.row("collection", root)["names"]["fr"] == "French"


# Looking first -------------------------------------------------------------------------------


def test_what_changed_since_the_plan_is_refused_for_that_thing_alone(there):
    wanted = replace(CYCLE, things={**CYCLE.things, as_ref("z"): article("z", title="Z")})
    there.apply(wanted)
    both = with_body(with_body(wanted, "a/x", "<p>Ours.</p>"), "z", "<p>Ours.</p>")
    id_ = there.article("X")["id"]
    done = there.apply(both, meanwhile=lambda: there.center.edit_by_hand(id_, body="<p>Hers.</p>"))
    assert outcomes(done) == {"write a/x": "stale", "write z": "done"}
    [stale] = [each for each in done if each.outcome == "stale"]
    assert stale.message == "it changed in Intercom after the plan was made: en.body"
    assert there.article("X")["contents"]["en"]["body"] == "<p>Hers.</p>"


def test_what_changed_in_another_field_is_no_reason_to_refuse(there):
    there.apply(CYCLE)
    id_ = there.article("X")["id"]

    def edit():
        there.center.edit_by_hand(id_, "fr", body="<p>Hers.</p>")

    done = there.apply(with_body(CYCLE, "a/x", "<p>Ours.</p>"), meanwhile=edit)
    assert outcomes(done) == {"write a/x": "done"}
    assert [
        notice.rule for notice in there.plan(with_body(CYCLE, "a/x", "<p>Ours.</p>")).notices
    ] == ["drift"]


@pytest.mark.parametrize("kind", ["article", "collection"])
def test_what_was_deleted_since_the_plan_is_refused_and_not_created(there, kind):
    there.apply(CYCLE)
    wanted = with_body(CYCLE, "a/x", "<p>Ours.</p>")
    id_ = there.article("X")["id"]
    if kind == "collection":
        after = {**CYCLE.things, as_ref("collection:a/b"): collection("a/b", "New")}
        wanted, id_ = replace(CYCLE, things=after), there.center.rows("collection")[1]["id"]
    done = there.apply(wanted, meanwhile=lambda: there.center.delete_by_hand(kind, id_))
    assert [each.message for each in done if each.outcome == "stale"] == [
        "it was deleted in Intercom after the plan was made"
    ]
    assert [method for method, _, _ in there.watched.sent] == []


def test_a_draft_begun_since_the_plan_is_not_overwritten(there):
    there.apply(CYCLE)
    id_ = there.article("X")["id"]

    def begin():
        there.center.draft_by_hand(id_, body="<p>Half a sentence</p>")

    wanted = with_body(CYCLE, "a/x", "<p>Ours.</p>")
    assert outcomes(there.apply(wanted, meanwhile=begin)) == {"write a/x": "stale"}
    assert outcomes(there.apply(wanted)) == {}
    assert outcomes(there.apply(wanted, overwrite=["a/x"])) == {"write a/x": "done"}


def test_what_is_deleted_between_the_look_and_the_write_is_refused_too(there):
    there.apply(CYCLE)
    id_ = there.article("X")["id"]

    def delete(method, path):
        if method == "PUT":
            there.center.delete_by_hand("article", id_)

    there.watched.before = delete
    done = there.apply(with_body(CYCLE, "a/x", "<p>Ours.</p>"))
    assert outcomes(done) == {"write a/x": "stale"}
    assert len(there.center.rows("article")) == 1


def test_what_is_deleted_already_needs_no_deleting(there):
    there.apply(CYCLE)
    rest = replace(CYCLE, things={r: t for r, t in CYCLE.things.items() if r.key != "a/b/y"})
    rest = with_body(rest, "a/x", "<p>No link.</p>")
    id_ = there.article("Y")["id"]
    done = there.apply(
        rest,
        meanwhile=lambda: there.center.delete_by_hand("article", id_),
        on_removed="delete",
    )
    assert outcomes(done)["remove a/b/y"] == "done"
    assert not [call for call in there.watched.sent if call[0] == "DELETE"]
    assert as_ref("a/b/y") not in there.ledger.entries


def test_a_deletion_is_refused_when_the_thing_was_edited_since_the_plan(there):
    there.apply(CYCLE)
    rest = with_body(
        replace(CYCLE, things={r: t for r, t in CYCLE.things.items() if r.key != "a/b/y"}),
        "a/x",
        "<p>No link.</p>",
    )
    id_ = there.article("Y")["id"]
    done = there.apply(
        rest, meanwhile=lambda: there.center.edit_by_hand(id_, title="Y!"), on_removed="delete"
    )
    assert outcomes(done)["remove a/b/y"] == "stale"
    assert there.article("Y!")


# Failures ------------------------------------------------------------------------------------


def test_what_hangs_under_a_collection_that_failed_is_said_to_wait_for_it(there):
    there.center.faults.add("500", method="POST", path="/collections$", after=1, times=None)
    done = there.apply(CYCLE)
    assert outcomes(done) == {
        "create a": "done",
        "create a/b": "failed",
        "birth a/x": "done",
        "birth a/b/y": "skipped",
        "write a/x": "done",
        "write a/b/y": "skipped",
        "relink a/b/y": "skipped",
    }
    said = [each.message for each in done if each.outcome == "skipped"]
    assert said[0] == "parent a/b is not there yet"


def test_a_token_that_may_not_write_ends_the_run_at_once(tmp_path):
    with bench(tmp_path, version="2.11", scopes=SCOPES) as there:
        done = there.apply(CYCLE)
        assert len([each for each in done if each.outcome == "failed"]) == 1
        assert len(there.watched.sent) == 1


def test_a_429_is_waited_for_as_asked_and_then_repeated_even_for_a_creation(there):
    there.center.faults.add("429", method="POST", path="/articles$", times=3)
    done = there.apply(CYCLE)
    assert {each.outcome for each in done} <= {"done", "skipped"}
    assert len(there.waits) == 3
    assert all(0 < wait <= 10 for wait in there.waits)
    assert len(there.center.rows("article")) == 2


def test_a_stop_ends_what_is_in_flight_and_begins_nothing_more(there):
    done = []
    done += there.apply(CYCLE, stop=lambda: len(there.watched.sent) >= 3)
    assert len(there.watched.sent) == 3
    assert [each.outcome for each in done] == ["done"] * 3
    assert there.ledger.doubts == {}
    there.apply(CYCLE)
    assert len(there.center.rows("article")) == 2
    assert there.plan(CYCLE).changes == ()


# What comes back -----------------------------------------------------------------------------


def test_what_intercom_did_not_keep_is_said_once_on_its_line_and_never_sent_again(tmp_path):
    with bench(tmp_path, quirks=["code-newlines-lost"]) as there:
        code = "<p>Run:</p><pre><code>one\ntwo</code></pre><p>{}</p>"
        wanted = site(article("x", code.format("."), title="X", en={"lines": (4, 6, 9)}))
        [lost] = [problem for each in there.apply(wanted) for problem in each.lost]
        assert (lost.rule, lost.severity, lost.spot.line) == ("not-kept", "error", 6)
        assert there.plan(wanted).changes == ()
        for number in range(3):
            edited = site(article("x", code.format(number), title="X"))
            done = there.apply(edited)
            assert outcomes(done) == {"write x": "done"}
            assert [each.lost for each in done if each.lost] == []


def test_two_losses_in_one_text_are_both_known_afterwards(tmp_path):
    with bench(tmp_path, quirks=["code-newlines-lost"]) as there:
        code = "<pre><code>a\nb</code></pre><p>{}</p><pre><code>c\nd\ne</code></pre>"
        done = there.apply(site(article("x", code.format("."), title="X")))
        assert len([problem for each in done for problem in each.lost]) == 2
        done = there.apply(site(article("x", code.format("!"), title="X")))
        assert [each.lost for each in done if each.lost] == []


def test_a_language_that_is_switched_off_is_said_and_not_sent_again(tmp_path):
    with bench(tmp_path, quirks=["single-language"]) as there:
        done = there.apply(CYCLE)
        [lost] = [problem for each in done for problem in each.lost]
        assert "did not keep the French translation" in lost.what
        assert there.plan(CYCLE).changes == ()


def test_heading_ids_that_intercom_replaced_are_what_links_lead_to(tmp_path):
    with bench(tmp_path, quirks=["heading-ids-replaced"]) as there:
        wanted = site(
            article("x", '<p><a href="article:y#h_0000000001">fees</a></p>', title="X"),
            article("y", '<h1 id="h_0000000001">Fees</h1><p>None.</p>', title="Y"),
        )
        there.apply(wanted)
        theirs = there.ledger.entries[as_ref("y")].headings["en"]["h_0000000001"]
        assert f"-y#{theirs}" in there.article("X")["contents"]["en"]["body"]
        assert f'id="{theirs}"' in there.article("Y")["contents"]["en"]["body"]
        assert there.plan(wanted).changes == ()


def test_drift_that_was_left_alone_stays_a_drift_when_another_field_is_written(there):
    there.apply(CYCLE)
    there.center.edit_by_hand(there.article("X")["id"], body="<p>Hers.</p>")
    wanted = with_body(CYCLE, "a/x", "<p>Neuf.</p>", "fr")
    assert outcomes(there.apply(wanted)) == {"write a/x": "done"}
    assert [notice.rule for notice in there.plan(wanted).notices] == ["drift"]


# Blocks --------------------------------------------------------------------------------------


def blocks_of(html):
    return tuple(digest(block) for block in canonical.blocks(html))


def test_the_blocks_that_were_sent_and_those_that_were_shown_are_remembered_apart(tmp_path):
    with bench(tmp_path, quirks=["code-newlines-lost"]) as there:
        body = "<p>Ours.</p><pre><code>a\nb</code></pre>"
        there.apply(site(article("x", body, title="X"), source("s"), page("s/p")))
        entry = there.ledger.entries[as_ref("x")]
        assert entry.blocks == {"en": blocks_of(body)}
        assert entry.shown == {"en": blocks_of("<p>Ours.</p><pre><code>ab</code></pre>")}
        of_page = there.ledger.entries[as_ref("page:s/p")]
        assert of_page.blocks == of_page.shown == {"en": blocks_of("<p>Facts.</p>")}


def test_of_a_text_that_is_not_written_the_blocks_stay_as_they_were_sent_and_shown(there):
    there.apply(CYCLE)
    before = there.ledger.entries[as_ref("a/x")]
    there.center.edit_by_hand(there.article("X")["id"], body="<p>Hers.</p>")
    both = with_body(CYCLE, "a/x", "<p>Ours.</p>")
    there.apply(with_body(both, "a/x", "<p>Neuf.</p>", "fr"))
    after = there.ledger.entries[as_ref("a/x")]
    assert (after.blocks["en"], after.shown["en"]) == (before.blocks["en"], before.shown["en"])
    assert after.blocks["fr"] == after.shown["fr"] == blocks_of("<p>Neuf.</p>")


def test_a_page_in_another_language_that_links_is_settled_after_an_update(tmp_path):
    linking = '<p>{} <a href="article:x">lien</a></p>'
    with bench(tmp_path, version="2.17") as there:

        def wanted(word):
            french = replace(page("s/p", linking.format(word)), locale="fr")
            return site(article("x", title="X", fr="<p>Texte.</p>"), source("s"), french)

        there.apply(wanted("Un"))
        there.apply(wanted("Deux"))
        assert there.plan(wanted("Deux")).changes == ()


# Counts --------------------------------------------------------------------------------------


def test_an_update_costs_one_look_and_one_write(there):
    there.apply(CYCLE)
    there.transport.sent.clear()
    there.apply(with_body(CYCLE, "a/x", "<p>Neuf.</p>", "fr"))
    walks = 4
    assert dict(there.transport.sent) == {"GET": walks + 1, "PUT": 1}


def test_pages_and_sources_are_upserted_whole(there):
    wanted = site(source("s"), page("s/p", url="https://docs.example.com/p"))
    there.apply(wanted)
    assert there.watched.calls == ["POST content_import_sources", "POST external_pages"]
    after = site(source("s"), page("s/p", "<p>New facts.</p>", url="https://docs.example.com/p"))
    there.apply(after)
    [(method, path, body)] = there.watched.sent
    assert (method, path) == ("POST", "/ai/external_pages")
    assert body["url"] == "https://docs.example.com/p"
    assert body["html"] == "<p>New facts.</p>"
    assert len(there.center.rows("page")) == 1
    assert there.plan(after).changes == ()


def test_a_thing_deleted_live_is_put_back_whole(there):
    wanted = site(
        collection("a", "A"), article("a/x", fr="<p>F.</p>", title="X"), source("s"), page("s/p")
    )
    there.apply(wanted)
    there.center.delete_by_hand("article", there.article("X")["id"])
    there.center.delete_by_hand("source", there.center.rows("source")[0]["id"])
    assert there.apply(wanted) == []
    there.apply(wanted, overwrite=["a/x", "s", "s/p"])
    contents = there.article("X")["contents"]
    assert {locale: each["state"] for locale, each in contents.items()} == {
        "en": "published",
        "fr": "published",
    }
    assert "publisher is writing" not in contents["en"]["body"]
    assert len(there.center.rows("page")) == len(there.center.rows("source")) == 1
    assert there.plan(wanted).changes == ()
