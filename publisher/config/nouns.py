"""What was configured: targets, the place of the repository, and all of it as one `Config`.

Tokens are handed out at the last moment; they are never printed, saved or part of an equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from publisher.config.settings import FILE, did_you_mean, flag, variable
from publisher.errors import ConfigError
from publisher.model import ContentRules, Locale

OTHER_TOKEN_NAMES = ("INTERCOM_API_TOKEN", "INTERCOM_AUTH_TOKEN", "INTERCOM_API_KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One help center to publish to. Defaults are those of an Intercom target.

    rate_share   how much of the workspace's rate limit is ours, above 0 and up to 1.
    listing_lag  seconds after which a list surely shows what was created.
    ledger       "file", "git" or "s3://bucket/prefix".
    """

    name: str
    kind: Literal["local", "intercom"] = "intercom"
    region: Literal["us", "eu", "au"] = "us"
    api_version: str = "2.16"
    token_env: str = "INTERCOM_ACCESS_TOKEN"
    read_token_env: str = "INTERCOM_READ_TOKEN"
    workspace: str = ""
    author: str = ""
    help_center: str = ""
    base_url: str = ""
    on_removed: Literal["report", "draft", "delete"] = "report"
    on_drift: Literal["keep", "overwrite", "fail"] = "keep"
    max_removals: str = "20%"
    assets_url: str = ""
    assets: str = ""
    concurrency: int = 8
    rate_share: float = 0.8
    listing_lag: float = 20.0
    ledger: str = "file"
    manage: tuple[str, ...] = ()
    fin_locales: tuple[Locale, ...] = ()
    nested_lists: Literal["keep", "flat"] = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePlace:
    """Where the repository is discussed, as a job of GitHub Actions or GitLab CI is told.

    kind     "github", "gitlab", or "" outside of such a job.
    api      root of the REST API.
    project  owner/name, or GitLab's id.
    request  number of the merge request, where a variable tells it.
    event    file with what started the job (GitHub).
    ref      what was checked out, such as refs/pull/7/merge (GitHub).
    run      address of the run, for people.
    """

    kind: Literal["github", "gitlab", ""] = ""
    api: str = ""
    project: str = ""
    request: str = ""
    event: str = ""
    ref: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that was configured. `root` is the folder of publisher.toml.

    editor  one of EDITORS, an address with {path} and {line}, or "".
    policy  globs of Python files with a team's own rules over a plan, below `root`.
    """

    root: Path
    content: str = "content"
    rules: ContentRules = field(default_factory=ContentRules)
    default_target: str = "local"
    target_was_named: bool = False
    requires: str = ""
    editor: str = ""
    policy: tuple[str, ...] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    read_only: bool = False
    ci: bool = False
    github_summary: str = ""
    github_output: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def content_folder(self) -> Path:
        """Where the Markdown is."""
        return self.root / self.content

    @property
    def state_folder(self) -> Path:
        """Where ledgers, journals, locks, the cache and the local help center are."""
        return self.root / ".publisher"

    def target(self, name: str | None) -> Target:
        """Return the target to talk to; refuse to guess in CI, where `local` would be a mistake."""
        if name is None and not self.target_was_named and self._must_name_target():
            choices = ", ".join(self.targets)
            raise ConfigError(
                "this is CI and publisher.toml has an Intercom target, so the target must be "
                f"named: --target NAME (one of {choices}), PUBLISHER_TARGET or default_target."
            )
        name = name or self.default_target
        if name not in self.targets:
            from_variable = name == self.environment.get(variable("target"))
            place = "PUBLISHER_TARGET: " if from_variable else ""
            near = did_you_mean(name, self.targets)
            raise ConfigError(f"{place}there is no target “{name}” in {FILE}.{near}")
        return self.targets[name]

    def _must_name_target(self) -> bool:
        return self.ci and any(target.kind == "intercom" for target in self.targets.values())

    def forge(self) -> ForgePlace:
        """Say where the repository is discussed; `kind` is "" outside of a job that is told."""
        said = self.environment.get
        if flag(self.environment, "GITLAB_CI") or said("CI_API_V4_URL"):
            return ForgePlace(
                kind="gitlab",
                api=said("CI_API_V4_URL", "https://gitlab.com/api/v4"),
                project=said("CI_PROJECT_ID", ""),
                request=said("CI_MERGE_REQUEST_IID", ""),
                run=said("CI_JOB_URL", ""),
            )
        project = said("GITHUB_REPOSITORY", "")
        if not project:
            return ForgePlace()
        server, run = said("GITHUB_SERVER_URL", ""), said("GITHUB_RUN_ID", "")
        return ForgePlace(
            kind="github",
            api=said("GITHUB_API_URL", "https://api.github.com"),
            project=project,
            event=said("GITHUB_EVENT_PATH", ""),
            ref=said("GITHUB_REF", ""),
            run=f"{server}/{project}/actions/runs/{run}" if server and run else "",
        )

    def forge_token(self, place: ForgePlace) -> str:
        """Return the token for the forge from the environment; raises ConfigError without one."""
        theirs = "GITHUB_TOKEN" if place.kind == "github" else "GITLAB_TOKEN"
        for name in ("PUBLISHER_FORGE_TOKEN", theirs):
            if token := self.environment.get(name, "").strip():
                return token
        raise ConfigError(
            f"no token for {'GitHub' if place.kind == 'github' else 'GitLab'}: set the environment "
            f"variable {theirs} (or PUBLISHER_FORGE_TOKEN). A job for a fork gets none; it must "
            "not run this command."
        )

    def token(self, target: Target, *, writes: bool) -> str:
        """Return the token for a target from the environment; raises ConfigError without one."""
        names = [target.token_env] if writes else [target.read_token_env, target.token_env]
        for name in names:
            if token := self.environment.get(name, "").strip():
                return token
        near = next((name for name in OTHER_TOKEN_NAMES if name in self.environment), None)
        hint = f" ({near} is set, but not read.)" if near else ""
        raise ConfigError(
            f"no token for target “{target.name}”: set the environment variable "
            f"{target.token_env}.{hint}"
        )
