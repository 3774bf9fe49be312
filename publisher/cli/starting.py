"""Commands of the first minutes: `init`, `demo` and `serve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import command_line, common, configured, publisher, say, settle, whisper

if TYPE_CHECKING:
    from publisher.workflow.starting import Story

PORT = 8010
"""Where the embedded help center is shown unless another port is asked for."""
SECONDS: Any = {"type": click.FloatRange(min=0, max=86_400), "metavar": "SECONDS"}


@publisher.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--ci",
    "forge",
    type=click.Choice(["github", "gitlab", "none"]),
    help="Whose pipeline to write; without, what the repository's remote says.",
)
@common
def init(folder: Path | None, forge: Any, **options: Any) -> int:
    """Write a configuration, sample content and a pipeline, each file only where it is absent."""
    from publisher.workflow import starting

    settle(options)
    written = starting.init(folder or Path(), forge or "")
    for path in written:
        say(f"wrote {path}")
    for name, steps in SWITCHING_ON.items():
        if any(name in str(path) for path in written):
            say(steps)
    say("Everything is there already." if not written else "Next: publisher demo")
    return errors.FINE


SWITCHING_ON = {
    "publisher-apply.yml": """
The pipeline lints. To let it plan and apply, in the repository's settings on GitHub:
  Environments   publisher-plan    secret INTERCOM_READ_TOKEN, of a token that may only read
                 publisher-apply   secret INTERCOM_ACCESS_TOKEN; deployment branch: the default one
                                   alone; required reviewers, if somebody is to approve
  Variables      PUBLISHER_TARGET  the name of the target, such as production; last, it switches on
  Actions        allow GitHub Actions to create pull requests, for what was edited in Intercom
""",
    ".gitlab-ci.yml": """
The pipeline lints. To let it plan and apply, in the project's CI/CD settings on GitLab:
  Variables, masked, for environment publisher-plan
                 INTERCOM_READ_TOKEN     of a token that may only read
                 GITLAB_TOKEN            a project access token: Developer, api, write_repository
  Variables, masked and protected, for environment publisher-apply
                 INTERCOM_ACCESS_TOKEN
                 GITLAB_TOKEN            another, which may push where the ledger is kept
  Variables      PUBLISHER_TARGET        the name of the target, such as production; last, it
                                         switches on
  Schedules      one for each look at what was edited in Intercom
""",
}
"""What a pipeline needs before it does more than lint, by the file that tells which one it is."""


@publisher.command()
@click.option("--port", type=int, default=PORT, show_default=True, help="Where to show it.")
@click.option("--serve/--no-serve", default=None, help="Keep it open (the default in a terminal).")
@common
def demo(port: int, serve: bool | None, **options: Any) -> int:
    """The whole story on the embedded help center: plan, apply, plan again, look."""
    from publisher.cli import show
    from publisher.cli.progress import Progress
    from publisher.cli.reporting import report_as_text
    from publisher.workflow import starting

    config = configured(options)
    stays = sys.stderr.isatty() if serve is None else serve
    with starting.demo(config, port) as story:
        say(f"{story.heading}\n\n$ publisher plan\n\n{show.plan_as_text(story.plan)}\n")
        say("$ publisher apply --yes\n")
        with Progress(whisper) as progress:
            report = story.apply(progress.tell)
        for line in report_as_text(report):
            say(line)
        say(f"\n$ publisher plan\n\n{show.plan_as_text(story.again())}\n")
        if stays:
            story.show(lambda url: say(f"Look at it: {url} (Ctrl-C ends)"))
        else:
            say(f"To look at it: {_to_look_at(story, port)}")
    return int(report.exit_code)


def _to_look_at(story: Story, port: int) -> str:
    """The command that shows the demo once it is over; one of the sample leaves nothing behind."""
    on = () if port == PORT else ("--port", str(port))
    if story.passing:
        return command_line("demo", "--serve", *on)
    return command_line("serve", "--db", story.database.as_posix(), *on)


@publisher.command()
@click.option("--port", type=int, default=PORT, show_default=True)
@click.option("--db", type=click.Path(path_type=Path), help="Database file [.publisher/local.db].")
@click.option("--quirk", multiple=True, metavar="NAME", help="Behave the other way (see docs).")
@click.option("--fault", multiple=True, metavar="KIND=SHARE", help="Let 5% (0.05) of calls fail.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of faults and edits.")
@click.option("--listing-lag", default=0.0, help="Let lists be that late.", **SECONDS)
@click.option("--colleague", default=0.0, help="Let somebody edit that often.", **SECONDS)
@common
def serve(port: int, db: Path | None, quirk: tuple[str, ...], **options: Any) -> int:
    """The embedded help center alone: Intercom's REST API and the public pages."""
    from publisher.workflow import serving

    weather = serving.Weather(
        faults=serving.shares(options.pop("fault")),
        seed=options.pop("seed"),
        listing_lag=options.pop("listing_lag"),
        colleague=options.pop("colleague"),
    )
    config, context = configured(options), click.get_current_context()

    def tell(text: str) -> None:
        with context.scope(cleanup=False):  # click knows the options in its own thread only
            say(text)

    serving.serve(config, port, database=db, quirks=quirk, weather=weather, tell=tell)
    return errors.FINE
