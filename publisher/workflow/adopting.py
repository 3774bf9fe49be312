"""Adopt: link files to what stands live already, after proving that both say the same.

Nothing is written to the help center, and nothing to the content: only the ledger learns
which file is which thing, so that the next plan neither doubles nor rewrites it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from publisher.apply import ledger as ledgers
from publisher.apply.ledger import Pin
from publisher.config import Config, Target
from publisher.errors import ConfigError
from publisher.model import Entry, Live, Ref
from publisher.plan import words
from publisher.plan.twins import adopted, differences, link, twin_of
from publisher.plan.view import View, known_addresses
from publisher.workflow.content import checked, near
from publisher.workflow.session import asset_url, opened
from publisher.workflow.sides import Asked, Sides, sides_in

LEVELS = 5
"""Three levels of collections, then articles; sources, then pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """One thing that was found live. `differs`: fields that say something else; none: adopted."""

    ref: Ref
    live: Live
    differs: tuple[str, ...] = ()


def adopt(config: Config, target: Target, keys: frozenset[str]) -> tuple[str, tuple[Adoption, ...]]:
    """Adopt the named things, or with no keys all that can be; returns heading and outcome."""
    loaded = checked(config)
    with (
        ledgers.opened(
            config.state_folder,
            target.name,
            command="publisher pull --adopt",
            new_lineage=secrets.token_hex(8),
            now=time.time(),
        ) as journal,
        opened(config, target, writes=False, assets=loaded.site.assets) as session,
    ):
        sides = sides_in(session, config, loaded, journal.ledger, Asked())
        view, found = _found(sides, dict(journal.ledger.entries))
        _check_keys(keys, view)
        addresses = known_addresses(config.rules.default_locale, view.entries, view.live)
        addresses = addresses.with_assets(asset_url(session.target))
        outcome = []
        for ref, live in found.items():
            if keys and ref.key not in keys and str(ref) not in keys:
                continue
            differs = tuple(differences(ref, live, view, addresses))
            outcome.append(Adoption(ref=ref, live=live, differs=differs))
            if not differs:
                journal.adopt(ref, adopted(ref, live, view, addresses))
        if not journal.ledger.pin.workspace:
            journal.ledger.pin = Pin(
                workspace=session.account.workspace, help_center=session.help_center.id
            )
        return session.heading, tuple(outcome)


def _found(sides: Sides, entries: Mapping[Ref, Entry]) -> tuple[View, Mapping[Ref, Live]]:
    """Pair files with twins level by level: an article's twin stands under its parent's."""
    found: dict[Ref, Live] = {}
    view = sides.view(entries)
    for _ in range(LEVELS):
        more = {
            ref: twin
            for ref in view.site.things
            if ref not in view.entries and (twin := twin_of(ref, view))
        }
        if not more:
            break
        found.update(more)
        entries = {**entries, **{ref: link(ref, live) for ref, live in more.items()}}
        view = sides.view(entries)
    return view, found


def _check_keys(keys: frozenset[str], view: View) -> None:
    known = {ref.key for ref in view.site.things} | {str(ref) for ref in view.site.things}
    for key in sorted(keys):
        if key not in known:
            raise ConfigError(f"there is no “{key}” in the content.{near(key, known)}")


def adoption_line(adoption: Adoption) -> str:
    """One outcome as a sentence."""
    if not adoption.differs:
        return f"adopted {adoption.ref} = #{adoption.live.id}"
    fields = words.listed(words.field(name) for name in adoption.differs)
    return (
        f"! not adopted: {adoption.ref} and #{adoption.live.id} differ in {fields}. "
        "Make the file say what is live (or the other way round), then adopt it."
    )
