"""Read the file and the environment: the only place that touches `os.environ`."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publisher.config.contents import policy, rules
from publisher.config.nouns import Config
from publisher.config.settings import (
    FILE,
    Kinds,
    Settings,
    check,
    choice,
    did_you_mean,
    flag,
    overrides,
)
from publisher.config.targets import target
from publisher.errors import ConfigError

EDITORS = ("vscode", "vscodium", "cursor", "windsurf", "zed", "idea", "sublime", "textmate")
EDITOR_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[^\s\"'<>]*")
RUNNING = ("javascript:", "vbscript:", "data:")
"""A browser would run such an address instead of opening it."""
TOP: Kinds = {
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


def _config(table: Mapping[str, Any], root: Path, environment: Mapping[str, str]) -> Config:
    check(table, TOP, FILE)
    said = overrides(TOP, environment)
    settings = Settings(values={**table, **said}, place=FILE, variables=frozenset(said))
    table = settings.values
    choice("default_state", settings)
    _check_editor(settings)
    targets = {
        name: target(name, settings, environment)
        for name, settings in {"local": {"kind": "local"}, **table.get("targets", {})}.items()
    }
    named = environment.get("PUBLISHER_TARGET") or table.get("default_target")
    return Config(
        root=root,
        content=table.get("content", "content"),
        rules=rules(settings),
        default_target=named or "local",
        target_was_named=bool(named),
        requires=table.get("requires", ""),
        editor=table.get("editor", ""),
        policy=policy(table.get("policy", {})),
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


def _check_editor(settings: Settings) -> None:
    """A known name, or an address that leads to a program: never one that a browser runs."""
    editor, name = str(settings.values.get("editor", "")), settings.name("editor")
    if not editor or editor in EDITORS:
        return
    if ":" not in editor:
        raise ConfigError(
            f"{name} is {editor!r}; it must be one of {', '.join(EDITORS)}, or an address with "
            f"{{path}} and {{line}}.{did_you_mean(editor, EDITORS)}"
        )
    address = editor.lower()
    if not EDITOR_ADDRESS.fullmatch(address) or address.startswith(RUNNING):
        raise ConfigError(f"{name}: {editor!r} is no address that opens an editor.")
    if "{path}" not in editor:
        raise ConfigError(f"{name} must contain {{path}}, and may contain {{line}}.")
