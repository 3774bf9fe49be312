"""What a rule of the book says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from publisher.body.findings import REFUSED
from publisher.body.findings import RULES as BODY_RULES
from publisher.model import Severity

Option = int | float | str | bool | tuple[str, ...]
"""What a rule can be tuned with; the default says which of these it takes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Its severity unless the configuration changes it, and what its page says about it.

    about    one line: what is wrong.
    why      what comes of it, and for whom.
    bad      files that it fires on, by their path below the content folder; `good`: mended.
             `../publisher.toml` is the configuration that they are read with.
    options  what it can be tuned with in `[lint]`, and the values they have otherwise.
    """

    severity: Severity
    about: str
    why: str = ""
    bad: Mapping[str, str] = field(default_factory=dict)
    good: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)


def of_body(
    name: str, why: str, *, bad: Mapping[str, str] | str, good: Mapping[str, str] | str
) -> Rule:
    """Return a rule of the room `body`, which says itself what it is about and how bad it is.

    bad, good  a text stands for an article that says it below its title.
    """
    return Rule(
        severity="error" if name in REFUSED else "warning",
        about=BODY_RULES[name],
        why=why,
        bad=article(bad) if isinstance(bad, str) else bad,
        good=article(good) if isinstance(good, str) else good,
    )


def article(body: str, title: str = "Refunds") -> dict[str, str]:
    """Return an example of one file: an article that begins with its title."""
    return {"en/billing/refunds.md": f"# {title}\n\n{body}\n"}
