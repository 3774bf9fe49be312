"""Lists that lag behind: what the ledger knows better is asked for, and nothing is doubled."""

import pytest

from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket


@pytest.fixture
def lagging(tmp_path, monkeypatch):
    """A help center whose lists are half a minute behind; its clock goes on by itself."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    ticks = iter(range(2_000_000, 3_000_000))
    with world(tmp_path, listing_lag=10_000.0, now=lambda: float(next(ticks))) as made:
        made.write(SMALL)
        yield made


def test_what_was_just_created_is_not_created_again(lagging):
    lagging.apply()
    count = len(lagging.center.rows("article"))
    assert (lagging.changes(), lagging.notices()) == ([], [])
    lagging.apply()
    assert len(lagging.center.rows("article")) == count


def test_what_we_have_just_written_is_no_drift(lagging):
    lagging.apply()
    lagging.edit("en/orders/cancel.md", "None.", "One euro.")
    lagging.apply()
    assert (lagging.changes(), lagging.notices()) == ([], [])


def test_what_was_just_deleted_live_is_gone_though_the_list_still_shows_it(lagging):
    lagging.apply()
    lagging.center.listing_lag = 0.0
    lagging.apply()
    lagging.center.listing_lag = 10_000.0
    lagging.remove("en/orders/cancel.md")
    lagging.edit("en/billing/refunds.md", " See [cancelling](../orders/cancel.md#fees).", "")
    lagging.edit("fr/billing/refunds.md", " Voir [annuler](../orders/cancel.md#fees).", "")
    lagging.configure(on_removed="delete")
    lagging.apply()
    assert [row["contents"]["en"]["title"] for row in lagging.center.rows("article")] == ["Refunds"]
    assert lagging.changes() == []


def test_a_colleagues_edit_that_the_list_does_not_show_yet_is_not_overwritten(lagging):
    lagging.apply()
    id_ = lagging.article("Cancel an order")["id"]
    lagging.edit("en/orders/cancel.md", "None.", "One euro.")
    lagging.center.edit_by_hand(id_, body="<p>Hers.</p>")
    assert lagging.run("apply", "--yes").code == 4
    assert "Hers" in lagging.body("Cancel an order")
