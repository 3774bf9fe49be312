"""The verbs for a team's own scripts: load, plan, apply, pull; and what a policy is written with.

    from publisher import Repository

    help_center = Repository.at("docs", target="production")
    plan = help_center.plan()
    report = help_center.apply(plan)

Each verb is the function that the command of that name calls, with its guards and its errors
(`PublisherError`, with the exit code of the command). The verbs are methods because
`publisher.plan` and its like are rooms of the house already. See docs/python-api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher import config as configs
from publisher.config import Config, Target
from publisher.errors import PublisherError
from publisher.model import (
    Article,
    Collection,
    ExternalPage,
    Problem,
    Ref,
    Severity,
    Site,
    Source,
    Spot,
    Translation,
)
from publisher.plan import planfile
from publisher.plan.changes import Change, Edit, Plan, Stand
from publisher.source import Loaded
from publisher.workflow import applying, content, planning
from publisher.workflow.applying import Report
from publisher.workflow.pulls import pulling
from publisher.workflow.pulls.choosing import Wish
from publisher.workflow.pulls.pulling import Report as Pulled
from publisher.workflow.sides import Asked

__all__ = [
    "Article",
    "Change",
    "Collection",
    "Edit",
    "ExternalPage",
    "Loaded",
    "Plan",
    "Problem",
    "PublisherError",
    "Pulled",
    "Ref",
    "Report",
    "Repository",
    "Site",
    "Source",
    "Spot",
    "Stand",
    "Translation",
    "problem",
    "read_plan",
    "write_plan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A folder with publisher.toml and content, and one help center that it is published to."""

    config: Config
    target: Target

    @classmethod
    def at(
        cls,
        folder: str | Path = ".",
        *,
        target: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Repository:
        """Open a folder; the target is the configuration's default unless one is named.

        environment  instead of the process's own, where tokens and PUBLISHER_… are read.

        Raises PublisherError for a configuration that cannot be followed.
        """
        config = configs.load(Path(folder), environment=environment)
        return cls(config=config, target=config.target(target))

    def load(self) -> Loaded:
        """Read the content: its `site`, and all `problems`. No fault of it is raised."""
        return content.lint(self.config)

    def plan(
        self,
        keys: str | Iterable[str] = (),
        *,
        overwrite: str | Iterable[str] = (),
        allow_deletes: str | Iterable[str] = (),
        allow_count: int | None = None,
    ) -> Plan:
        """Say what an apply would change, and change nothing.

        keys           only these; none: everything.
        overwrite      keys of which edits made in Intercom may be replaced.
        allow_deletes  keys that may be removed; `allow_count`: how many at the most.

        Raises PublisherError; ContentRefused before anything is asked of the help center.
        """
        asked = Asked(
            only=_keys(keys),
            overwrite=_keys(overwrite),
            allow_deletes=_keys(allow_deletes),
            allow_count=allow_count,
        )
        return planning.plan(self.config, self.target, asked).plan

    def apply(
        self,
        plan: Plan,
        *,
        tell: Callable[[str, object], None] = lambda kind, what: None,
        patience: float = 0.0,
        max_duration: float | None = None,
    ) -> Report:
        """Carry out exactly this plan; to hand one over is to approve it.

        tell          hears of progress: ("steps", how many), ("done", each step).
        patience      seconds to wait for another run to end.
        max_duration  seconds after which nothing new is begun.

        `Report.exit_code` is what the command would end with. Raises PublisherError; StalePlan
        where the world has moved on, SafetyStop for a plan that may not be applied.
        """
        return applying.apply(
            self.config,
            self.target,
            Asked(),
            saved=plan,
            approve=lambda planned: True,
            tell=tell,
            patience=patience,
            max_duration=max_duration,
        )

    def pull(
        self,
        keys: str | Iterable[str] = (),
        *,
        everything: bool = False,
        adopt: bool = False,
        dry_run: bool = False,
    ) -> Pulled:
        """Bring what is live into the files; `adopt` only links files to what says the same.

        keys        only these; none: what was edited in Intercom, or all where nothing is known.
        everything  also what is not managed from here yet.
        dry_run     write nothing, only say what that would be.

        Raises PublisherError; ContentRefused when the content has errors already.
        """
        wish = Wish(keys=_keys(keys), everything=everything, adopt=adopt, dry_run=dry_run)
        return pulling.pull(self.config, self.target, wish)


def _keys(given: str | Iterable[str]) -> frozenset[str]:
    """One key or several; a text alone is one, and not its letters."""
    return frozenset({given} if isinstance(given, str) else given)


def problem(
    severity: Severity, what: str, change: Change | None = None, *, advice: str = ""
) -> Problem:
    """Make what a policy yields: an "error" stops the plan, a "warning" is said.

    change  what it is about; the file is named with it.

    Raises ValueError for another severity, which would stop nothing.
    """
    if severity not in ("error", "warning"):
        raise ValueError(f"severity is {severity!r}; it is “error” or “warning”")
    spot = Spot(change.path) if change is not None and change.path else None
    about = f"{change.ref.key}: {what}" if change is not None else what
    return Problem(rule="policy", severity=severity, what=about, advice=advice, spot=spot)


def read_plan(path: str | Path) -> Plan:
    """Read a plan that was saved; raises PublisherError for what is none, or was changed since."""
    try:
        return planfile.from_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise PublisherError(f"cannot read {path}: {reason}.") from error


def write_plan(plan: Plan, path: str | Path) -> None:
    """Save a plan for `publisher apply`, or for people to read."""
    try:
        Path(path).write_text(planfile.to_json(plan), encoding="utf-8")
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error
