"""Live addresses as an author would write them, held to what our own reading makes of those."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from publisher.body import refs
from publisher.body.refs import Reference
from publisher.model import ContentRules, Key, Locale, Ref, Site
from publisher.plan.view import known_addresses
from publisher.pull.outward import Outward
from publisher.source import Loaded, load
from tests.plan.builders import applied

ODD = "100% (new) größe & [#1]"
FILES = {
    "en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "en/billing/refunds.md": "# Refunds\n\n## Fees & costs\n\nText.\n\n## Größe\n\nText.\n",
    "en/billing/cards/add.md": "# Add a card\n\nText.\n",
    "en/orders/cancel.md": "# Cancel\n\n## Fees\n\nText.\n",
    f"en/orders/{ODD}.md": "# Odd\n\nText.\n",
    "en/faq.md": "# FAQ\n\nText.\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "fr/billing/refunds.md": "# Remboursements\n\n## Frais\n\nTexte.\n",
    "fin/handbook/_source.md": "---\nurl: https://docs.example.com\n---\n",
    "fin/handbook/en/policies/refunds.md": "# Policy\n\nText.\n",
}
REFUNDS, CANCEL = Ref("article", Key("billing/refunds")), Ref("article", Key("orders/cancel"))
BILLING, CARDS = Ref("collection", Key("billing")), Ref("collection", Key("billing/cards"))
CDN = "https://downloads.intercomcdn.com/i/o/8572/303baa95/box.png"
SIGNED = f"{CDN}?expires=1774969200&signature=4853&req=fCUg%0A"
EN, FR = Locale("en"), Locale("fr")


def read(folder: Path, files: dict[str, str] = FILES) -> Loaded:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return load(folder, ContentRules())


def files_of(site: Site, folder: Path) -> dict[tuple[Ref, Locale], str]:
    """Every text's file; a folder without an index counts as having one."""
    found: dict[tuple[Ref, Locale], str] = {}
    for ref, thing in site.things.items():
        if ref.kind == "article":
            for locale, text in thing.translations.items():
                found[ref, locale] = Path(text.spot.path).relative_to(folder).as_posix()
        elif ref.kind == "collection":
            for locale in thing.titles:
                found[ref, locale] = f"{locale}/{ref.key}/_index.md"
    return found


BROKEN = {"link-unresolved", "link-outside", "anchor-unresolved", "asset-missing"}


@pytest.fixture
def outward(tmp_path: Path) -> Outward:
    """What was applied from FILES, and the files it was applied from."""
    site = read(tmp_path / "content").site
    paper = applied(site)
    live = {ref: paper.live[ref.kind, entry.id] for ref, entry in paper.entries.items()}
    return Outward(
        default_locale=EN,
        refs={
            remote: ref for ref, entry in paper.entries.items() if (remote := (ref.kind, entry.id))
        },
        files=files_of(site, tmp_path / "content"),
        addresses=known_addresses(EN, paper.entries, live),
        anchors={
            (Ref("article", key), locale): {id_: slug for slug, id_ in slugs.items()}
            for (key, locale), slugs in site.headings.items()
        },
        images={CDN: "images/billing/box (1).png"},
    )


def address(outward: Outward, ref: Ref, locale: Locale = EN, anchor: str = "") -> str:
    """Where a link of ours leads in Intercom."""
    found = outward.addresses.url(locale)(Reference(ref.kind, ref.key, anchor))
    assert found
    return found


def heading(outward: Outward, ref: Ref, locale: Locale, slug: str) -> str:
    (found,) = [id_ for id_, each in outward.anchors[ref, locale].items() if each == slug]
    return found


def test_a_link_to_an_article_is_the_way_to_its_file(outward):
    write = outward.written_in("en/billing/refunds.md", EN)
    assert write(address(outward, CANCEL), False) == "../orders/cancel.md"
    assert write(address(outward, REFUNDS), False) == "refunds.md"


def test_the_slug_of_an_address_may_be_an_old_one(outward):
    url = address(outward, CANCEL).replace("-slug", "-what-it-was-called-before")
    write = outward.written_in("en/faq.md", EN)
    assert write(url, False) == write(url.partition("-what")[0], False) == "orders/cancel.md"


def test_a_link_to_a_collection_is_the_way_to_its_folder(outward):
    assert (
        outward.written_in("en/orders/a.md", EN)(address(outward, BILLING), False) == "../billing/"
    )
    assert outward.written_in("en/billing/a.md", EN)(address(outward, BILLING), False) == "./"


def test_a_heading_is_named_by_its_slug(outward):
    url = address(outward, REFUNDS, anchor=heading(outward, REFUNDS, EN, "fees--costs"))
    assert outward.written_in("en/faq.md", EN)(url, False) == "billing/refunds.md#fees--costs"


@pytest.mark.parametrize("end", ["#h_0123456789", "#", "?utm=1", "/", "0"])
def test_an_address_that_our_link_would_not_give_stays(outward, end):
    for ref in (CANCEL, BILLING):
        url = address(outward, ref).removesuffix("-slug") + end
        assert outward.written_in("en/faq.md", EN)(url, False) == url


@pytest.mark.parametrize(
    "url",
    [
        "mailto:a@example.com",
        "tel:+33123",
        "#h_0123456789",
        "https://example.com/en/articles/100-slug",
        "http://[broken",
        "",
    ],
)
def test_what_leads_elsewhere_stays(outward, url):
    assert outward.written_in("en/faq.md", EN)(url, False) == url


def test_another_help_center_is_elsewhere_even_with_our_ids(outward):
    url = address(outward, CANCEL).replace("help.example.com", "help.other.com")
    assert outward.written_in("en/faq.md", EN)(url, False) == url


def test_a_translation_links_to_its_own_language_where_that_has_a_file(outward):
    write = outward.written_in("fr/billing/refunds.md", FR)
    assert write(address(outward, REFUNDS, FR), False) == "refunds.md"
    assert write(address(outward, BILLING), False) == "./"


def test_a_translation_links_to_the_default_language_where_readers_get_that(outward):
    write = outward.written_in("fr/billing/refunds.md", FR)
    assert write(address(outward, CANCEL, FR), False) == "../../en/orders/cancel.md"


def test_a_link_into_another_language_than_ours_would_lead_to_stays(outward):
    english, french = address(outward, REFUNDS), address(outward, REFUNDS, FR)
    assert outward.written_in("fr/faq.md", FR)(english, False) == english
    assert outward.written_in("en/faq.md", EN)(french, False) == french


def test_the_heading_of_a_draft_is_no_place_to_link_to(outward):
    # Arrange: the French file is there, but readers of French get the English text.
    urls = {**outward.addresses.urls, REFUNDS: {"en": address(outward, REFUNDS)}}
    hidden = replace(outward, addresses=replace(outward.addresses, urls=urls))
    url = address(hidden, REFUNDS, FR)
    write = hidden.written_in("fr/faq.md", FR)

    # Act and assert: the article can be linked to, its English heading only by address.
    english = f"{url}#{heading(outward, REFUNDS, EN, 'größe')}"
    assert write(url, False) == "billing/refunds.md"
    assert write(english, False) == english


def test_what_has_no_file_is_linked_by_its_address(outward):
    bare = replace(outward, files={})
    url = address(outward, CANCEL)
    assert bare.written_in("en/faq.md", EN)(url, False) == url


def test_an_image_is_the_way_to_its_file(outward):
    write = outward.written_in("en/billing/refunds.md", EN)
    assert write(CDN, True) == "../../images/billing/box%20%281%29.png"
    assert write(SIGNED, True) == write(CDN, True)


def test_a_signature_never_reaches_a_file(outward):
    write = outward.written_in("en/faq.md", EN)
    assert write(SIGNED.replace("box", "other"), True) == CDN.replace("box", "other")
    attachment = "https://x-1a.intercom-attachments-7.com/i/o/1/a.png"
    assert write(f"{attachment}?expires=1&signature=2", True) == attachment


def test_a_link_to_a_file_in_intercom_loses_its_signature_as_well(outward):
    write = outward.written_in("en/faq.md", EN)
    file = "https://downloads.intercomcdn.eu/i/o/1/doc.pdf"
    assert write(f"{file}?expires=1&signature=2&req=3#page=4", False) == f"{file}#page=4"
    assert write(f"{file}?page=4&signature=2", False) == f"{file}?page=4"
    others = "https://files.example.com/doc.pdf?expires=1&signature=2"
    assert write(others, False) == others


def test_an_image_of_somebody_else_stays_with_its_query(outward):
    url = "https://img.example.com/chart?id=5"
    assert outward.written_in("en/faq.md", EN)(url, True) == url


def test_every_link_it_writes_leads_back_to_where_it_came_from(outward, tmp_path):
    # Arrange: in every text, a link to every thing and every heading as Intercom shows them.
    references = [
        Reference(ref.kind, ref.key)
        for ref in outward.refs.values()
        if ref.kind in ("article", "collection")
    ]
    texts = [file for (ref, _), file in outward.files.items() if ref.kind == "article"]
    rewritten = dict(FILES)
    meant: dict[str, list[Reference]] = {}
    for file in [*texts, "fin/handbook/en/policies/refunds.md"]:
        locale = FR if file.startswith("fr/") else EN
        links = [*references, *headings_in(outward, locale)]
        live = [address(outward, Ref(r.kind, Key(r.key)), locale, r.anchor) for r in links]

        # Act: write them down.
        written = [outward.written_in(file, locale)(url, False) for url in live]
        assert not set(live) & set(written)
        rewritten[file] = FILES[file] + "".join(f"\n[x]({url})\n" for url in written)
        meant[file] = links

    # Assert: read again, each is the reference that it was.
    loaded = read(tmp_path / "content", rewritten)
    assert not [each for each in loaded.problems if each.rule in BROKEN]
    for file, links in meant.items():
        assert list(refs.references(body_of(loaded.site, tmp_path / "content" / file))) == links


def headings_in(outward: Outward, locale: Locale) -> list[Reference]:
    """Every heading that a link from a locale can lead to."""
    public = outward.addresses.urls
    return [
        Reference("article", ref.key, id_)
        for (ref, code), slugs in outward.anchors.items()
        for id_ in slugs
        if ref.kind == "article"
        and code == (locale if locale in public.get(ref, {}) else EN)
        and (ref, code) in outward.files
    ]


def body_of(site: Site, file: Path) -> str:
    texts = [each for each in site.things.values() if each.kind == "page"]
    for thing in site.things.values():
        texts += thing.translations.values() if thing.kind == "article" else []
    return next(text.body for text in texts if text.spot.path == file.as_posix())


def test_the_image_it_writes_is_found_again(outward, tmp_path):
    folder = tmp_path / "content"
    image = folder / outward.images[CDN]
    image.parent.mkdir(parents=True)
    image.write_bytes(b"png")
    written = outward.written_in("en/faq.md", EN)(SIGNED, True)

    loaded = read(folder, {**FILES, "en/faq.md": f"# FAQ\n\n![Box]({escape(written)})\n"})

    (asset,) = loaded.site.assets.values()
    assert asset.path == "images/billing/box (1).png"
    assert not [each for each in loaded.problems if each.rule in BROKEN]


def test_the_address_of_a_page_for_fin_may_be_meant_for_people_and_stays(outward):
    page, url = Ref("page", Key("handbook/x:en")), "https://docs.example.com/x"
    urls = {**outward.addresses.urls, page: {"": url}}
    known = replace(
        outward,
        refs={**outward.refs, ("page", "9"): page},
        files={**outward.files, (page, EN): "fin/handbook/en/x.md"},
        addresses=replace(outward.addresses, urls=urls),
    )
    assert known.written_in("en/faq.md", EN)(url, False) == url
