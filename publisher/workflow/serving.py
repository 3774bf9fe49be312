"""Serve the embedded help center on loopback, for a browser or any HTTP client.

On request in bad weather: with faults that strike at random, lists that are late and a
colleague who edits, to see what the program makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.errors import ConfigError, PublisherError
from publisher.source import load
from publisher.workflow.session import embedded

if TYPE_CHECKING:
    from publisher.helpcenter import HelpCenter, Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What goes wrong while the help center is served.

    faults       kind → share of the requests it strikes, 0 to 1.
    seed         the same seed and the same requests, the same faults and edits.
    listing_lag  seconds that the API's lists are late.
    colleague    somebody edits about every so many seconds; 0: nobody.
    """

    faults: Mapping[str, float]
    seed: int
    listing_lag: float
    colleague: float

    def __str__(self) -> str:
        parts = [f"{kind} at {share * 100:.3g}%" for kind, share in self.faults.items()]
        if self.listing_lag:
            parts.append(f"lists {self.listing_lag:g} seconds late")
        if self.colleague:
            parts.append(f"a colleague every {self.colleague:g} seconds")
        return ", ".join(parts)


def shares(typed: tuple[str, ...]) -> dict[str, float]:
    """Read `KIND=SHARE` words, a share as `5%` or `0.05`. Raises ConfigError."""
    from publisher.helpcenter.faults import checked_shares

    read: dict[str, float] = {}
    for word in typed:
        kind, _, share = word.partition("=")
        read[kind] = _share(word, share)
    try:
        return checked_shares(read)
    except ValueError as error:
        raise ConfigError(f"--fault: {error}.") from error


def _share(word: str, text: str) -> float:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise ConfigError(
            f"--fault {word}: write KIND=SHARE, such as 429=5% or 429=0.05."
        ) from None


def serve(
    config: Config,
    port: int,
    *,
    database: Path | None = None,
    quirks: tuple[str, ...] = (),
    weather: Weather,
    tell: Callable[[str], None],
) -> None:
    """Serve until interrupted; `tell` hears the address, and what a colleague does.

    quirks    ways to behave where Intercom's documentation leaves two open.
    """
    from publisher.helpcenter.serve import serve as serve_app

    target = config.targets["local"]
    site = load(config.content_folder, config.rules, cache=config.state_folder / "cache").site
    with (
        embedded(
            config, target, assets=site.assets, database=database, port=port, quirks=quirks
        ) as app,
        ExitStack() as outdoors,
    ):

        def on_ready(server: Server) -> None:
            tell(_where_it_is(server.url, weather))
            outdoors.enter_context(_exposed(app, weather, tell))

        try:
            serve_app(app, port, on_ready=on_ready)
        except OSError as error:
            raise PublisherError(
                f"cannot listen on port {port}: {error.strerror or error}. Try --port."
            ) from error


def _where_it_is(url: str, weather: Weather) -> str:
    about = f"The help center is at {url}, its API too (any token). Ctrl-C ends."
    return f"{about}\nSeed {weather.seed}: {weather}." if str(weather) else about


@contextmanager
def _exposed(app: HelpCenter, weather: Weather, tell: Callable[[str], None]) -> Iterator[None]:
    """Let the weather loose on a help center until the block ends."""
    from publisher.helpcenter.colleague import Colleague

    app.listing_lag = weather.listing_lag
    app.faults.rain(seed=weather.seed, shares=weather.faults)
    if not weather.colleague:
        yield
        return
    somebody = Colleague(app, seed=weather.seed)
    with somebody.works(every=weather.colleague, on_deed=lambda deed: tell(f"{deed}")):
        yield
