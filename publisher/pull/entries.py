"""What the ledger remembers after a pull: the file says what is live, as if we had sent it.

Only fields that were taken over are remembered anew. What the author changed here stays to
be sent, and a live edit that was not taken stays drift.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from publisher.model import Digest, Entry, Live, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.diff import is_body
from publisher.plan.twins import adopted
from publisher.plan.view import View


def after_pull(  # noqa: PLR0913 - the three sides, and what was taken of them
    ref: Ref,
    live: Live,
    view: View,
    addresses: Addresses,
    *,
    before: Entry,
    taken: Collection[str],
    left: Collection[str],
    rebased: Mapping[str, Sequence[Digest]],
    dropped: Collection[str] = (),
) -> Entry:
    """Return the entry of a thing that was managed already.

    view     with the content as the pull leaves it.
    taken    fields of which the file says now what is live; `left`, that drift on.
    dropped  locales that were removed in Intercom, and now here.
    rebased  per locale whose body also holds the author's own edits: the blocks they are
             edits of.
    """
    full = adopted(ref, live, view, addresses)
    before = _without(before, dropped)
    settled = {name for name in taken if not (is_body(name) and _locale(name, full) in rebased)}
    locales = {_locale(name, full) for name in taken if is_body(name)}
    blocks = {locale: full.blocks[locale] for locale in locales if locale in full.blocks}
    return replace(
        before,
        ref=ref,
        title=full.title,
        parent=full.parent if {"parent", "source"} & set(taken) else before.parent,
        path=full.path,
        changed_at=before.changed_at if left else live.changed_at,
        protect=full.protect,
        source={**before.source, **_about(full.source, settled)},
        sent={**before.sent, **_about(full.sent, settled)},
        seen={**before.seen, **_about(full.seen, taken)},
        raw={**before.raw, **_about(full.raw, taken)},
        form=before.form if left else full.form,
        blocks={**before.blocks, **blocks, **rebased},
        shown={**before.shown, **{each: full.shown.get(each, ()) for each in locales}},
        headings={
            **before.headings,
            **{n: ids for n, ids in full.headings.items() if n in locales},
        },
        lost={name: lost for name, lost in before.lost.items() if name not in taken},
        withdrawn={name: was for name, was in before.withdrawn.items() if name not in taken},
    )


def _without(entry: Entry, locales: Collection[str]) -> Entry:
    """An entry that knows nothing of some locales."""
    if not locales:
        return entry
    kept: dict[str, Any] = {
        name: {key: value for key, value in getattr(entry, name).items() if _of(key) not in locales}
        for name in ("source", "sent", "seen", "raw", "blocks", "shown", "headings", "lost")
    }
    return replace(entry, **kept)


def _of(name: str) -> str:
    return name.partition(".")[0]


def _locale(name: str, entry: Entry) -> str:
    """The locale of a body: in its name, or that of a page, which has only one."""
    return name.partition(".")[0] if "." in name else next(iter(entry.shown), "")


def _about(known: Mapping[str, Digest], names: Collection[str]) -> dict[str, Digest]:
    return {name: value for name, value in known.items() if name.partition("#")[0] in names}
