"""A plan for a pull request, for somebody who has one minute: what readers lose first, and loud.

    what readers will notice · why nothing may be applied, if so
    taken away from readers, and how many readers that has had
    what stands in the way: conflicts, and who edited what in Intercom
    the changes, one row each, by collection
    their words, before and after, one fold each
    what else there is to know · how to go on · counts

It is never longer than allowed. What does not fit is folded, whole, in this order: the diffs of
least weight, the lesser notices, the rows of the changes into counts by collection, the conflicts,
and at the very last the rows of what is taken away. It says so, and where the whole is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from publisher.cli import folding, show
from publisher.cli.escaping import code, fenced, length, plain
from publisher.cli.folding import Group
from publisher.model import Problem
from publisher.plan import telling, words
from publisher.plan.changes import VERBS, Change, Edit, Plan
from publisher.plan.diff import is_body
from publisher.plan.prose import body_diff
from publisher.plan.readable import body_after

LIMIT = 65_000
"""GitHub takes 65,535 characters in a comment; the rest is for what surrounds it."""
RESERVE = 3_000
"""Units kept free for each of the sections that are yet to come: enough to count them."""
TITLE, KEY, WHY, SENTENCE = 120, 160, 240, 700
"""Characters of each that are shown; nobody reads on, and one of them never fills a comment."""
MOST_DIFFS = 400
SMALLEST_DIFF = 120
WEIGHTS = {"content": 0, "config": 1, "asset": 2, "link": 3, "renderer": 4}
"""Causes of a change; the words of the lightest are shown first."""
AT = {"at once": "at once", "draft": "not yet: a draft", "staged": "staged", "scheduled": "later"}
A_FILE = "PLAN.json"
REST = "| | | | | **{} more**, in no row here |"


def plan_as_markdown(plan: Plan, *, limit: int = LIMIT, kept_in: str = "", run: str = "") -> str:
    """Spell a plan for a pull request, in at most `limit` units of UTF-16 (see escaping.length).

    kept_in  the file it was saved in, to be named.
    run      the address of the job that made it, as we were told by the forge.
    """
    head, tail = _head(plan), _tail(plan, kept_in, run)
    room = limit - length(head) - length(tail) - folding.size([_left_out(0, 0, kept_in)]) - 100
    losses = [change for change in plan.changes if change.takes_away]
    others = [change for change in plan.changes if not change.takes_away]
    loud = [notice for notice in telling.by_weight(plan.notices) if _is_loud(notice)]
    lesser = [notice for notice in telling.by_weight(plan.notices) if not _is_loud(notice)]
    lost, lost_rows = _losses(losses, room - 3 * RESERVE)
    room -= length(lost)
    stuck, stuck_lines = _notices("To be looked at", loud, room - 2 * RESERVE)
    room -= length(stuck)
    rows, folded = _changes(others, room - RESERVE)
    room -= length(rows)
    known, known_lines = _notices("What else there is to know", lesser, room, fold=True)
    room -= length(known)
    diffs, left = _diffs(plan.changes, room)
    lines = lost_rows + stuck_lines + folded + known_lines
    said = f"\n{_left_out(left, lines, kept_in)}\n" if left or lines else ""
    return f"{head}{lost}{stuck}{rows}{diffs}{known}{said}{tail}"


def empty_as_markdown(plan: Plan) -> str:
    """What is left to say once a plan that was shown has become empty."""
    return f"{_title(plan)}\n\nNo changes: the help center shows what this branch says.\n"


def lacking_as_markdown(target: str, *, run: str = "") -> str:
    """What is said in place of the plan of an earlier push, where a later one has none."""
    why = f"[This job]({run}) says why." if _is_address(run) else "The job's log says why."
    return (
        f"{_heading(target)}\n\n**No plan could be made of what is proposed now.** What stood here "
        f"was of an earlier state. {why}\n"
    )


def is_worth_telling(plan: Plan) -> bool:
    """Whether there is anything in it that a reviewer would decide on."""
    return bool(plan.changes or plan.stopped or any(n.severity == "error" for n in plan.notices))


def _title(plan: Plan) -> str:
    return _heading(plan.origin.target)


def _heading(target: str) -> str:
    return f"### Help center plan for {code(target, KEY)}"


def _head(plan: Plan) -> str:
    stopped = ""
    if plan.stopped:
        stopped = f"\n> [!CAUTION]\n> **STOP.** {plain(plan.stopped, SENTENCE)}\n"
    return f"{_title(plan)}\n\n**{telling.readers_line(plan)}**\n{stopped}"


def _tail(plan: Plan, kept_in: str, run: str) -> str:
    lines = [""]
    if plan.changes and not plan.stopped:
        again = code(f"publisher apply {kept_in or A_FILE}", KEY)
        lines += [f"Apply exactly this: {again}", ""]
    made = f"Made {plain(plan.origin.made_at, KEY)}" if plan.origin.made_at else ""
    made += f" by [this job]({run})" if made and _is_address(run) else ""
    return "\n".join([*lines, *([f"{made}.", ""] if made else []), show.counts_line(plan), ""])


def _is_loud(notice: Problem) -> bool:
    """Whether it stops an apply, tells what people did, or explains all the rest."""
    return notice.severity == "error" or notice.rule in (telling.FIRST, *telling.LOUD)


def _is_address(run: str) -> bool:
    return run.startswith("https://") and not set(" <>()[]\n`") & set(run)


def _left_out(diffs: int, rows: int, kept_in: str) -> str:
    parts = [words.counted(diffs, "more diff")] if diffs else []
    parts += [words.counted(rows, "line is only counted", "lines are only counted")] if rows else []
    whole = code(f"publisher show {kept_in or A_FILE}", KEY)
    return f"*Folded to fit: {', '.join(parts)}.* The whole is in the plan file: {whole}"


def _table(heading: str, head: str, rows: Sequence[str]) -> str:
    ruler = "|---" * (head.count("|") - 1) + "|"
    return "\n".join(["", f"#### {heading}", "", head, ruler, *rows, ""])


def _losses(changes: Sequence[Change], room: int) -> tuple[str, int]:
    if not changes:
        return "", 0
    heading = f"🛑 Taken away from readers: {_kinds(changes)}"
    head = "| | what | languages | readers so far | why |"
    frame = length(_table(heading, head, []))
    groups = [_group(home, found, _loss_row) for home, found in _by_home(changes)]
    rows, counted = folding.fitted(groups, room - frame, REST)
    return _table(heading, head, rows), counted


def _loss_row(change: Change) -> str:
    unknown = "not known" if change.ref.kind == "article" else ""
    readers = telling.reach_line(change.reach) or unknown
    bold = f"**{readers}**" if change.reach and change.reach.views else readers
    return f"| **{change.verb}** | {_name(change)} | {_locales(change)} | {bold} | {_why(change)} |"


def _changes(changes: Sequence[Change], room: int) -> tuple[str, int]:
    if not changes:
        return "", 0
    heading = f"Changes: {_kinds(changes)}"
    head = "| | what | languages | readers see it | why |"
    frame = length(_table(heading, head, []))
    groups = [_group(home, found, _change_row) for home, found in _by_home(changes)]
    rows, counted = folding.fitted(groups, room - frame, REST)
    return _table(heading, head, rows), counted


def _change_row(change: Change) -> str:
    seen = AT.get(change.readers, "") if change.ref.kind in ("article", "page") else ""
    return f"| {change.verb} | {_name(change)} | {_locales(change)} | {seen} | {_why(change)} |"


def _by_home(changes: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Changes by the collection they are in, the order of the plan kept inside each."""
    for home, found in groupby(sorted(changes, key=_home), key=_home):
        yield home, list(found)


def _home(change: Change) -> str:
    """Where it is as its key says: a folder, which a collection or content source itself is."""
    if change.ref.kind in ("collection", "source"):
        home = str(change.ref.key)
    else:
        home = change.ref.key.rpartition("/")[0]
    return f"fin/{home}" if change.ref.kind in ("source", "page") else home


def _group(home: str, changes: Sequence[Change], spell: Callable[[Change], str]) -> Group:
    name = code(f"{home}/", KEY) if home else "outside any collection"
    verbs = [change.verb for change in changes]
    counts = ", ".join(f"{verbs.count(verb)} to {verb}" for verb in VERBS if verb in verbs)
    locales = sorted({locale for change in changes for locale in change.locales})
    title = f"| | **{name}** | | | |"
    return Group(
        rows=(title, *(spell(change) for change in changes)),
        folded=f"| | **{name}** | {words.listed(locales)} | | {counts} |",
        count=len(changes),
    )


def _kinds(changes: Iterable[Change]) -> str:
    return words.kinds_counted([change.ref.kind for change in changes])


def _name(change: Change) -> str:
    title = plain(change.title, TITLE)
    key = code(change.ref.key, KEY)
    kind = "" if change.ref.kind == "article" else f"{words.NOUNS[change.ref.kind][0]} "
    return f"{kind}{title} {key}" if title else f"{kind}{key}"


def _locales(change: Change) -> str:
    return words.listed(change.locales, most=9)


def _why(change: Change) -> str:
    return plain(change.why, WHY)


def _notices(
    heading: str, notices: Sequence[Problem], room: int, *, fold: bool = False
) -> tuple[str, int]:
    """A list of notices, whole, and the number of those that did not fit."""
    if not notices:
        return "", 0
    said = f"{heading}: {words.counted(len(notices), 'notice')}"
    start, end = f"\n#### {said}\n\n", "\n"
    if fold:
        start, end = f"\n<details><summary>{said}</summary>\n\n", "\n\n</details>\n"
    entries = [_notice(notice) for notice in notices]
    rest = "- {} more of them"
    lines, left = folding.whole_lines(entries, room - length(start) - length(end), rest)
    return start + "\n".join(lines) + end, left


def _notice(notice: Problem) -> str:
    """What is the matter, and below it the ways out."""
    place = f"{code(str(notice.spot), KEY)}: " if notice.spot and notice.spot.path else ""
    lines = [f"- **{plain(notice.rule, KEY)}** {place}{plain(notice.what, SENTENCE)}"]
    for way in notice.advice.splitlines():
        does, _, how = way.strip().partition("   ")
        said = f"{plain(does, WHY)}: {code(how.strip(), WHY)}" if how else plain(does, SENTENCE)
        lines.append(f"  - {said}")
    return "\n".join(lines)


def _diffs(changes: Sequence[Change], room: int) -> tuple[str, int]:
    """The folded diffs that fit, weightiest first, in the order of the plan; and the others."""
    with_words = [place for place, change in enumerate(changes) if _has_words(change)]
    kept: dict[int, str] = {}
    for tried, place in enumerate(sorted(with_words, key=lambda place: _weight(changes[place]))):
        if room < SMALLEST_DIFF or tried >= MOST_DIFFS:
            break
        spelt = _details(changes[place])
        if length(spelt) <= room:
            kept[place] = spelt
            room -= length(spelt)
    return "".join(kept[place] for place in sorted(kept)), len(with_words) - len(kept)


def _has_words(change: Change) -> bool:
    return any(edit.before is not None and edit.before != edit.after for edit in change.edits)


def _weight(change: Change) -> tuple[int, bool, int]:
    """Least first: what people wrote and readers see at once, and small before large."""
    size = sum(len(edit.after) + len(edit.before or "") for edit in change.edits)
    return WEIGHTS.get(change.cause, 0), change.readers != "at once", size


def _details(change: Change) -> str:
    """What changes of one thing, folded, in a fence that is longer than any inside; or ""."""
    lines = [line for edit in change.edits for line in _edit(edit)]
    if not lines:
        return ""
    title = plain(change.title or change.ref.key, TITLE)
    summary = f"{title} ({plain(change.ref.key, KEY)})"
    return f"\n<details><summary>{summary}</summary>\n\n{fenced(lines, 'diff')}\n\n</details>\n"


def _edit(edit: Edit) -> Iterator[str]:
    if edit.before is None or edit.before == edit.after:
        return
    if not is_body(edit.name):
        yield f"@@ {words.field(edit.name)} @@"
        yield from (f"- {edit.before}" for _ in range(bool(edit.before)))
        yield from (f"+ {edit.after}" for _ in range(bool(edit.after)))
        return
    lines = [str(line) for line in body_diff(edit.before, body_after(edit))]
    if lines:
        yield f"@@ {words.field(edit.name)} @@"
        yield from lines
