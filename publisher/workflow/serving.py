"""Serve the embedded help center on loopback, for a browser or any HTTP client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.source import load
from publisher.workflow.session import embedded


def serve(
    config: Config,
    port: int,
    *,
    database: Path | None = None,
    quirks: tuple[str, ...] = (),
    controls: bool = False,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until interrupted; `on_ready` hears the address.

    quirks    ways to behave where Intercom's documentation leaves two open.
    controls  tests may set faults and read the log of calls over HTTP.
    """
    from publisher.helpcenter.serve import serve as serve_app

    target = config.targets["local"]
    site = load(config.content_folder, config.rules, cache=config.state_folder / "cache").site
    with embedded(
        config, target, assets=site.assets, database=database, port=port, quirks=quirks
    ) as app:
        try:
            serve_app(
                app,
                port,
                controls=controls,
                on_ready=lambda server: on_ready(
                    f"The help center is at {server.url}, its API too (any token). Ctrl-C ends."
                ),
            )
        except OSError as error:
            raise PublisherError(
                f"cannot listen on port {port}: {error.strerror or error}. Try --port."
            ) from error
