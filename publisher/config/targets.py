"""One table of `[targets]`, checked and made into a `Target`.

A pull request can change publisher.toml, so an address in it other than Intercom's hosts
and loopback is refused: such a one must come from the environment (PUBLISHER_BASE_URL).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, urlsplit

from publisher.config.nouns import Target
from publisher.config.settings import (
    CHOICES,
    FILE,
    Kinds,
    Settings,
    check,
    choice,
    items,
    locales,
    overrides,
)
from publisher.errors import ConfigError

INTERCOM_HOSTS = ("api.intercom.io", "api.eu.intercom.io", "api.au.intercom.io")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PREVIEW = "preview"
"""The preview's own files are named so; no target may be."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_NAME = 64
LONGEST_LAG = 600
SHORT = re.compile(r"[0-9]{1,9}")
DECIMAL = re.compile(r"\d+(\.\d+)?")
TARGET: Kinds = {
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
LOCAL_DEFAULTS: Mapping[str, Any] = {
    "on_removed": "delete",
    "on_drift": "overwrite",
    "max_removals": "100%",
    "listing_lag": "0",
}


def target(name: str, settings: Any, environment: Mapping[str, str]) -> Target:
    """Return the target that a table and the environment describe. Raises ConfigError."""
    place = f"{FILE}, [targets.{name}]"
    if not isinstance(settings, dict):
        raise ConfigError(f"{place}: must be a table.")
    if name.lower() == PREVIEW:
        raise ConfigError(
            f"{place}: `publisher preview` keeps its own files under this name; "
            "call the target otherwise."
        )
    check(settings, TARGET, place)
    kind = _kind(name, settings, environment)
    defaults = LOCAL_DEFAULTS if kind == "local" else {}
    said = overrides(TARGET, environment)
    if name == "local":
        said.pop("kind", None)
    merged = Settings(
        values={**defaults, **settings, **said, "kind": kind},
        place=place,
        variables=frozenset(said),
    )
    for key in CHOICES:
        if key in TARGET:
            choice(key, merged)
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


def _typed(merged: Settings) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for key, value in merged.values.items():
        if key == "manage":
            typed[key] = tuple(str(glob) for glob in items(value))
        elif key == "fin_locales":
            typed[key] = locales(value, merged.name(key))
        elif key == "concurrency":
            typed[key] = int(value)
        elif key == "rate_share":
            typed[key] = _share(value)
        elif key == "listing_lag":
            typed[key] = float(value)
        else:
            typed[key] = str(value)
    return typed


def _check_number(merged: Settings) -> None:
    text = str(merged.values.get("max_removals", "20%")).strip()
    if not SHORT.fullmatch(text.removesuffix("%")):
        name = merged.name("max_removals")
        raise ConfigError(f"{name} is {text!r}; write a number (5) or share (20%).")
    concurrency = str(merged.values.get("concurrency", 8))
    if not SHORT.fullmatch(concurrency) or not 1 <= int(concurrency) <= 64:
        name = merged.name("concurrency")
        raise ConfigError(f"{name} is {concurrency!r}; it must be from 1 to 64.")
    _check_traffic(merged)


def _check_traffic(merged: Settings) -> None:
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


def _check_ledger(merged: Settings) -> None:
    place = str(merged.values.get("ledger", "file"))
    bucket = place.removeprefix("s3://").partition("/")[0] if place.startswith("s3://") else ""
    if place not in ("file", "git") and not bucket:
        raise ConfigError(
            f"{merged.name('ledger')} is {place!r}; it must be file, git or s3://bucket/prefix."
        )


def _check_token_names(merged: Settings) -> None:
    """A token pasted in place of its variable's name is refused, and never repeated."""
    for key in ("token_env", "read_token_env"):
        name = str(merged.values.get(key, "UNSET"))
        if len(name) > LONGEST_NAME or not VARIABLE.fullmatch(name):
            raise ConfigError(
                f"{merged.name(key)} must be the name of an environment variable, such as "
                "INTERCOM_ACCESS_TOKEN; the token itself does not belong here."
            )


def _check_assets(merged: Settings) -> None:
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


def _check_address(merged: Settings) -> None:
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
