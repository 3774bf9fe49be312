"""Prove a draft: compare its files, read again, with what is live; learn; report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from publisher.body import refs
from publisher.errors import ContentRefused
from publisher.model import Problem, Ref, Spot
from publisher.plan import words
from publisher.plan.diff import is_body, locale_of
from publisher.plan.missing import unjudged
from publisher.plan.notices import name_of
from publisher.plan.twins import differences
from publisher.plan.view import RemoteRef
from publisher.plan.wanted import wanted_fields
from publisher.pull.report import Images, Report, Text, look_at
from publisher.workflow.pulls.choosing import Wish
from publisher.workflow.pulls.drafting import Draft, Setbacks
from publisher.workflow.pulls.staging import Stage

_TITLE = 60
_HREF = re.compile(r'href="(https?://[^"]*)"')


def learn(stage: Stage, draft: Draft, setbacks: Setbacks) -> bool:
    """Note what of a draft is impossible; False when nothing is."""
    before = setbacks.count
    _refusals(stage, draft, setbacks)
    for ref, names in draft.taken.fields.items():
        _merges(ref, names, stage, draft, setbacks)
    return setbacks.count > before


def _refusals(stage: Stage, draft: Draft, setbacks: Setbacks) -> None:
    """What lint would refuse is not written: it would stop every later plan."""
    remotes = {ref: remote for remote, ref in draft.arrangement.refs.items()}
    by_path = {text.path: text for text in draft.texts}
    for problem in draft.after.problems:
        if problem.severity != "error" or problem.rule in ("content-empty", "content-missing"):
            continue
        text = by_path.get(_below(problem, stage))
        if text is not None and text.ref in remotes:
            _leave(remotes[text.ref], text, problem, stage, setbacks)
        elif text is not None:
            setbacks.skipped.setdefault(text.ref, _skipped(text.ref, problem))
        elif not _skip_removals(problem, stage, draft, setbacks):
            raise ContentRefused(draft.after.problems)


def _below(problem: Problem, stage: Stage) -> str:
    path = problem.spot.path if problem.spot else ""
    return path.removeprefix(f"{stage.desk.folder}/")


def _leave(
    remote: RemoteRef, text: Text, problem: Problem, stage: Stage, setbacks: Setbacks
) -> None:
    """Leave a new thing live without a file; of an article only the language in question."""
    live = stage.sides.seen.live[remote]
    locale = text.path.partition("/")[0]
    partly = text.ref.kind == "article" and locale != stage.desk.default_locale
    language = f"the {words.language(locale)} text of " if partly else ""
    refused = Problem(
        rule="pull-refused",
        severity="warning",
        what=f"{language}{_called(live.thing.fields(), stage)} (#{live.id}) is not pulled, because "
        f"its file would be refused: {problem.what}",
        advice="Mend it in Intercom and pull again, or have it sent without that: set "
        f'{problem.rule} = "warning" in [lint] of publisher.toml.',
    )
    if partly:
        setbacks.locales.setdefault((remote, locale), refused)
    else:
        setbacks.left.setdefault(remote, refused)


def _called(fields: dict[str, str], stage: Stage) -> str:
    title = fields.get(f"{stage.desk.default_locale}.title") or fields.get("title")
    return f"“{(title or fields.get('url') or 'something without a title')[:_TITLE]}”"


def _skipped(ref: Ref, problem: Problem) -> Problem:
    return replace(
        problem,
        rule="pull-clash",
        severity="warning",
        what=f"what changed in Intercom is not taken over, because the file would be refused: "
        f"{problem.what}",
        advice=f"Mend it in Intercom, then run: publisher pull {ref.key}",
    )


def _skip_removals(problem: Problem, stage: Stage, draft: Draft, setbacks: Setbacks) -> bool:
    """A file that goes, moves or loses a heading, while others still lead there, stays."""
    causes = [*draft.taken.gone, *_without_a_heading(stage, draft)]
    for ref in (*causes, *draft.moves.homes):
        told = replace(
            problem,
            rule="pull-clash",
            severity="warning",
            what=f"{ref.key} is left as it is, because of this: {problem.what}",
            advice=f"Mend it, then run: publisher pull {ref.key}",
        )
        (setbacks.skipped if ref in causes else setbacks.stay).setdefault(ref, told)
    return bool(causes or draft.moves.homes)


def _without_a_heading(stage: Stage, draft: Draft) -> list[Ref]:
    """Articles that had a heading, and after the pull have it no longer."""
    now = draft.after.site.headings
    lost = (
        Ref("article", key)
        for (key, locale), slugs in stage.loaded.site.headings.items()
        if set(slugs) - set(now.get((key, locale), {}))
    )
    return [ref for ref in lost if ref in draft.taken.fields]


def _untrue(ref: Ref, names: set[str], draft: Draft) -> list[str]:
    """Fields, bodies apart, of which the file does not say what is live though it was taken."""
    wanted = wanted_fields(ref, draft.view)
    shown = draft.view.live[ref].thing.fields()
    plain = sorted(name for name in names if name in wanted and not is_body(name))
    return [n for n in plain if " ".join(wanted[n].split()) != " ".join(shown.get(n, "").split())]


def _untaken(ref: Ref, names: list[str], stage: Stage) -> Problem:
    path = next(iter(stage.shelf.files_of.get(ref, {}).values()), "")
    fields = words.listed(words.field(name) for name in names)
    return Problem(
        rule="pull-clash",
        severity="warning",
        spot=Spot(f"{stage.desk.folder}/{path}") if path else None,
        what=f"{ref.key}: {fields} changed in Intercom, but no file can say so; left as it is.",
        advice="Change the file by hand, or send yours: publisher apply --overwrite "
        f"{name_of(ref, stage.view)}",
    )


def _merges(ref: Ref, names: set[str], stage: Stage, draft: Draft, setbacks: Setbacks) -> None:
    """A body that does not say what is live after its merge is written as a whole."""
    now = next((new for new, old in draft.was.items() if old == ref), ref)
    thing = draft.view.site.things.get(now)
    if thing is None or now not in draft.view.live:
        return
    differing = differences(now, draft.view.live[now], draft.view, draft.addresses)
    if untrue := _untrue(now, names, draft):
        told = _untaken(ref, untrue, stage)
        (setbacks.stay if untrue == ["parent"] else setbacks.skipped).setdefault(ref, told)
    for name in names:
        locale = locale_of(name, thing)
        if is_body(name) and name in differing and (ref, locale) not in draft.taken.merges:
            setbacks.whole.add((ref, locale))


# The report ------------------------------------------------------------------------------


def report(stage: Stage, draft: Draft, setbacks: Setbacks) -> Report:
    """Say what was proven, and what to look at."""
    differing = _differing(stage)
    texts = tuple(_judged(draft))
    problems = [
        *draft.brought.problems,
        *draft.taken.problems,
        *setbacks.left.values(),
        *setbacks.skipped.values(),
        *setbacks.stay.values(),
        *setbacks.locales.values(),
        *_missing(stage),
        *_left(stage, draft),
        *_images(stage, draft),
        *_twins(differing, stage),
        *(each for text in texts for each in look_at(text, stage.desk.folder)),
        *_unproven(texts, stage),
    ]
    links, kept = _links(stage, draft)
    pictures = draft.pictures
    return Report(
        heading=stage.session.heading,
        folder=stage.desk.folder,
        dry_run=stage.wish.dry_run,
        texts=texts,
        adopted=tuple(ref for ref in sorted(stage.choice.twins) if ref not in differing),
        settled=tuple(sorted(set(draft.taken.fields) - {text.ref for text in texts})),
        images=Images(
            fetched=len(pictures.drafts), known=pictures.known, missing=tuple(pictures.missing)
        ),
        links=links,
        kept=kept,
        problems=tuple(dict.fromkeys(problems)),
    )


def _missing(stage: Stage) -> Iterator[Problem]:
    if stage.view.site.unread and stage.wish == Wish(dry_run=stage.wish.dry_run):
        yield from unjudged(stage.view)
    missing = stage.choice.missing
    if missing:
        yield Problem(
            rule="pull-missing",
            severity="warning",
            what=f"{words.counted(len(missing), 'thing')} that this repository managed "
            f"{words.verb(len(missing), 'is', 'are')} live and "
            f"{words.verb(len(missing), 'has', 'have')} no file any more: "
            f"{words.listed(str(ref) for ref in missing)}.",
            advice="To write the files again: publisher pull KEY, or publisher pull --all",
        )


def _differing(stage: Stage) -> dict[Ref, list[str]]:
    """Twins that say something else than their file, and in which fields."""
    addresses = stage.twin_addresses
    found = {
        ref: differences(ref, live, stage.view, addresses)
        for ref, live in stage.choice.twins.items()
    }
    return {ref: names for ref, names in found.items() if names}


def _written(draft: Draft) -> Iterator[Text]:
    """Every file that is written, once, under the name it has in the end."""
    by_path = {path: ref for ref, files in draft.after.files_of.items() for path in files.values()}
    texts: dict[str, Text] = {}
    for text in draft.texts:
        path = draft.taken.moves.get(text.path, text.path)
        other = texts.get(path)
        pieces = text.pieces or (other.pieces if other else ())
        texts[path] = replace(text, path=path, pieces=pieces)
    for path in draft.taken.moves.values():
        if path in by_path and path in draft.files:
            moved = texts.get(path) or Text(path=path, ref=by_path[path], how="moved")
            texts[path] = replace(moved, how="moved")
    for path, content in draft.files.items():
        if path not in texts and content is not None and path in by_path:
            texts[path] = Text(path=path, ref=by_path[path], how="relinked")
    yield from (text for path, text in texts.items() if path in draft.files)


def _judged(draft: Draft) -> Iterator[Text]:
    """Every text, with whether its body says what is live."""
    by_path = {path: ref for ref, files in draft.after.files_of.items() for path in files.values()}
    compared: dict[Ref, list[str]] = {}
    for text in _written(draft):
        ref = by_path.get(text.path, text.ref)
        if text.how in ("removed", "relinked") or ref not in draft.view.live:
            yield text
            continue
        if ref not in compared:
            live = draft.view.live[ref]
            compared[ref] = differences(ref, live, draft.view, draft.addresses)
        locale = next(
            (code for code, path in draft.after.files_of[ref].items() if path == text.path), ""
        )
        thing = draft.view.site.things[ref]
        bodies = (name for name in compared[ref] if is_body(name))
        own = [name for name in bodies if locale_of(name, thing) == locale]
        merged = (text.ref, locale) in draft.taken.merges
        yield replace(text, same=merged or not own)


def _unproven(texts: tuple[Text, ...], stage: Stage) -> Iterator[Problem]:
    for text in texts:
        if text.same or any(piece.how == "unproven" for piece in text.pieces):
            continue
        yield Problem(
            rule="pull-changed",
            severity="warning",
            spot=Spot(f"{stage.desk.folder}/{text.path}", text.first_line),
            what="read again, this file does not say quite what is live.",
            advice="Nothing is sent until you change it; look at the plan then.",
        )


def _left(stage: Stage, draft: Draft) -> Iterator[Problem]:
    for left in draft.arrangement.left:
        yield Problem(
            rule="pull-left",
            severity="warning",
            what=f"{_called(left.live.thing.fields(), stage)} (#{left.live.id}) is not pulled. "
            f"{left.why}",
        )


def _images(stage: Stage, draft: Draft) -> Iterator[Problem]:
    missing = list(draft.pictures.missing.values())
    if missing:
        count = words.counted(len(missing), "image")
        yield Problem(
            rule="pull-image",
            severity="warning",
            what=f"{count} could not be fetched: {words.listed(missing)}",
            advice="The files name Intercom's own copies instead; pull again, or replace them.",
        )


def _twins(differing: dict[Ref, list[str]], stage: Stage) -> Iterator[Problem]:
    for ref, names in differing.items():
        fields = words.listed(words.field(name) for name in names)
        yield Problem(
            rule="pull-differs",
            severity="warning",
            spot=stage.view.site.things[ref].spot,
            what=f"#{stage.choice.twins[ref].id} in Intercom has the same title and place, but "
            f"differs in {fields}; the two are not linked.",
            advice="Make them say the same, then run: publisher pull --adopt "
            f"{name_of(ref, stage.view)}",
        )


def _links(stage: Stage, draft: Draft) -> tuple[int, int]:
    """How many links are relative now, and how many to our help center stay absolute."""
    hosts = {
        urlsplit(url).netloc
        for live in stage.sides.seen.live.values()
        for url in live.urls.values()
        if url
    }
    relative = kept = 0
    written = {text.ref for text in draft.texts if text.how == "new"}
    for ref in written & set(draft.view.site.things):
        for name, html in draft.view.site.things[ref].fields().items():
            if is_body(name):
                relative += sum(each.kind != "asset" for each in refs.references(html))
                kept += sum(urlsplit(url).netloc in hosts for url in _HREF.findall(html))
    return relative, kept
