"""What the configuration says of content: locales, lint, translations, and policies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publisher.config.settings import FILE, Settings, check, locale, locales
from publisher.errors import ConfigError
from publisher.model import LOCALES, ContentRules, Stale, State

STALE: tuple[Stale, ...] = ("warn", "block", "unpublish")
SEVERITIES = ("error", "warning", "off")


def rules(settings: Settings) -> ContentRules:
    """Return what files are read by. Raises ConfigError."""
    table = settings.values
    frontmatter, lint = table.get("frontmatter", {}), table.get("lint", {})
    check(frontmatter, {"ignore": list, "aliases": dict}, f"{FILE}, [frontmatter]")
    for theirs, ours in frontmatter.get("aliases", {}).items():
        if not isinstance(ours, str):
            raise ConfigError(
                f"{FILE}, [frontmatter]: aliases: {theirs} must be text, not {ours!r}."
            )
    state: State = "draft" if table.get("default_state") == "draft" else "published"
    return ContentRules(
        default_locale=locale(table.get("default_locale", "en"), settings.name("default_locale")),
        locales=locales(table.get("locales", []), settings.name("locales")),
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
    check(table, dict.fromkeys(("stale", *LOCALES), str), place)
    for name, value in table.items():
        if value not in STALE:
            raise ConfigError(
                f"{place}: {name} is {value!r}; it must be one of {', '.join(STALE)}."
            )
    return {"" if name == "stale" else name: value for name, value in table.items()}


def policy(table: Any) -> tuple[str, ...]:
    """Return the globs of `[policy]`. Raises ConfigError for files outside of the folder."""
    place = f"{FILE}, [policy]"
    check(table, {"files": list}, place)
    files = table.get("files", [])
    for pattern in files:
        inside = isinstance(pattern, str) and pattern and not Path(pattern).is_absolute()
        if not inside or not Path(pattern).parts or ".." in Path(pattern).parts:
            raise ConfigError(
                f"{place}: files: {pattern!r} must name files below the folder of {FILE}, such as "
                "policy/*.py."
            )
    return tuple(files)
