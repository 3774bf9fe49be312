"""Read an answer back: what to remember of it, and what Intercom did not keep.

The answer is compared with what was meant, because an API may silently drop what it does
not support. What it dropped is reported on the author's line, once, and remembered: the
next plan does not send it again for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from publisher.apply.tasks import Task
from publisher.body import canonical
from publisher.body.losses import Loss
from publisher.body.reader import read
from publisher.body.tree import Block, Image, walk
from publisher.body.vocabulary import is_intercom_image
from publisher.model import Digest, Entry, Live, Problem, Spot, digest
from publisher.plan import words
from publisher.plan.changes import Edit, Upkeep
from publisher.plan.diff import heading_ids, is_body, locale_of, looked_at, raw_digests
from publisher.plan.view import merged_by_locale


@dataclass(frozen=True, slots=True)
class Lost:
    """A field of which Intercom kept less than was sent."""

    name: str
    problem: Problem


def findings(task: Task, live: Live) -> list[Lost]:
    """Compare the reply with what was sent; nothing for a birth, whose text is still to come."""
    if task.step.action == "birth":
        return []
    shown = live.thing.fields()
    absent = {e.locale for e in task.edits if e.locale and f"{e.locale}.title" not in shown}
    found = [_untranslated(locale, task) for locale in sorted(absent)]
    for edit in task.edits:
        if edit.locale not in absent:
            found += _field(edit, task, live, shown)
    return found


def news(task: Task, lost: list[Lost]) -> tuple[Problem, ...]:
    """The findings nobody was told before: the same loss of the same field is said once."""
    known = task.before.lost if task.before else {}
    told = {name for name, spelt in _spelt(lost).items() if known.get(name) == spelt}
    return tuple(found.problem for found in lost if found.name not in told)


def _spelt(lost: list[Lost]) -> dict[str, Digest]:
    """One digest per field over all that it lost."""
    whats: dict[str, list[str]] = {}
    for found in lost:
        whats.setdefault(found.name, []).append(found.problem.what)
    return {name: digest("\n".join(said)) for name, said in whats.items()}


def _untranslated(locale: str, task: Task) -> Lost:
    edit = next(e for e in task.edits if e.locale == locale)
    return Lost(
        f"{locale}.title",
        _problem(
            edit,
            f"Intercom did not keep the {words.language(locale)} translation.",
            "Switch the language on in the Help Center's settings in Intercom, then apply again "
            f"with --overwrite {task.intent.ref.key}.",
        ),
    )


def _problem(edit: Edit, what: str, advice: str, line: int = 1) -> Problem:
    spot = Spot(edit.path, line) if edit.path else None
    return Problem(rule="not-kept", severity="error", what=what, advice=advice, spot=spot)


def _field(edit: Edit, task: Task, live: Live, shown: Mapping[str, str]) -> Iterator[Lost]:
    if is_body(edit.name):
        yield from _body(edit, task.values[edit.name], shown.get(edit.name, ""))
        return
    meant, kept = task.values[edit.name], shown.get(edit.name, "")
    if edit.name == "parent" and (meant in live.parents or meant == kept):
        return
    if " ".join(meant.split()) != " ".join(kept.split()):
        what = f"Intercom did not keep {words.field(edit.name)}: it shows “{kept}”."
        yield Lost(edit.name, _problem(edit, what, "Look at it in Intercom."))


def _body(edit: Edit, meant: str, seen: str) -> Iterator[Lost]:
    for loss in canonical.losses(meant, seen):
        yield _lost(edit, loss, "Write it another way, or accept it.")
    for loss in _not_copied(meant, seen) if edit.locale else ():  # readers see articles only
        advice = "Readers lose it when it moves; see that it opens there without signing in."
        yield _lost(edit, loss, advice)


def _lost(edit: Edit, loss: Loss, advice: str) -> Lost:
    line = edit.lines[loss.block] if loss.block < len(edit.lines) else 1
    what = f"Intercom did not keep this: {loss.what}."
    return Lost(edit.name, _problem(edit, what, advice, line))


def _not_copied(meant: str, seen: str) -> Iterator[Loss]:
    """Images that are still shown from where we sent them: they break when they move there."""
    if "<img" not in meant:
        return
    shown = {image.src.partition("?")[0] for block in read(seen) for image in _images(block)}
    for place, block in enumerate(read(meant)):
        for image in _images(block):
            address = image.src.partition("?")[0]
            if address in shown and not is_intercom_image(address):
                host, name = urlsplit(address).netloc, unquote(address.rpartition("/")[2])
                what = f"the image {name} was not copied; it still shows from {host}"
                yield Loss(place, what)


def _images(block: Block) -> Iterator[Image]:
    return (found for found in walk((block,)) if isinstance(found, Image))


def remembered(task: Task, live: Live, lost: list[Lost]) -> Entry:
    """The ledger entry after a reply.

    Only fields this task wrote, or that were never seen, are remembered as seen: a drift
    that was left alone must stay a drift. A body that stands as it stood is seen again where
    the canonical form has another version now.
    """
    would = task.intent.would
    (now, blocks), texts = looked_at(live), raw_digests(live)
    written = {edit.name for edit in task.edits} | set(task.values)
    before = would.seen
    fresh = {name for name in now if name in written or name not in before}
    if would.form != canonical.VERSION:
        fresh |= {name for name, text in texts.items() if would.raw.get(name) == text}
    seen = {name: now[name] if name in fresh else before[name] for name in now}
    raw = {name: text for name, text in texts.items() if name in fresh}
    locales = {locale_of(name, live.thing) for name in raw}
    shown = {locale: shown for locale, shown in blocks.items() if locale in locales}
    kept = {name: value for name, value in before.items() if name not in now}
    headings = {**would.headings, **heading_ids(task.intent.headings, live)}
    losses = {n: d for n, d in would.lost.items() if n not in written}
    losses.update(_spelt(lost))
    return replace(
        would,
        id=live.id,
        changed_at=live.changed_at,
        seen={**kept, **seen},
        raw={**would.raw, **raw},
        shown={**would.shown, **shown},
        form=canonical.VERSION,
        headings={locale: ids for locale, ids in headings.items() if ids},
        lost=losses,
    )


def corrected(entry: Entry, item: Upkeep) -> Entry:
    """The entry after a correction that needs no call."""
    return replace(
        entry,
        path=item.path,
        protect=item.protect,
        sent={**entry.sent, **item.sent},
        seen={**entry.seen, **item.seen},
        raw={**entry.raw, **item.raw},
        source={**entry.source, **item.source},
        blocks={**entry.blocks, **item.blocks},
        shown={**entry.shown, **item.shown},
        headings=merged_by_locale(entry.headings, item.headings),
        withdrawn={name: was for name, was in entry.withdrawn.items() if name not in item.sent},
    )
