"""What waits in Intercom's editor for an article: whether it is still what a plan knew of."""

from __future__ import annotations

import json

from publisher.model import Digest, Live, digest
from publisher.plan.diff import seen_digest

TEXTS = ("title", "description", "body")
"""What can wait there; everything else is written at once (Intercom, "Stage a draft", 2.16)."""


def draft_digest(staged: Live) -> Digest:
    """Stand for the words of a draft in every language.

    Not for its time: a draft that was saved again with the same words is the same draft.
    """
    found = {
        name: seen_digest(name, text)
        for name, text in staged.thing.fields().items()
        if name.rpartition(".")[2] in TEXTS
    }
    return digest(json.dumps(found, sort_keys=True))
