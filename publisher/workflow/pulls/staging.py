"""Everything a pull starts from: both sides, the files as they lie, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from publisher.config import Config
from publisher.errors import SafetyStop
from publisher.intercom import observe
from publisher.ledger.book import Ledger
from publisher.model import Article, Entry, Live, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.diff import heading_ids, is_body, our_headings
from publisher.plan.twins import link
from publisher.plan.view import View, known_addresses
from publisher.pull.outward import Outward
from publisher.source import Loaded
from publisher.workflow.pulls.bringing import Desk
from publisher.workflow.pulls.choosing import Choice, Wish, check_keys, choose
from publisher.workflow.pulls.folder import Shelf, Snapshot
from publisher.workflow.pulls.pictures import gather
from publisher.workflow.session import Session, asset_url
from publisher.workflow.sides import Asked, Sides, sides_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything a pull starts from.

    twins   files beside a live thing of the same title and place, not linked yet.
    view    both sides, with the twins among the entries.
    twin_addresses   where links lead when every twin is adopted.
    held      images of twins that are files here, too: digest → Intercom's address.
    fetched   images by Intercom's address, or why they could not be had.
    """

    config: Config
    session: Session
    loaded: Loaded
    ledger: Ledger
    sides: Sides
    view: View
    twins: Mapping[Ref, Live]
    choice: Choice
    desk: Desk
    shelf: Shelf
    wish: Wish
    twin_addresses: Addresses
    held: Mapping[str, str]
    fetched: dict[str, bytes | str] = field(default_factory=dict)


def stage_of(
    config: Config,
    session: Session,
    loaded: Loaded,
    files: Snapshot,
    ledger: Ledger,
    wish: Wish,
) -> Stage:
    """Read both sides. Raises SafetyStop where an apply has not been settled yet.

    files  as they were just before they were `loaded`.
    """
    if ledger.doubts:
        raise SafetyStop(
            "an earlier apply was cut off and some of its calls are in doubt. Run `publisher "
            "apply` first; it finds out what became of them."
        )
    sides = sides_in(session, config, loaded, ledger, Asked(), fin=session.dialect.pages)
    view, twins = _twins(sides)
    check_keys(wish.keys, view)
    first = not any(ref not in twins for ref in view.entries)
    choice = choose(view, twins, wish, first=first, alone=not session.several)
    fetched: dict[str, bytes | str] = {}
    held = _held(session, choice, loaded, ledger, fetched)
    return Stage(
        config=config,
        session=session,
        loaded=loaded,
        ledger=ledger,
        sides=sides,
        view=view,
        twins=twins,
        choice=choice,
        desk=_desk(config, session, sides, view),
        shelf=Shelf(
            files=files,
            stems=loaded.stems,
            files_of=loaded.files_of,
            aliases=config.rules.aliases,
        ),
        wish=wish,
        twin_addresses=_addresses(session, {**ledger.images, **held}, view),
        held=held,
        fetched=fetched,
    )


def _addresses(session: Session, held: Mapping[str, str], view: View) -> Addresses:
    """Where links lead; an image without a place is told by its name alone."""
    known = known_addresses(view.site.default_locale, view.entries, view.live)
    place = asset_url(session.target, held)
    return known.with_assets(lambda asset: place(asset) or asset.public_name)


def _held(
    session: Session,
    choice: Choice,
    loaded: Loaded,
    ledger: Ledger,
    fetched: dict[str, bytes | str],
) -> dict[str, str]:
    """Images that twins show and a file here has byte for byte, by digest: Intercom's address."""
    assets = tuple(loaded.site.assets.values())
    texts = [
        ("", html)
        for live in choice.twins.values()
        for name, html in live.thing.fields().items()
        if assets and is_body(name)
    ]
    found = gather(
        session,
        texts,
        assets=assets,
        held=ledger.images,
        taken=(),
        read=lambda _: b"",
        contents=fetched,
        dry_run=False,
    )
    ours = {asset.digest for asset in assets}
    return {content: address for content, address in found.held.items() if content in ours}


def _twins(sides: Sides) -> tuple[View, Mapping[Ref, Live]]:
    """Both sides with every twin linked to its file, and the twins."""
    entries = dict(sides.seen.entries)
    view = sides.view(entries)
    found = {ref: sides.seen.live[ref.kind, twin.id] for ref, twin in view.beside.items()}
    if not found:
        return view, {}
    entries |= {ref: _linked(ref, live, view) for ref, live in found.items()}
    return sides.view(entries), found


def _linked(ref: Ref, live: Live, view: View) -> Entry:
    """An entry that knows which heading is which, so that links to headings can be compared."""
    ids = heading_ids(our_headings(view.site.things[ref].fields()), live)
    return replace(link(ref, live), headings={code: each for code, each in ids.items() if each})


def _desk(config: Config, session: Session, sides: Sides, view: View) -> Desk:
    return Desk(
        outward=Outward(
            default_locale=config.rules.default_locale,
            refs={},
            files={},
            addresses=view.addresses,
            anchors={},
            images={},
        ),
        folder=config.content_folder.as_posix(),
        default_locale=config.rules.default_locale,
        locales=config.rules.locales,
        authors=_authors(session, sides),
        author=sides.policy.author,
        icons=session.dialect.abilities.icons,
    )


def _authors(session: Session, sides: Sides) -> dict[str, str]:
    """E-mail addresses of teammates; none are asked for where nobody needs naming."""
    named = {
        live.thing.author
        for live in sides.seen.live.values()
        if isinstance(live.thing, Article) and live.thing.author not in (None, sides.policy.author)
    }
    if not named:
        return {}
    return {each.id: each.email for each in observe.admins(session.transport.send) if each.email}
