"""Keys as options take them, and as a variable of the environment holds several."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    ParamType = click.ParamType[str]
else:
    ParamType = click.ParamType  # generic from click 8.2 on


class Keys(ParamType):
    """A key. A variable holds several, parted by spaces; one with a space in it is quoted."""

    name = "key"

    def split_envvar_value(self, rv: str) -> list[str]:
        """Part what a variable, or a form of a pipeline, says; no shell reads it."""
        try:
            return shlex.split(rv)
        except ValueError as error:
            raise click.BadParameter(
                f"{rv!r}: a quotation mark is open. Write keys with spaces between, and one that "
                "has a space, a quotation mark or a backslash in it like 'getting started/install'."
            ) from error
