"""What moved in Intercom: files follow, all of them, to where each thing lies in the end."""

import pytest

from tests.journeys.pulls import assert_settled, pulled
from tests.often import every_day

TREE = {
    "en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "en/billing/refunds.md": "---\ntitle: Refunds\n---\n\n[Deep](../orders/advanced/deep.md).\n",
    "en/orders/_index.md": "---\ntitle: Orders\n---\n",
    "en/orders/cancel.md": "---\ntitle: Cancel\n---\n\nSee [refunds](../billing/refunds.md).\n",
    "en/orders/advanced/_index.md": "---\ntitle: Advanced\n---\n",
    "en/orders/advanced/deep.md": "---\ntitle: Deep\n---\n\n![x](x.png)\n",
    "en/orders/advanced/x.png": b"x",
    "fr/orders/advanced/deep.md": "---\ntitle: Profond\n---\n\nRien.\n",
}


@pytest.fixture
def tree(story):
    story.configure(assets_url="https://cdn.example.com/{name}")
    story.remove("en")
    story.remove("fr")
    story.write(TREE)
    story.apply()
    return story


def collection(tree, title):
    [row] = [row for row in tree.center.rows("collection") if title in row["names"].values()]
    return row["id"]


def move(tree, title, into):
    parent = collection(tree, into) if into else None
    if title in ("Refunds", "Cancel", "Deep"):
        tree.center.move_by_hand(tree.article(title)["id"], parent)
    else:
        tree.center.move_by_hand(collection(tree, title), parent, kind="collection")


def texts(tree):
    folder = tree.folder / "content"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def names(tree):
    return {row["names"]["en"] for row in tree.center.rows("collection")}


MOVES = {
    "into what moves too": (
        [("Advanced", "Billing"), ("Refunds", "Advanced")],
        {"en/billing/advanced/deep.md", "en/billing/advanced/refunds.md"},
    ),
    "out of what moves too": (
        [("Advanced", "Billing"), ("Deep", "Orders")],
        {"en/billing/advanced/_index.md", "en/orders/deep.md", "fr/orders/deep.md"},
    ),
    "each into the other": (
        [("Advanced", None), ("Billing", "Advanced")],
        {"en/advanced/_index.md", "en/advanced/billing/refunds.md"},
    ),
    "a chain of three": (
        [("Advanced", None), ("Orders", "Advanced"), ("Billing", "Orders")],
        {"en/advanced/orders/billing/refunds.md", "en/advanced/deep.md"},
    ),
}


@pytest.mark.socket
@pytest.mark.parametrize(("moves", "there"), every_day(2, MOVES.values()), ids=MOVES)
def test_files_lie_where_everything_is_in_the_end_and_nothing_is_doubled(tree, moves, there):
    for title, into in moves:
        move(tree, title, into)
    before = names(tree)
    pulled(tree)
    assert there <= texts(tree)
    assert_settled(tree)
    tree.apply()
    assert names(tree) == before
    assert len(tree.center.rows("collection")) == 3


@pytest.mark.socket
def test_what_is_new_in_a_collection_that_moved_lies_where_that_went(tree):
    move(tree, "Advanced", "Billing")
    tree.center.create_by_hand(title="Fresh", body="<p>x</p>", parent=collection(tree, "Advanced"))
    pulled(tree, "--all")
    assert "en/billing/advanced/fresh.md" in texts(tree)
    assert_settled(tree)


@pytest.mark.socket
def test_a_new_translation_follows_its_article(tree):
    move(tree, "Refunds", "Orders")
    tree.center.edit_by_hand(
        tree.article("Refunds")["id"], "fr", title="Retours", body="<p>Oui.</p>", state="published"
    )
    pulled(tree)
    assert {"en/orders/refunds.md", "fr/orders/refunds.md"} <= texts(tree)
    assert_settled(tree)


@pytest.mark.socket
def test_two_articles_of_one_file_name_may_change_places(tree):
    tree.write({"en/orders/refunds.md": "---\ntitle: Other\n---\n\nNo.\n"})
    tree.apply()
    move(tree, "Refunds", "Orders")
    tree.center.move_by_hand(tree.article("Other")["id"], collection(tree, "Billing"))
    pulled(tree)
    assert "title: Other" in (tree.folder / "content/en/billing/refunds.md").read_text()
    assert "title: Refunds" in (tree.folder / "content/en/orders/refunds.md").read_text()
    assert_settled(tree)


@pytest.mark.socket
def test_a_file_that_was_taken_out_is_written_again_when_it_is_named(tree):
    tree.remove("en/billing/refunds.md")
    tree.edit("en/orders/cancel.md", "[refunds](../billing/refunds.md)", "refunds")
    assert "pull-missing" in pulled(tree).err
    assert "en/billing/refunds.md" not in texts(tree)
    pulled(tree, "billing/refunds")
    assert "en/billing/refunds.md" in texts(tree)
    assert [change for change in tree.changes() if change[2] == "billing/refunds"] == []
