"""Lengths of time, as people type and read them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    ParamType = click.ParamType[float]
else:
    ParamType = click.ParamType  # generic from click 8.2 on

TYPED = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII | re.IGNORECASE)
PLAIN = re.compile(r"\d{1,6}", re.ASCII)
EXAMPLE = "Write it like 10m, 90s, 1h30m, or in seconds."


class Duration(ParamType):
    """An option's value like 10m, 90s or 1h30m, or plain seconds; becomes seconds, above 0."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds; what is no duration fails as a mistyped option does."""
        seconds = read(str(value))
        if seconds is None:
            self.fail(f"{str(value)!r} is no length of time. {EXAMPLE}", param, ctx)
        return seconds


locking = click.option(
    "--lock-timeout", type=Duration(), help="Wait this long for another run to end, such as 10m."
)


def read(text: str) -> float | None:
    """Read "1h30m" or "5400" as seconds; None for what is neither, or no time at all."""
    typed = text.strip()
    if PLAIN.fullmatch(typed):
        return float(typed) or None
    parts = TYPED.fullmatch(typed)
    if parts is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return float(hours * 3600 + minutes * 60 + seconds) or None


def roughly(seconds: float) -> str:
    """Spell how long something may take, as exactly as one can know: "about 12 min"."""
    if seconds < 50:
        return f"about {max(10, round(seconds / 10) * 10)} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 100:
        return f"about {minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"about {hours} h {rest} min" if rest else f"about {hours} h"
