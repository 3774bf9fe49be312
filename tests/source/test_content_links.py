"""Links between files become references between things, or a finding on their line."""

from __future__ import annotations

import hashlib

import pytest

TARGETS = {
    "en/orders/cancel.md": "# Cancel\n\n## Fees & costs\n\nText.\n",
    "en/orders/_index.md": "---\ntitle: Orders\n---\n",
    "en/orders/refund policy.md": "# Policy\n\nText.\n",
    "en/faq.md": "# FAQ\n\nText.\n",
    "en/orders/img/box.png": b"png",
    "img/logo.svg": b"<svg/>",
}


def anchor(content, key: str, slug: str, locale: str = "en") -> str:
    return content.load().site.headings[key, locale][slug]


def page(content, *body: str, path: str = "en/orders/a.md") -> None:
    content.add(TARGETS | {path: "\n".join(["# A", "", *body, ""])})


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("cancel.md", "article:orders/cancel"),
        ("./cancel.md", "article:orders/cancel"),
        ("cancel", "article:orders/cancel"),
        ("cancel/", "article:orders/cancel"),
        ("../orders/cancel.md?x=1", "article:orders/cancel"),
        ("/orders/cancel.md", "article:orders/cancel"),
        ("/en/orders/cancel.md", "article:orders/cancel"),
        ("..%5Corders%5Ccancel.md", "article:orders/cancel"),
        ("refund%20policy.md", "article:orders/refund%20policy"),
        ("<refund policy.md>", "article:orders/refund%20policy"),
        ("../faq.md", "article:faq"),
        ("_index.md", "collection:orders"),
        (".", "collection:orders"),
        ("../orders/", "collection:orders"),
        ("../orders", "collection:orders"),
    ],
)
def test_a_relative_link_becomes_a_reference(content, url, reference):
    page(content, f"See [it]({url}).")
    assert f'href="{reference}"' in content.body("orders/a")
    assert not content.problems()


@pytest.mark.parametrize(
    "url", ["https://x.org/cancel.md", "mailto:a@x.org", "//x.org/a", "tel:+331234"]
)
def test_other_addresses_stay_as_they_are(content, url):
    page(content, f"See [it]({url}).")
    assert f'href="{url}"' in content.body("orders/a")
    assert not content.problems()


def test_an_anchor_becomes_our_heading_id(content):
    page(content, "[it](cancel.md#fees--costs)")
    expected = anchor(content, "orders/cancel", "fees--costs")
    assert expected.startswith("h_")
    assert f'href="article:orders/cancel#{expected}"' in content.body("orders/a")


def test_a_heading_id_may_be_named_itself(content):
    page(content)
    expected = anchor(content, "orders/cancel", "fees--costs")
    page(content, f"[it](cancel.md#{expected})")
    assert f'href="article:orders/cancel#{expected}"' in content.body("orders/a")


def test_a_link_within_the_page_stays_within_the_page(content):
    page(content, "[down](#below)", "", "## Below", "", "Text.")
    assert f'href="#{anchor(content, "orders/a", "below")}"' in content.body("orders/a")


def test_an_unknown_anchor_is_an_error_that_names_the_nearest(content):
    page(content, "Text.", "", "[it](cancel.md#fees-cost)", "", "[down](#below)")
    assert content.problems() == [
        ("anchor-unresolved", "en/orders/a.md", 5),
        ("anchor-unresolved", "en/orders/a.md", 7),
    ]
    assert content.load().problems[0].advice == "Did you mean `#fees--costs`?"


def test_an_unknown_anchor_as_a_warning_keeps_the_link_to_the_article(content):
    page(content, "[it](cancel.md#nowhere) and [down](#below)")
    body = content.body("orders/a", severities={"anchor-unresolved": "warning"})
    assert '<a href="article:orders/cancel"' in body
    assert "down" in body
    assert "#below" not in body


def test_an_unknown_target_is_an_error_on_its_line_that_names_the_nearest(content):
    page(content, "Text.", "", "[it](cancle.md#fees)")
    problem = content.the("link-unresolved")
    assert (content.path(problem), problem.spot.line) == ("en/orders/a.md", 5)
    assert problem.advice == "Did you mean `cancel.md` (orders/cancel)?"


def test_an_address_in_another_script_is_told_as_its_author_wrote_it(content):
    page(content, "[a](größe.md) ![b](größe.png) [c](cancel.md#größe) [d](#größe)", "", "## Größen")
    said = [problem.what for problem in content.load(advice=True).problems]
    assert sum("größe" in each for each in said) == 4, said
    advice = [problem.advice for problem in content.load(advice=True).problems]
    assert "Did you mean `#größen`?" in advice


def test_a_file_that_moved_is_found_by_its_name(content):
    page(content, "[it](../billing/cancel.md)")
    assert "`cancel.md` (orders/cancel)" in content.the("link-unresolved").advice


def test_a_forgotten_scheme_is_recognised(content):
    page(content, "[it](www.example.com/a)")
    assert content.the("link-unresolved").advice == "Did you mean `https://www.example.com/a`?"


def test_a_link_without_a_target_as_a_warning_keeps_its_text(content):
    page(content, "See [the text](gone.md) and ![](gone.png) here.")
    quiet = {"link-unresolved": "warning", "asset-missing": "off"}
    body = content.body("orders/a", severities=quiet)
    assert "the text" in body
    assert "<a" not in body
    assert "<img" not in body


def test_every_occurrence_is_named(content):
    page(content, "[a](gone.md)", "", "[b](gone.md)")
    assert [line for _, _, line in content.problems()] == [3, 5]


@pytest.mark.parametrize("url", ["../../../secret.md", "/../../x.md"])
def test_a_link_out_of_the_content_folder_is_refused(content, url):
    page(content, f"[it]({url})")
    assert content.problems() == [("link-outside", "en/orders/a.md", 3)]


@pytest.mark.parametrize("address", ["article:orders/cancel", "asset:0/x.png", "page:s/p:en"])
def test_nobody_can_write_a_reference_of_ours(content, address):
    page(content, f'[it]({address}) ![]({address}) <a href="{address}">it</a>')
    assert address not in content.body("orders/a", severities={"image-address": "warning"})
    assert {rule for rule, _, _ in content.problems()} == {"link-scheme", "image-address"}


@pytest.mark.parametrize("url", ["img/box.png", "/orders/img/box.png", "./img/../img/box.png?v=2"])
def test_an_image_becomes_an_asset_named_by_its_bytes(content, url):
    page(content, f"![A box]({url})")
    digest = hashlib.sha256(b"png").hexdigest()[:16]
    assert f'src="asset:{digest}/box.png"' in content.body("orders/a")
    asset = content.load().site.assets[f"{digest}/box.png"]
    assert (asset.path, asset.size) == ("en/orders/img/box.png", 3)


def test_an_image_may_lie_outside_the_locale_folders(content):
    page(content, "![](/img/logo.svg) ![](../../img/logo.svg)")
    assert content.body("orders/a").count("/logo.svg") == 2
    assert not content.problems()


def test_a_changed_image_is_another_asset_and_another_digest(content):
    page(content, "![](img/box.png)")
    before = content.load()
    content.add({"en/orders/img/box.png": b"new"})
    after = content.load()
    assert before.digest != after.digest
    assert before.site.assets.keys().isdisjoint(after.site.assets)


def test_an_image_that_nobody_shows_is_no_asset(content):
    page(content, "Text.")
    assert not content.load().site.assets


def test_a_missing_image_is_an_error_on_its_line(content):
    page(content, "Text.", "", "![](img/bax.png)")
    assert content.problems() == [("asset-missing", "en/orders/a.md", 5)]


def test_lines_stay_with_their_blocks_when_an_image_goes(content):
    page(content, "One.", "", "![](gone.png)", "", "Three.")
    article = content.thing("article", "orders/a", severities={"asset-missing": "warning"})
    assert article.translations["en"].lines == (3, 7)


def test_an_image_of_another_type_is_a_warning(content):
    page(content, "![](x.webp)")
    content.add({"en/orders/x.webp": b"webp"})
    assert (content.the("asset-type").severity, "asset:" in content.body("orders/a")) == (
        "warning",
        True,
    )


def test_a_link_to_a_file_is_a_warning(content):
    page(content, "[it](form.pdf)")
    content.add({"en/orders/form.pdf": b"pdf"})
    assert content.the("link-to-file").severity == "warning"
    assert 'href="asset:' in content.body("orders/a")


def test_a_translation_links_to_the_headings_of_its_own_language(content):
    page(content, "Text.")
    content.add(
        {
            "fr/orders/cancel.md": "# Annuler\n\n## Frais\n\nTexte.\n",
            "fr/orders/a.md": "# A\n\n[x](cancel.md#frais) [y](../../en/orders/cancel.md#frais)\n",
            "fr/faq.md": "# FAQ\n\n[z](../en/orders/refund%20policy.md) [é](/orders/cancel.md)\n",
        }
    )
    quiet = {"collection-without-title": "off"}
    assert not content.problems(severities=quiet)
    frais = anchor(content, "orders/cancel", "frais", "fr")
    assert content.body("orders/a", "fr").count(f'href="article:orders/cancel#{frais}"') == 2


def test_where_no_translation_is_there_the_source_serves_its_headings(content):
    page(content, "Text.")
    content.add({"fr/orders/a.md": "# A\n\n[x](../../en/orders/cancel.md#fees--costs)\n"})
    fees = anchor(content, "orders/cancel", "fees--costs")
    assert f'href="article:orders/cancel#{fees}"' in content.body("orders/a", "fr")


def test_a_translations_link_to_what_is_not_translated_leads_to_the_default_locale(content):
    page(content, "Text.")
    content.add({"en/orders/a.md": "# A\n\nText.\n", "fr/orders/a.md": "# A\n\n[x](cancel.md)\n"})
    assert "link-unresolved" not in [rule for rule, _, _ in content.problems()]
    assert 'href="article:orders/cancel"' in content.body("orders/a", "fr")


def test_links_may_go_in_a_circle(content):
    content.add({"en/a.md": "# A\n\n[b](b.md)\n", "en/b.md": "# B\n\n[a](a.md)\n"})
    assert not content.problems()
    assert 'href="article:b"' in content.body("a")


def test_pages_for_fin_are_linked_by_their_key(content):
    page(content, "[p](../../fin/s/en/p.md) [q](/fin/s/en/p.md#more)")
    content.add(
        {
            "fin/s/_source.md": "---\nurl: https://x.org\n---\n",
            "fin/s/en/p.md": "# P\n\n[a](../../../en/faq.md) [top](/p.md)\n\n## More\n\nText.\n",
        }
    )
    assert not content.problems()
    more = anchor(content, "s/p:en", "more")
    assert 'href="page:s/p%3Aen"' in content.body("orders/a")
    assert f'href="page:s/p%3Aen#{more}"' in content.body("orders/a")
    assert 'href="article:faq"' in content.thing("page", "s/p:en").body
