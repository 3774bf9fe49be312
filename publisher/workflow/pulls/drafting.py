"""Draft a pull: new files, and changes in files that are there; nothing is written yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from publisher.body.proof import anchors
from publisher.errors import PublisherError
from publisher.model import (
    Article,
    Collection,
    Entry,
    Live,
    Locale,
    Problem,
    Ref,
    RemoteId,
    Spot,
)
from publisher.plan.addresses import Addresses
from publisher.plan.diff import is_body, source_of
from publisher.plan.notices import name_of
from publisher.plan.twins import link
from publisher.plan.view import RemoteRef, View, is_managed, known_addresses
from publisher.pull.layout import Arrangement, arrange, paths
from publisher.pull.outward import Outward
from publisher.pull.pins import kept_slugs
from publisher.pull.report import Text
from publisher.source import Loaded, load
from publisher.source.mending import mended
from publisher.source.redirects import FILE as REDIRECTS
from publisher.workflow.pulls.bringing import Brought, bring
from publisher.workflow.pulls.folder import Moves
from publisher.workflow.pulls.moving import colliding, files, joined, moved_by_hand, settle
from publisher.workflow.pulls.pictures import Pictures, gather
from publisher.workflow.pulls.shelf import Place, Taken, Taking
from publisher.workflow.pulls.staging import Stage
from publisher.workflow.pulls.taking import take
from publisher.workflow.session import asset_url
from publisher.workflow.sides import refitted


@dataclass(slots=True, kw_only=True)
class Setbacks:
    """What earlier drafts found impossible.

    left     things that stay live without a file; `skipped` files that stay as they are.
    stay     things that do not follow their move; `locales` of new things that are left out.
    whole    bodies that cannot be merged block by block, and are written as a whole.
    """

    left: dict[RemoteRef, Problem] = field(default_factory=dict)
    skipped: dict[Ref, Problem] = field(default_factory=dict)
    stay: dict[Ref, Problem] = field(default_factory=dict)
    locales: dict[tuple[RemoteRef, str], Problem] = field(default_factory=dict)
    whole: set[Place] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many there are; it only grows."""
        several = (self.left, self.skipped, self.stay, self.locales, self.whole)
        return sum(len(each) for each in several)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The files as they would be, and what they would mean.

    files    to be written, by path below the content folder; None: to be removed.
    after    the content as it is read with them.
    was      thing → what it was called before its files moved.
    entries  of everything that has a file and is live, by their names after the pull.
    view     both sides, joined by them.
    """

    arrangement: Arrangement
    pictures: Pictures
    brought: Brought
    taken: Taken
    moves: Moves
    files: Mapping[str, bytes | None]
    after: Loaded
    was: Mapping[Ref, Ref]
    entries: Mapping[Ref, Entry]
    view: View
    addresses: Addresses

    @property
    def texts(self) -> list[Text]:
        """Every file that is written."""
        return [*self.brought.texts, *self.taken.texts]


def draft(stage: Stage, setbacks: Setbacks) -> Draft:
    """Write everything down that is to be pulled, in memory."""
    drifted = [ref for ref in stage.choice.drifted if ref not in setbacks.skipped]
    moved = moved_by_hand((ref for ref in drifted if ref not in setbacks.stay), stage.view)
    moves = _moves(stage, moved, setbacks)
    arrangement = _arranged(stage, setbacks, moves)
    moves = joined(moves, moved, arrangement.refs)
    pictures = _pictures(stage, arrangement, drifted)
    desk = replace(
        stage.desk,
        outward=_outward(stage, arrangement, pictures),
        without=frozenset(setbacks.locales),
    )
    brought = bring(arrangement, _lives(stage, arrangement), desk)
    taking = Taking(
        view=stage.view,
        shelf=stage.shelf,
        desk=desk,
        taken=Taken(),
        whole=frozenset(setbacks.whole),
        moves=moves,
        named=bool(stage.wish.keys),
        back=bool(stage.wish.keys) or stage.wish.everything,
    )
    for ref in drifted:
        take(ref, taking)
    _follow_deletions(stage, taking, setbacks)
    taken = taking.taken
    taken.moves = files(moves, {*stage.shelf.names, *taken.drafts}, stage.shelf)
    drafts = {**pictures.drafts, **brought.drafts, **taken.drafts}
    if taken.moves:
        try:
            drafts = _moved(stage, drafts, taken.moves)
        except PublisherError as error:
            setbacks.stay |= {ref: _stays(ref, str(error), stage) for ref in moves.homes}
            return draft(stage, setbacks)
    return _meant(stage, _Parts(arrangement, pictures, brought, taken, moves), drafts)


def _moves(stage: Stage, moved: dict[Ref, RemoteId], setbacks: Setbacks) -> Moves:
    """Where everything goes; what would collide there stays where it is."""
    moves = settle(moved, _known(stage), stage.shelf)
    while doubled := colliding(moves, stage.shelf):
        for ref, place in doubled.items():
            why = f"it was moved in Intercom to where {place} lies. Rename one of the two files."
            setbacks.stay[ref] = _stays(ref, why, stage)
            moved.pop(ref, None)
        moves = settle(moved, _known(stage), stage.shelf)
    return moves


def _stays(ref: Ref, why: str, stage: Stage) -> Problem:
    path = next(iter(stage.shelf.files_of.get(ref, {}).values()), "")
    return Problem(
        rule="pull-clash",
        severity="warning",
        spot=Spot(f"{stage.desk.folder}/{path}") if path else None,
        what=f"{ref.key} stays where it is: {why}",
        advice=f"Then run: publisher pull {name_of(ref, stage.view)}",
    )


class _Parts(NamedTuple):
    """What a draft is made of."""

    arrangement: Arrangement
    pictures: Pictures
    brought: Brought
    taken: Taken
    moves: Moves


def _meant(stage: Stage, parts: _Parts, drafts: Mapping[str, bytes | None]) -> Draft:
    """Read the files as the next plan will, and join them with what is live."""
    config = stage.config
    cache = config.state_folder / "cache"
    after = load(config.content_folder, config.rules, cache=cache, drafts=drafts)
    pictures = _shown(parts.pictures, after)
    now = _present_names(stage, parts.moves, after)
    entries = {
        now.get(ref, ref): replace(entry, ref=now.get(ref, ref))
        for ref, entry in stage.view.entries.items()
        if ref not in parts.taken.gone
    }
    fresh = parts.arrangement.refs
    for remote, live in _lives(stage, parts.arrangement).items():
        entries[fresh[remote]] = link(fresh[remote], live)
    view = refitted(stage.sides, stage.session, after).view(entries)
    held = {**stage.ledger.images, **stage.held, **pictures.held}
    return Draft(
        arrangement=parts.arrangement,
        pictures=pictures,
        brought=parts.brought,
        taken=parts.taken,
        moves=parts.moves,
        files={path: drafts[path] for path in drafts if path not in pictures.unused},
        after=after,
        was={new: old for old, new in now.items()},
        entries=entries,
        view=view,
        addresses=view.addresses.with_assets(asset_url(stage.session.target, held)),
    )


def _shown(pictures: Pictures, after: Loaded) -> Pictures:
    """Without the images that no file shows: a merge takes only some blocks of a text."""
    paths = {asset.path for asset in after.site.assets.values()}
    digests = {asset.digest for asset in after.site.assets.values()}
    return replace(
        pictures,
        drafts={path: content for path, content in pictures.drafts.items() if path in paths},
        held={digest: url for digest, url in pictures.held.items() if digest in digests},
        unused=frozenset(pictures.drafts) - paths,
    )


def _present_names(stage: Stage, moves: Moves, after: Loaded) -> dict[Ref, Ref]:
    """Former → present name of everything whose files move."""
    by_stem = {(ref.kind, stem): ref for ref, stem in after.stems.items()}
    found = {ref: by_stem.get((ref.kind, moves.stems[ref]), ref) for ref in stage.shelf.stems}
    return {old: new for old, new in found.items() if old != new}


def _arranged(stage: Stage, setbacks: Setbacks, moves: Moves) -> Arrangement:
    """Where new things go: beside what is there, once that lies where it will."""
    fresh = [live for live in stage.choice.fresh if (live.thing.kind, live.id) not in setbacks.left]
    names = stage.shelf.names
    lost = {
        (ref.kind, live.id): ref
        for ref, live in stage.choice.lost.items()
        if (ref.kind, live.id) not in setbacks.left
    }
    stems = {ref: stem_of(ref) for ref in lost.values()}
    arrangement = arrange(
        fresh,
        {**_known(stage), **lost},
        {**moves.stems, **stems},
        {*names, *files(moves, names, stage.shelf).values()},
        stage.desk.default_locale,
    )
    manage = stage.session.target.manage
    refs = {remote: ref for remote, ref in arrangement.refs.items() if is_managed(ref, manage)}
    return replace(arrangement, refs={**refs, **lost}, stems={**arrangement.stems, **stems})


def stem_of(ref: Ref) -> str:
    """The stem of a thing whose file is gone: its key says where it lay."""
    return ref.key.rpartition(":")[0] if ref.kind == "page" else ref.key


def _known(stage: Stage) -> dict[RemoteRef, Ref]:
    return {
        (ref.kind, live.id): ref
        for ref, live in stage.view.live.items()
        if ref in stage.shelf.stems
    }


def _lives(stage: Stage, arrangement: Arrangement) -> dict[RemoteRef, Live]:
    return {remote: stage.sides.seen.live[remote] for remote in arrangement.refs}


def _pictures(stage: Stage, arrangement: Arrangement, drifted: list[Ref]) -> Pictures:
    texts = [
        (arrangement.stems[ref], html)
        for remote, ref in sorted(arrangement.refs.items(), key=lambda item: item[1])
        for html in _bodies(stage.sides.seen.live[remote], stage)
    ]
    for ref in drifted:
        stem = stage.shelf.stems[ref]
        texts += [(stem, html) for html in _bodies(stage.view.live[ref], stage)]
    return gather(
        stage.session,
        texts,
        assets=stage.loaded.site.assets.values(),
        held=stage.ledger.images,
        taken=stage.shelf.names,
        read=stage.shelf.read,
        contents=stage.fetched,
        dry_run=stage.wish.dry_run,
    )


def _bodies(live: Live, stage: Stage) -> list[str]:
    thing = live.thing
    if isinstance(thing, Article):
        texts = thing.translations.items()
        return [text.body for locale, text in texts if stage.desk.wants(locale)]
    return [body] if (body := getattr(thing, "body", "")) else []


def _outward(stage: Stage, arrangement: Arrangement, pictures: Pictures) -> Outward:
    """How live addresses are written, once everything that is pulled lies where it will."""
    fresh = {arrangement.refs[remote]: live for remote, live in _lives(stage, arrangement).items()}
    entries = {**stage.view.entries, **{ref: link(ref, live) for ref, live in fresh.items()}}
    live = {**stage.view.live, **fresh}
    default = stage.desk.default_locale
    return Outward(
        default_locale=default,
        refs={**_known(stage), **arrangement.refs},
        files={**_files(stage), **_new_files(stage, arrangement, fresh)},
        addresses=known_addresses(default, entries, live),
        anchors=_anchors(stage, fresh),
        images=pictures.paths,
    )


def _files(stage: Stage) -> dict[tuple[Ref, Locale], str]:
    """The files there are; a collection without one is linked to by its folder."""
    found = {}
    locales = stage.loaded.site.locales or (stage.desk.default_locale,)
    for ref, stem in stage.shelf.stems.items():
        files = stage.shelf.files_of.get(ref, {})
        if ref.kind == "collection":
            files = {**{code: paths(ref, stem, code) for code in locales}, **files}
        found.update({(ref, locale): path for locale, path in files.items()})
    return found


def _new_files(
    stage: Stage, arrangement: Arrangement, fresh: Mapping[Ref, Live]
) -> dict[tuple[Ref, Locale], str]:
    return {
        (ref, locale): paths(ref, arrangement.stems[ref], locale)
        for ref, live in fresh.items()
        for locale in _locales(live)
        if stage.desk.wants(locale)
    }


def _locales(live: Live) -> list[Locale]:
    thing = live.thing
    if isinstance(thing, Article):
        return list(thing.translations)
    return list(thing.titles) if isinstance(thing, Collection) else []


def _anchors(
    stage: Stage, fresh: Mapping[Ref, Live]
) -> dict[tuple[Ref, Locale], Mapping[str, str]]:
    """Intercom's heading ids → slugs, of files that are there and of those that come."""
    found: dict[tuple[Ref, Locale], Mapping[str, str]] = {}
    for (key, locale), slugs in stage.loaded.site.headings.items():
        ref = Ref("article", key)
        if ref in stage.view.live:
            spelt = stage.view.entries[ref].headings.get(locale, {})
            found[ref, locale] = {spelt.get(id_, id_): slug for slug, id_ in slugs.items()}
    drifted = {ref: stage.view.live[ref] for ref in stage.choice.drifted}
    for ref, live in {**fresh, **drifted}.items():
        if isinstance(live.thing, Article):
            for locale, text in live.thing.translations.items():
                pinned = kept_slugs(ref, locale, stage.view) if ref in drifted else {}
                known = found.get((ref, locale), {})
                found[ref, locale] = {**known, **anchors(text.body), **pinned}
    return found


def _follow_deletions(stage: Stage, taking: Taking, setbacks: Setbacks) -> None:
    """Remove the files of what was deleted in Intercom, where the user named it."""
    for ref in stage.choice.gone:
        if ref in setbacks.skipped:
            continue
        name = name_of(ref, stage.view)
        files = stage.shelf.files_of.get(ref, {})
        path = next(iter(files.values()), "")
        if not stage.wish.keys or ref.kind in ("collection", "source") or _edited(ref, stage.view):
            why = " and changed here since" if _edited(ref, stage.view) else ""
            taking.tell(
                "pull-gone",
                path,
                f"{ref.key} was deleted in Intercom{why}; its file stays.",
                f"Remove the file, or put it back: publisher apply --overwrite {name}"
                if stage.wish.keys
                else f"To remove its file too: publisher pull {name}; to put it back: "
                f"publisher apply --overwrite {name}",
            )
            continue
        taking.taken.drafts.update(dict.fromkeys(files.values()))
        taking.taken.gone.append(ref)
        texts = (Text(path=path, ref=ref, how="removed") for path in files.values())
        taking.taken.texts += texts


def _edited(ref: Ref, view: View) -> bool:
    """Whether an article's files changed since the last apply."""
    thing, entry = view.site.things[ref], view.entries[ref]
    bodies = [name for name in thing.fields() if is_body(name)]
    return any(source_of(name, thing) != entry.source.get(name) for name in bodies)


def _moved(
    stage: Stage, files: Mapping[str, bytes | None], moves: Mapping[str, str]
) -> dict[str, bytes | None]:
    """The drafts with files where Intercom has their articles now, and all links mended."""
    whole: dict[str, bytes] = {}
    for path in {*stage.shelf.names, *files}:
        content = files.get(path)
        if content is not None:
            whole[path] = content
        elif path not in files:
            needed = path.lower().endswith(".md") or path in moves or path == REDIRECTS
            whole[path] = stage.shelf.read(path) if needed else b""
    return {**files, **mended(whole, moves, stage.config.rules)}
