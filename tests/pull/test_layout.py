"""Where live things go in the content folder, and which of them cannot go there."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import (
    Article,
    Collection,
    ExternalPage,
    Key,
    Live,
    Locale,
    Ref,
    RemoteId,
    Source,
    Translation,
)
from publisher.pull.layout import arrange, image_path, paths
from publisher.pull.names import folded

EN = Locale("en")
BYTES = hashlib.sha256(b"box").hexdigest()


def article(id: int, title: str = "Refunds", parent: str | None = None, **more) -> Live:
    texts = more.pop("texts", {"en": Translation(title=title, body="<p>Text.</p>")})
    thing = Article(key=Key(f"#{id}"), parent=parent, translations=texts)
    more.setdefault("parents", (parent,) if parent else ())
    return Live(id=RemoteId(str(id)), thing=thing, **more)


def collection(id: int, title: str = "Billing", parent: str | None = None, **titles) -> Live:
    thing = Collection(key=Key(f"#{id}"), parent=parent, titles={"en": title, **titles})
    return Live(id=RemoteId(str(id)), thing=thing, parents=(parent,) if parent else ())


def source(id: int, url: str = "https://help.example.com/docs", **more) -> Live:
    return Live(id=RemoteId(str(id)), thing=Source(key=Key(f"#{id}"), url=url), **more)


def page(id: int, title: str = "Refunds", source: str = "1", **more) -> Live:
    more = {"external_id": f"theirs-{id}", "locale": EN, **more}
    return Live(
        id=RemoteId(str(id)),
        thing=ExternalPage(key=Key(f"#{id}"), source=Key(source), title=title, **more),
    )


def arranged(*fresh: Live, known=None, stems=None, taken=(), depth=3):
    return arrange(fresh, known or {}, stems or {}, taken, EN, depth)


def stems(made) -> dict[str, str]:
    """Stem by remote id."""
    return {id: made.stems[ref] for (_, id), ref in made.refs.items()}


def why(made) -> dict[str, str]:
    return {left.live.id: left.why for left in made.left}


def test_a_thing_lies_in_the_folder_of_its_collection_and_its_key_is_its_path():
    made = arranged(
        article(12, "Request a refund", "2"), collection(2, "Refunds", "1"), collection(1)
    )
    assert made.refs == {
        ("collection", "1"): Ref("collection", Key("billing")),
        ("collection", "2"): Ref("collection", Key("billing/refunds")),
        ("article", "12"): Ref("article", Key("billing/refunds/request-a-refund")),
    }
    assert stems(made)["12"] == "billing/refunds/request-a-refund"
    assert not made.left


def test_a_file_stands_where_the_reader_of_the_folder_looks_for_it():
    assert paths(Ref("article", Key("pinned")), "billing/refunds", EN) == "en/billing/refunds.md"
    assert paths(Ref("collection", Key("billing")), "billing", "fr") == "fr/billing/_index.md"
    assert paths(Ref("source", Key("handbook")), "handbook", EN) == "fin/handbook/_source.md"
    made = paths(Ref("page", Key("handbook/a/b:fr")), "handbook/a/b", "fr")
    assert made == "fin/handbook/fr/a/b.md"


def test_a_new_thing_lies_below_what_has_files_wherever_those_are():
    billing = Ref("collection", Key("pinned"))
    made = arranged(
        article(12, parent="1"),
        known={("collection", "1"): billing},
        stems={billing: "Money"},
        taken=["en/Money/_index.md"],
    )
    assert stems(made) == {"12": "Money/refunds"}
    assert made.refs["article", "12"] == Ref("article", Key("Money/refunds"))


def test_of_namesakes_the_one_with_the_lower_id_gets_the_plain_name():
    made = arranged(article(100), article(99), article(9, "REFUNDS!"))
    assert stems(made) == {"9": "refunds", "99": "refunds-99", "100": "refunds-100"}


def test_an_article_and_a_folder_may_have_one_name():
    made = arranged(article(12, "Billing"), collection(1, "Billing"))
    assert stems(made) == {"12": "billing", "1": "billing"}


@pytest.mark.parametrize(
    "file", ["en/refunds.md", "fr/Refunds.md", "en/REFUNDS.MD", "de/refunds.md"]
)
def test_no_file_of_any_locale_is_overwritten(file):
    assert stems(arranged(article(12), taken=[file])) == {"12": "refunds-12"}


@pytest.mark.parametrize("file", ["en/Billing/a.md", "fr/billing/img/a.png", "en/billing"])
def test_a_collection_gets_no_folder_that_is_there_already(file):
    assert stems(arranged(collection(1), taken=[file])) == {"1": "billing-1"}


def test_no_pinned_key_is_given_twice():
    pinned = Ref("article", Key("refunds"))
    made = arranged(article(12), known={("article", "5"): pinned}, stems={pinned: "old/place"})
    assert stems(made) == {"12": "refunds-12"}


def test_what_has_files_already_is_not_arranged_again():
    known = {("article", "12"): Ref("article", Key("refunds"))}
    made = arranged(article(12), known=known)
    assert not made.refs
    assert not made.left


def test_a_title_without_letters_gives_way_to_kind_and_id():
    made = arranged(article(12, "🎉"), collection(1, "🎉"))
    assert stems(made) == {"12": "article-12", "1": "collection-1"}


def test_an_article_of_two_help_centers_lies_in_the_collection_that_is_ours():
    made = arranged(article(12, parent="77", parents=("77", "1")), collection(1))
    assert stems(made)["12"] == "billing/refunds"


def test_a_text_without_a_title_is_left_and_the_way_out_is_named():
    untitled = {"en": Translation(title=" ", body="<p>Text.</p>")}
    made = arranged(article(12, texts=untitled))
    assert why(made) == {
        "12": "It has a text in en but no title; give it one in Intercom and pull again."
    }


def test_a_translation_without_its_source_is_left():
    french = {"en": Translation(title=""), "fr": Translation(title="Titre", body="<p>Texte.</p>")}
    made = arranged(article(12, texts=french))
    assert why(made) == {"12": "It has no text in en, of which all others are translations."}


def test_with_an_untitled_collection_goes_all_that_lies_in_it():
    made = arranged(
        collection(1, "", fr="Paiements"), collection(2, "Inner", "1"), article(12, parent="2")
    )
    assert why(made) == {
        "1": "It has no title in en; give it one in Intercom and pull again.",
        "2": "It lies in a collection that is not pulled (Paiements).",
        "12": "It lies in a collection that is not pulled (Inner).",
    }
    assert not made.refs


def test_what_lies_in_a_strangers_collection_is_left():
    made = arranged(article(12, parent="77"))
    assert why(made) == {"12": "It lies in a collection that is not pulled (77)."}


def test_collections_that_lie_in_each_other_are_left():
    made = arranged(collection(1, "One", "2"), collection(2, "Two", "1"), collection(3, "I", "3"))
    assert set(why(made)) == {"1", "2", "3"}


def test_what_lies_deeper_than_folders_may_is_left():
    chain = [collection(n, f"C{n}", str(n - 1) if n > 1 else None) for n in range(1, 5)]
    made = arranged(*chain, article(12, parent="3"), article(13, parent="4"))
    assert stems(made)["12"] == "c1/c2/c3/refunds"
    assert why(made) == {
        "4": "It lies deeper than 3 levels of collections.",
        "13": "It lies in a collection that is not pulled (C4).",
    }


def test_a_source_is_named_by_its_address_and_its_pages_by_their_titles():
    made = arranged(page(5, "Refund policy"), page(6, "", external_id="SLA"), source(1))
    assert stems(made) == {
        "1": "help-example-com-docs",
        "5": "help-example-com-docs/refund-policy",
        "6": "help-example-com-docs/sla",
    }
    policy = made.refs["page", "5"]
    assert policy == Ref("page", Key("help-example-com-docs/refund-policy:en"))
    assert paths(policy, made.stems[policy], EN) == "fin/help-example-com-docs/en/refund-policy.md"


@pytest.mark.parametrize(
    ("external_id", "name"),
    [
        ("handbook/policies/refunds:en", "policies/refunds"),
        ("handbook/policies/refunds:fr", "title"),
        ("other/refunds:en", "title"),
        ("handbook/../refunds:en", "title"),
        ("handbook/Refunds:en", "title"),
        ("handbook/:en", "title"),
    ],
)
def test_a_page_whose_external_id_is_a_key_of_ours_lies_where_the_key_says(external_id, name):
    handbook = Ref("source", Key("handbook"))
    made = arranged(
        page(5, "Title", external_id=external_id),
        known={("source", "1"): handbook},
        stems={handbook: "handbook"},
    )
    assert stems(made) == {"5": f"handbook/{name}"}


def test_pages_of_one_title_share_a_name_only_across_locales():
    made = arranged(source(1, "https://a.io"), page(5), page(6, locale="fr"), page(7))
    assert stems(made) == {
        "1": "a-io",
        "5": "a-io/refunds",
        "6": "a-io/refunds",
        "7": "a-io/refunds-7",
    }


def test_pages_that_are_there_keep_their_files():
    refunds = Ref("page", Key("handbook/refunds:en"))
    handbook = Ref("source", Key("handbook"))
    known = {("source", "1"): handbook, ("page", "5"): refunds}
    made = arranged(page(6), known=known, stems={handbook: "handbook", refunds: "handbook/refunds"})
    assert stems(made) == {"6": "handbook/refunds-6"}
    lying = arranged(source(1, "https://hand.book"), taken=["fin/hand-book/en/x.md"])
    assert stems(lying) == {"1": "hand-book-1"}


def test_a_source_that_intercom_syncs_is_left_and_so_are_its_pages():
    made = arranged(source(1, managed_by_api=False), page(5), source(2, ""))
    assert why(made) == {
        "1": "Intercom keeps this source up to date by itself.",
        "2": "It has no address, which a source must have.",
        "5": "Its source is not pulled.",
    }


TITLES = st.sampled_from(
    ["Billing", "billing", "BILLING!", "Refunds", "🎉", "", "con", "é", "e\u0301"]
)
CENTERS = st.builds(
    lambda groups, texts: (
        [
            collection(n, title, parent and str(parent))
            for n, (title, parent) in enumerate(groups, 1)
        ]
        + [article(n, title, parent and str(parent)) for n, (title, parent) in enumerate(texts, 90)]
    ),
    *[st.lists(st.tuples(TITLES, st.none() | st.integers(1, 6)), max_size=n) for n in (5, 12)],
)


@given(CENTERS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_listed_makes_no_difference(fresh, chance: random.Random):
    assert arranged(*chance.sample(fresh, len(fresh))) == arranged(*fresh)


@given(CENTERS)
def test_everything_has_a_file_of_its_own_or_a_reason(fresh):
    made = arranged(*fresh)
    files = [folded(paths(ref, made.stems[ref], EN)) for ref in made.refs.values()]
    assert len(set(files)) == len(files)
    assert len(set(made.refs.values())) == len(made.refs)
    assert len(made.refs) + len(made.left) == len(fresh)
    assert all(left.why.endswith(".") for left in made.left)


@given(CENTERS, st.integers(0, 17))
def test_pulling_in_two_steps_gives_everything_a_file_of_its_own(fresh, first):
    some = arranged(*fresh[:first])
    taken = [paths(ref, some.stems[ref], EN) for ref in some.refs.values()]
    rest = arranged(*fresh, known=some.refs, stems=some.stems, taken=taken)
    files = [folded(file) for file in taken]
    files += [folded(paths(ref, rest.stems[ref], EN)) for ref in rest.refs.values()]
    assert len(set(files)) == len(files)
    assert not rest.refs.keys() & some.refs.keys()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://d.intercomcdn.com/i/o/1/2/image.png?expires=1&signature=a/b", "image.png"),
        ("https://d.intercomcdn.com/i/My%20Screen%20Shot.PNG", "my-screen-shot.png"),
        (f"https://d.intercomcdn.com/i/box.{BYTES[:8]}.png", "box.png"),
        ("https://d.intercomcdn.com/i/box.00000000.png", "box-00000000.png"),
        ("https://d.intercomcdn.com/i/con.gif", "con-file.gif"),
        ("https://d.intercomcdn.com/i/%F0%9F%8E%89.jpeg", "image.jpeg"),
        ("https://d.intercomcdn.com/i/picture", "picture.png"),
        ("https://d.intercomcdn.com/i/notes.md", "notes-md.png"),
        ("https://d.intercomcdn.com/i/..%2F..%2Fetc.png", "etc.png"),
    ],
)
def test_an_image_lies_with_the_article_that_shows_it_under_a_clean_name(url, path):
    assert image_path("billing/refunds", url, set(), BYTES) == f"images/billing/refunds/{path}"


def test_other_bytes_of_one_name_are_numbered():
    url = "https://d.intercomcdn.com/i/image.png"
    taken = {"images/a/image.png", "images/a/image-2.png"}
    assert image_path("a", url, taken, BYTES) == "images/a/image-3.png"
    assert image_path("A", url, taken, BYTES) == "images/A/image-3.png"
