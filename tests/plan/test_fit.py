"""What a target's version cannot do is left out, and said once."""

from dataclasses import replace

import pytest

from publisher.model import Abilities, Availability
from publisher.plan.fit import fit
from tests.plan.builders import LATEST, article, as_ref, collection, page, site, source

OLD = Abilities(api_version="2.9", depth=2, pages=False)
PLAIN = Abilities(api_version="2.12")


def fitted(wanted, abilities, fin=()):
    made = fit(wanted, abilities, fin)
    return made.site.things, [problem.rule for problem in made.problems]


def test_a_site_that_fits_is_left_as_it_is():
    wanted = site(collection("a"), collection("a/b"), article("a/b/x"), source("s"), page("s/p"))
    assert fitted(wanted, LATEST) == (wanted.things, [])


def test_articles_of_a_level_too_many_go_into_the_level_above():
    wanted = site(*(collection(key) for key in ("a", "a/b", "a/b/c")), article("a/b/c/x"))
    things, told = fitted(wanted, OLD)
    assert told == ["target-levels"]
    assert as_ref("collection:a/b/c") not in things
    assert things[as_ref("a/b/c/x")].parent == "a/b"


def test_depth_is_that_of_parents_not_of_keys():
    wanted = site(collection("a"), collection("pinned/deep/key", parent="a"))
    assert fitted(wanted, OLD) == (wanted.things, [])


def test_external_pages_are_left_out_before_2_12():
    things, told = fitted(site(article("x"), source("s"), page("s/p")), OLD)
    assert (list(things), told) == ([as_ref("x")], ["target-pages"])


def test_pages_in_other_languages_are_left_out_unless_they_are_asked_for():
    german = replace(page("s/d", external_id="d"), locale="de")
    wanted = site(source("s"), page("s/p"), german)
    things, told = fitted(wanted, PLAIN)
    assert (as_ref("page:s/d") in things, told) == (False, ["target-page-locales"])
    assert fitted(wanted, PLAIN, ("en", "de")) == (wanted.things, [])
    assert fitted(wanted, LATEST) == (wanted.things, [])
    things, told = fitted(wanted, LATEST, ("en",))
    assert (as_ref("page:s/d") in things, told) == (False, [])


def test_icons_and_sales_stay_as_they_are_live_where_they_cannot_be_set():
    wanted = site(
        replace(collection("a"), icon="book"),
        source("s"),
        replace(page("s/p"), fin=Availability(agent=True, sales=False)),
    )
    things, told = fitted(wanted, PLAIN)
    assert told == ["target-icons", "target-sales"]
    assert things[as_ref("collection:a")].icon is None
    assert things[as_ref("page:s/p")].fin == Availability(agent=True)


def test_sections_have_no_description_before_2_10():
    def described(key):
        return replace(collection(key), descriptions={"en": "About"})

    things, told = fitted(site(described("a"), described("a/b")), OLD)
    assert told == ["target-section-descriptions"]
    assert things[as_ref("collection:a")].descriptions == {"en": "About"}
    assert things[as_ref("collection:a/b")].descriptions == {}


def test_order_is_said_once_and_changes_nothing():
    wanted = site(replace(article("x"), order=1), replace(article("y"), order=2))
    assert fitted(wanted, LATEST) == (wanted.things, ["target-order"])


@pytest.mark.parametrize(
    ("url", "linked"), [("https://a.example/b", 'href="https://a.example/b"'), ("", "")]
)
def test_a_link_to_a_page_is_a_link_to_its_address(url, linked):
    wanted = site(
        article("x", '<p>See <a href="page:s/p">it</a>.</p>'), source("s"), page("s/p", url=url)
    )
    things, _ = fitted(wanted, LATEST)
    body = things[as_ref("x")].translations["en"].body
    assert "page:" not in body
    assert (linked in body) if linked else ("<a" not in body and "it" in body)
