"""A plan survives being written down, and nothing else passes for one."""

import json
from dataclasses import fields as attributes
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from publisher.model import LOCALES, Asset, Problem, Reach, Ref, Spot
from publisher.plan.changes import VERBS, Change, Edit, Origin, Plan, Twin, Upkeep
from publisher.plan.planfile import UnreadablePlan, as_document, from_json, named, to_json
from publisher.workflow.schemas import schema
from tests.often import holds
from tests.plan.builders import applied, article, collection, page, plan, site, source

SITE = site(collection("a"), article("a/x", fr="<p>F.</p>"), source("s"), page("s/p"))
MADE = replace(plan(SITE), stands=())
SCHEMA = Draft202012Validator(schema("plan"))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maps = st.dictionaries(texts, texts, max_size=3)
names = st.sampled_from(["parent", "author", "en.title", "fr.body", "pt-BR.state"])
refs = st.builds(Ref, st.sampled_from(["collection", "article", "source", "page"]), texts)
blocks = st.dictionaries(st.sampled_from(LOCALES), st.lists(texts, max_size=2).map(tuple))
edits = st.builds(
    Edit,
    name=names,
    before=st.none() | texts,
    after=texts,
    source=texts,
    path=texts,
    lines=st.lists(st.integers(1, 9), max_size=3).map(tuple),
    headings=maps,
    plain=st.lists(texts, max_size=2).map(tuple),
)
changes = st.builds(
    Change,
    verb=st.sampled_from(VERBS),
    ref=refs,
    id=st.none() | texts,
    title=texts,
    url=texts,
    path=texts,
    stage=st.integers(1, 5),
    why=texts,
    edits=st.lists(edits, max_size=3).map(tuple),
    expects=maps,
    blocks=blocks,
    relink=st.booleans(),
    protect=st.booleans(),
)
problems = st.builds(
    Problem,
    rule=texts,
    severity=st.sampled_from(["error", "warning"]),
    what=texts,
    advice=texts,
    spot=st.none() | st.builds(Spot, texts, st.integers(1, 99)),
)
plans = st.builds(
    Plan,
    origin=st.builds(Origin, target=texts, serial=st.integers(0, 9), committed_at=st.integers(0)),
    changes=st.lists(changes, max_size=3).map(tuple),
    notices=st.lists(problems, max_size=2).map(tuple),
    upkeep=st.lists(
        st.builds(
            Upkeep,
            ref=refs,
            was=st.none() | texts,
            forget=st.booleans(),
            sent=maps,
            blocks=blocks,
            shown=blocks,
            headings=st.dictionaries(st.sampled_from(LOCALES), maps, max_size=2),
        ),
        max_size=2,
    ).map(tuple),
    assets=st.lists(st.builds(Asset, token=texts, path=texts, size=st.integers(0))).map(tuple),
    beside=st.dictionaries(
        refs,
        st.builds(
            Twin,
            id=texts,
            headings=st.dictionaries(st.sampled_from(LOCALES), maps, max_size=2),
        ),
        max_size=2,
    ),
    stopped=texts,
    shielded=st.lists(texts, max_size=2).map(tuple),
    counts=st.dictionaries(st.sampled_from(VERBS), st.integers(0, 9)),
    requests=st.integers(0, 99),
)


@holds(plans, few=20, many=60)
def test_every_plan_comes_back_as_it_was_and_fits_the_published_schema(made):
    made = named(made)
    text = to_json(made)
    assert from_json(text) == made
    SCHEMA.validate(json.loads(text))


def test_a_plan_that_is_read_says_everything_an_apply_needs():
    """Only how things stand is left out: that is `status`, and out of date in a saved plan."""
    read = from_json(to_json(named(MADE)))
    for attribute in attributes(Plan):
        if attribute.name not in ("stands", "id"):
            assert getattr(read, attribute.name) == getattr(MADE, attribute.name)


def test_real_plans_fit_the_schema():
    before = applied(SITE)
    after = site(collection("a"), article("a/x", "<p>New.</p>"), article("y"))
    for made in (MADE, plan(after, before, on_removed="draft"), plan(site(), before)):
        SCHEMA.validate(as_document(made))


def test_the_id_stands_for_everything_in_the_plan():
    assert named(MADE).id == named(MADE).id
    assert named(replace(MADE, stopped="x")).id != named(MADE).id
    assert as_document(MADE)["id"] == named(MADE).id


def test_a_plan_edited_by_hand_is_refused():
    document = as_document(named(MADE))
    document["changes"][0]["title"] = "Another"
    with pytest.raises(UnreadablePlan, match="changed after it was made"):
        from_json(json.dumps(document))


def test_an_approval_added_by_hand_is_refused():
    document = {**as_document(named(MADE)), "approved": True}
    with pytest.raises(UnreadablePlan, match="changed after it was made"):
        from_json(json.dumps(document))


def test_keys_that_a_later_version_adds_are_ignored():
    """With the id that such a version gives: its digest of its own document."""
    from publisher.model import digest

    document = {**as_document(named(MADE)), "colour": "blue", "id": ""}
    document["changes"] = [{**change, "mood": 1} for change in document["changes"]]
    document["assets"] = [{"token": "t/a.png", "path": "a.png", "size": 1, "new": 2}]
    document["id"] = digest(json.dumps(document, ensure_ascii=False, sort_keys=True))
    read = from_json(json.dumps(document))
    assert read.changes == MADE.changes
    assert read.assets == (Asset(token="t/a.png", path="a.png", size=1),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "this is no plan"),
        ("{", "this is no plan"),
        ("[]", "no plan of publisher"),
        ('{"format": "other/1"}', "no plan of publisher"),
        ('{"format": "publisher-plan/2", "made_with": "publisher 9"}', "made with publisher 9"),
        ('{"format": "publisher-plan/1"}', "damaged"),
        ("[" * 200_000, "this is no plan"),
    ],
)
def test_what_is_no_plan_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(UnreadablePlan, match=sentence):
        from_json(text)


@pytest.mark.parametrize("name", sorted(as_document(named(MADE))))
@pytest.mark.parametrize("value", [None, 7, "text", ["text"], {"a": 1}])
def test_a_damaged_plan_never_ends_in_a_traceback(name, value):
    document = as_document(named(MADE))
    if document[name] == value:
        return
    document[name] = value
    with pytest.raises(UnreadablePlan):
        from_json(json.dumps(document))


@pytest.mark.parametrize("name", sorted(as_document(named(MADE))))
def test_a_plan_that_lacks_a_key_is_refused(name):
    document = as_document(named(MADE))
    del document[name]
    with pytest.raises(UnreadablePlan):
        from_json(json.dumps(document))


def test_the_readers_of_what_is_taken_away_travel_with_the_plan_and_weigh_nothing():
    read = Reach(views=1204, involved=None, resolved=312)
    bare = Change(verb="delete", ref=Ref("article", "a"))
    made = Plan(origin=Origin(target="live"), changes=(replace(bare, reach=read),))
    assert from_json(to_json(made)).changes[0].reach == read
    assert made.changes == (bare,)
    SCHEMA.validate(as_document(made))


@pytest.mark.parametrize("reach", [{"views": "many"}, {"views": True}, [1]])
def test_readers_that_are_no_numbers_are_a_damaged_plan(reach):
    made = Plan(
        origin=Origin(target="live"),
        changes=(Change(verb="delete", ref=Ref("article", "a"), reach=Reach()),),
    )
    document = as_document(made)
    document["changes"][0]["reach"] = reach
    with pytest.raises(UnreadablePlan, match="damaged"):
        from_json(json.dumps(document))
