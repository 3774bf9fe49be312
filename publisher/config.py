"""publisher.toml and the environment, made into one `Config`.

The only reader of `os.environ`. Knows the *names* of token variables and hands the token
out at the last moment; it is never printed, saved or part of an equality.

A pull request can change publisher.toml, so an address in it other than Intercom's hosts
and loopback is refused: such a one must come from the environment (PUBLISHER_BASE_URL).
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from publisher.errors import ConfigError
from publisher.model import LOCALES, ContentRules, Locale, Stale, State

FILE = "publisher.toml"
INTERCOM_HOSTS = ("api.intercom.io", "api.eu.intercom.io", "api.au.intercom.io")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
OTHER_TOKEN_NAMES = ("INTERCOM_API_TOKEN", "INTERCOM_AUTH_TOKEN", "INTERCOM_API_KEY")
FALSE = ("0", "false", "no", "off", "")
PREVIEW = "preview"
"""The preview's own files are named so; no target may be."""
EDITORS = ("vscode", "vscodium", "cursor", "windsurf", "zed", "idea", "sublime", "textmate")
EDITOR_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[^\s\"'<>]*")
RUNNING = ("javascript:", "vbscript:", "data:")
"""A browser would run such an address instead of opening it."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_NAME = 64
LONGEST_LAG = 600
SHORT = re.compile(r"[0-9]{1,9}")
DECIMAL = re.compile(r"\d+(\.\d+)?")


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
            from_variable = name == self.environment.get(_variable("target"))
            place = "PUBLISHER_TARGET: " if from_variable else ""
            near = _did_you_mean(name, self.targets)
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


def load(
    folder: Path, *, file: Path | None = None, environment: Mapping[str, str] | None = None
) -> Config:
    """Read publisher.toml of `folder` (or `file`) and the environment.

    Without a file everything has its default, and the target is the embedded help center.
    Raises ConfigError naming the key and, where one is close, the one that was meant.
    """
    environment = os.environ if environment is None else environment
    path = file or folder / FILE
    table = _read(path, required=file is not None)
    return _config(table, path.parent if file else folder, environment)


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        # Numbers keep their spelling: as a float, api_version = 2.10 would be 2.1.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: there is no such file.") from None
        return {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}).") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, and the like
        raise ConfigError(f"{path}: holds what nobody can mean: {str(error)[:80]}.") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}.") from error


TOP: Mapping[str, type | tuple[type, ...]] = {
    "content": str,
    "default_locale": str,
    "locales": list,
    "default_state": str,
    "default_target": str,
    "requires": str,
    "editor": str,
    "frontmatter": dict,
    "lint": dict,
    "translations": dict,
    "policy": dict,
    "targets": dict,
}
TARGET: Mapping[str, type | tuple[type, ...]] = {
    "kind": str,
    "region": str,
    "api_version": (str, int, float),
    "token_env": str,
    "read_token_env": str,
    "workspace": str,
    "author": (str, int),
    "help_center": (str, int),
    "base_url": str,
    "on_removed": str,
    "on_drift": str,
    "max_removals": (str, int),
    "assets_url": str,
    "assets": str,
    "concurrency": int,
    "rate_share": (str, int, float),
    "listing_lag": (str, int, float),
    "ledger": str,
    "manage": list,
    "fin_locales": list,
    "nested_lists": str,
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": ("local", "intercom"),
    "region": ("us", "eu", "au"),
    "on_removed": ("report", "draft", "delete"),
    "on_drift": ("keep", "overwrite", "fail"),
    "default_state": ("published", "draft"),
    "nested_lists": ("keep", "flat"),
}
STALE: tuple[Stale, ...] = ("warn", "block", "unpublish")
SEVERITIES = ("error", "warning", "off")
LOCAL_DEFAULTS: Mapping[str, Any] = {
    "on_removed": "delete",
    "on_drift": "overwrite",
    "max_removals": "100%",
    "listing_lag": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """What file and environment say together.

    place      in the file, for messages.
    variables  keys whose value came from the environment.
    """

    values: Mapping[str, Any]
    place: str
    variables: frozenset[str]

    def name(self, key: str) -> str:
        """Say where the value of a key is to be mended."""
        return _variable(key) if key in self.variables else f"{self.place}: {key}"


def _config(table: Mapping[str, Any], root: Path, environment: Mapping[str, str]) -> Config:
    _check(table, TOP, FILE)
    said = _overrides(TOP, environment)
    settings = _Settings(values={**table, **said}, place=FILE, variables=frozenset(said))
    table = settings.values
    _choice("default_state", settings)
    _check_editor(settings)
    targets = {
        name: _target(name, settings, environment)
        for name, settings in {"local": {"kind": "local"}, **table.get("targets", {})}.items()
    }
    named = environment.get("PUBLISHER_TARGET") or table.get("default_target")
    return Config(
        root=root,
        content=table.get("content", "content"),
        rules=_rules(settings),
        default_target=named or "local",
        target_was_named=bool(named),
        requires=table.get("requires", ""),
        editor=table.get("editor", ""),
        policy=_policy(table.get("policy", {})),
        targets=targets,
        read_only=flag(environment, "PUBLISHER_READ_ONLY"),
        ci=flag(environment, "CI"),
        github_summary=environment.get("GITHUB_STEP_SUMMARY", ""),
        github_output=environment.get("GITHUB_OUTPUT", ""),
        environment=environment,
    )


def wants_no_color() -> bool:
    """Whether NO_COLOR is set, to whatever but nothing (no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def flag(environment: Mapping[str, str], name: str) -> bool:
    """Whether a yes/no variable is set; anything that is not clearly "no" counts as yes."""
    return environment.get(name, "").strip().lower() not in FALSE


def _rules(settings: _Settings) -> ContentRules:
    table = settings.values
    frontmatter, lint = table.get("frontmatter", {}), table.get("lint", {})
    _check(frontmatter, {"ignore": list, "aliases": dict}, f"{FILE}, [frontmatter]")
    for theirs, ours in frontmatter.get("aliases", {}).items():
        if not isinstance(ours, str):
            raise ConfigError(
                f"{FILE}, [frontmatter]: aliases: {theirs} must be text, not {ours!r}."
            )
    state: State = "draft" if table.get("default_state") == "draft" else "published"
    return ContentRules(
        default_locale=_locale(table.get("default_locale", "en"), settings.name("default_locale")),
        locales=_locale_list(table.get("locales", []), settings.name("locales")),
        default_state=state,
        ignore=frozenset(str(key) for key in frontmatter.get("ignore", [])),
        aliases={str(key): str(value) for key, value in frontmatter.get("aliases", {}).items()},
        severities=_severities(lint),
        options=_options(lint),
        stale=_stale(table.get("translations", {})),
    )


def _severities(lint: Mapping[str, Any]) -> dict[str, str]:
    """`rule = "off"`, or `rule = { severity = "off", … }`; left out where only options stand."""
    said = {
        rule: value.get("severity") if isinstance(value, dict) else value
        for rule, value in lint.items()
    }
    for rule, severity in said.items():
        tuned = severity is None and isinstance(lint[rule], dict)
        if severity not in SEVERITIES and not tuned:
            raise ConfigError(
                f"{FILE}, [lint]: {rule} is {severity!r}; it must be error, warning or off."
            )
    return {rule: severity for rule, severity in said.items() if severity is not None}


def _options(lint: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What rules are tuned with; which options a rule has is for the rules to say."""
    return {
        rule: {name: said for name, said in value.items() if name != "severity"}
        for rule, value in lint.items()
        if isinstance(value, dict)
    }


def _stale(table: Any) -> dict[str, Stale]:
    """`stale = …` for all locales, and `fr = …` for one."""
    place = f"{FILE}, [translations]"
    _check(table, dict.fromkeys(("stale", *LOCALES), str), place)
    for name, value in table.items():
        if value not in STALE:
            raise ConfigError(
                f"{place}: {name} is {value!r}; it must be one of {', '.join(STALE)}."
            )
    return {"" if name == "stale" else name: value for name, value in table.items()}


def _policy(table: Any) -> tuple[str, ...]:
    place = f"{FILE}, [policy]"
    _check(table, {"files": list}, place)
    files = table.get("files", [])
    for pattern in files:
        inside = isinstance(pattern, str) and pattern and not Path(pattern).is_absolute()
        if not inside or not Path(pattern).parts or ".." in Path(pattern).parts:
            raise ConfigError(
                f"{place}: files: {pattern!r} must name files below the folder of {FILE}, such as "
                "policy/*.py."
            )
    return tuple(files)


def _locale_list(codes: Any, name: str) -> tuple[Locale, ...]:
    return tuple(_locale(code, name) for code in _items(codes))


def _items(value: Any) -> list[Any]:
    """A list as TOML has it, or as a variable spells it: with commas."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value)


def _locale(code: Any, name: str) -> Locale:
    if code not in LOCALES:
        raise ConfigError(
            f"{name}: Intercom knows no locale {code!r}.{_did_you_mean(str(code), LOCALES)}"
        )
    return Locale(code)


def _target(name: str, settings: Any, environment: Mapping[str, str]) -> Target:
    place = f"{FILE}, [targets.{name}]"
    if not isinstance(settings, dict):
        raise ConfigError(f"{place}: must be a table.")
    if name.lower() == PREVIEW:
        raise ConfigError(
            f"{place}: `publisher preview` keeps its own files under this name; "
            "call the target otherwise."
        )
    _check(settings, TARGET, place)
    kind = _kind(name, settings, environment)
    defaults = LOCAL_DEFAULTS if kind == "local" else {}
    said = _overrides(TARGET, environment)
    if name == "local":
        said.pop("kind", None)
    merged = _Settings(
        values={**defaults, **settings, **said, "kind": kind},
        place=place,
        variables=frozenset(said),
    )
    for key in CHOICES:
        if key in TARGET:
            _choice(key, merged)
    _check_address(merged)
    _check_number(merged)
    _check_ledger(merged)
    _check_token_names(merged)
    if kind != "local":
        _check_assets(merged)
    return replace(Target(name=name), **_typed(merged))


def _kind(name: str, settings: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    """PUBLISHER_KIND turns every target into another but `local`, which has no other kind."""
    if name == "local":
        return settings.get("kind", "local")
    return environment.get("PUBLISHER_KIND") or settings.get("kind", "intercom")


def _typed(merged: _Settings) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for key, value in merged.values.items():
        if key == "manage":
            typed[key] = tuple(str(glob) for glob in _items(value))
        elif key == "fin_locales":
            typed[key] = _locale_list(value, merged.name(key))
        elif key == "concurrency":
            typed[key] = int(value)
        elif key == "rate_share":
            typed[key] = _share(value)
        elif key == "listing_lag":
            typed[key] = float(value)
        else:
            typed[key] = str(value)
    return typed


def _overrides(keys: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """PUBLISHER_<KEY> beats the file, for every key that is one value."""
    found = {}
    for key, kind in keys.items():
        if kind is not dict and _variable(key) in environment:
            found[key] = environment[_variable(key)]
    return found


def _variable(key: str) -> str:
    return f"PUBLISHER_{key.upper()}"


def _check(table: Any, known: Mapping[str, type | tuple[type, ...]], place: str) -> None:
    if not isinstance(table, dict):
        raise ConfigError(f"{place}: must be a table.")
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{place}: unknown key “{key}”.{_did_you_mean(key, known)}")
        kinds = known[key]
        if not isinstance(value, kinds) or isinstance(value, bool):
            wanted = {str: "text", list: "a list", dict: "a table", int: "a whole number"}
            first = kinds[0] if isinstance(kinds, tuple) else kinds
            raise ConfigError(f"{place}: {key} must be {wanted[first]}, not {value!r}.")


def _choice(key: str, settings: _Settings) -> None:
    value = settings.values.get(key)
    if value is not None and value not in CHOICES[key]:
        choices = ", ".join(CHOICES[key])
        raise ConfigError(f"{settings.name(key)} is {value!r}; it must be one of {choices}.")


def _check_number(merged: _Settings) -> None:
    text = str(merged.values.get("max_removals", "20%")).strip()
    if not SHORT.fullmatch(text.removesuffix("%")):
        name = merged.name("max_removals")
        raise ConfigError(f"{name} is {text!r}; write a number (5) or share (20%).")
    concurrency = str(merged.values.get("concurrency", 8))
    if not SHORT.fullmatch(concurrency) or not 1 <= int(concurrency) <= 64:
        name = merged.name("concurrency")
        raise ConfigError(f"{name} is {concurrency!r}; it must be from 1 to 64.")
    _check_traffic(merged)


def _check_traffic(merged: _Settings) -> None:
    share = merged.values.get("rate_share", "80%")
    if not 0 < _share(share) <= 1:
        raise ConfigError(f"{merged.name('rate_share')} is {share!r}; write a share (80%).")
    lag = str(merged.values.get("listing_lag", 0))
    if not DECIMAL.fullmatch(lag) or float(lag) > LONGEST_LAG:
        name = merged.name("listing_lag")
        raise ConfigError(f"{name} is {lag!r}; write seconds, from 0 to {LONGEST_LAG}.")


def _share(value: Any) -> float:
    """Read "80%" or 0.8; 0 for what is neither."""
    text = str(value).strip()
    number = text.removesuffix("%")
    if not DECIMAL.fullmatch(number):
        return 0.0
    return float(number) / (100 if text.endswith("%") else 1)


def _check_ledger(merged: _Settings) -> None:
    place = str(merged.values.get("ledger", "file"))
    bucket = place.removeprefix("s3://").partition("/")[0] if place.startswith("s3://") else ""
    if place not in ("file", "git") and not bucket:
        raise ConfigError(
            f"{merged.name('ledger')} is {place!r}; it must be file, git or s3://bucket/prefix."
        )


def _check_token_names(merged: _Settings) -> None:
    """A token pasted in place of its variable's name is refused, and never repeated."""
    for key in ("token_env", "read_token_env"):
        name = str(merged.values.get(key, "UNSET"))
        if len(name) > LONGEST_NAME or not VARIABLE.fullmatch(name):
            raise ConfigError(
                f"{merged.name(key)} must be the name of an environment variable, such as "
                "INTERCOM_ACCESS_TOKEN; the token itself does not belong here."
            )


def _check_assets(merged: _Settings) -> None:
    url, bucket = merged.values.get("assets_url", ""), merged.values.get("assets", "")
    name = merged.name("assets_url")
    if url and "{name}" not in url and "{digest}" not in url:
        raise ConfigError(f"{name} must contain {{name}} (or {{digest}}).")
    if url and _split(url) is None:
        raise ConfigError(f"{name} must be an http(s) address.")
    name = merged.name("assets")
    if bucket and not bucket.startswith("s3://"):
        raise ConfigError(f"{name} is {bucket!r}; it must look like s3://bucket/prefix.")
    if bucket and not url:
        raise ConfigError(
            f"{name} says where images are uploaded; assets_url must say where readers "
            "find them, for instance https://cdn.example.com/help/{name}."
        )


def _split(address: str) -> SplitResult | None:
    """Take an http(s) address apart; None when it is none."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port beyond 65535
        return None
    return parts if usable else None


def _check_address(merged: _Settings) -> None:
    address, name = merged.values.get("base_url", ""), merged.name("base_url")
    if not address:
        return
    parts = _split(address)
    if parts is None:
        raise ConfigError(f"{name} must be an http(s) address, not {address!r}.")
    trusted = (*INTERCOM_HOSTS, *LOOPBACK)
    if parts.hostname not in trusted and "base_url" not in merged.variables:
        raise ConfigError(
            f"{name}: the token is only sent to Intercom and to this machine, so {address} "
            "must be set as PUBLISHER_BASE_URL in the environment, not in a file."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ConfigError(f"{name}: {address} would send the token unencrypted.")


def _check_editor(settings: _Settings) -> None:
    """A known name, or an address that leads to a program: never one that a browser runs."""
    editor, name = str(settings.values.get("editor", "")), settings.name("editor")
    if not editor or editor in EDITORS:
        return
    if ":" not in editor:
        raise ConfigError(
            f"{name} is {editor!r}; it must be one of {', '.join(EDITORS)}, or an address with "
            f"{{path}} and {{line}}.{_did_you_mean(editor, EDITORS)}"
        )
    address = editor.lower()
    if not EDITOR_ADDRESS.fullmatch(address) or address.startswith(RUNNING):
        raise ConfigError(f"{name}: {editor!r} is no address that opens an editor.")
    if "{path}" not in editor:
        raise ConfigError(f"{name} must contain {{path}}, and may contain {{line}}.")


def _did_you_mean(word: str, known: Any) -> str:
    by_lower = {str(name).lower().replace("_", "-"): str(name) for name in known}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), by_lower, n=1)
    return f" Did you mean {by_lower[close[0]]}?" if close else ""
