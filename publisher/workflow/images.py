"""Images: which there are, where they are public, upload them or write them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher.config import Config, Target
from publisher.errors import ConfigError, PublisherError
from publisher.model import Asset
from publisher.source.assets import read_asset
from publisher.workflow import ledgers
from publisher.workflow.content import checked
from publisher.workflow.session import asset_url

Where = Literal["served", "held", "hosted", "to upload", "by hand", "no address"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A local image: where it stands on a target, and its public address ("" for none).

    where  "held": Intercom has it already, and it needs no other place.
    """

    asset: Asset
    where: Where
    url: str = ""


def images(config: Config, target: Target) -> tuple[Image, ...]:
    """Every image the content shows, in the order of its paths."""
    held = _held(config, target)
    url = asset_url(target, held)
    assets = sorted(checked(config).site.assets.values(), key=lambda asset: asset.path)
    places = _places(target, assets, held)
    return tuple(Image(asset=asset, where=places(asset), url=url(asset) or "") for asset in assets)


def _held(config: Config, target: Target) -> Mapping[str, str]:
    return ledgers.read(config, target).images


def _places(
    target: Target, assets: Iterable[Asset], held: Mapping[str, str]
) -> Callable[[Asset], Where]:
    if all(asset.digest in held for asset in assets):
        return lambda asset: "held"
    elsewhere = _elsewhere(target)
    return lambda asset: "held" if asset.digest in held else elsewhere(asset)


def _elsewhere(target: Target) -> Callable[[Asset], Where]:
    if target.kind == "local":
        return lambda asset: "served"
    if not target.assets_url:
        return lambda asset: "no address"
    if not target.assets:
        return lambda asset: "by hand"
    from publisher.assets.bucket import open_bucket

    bucket = open_bucket(target.assets)
    bucket.check()
    return lambda asset: "hosted" if bucket.has(asset.public_name) else "to upload"


def push(config: Config, target: Target, tell: Callable[[str, object], None]) -> tuple[str, ...]:
    """Upload every image that is not in the target's bucket yet; returns their names."""
    if not target.assets:
        raise ConfigError(
            f'target “{target.name}” has no bucket: set assets = "s3://bucket/prefix", or write '
            "the images out with `publisher assets export DIR`."
        )
    assets = checked(config).site.assets.values()
    return upload(config, target, assets, tell, held=_held(config, target))


def upload(
    config: Config,
    target: Target,
    assets: Iterable[Asset],
    tell: Callable[[str, object], None],
    *,
    held: Mapping[str, str],
) -> tuple[str, ...]:
    """Upload what neither Intercom holds nor the bucket has; nothing for a target without one."""
    assets = tuple(asset for asset in assets if asset.digest not in held)
    if target.kind == "local" or not target.assets or not assets:
        return ()
    from publisher.assets.bucket import open_bucket

    bucket = open_bucket(target.assets)
    sent = []
    for asset in assets:
        name = asset.public_name
        if not bucket.has(name):
            bucket.put(name, read_asset(config.content_folder, asset))
            tell("upload", name)
            sent.append(name)
    return tuple(sent)


def export(config: Config, folder: Path) -> tuple[str, ...]:
    """Write every image out under its public name; returns the names written."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for asset in checked(config).site.assets.values():
            path = folder / asset.public_name
            if not path.exists():
                path.write_bytes(read_asset(config.content_folder, asset))
                written.append(asset.public_name)
    except OSError as error:
        raise PublisherError(f"cannot write to {folder}: {error.strerror}.") from error
    return tuple(sorted(written))
