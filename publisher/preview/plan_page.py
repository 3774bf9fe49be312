"""The plan page: what an apply to a target would do now, for somebody who has a minute.

At the top stands what readers will notice, then what stops it, what is taken away, what people
did meanwhile; then the changes by collection. Every change is in the page, and a filter hides
those that are not asked for, so that the server's filter and the browser's cannot differ.
Texts are the slow part: only so many changes come with theirs, and the others with a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import urlencode

from markupsafe import Markup

from publisher.config import Config
from publisher.model import Problem, digest_of_bytes
from publisher.plan import telling, words
from publisher.plan.changes import VERBS, Plan
from publisher.plan.prose import Diff
from publisher.preview import plan_cards
from publisher.preview.plan_bodies import bodies
from publisher.preview.plan_cards import Filter, Place, place_of
from publisher.preview.rendering import STATIC, render
from publisher.workflow.previews import forecasting
from publisher.workflow.previews.forecasting import Forecast
from publisher.workflow.previews.previewing import Preview
from publisher.workflow.previews.readdressing import readdressed

TEXTS, ALL_TEXTS = 25, 200
"""How many changes come with their texts, where a server can be asked for others, and where not."""
LOUDEST = 30
"""Notices that are shown at once."""
FILES = ("plan.css", "plan.js")
STANDINGS = {
    "drift": "edited in Intercom",
    "conflict": "changed on both sides",
    "gone": "deleted in Intercom",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice or a finding as it is shown."""

    problem: Problem
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What somebody changed in Intercom."""

    key: str
    title: str
    language: str
    said: str
    url: str
    diff: Diff


def plan_page(  # noqa: PLR0913 - of what, what of it, and since when
    preview: Preview,
    *,
    target: str,
    verb: str = "",
    locale: str = "",
    show: str = "",
    live: bool = True,
    since: tuple[int, str] = (0, ""),
) -> Markup:
    """Return the page.

    target  its name; "": the one for which a plan is wanted first, and the embedded help center
            in its place where that cannot be reached.
    verb, locale  what is shown of it; show: one change alone, by its ref ("article:KEY").
    live    False: for a file that stands alone. It waits for the plan, and has no link that
            only a server can answer.
    since   the epoch that it shows, and the preview's run: from there on, it hears of changes.
    """
    config, patience = preview.config, forecasting.PATIENCE if live else None
    made = forecasting.at_hand(
        preview, target or forecasting.default_choice(config), patience=patience
    )
    away = None
    if made.offline and not target:
        away = made
        made = forecasting.at_hand(preview, forecasting.local_choice(config), patience=patience)
    asked = Filter(verb=verb if verb in VERBS else "", locale=locale, show=show)
    return render(
        "plan.html",
        version=_version(),
        made=made,
        away=away,
        live=live,
        since=since,
        asked=asked,
        choices=forecasting.choices(config) if live else (),
        findings=_noticed(made.findings, config),
        name=preview.center.name,
        home=f"/{config.rules.default_locale}/",
        link=partial(_link, made.target if live else ""),
        language=words.language,
        counted=words.counted,
        plan=made.plan,
        **(_told(made, made.plan, preview, asked, live=live) if made.plan else {}),
    )


def _told(
    made: Forecast, plan: Plan, preview: Preview, asked: Filter, *, live: bool
) -> dict[str, object]:
    """All that the template says of a plan."""
    state, config = preview.state, preview.config
    site = state.loaded.site
    texts = partial(bodies, seen=readdressed(preview), site=preview.center.public_url)
    found = plan_cards.cards(plan, config, state, asked, texts, TEXTS if live else ALL_TEXTS)
    taken, groups = plan_cards.grouped(found, site)
    every = [*taken, *(card for group in groups for card in group.cards)]
    notices = _noticed(telling.by_weight(plan.notices), config)
    return {
        "verdict": telling.readers_line(plan),
        "verbs": plan_cards.counted(plan),
        "locales": plan_cards.spoken(plan, site),
        "taken": taken,
        "groups": groups,
        "shown": sum(card.shown for card in every),
        "notices": notices[:LOUDEST],
        "more_notices": notices[LOUDEST:],
        "hands": _hands(made),
        "readers_language": site.default_locale,
    }


def _noticed(problems: Sequence[Problem], config: Config) -> tuple[Notice, ...]:
    def place(problem: Problem) -> Place | None:
        spot = problem.spot
        return place_of(spot, config) if spot and spot.path else None

    return tuple(Notice(problem=problem, place=place(problem)) for problem in problems)


def _hands(made: Forecast) -> tuple[Hand, ...]:
    return tuple(
        Hand(
            key=stand.ref.key,
            title=stand.title,
            language=words.language(stand.locale),
            said=STANDINGS[stand.standing],
            url=stand.url,
            diff=diff,
        )
        for stand, diff in made.edits.items()
    )


def _link(target: str, *, verb: str = "", locale: str = "", show: str = "") -> str:
    """The address of this page with another filter, from itself."""
    asked = {"target": target, "verb": verb, "locale": locale, "show": show}
    return "?" + urlencode({name: value for name, value in asked.items() if value})


@cache
def _version() -> str:
    """Changes with this page's own files, so that no browser shows an old one."""
    return digest_of_bytes(b"".join((STATIC / name).read_bytes() for name in FILES))
