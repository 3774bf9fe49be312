"""The commands: read options, call one workflow, show, return the exit code.

Everything that takes time to import is imported inside a command, so `--help` is instant.
Machine formats go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from publisher import __version__, errors
from publisher.errors import ConfigError, ContentRefused, PublisherError

if TYPE_CHECKING:
    from publisher.config import Config, Target
    from publisher.model import Problem
    from publisher.plan.changes import Plan
    from publisher.workflow.planning import Asked, Planned

Command = TypeVar("Command", bound=Callable[..., Any])

COMMON = (
    click.option("--target", "-t", help="Target of publisher.toml to talk to."),
    click.option("--config", type=click.Path(path_type=Path), help="Another publisher.toml."),
    click.option("-C", "directory", type=click.Path(path_type=Path), help="Work in this folder."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Use colours."),
    click.option("-v", "--verbose", is_flag=True, help="Say more."),
    click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong."),
)


def common(command: Command) -> Command:
    """Add the options that every command has, before and after its name."""
    for option in reversed(COMMON):
        command = option(command)
    return command


class Program(click.Group):
    """The command group; commands are listed in the order they are met, not by letter."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of definition."""
        return list(self.commands)


@click.group(cls=Program, context_settings={"auto_envvar_prefix": "PUBLISHER"})
@click.version_option(__version__, prog_name="publisher")
@common
@click.pass_context
def publisher(ctx: click.Context, /, **options: Any) -> None:
    """Help-center content as code: Markdown in Git, planned against and applied to Intercom."""
    ctx.obj = options


def settle(options: dict[str, Any]) -> dict[str, Any]:
    """Join the common options before and after the command's name; the latter win."""
    before = click.get_current_context().find_root().obj or {}
    names = ("target", "config", "directory", "color", "verbose", "quiet")
    joined = {name: options.pop(name, None) or before.get(name) for name in names}
    folder = joined.pop("directory")  # entered once: `assets` and its `list` both come here
    click.get_current_context().find_root().obj = joined
    if folder:
        try:
            os.chdir(folder)
        except OSError as error:
            raise ConfigError(f"-C {folder}: {error.strerror}.") from error
    return joined


def configured(options: dict[str, Any]) -> Config:
    """Read the configuration the options ask for."""
    from publisher import config

    joined = settle(options)
    return config.load(Path(), file=joined["config"])


def targeted(options: dict[str, Any]) -> tuple[Config, Target]:
    """Read the configuration and pick the target."""
    config = configured(options)
    return config, config.target(_option("target"))


def _option(name: str) -> Any:
    return (click.get_current_context().find_root().obj or {}).get(name)


def say(text: str) -> None:
    """Tell the user something on standard error."""
    click.echo(_painted(text), err=True, color=_colored())


def whisper(text: str) -> None:
    """Tell it unless they asked for quiet."""
    if not _option("quiet"):
        say(text)


def hand_out(text: str) -> None:
    """Write a machine format to standard output, for as long as somebody reads it."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _colored() -> bool | None:
    choice = _option("color") or "auto"
    if choice == "auto":
        from publisher.config import wants_no_color

        return False if wants_no_color() else None
    return bool(choice == "always")


PAINT = {
    "+": "green",
    "-": "red",
    "~": "yellow",
    ">": "cyan",
    "!": "red",
    "v": "magenta",
    "^": "green",
}


def _painted(text: str) -> str:
    return "\n".join(_paint(line) for line in text.split("\n"))


def _paint(line: str) -> str:
    bare = line.lstrip()
    if len(bare) > 1 and bare[1] == " " and bare[0] in PAINT:
        return click.style(line, fg=PAINT[bare[0]])
    return click.style(line, fg="red") if bare.startswith("error:") else line


# Starting ------------------------------------------------------------------------------------


@publisher.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@common
def init(folder: Path | None, **options: Any) -> int:
    """Write a configuration and sample content, each file only where it is absent."""
    from publisher.workflow import starting

    settle(options)
    written = starting.init(folder or Path())
    for path in written:
        say(f"wrote {path}")
    say("Everything is there already." if not written else "Next: publisher demo")
    return errors.FINE


@publisher.command()
@click.option("--port", type=int, default=8010, show_default=True, help="Where to show it.")
@click.option("--serve/--no-serve", default=None, help="Keep it open (the default in a terminal).")
@common
def demo(port: int, serve: bool | None, **options: Any) -> int:
    """The whole story on the embedded help center: plan, apply, plan again, look."""
    from publisher.cli import show
    from publisher.cli.progress import Progress
    from publisher.workflow import starting

    config = configured(options)
    stays = sys.stderr.isatty() if serve is None else serve
    with starting.demo(config, port) as story:
        say(f"{story.heading}\n\n$ publisher plan\n\n{show.plan_as_text(story.plan)}\n")
        say("$ publisher apply --yes\n")
        with Progress(whisper) as progress:
            report = story.apply(progress.tell)
        _say_report(report)
        say(f"\n$ publisher plan\n\n{show.plan_as_text(story.again())}\n")
        story.show(
            lambda url: say(f"Look at it: {url}" + (" (Ctrl-C ends)" if stays else "")), stays
        )
    return int(report.exit_code)


# Looking -------------------------------------------------------------------------------------


@publisher.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", type=click.Choice(["text", "json", "github", "sarif"]), default="text")
@common
def lint(paths: tuple[str, ...], format: str, **options: Any) -> int:
    """Everything that can be known about the content without a network."""
    from publisher.cli import formats, show
    from publisher.workflow import planning

    loaded = planning.lint(configured(options))
    problems = [p for p in loaded.problems if not paths or _below(p, paths)]
    about = planning.rules()
    spelt = {
        "json": lambda: formats.problems_as_json(problems),
        "github": lambda: formats.problems_as_github(problems),
        "sarif": lambda: formats.problems_as_sarif(problems, about),
    }
    if format in spelt:
        hand_out(spelt[format]())
    elif problems:
        say(show.problems_as_text(problems))
    whisper(show.findings_line(problems, loaded.files))
    refused = any(problem.severity == "error" for problem in problems)
    return errors.CONTENT_REFUSED if refused else errors.FINE


def _below(problem: Problem, paths: tuple[str, ...]) -> bool:
    """Whether a finding is in one of these files or folders, however they are spelt."""
    place = Path(problem.spot.path if problem.spot else "").absolute()
    return any(place.is_relative_to(os.path.abspath(path)) for path in paths)


def _asked(keys: tuple[str, ...], options: dict[str, Any]) -> Asked:
    """Take the planning options out of the others."""
    from publisher.workflow.planning import Asked

    allowed = options.pop("allow_deletes", ())
    counts = [int(each) for each in allowed if each.isdigit()]
    return Asked(
        only=frozenset(keys),
        overwrite=frozenset(options.pop("overwrite", ())),
        allow_deletes=frozenset(each for each in allowed if not each.isdigit()),
        allow_count=max(counts) if counts else None,
        rerender=options.pop("rerender", False),
    )


overwriting = click.option(
    "--overwrite", multiple=True, metavar="KEY", help="Replace what was edited in Intercom."
)
deleting = click.option(
    "--allow-deletes",
    multiple=True,
    metavar="N|KEY",
    help="Let this many, or this very thing, be removed.",
)
rerendering = click.option(
    "--rerender", is_flag=True, help="Send what only a newer publisher spells differently."
)


@publisher.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--out", type=click.Path(path_type=Path), help="Keep the plan for `apply`.")
@click.option("--format", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to apply.")
@overwriting
@deleting
@rerendering
@common
def plan(
    keys: tuple[str, ...],
    out: Path | None,
    format: str,
    detailed_exitcode: bool,
    **options: Any,
) -> int:
    """Show what an apply would change, and change nothing."""
    from publisher.workflow import planning

    asked = _asked(keys, options)
    config, target = targeted(options)
    planned = planning.plan(config, target, asked)
    _show_planned(planned, format)
    if out:
        _keep(planned.plan, out)
    return _planned_code(planned.plan) if detailed_exitcode else errors.FINE


def _planned_code(plan: Plan) -> int:
    """2 when there is something to apply; 4 when all there is is a conflict."""
    if plan.changes:
        return errors.CHANGES_PENDING
    stuck = any(n.severity == "error" for n in plan.notices)
    return errors.STALE if stuck else errors.FINE


def _show_planned(planned: Planned, format: str = "text") -> None:
    from publisher.cli import show

    say(planned.heading)
    if planned.warnings and not _option("quiet"):
        say("\n" + show.problems_as_text(planned.warnings))
    _show_plan(planned.plan, format)


def _show_plan(plan: Plan, format: str) -> None:
    from publisher.cli import formats, show
    from publisher.plan import planfile

    if format == "json":
        hand_out(planfile.to_json(plan))
    elif format == "markdown":
        hand_out(formats.plan_as_markdown(plan))
    else:
        say("\n" + show.plan_as_text(plan, full=bool(_option("verbose"))))


def _keep(plan: Plan, path: Path) -> None:
    from publisher.plan import planfile

    try:
        path.write_text(planfile.to_json(plan), encoding="utf-8")
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error
    whisper(f"\nKept in {path}. To apply exactly this: publisher apply {path}")


def _read_plan(path: Path) -> Plan:
    from publisher.plan import planfile

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise PublisherError(f"cannot read {path}: {reason}.") from error
    return planfile.from_json(text)


@publisher.command()
@click.argument("path", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--format", type=click.Choice(["text", "json", "markdown"]), default="text")
@common
def show(path: Path, format: str, **options: Any) -> int:
    """Show a saved plan, also when it is stale (it says so)."""
    from publisher.workflow import applying

    config = configured(options)
    plan = _read_plan(path)
    origin = plan.origin
    say(
        f"plan {plan.id} for target {origin.target} · made {origin.made_at} with {origin.made_with}"
    )
    if stale := applying.staleness(plan, config):
        say(f"! stale: {stale}")
    _show_plan(plan, format)
    return errors.FINE


@publisher.command()
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is change or drift.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text")
@common
def status(detailed_exitcode: bool, format: str, **options: Any) -> int:
    """How every article and locale stands: settled, to update, drifted, conflicting, gone."""
    from publisher.cli import formats
    from publisher.cli import show as wording
    from publisher.workflow import planning

    config, target = targeted(options)
    planned = planning.plan(config, target, _asked((), {}))
    say(planned.heading)
    stands = planned.plan.stands
    if format == "json":
        hand_out(formats.stands_as_json(stands))
    else:
        say("\n" + wording.status_as_text(stands))
    moved = planned.plan.changes or any(
        stand.standing not in ("settled", "unmanaged") for stand in stands
    )
    return errors.CHANGES_PENDING if detailed_exitcode and moved else errors.FINE


# Writing -------------------------------------------------------------------------------------


@publisher.command()
@click.argument("what", nargs=-1, metavar="[PLAN.json | KEY...]")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--allow-older", is_flag=True, help="Apply a checkout older than the last applied.")
@click.option("--dry-run", is_flag=True, help="Show the plan and end.")
@click.option("--report", type=click.Path(path_type=Path), help="Write what was done as JSON.")
@overwriting
@deleting
@rerendering
@common
def apply(
    what: tuple[str, ...],
    yes: bool,
    allow_older: bool,
    dry_run: bool,
    report: Path | None,
    **options: Any,
) -> int:
    """Do it: plan, ask, apply. A saved plan is applied exactly, and is its own approval."""
    from publisher.cli.progress import Progress
    from publisher.workflow import applying, planning

    is_saved = len(what) == 1 and what[0].endswith(".json")
    asked = _asked(() if is_saved else what, options)
    config, target = targeted(options)
    saved = _read_plan(Path(what[0])) if is_saved else None
    if saved and asked != _asked((), {}):
        raise ConfigError("a saved plan takes no planning options; make the plan with them.")
    if dry_run:
        if saved:
            _show_plan(saved, "text")
        else:
            _show_planned(planning.plan(config, target, asked))
        return errors.FINE
    with Progress(whisper) as progress:
        done = applying.apply(
            config,
            target,
            asked,
            saved=saved,
            approve=lambda planned: _approve(planned, yes=yes or saved is not None),
            tell=progress.tell,
            allow_older=allow_older,
        )
    if done.refused:
        say("Nothing was changed.")
        return errors.FINE
    _say_report(done)
    if report:
        _write_report(done, report)
    return int(done.exit_code)


def _approve(planned: Planned, *, yes: bool) -> bool:
    _show_planned(planned)
    if yes or planned.plan.stopped or not planned.plan.changes:
        return True
    if not sys.stdin.isatty():
        raise ConfigError("there is no terminal to ask on; to apply without asking: --yes")
    return click.confirm("\nApply this?", default=False, err=True)


def _say_report(report: Any) -> None:
    from publisher.cli import reporting

    for line in reporting.report_as_text(report):
        say(line)


def _write_report(report: Any, path: Path) -> None:
    from publisher.cli import reporting

    try:
        path.write_text(reporting.report_as_json(report), encoding="utf-8")
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error


@publisher.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--adopt", is_flag=True, help="Link files to what stands live and says the same.")
@common
def pull(keys: tuple[str, ...], adopt: bool, **options: Any) -> int:
    """Link existing files to existing articles (with --adopt); nothing live is changed."""
    from publisher.workflow import adopting

    config, target = targeted(options)
    if not adopt:
        raise ConfigError("pull needs --adopt: fetching live articles into files is to come.")
    heading, outcome = adopting.adopt(config, target, frozenset(keys))
    say(heading)
    for each in outcome:
        say(adopting.adoption_line(each))
    differing = sum(bool(each.differs) for each in outcome)
    say(f"{len(outcome) - differing} adopted, {differing} left alone.")
    return errors.STALE if differing else errors.FINE


@publisher.command()
@click.option("--port", type=int, default=8010, show_default=True)
@click.option("--db", type=click.Path(path_type=Path), help="Database file [.publisher/local.db].")
@click.option("--quirk", multiple=True, metavar="NAME", help="Behave the other way (see docs).")
@common
def serve(port: int, db: Path | None, quirk: tuple[str, ...], **options: Any) -> int:
    """The embedded help center alone: Intercom's REST API and the public pages."""
    from publisher.workflow import serving

    serving.serve(configured(options), port, database=db, quirks=quirk, on_ready=say)
    return errors.FINE


# Images, ledger, target ----------------------------------------------------------------------


@publisher.group()
@common
def assets(**options: Any) -> None:
    """Images: hosted, to upload, missing; upload them, or write them out."""
    settle(options)


@assets.command("list")
@click.option("--format", type=click.Choice(["text", "json"]), default="text")
@common
def list_assets(format: str, **options: Any) -> int:
    """List every local image and where it stands on the target."""
    from publisher.cli import formats
    from publisher.plan import words
    from publisher.workflow import images

    config, target = targeted(options)
    found = images.images(config, target)
    if format == "json":
        rows = [{"path": i.asset.path, "where": i.where, "url": i.url} for i in found]
        hand_out(formats.as_json(rows))
    else:
        for image in found:
            say(f"{image.where:10} {image.asset.path}" + (f"  {image.url}" if image.url else ""))
        say(f"{words.counted(len(found), 'image')}.")
    return errors.FINE


@assets.command()
@common
def push(**options: Any) -> int:
    """Upload what the target's bucket lacks."""
    from publisher.workflow import images

    config, target = targeted(options)
    sent = images.push(config, target, lambda kind, name: whisper(f"uploaded {name}"))
    say(f"{len(sent)} uploaded; the others were there.")
    return errors.FINE


@assets.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def export(folder: Path, **options: Any) -> int:
    """Write every image into DIR under its public name, for your own upload."""
    from publisher.workflow import images

    written = images.export(configured(options), folder)
    say(f"{len(written)} written to {folder}; the others were there.")
    return errors.FINE


@publisher.group()
@common
def state(**options: Any) -> None:
    """The ledger, by hand."""
    settle(options)


@state.command("list")
@click.option("--format", type=click.Choice(["text", "json"]), default="text")
@common
def list_state(format: str, **options: Any) -> int:
    """List what the ledger knows: kind, key, id."""
    from publisher.cli import formats
    from publisher.plan import words
    from publisher.workflow import looking

    config, target = targeted(options)
    found = looking.entries(config, target)
    if format == "json":
        hand_out(
            formats.as_json([{"kind": e.ref.kind, "key": e.ref.key, "id": e.id} for e in found])
        )
    else:
        for entry in found:
            say(f"{entry.ref.kind:10} {entry.ref.key}  #{entry.id}  “{entry.title}”")
        count = words.counted(len(found), "thing")
        say(f"{count} in the ledger of target {target.name}.")
    return errors.FINE


@state.command("show")
@click.argument("key")
@common
def show_state(key: str, **options: Any) -> int:
    """Show all the ledger knows of one thing, as JSON."""
    from publisher.cli import formats
    from publisher.workflow import looking

    config, target = targeted(options)
    hand_out(formats.as_json(looking.entry_as_row(config, target, key)))
    return errors.FINE


@state.command("rm")
@click.argument("key")
@common
def remove_state(key: str, **options: Any) -> int:
    """Let go of one thing: it stays live, but is not managed from here any more."""
    import secrets
    import time

    from publisher.workflow import looking

    config, target = targeted(options)
    ref = looking.forget(config, target, key, new_lineage=secrets.token_hex(8), now=time.time())
    say(f"{ref} is not managed by target {target.name} any more; it stays live.")
    return errors.FINE


@publisher.command()
@common
def doctor(**options: Any) -> int:
    """Check token, scopes, region, version, help center, author, images, ledger."""
    from publisher.workflow import looking

    config, target = targeted(options)
    failed = False
    for check in looking.doctor(config, target):
        mark = {"ok": "+", "warning": "~", "failed": "!"}[check.state]
        say(
            f"{mark} {check.name}: {check.what}" + (f"\n    {check.advice}" if check.advice else "")
        )
        failed = failed or check.state == "failed"
    return errors.FAILED if failed else errors.FINE


@publisher.command()
@click.argument("name", type=click.Choice(["frontmatter", "config", "plan", "report"]))
@common
def schema(name: str, **options: Any) -> int:
    """JSON Schema of what people and scripts read and write."""
    from publisher.cli import formats
    from publisher.workflow import schemas

    settle(options)
    hand_out(formats.as_json(schemas.schema(name)))
    return errors.FINE


# ---------------------------------------------------------------------------------------------


def main(args: list[str] | None = None) -> None:
    """Run a command; turn every error we foresee into one message and one exit code."""
    try:
        sys.exit(publisher.main(args, standalone_mode=False) or errors.FINE)
    except click.UsageError as error:  # click would exit 2, which means "changes pending"
        error.show()
        sys.exit(errors.TYPED_WRONGLY)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was under way.", err=True)
        sys.exit(errors.INTERRUPTED)
    except ContentRefused as error:
        from publisher.cli import show

        click.echo(show.problems_as_text(error.problems), err=True)
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except PublisherError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
