"""Laws of `publisher mv`, over content with everything that a move could lose.

What moves is the same content under another key; whoever published it before finds only moves
to make; and the way back leads to where it began.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from publisher import config as configuration
from publisher.body import refs
from publisher.errors import PublisherError
from publisher.model import Article, ExternalPage
from publisher.source import load
from publisher.workflow.moves.relocating import move
from tests.often import holds
from tests.plan.builders import applied, plan

TREE: dict[str, str | bytes] = {
    "en/billing/_index.md": "---\ntitle: Billing\nwas: payments\n---\n",
    "en/billing/refunds.md": b"\xef\xbb\xbf---\r\ntitle: Refunds # a remark\r\n---\r\n\r\n"
    b"See [fees](../orders/cancel.md#fees), [it](#how) and ![a form](img/form.png).\r\n\r\n"
    b"## How\r\n\r\nSo.\r\n",
    "en/billing/cards/visa.md": "# Visa\n\n[Back](../refunds.md#how), [all](../), "
    "[top](/orders/cancel).\n",
    "en/billing/cards/old.md": "---\ntitle: Old\nkey: pinned\nwas: older\n---\n\n[Visa](visa.md)\n",
    "en/billing/img/form.png": b"\x89PNG form",
    "en/orders/_index.md": "---\ntitle: Orders\n---\n",
    "en/orders/cancel.md": "---\ntitle: Cancel\nwas: [orders/stop]\n---\n\n"
    "[Refunds](/billing/refunds.md), [cards](../billing/cards/).\n\n## Fees\n\nNone.\n",
    "en/orders/late.md": "# Late\n\n[Pinned](../billing/cards/old.md)\n\n"
    "![f](../billing/img/form.png)\n",
    "en/about.md": "# About\n\n[Orders](orders/), [rules](../fin/handbook/en/rules.md).\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "fr/billing/refunds.md": "# Remboursements\n\n[Frais](../orders/cancel.md#fees).\n",
    "fr/orders/_index.md": "---\ntitle: Commandes\n---\n",
    "fr/orders/cancel.md": "# Annuler\n\n[Argent](../billing/refunds.md)\n",
    "fin/handbook/_source.md": "---\ntitle: Handbook\nurl: https://example.com/handbook\n---\n",
    "fin/handbook/en/rules.md": "# Rules\n\n[More](more.md).\n",
    "fin/handbook/en/more.md": "---\ntitle: More\nexternal_id: m-1\n---\n\n[Rules](rules.md)\n",
    "redirects.yml": "# kept\n- from: gone # since March\n  to: billing/refunds\n"
    "- {from: collection:off, to: orders}\n",
}
THINGS = [
    "billing/refunds", "billing/cards/visa", "pinned", "orders/cancel", "orders/late", "about",
    "collection:billing", "collection:billing/cards", "collection:orders",
    "page:handbook/rules", "page:handbook/more", "source:handbook",
]  # fmt: skip
NAMES = ["new", "refunds", "cancel", "Ünï cödé", "a, b: c", "stop"]


@st.composite
def wishes(draw):
    """What to move, and the path that it is to have."""
    thing = draw(st.sampled_from(THINGS))
    name = draw(st.sampled_from(NAMES))
    if thing.startswith("source:"):
        return thing, name
    if thing.startswith("page:"):
        return thing, f"handbook/{name}"
    home = draw(st.sampled_from(["", "billing/", "billing/cards/", "orders/", "brand/"]))
    return thing, f"{home}{name}"


def written(folder: Path):
    for name, text in TREE.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return configuration.load(folder, environment={})


def files(config):
    root = config.content_folder
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def site_of(config):
    return load(config.content_folder, config.rules, cache=config.state_folder / "cache").site


def bare(raw):
    """A file without addresses, of which there may be two ways to write one."""
    return re.sub(rb"\]\([^)]*\)", b"]()", raw)


def without_was(site):
    return {ref: replace(thing, was=()) for ref, thing in site.things.items()}


def moved(config, thing, to):
    """Move it; False where that is refused, and then nothing was written."""
    before = files(config)
    try:
        return move(config, thing, to)
    except PublisherError:
        assert files(config) == before
        return None


@holds(wishes(), few=2, many=300)
def test_there_and_back_is_the_same_content(wish):
    thing, to = wish
    with TemporaryDirectory() as folder:
        config = written(Path(folder))
        before, bytes_before = site_of(config), files(config)
        there = moved(config, thing, to)
        if there is None:
            return
        move(config, f"{there.kind}:{there.new}" if thing != "pinned" else thing, f"{there.old}")
        after = site_of(config)
        assert without_was(after) == without_was(before)
        brand = [each for each in after.redirects if "brand" in each.start]
        assert [each for each in after.redirects if each not in brand] == [*before.redirects]
        assert after.headings == before.headings
        for ref, then in before.things.items():
            assert set(then.was) <= set(after.things[ref].was)
        now = files(config)
        assert {name for name in bytes_before if name not in now} == set()
        for name, raw in bytes_before.items():
            if name != "redirects.yml" and b"was:" not in now[name]:
                assert bare(now[name]) == bare(raw)
            assert (b"\n" in now[name].replace(b"\r\n", b"")) == (
                b"\n" in raw.replace(b"\r\n", b"")
            )


@holds(st.lists(wishes(), min_size=1, max_size=3), few=2, many=250)
def test_whoever_published_before_finds_only_moves(asked):
    with TemporaryDirectory() as folder:
        config = written(Path(folder))
        before = site_of(config)
        paper = applied(before)
        done = [each for each in (moved(config, *wish) for wish in asked) if each]
        after = site_of(config)
        made = plan(after, paper)
        kept = {"move"}
        if any(each.kind in ("source", "page") for each in done):
            kept.add("update")
        new = {ref.key for ref in after.things if ref.kind == "collection"}
        for change in made.changes:
            is_new_folder = change.verb == "create" and change.ref.kind == "collection"
            assert (is_new_folder and change.ref.key in new) or change.verb in kept, made.changes
            assert not [
                edit
                for edit in change.edits
                if edit.name.endswith((".body", ".title")) and change.verb != "create"
            ], change
        assert texts(after) == texts(before)


def texts(site):
    """Every body, without what its links are called."""
    found = []
    for thing in site.things.values():
        if isinstance(thing, Article):
            found += [
                refs.rewrite(each.body, lambda *_: "") for each in thing.translations.values()
            ]
        elif isinstance(thing, ExternalPage):
            found.append(refs.rewrite(thing.body, lambda *_: ""))
    return sorted(found)
