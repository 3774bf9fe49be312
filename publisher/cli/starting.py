"""Commands of the first minutes: `init`, `demo` and `serve`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import (
    command_line,
    common,
    configured,
    option,
    publisher,
    say,
    settle,
    whisper,
)

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
    """Write a configuration, sample content and a pipeline.

    A file that is there already is left as it is.
    """
    from publisher.workflow import starting
    from publisher.workflow.origin import UNKNOWN, requirement

    settle(options)
    written = starting.init(folder or Path(), forge or "")
    for path in written:
        say(f"wrote {path}")
    for name, steps in SWITCHING_ON.items():
        if any(name in str(path) for path in written):
            say(f"{WHERE_FROM if requirement() == UNKNOWN else ''}{steps}")
    say(f"Next: {_first_look(folder)}" if written else "Everything is there already.")
    return errors.FINE


def _first_look(folder: Path | None) -> str:
    """What to type where `init` was typed."""
    there = Path(option("entered") or "") / (folder or "")
    return (
        "publisher demo" if there == Path() else f"cd {shlex.quote(str(there))} && publisher demo"
    )


WHERE_FROM = """
The pipeline has to know where publisher is kept: in each of its files, instead of
publisher.invalid and COMMIT, write the address of its repository and a commit. Until then it fails.
"""
SWITCHING_ON = {
    "publisher-apply.yml": """
The pipeline lints. To let it plan and apply, in the repository's settings on GitHub:
  Environments   publisher-plan    secret INTERCOM_READ_TOKEN, of a token that may only read
                 publisher-apply   secret INTERCOM_ACCESS_TOKEN; deployment branch: the default one
                                   alone; required reviewers, if somebody is to approve
  Actions        allow GitHub Actions to create pull requests, for what was edited in Intercom
  Variables      PUBLISHER_TARGET  the name of the target, such as production; last, it switches on
""",
    ".gitlab-ci.yml": """
The pipeline lints. To let it plan and apply, in the project's CI/CD settings on GitLab:
  Variables, masked, for environment publisher-plan
                 INTERCOM_READ_TOKEN     of a token that may only read
                 GITLAB_TOKEN            a project access token: Developer, api, write_repository
  Variables, masked and protected, for environment publisher-apply
                 INTERCOM_ACCESS_TOKEN
                 GITLAB_TOKEN            another, which may push where the ledger is kept
  Schedules      one for each look at what was edited in Intercom
  Variables      PUBLISHER_TARGET        the name of the target, such as production; last, it
                                         switches on
""",
}
"""What a pipeline needs before it does more than lint, by the file that tells which one it is."""


@publisher.command()
@click.option("--port", type=int, default=PORT, show_default=True, help="Where to show it.")
@click.option("--serve/--no-serve", default=None, help="Keep it open (the default in a terminal).")
@common
def demo(port: int, serve: bool | None, **options: Any) -> int:
    """Plan, apply and plan again, on the embedded help center.

    It is made of your content, or of a sample. Nothing else is touched.
    """
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
@click.option("--port", type=int, default=PORT, show_default=True, help="Where to show it.")
@click.option(
    "--db", type=click.Path(path_type=Path), help="Database file.  [default: .publisher/local.db]"
)
@click.option(
    "--quirk",
    multiple=True,
    metavar="NAME",
    help="Behave the other way in one point; may be given again.",
)
@click.option(
    "--fault",
    multiple=True,
    metavar="KIND=SHARE",
    help="Let this share of calls fail, such as 429=5%.",
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="Makes faults and edits fall the same way again.",
)
@click.option("--listing-lag", default=0.0, help="Let lists be this late.", **SECONDS)
@click.option("--colleague", default=0.0, help="Let somebody edit about this often.", **SECONDS)
@common
def serve(port: int, db: Path | None, quirk: tuple[str, ...], **options: Any) -> int:
    """Run the embedded help center: Intercom's API and its pages."""
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
