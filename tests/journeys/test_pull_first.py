"""The first pull: a help center becomes files as the people who filled it would have them."""

from __future__ import annotations

import hashlib

import pytest

from tests.journeys.pulls import (
    PNG,
    Recorder,
    assert_settled,
    collection,
    content,
    everything,
    pulled,
    show_image,
    start_over,
    text,
)
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket
HOME = "http://127.0.0.1:8010"
BEN = 991267249
"""Not the teammate whose token it is."""
TABLE = (
    '<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr>'
    "<td><p>a</p></td></tr></tbody></table></div>"
)
"""Intercom shows it in a list, and refuses to be sent it there."""
NAMED = {
    "CON": "con-file",
    "What's “new” in 2.0?": "whats-new-in-2-0",
    "Größe & Maße": "größe-maße",
    "日本語のヘルプ": "日本語のヘルプ",
    "😀": "article-{id}",
}


@pytest.fixture
def live(tmp_path, monkeypatch):
    """An empty folder, and a help center that knows icons and counts the images it hands out."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path, wrap=Recorder) as made:
        made.configure(api_version="2.17")
        yield made


def p(html: str) -> str:
    return f'<p class="no-margin">{html}</p>'


def fill(made) -> None:
    """Nested collections, two languages, links of every kind, an image, a draft, a page for Fin."""
    center = made.center
    money = center.create_by_hand(
        "collection", title="Billing & money", description="What you pay", icon="bookmark"
    )
    center.rename_by_hand(money, "Facturation", "fr", kind="collection")
    cards = center.create_by_hand("collection", title="Cards", parent=money)
    visa = center.create_by_hand("collection", title="Visa", parent=cards)
    orders = center.create_by_hand("collection", title="Orders", icon="")
    heading = '<h1 id="h_0123456789">Fees &amp; costs</h1>'
    cancel = center.create_by_hand(
        title="Cancel an order", parent=orders, body=p("Just ask.") + heading + p("None.")
    )
    french = '<h1 id="h_9876543210">Frais</h1>' + p("Aucuns.")
    center.edit_by_hand(cancel, locale="fr", title="Annuler", body=french)
    to = f'<a href="{HOME}/en/articles/{cancel}'
    links = (
        f'{to}-cancel-an-order#h_0123456789">fees</a>, {to}-another-slug">it</a>, '
        f'<a href="{HOME}/en/collections/{orders}-orders">orders</a>'
    )
    image = f'<img src="{show_image(made, "Box.png")}" alt="A box">'
    refunds = center.create_by_hand(
        title="Refunds",
        description="Getting money back",
        parent=money,
        author_id=BEN,
        body=p(f"See {links}.") + f'<div class="intercom-container">{image}</div>',
    )
    lien = f'<a href="{HOME}/fr/articles/{cancel}-annuler#h_9876543210">frais</a>'
    center.edit_by_hand(refunds, locale="fr", title="Remboursements", body=p(f"Voir {lien}."))
    center.create_by_hand(title="Visa cards", parent=visa, body=p("Any."), state="draft")
    center.create_by_hand(title="Alone", body=p("At the top."))
    source = center.create_by_hand(
        "source", url="https://example.com/handbook", sync_behavior="api"
    )
    center.create_by_hand(
        "page", title="Opening hours", html=p("Nine to five."), source=source, external_id="h-1"
    )


WRITTEN = {
    "en/alone.md": "---\ntitle: Alone\n---\n\nAt the top.\n",
    "en/billing-money/_index.md": (
        "---\ntitle: Billing & money\ndescription: What you pay\nicon: bookmark\n---\n"
    ),
    "en/billing-money/cards/_index.md": "---\ntitle: Cards\n---\n",
    "en/billing-money/cards/visa/_index.md": "---\ntitle: Visa\n---\n",
    "en/billing-money/cards/visa/visa-cards.md": (
        "---\ntitle: Visa cards\nstate: draft\n---\n\nAny.\n"
    ),
    "en/billing-money/refunds.md": (
        "---\ntitle: Refunds\ndescription: Getting money back\nauthor: ben@example.com\n---\n\n"
        "See [fees](../orders/cancel-an-order.md#fees--costs), "
        "[it](../orders/cancel-an-order.md), [orders](../orders/).\n\n"
        "![A box](../../images/billing-money/refunds/box.png)\n"
    ),
    "en/orders/_index.md": "---\ntitle: Orders\n---\n",
    "en/orders/cancel-an-order.md": (
        "---\ntitle: Cancel an order\n---\n\nJust ask.\n\n## Fees & costs\n\nNone.\n"
    ),
    "fin/example-com-handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
    "fin/example-com-handbook/en/opening-hours.md": (
        "---\ntitle: Opening hours\nexternal_id: h-1\n---\n\nNine to five.\n"
    ),
    "fr/billing-money/_index.md": "---\ntitle: Facturation\n---\n",
    "fr/billing-money/refunds.md": (
        "---\ntitle: Remboursements\n---\n\nVoir [frais](../orders/cancel-an-order.md#frais).\n"
    ),
    "fr/orders/cancel-an-order.md": "---\ntitle: Annuler\n---\n\n## Frais\n\nAucuns.\n",
    "images/billing-money/refunds/box.png": PNG.decode("latin-1"),
}


def test_the_first_pull_writes_a_help_center_down_as_people_would_have(live):
    fill(live)
    told = pulled(live)
    found = {
        name: kept.decode("latin-1" if name.startswith("images/") else "utf-8")
        for name, kept in content(live).items()
    }
    assert found == WRITTEN
    assert "13 files proven identical." in told.err
    assert "1 image: 1 fetched." in told.err
    assert "4 links between articles made relative." in told.err
    assert "!" not in told.err
    assert_settled(live, again=True)
    assert live.writes == []
    assert len(live.recorder.images) == 1, "what is known is not fetched again"
    assert live.recorder.tokens == {None}, "no token goes where the images lie"


def test_names_are_legal_everywhere_and_never_doubled(live):
    for title in (*NAMED, "Refunds", "REFUNDS"):
        live.center.create_by_hand(title=title, body=p("Text."))
    ids = {row["contents"]["en"]["title"]: row["id"] for row in live.center.rows("article")}
    pulled(live)
    wanted = {f"en/{name.format(id=ids[title])}.md" for title, name in NAMED.items()}
    wanted |= {"en/refunds.md", f"en/refunds-{ids['REFUNDS']}.md"}
    assert set(content(live)) == wanted
    assert_settled(live)


def test_two_people_who_pull_get_the_same_folder(live):
    fill(live)
    pulled(live)
    first = content(live)
    start_over(live)
    pulled(live)
    assert content(live) == first


def test_the_targets_author_need_not_be_named_and_one_without_an_address_goes_by_id(live):
    live.center.create_by_hand(title="Mine", body=p("x"))
    live.center.create_by_hand(title="Bens", body=p("x"), author_id=BEN)
    live.configure(author=str(BEN))
    pulled(live)
    assert "author" not in text(live, "en/bens.md")
    assert "author: docs@example.com\n" in text(live, "en/mine.md")
    assert_settled(live)


def test_a_description_an_icon_and_where_fin_may_use_a_page_survive(live):
    live.write(
        {
            **SMALL,
            "en/orders/_index.md": "---\ntitle: Orders\nicon: gift\n---\n",
            "fin/handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
            "fin/handbook/en/hours.md": (
                "---\ntitle: Hours\nurl: https://example.com/hours\n"
                "fin:\n  copilot: false\n---\nNine to five.\n"
            ),
            "fin/handbook/fr/hours.md": "---\ntitle: Heures\n---\nDe neuf à cinq.\n",
        }
    )
    live.apply()
    live.center.calls.clear()
    start_over(live)
    pulled(live)
    assert text(live, "en/orders/_index.md") == "---\ntitle: Orders\nicon: gift\n---\n"
    hours = text(live, "fin/example-com-handbook/en/hours.md")
    assert "url: https://example.com/hours\n" in hours
    assert "fin:\n  copilot: false\n" in hours
    assert "De neuf à cinq." in text(live, "fin/example-com-handbook/fr/heures.md")
    assert_settled(live)
    assert live.writes == []


def test_a_draft_in_one_language_says_so_in_that_file_only(live):
    made = live.center.create_by_hand(title="Refunds", body=p("Soon."))
    live.center.edit_by_hand(made, locale="fr", title="Remboursements", body=p("x"), state="draft")
    pulled(live)
    assert "state" not in text(live, "en/refunds.md")
    assert "state: draft\n" in text(live, "fr/refunds.md")
    assert_settled(live)


def test_an_edit_that_waits_in_the_editor_is_not_what_readers_see(live):
    made = live.center.create_by_hand(title="Refunds", body=p("Today."))
    live.center.draft_by_hand(made, body=p("Tomorrow."))
    pulled(live)
    assert text(live, "en/refunds.md").endswith("\n\nToday.\n")
    assert_settled(live)


def test_only_the_languages_of_the_configuration_are_brought(live):
    fill(live)
    live.configure(top='locales = ["en"]', api_version="2.17")
    told = pulled(live)
    assert not [name for name in content(live) if name.startswith("fr/")]
    assert "“fr” is not among `locales` in publisher.toml; left alone." in told.err
    assert_settled(live)


def test_what_is_not_managed_from_here_is_not_brought(live):
    fill(live)
    live.configure(manage=["orders/**", "collection:orders", "article:orders/*"])
    pulled(live)
    names = set(content(live))
    assert "en/orders/cancel-an-order.md" in names
    assert not [name for name in names if "billing" in name or name.startswith("fin/")]
    assert live.run("plan", "--detailed-exitcode").code == 0


def test_a_dry_run_writes_nothing_fetches_no_image_and_tells_the_same(live):
    fill(live)
    before = everything(live)
    dry = pulled(live, "--dry-run")
    assert everything(live) == before == {}
    assert not (live.folder / ".publisher" / "live.json").exists()
    assert live.recorder.images == []
    assert "This was a dry run; nothing was written." in dry.err
    told = pulled(live)
    lines = [line for line in dry.err.splitlines() if line.startswith("  would be written")]
    written = [line for line in told.err.splitlines() if line.startswith("  written")]
    assert [line.split()[-1] for line in lines] == [line.split()[-1] for line in written]


def test_a_dry_run_counts_for_scripts_as_the_pull_does(live):
    fill(live)
    dry = pulled(live, "--dry-run", "--format", "json").json
    told = pulled(live, "--format", "json").json
    assert (dry.pop("dry_run"), told.pop("dry_run")) == (True, False)
    assert dry == told
    assert told["summary"]["files"] == told["summary"]["identical"] == 13
    assert {row["how"] for row in told["files"]} == {"new"}


def test_an_image_shown_twice_is_one_file_and_two_of_one_name_are_two(live):
    one = show_image(live, "box.png")
    same = show_image(live, "box.png", number=2)
    other = show_image(live, "box.png", PNG + b"other", number=3)
    shown = "".join(f'<div class="intercom-container"><img src="{u}"></div>' for u in (one, same))
    live.center.create_by_hand(title="Boxes", body=shown)
    live.center.create_by_hand(
        title="More", body=f'<div class="intercom-container"><img src="{other}"></div>'
    )
    pulled(live)
    images = {n: b for n, b in content(live).items() if n.startswith("images/")}
    assert images == {"images/boxes/box.png": PNG, "images/more/box.png": PNG + b"other"}
    assert_settled(live)


def test_an_image_that_cannot_be_fetched_keeps_intercoms_address_without_its_signature(live):
    lost = show_image(live, "lost.png", None)
    live.center.create_by_hand(
        title="Boxes",
        body=f'<div class="intercom-container"><img src="{lost}" alt="Lost"></div>' + p("Words."),
    )
    told = pulled(live)
    assert "1 image could not be fetched" in told.err
    assert "signature" not in told.err
    assert f"![Lost]({lost})" in text(live, "en/boxes.md")
    assert_settled(live)
    live.edit("en/boxes.md", "Words.", "Other words.")
    live.apply()
    assert f'src="{lost}"' in live.body("Boxes")
    assert live.changes() == []


def test_an_image_whose_name_is_quoted_in_its_address_is_fetched(live):
    box = show_image(live, "A%20box.png")
    live.center.create_by_hand(
        title="Boxes", body=f'<div class="intercom-container"><img src="{box}"></div>'
    )
    pulled(live)
    assert content(live)["images/boxes/a-box.png"] == PNG


def test_pulled_images_are_sent_back_as_intercoms_own_and_need_no_other_host(live):
    fill(live)
    pulled(live)
    live.edit("en/billing-money/refunds.md", "See [fees]", "Look at [fees]")
    assert live.changes() == [("update", "article", "billing-money/refunds")]
    live.apply()
    assert "Look at" in live.body("Refunds")
    assert "downloads.intercomcdn.com" in live.body("Refunds")
    assert live.changes() == []


def test_an_article_that_lint_would_refuse_stays_live_and_is_told(live):
    fill(live)
    live.center.create_by_hand(
        title="Broken",
        body=p("Before.") + f"<ul><li>{p('one')}{TABLE}</li></ul>",
    )
    told = pulled(live)
    assert "“Broken”" in told.err
    assert "is not pulled, because its file would be refused" in told.err
    assert "en/alone.md" in content(live)
    assert live.run("plan", "--detailed-exitcode").code == 0
    assert live.run("lint").code == 0


def test_what_has_no_title_in_the_default_language_stays_live_with_all_below_it(live):
    nameless = live.center.create_by_hand("collection", title="")
    live.center.create_by_hand(title="Inside", parent=nameless, body=p("x"))
    live.center.create_by_hand(title="Outside", body=p("x"))
    told = pulled(live)
    assert set(content(live)) == {"en/outside.md"}
    assert told.err.count(") is not pulled.") == 2
    assert live.run("plan", "--detailed-exitcode").code == 0


def test_collections_are_brought_one_by_one_until_everything_is_managed(live):
    fill(live)
    pulled(live, "--collection", "orders")
    assert set(content(live)) == {
        "en/orders/_index.md",
        "en/orders/cancel-an-order.md",
        "fr/orders/cancel-an-order.md",
    }
    pulled(live, "--collection", collection(live, "Cards"))
    held = "en/billing-money/cards"
    assert set(content(live)) >= {
        "en/billing-money/_index.md",
        f"{held}/_index.md",
        f"{held}/visa/_index.md",
        f"{held}/visa/visa-cards.md",
    }
    assert "en/billing-money/refunds.md" not in content(live)
    pulled(live, "--collection", "billing-money")
    assert "../orders/cancel-an-order.md#fees--costs" in text(live, "en/billing-money/refunds.md")
    assert "unmanaged" in live.run("status").err
    pulled(live, "--all")
    assert {name for name in content(live) if not name.startswith("images/")} == {
        name for name in WRITTEN if not name.startswith("images/")
    }
    assert ", 0 unmanaged" in live.run("status").err
    assert_settled(live, again=True)


def test_links_that_led_outside_become_relative_where_their_file_is_written_later(live):
    fill(live)
    pulled(live, "--collection", "Billing & money")
    assert f"{HOME}/en/articles/" in text(live, "en/billing-money/refunds.md")
    pulled(live, "--all")
    assert_settled(live)


def test_an_unknown_collection_is_named_with_the_one_that_was_meant(live):
    fill(live)
    outcome = live.run("pull", "--collection", "Ordres")
    assert outcome.code == 64
    assert "the help center has no collection “Ordres”" in outcome.err
    assert "Orders" in outcome.err
    assert "Traceback" not in outcome.err
    assert content(live) == {}


def test_content_with_errors_is_not_added_to(live):
    fill(live)
    live.write({"en/broken.md": "---\ntitle: Broken\n---\nSee [it](nowhere.md).\n"})
    before = everything(live)
    outcome = live.run("pull")
    assert outcome.code == 3
    assert "broken.md" in outcome.err
    assert everything(live) == before
    assert live.center.calls == [], "nothing was asked for"


def test_several_help_centers_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    centers = [{"identifier": "acme", "name": "Acme"}, {"identifier": "beta", "name": "Beta"}]
    with world(tmp_path, help_centers=centers) as made:
        center = made.center
        for row in center.centers:
            group = center.create_by_hand("collection", title=row["name"], help_center=row["id"])
            center.create_by_hand(title=f"In {row['name']}", parent=group, body=p("x"))
        center.create_by_hand(title="Anybody's", body=p("x"))
        made.configure(help_center="beta")
        pulled(made)
        assert set(content(made)) == {"en/beta/_index.md", "en/beta/in-beta.md"}
        assert made.run("plan", "--detailed-exitcode").code == 0


def test_an_empty_help_center_leaves_an_empty_folder(live):
    assert "Nothing to pull" in pulled(live).err
    assert content(live) == {}


def test_a_digest_of_what_was_fetched_is_kept_with_its_unsigned_address(live):
    fill(live)
    pulled(live)
    kept = (live.folder / ".publisher" / "live.json").read_text()
    assert hashlib.sha256(PNG).hexdigest()[:16] in kept
    assert "https://downloads.intercomcdn.com/i/o/local0001/1/0a1b/Box.png" in kept
