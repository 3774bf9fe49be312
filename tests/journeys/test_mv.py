"""`publisher mv`: a thing moves in every language, and every help center keeps it."""

import pytest

from tests.world import World


@pytest.fixture
def site(tmp_path):
    """The small site without a help center: what a move needs."""
    made = World(folder=tmp_path, center=None)
    (tmp_path / "publisher.toml").write_text('default_target = "local"\n')
    return made.write(
        {
            "en/billing/_index.md": "---\ntitle: Billing\n---\n",
            "en/billing/refunds.md": "---\ntitle: Refunds\n---\n\n"
            "See [cancelling](../orders/cancel.md#fees).\n\n![A form](form.png)\n",
            "en/billing/form.png": b"\x89PNG",
            "en/orders/cancel.md": "# Cancel\n\n[Refunds](../billing/refunds.md).\n\n"
            "## Fees\n\nNo.\n",
            "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
            "fr/billing/refunds.md": "# Remboursements\n\n[Annuler](../orders/cancel.md)\n",
        }
    )


def text(site, name):
    return (site.folder / "content" / name).read_text()


def names(site):
    root = site.folder / "content"
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def mv(site, *words, expect=0):
    outcome = site.run("mv", *words)
    assert outcome.code == expect, str(outcome)
    return outcome


def test_an_article_moves_in_every_language_and_links_follow_it_but_its_image_stays(site):
    text_before = text(site, "fr/billing/refunds.md")
    outcome = mv(site, "billing/refunds", "orders/money-back")
    assert {"en/orders/money-back.md", "fr/orders/money-back.md", "en/billing/form.png"} <= names(
        site
    )
    moved = text(site, "en/orders/money-back.md")
    assert moved == (
        "---\ntitle: Refunds\nwas: billing/refunds\n---\n\n"
        "See [cancelling](../orders/cancel.md#fees).\n\n![A form](../billing/form.png)\n"
    )
    assert "[Refunds](money-back.md)" in text(site, "en/orders/cancel.md")
    assert text(site, "fr/orders/money-back.md") == text_before
    assert "redirects.yml" not in names(site)
    assert "article billing/refunds → orders/money-back: 2 files, 1 changed beside." in outcome.err
    assert not (site.folder / ".publisher" / "local.json").exists()


def test_a_collection_moves_with_all_that_lies_in_it_and_says_so_once(site):
    mv(site, "collection:billing", "orders/payments")
    assert "en/orders/payments/form.png" in names(site)
    assert text(site, "en/orders/payments/_index.md") == "---\ntitle: Billing\nwas: billing\n---\n"
    assert "was" not in text(site, "en/orders/payments/refunds.md")
    assert "(payments/refunds.md)" in text(site, "en/orders/cancel.md")


def test_a_collection_without_a_file_gets_one_that_keeps_its_title_and_its_former_key(site):
    mv(site, "orders", "shop")
    assert text(site, "en/shop/_index.md") == "---\ntitle: Orders\nwas: orders\n---\n"
    assert "[cancelling](../shop/cancel.md#fees)" in text(site, "en/billing/refunds.md")


def test_a_chain_of_moves_keeps_every_former_key_and_the_way_back_drops_the_wrong_one(site):
    mv(site, "billing/refunds", "b")
    mv(site, "b", "c")
    assert "was:\n  - b\n  - billing/refunds\n" in text(site, "en/c.md")
    mv(site, "c", "billing/refunds")
    assert "was:\n  - c\n  - b\n" in text(site, "en/billing/refunds.md")


def test_a_pinned_key_needs_no_former_one(site):
    site.edit("en/billing/refunds.md", "title: Refunds", "title: Refunds\nkey: money")
    mv(site, "money", "orders/")
    assert "was" not in text(site, "en/orders/refunds.md")


def test_a_page_for_fin_keeps_the_id_that_intercom_knows_it_by(site):
    site.write(
        {
            "fin/handbook/_source.md": "---\ntitle: H\nurl: https://example.com\n---\n",
            "fin/handbook/en/rules.md": "# Rules\n\nBe kind.\n",
            "fin/handbook/fr/rules.md": "# Règles\n\nSoyez gentils.\n",
        }
    )
    mv(site, "handbook/rules", "handbook/conduct")
    assert "external_id: handbook/rules:en" in text(site, "fin/handbook/en/conduct.md")
    assert "external_id: handbook/rules:fr" in text(site, "fin/handbook/fr/conduct.md")
    mv(site, "source:handbook", "book")
    assert "was: handbook" in text(site, "fin/book/_source.md")
    mv(site, "source:book", "handbook")
    mv(site, "handbook/conduct", "handbook/rules")
    assert text(site, "fin/handbook/en/rules.md") == "# Rules\n\nBe kind.\n"
    refusal = mv(site, "handbook/rules", "manual/rules", expect=64)
    assert "another source" in refusal.err


def test_redirects_lead_to_the_new_key_and_keep_their_remarks(site):
    rows = "# ours\n- from: old\n  to: billing/refunds # soon\n- {from: older, to: 'billing'}\n"
    site.write({"redirects.yml": rows})
    mv(site, "billing/refunds", "money, back")
    assert text(site, "redirects.yml") == rows.replace("billing/refunds", '"money, back"')
    mv(site, "collection:billing", "pay")
    assert "to: pay}" in text(site, "redirects.yml")


def test_a_redirect_is_written_where_a_collection_is_no_more_and_goes_when_it_is_back(site):
    outcome = mv(site, "orders/cancel", "billing/")
    line = "- { from: collection:orders, to: collection:billing }"
    assert text(site, "redirects.yml") == f"{line}\n"
    assert f"redirects.yml: {line}" in outcome.err
    mv(site, "billing/cancel", "orders/")
    assert "redirects.yml" not in names(site)


def test_a_link_to_another_file_name_makes_no_translation_stale(site):
    site.write({"fr/orders/cancel.md": "# Annuler\n\n[Argent](../billing/refunds.md)\n"})
    assert site.run("translations", "mark", "--all", "--locale", "fr").code == 0
    mv(site, "billing/refunds", "billing/money-back")
    linted = site.run("lint")
    assert "translation-stale" not in linted.err + linted.out, str(linted)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("billing/refunds", "orders/cancel", "en/orders/cancel.md lies there"),
        ("billing", "orders", "orders is taken"),
        ("billing/refunds", "a/b/c/d/e", "3 deep"),
    ],
)
def test_what_cannot_be_is_refused_and_every_file_is_as_it_was(site, old, new, said):
    before = {name: (site.folder / "content" / name).read_bytes() for name in names(site)}
    assert said in mv(site, old, new, expect=64).err
    assert before == {name: (site.folder / "content" / name).read_bytes() for name in names(site)}


def test_two_things_of_one_name_have_to_be_told_apart(site):
    site.write({"en/billing.md": "# Billing\n\nAll about it.\n"})
    assert "article:billing or collection:billing" in mv(site, "billing", "x", expect=64).err
    mv(site, "article:billing", "x")
    assert "en/x.md" in names(site)


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(site):
    before = {name: (site.folder / "content" / name).stat().st_mtime_ns for name in names(site)}
    outcome = mv(site, "billing/refunds", "orders/money", "--dry-run")
    assert "> en/billing/refunds.md → en/orders/money.md" in outcome.err
    assert "~ en/orders/cancel.md" in outcome.err
    assert "Nothing was written." in outcome.err
    assert before == {
        name: (site.folder / "content" / name).stat().st_mtime_ns for name in names(site)
    }


def test_a_disk_that_refuses_half_way_leaves_everything_as_it_was(site):
    site.write(
        {
            "fr/orders/money.md/in-the-way.txt": "A folder where a file should go.",
            ".publisherignore": "fr/orders/money.md/\n",
            "redirects.yml": "- {from: old, to: billing/refunds}\n",
        }
    )
    before = {name: (site.folder / "content" / name).read_bytes() for name in names(site)}
    refusal = mv(site, "billing/refunds", "orders/money", expect=1)
    assert "cannot write" in refusal.err
    assert before == {name: (site.folder / "content" / name).read_bytes() for name in names(site)}


@pytest.mark.socket
def test_every_help_center_keeps_the_article_and_its_links(story):
    story.apply()
    refunds, cancel = story.article("Refunds")["id"], story.article("Cancel an order")["id"]
    mv(story, "billing/refunds", "orders/money-back")
    assert story.changes() == [("move", "article", "orders/money-back")]
    mv(story, "collection:billing", "orders/payments")
    assert {verb for verb, _, _ in story.changes()} == {"move"}
    story.apply()
    assert story.article("Refunds")["id"] == refunds
    assert story.article("Cancel an order")["id"] == cancel
    assert str(refunds) in story.body("Cancel an order")
    assert story.changes() == []
