"""Read both sides: what is wanted, fitted to the target, and what is live.

Nothing is asked of the help center before the ledger is known to be for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from publisher.apply.remote import at_home
from publisher.config import Config, Target
from publisher.errors import ConfigError, ContentRefused, SafetyStop
from publisher.intercom import observe
from publisher.intercom.observe import Observation
from publisher.ledger.book import Ledger
from publisher.model import Article, Entry, Kind, Live, Problem, Ref, RemoteId, Site
from publisher.plan.changes import Policy, Wanted
from publisher.plan.fit import fit
from publisher.plan.view import View, is_managed, look
from publisher.source import Loaded
from publisher.workflow.content import near
from publisher.workflow.respelling import respelt
from publisher.workflow.session import Session, asset_url, check_pin, local_restart


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of a plan."""

    only: frozenset[str] = frozenset()
    overwrite: frozenset[str] = frozenset()
    allow_deletes: frozenset[str] = frozenset()
    allow_count: int | None = None
    rerender: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is live.

    live      by kind and remote id; an article's parent is the one in our help center.
    gone      what the ledger knows and Intercom has no more.
    entries   of the ledger, their ids spelt as this API version spells them.
    ours      ids of our help center's collections, where there are several help centers.
    """

    live: Mapping[tuple[Kind, RemoteId], Live]
    gone: frozenset[tuple[Kind, RemoteId]]
    entries: Mapping[Ref, Entry]
    ours: frozenset[RemoteId]

    @property
    def present(self) -> Mapping[Kind, Collection[RemoteId]]:
        """Ids per kind."""
        found: dict[Kind, list[RemoteId]] = {}
        for kind, remote in self.live:
            found.setdefault(kind, []).append(remote)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is wanted and what is live, before the ledger joins them."""

    wanted: Wanted
    seen: Seen
    policy: Policy

    def view(self, entries: Mapping[Ref, Entry]) -> View:
        """Join them by these entries."""
        return look(self.wanted.site, self.seen.live, self.seen.gone, entries, self.policy)


def sides_in(
    session: Session,
    config: Config,
    loaded: Loaded,
    ledger: Ledger,
    asked: Asked,
    *,
    fin: bool = False,
) -> Sides:
    """Read both sides; `fin`: external pages even where neither content nor ledger has any.

    Raises before any listing when the ledger is for another help center."""
    local_restart(ledger, session)
    check_pin(ledger, session)
    wanted = fitted(session, loaded)
    kinds = {ref.kind for ref in (*wanted.site.things, *ledger.entries)}
    return Sides(
        wanted=wanted,
        seen=seen_in(session, config, ledger, fin=fin or bool(kinds & {"source", "page"})),
        policy=policy_of(session, config, ledger, asked, wanted.site),
    )


def refitted(sides: Sides, session: Session, loaded: Loaded) -> Sides:
    """The same, with another state of the content."""
    return replace(sides, wanted=fitted(session, loaded))


def seen_in(session: Session, config: Config, ledger: Ledger, *, fin: bool) -> Seen:
    """Read what is live; `fin`: content sources and external pages too."""
    entries = respelt(ledger.entries, sections=session.dialect.sections)
    observation = _observed(session, config, entries, fin=fin)
    ours = _ours(session, observation)
    return Seen(
        live={remote: at_home(thing, ours) for remote, thing in observation.things.items()},
        gone=observation.gone,
        entries=entries,
        ours=ours,
    )


def fitted(session: Session, loaded: Loaded) -> Wanted:
    """What is wanted, fitted to what the target can do. Raises ContentRefused."""
    target = session.target
    site = _managed(loaded.site, target)
    site = _with_authors(site, session)
    abilities = replace(session.dialect.abilities, nested_lists=target.nested_lists == "keep")
    return fit(site, abilities, target.fin_locales)


def _managed(site: Site, target: Target) -> Site:
    """Only what `manage` bounds this repository to."""
    if not target.manage:
        return site
    things = {ref: thing for ref, thing in site.things.items() if is_managed(ref, target.manage)}
    return replace(site, things=things)


def _with_authors(site: Site, session: Session) -> Site:
    """Replace authors' e-mail addresses by their ids; an unknown one is a fault of its file."""
    named = {
        thing.author
        for thing in site.things.values()
        if isinstance(thing, Article) and thing.author and not thing.author.isdigit()
    }
    if not named:
        return site
    ids = {admin.email.lower(): admin.id for admin in observe.admins(session.transport.send)}
    things, problems = dict(site.things), []
    for ref, thing in site.things.items():
        if not isinstance(thing, Article) or thing.author not in named:
            continue
        found = ids.get((thing.author or "").lower())
        things[ref] = replace(thing, author=found)
        if found is None:
            problems.append(
                Problem(
                    rule="author-unknown",
                    severity="error",
                    spot=thing.spot,
                    what=f"no teammate has the e-mail address {thing.author}.",
                    advice="Write the address they sign in to Intercom with, or their id.",
                )
            )
    if problems:
        raise ContentRefused(problems)
    return replace(site, things=things)


def _observed(
    session: Session, config: Config, entries: Mapping[Ref, Entry], *, fin: bool
) -> Observation:
    observation = observe.observe(
        session.transport.send,
        session.dialect,
        known={(ref.kind, entry.id): ref.key for ref, entry in entries.items()},
        default_locale=config.rules.default_locale,
        fin=fin,
        seen_at={(ref.kind, entry.id): entry.changed_at for ref, entry in entries.items()},
    )
    if not observation.complete:
        raise SafetyStop(
            "the listing of the help center changed every time it was read; without a "
            "complete one nothing is planned. Run it again in a moment."
        )
    told = observation.default_locale
    if told and told != config.rules.default_locale:
        raise ConfigError(
            f"the help center's default language is {told}, but publisher.toml says "
            f'default_locale = "{config.rules.default_locale}". They must be the same.'
        )
    return observation


def _ours(session: Session, observation: Observation) -> frozenset[RemoteId]:
    """Ids of our help center's collections; empty where the workspace has no other one."""
    if not session.several:
        return frozenset()
    return frozenset(
        remote
        for (kind, remote), live in observation.things.items()
        if kind == "collection" and live.help_center == session.help_center.id
    )


def policy_of(session: Session, config: Config, ledger: Ledger, asked: Asked, site: Site) -> Policy:
    """What a plan may do. Raises ConfigError for a key that is not there."""
    target = session.target
    known = {ref.key for ref in site.things} | {str(ref) for ref in site.things}
    unknown = [key for key in sorted(asked.only | asked.overwrite) if key not in known]
    if unknown:
        raise ConfigError(f"there is no “{unknown[0]}” in the content.{near(unknown[0], known)}")
    return Policy(
        on_removed=target.on_removed,
        on_drift=target.on_drift,
        max_removals=target.max_removals,
        overwrite=asked.overwrite,
        allow_deletes=asked.allow_deletes,
        allow_count=asked.allow_count,
        only=asked.only,
        rerender=asked.rerender,
        manage=target.manage,
        author=_default_author(session),
        help_center=session.help_center_id,
        default_state=config.rules.default_state,
        asset_url=asset_url(target, ledger.images),
    )


def _default_author(session: Session) -> str:
    author = session.target.author
    if not author or author.isdigit():
        return author or session.account.admin_id
    ids = {admin.email.lower(): admin.id for admin in observe.admins(session.transport.send)}
    if author.lower() not in ids:
        raise ConfigError(
            f"target “{session.target.name}”: no teammate has the e-mail address {author}. "
            "Write the address they sign in to Intercom with, or their id."
        )
    return ids[author.lower()]
