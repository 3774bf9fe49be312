"""An image that Intercom holds already is sent as its own address there, and needs no host."""

import hashlib
import json
import re

import httpx
import pytest

from publisher.ledger import opening
from publisher.ledger.home import beside
from publisher.model import digest
from publisher.plan.planfile import from_json
from tests.world import TOKEN

pytestmark = pytest.mark.socket

RED, BLUE = b"\x89PNG\r\n\x1a\n red", b"\x89PNG\r\n\x1a\n blue"
HELD = "https://downloads.intercomcdn.com/i/o/857217366/303baa95a60fa96a226c6a81/card.png"
SIGNED = re.compile(re.escape(HELD) + r"\?expires=\d+&amp;signature=")


def name_of(content):
    return hashlib.sha256(content).hexdigest()[:16]


@pytest.fixture
def shown(story):
    """An article with an image, on a target that has no place for images."""
    story.write(
        {
            "en/billing/img/card.png": RED,
            "en/billing/pay.md": "# Pay\n\nUse a card.\n\n![A card](img/card.png)\n",
        }
    )
    return story


def hold(story, content=RED, url=HELD):
    """What a pull remembers, on this machine or a colleague's."""
    folder = story.folder / ".publisher"
    with opening.opened(beside(folder, "live"), command="t", new_id=lambda: "l") as journal:
        journal.hold(name_of(content), f"{url}?expires=1&signature=2")


def as_read(story, title):
    """The body as the API hands it out."""
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Intercom-Version": "2.16",
        "Accept": "application/json",
    }
    url = f"{story.url}/articles/{story.article(title)['id']}"
    return httpx.get(url, headers=headers, trust_env=False).json()["body"]


def test_a_held_image_is_sent_as_the_address_it_has_and_comes_back_signed(shown):
    hold(shown)
    shown.apply()
    assert f'<img src="{HELD}" alt="A card">' in shown.body("Pay")
    assert SIGNED.search(as_read(shown, "Pay"))
    assert shown.changes() == []
    assert shown.notices() == []


def test_without_it_the_image_needs_a_place(shown):
    assert shown.run("plan").code == 3
    hold(shown)
    assert shown.run("plan").code == 0


def test_only_what_is_neither_held_nor_placed_is_complained_about(shown):
    shown.write(
        {
            "en/orders/map.png": BLUE,
            "en/orders/find.md": "# Find\n\nLook.\n\n![A map](map.png)\n",
        }
    )
    hold(shown)
    for command in (["plan"], ["apply", "--yes"]):
        ended = shown.run(*command)
        assert ended.code == 3, str(ended)
        assert "1 local image (en/orders/map.png) cannot be shown" in ended.err
    assert shown.writes == []


def test_a_held_image_is_listed_and_never_uploaded(shown):
    hold(shown)
    rows = shown.run("assets", "list", "--format", "json").json
    assert rows == [{"path": "en/billing/img/card.png", "where": "held", "url": HELD}]
    assert shown.plan()["summary"]["uploads"] == 0


def test_a_held_image_wins_over_a_host(shown):
    shown.configure(assets_url="https://cdn.example.com/{name}")
    shown.apply()
    hold(shown)
    assert shown.changes() == [], "where an image stands is no change of the text"
    shown.edit("en/billing/pay.md", "Use a card.", "Use this card.")
    shown.apply()
    assert HELD in shown.body("Pay")
    assert shown.changes() == []


def test_a_colleague_whose_machine_never_saw_the_pull_publishes_the_same(shown):
    hold(shown)
    shown.apply()
    ledger = shown.folder / ".publisher" / "live.json"
    committed = ledger.read_text()
    for other in (shown.folder / ".publisher").iterdir():
        if other.is_file():
            other.unlink()
    ledger.write_text(committed)
    shown.edit("en/billing/pay.md", "Use a card.", "Use this card.")
    shown.apply()
    assert HELD in shown.body("Pay")
    assert shown.changes() == []


def test_an_image_whose_bytes_changed_is_another_image(shown):
    hold(shown)
    shown.apply()
    shown.write({"en/billing/img/card.png": BLUE})
    assert shown.run("plan").code == 3
    shown.configure(assets_url="https://cdn.example.com/{name}")
    assert shown.changes() == [("update", "article", "billing/pay")]
    shown.apply()
    assert HELD not in shown.body("Pay")
    assert shown.changes() == []


def test_a_saved_plan_with_held_images_is_applied(shown):
    hold(shown)
    assert shown.run("plan", "--out", "plan.json").code == 0
    saved = shown.folder / "plan.json"
    assert from_json(saved.read_text()).assets == ()
    assert HELD not in saved.read_text(), "a plan names things, not addresses"
    assert shown.run("apply", "plan.json").code == 0
    assert HELD in shown.body("Pay")
    assert shown.changes() == []


def test_what_was_planned_with_a_host_is_not_applied_without_its_images(shown):
    shown.configure(assets_url="https://cdn.example.com/{name}")
    assert shown.run("plan", "--out", "plan.json").code == 0
    shown.settings.pop("assets_url")
    shown.configure()
    ended = shown.run("apply", "plan.json")
    assert ended.code == 3, str(ended)
    assert "assets_url" in ended.err
    assert shown.writes == []


def test_a_twin_that_shows_a_held_image_is_adopted(shown):
    hold(shown)
    shown.apply()
    path = shown.folder / ".publisher" / "live.json"
    images = json.loads(path.read_text())["images"]
    path.unlink()
    hold(shown, url=images[name_of(RED)])
    adopted = shown.run("pull", "--adopt")
    assert adopted.code == 0, str(adopted)
    assert (shown.changes(), shown.notices()) == ([], [])


def test_a_new_embedded_help_center_holds_nothing(shown):
    local = ("--target", "local")
    shown.apply(*local)
    folder = shown.folder / ".publisher"
    with opening.opened(beside(folder, "local"), command="t", new_id=lambda: "l") as journal:
        journal.hold(name_of(RED), HELD)
    rows = shown.run("assets", "list", "--format", "json", *local).json
    assert [row["where"] for row in rows] == ["held"]
    for database in folder.glob("local.db*"):
        database.unlink()
    shown.apply(*local)
    assert opening.read(beside(folder, "local")).images == {}


def test_a_ledger_without_images_says_nothing_of_them(story):
    story.apply()
    assert "images" not in json.loads((story.folder / ".publisher" / "live.json").read_text())


def test_the_name_of_a_held_image_is_the_digest_of_its_bytes():
    assert name_of(b"abc") == digest("abc")


def test_two_held_images_of_one_name_are_told_apart(shown):
    """Both sides changed the text alike, but only ours changed the picture."""
    other = HELD.replace("857217366", "857217367")
    hold(shown)
    hold(shown, BLUE, other)
    shown.apply()
    pay = shown.article("Pay")
    hers = shown.body("Pay").replace("Use a card.", "Use this card.")
    shown.center.edit_by_hand(pay["id"], body=hers)
    shown.edit("en/billing/pay.md", "Use a card.", "Use this card.")
    assert (shown.changes(), shown.notices()) == ([], []), "they agree"
    shown.write({"en/billing/img/card.png": BLUE})
    assert shown.notices() == ["conflict"]
    shown.apply("--overwrite", "billing/pay")
    assert other in shown.body("Pay")
    assert shown.changes() == []
