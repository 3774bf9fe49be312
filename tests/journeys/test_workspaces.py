"""Several help centers, several workspaces, several API versions: whose is what."""

import pytest

from tests.world import SMALL, TOKEN, World, world

pytestmark = pytest.mark.socket
TWO = [
    {"identifier": "acme", "name": "Acme"},
    {"identifier": "beta", "name": "Beta"},
]


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A workspace with two help centers; somebody works in both."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path, help_centers=TWO) as made:
        made.write(SMALL)
        yield made


def in_beta(story):
    return str(story.center.centers[1]["id"])


def test_with_several_help_centers_the_configuration_must_name_one(two):
    refused = two.run("plan")
    assert refused.code == 64
    assert "several help centers (acme, beta)" in refused.err
    assert 'help_center = "…"' in refused.err
    two.configure(help_center="gamma")
    assert "there is no help center “gamma”" in two.run("plan").err


def test_the_first_plan_of_all_is_refused_in_the_other_help_center(two):
    """No ledger says yet for whom it is: only the plan does."""
    two.configure(help_center="beta")
    two.run("plan", "--out", "plan.json")
    two.configure(help_center="acme")
    refused = two.run("apply", "plan.json")
    assert refused.code == 4, str(refused)
    assert f"made for help center {in_beta(two)}" in refused.err
    assert two.writes == []


def test_a_namesake_made_since_in_the_other_help_center_holds_no_saved_plan_up(two):
    two.configure(help_center="beta")
    two.run("plan", "--out", "plan.json")
    two.center.create_by_hand("collection", title="Billing")
    applied = two.run("apply", "plan.json")
    assert applied.code == 0, str(applied)
    assert (two.changes(), two.notices()) == ([], [])


def test_everything_goes_into_the_named_one_and_the_other_is_left_alone(two):
    foreign = two.center.create_by_hand("collection", title="Billing", help_center=None)
    theirs = two.center.create_by_hand(title="Refunds", body="<p>Hers.</p>", parent=foreign)
    before = two.center.row("article", theirs)
    two.configure(help_center="beta")
    assert two.notices() == [], "what stands in the other help center is not even counted"
    two.apply()
    ours = [row for row in two.center.rows("collection") if row["id"] != foreign]
    assert {row["help_center_id"] for row in ours} == {in_beta(two)}
    assert two.center.row("article", theirs) == before
    assert (two.changes(), two.notices()) == ([], [])


@pytest.mark.parametrize("saved", [False, True])
def test_a_move_keeps_the_place_an_article_has_in_the_other_help_center(two, saved):
    foreign = two.center.create_by_hand("collection", title="Shared")
    two.configure(help_center="beta", api_version="2.16")
    two.apply()
    with two.center.store.writing():
        row = two.center.store.get("article", int(two.article("Refunds")["id"]))
        two.center.store.put("article", row | {"parent_ids": [int(foreign), *row["parent_ids"]]})
    assert (two.changes(), two.notices()) == ([], [])
    two.move("en/billing/refunds.md", "en/orders/refunds.md")
    two.move("fr/billing/refunds.md", "fr/orders/refunds.md")
    for locale in ("en", "fr"):
        two.edit(f"{locale}/orders/refunds.md", "../orders/cancel", "cancel")
    two.edit("en/orders/cancel.md", "../billing/refunds", "refunds")
    if saved:
        assert two.run("plan", "--out", "plan.json").code == 0
        assert two.run("apply", "plan.json").code == 0
    else:
        two.apply()
    [orders] = [row for row in two.center.rows("collection") if row["names"]["en"] == "Orders"]
    assert set(two.article("Refunds")["parent_ids"]) == {foreign, orders["id"]}
    assert (two.changes(), two.notices()) == ([], [])


def test_the_ledger_of_one_help_center_is_refused_at_the_other(two):
    two.configure(help_center="acme")
    two.apply()
    two.configure(help_center="beta")
    refused = two.run("plan")
    assert refused.code == 4
    assert "nothing was read" in refused.err


def test_a_token_of_another_workspace_stops_before_any_listing(story):
    story.apply()
    story.center.workspace_id = "elsewhere"
    for command in (["plan"], ["apply", "--yes"], ["status"], ["pull", "--adopt"]):
        story.center.calls.clear()
        refused = story.run(*command)
        assert refused.code == 4, str(refused)
        assert "belongs to workspace local0001" in refused.err
        assert {path for _, path, _ in story.center.calls} <= {
            "/me",
            "/help_center/help_centers",
        }


def test_a_pinned_workspace_is_checked_before_the_ledger_knows_one(story):
    story.configure(workspace="w-production")
    refused = story.run("apply", "--yes")
    assert refused.code == 64
    assert "pinned to w-production" in refused.err
    assert story.writes == []


def test_a_newer_api_version_on_the_same_ledger_is_no_change(story):
    story.write({"en/billing/cards/visa.md": "---\ntitle: Visa\n---\nYes.\n"})
    story.configure(api_version="2.9")
    story.apply()
    for version in ("2.9", "2.10", "2.16", "2.17", "2.9"):
        story.configure(api_version=version)
        assert (story.changes(), story.notices()) == ([], [])


def test_two_repositories_share_a_help_center_without_touching_each_others_things(
    story, tmp_path_factory
):
    story.apply()
    other = World(tmp_path_factory.mktemp("other"), story.center, story.url)
    other.configure(on_removed="delete")
    other.write({"en/guides/start.md": "---\ntitle: Start\n---\nHello.\n"})
    other.apply()
    assert (other.changes(), other.notices()) == ([], ["unmanaged"])
    assert (story.changes(), story.notices()) == ([], ["unmanaged"])
    assert len(story.center.rows("article")) == 3
