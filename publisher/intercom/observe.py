"""See what is there: who we are, which help centers there are, and everything in them.

One walk per kind, 250 rows a page, all languages in the row: reading a help center costs
⌈n/250⌉ requests per kind, however many languages it has. What the ledger knows and the
list lacks is asked for by id, once each, so that nothing is called deleted because a list
was short.

Gives `Live` things keyed by the ids we are told of; knows no plan and no ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from publisher.errors import NotFound
from publisher.intercom import answers, shapes, wire
from publisher.intercom.answers import Known, decode, is_deleted_page
from publisher.intercom.dialect import Call, Dialect
from publisher.intercom.shapes import Payload
from publisher.intercom.walk import Send, walk
from publisher.model import NOTHING, HelpCenterInfo, Kind, Live, Locale, Reach, RemoteId

Identity = tuple[Kind, RemoteId]
HELP_CENTERS = "/help_center/help_centers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose token it is. `region` as in the configuration ("us"), "" when not told."""

    workspace: str
    name: str = ""
    admin_id: str = ""
    email: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """A teammate, who can be the author of articles."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything as it was when we looked.

    things          by kind and remote id.
    gone            what we knew and Intercom has no more.
    complete        False when a list did not add up even on the second reading.
    default_locale  that Intercom names most often; None where it names none (one language).
    """

    things: Mapping[Identity, Live]
    gone: frozenset[Identity] = frozenset()
    complete: bool = True
    default_locale: Locale | None = None


def account(send: Send) -> Account:
    """Say who the token belongs to, and in which workspace. Raises RemoteError."""
    me = _get(send, "/me", "see whose token this is")
    app = shapes.mapping(me.get("app"), "`app`")
    return Account(
        workspace=shapes.identity(app, "id_code"),
        name=shapes.text(app, "name"),
        admin_id=shapes.identity(me),
        email=shapes.text(me, "email"),
        region=shapes.text(app, "region").lower(),
    )


def help_centers(send: Send, dialect: Dialect) -> tuple[HelpCenterInfo, ...]:
    """List the workspace's help centers. Raises RemoteError.

    Every version answers at the same address, but `default` and `locales` are told from 2.16
    on only; the only help center of a workspace is its default, whatever the version tells.
    """
    rows, _ = walk(send, HELP_CENTERS, "list the help centers")
    return tuple(_help_center(row, alone=len(rows) == 1) for row in rows.values())


def admins(send: Send) -> tuple[Admin, ...]:
    """List the teammates. Raises RemoteError (Unauthorized without "Read admins")."""
    listed = shapes.rows(_get(send, "/admins", "list the teammates"), "admins")
    return tuple(
        Admin(
            id=shapes.identity(row),
            name=shapes.text(row, "name"),
            email=shapes.text(row, "email"),
        )
        for row in listed
    )


def observe(
    send: Send,
    dialect: Dialect,
    *,
    known: Known,
    default_locale: Locale,
    fin: bool,
    seen_at: Mapping[Identity, int] = NOTHING,
) -> Observation:
    """Read everything: collections, sections where there are any, articles, and for Fin
    sources and pages.

    known           the ledger's keys by identity; of a kind that is not read, they are ignored.
    default_locale  the configured one, for answers that do not name theirs.
    fin             read sources and pages too (from 2.12).
    seen_at         when each was changed as we last saw it, in seconds since the epoch.

    A list may lag behind: what it lacks, or shows as it was before we last saw it, is asked for
    by id. Raises RemoteError. An external page without a body is what remains of a deleted one:
    known, it is gone; unknown, it is left out.
    """
    kinds: tuple[Kind, ...] = ("collection", "article")
    if fin and dialect.pages:
        kinds = (*kinds, "source", "page")
    things: dict[Identity, Live] = {}
    named: Counter[str] = Counter()
    complete = True
    lists = [(each, path) for each in kinds for path in wire.listing(dialect, each)]
    for kind, path in lists:
        rows, all_there = walk(send, path, f"list every {wire.WORDS[kind]}")
        complete = complete and all_there
        for row in _spelt(path, rows.values()):
            live = decode(dialect, kind, row, known=known, default_locale=default_locale)
            things[kind, live.id] = live
            named[shapes.text(row, "default_locale")] += 1
    for kind, id_ in _doubtful(things, known, kinds, seen_at):
        found = look(send, dialect, kind, id_, known=known, default_locale=default_locale)
        things.pop((kind, id_), None)
        if found is not None:
            things[kind, id_] = found
    present = {each: live for each, live in things.items() if not is_deleted_page(live)}
    del named[""]
    return Observation(
        things=_with_help_centers(present),
        gone=frozenset(each for each in known if each[0] in kinds and each not in present),
        complete=complete,
        default_locale=Locale(named.most_common(1)[0][0]) if named else None,
    )


def _doubtful(
    things: Mapping[Identity, Live],
    known: Known,
    kinds: Iterable[Kind],
    seen_at: Mapping[Identity, int],
) -> list[Identity]:
    """What we know and the lists lack, or show as it was earlier."""
    lacking = [each for each in known if each[0] in kinds and each not in things]
    late = [each for each, live in things.items() if live.changed_at < seen_at.get(each, 0)]
    return lacking + late


def listed(
    send: Send, dialect: Dialect, kinds: Iterable[Kind], *, default_locale: Locale
) -> tuple[dict[Identity, Live], bool]:
    """List some kinds alone, and say whether the lists added up. Raises RemoteError."""
    things: dict[Identity, Live] = {}
    complete = True
    for kind, path in ((each, path) for each in kinds for path in wire.listing(dialect, each)):
        rows, all_there = walk(send, path, f"list every {wire.WORDS[kind]}")
        complete = complete and all_there
        for row in _spelt(path, rows.values()):
            live = decode(dialect, kind, row, known={}, default_locale=default_locale)
            if not is_deleted_page(live):
                things[kind, live.id] = live
    return _with_help_centers(things), complete


def look(
    send: Send,
    dialect: Dialect,
    kind: Kind,
    id: RemoteId,
    *,
    known: Known,
    default_locale: Locale,
) -> Live | None:
    """Read one thing; None when Intercom has it no more. Raises RemoteError."""
    try:
        reply = send(wire.read(dialect, kind, id))
    except NotFound:
        return None
    payload = shapes.mapping(reply.data, "the whole of it")
    if id.startswith(wire.SECTION):
        payload = {"type": "section", **payload}
    live = decode(dialect, kind, payload, known=known, default_locale=default_locale)
    return None if is_deleted_page(live) else live


def draft(send: Send, dialect: Dialect, id: RemoteId, *, default_locale: Locale) -> Live | None:
    """Read an article as it would be with what waits in the editor; None when nothing does.

    Source: Intercom, "Retrieve an article's draft" (2.16): 404 when none is staged. Raises
    RemoteError.
    """
    try:
        reply = send(wire.draft(dialect, id))
    except NotFound:
        return None
    payload = shapes.mapping(reply.data, "the whole of it")
    return decode(dialect, "article", payload, known={}, default_locale=default_locale)


def reach(send: Send, dialect: Dialect, id: RemoteId) -> Reach | None:
    """Ask how many readers an article has had; None where Intercom has it no more, or is silent.

    Source: reference, articles: `statistics` is in the answer about one article, in no list.
    Raises RemoteError.
    """
    try:
        reply = send(wire.read(dialect, "article", id))
    except NotFound:
        return None
    return answers.reach(shapes.mapping(reply.data, "the whole of it"))


def _get(send: Send, path: str, what: str) -> Payload:
    reply = send(Call(method="GET", path=path, repeatable=True, what=what))
    return shapes.mapping(reply.data, "the whole of it")


def _help_center(row: Payload, *, alone: bool) -> HelpCenterInfo:
    locales = row.get("locales")
    return HelpCenterInfo(
        id=shapes.identity(row),
        identifier=shapes.text(row, "identifier"),
        name=shapes.text(row, "display_name"),
        url=shapes.text(row, "url"),
        default=alone or bool(shapes.flag(row, "default")),
        locales=tuple(Locale(str(each)) for each in locales) if isinstance(locales, list) else (),
    )


def _spelt(path: str, rows: Iterable[Payload]) -> Iterator[Payload]:
    """Rows as they came, sections marked as such even where the answer forgets to say so."""
    for row in rows:
        yield {"type": "section", **row} if path == wire.SECTIONS else row


def _with_help_centers(things: Mapping[Identity, Live]) -> dict[Identity, Live]:
    """Give everything the help center of its root collection: Intercom names it only there."""
    return {
        each: replace(live, help_center=_help_center_of(live, things))
        if each[0] in ("collection", "article")
        else live
        for each, live in things.items()
    }


def _help_center_of(live: Live, things: Mapping[Identity, Live]) -> RemoteId | None:
    """Climb to the root; a circle, which no server should show us, ends the climb."""
    climbed: set[RemoteId] = set()
    above: Live | None = live
    while above is not None and above.help_center is None:
        parent = next((id_ for id_ in above.parents if ("collection", id_) in things), None)
        if parent is None or parent in climbed:
            return None
        climbed.add(parent)
        above = things["collection", parent]
    return above.help_center if above else None
