"""publisher.toml and the environment, made into one `Config`.

The only reader of `os.environ`. Knows the *names* of token variables and hands the token
out at the last moment; it is never printed, saved or part of an equality.
"""

from __future__ import annotations

from publisher.config.contents import SEVERITIES, STALE
from publisher.config.nouns import Config, ForgePlace, Target
from publisher.config.reading import EDITORS, TOP, load, wants_no_color
from publisher.config.settings import CHOICES, FILE
from publisher.config.targets import LONGEST_LAG, LOOPBACK, TARGET

__all__ = [
    "CHOICES",
    "EDITORS",
    "FILE",
    "LONGEST_LAG",
    "LOOPBACK",
    "SEVERITIES",
    "STALE",
    "TARGET",
    "TOP",
    "Config",
    "ForgePlace",
    "Target",
    "load",
    "wants_no_color",
]
