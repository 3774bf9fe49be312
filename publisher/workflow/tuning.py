"""What `[lint]` says: whether it can be meant, and how much of it counts when files are moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from publisher.errors import ConfigError
from publisher.model import ContentRules
from publisher.source import RULES
from publisher.source.rules import Option, nearest

PLACE = "publisher.toml, [lint]"


def check(rules: ContentRules) -> None:
    """Raise ConfigError for a rule or an option that does not exist, or a value of another type."""
    for name in (*rules.severities, *rules.options):
        if name not in RULES:
            raise ConfigError(f"{PLACE}: unknown rule “{name}”.{_near(name, RULES)}")
    for rule, options in rules.options.items():
        for name, value in options.items():
            _check_option(rule, name, value)


def _check_option(rule: str, name: str, value: Any) -> None:
    known = RULES[rule].options
    if name not in known:
        others = f" It has {', '.join(sorted(known))}." if known else " It has no options."
        hint = _near(name, (*known, "severity")) or others
        raise ConfigError(f"{PLACE}: {rule} has no option “{name}”.{hint}")
    if not _is_like(value, known[name]):
        wanted = _kind(known[name])
        raise ConfigError(f"{PLACE}: {rule}: {name} is {value!r}; it must be {wanted}.")


def _is_like(value: Any, known: Option) -> bool:
    if isinstance(known, tuple):
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if isinstance(known, bool) or isinstance(value, bool):
        return isinstance(known, bool) and isinstance(value, bool)
    if isinstance(known, float | int):
        return isinstance(value, int | float) and 0 <= value < float("inf")
    return isinstance(value, str)


def _kind(known: Option) -> str:
    if isinstance(known, tuple):
        return "a list of texts"
    if isinstance(known, bool):
        return "true or false"
    return "text" if isinstance(known, str) else "a number, not below 0"


def _near(word: str, known: Iterable[str]) -> str:
    close = nearest(word, known)
    return f" Did you mean {close}?" if close else ""


def patient(rules: ContentRules) -> ContentRules:
    """Return rules that refuse no translation for lagging behind its source.

    A file that is refused is not read on. Then what a colleague wrote into the source could not
    be pulled, and a move would forget what the translation was made from.
    """
    graded = {"translation-stale": "error", **rules.severities}
    for rule, severity in graded.items():
        lags = rule.startswith("parity-") or rule in ("translation-missing", "translation-stale")
        graded[rule] = "warning" if lags and severity == "error" else severity
    return replace(rules, severities=graded)
