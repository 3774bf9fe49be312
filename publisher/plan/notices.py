"""Everything a plan says of managed things without doing it: drift, conflict, gone, left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from publisher.body import canonical, headings, refs
from publisher.body.reader import read
from publisher.body.refs import Reference
from publisher.model import Article, ExternalPage, Locale, Problem, Ref, Spot, Thing
from publisher.plan import promises, words
from publisher.plan.changes import Change, Edit
from publisher.plan.diff import FieldFinding, is_body, locale_of
from publisher.plan.missing import in_unlisted_locale
from publisher.plan.removals import unpublishing
from publisher.plan.view import View


def title_of(thing: Thing, view: View) -> str:
    fields = thing.fields()
    default = f"{view.site.default_locale}.title"
    return fields.get(default) or fields.get("title") or fields.get("url") or thing.key


def ways(*choices: tuple[str, str]) -> str:
    """Ways out, one per line: what it does, and the command. A way without a command is none."""
    choices = tuple(choice for choice in choices if choice[1])
    width = max(len(does) for does, _ in choices)
    return "\n".join(f"{does:{width}}   {command}" for does, command in choices)


def name_of(ref: Ref, view: View) -> str:
    """How to type a thing on the command line: its key, with the kind only where it is needed."""
    twins = sum(Ref(kind, ref.key) in view.site.things for kind in ("collection", "article"))
    return str(ref) if twins > 1 or ref.kind in ("source", "page") else ref.key


def standing_notices(ref: Ref, findings: Iterable[FieldFinding], view: View) -> Iterator[Problem]:
    findings = list(findings)
    if view.may_replace(ref):
        findings = [f for f in findings if f.finding == "rerender"]
    removed = promises.removed_locales(ref, view)
    for rule in ("conflict", "drift"):
        names = [f.name for f in findings if f.finding == rule]
        kept = [name for name in names if name.partition(".")[0] not in removed]
        if kept:
            yield _edited_live(rule, ref, kept, view)
    for locale in removed:
        found = {f.finding for f in findings if f.name.startswith(f"{locale}.")}
        if found & {"conflict", "drift"}:
            yield _removed_live(ref, locale, view, changed="conflict" in found)
    if any(f.finding == "rerender" for f in findings) and not view.policy.rerender:
        yield Problem(rule="renderer", severity="warning", what=ref.key)


def _edited_live(rule: str, ref: Ref, names: list[str], view: View) -> Problem:
    live = view.live[ref]
    url = next(iter(live.urls.values()), "")
    name = name_of(ref, view)
    both = " and here" if rule == "conflict" else ""
    kept = "their edit is kept and yours is not sent" if rule == "conflict" else "it is kept"
    fails = rule == "conflict" or view.policy.on_drift == "fail"
    return Problem(
        rule=rule,
        severity="error" if fails else "warning",
        spot=_spot_of(ref, names[0], view),
        what=f"{ref.key}: {words.listed(words.field(n) for n in names)} changed in Intercom"
        f"{both} since the last apply; {kept}.",
        advice=ways(
            ("look at it", url),
            ("bring both together" if both else "keep it", f"publisher pull {name}"),
            ("replace it", f"publisher apply --overwrite {name}"),
        ),
    )


def _removed_live(ref: Ref, locale: Locale, view: View, *, changed: bool) -> Problem:
    """A translation that is gone; a pull keeps its file if that changed here, too."""
    name = name_of(ref, view)
    both = ", and its file changed here" if changed else ""
    removal = "delete its file by hand" if changed else f"publisher pull {name}"
    return Problem(
        rule="conflict" if changed else "drift",
        severity="error" if changed or view.policy.on_drift == "fail" else "warning",
        spot=_spot_of(ref, f"{locale}.body", view),
        what=f"{ref.key}: the {words.language(locale)} translation was removed in Intercom since "
        f"the last apply{both}; it is not created again.",
        advice=ways(
            ("remove it here too", removal),
            ("put it back", f"publisher apply --overwrite {name}"),
        ),
    )


def _spot_of(ref: Ref, name: str, view: View) -> Spot:
    thing = view.site.things[ref]
    if isinstance(thing, Article) and "." in name:
        translation = thing.translations.get(Locale(name.partition(".")[0]))
        return translation.spot if translation else thing.spot
    return thing.spot


def gone(ref: Ref, view: View) -> Problem:
    """Of a folder a pull removes no files: what is in it may be live, and needs another place."""
    by_hand = ref.kind in ("collection", "source")
    removal = "move or delete its files by hand" if by_hand else ""
    return Problem(
        rule="gone",
        severity="error" if view.policy.on_drift == "fail" else "warning",
        spot=view.site.things[ref].spot,
        what=f"{ref.key} was deleted in Intercom; it is not created again.",
        advice=ways(
            ("remove it here too", removal or f"publisher pull {name_of(ref, view)}"),
            ("put it back", f"publisher apply --overwrite {name_of(ref, view)}"),
        ),
    )


def edited_draft(ref: Ref, state: str, language: str, view: View) -> Problem:
    name = name_of(ref, view)
    return Problem(
        rule="conflict",
        severity="error",
        spot=_spot_of(ref, state, view),
        what=f"{ref.key}: the {language} draft was changed in Intercom; it is not published, for "
        "their words would be published along.",
        advice=ways(
            ("bring both together", f"publisher pull {name}"),
            ("replace it", f"publisher apply --overwrite {name}"),
        ),
    )


def pending(ref: Ref, view: View) -> Problem:
    return Problem(
        rule="conflict",
        severity="error",
        spot=view.site.things[ref].spot,
        what=f"{ref.key}: a colleague has an unpublished draft of it open in Intercom; "
        "nothing is sent.",
        advice=f"Publish or discard it there, or: publisher apply --overwrite {name_of(ref, view)}",
    )


def protected_unpublish(ref: Ref, view: View) -> Problem:
    return Problem(
        rule="protected",
        severity="warning",
        spot=view.site.things[ref].spot,
        what=f"{ref.key} is protected; it is not unpublished.",
        advice="Take `protect: true` out of its file first.",
    )


def renderer(notices: Iterable[Problem]) -> Iterator[Problem]:
    """One line for all bodies that only a newer renderer would spell differently."""
    keys = [notice.what for notice in notices if notice.rule == "renderer"]
    if keys:
        yield Problem(
            rule="renderer",
            severity="warning",
            what=f"{words.counted(len(keys), 'article')} would be spelt differently by this "
            "version of publisher though the text is unchanged; nothing is sent.",
            advice="To send them: publisher apply --rerender",
        )


def others(notices: Iterable[Problem]) -> Iterator[Problem]:
    return (notice for notice in notices if notice.rule != "renderer")


def raised_headings(changes: Iterable[Change]) -> Iterator[Problem]:
    """Say it where a body that was written in Intercom gets all its headings one level higher.

    Intercom wants the shallowest heading to be the highest and leaves an article as its editor
    wrote it until somebody sends it again.
    Source: reference "How Intercom really treats article bodies", §3.1.
    """
    for change in changes:
        for edit in change.edits:
            if not is_body(edit.name) or edit.before is None:
                continue
            before, after = (headings.levels_in(read(html)) for html in (edit.before, edit.after))
            if before and after and after[0] < before[0]:
                yield _raised(change, edit, before[0] - after[0])


def _raised(change: Change, edit: Edit, levels: int) -> Problem:
    return Problem(
        rule="headings-raised",
        severity="warning",
        spot=Spot(edit.path) if edit.path else None,
        what=f"{change.ref.key}: sending {words.field(edit.name)} moves all its headings up "
        f"{words.counted(levels, 'level')}, to where Intercom begins; nobody edited that.",
    )


def dropped_locales(view: View) -> Iterator[Change | Problem]:
    """Translations whose file is gone while the article stays."""
    unlisted: Counter[str] = Counter()
    for ref in sorted(view.live):
        for dropped in promises.dropped_locales(ref, view):
            if (ref, dropped) not in view.stays:
                yield from _dropped(ref, dropped, view)
        if ref in view.site.things and not view.policy.only:
            unlisted.update(_sent_locales(ref, view) - set(view.site.locales))
        elif in_unlisted_locale(ref, view) and not view.policy.only:
            unlisted.update([view.live[ref].thing.fields()["locale"]])
    for locale, count in sorted(unlisted.items()):
        yield Problem(
            rule="locale-dropped",
            severity="warning",
            what=f"{words.language(locale)} is no longer among `locales`; its "
            f"{words.counted(count, 'text')} {words.verb(count, 'stays', 'stay')} live as "
            f"{words.verb(count, 'it is', 'they are')}.",
        )


def _sent_locales(ref: Ref, view: View) -> set[str]:
    names = view.entries[ref].sent if ref.kind == "article" else ()
    return {name.partition(".")[0] for name in names if is_body(name)}


def _dropped(ref: Ref, locale: str, view: View) -> Iterator[Change | Problem]:
    live, entry = view.live[ref], view.entries[ref]
    name = f"{locale}.state"
    if live.thing.fields().get(name) != "published":
        return
    what = f"the {words.language(locale)} translation of {ref.key} is no longer in the repository"
    if view.policy.on_removed == "report":
        yield Problem(
            rule="removed", severity="warning", what=f"{what}; it stays live (on_removed = report)."
        )
    elif promises.is_protected(ref, view):
        yield Problem(rule="protected", severity="warning", what=f"{what}, but protected.")
    elif not promises.may_hide(ref, view):
        yield Problem(
            rule="removed",
            severity="warning",
            what=f"{what}; it stays: a colleague has an unpublished draft of the article open in "
            "Intercom.",
            advice=f"To remove it all the same: publisher apply --allow-deletes {ref}",
        )
    else:
        why = f"its {words.language(locale)} file is gone from the repository"
        yield unpublishing(ref, live, entry, {name: "draft"}, why=why)


def homeless(ref: Ref, home: Ref, view: View) -> Problem:
    return Problem(
        rule="conflict",
        severity="error",
        spot=view.site.things[ref].spot,
        what=f"{ref.key} waits: {home} is not there to hold it.",
        advice=f"Settle {home.key} first.",
    )


def plain_links(view: View) -> Iterator[Problem]:
    """Links to articles that readers cannot open: their text stays, the link is left out."""
    for ref in sorted(view.site.things):
        if not view.chosen(ref) or (ref not in view.live and ref not in view.arrivals):
            continue
        for name, html in view.site.things[ref].fields().items():
            if is_body(name) and '"article:' in html:
                yield from _plain_links_in(ref, name, html, view)


def _plain_links_in(ref: Ref, name: str, html: str, view: View) -> Iterator[Problem]:
    locale = locale_of(name, view.site.things[ref])
    leads = view.addresses.identity(locale)
    found = dict.fromkeys(each for each in refs.references(html) if each.kind == "article")
    for reference in found:
        if leads(reference) is not None:
            continue
        yield Problem(
            rule="link-to-draft",
            severity="warning",
            spot=_spot_of_link(ref, name, reference, html, view),
            what=f"this links to {reference.key}, which readers cannot open while it is a draft; "
            "the link stays plain text for now.",
            advice=f"It becomes a link with the first apply after {reference.key} is published.",
        )


def _spot_of_link(ref: Ref, name: str, reference: Reference, html: str, view: View) -> Spot:
    """The line of the first block that holds the link."""
    thing, spot = view.site.things[ref], _spot_of(ref, name, view)
    lines: tuple[int, ...] = ()
    if isinstance(thing, Article):
        lines = thing.translations[Locale(locale_of(name, thing))].lines
    elif isinstance(thing, ExternalPage):
        lines = thing.lines
    spelt = f'"{escape(refs.spell(reference))}"'
    for line, block in zip(lines, canonical.blocks(html), strict=False):
        if spelt in block:
            return Spot(spot.path, line)
    return spot
