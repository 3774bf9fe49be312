"""Keep a text as one comment on the pull request that this job runs for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.config import Config, ForgePlace
from publisher.errors import ConfigError
from publisher.forge import Done, connect, put_comment

OF_A_REQUEST = re.compile(r"refs/pull/(\d+)/(?:merge|head)")
LARGEST_NUMBER = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """What became of the comment. `url` is "" where the forge does not tell it."""

    done: Done
    number: int
    url: str = ""


def comment(
    config: Config, name: str, text: str, *, number: int | None = None, only_if_there: bool = False
) -> Commented:
    """Keep `text` as the comment called `name`, in place of what it said before.

    number         of the pull request; None: the one this job runs for.
    only_if_there  change the comment where there is one already, but write no new one.

    Raises ConfigError outside of a job and without a token, ForgeError for the rest.
    """
    place = _place(config)
    request = number or _number(place)
    token = config.forge_token(place)
    with connect(place.kind, api=place.api, project=place.project, token=token) as forge:
        done, url = put_comment(forge, request, name, text, only_if_there=only_if_there)
    return Commented(done=done, number=request, url=url)


def _place(config: Config) -> ForgePlace:
    place = config.forge()
    if not place.project:
        raise ConfigError(
            "this is no job of GitHub Actions or GitLab CI: neither GITHUB_REPOSITORY nor "
            "CI_PROJECT_ID is set. To read the plan here: publisher show PLAN --format markdown"
        )
    return place


def _number(place: ForgePlace) -> int:
    """The pull request a job runs for. Raises ConfigError where it runs for none."""
    told = [place.request, *_told_by(place.event), *OF_A_REQUEST.findall(place.ref)]
    for each in told:
        if each.isascii() and each.isdigit() and 0 < int(each) < LARGEST_NUMBER:
            return int(each)
    raise ConfigError(
        "this job does not run for a pull request. To comment on one all the same: "
        "publisher ci comment --number N"
    )


def _told_by(event: str) -> list[str]:
    """What the file with GitHub's event says: of a pull request, a comment, a run by hand."""
    try:
        told = json.loads(Path(event).read_text(encoding="utf-8")) if event else {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"GITHUB_EVENT_PATH: cannot read {event}.") from error
    ways = (("pull_request", "number"), ("issue", "number"), ("inputs", "number"), ("number",))
    return [str(found) for way in ways if (found := _at(told, way)) is not None]


def _at(told: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        told = told.get(name) if isinstance(told, dict) else None
    return told
