"""Tables of publisher.toml, key by key: what file and environment say together.

Every message names the key as it is to be mended, and the one that was meant where one is close.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.errors import ConfigError
from publisher.model import LOCALES, Locale

FILE = "publisher.toml"
FALSE = ("0", "false", "no", "off", "")
Kinds = Mapping[str, type | tuple[type, ...]]
"""Keys of a table, and what their values may be."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": ("local", "intercom"),
    "region": ("us", "eu", "au"),
    "on_removed": ("report", "draft", "delete"),
    "on_drift": ("keep", "overwrite", "fail"),
    "default_state": ("published", "draft"),
    "nested_lists": ("keep", "flat"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What file and environment say together.

    place      in the file, for messages.
    variables  keys whose value came from the environment.
    """

    values: Mapping[str, Any]
    place: str
    variables: frozenset[str]

    def name(self, key: str) -> str:
        """Say where the value of a key is to be mended."""
        return variable(key) if key in self.variables else f"{self.place}: {key}"


def flag(environment: Mapping[str, str], name: str) -> bool:
    """Whether a yes/no variable is set; anything that is not clearly "no" counts as yes."""
    return environment.get(name, "").strip().lower() not in FALSE


def variable(key: str) -> str:
    """Name the environment variable that beats a key of the file."""
    return f"PUBLISHER_{key.upper()}"


def overrides(keys: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """PUBLISHER_<KEY> beats the file, for every key that is one value."""
    found = {}
    for key, kind in keys.items():
        if kind is not dict and variable(key) in environment:
            found[key] = environment[variable(key)]
    return found


def check(table: Any, known: Kinds, place: str) -> None:
    """Raise ConfigError for a key that is not known, or a value of another kind."""
    if not isinstance(table, dict):
        raise ConfigError(f"{place}: must be a table.")
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{place}: unknown key “{key}”.{did_you_mean(key, known)}")
        kinds = known[key]
        if not isinstance(value, kinds) or isinstance(value, bool):
            wanted = {str: "text", list: "a list", dict: "a table", int: "a whole number"}
            first = kinds[0] if isinstance(kinds, tuple) else kinds
            raise ConfigError(f"{place}: {key} must be {wanted[first]}, not {value!r}.")


def choice(key: str, settings: Settings) -> None:
    """Raise ConfigError for a value that is none of `CHOICES`."""
    value = settings.values.get(key)
    if value is not None and value not in CHOICES[key]:
        choices = ", ".join(CHOICES[key])
        raise ConfigError(f"{settings.name(key)} is {value!r}; it must be one of {choices}.")


def items(value: Any) -> list[Any]:
    """A list as TOML has it, or as a variable spells it: with commas."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value)


def locale(code: Any, name: str) -> Locale:
    """Read a locale code; `name` says where it stands. Raises ConfigError."""
    if code not in LOCALES:
        raise ConfigError(
            f"{name}: Intercom knows no locale {code!r}.{did_you_mean(str(code), LOCALES)}"
        )
    return Locale(code)


def locales(codes: Any, name: str) -> tuple[Locale, ...]:
    """Read locale codes; `name` says where they stand. Raises ConfigError."""
    return tuple(locale(code, name) for code in items(codes))


def did_you_mean(word: str, known: Any) -> str:
    """ " Did you mean …?" for the closest known word, or ""."""
    by_lower = {str(name).lower().replace("_", "-"): str(name) for name in known}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), by_lower, n=1)
    return f" Did you mean {by_lower[close[0]]}?" if close else ""
