"""Lint and plan: read both sides, think, change nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from publisher import __version__
from publisher.apply import ledger as ledgers
from publisher.apply import recovery
from publisher.apply.ledger import Ledger
from publisher.apply.recovery import Settled
from publisher.apply.remote import at_home
from publisher.config import Config, Target
from publisher.errors import ConfigError, ContentRefused, PublisherError, SafetyStop
from publisher.intercom import observe
from publisher.intercom.observe import Observation
from publisher.model import (
    Article,
    Asset,
    Digest,
    Entry,
    ExternalPage,
    Kind,
    Live,
    Problem,
    Ref,
    RemoteId,
    Site,
    digest,
)
from publisher.plan import planfile, words
from publisher.plan.changes import Origin, Plan, Policy, Wanted
from publisher.plan.fit import fit
from publisher.plan.make import make
from publisher.plan.view import View, is_managed, look
from publisher.source import RULES, Loaded, load
from publisher.source.revision import Revision, head, is_older
from publisher.workflow.session import Session, check_pin, local_restart, opened

SECTION = "section-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of a plan."""

    only: frozenset[str] = frozenset()
    overwrite: frozenset[str] = frozenset()
    allow_deletes: frozenset[str] = frozenset()
    allow_count: int | None = None
    rerender: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what an apply needs beside it.

    settled  what became of the intents a crashed apply left behind.
    present  ids per kind that stood when the plan was made.
    ours     ids of our help center's collections, where there are several help centers.
    """

    plan: Plan
    heading: str
    settled: tuple[Settled, ...] = ()
    present: Mapping[Kind, Collection[RemoteId]]
    ours: frozenset[RemoteId]
    entries: Mapping[Ref, Entry]
    live: Mapping[tuple[Kind, RemoteId], Live]
    warnings: tuple[Problem, ...] = ()


def lint(config: Config) -> Loaded:
    """Everything that can be known without a network."""
    check_version(config)
    for name in config.rules.severities:
        if name not in RULES:
            raise ConfigError(f"publisher.toml, [lint]: unknown rule “{name}”.{near(name, RULES)}")
    return load(config.content_folder, config.rules, cache=config.state_folder / "cache")


def rules() -> dict[str, str]:
    """One line about every rule that a finding may name."""
    return {name: rule.about for name, rule in RULES.items()}


def plan(config: Config, target: Target, asked: Asked) -> Planned:
    """Make a plan. Raises ContentRefused before anything is asked of the help center."""
    loaded = checked(config)
    ledger = ledgers.read(config.state_folder, target.name)
    check_assets(loaded.site, target, config)
    with opened(config, target, writes=False, assets=loaded.site.assets) as session:
        return plan_in(session, config, loaded, ledger, asked)


def checked(config: Config) -> Loaded:
    """Load the content; raises ContentRefused when it has errors."""
    loaded = lint(config)
    if any(problem.severity == "error" for problem in loaded.problems):
        raise ContentRefused(loaded.problems)
    return loaded


def plan_in(
    session: Session, config: Config, loaded: Loaded, ledger: Ledger, asked: Asked
) -> Planned:
    """Make a plan against an open target, from a ledger as it is right now."""
    local_restart(ledger, session)
    check_pin(ledger, session)
    wanted = _wanted(session, config, loaded)
    entries = respelt(ledger.entries, sections=session.dialect.sections)
    observation = _observed(session, config, wanted.site, entries)
    settled = recovery.settle(ledger.doubts.values(), observation.things)
    entries = _with_settled(entries, settled)
    ours = ours_in(session, observation)
    live = {remote: at_home(thing, ours) for remote, thing in observation.things.items()}
    made = make(
        _answerable(wanted, settled),
        live,
        observation.gone,
        entries,
        _policy(session, config, asked, wanted.site),
        origin=_origin(session, config, loaded, ledger),
        abilities=session.dialect.abilities,
    )
    present: dict[Kind, list[RemoteId]] = {}
    for kind, remote in live:
        present.setdefault(kind, []).append(remote)
    return Planned(
        plan=planfile.named(made),
        heading=session.heading,
        settled=tuple(settled),
        present=present,
        ours=ours,
        entries=entries,
        live=live,
        warnings=loaded.problems,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is wanted and what is live, before the ledger joins them."""

    wanted: Wanted
    observation: Observation
    policy: Policy

    def view(self, entries: Mapping[Ref, Entry]) -> View:
        """Join them by these entries."""
        seen = self.observation
        return look(self.wanted.site, seen.things, seen.gone, entries, self.policy)


def sides_in(session: Session, config: Config, loaded: Loaded, ledger: Ledger) -> Sides:
    """Read both sides, for callers that think of other things than a plan."""
    check_pin(ledger, session)
    wanted = _wanted(session, config, loaded)
    entries = respelt(ledger.entries, sections=session.dialect.sections)
    return Sides(
        wanted=wanted,
        observation=_observed(session, config, wanted.site, entries),
        policy=_policy(session, config, Asked(), wanted.site),
    )


def _wanted(session: Session, config: Config, loaded: Loaded) -> Wanted:
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
    session: Session,
    config: Config,
    site: Site,
    entries: Mapping[Ref, Entry],
) -> Observation:
    kinds = {ref.kind for ref in (*site.things, *entries)}
    observation = observe.observe(
        session.transport.send,
        session.dialect,
        known={(ref.kind, entry.id): ref.key for ref, entry in entries.items()},
        default_locale=config.rules.default_locale,
        fin=bool(kinds & {"source", "page"}),
    )
    if not observation.complete:
        raise SafetyStop(
            "the listing of the help center changed while it was read, twice; without a "
            "complete one nothing is planned. Run it again in a moment."
        )
    told = observation.default_locale
    if told and told != config.rules.default_locale:
        raise ConfigError(
            f"the help center's default language is {told}, but publisher.toml says "
            f'default_locale = "{config.rules.default_locale}". They must be the same.'
        )
    return observation


def ours_in(session: Session, observation: Observation) -> frozenset[RemoteId]:
    """Ids of our help center's collections; empty where the workspace has no other one."""
    if not session.several:
        return frozenset()
    return frozenset(
        remote
        for (kind, remote), live in observation.things.items()
        if kind == "collection" and live.help_center == session.help_center.id
    )


def _with_settled(entries: Mapping[Ref, Entry], settled: list[Settled]) -> dict[Ref, Entry]:
    joined = dict(entries)
    for item in settled:
        if item.entry:
            joined[item.intent.ref] = item.entry
        elif item.removed:
            joined.pop(item.intent.ref, None)
    return joined


def _answerable(wanted: Wanted, settled: list[Settled]) -> Wanted:
    """Leave out what several live things could be: it is asked about, not created again."""
    unsure = [item for item in settled if not item.certain]
    if not unsure:
        return wanted
    things = {
        ref: thing
        for ref, thing in wanted.site.things.items()
        if ref not in {item.intent.ref for item in unsure}
    }
    problems = [
        Problem(
            rule="conflict",
            severity="error",
            what=f"{item.intent.ref.key}: an earlier run was cut off while creating it, and "
            f"{words.counted(len(item.candidates), 'thing')} could be it "
            f"({', '.join(live.id for live in item.candidates)}).",
            advice="Delete the superfluous ones in Intercom, then run it again.",
        )
        for item in unsure
    ]
    return Wanted(site=replace(wanted.site, things=things), problems=(*wanted.problems, *problems))


def _policy(session: Session, config: Config, asked: Asked, site: Site) -> Policy:
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
    )


def near(word: str, known: Collection[str]) -> str:
    """ " Did you mean …?" for the closest known word, or ""."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


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


def _origin(session: Session, config: Config, loaded: Loaded, ledger: Ledger) -> Origin:
    revision = head(config.root) or Revision("", 0)
    return Origin(
        target=session.target.name,
        workspace=session.account.workspace,
        help_center=session.help_center.id,
        api_version=session.dialect.version,
        lineage=ledger.lineage,
        serial=ledger.serial,
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        made_with=f"publisher {__version__}",
        commit=revision.commit,
        committed_at=revision.time,
        content_digest=loaded.digest,
    )


def check_assets(site: Site, target: Target, config: Config) -> None:
    """Local images need a public place; raises ContentRefused with one finding naming the ways."""
    if target.kind == "local" or target.assets_url or not site.assets:
        return
    names = words.listed((asset.path for asset in site.assets.values()), most=5)
    raise ContentRefused(
        [
            Problem(
                rule="assets-url",
                severity="error",
                what=f"{words.counted(len(site.assets), 'local image')} ({names}) cannot be shown: "
                f"Intercom copies images from public addresses, and target “{target.name}” has no "
                "assets_url.",
                advice="Set assets_url (and assets, to upload to a bucket), write them out with "
                "`publisher assets export DIR` for your own upload, or use public URLs.",
            )
        ]
    )


def is_outdated(config: Config, ledger: Ledger) -> bool:
    """Whether the checkout is older than the commit applied last.

    By ancestry where Git can tell; else (a shallow clone) by when the commits were made.
    """
    if not ledger.commit:
        return False
    older = is_older(config.root, ledger.commit)
    if older is not None:
        return older
    here = head(config.root)
    return here is not None and here.time < ledger.committed_at


def check_version(config: Config) -> None:
    """Refuse a repository that asks for another version of publisher."""
    if not config.requires:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        fits = SpecifierSet(config.requires).contains(__version__, prereleases=True)
    except InvalidSpecifier as error:
        raise ConfigError(f"publisher.toml: requires: {error}.") from error
    if not fits:
        raise ConfigError(
            f"this repository requires publisher {config.requires}; this is {__version__}. "
            "Install a version that fits."
        )


def respelt(entries: Mapping[Ref, Entry], *, sections: bool) -> dict[Ref, Entry]:
    """Follow a change of API version across 2.10, where sections became collections.

    Up to 2.9 a second-level collection's id is spelt `section-<id>`, since sections may have
    ids of their own; the ledger's ids and parents are respelt, their digests with them.
    """
    new_ids = {
        entry.id: _spelt(entry, sections)
        for ref, entry in entries.items()
        if ref.kind == "collection"
    }
    if all(old == new for old, new in new_ids.items()):
        return dict(entries)
    return {ref: _respelt(entry, new_ids) for ref, entry in entries.items()}


def _spelt(entry: Entry, sections: bool) -> RemoteId:
    bare = entry.id.removeprefix(SECTION)
    return RemoteId(f"{SECTION}{bare}" if sections and entry.parent else bare)


def _respelt(entry: Entry, new_ids: Mapping[RemoteId, RemoteId]) -> Entry:
    parent = new_ids.get(RemoteId(entry.parent), entry.parent)
    old, new = digest(entry.parent), digest(parent)

    def moved(digests: Mapping[str, Digest]) -> dict[str, Digest]:
        return {n: new if n == "parent" and d == old else d for n, d in digests.items()}

    id_ = new_ids.get(entry.id, entry.id) if entry.ref.kind == "collection" else entry.id
    return replace(entry, id=id_, parent=parent, sent=moved(entry.sent), seen=moved(entry.seen))


__all__ = [
    "Asked", "Asset", "ExternalPage", "Planned", "PublisherError", "checked", "lint", "plan",
    "plan_in",
]  # fmt: skip
