"""Where redirects lead in the end, and whether anything is there. Pure.

A redirect is for an address that died. One from something that lives, to something that is
not there, or round in a circle helps no reader; where several lead on from one to the next,
the first should lead to the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.model import ContentRules, Key, Kind, Locale, Redirect, Ref, Spot
from publisher.source import files
from publisher.source.files import Tree
from publisher.source.outline import ByLocale, Outline
from publisher.source.redirects import FILE, Row, rows_in
from publisher.source.rules import Finding, full_path, nearest

_KINDS: tuple[Kind, ...] = ("article", "collection")
"""What a redirect may lead to. Source: Intercom, help-center redirects, `target_type`."""
_OTHER_NAME = "redirects.yaml"


def redirects_of(
    tree: Tree, plan: Outline, rules: ContentRules, folder: str
) -> tuple[tuple[Redirect, ...], list[Finding]]:
    """Read redirects.yml where there is one; returns what can be followed, and what is wrong.

    folder  the content folder as the user gave it; every spot begins with it.
    """
    findings = [
        Finding(
            "redirect-invalid",
            each.path,
            "This file is not read.",
            f"Redirects are read from {FILE} in the content folder itself: put them there.",
            severity="warning",
        )
        for each in tree.others
        if each.name != FILE and each.name.rpartition("/")[2] in (FILE, _OTHER_NAME)
    ]
    found = next((each for each in tree.others if each.name == FILE), None)
    if found is None:
        return (), findings
    raw = files.read(found)
    text = files.decode(found.path, raw) if isinstance(raw, bytes) else raw
    if isinstance(text, Finding):
        return (), [*findings, text]
    rows, faults = rows_in(found.path, text)
    judge = _Judge(rows, _shelf(plan, rules), found.path, _by_start(rows))
    spot = full_path(folder, found.path)
    redirects = tuple(
        Redirect(
            start=row.start,
            to=end,
            locale=row.locale,
            target=row.target,
            spot=Spot(spot, row.line),
        )
        for row in rows
        if (end := judge.end(row)) is not None
    )
    return redirects, [*findings, *faults, *judge.findings()]


def _by_start(rows: Iterable[Row]) -> dict[Ref | str, list[Row]]:
    starts: dict[Ref | str, list[Row]] = {}
    for row in rows:
        for name in _left(row):
            starts.setdefault(name, []).append(row)
    return starts


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What there is.

    lives      in which languages readers meet it, as far as files say.
    drafts     languages in which an article says that it is one; `languages`: all it has.
    former     former key → the key of what had it.
    """

    lives: Mapping[Ref, frozenset[Locale]]
    drafts: Mapping[Ref, frozenset[Locale]]
    languages: Mapping[Ref, frozenset[Locale]]
    former: Mapping[str, Key]

    def the(self, name: str) -> Ref | None:
        """What a key means; an article before a collection."""
        return next((ref for ref in _meant(name) if ref in self.lives), None)

    def is_public(self, ref: Ref, locale: Locale | None) -> bool:
        """Whether readers meet it in a language; None: in any."""
        return locale in self.lives[ref] if locale else bool(self.lives[ref])


def _meant(name: str) -> list[Ref]:
    """The things that a key as it is written may mean."""
    if name.startswith("/"):
        return []
    kind, colon, key = name.partition(":")
    named = [each for each in _KINDS if colon and kind == each]
    return [Ref(each, Key(key if named else name)) for each in named or _KINDS]


def _left(row: Row) -> Sequence[Ref | str]:
    """What a redirect leads away from: things by their former key, or a path."""
    return _meant(row.start) or [row.start]


def _shelf(plan: Outline, rules: ContentRules) -> _Shelf:
    lives = {
        Ref("collection", plan.names["collection", folder]): frozenset(plan.locales)
        for folder in plan.collections
    }
    drafts: dict[Ref, frozenset[Locale]] = {}
    languages: dict[Ref, frozenset[Locale]] = {}
    for stem, versions in plan.articles.items():
        ref = Ref("article", plan.names["article", stem])
        languages[ref] = frozenset(versions)
        states = {locale: _state(locale, versions, plan, rules) for locale in versions}
        lives[ref] = frozenset(each for each in states if states[each] == "published")
        drafts[ref] = frozenset(e for e, place in versions.items() if place.meta.state == "draft")
    former = {old: ref.key for ref, place in plan.claims() for old in place.meta.was}
    return _Shelf(lives, drafts, languages, former)


def _state(locale: Locale, versions: ByLocale, plan: Outline, rules: ContentRules) -> str:
    source = versions[plan.default_locale].meta.state
    return versions[locale].meta.state or source or rules.default_state


@dataclass(frozen=True, slots=True)
class _Judge:
    """Looks at every redirect beside the others.

    path    of the file, below the content folder.
    starts  the rows by what they may lead away from.
    """

    rows: Sequence[Row]
    shelf: _Shelf
    path: str
    starts: Mapping[Ref | str, Sequence[Row]]

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with rows that can be understood."""
        if self.rows:
            what = f"{FILE} is checked, but Intercom is not told of its redirects yet."
            yield Finding("key-without-effect", self.path, what, "", self.rows[0].line)
        for row in self.rows:
            yield from self._doubled(row)
            yield from self._misled(row)
            if not _same(row.start, row.to):
                yield from self._shadowed(row)

    def end(self, row: Row) -> Ref | None:
        """What a redirect leads to in the end; None: nothing."""
        trail = self._trail(row)
        return None if trail[-1] in trail[:-1] else self.shelf.the(trail[-1].to)

    def _trail(self, row: Row) -> list[Row]:
        """The redirects that a reader is led along; the last is among the others in a circle."""
        trail = [row]
        while trail[-1] not in trail[:-1] and (following := self._next(trail[-1])):
            trail.append(following)
        return trail

    def _next(self, row: Row) -> Row | None:
        if _same(row.start, row.to):
            return row
        ref = self.shelf.the(row.to)
        if ref and self.shelf.is_public(ref, row.locale):
            return None
        following = (each for ref in _meant(row.to) for each in self.starts.get(ref, ()))
        return next((each for each in following if each.meets(row)), None)

    def _finding(self, rule: str, row: Row, what: str, advice: str) -> Finding:
        return Finding(rule, self.path, what, advice, row.line)

    def _doubled(self, row: Row) -> Iterator[Finding]:
        for name in _left(row):
            for other in self.starts[name]:
                if other.line < row.line and other.meets(row):
                    what = f"Line {other.line} leads away from `{row.start}` already."
                    yield self._finding("redirect-duplicate", row, what, "Keep one of them.")
                    return

    def _misled(self, row: Row) -> Iterator[Finding]:
        trail, end = self._trail(row), self.end(row)
        way = " → ".join([row.start, *(each.to for each in trail)])
        if trail[-1] == row and len(trail) > 1:
            yield from self._circling(trail)
        elif end and len(trail) > 1:
            advice = f"Write `to: {trail[-1].to}`."
            yield self._finding("redirect-chain", row, f"This leads on: {way}.", advice)
        elif len(trail) == 1 and end is None:
            what = f"There is no article and no collection `{row.to}`."
            yield self._finding("redirect-target-missing", row, what, self._meant_instead(row.to))
        elif len(trail) == 1 and end and self._is_draft(end, row.locale):
            where = f" in {row.locale}" if row.locale else ""
            what = f"`{row.to}` has no text that readers meet{where}."
            advice = "Lead to something that is published."
            found = self._finding("redirect-target-missing", row, what, advice)
            yield replace(found, severity="warning")

    def _circling(self, trail: Sequence[Row]) -> Iterator[Finding]:
        """Said once, at the first line of a circle: one way out of it is enough."""
        if trail[0].line == min(each.line for each in trail):
            way = " → ".join(each.start for each in trail)
            advice = "Let one of them lead to what is there."
            what = f"This leads in a circle: {way}."
            yield self._finding("redirect-loop", trail[0], what, advice)

    def _is_draft(self, ref: Ref, locale: Locale | None) -> bool:
        if ref.kind == "collection":
            return False
        drafts, every = self.shelf.drafts[ref], self.shelf.languages[ref]
        return locale in drafts or drafts == every

    def _meant_instead(self, name: str) -> str:
        _, _, key = name.rpartition(":")
        now = self.shelf.former.get(key)
        if now:
            return f"It is called `{now}` now."
        near = nearest(key, [ref.key for ref in self.shelf.lives])
        return f"Did you mean `{near}`?" if near else "Write the key of what replaces it."

    def _shadowed(self, row: Row) -> Iterator[Finding]:
        for ref in _meant(row.start):
            if ref in self.shelf.lives and self.shelf.is_public(ref, row.locale):
                what = f"The {ref.kind} `{ref.key}` is there, so nothing has to lead away from it."
                advice = "Remove the redirect."
                if row.locale is None and ref.kind == "article":
                    advice = "Remove the redirect, or name the `locale:` in which it is gone."
                elif row.start == ref.key and ref.kind == "collection":
                    advice = f"Remove it; if an article is meant, write `from: article:{ref.key}`."
                yield self._finding("redirect-shadowed", row, what, advice)


def _same(start: str, to: str) -> bool:
    return not set(_meant(start)).isdisjoint(_meant(to))
