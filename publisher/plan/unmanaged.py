"""What a plan says of things in Intercom that are not managed from here: they are left alone."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.model import Live, Problem, Ref
from publisher.plan import promises, words
from publisher.plan.notices import name_of, title_of, ways
from publisher.plan.view import View


def twin_conflict(ref: Ref, twin: Live, view: View) -> Problem:
    thing = view.site.things[ref]
    url = next(iter(twin.urls.values()), "")
    place = f" ({url})" if url else ""
    return Problem(
        rule="conflict",
        severity="error",
        spot=thing.spot,
        what=f"“{title_of(thing, view)}” already stands in the help center{place} and is not "
        "managed from here; a second one is not created.",
        advice=ways(
            ("link them once both say the same", f"publisher pull --adopt {name_of(ref, view)}"),
            ("have the live text instead", _fetched_anew(ref)),
        ),
    )


def lookalike_conflict(ref: Ref, alike: Live, view: View) -> Problem:
    """Nobody can tell whether it is the same article, so this one cannot simply be adopted."""
    thing, url = view.site.things[ref], next(iter(alike.urls.values()), "")
    return Problem(
        rule="conflict",
        severity="error",
        spot=thing.spot,
        what=f"much the same text as “{title_of(thing, view)}” already stands in the help center, "
        f"as “{title_of(alike.thing, view)}” (article {alike.id}), and is not managed from here; "
        "a second one is not created.",
        advice=ways(
            ("look at it", url),
            ("have the live text instead", _fetched_anew(ref)),
            ("have both", f"{_fetched_anew(ref)}, then put the file back"),
        ),
    )


def _fetched_anew(ref: Ref) -> str:
    """A file that is there is never written over; of a folder there is no text to fetch."""
    if ref.kind in ("collection", "source"):
        return ""
    return "move the file away, then publisher pull --all"


def introduction(view: View) -> Iterator[Problem]:
    """One sentence about a help center nobody here knows yet, or about what is beside ours."""
    if view.strangers and not view.entries:
        kinds = [live.thing.kind for live in view.strangers]
        yield Problem(
            rule="first-contact",
            severity="warning",
            what=f"the ledger is empty, but the help center is not: it has "
            f"{words.kinds_counted(kinds)} that this repository does not know. "
            f"{words.verb(len(kinds), 'It is', 'They are')} left alone.",
            advice=ways(
                ("bring it into files", "publisher pull"),
                ("link files you have", "publisher pull --adopt"),
            ),
        )
    else:
        yield from _things(view)
        yield from _translations(view)


def _things(view: View) -> Iterator[Problem]:
    """What has a file beside it is not among them: that is a conflict, and told as one."""
    beside = {(ref.kind, twin.id) for ref, twin in view.beside.items()}
    kinds = [live.thing.kind for live in view.strangers if (live.thing.kind, live.id) not in beside]
    if kinds:
        yield _left_alone(
            f"{words.kinds_counted(kinds)} in the help center "
            f"{words.verb(len(kinds), 'is', 'are')} not managed from here",
            len(kinds),
            "publisher pull --all",
        )


def _translations(view: View) -> Iterator[Problem]:
    added = {ref: promises.added_locales(ref, view) for ref in sorted(view.live)}
    added = {ref: locales for ref, locales in added.items() if locales and view.chosen(ref)}
    count = sum(len(locales) for locales in added.values())
    names = [name_of(ref, view) for ref in added]
    if names:
        yield _left_alone(
            f"{words.counted(count, 'translation')} in Intercom "
            f"{words.verb(count, 'has', 'have')} no file here",
            count,
            f"publisher pull {names[0]}" if len(names) == 1 else "publisher pull",
        )


def _left_alone(what: str, count: int, command: str) -> Problem:
    return Problem(
        rule="unmanaged",
        severity="warning",
        what=f"{what}; {words.verb(count, 'it is', 'they are')} left alone.",
        advice=ways((f"bring {words.verb(count, 'it', 'them')} into files", command)),
    )
