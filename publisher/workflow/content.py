"""The content as it stands, and whether it may be published from here: no network needed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from publisher import __version__
from publisher.config import Config, Target
from publisher.errors import ConfigError, ContentRefused
from publisher.ledger.book import Ledger
from publisher.model import NOTHING, Asset, Problem, Site
from publisher.plan import words
from publisher.source import Loaded, load
from publisher.source.revision import head, is_older
from publisher.workflow import tuning


def lint(config: Config, drafts: Mapping[str, bytes | None] = NOTHING) -> Loaded:
    """Everything that can be known without a network. `drafts`: as `source.load` takes them."""
    check_version(config)
    tuning.check(config.rules)
    cache = config.state_folder / "cache"
    return load(config.content_folder, config.rules, cache=cache, drafts=drafts)


def checked(config: Config) -> Loaded:
    """Load the content; raises ContentRefused when it has errors."""
    loaded = lint(config)
    if any(problem.severity == "error" for problem in loaded.problems):
        raise ContentRefused(loaded.problems)
    return loaded


def check_assets(site: Site, target: Target, held: Mapping[str, str] = NOTHING) -> None:
    """Local images need a public place; raises ContentRefused with one finding naming the ways.

    held  of the ledger: digest → address of what Intercom has already.
    """
    check_places(site.assets.values(), target, held)


def check_places(assets: Iterable[Asset], target: Target, held: Mapping[str, str]) -> None:
    """Like `check_assets`, for these images alone."""
    if target.kind == "local" or target.assets_url:
        return
    lacking = [asset.path for asset in assets if asset.digest not in held]
    if not lacking:
        return
    names = words.listed(lacking, most=5)
    raise ContentRefused(
        [
            Problem(
                rule="assets-url",
                severity="error",
                what=f"{words.counted(len(lacking), 'local image')} ({names}) cannot be shown: "
                f"Intercom copies images from public addresses, and target “{target.name}” has no "
                "assets_url.",
                advice="Set assets_url (and assets, to upload to a bucket), write them out with "
                "`publisher assets export DIR` for your own upload, or use public URLs.",
            )
        ]
    )


def is_outdated(config: Config, ledger: Ledger) -> bool:
    """Whether the checkout is older than the commit applied last.

    By ancestry where Git can tell; else (a shallow clone) by when the commits were made, in
    whole seconds: of two commits of one second nobody knows, so this one counts as the older.
    """
    if not ledger.commit:
        return False
    older = is_older(config.root, ledger.commit)
    if older is not None:
        return older
    here = head(config.root)
    return here is not None and here.time <= ledger.committed_at


def check_version(config: Config) -> None:
    """Refuse a repository that asks for another version of publisher."""
    if not config.requires:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        fits = SpecifierSet(config.requires).contains(__version__, prereleases=True)
    except InvalidSpecifier as error:
        variable = "PUBLISHER_REQUIRES" in config.environment
        place = "PUBLISHER_REQUIRES" if variable else "publisher.toml: requires"
        raise ConfigError(f"{place}: {error}.") from error
    if not fits:
        raise ConfigError(
            f"this repository requires publisher {config.requires}; this is {__version__}. "
            "Install a version that fits."
        )


def near(word: str, known: Collection[str]) -> str:
    """ " Did you mean …?" for the closest known word, or ""."""
    close = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""
