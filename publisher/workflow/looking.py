"""Whether a target is ready: each thing that an apply will need is tried, and nothing changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from publisher.config import Config, Target
from publisher.errors import Locked, PublisherError, RemoteError, StalePlan
from publisher.intercom import observe
from publisher.intercom.dialect import Call
from publisher.ledger import opening
from publisher.ledger.home import Home
from publisher.ledger.place import LEDGER
from publisher.plan import words
from publisher.workflow import ledgers, state
from publisher.workflow.content import is_outdated, lint
from publisher.workflow.session import Session, check_pin, opened
from publisher.workflow.surroundings import Check, surroundings


def doctor(config: Config, target: Target) -> Iterator[Check]:
    """Check a target from the outside in; stops at what makes the rest meaningless."""
    yield Check(name="configuration", state="ok", what=f"target {target.name} ({target.kind})")
    yield from surroundings(config, target)
    yield from _ledger(config, target)
    try:
        with opened(config, target, writes=False) as session:
            yield Check(name="token", state="ok", what=f"accepted; {session.heading}")
            yield from _pin(config, session)
            yield from _region(session)
            yield from _drafts(session)
            yield from _scopes(session)
            yield from _author(session)
            yield _images(config, target)
    except PublisherError as error:
        yield Check(name="connection", state="failed", what=str(error))


def _ledger(config: Config, target: Target) -> Iterator[Check]:
    try:
        home = ledgers.home(config, target)
        ledger = ledgers.read(config, target)
    except PublisherError as error:
        yield Check(name="ledger", state="failed", what=str(error))
        return
    things = words.counted(len(ledger.entries), "thing")
    known = f"{things}, serial {ledger.serial}, kept in {home.place.where(LEDGER)}"
    if ledger.doubts:
        yield Check(
            name="ledger",
            state="warning",
            what=f"{known}; {words.counted(len(ledger.doubts), 'call')} of an earlier run in doubt",
            advice="run `publisher apply`; it finds out what became of them",
        )
    else:
        yield Check(name="ledger", state="ok", what=known)
    yield _lock(home, tried=not config.read_only)
    if is_outdated(config, ledger):
        yield Check(
            name="checkout",
            state="warning",
            what=f"older than what was applied last ({ledger.commit[:10]})",
            advice="check out the newest commit",
        )


def _lock(home: Home, *, tried: bool) -> Check:
    """Take the lock and give it back, which writes to wherever the ledger is kept."""
    try:
        if not tried:
            return _holder(home)
        with opening.locked(home, "publisher doctor", secrets.token_hex(8), 0.0):
            return Check(name="lock", state="ok", what="free; the ledger can be written from here")
    except Locked as error:
        what, _, advice = str(error).partition("\n")
        return Check(name="lock", state="warning", what=what, advice=advice)
    except PublisherError as error:
        return Check(name="lock", state="failed", what=str(error))


def _holder(home: Home) -> Check:
    holder = state.holder(home)
    if holder is not None:
        return Check(name="lock", state="warning", what=f"held by {holder}")
    return Check(name="lock", state="ok", what="free; not tried, as PUBLISHER_READ_ONLY is set")


def _pin(config: Config, session: Session) -> Iterator[Check]:
    """Whether the ledger is for where this token leads."""
    try:
        ledger = ledgers.read(config, session.target)
        if session.target.kind == "intercom":
            check_pin(ledger, session)
    except StalePlan as error:
        yield Check(name="workspace", state="failed", what=str(error))
    except PublisherError:
        return  # said of the ledger already
    else:
        known = "as the ledger has it" if ledger.pin.workspace else "new to the ledger"
        yield Check(name="workspace", state="ok", what=f"{session.account.workspace}, {known}")


def _region(session: Session) -> Iterator[Check]:
    told, configured = session.account.region, session.target.region
    if session.target.kind == "local" or not told or told == configured:
        return
    yield Check(
        name="region",
        state="warning",
        what=f"the workspace is in {told}, the target says {configured}",
        advice=f'set region = "{told}"',
    )


def _drafts(session: Session) -> Iterator[Check]:
    version = session.dialect.version
    if not session.dialect.drafts:
        yield Check(
            name="drafts",
            state="warning",
            what=f"drafts that wait in Intercom's editor cannot be seen with API version {version}",
            advice='set api_version = "2.16" or later; until then an apply may write over one',
        )


def _scopes(session: Session) -> Iterator[Check]:
    """Read one of everything the token will need."""
    asked = {
        "articles": "/articles",
        "collections": "/help_center/collections",
        "teammates": "/admins",
    }
    if session.dialect.pages:
        asked["external pages"] = "/ai/external_pages"
    for name, path in asked.items():
        yield _scope(session.transport.send, name, path)


def _scope(send: Callable[[Call], object], name: str, path: str) -> Check:
    call = Call(
        method="GET", path=path, params={"per_page": 1}, repeatable=True, what=f"read {name}"
    )
    try:
        send(call)
    except RemoteError as error:
        needed = name in ("articles", "collections")
        return Check(
            name=name,
            state="failed" if needed else "warning",
            what=str(error),
            advice="give the app this permission in Intercom's Developer Hub, then renew the token",
        )
    return Check(name=name, state="ok", what="can be read")


def _author(session: Session) -> Iterator[Check]:
    wanted = session.target.author
    if not wanted:
        yield Check(
            name="author",
            state="ok",
            what=f"new articles are by the token's owner ({session.account.email or 'unknown'})",
        )
        return
    try:
        admins = observe.admins(session.transport.send)
    except RemoteError as error:
        yield Check(name="author", state="warning", what=str(error))
        return
    found = any(wanted.lower() in (admin.email.lower(), admin.id) for admin in admins)
    yield Check(
        name="author",
        state="ok" if found else "failed",
        what=f"{wanted} " + ("is a teammate" if found else "is no teammate of this workspace"),
        advice="" if found else "set `author` to a teammate's sign-in address or id",
    )


def _images(config: Config, target: Target) -> Check:
    if target.kind == "local":
        return Check(name="images", state="ok", what="served from the content folder")
    if not target.assets_url:
        return _held(config, target)
    if target.assets:
        return _bucket(target)
    return Check(name="images", state="ok", what=f"expected at {target.assets_url}")


def _held(config: Config, target: Target) -> Check:
    """Without a host: Intercom shows what it holds already, and nothing new."""
    try:
        held = ledgers.read(config, target).images
        assets = list(lint(config).site.assets.values())
    except PublisherError as error:
        return Check(name="images", state="failed", what=str(error))
    lacking = sorted(asset.path for asset in assets if asset.digest not in held)
    if assets and not lacking:
        return Check(
            name="images", state="ok", what=f"Intercom holds every local one ({len(assets)})"
        )
    cannot = "articles cannot show local images"
    if assets:
        count = words.counted(len(assets), "local image")
        known = f"Intercom holds {len(assets) - len(lacking)} of {count}"
        cannot = f"{known}, and articles cannot show {words.listed(lacking, most=5)}"
    return Check(
        name="images",
        state="warning",
        what=f"no assets_url: {cannot}",
        advice="set assets_url, and assets to upload to a bucket",
    )


def _bucket(target: Target) -> Check:
    from publisher.assets.bucket import open_bucket

    try:
        bucket = open_bucket(target.assets)
        bucket.check()
        bucket.has("publisher-doctor")
    except PublisherError as error:
        return Check(name="images", state="failed", what=str(error))
    return Check(name="images", state="ok", what=f"uploaded to {target.assets}")
