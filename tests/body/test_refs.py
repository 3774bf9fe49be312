"""Symbolic references: spelt, found, rewritten, bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.body import canonical, refs
from publisher.body.from_markdown import render
from publisher.body.refs import Reference

LINK = (
    '<p class="no-margin">See '
    '<a href="article:billing/refunds#h_0123456789">the <b>fees</b></a>.</p>'
)
IMAGE = '<div class="intercom-container"><img src="asset:0123456789abcdef/a%20b.png" alt="A"></div>'


@pytest.mark.parametrize("kind", ["article", "collection", "page", "asset"])
@given(key=st.text(min_size=1), anchor=st.text())
def test_a_reference_survives_its_spelling(kind, key, anchor):
    reference = Reference(kind, key, anchor)

    assert refs.parse(refs.spell(reference)) == reference


@pytest.mark.parametrize("url", ["", "#h_1", "https://a.org/article:x", "articles:x", "article:"])
def test_other_urls_are_no_references(url):
    assert refs.parse(url) is None


def test_references_come_in_order_with_repeats():
    assert refs.references(LINK + IMAGE + LINK) == (
        Reference("article", "billing/refunds", "h_0123456789"),
        Reference("asset", "0123456789abcdef/a b.png"),
        Reference("article", "billing/refunds", "h_0123456789"),
    )


def test_every_address_passes_and_is_escaped_again():
    html = (
        '<a href="a?b=1&amp;c=2">x</a><div class="intercom-container"><img src="d" alt="e"></div>'
    )
    seen = []

    def replace(url, image):
        seen.append((url, image))
        return url + '"&'

    rewritten = refs.rewrite(html, replace)

    assert seen == [("a?b=1&c=2", False), ("d", True)]
    assert 'href="a?b=1&amp;c=2&quot;&amp;"' in rewritten
    assert '<img src="d&quot;&amp;" alt="e">' in rewritten


def test_a_link_without_an_address_leaves_its_text():
    bound = refs.bind(LINK, lambda reference: None)

    assert bound.html == '<p class="no-margin">See the <b>fees</b>.</p>'
    assert bound.missing == (Reference("article", "billing/refunds", "h_0123456789"),)


def test_an_image_without_an_address_goes_with_its_container_and_link():
    linked = IMAGE.replace("<img", '<a href="https://a.org"><img').replace("></div>", "></a></div>")

    assert refs.bind(IMAGE + linked, lambda reference: None).html == ""


def test_an_item_that_held_only_a_missing_image_is_not_empty():
    html = f"<ul><li>{IMAGE}</li></ul>"

    assert refs.bind(html, lambda reference: None).html == (
        '<ul><li><p class="no-margin"></p></li></ul>'
    )


def test_a_linked_image_stays_when_only_its_link_is_missing():
    html = (
        '<div class="intercom-container"><a href="page:x"><img src="https://a.org/b.png"></a></div>'
    )

    assert refs.bind(html, lambda reference: None).html == (
        '<div class="intercom-container"><img src="https://a.org/b.png"></div>'
    )


def test_a_button_without_an_address_becomes_a_paragraph():
    html = render(':::button href="page" label="Go"\n:::').html

    assert refs.rewrite(html, lambda url, image: None) == '<p class="no-margin">Go</p>'


def test_headings_that_intercom_renamed_are_followed():
    html = '<h1 id="h_0123456789">A</h1><p class="no-margin"><a href="#h_0123456789">up</a></p>'

    bound = refs.bind(html, lambda reference: None, {"h_0123456789": "h_abcdef0123"})

    assert bound.html == html.replace("h_0123456789", "h_abcdef0123")
    assert canonical.heading_ids(bound.html) == ("h_abcdef0123",)


def test_code_that_looks_like_a_link_is_left_alone():
    html = render('```\n<a href="article:x">\n```').html

    assert refs.bind(html, lambda reference: None) == (html, ())
