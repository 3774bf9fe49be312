"""Open a target: the embedded help center in this process, or Intercom over the network.

Both are reached by the same transport through the same calls; only the door differs. A
token of another workspace or help center than the ledger's stops here, before any listing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from publisher.config import Config, Target
from publisher.errors import ConfigError, LedgerError, RemoteError, StalePlan
from publisher.intercom import observe
from publisher.intercom.dialect import Dialect, dialect
from publisher.intercom.observe import Account
from publisher.intercom.transport import Transport, client
from publisher.ledger.book import Ledger, Pin
from publisher.model import LOCALES, NOTHING, Asset, HelpCenterInfo, RemoteId
from publisher.source.assets import read_asset

if TYPE_CHECKING:
    import httpx

    from publisher.helpcenter import HelpCenter

LOCAL_PORT = 8010
LOCAL_ASSETS = "http://assets.localhost/"
LOCAL_TOKEN = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open target. `several`: the workspace has more than this help center.

    halted  set by `halt`.
    http  the connection behind `transport`, for images, which are no calls of the API.
    """

    target: Target
    http: httpx.Client
    transport: Transport
    halted: threading.Event
    dialect: Dialect
    account: Account
    help_center: HelpCenterInfo
    several: bool

    @property
    def heading(self) -> str:
        """The first line of every command that talks to a help center."""
        name = self.help_center.name or self.help_center.identifier
        workspace = self.account.workspace
        where = "embedded" if self.target.kind == "local" else self.transport.host
        return (
            f"target {self.target.name} ({where}, API {self.dialect.version})"
            f" · workspace {workspace} · help center {name}"
        )

    @property
    def help_center_id(self) -> RemoteId | None:
        """Needed only where the workspace has several."""
        return self.help_center.id if self.several else None


@contextmanager
def opened(
    config: Config,
    target: Target,
    *,
    writes: bool,
    assets: Mapping[str, Asset] | None = None,
) -> Iterator[Session]:
    """Open a target and see whose it is. Raises ConfigError or RemoteError in one sentence."""
    door = _local(config, target, assets or {}) if target.kind == "local" else _remote(target)
    token = LOCAL_TOKEN if target.kind == "local" else config.token(target, writes=writes)
    with door as http:
        yield _session(http, target, token)


@contextmanager
def entered(center: HelpCenter, target: Target) -> Iterator[Session]:
    """Open an embedded help center that is open already."""
    with _in_process(center) as http:
        yield _session(http, target, LOCAL_TOKEN)


def _session(http: httpx.Client, target: Target, token: str) -> Session:
    halted, speaks = threading.Event(), dialect(target.api_version)
    transport = Transport(
        http, sleep=_waiting_for(halted), token=token, dialect=speaks, share=target.rate_share
    )
    account = observe.account(transport.send)
    if target.workspace and target.workspace != account.workspace:
        raise ConfigError(
            f"the token belongs to workspace {account.workspace}, but target "
            f"“{target.name}” is pinned to {target.workspace}. Use the right token."
        )
    centers = observe.help_centers(transport.send, speaks)
    return Session(
        target=target,
        http=http,
        transport=transport,
        halted=halted,
        dialect=speaks,
        account=account,
        help_center=_chosen(centers, target),
        several=len(centers) > 1,
    )


@contextmanager
def _remote(target: Target) -> Iterator[httpx.Client]:
    with client(target.base_url or None, region=target.region) as http:
        yield http


@contextmanager
def _local(config: Config, target: Target, assets: Mapping[str, Asset]) -> Iterator[httpx.Client]:
    """The embedded help center without a socket; it keeps its data in `.publisher/`."""
    with embedded(config, target, assets=assets) as app, _in_process(app) as http:
        yield http


def _in_process(app: HelpCenter) -> httpx.Client:
    import httpx

    base_url = f"http://127.0.0.1:{LOCAL_PORT}"
    return httpx.Client(transport=httpx.WSGITransport(app=app), base_url=base_url)


@contextmanager
def embedded(  # noqa: PLR0913 - what it is of, and how it behaves
    config: Config,
    target: Target,
    *,
    assets: Mapping[str, Asset] | None = None,
    database: Path | None = None,
    port: int = LOCAL_PORT,
    quirks: tuple[str, ...] = (),
    afresh: bool = False,
) -> Iterator[HelpCenter]:
    """Open the embedded help center of a local target, its images taken from the content.

    afresh  forget what it held.
    """
    from publisher.helpcenter import HelpCenter, StoreError
    from publisher.helpcenter.quirks import QUIRKS

    unknown = [name for name in quirks if name not in QUIRKS]
    if unknown:
        raise ConfigError(f"there is no quirk “{unknown[0]}”. There are: {', '.join(QUIRKS)}.")
    path = database or config.state_folder / f"{target.name}.db"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm") if afresh else ():
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        help_center = HelpCenter(
            path,
            name="Help Center",
            workspace_id="",
            default_locale=config.rules.default_locale,
            locales=config.rules.locales or LOCALES,
            public_url=f"http://127.0.0.1:{port}",
            quirks=quirks,
            asset_lookup=local_images(config.content_folder, assets or {}),
        )
    except OSError as error:
        raise LedgerError(f"cannot write {path}: {error.strerror or error}.") from error
    except StoreError as error:
        raise LedgerError(f"cannot use {path}: {error}") from error
    try:
        yield help_center
    finally:
        help_center.close()


def local_images(folder: Path, assets: Mapping[str, Asset]) -> Callable[[str], bytes | None]:
    """Look a local image's bytes up by the address that bodies use for it."""
    by_url = {LOCAL_ASSETS + quote(asset.public_name): asset for asset in assets.values()}

    def look_up(url: str) -> bytes | None:
        asset = by_url.get(url)
        return read_asset(folder, asset) if asset else None

    return look_up


def asset_url(target: Target, held: Mapping[str, str] = NOTHING) -> Callable[[Asset], str | None]:
    """Return what turns an asset into its public URL on this target.

    held  digest → Intercom's own address, of `Ledger.images`: such an image needs no host.
    """
    template = target.assets_url
    if target.kind == "local":
        template = LOCAL_ASSETS + "{name}"

    def url(asset: Asset) -> str | None:
        if asset.digest in held:
            return held[asset.digest]
        if not template:
            return None
        name = quote(asset.public_name)
        return template.replace("{name}", name).replace("{digest}", asset.digest)

    return url


def _chosen(centers: tuple[HelpCenterInfo, ...], target: Target) -> HelpCenterInfo:
    if not centers:
        raise RemoteError(
            "this workspace has no help center. Switch it on in Intercom (Settings → Help Center)."
        )
    names = ", ".join(center.identifier or center.id for center in centers)
    if target.help_center:
        for center in centers:
            if target.help_center in (center.identifier, center.id):
                return center
        raise ConfigError(
            f"target “{target.name}”: there is no help center “{target.help_center}” "
            f"in this workspace; it has {names}."
        )
    if len(centers) > 1:
        raise ConfigError(
            f"this workspace has several help centers ({names}); "
            f'name one in [targets.{target.name}]: help_center = "…".'
        )
    return centers[0]


def _waiting_for(halted: threading.Event) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        halted.wait(seconds)

    return sleep


def halt(session: Session) -> None:
    """Let nothing more leave: what waits for its turn, or to try again, gives up."""
    session.transport.deadline = 0.0
    session.halted.set()


def pin_of(session: Session) -> Pin:
    """For whom a ledger is that is used here."""
    return Pin(workspace=session.account.workspace, help_center=session.help_center.id)


def check_pin(ledger: Ledger, session: Session) -> None:
    """Stop before any listing when the ledger was made for another help center."""
    pin, target = ledger.pin, session.target.name
    if pin.workspace and pin.workspace != session.account.workspace:
        raise StalePlan(
            f"the ledger of target “{target}” belongs to workspace {pin.workspace}, but the "
            f"token to {session.account.workspace}; nothing was read. Use the right token, or "
            "another target name for the other workspace."
        )
    if pin.help_center and pin.help_center != session.help_center.id:
        raise StalePlan(
            f"the ledger of target “{target}” belongs to help center {pin.help_center}, but "
            f"{session.help_center.id} ({session.help_center.identifier}) is configured; nothing "
            "was read. Use another target name for the other help center."
        )


def local_restart(ledger: Ledger, session: Session) -> bool:
    """Forget a local ledger whose embedded help center was deleted and made anew."""
    fresh = session.target.kind == "local" and ledger.pin.workspace not in (
        "",
        session.account.workspace,
    )
    if fresh:
        ledger.entries.clear()
        ledger.doubts.clear()
        ledger.images.clear()
        ledger.pin = replace(ledger.pin, workspace="", help_center="")
        ledger.changed = True
    return fresh
