"""No image leaves before it is sure that the apply which needs it can be written down."""

import json

import pytest

from tests.assets.test_hosting import BUCKET, CARD, MAP, URL, keys, s3, s3_server, shown
from tests.ledger.test_full_disk import room_for

__all__ = ["s3", "s3_server", "shown"]

pytestmark = pytest.mark.socket

BLANK = b"\x89PNG\r\n\x1a\n blank"


def test_without_room_in_the_journal_no_image_is_uploaded(shown, s3):
    # Arrange: a run died and left a long journal; the disk has room for anything but more of it.
    shown.configure(assets=BUCKET, assets_url=URL)
    shown.apply()
    assert set(keys(s3)) == {f"images/{CARD}", f"images/{MAP}"}
    shown.write({"en/orders/blank.png": BLANK})
    shown.edit("en/orders/find.md", "Look.", "Look here.\n\n![Nothing](blank.png)")
    journal = shown.folder / ".publisher" / "live.journal"
    ended = json.dumps({"event": "failed", "intent": "f" * 32}) + "\n"
    journal.write_text(ended * 1000)
    shown.center.calls.clear()

    # Act
    with room_for(journal.stat().st_size):
        refused = shown.apply(expect=1)

    # Assert: neither the bucket nor the help center has heard of it.
    assert "cannot write" in refused.err
    assert "live.journal: File too large" in refused.err
    assert set(keys(s3)) == {f"images/{CARD}", f"images/{MAP}"}
    assert shown.writes == []
    shown.apply()
    assert len(keys(s3)) == 3
    assert shown.changes() == []
