"""The command `preview`."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import common, option, publisher, say, settle, whisper

if TYPE_CHECKING:
    from publisher.config import Config
    from publisher.preview.running import News

PORT = 8020
"""Where the preview is shown unless another port is asked for."""
MOST_LINES = 20


@publisher.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=PORT,
    show_default=True,
    help="Where to show it.",
)
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on another address.")
@click.option("--yes-expose-to-network", is_flag=True, help="Let others reach it, at --host.")
@common
def preview(port: int, open_: bool, host: str, yes_expose_to_network: bool, **options: Any) -> int:
    """Show the help center as readers will, while you write."""
    from publisher import config
    from publisher.preview import running

    _check_host(host, yes_expose_to_network)
    settle(options)
    context, named, target = click.get_current_context(), option("config"), option("target")

    def read() -> config.Config:
        return _planned_for(config.load(Path(), file=named), target)

    loaded = read()

    def tell(news: News) -> None:
        with context.scope(cleanup=False):  # click knows the options in its own thread only
            _show(news)
            if news.address and open_:
                click.launch(news.address)

    try:
        running.run(
            loaded,
            running.Place(port=port, host=host, names=_names(host)),
            file=named or loaded.root / config.FILE,
            reread=read,
            tell=tell,
        )
    except KeyboardInterrupt:
        return errors.FINE


def _planned_for(loaded: Config, target: str | None) -> Config:
    """The configuration, where somebody said whose plan is to be shown first."""
    return replace(loaded, default_target=loaded.target(target).name) if target else loaded


def _check_host(host: str, exposed: bool) -> None:
    from publisher.config import LOOPBACK

    if host not in LOOPBACK and not exposed:
        raise errors.ConfigError(
            f"--host {host}: everybody in the network could read your unpublished texts. "
            "Say --yes-expose-to-network as well if that is meant."
        )


def _names(host: str) -> frozenset[str]:
    from publisher.config import LOOPBACK
    from publisher.preview.running import names_of

    return frozenset() if host in LOOPBACK else names_of(host, (socket.gethostname(),))


def _show(news: News) -> None:
    from publisher.cli import findings
    from publisher.plan import words

    if news.address:
        whisper(f"The preview is at {news.address}. Ctrl-C ends.")
    if news.sentence:
        say(news.sentence)
    lines = [f"! {findings.problem_line(each)}" for each in news.found]
    lines += [f"^ mended: {each.spot or each.rule}: {each.what}" for each in news.mended]
    for line in lines[:MOST_LINES]:
        whisper(line)
    if len(lines) > MOST_LINES:
        whisper(f"… {words.counted(len(lines) - MOST_LINES, 'more line')}: publisher lint")
