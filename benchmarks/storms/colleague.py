"""Somebody works in Intercom's editor at the same time. What must be left of it, who is to blame?

Each deed can be found again. After every write of ours all deeds on that thing are looked for.
One that is gone was lost in one of two ways, and the log of touches tells which:

    look … deed … write     it fell between our last look and our write: nobody can win that
                            without conditional writes, which Intercom has not. Counted.
    deed … look … write     we saw it, or never looked: a violation.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.colleague import Colleague, Deed
from storms.gate import Passed

Row = dict[str, Any]
KINDS = {"articles": "article", "collections": "collection", "sections": "collection"}
SILENT = ("unpublish", "publish", "move")
"""Deeds without a token: an author who comes to want the same agrees with them for good."""

TOKEN = re.compile(r" hand-[\d-]+")
ONE_ARTICLE = re.compile(r"/articles/(\d+)$")
AT_ONCE = 0.4
"""How often a deed falls on the very article that a request is about."""
STATES = {"publish": "published", "unpublish": "draft"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A deed that nothing has undone yet, and its number in the log of touches."""

    deed: Deed
    number: int


@dataclass(slots=True, kw_only=True)
class Office:
    """The colleague's side of a story. `share` of the requests are preceded by a deed.

    foreign   (kind, id) of what was never ours.
    renamed   ids of collections that were called otherwise while their creation was in doubt.
    settled   ids of collections whose creation is beyond doubt.
    hidden    ids that a deed took, or may have taken, from readers.
    lost      sentences about deeds that we undid though we could have known.
    replaces  our commands are told to replace what was edited by hand.
    begun     number of the last touch before the current commands began.
    """

    center: HelpCenter
    chance: Random
    seed: int
    weights: Mapping[str, float]
    tell: Callable[[str], None]
    colleague: Colleague = field(init=False)
    focus: str = ""
    share: float = 0.0
    begun: int = 0
    replaces: bool = False
    foreign: set[tuple[str, str]] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)
    standing: list[Standing] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.colleague = Colleague(self.center, seed=self.seed, weights=self.weights, may=self.may)

    def perhaps(self, path: str) -> None:
        """Before a request: do something, or mostly nothing; often to the very thing it is for."""
        with self._lock:
            if self.chance.random() >= self.share:
                return
            found = ONE_ARTICLE.search(path)
            self.focus = found[1] if found and self.chance.random() < AT_ONCE else ""
            self.act()
            self.focus = ""

    def may(self, kind: str, id: str) -> bool:
        """What the colleague asks before a deed."""
        return not self.focus or (kind != "rename" and id == self.focus)

    def act(self) -> None:
        """Do one thing at random."""
        with self._lock:
            states = self._states()
            deed = self.colleague.act()
            if deed is None:
                return
            if deed.kind == "create":
                self.foreign.add((deed.thing, deed.id))
            if deed.kind in ("unpublish", "delete", "move"):
                self.hidden.add(deed.id)
            if deed.kind == "rename" and deed.id not in self.settled:
                self.renamed.add(deed.id)
            if deed.kind == "publish":
                self._published(deed)
            says_more = deed.kind != "publish" or states[deed.id, deed.locale] == "draft"
            if says_more and not self._takes_back(deed):
                self.standing.append(Standing(deed, self._number(deed)))
            self.counts[f"deeds: {deed.kind}"] += 1
            self.tell(f"      {deed}")
            self._forget_undone()

    def _takes_back(self, deed: Deed) -> bool:
        """Whether a deed only undoes their own: it is again as we left it, and nobody can tell."""
        return deed.kind in STATES and any(
            (each.deed.id, each.deed.locale) == (deed.id, deed.locale)
            and each.deed.kind in STATES
            and each.deed.kind != deed.kind
            for each in self.standing
        )

    def _states(self) -> dict[tuple[str, str], str]:
        return {
            (row["id"], locale): content["state"]
            for row in self.center.rows("article")
            for locale, content in row["contents"].items()
        }

    def _published(self, deed: Deed) -> None:
        """What waited in the editor is now what readers see."""
        for place, each in enumerate(self.standing):
            staged = (each.deed.kind, each.deed.id) == ("draft", deed.id)
            if staged and each.deed.locale == deed.locale:
                live = replace(each.deed, kind="edit")
                self.standing[place] = Standing(live, self._number(deed))

    def _number(self, deed: Deed) -> int:
        for touch in reversed(self.center.touches):
            if (touch.way, touch.kind, touch.id) == ("hand", deed.thing, deed.id):
                return touch.number
        return 0

    def settle(self) -> None:
        """An apply came to its end: the collections of now are known."""
        self.settled = {row["id"] for row in self.center.rows("collection")}

    def name_again(self) -> None:
        """Asked whether a collection is ours, they give it the name it was made with."""
        for id in sorted(self.renamed):
            row = self.center.row("collection", id)
            for locale, name in row["names"].items() if row else ():
                if (former := TOKEN.sub("", name)) != name:
                    self.center.rename_by_hand(id, former, locale, kind="collection")
                    self.counts["named again"] += 1
                    self.tell(f"      a colleague calls collection {id} ({locale}) {former} again")
        self._forget_undone()

    def found_things(self) -> None:
        """Make a collection and two articles that are nobody's business but theirs."""
        make = self.center.create_by_hand
        shelf = make("collection", title="Theirs")
        first = make(title="A note", body='<p class="no-margin">Note.</p>', parent=shelf)
        second = make(title="Another note", body='<p class="no-margin">Note.</p>')
        self.foreign = {("collection", shelf), ("article", first), ("article", second)}

    def _forget_undone(self) -> None:
        """A deed may undo an earlier one; that is nobody's fault."""
        self.standing = [each for each in self.standing if self._holds(each.deed)]

    def _holds(self, deed: Deed) -> bool:
        return holds(deed, self.center.row(deed.thing, deed.id))

    def forget_agreed(self, wants: Callable[[Deed, Row], bool]) -> None:
        """Let go of deeds that the author's files want as well: they may change their mind."""
        with self._lock:
            self.standing = [each for each in self.standing if not self._agreed(each.deed, wants)]

    def _agreed(self, deed: Deed, wants: Callable[[Deed, Row], bool]) -> bool:
        row = self.center.row(deed.thing, deed.id)
        return deed.kind in SILENT and row is not None and wants(deed, row)

    # Judging

    def check(self, passed: Passed) -> None:
        """After a write of ours: is every deed on that thing still there?"""
        noun, _, id = passed.path.rpartition("/")
        kind = KINDS.get(noun.rpartition("/")[2])
        if not passed.writes or kind is None:
            return
        with self._lock:
            if (kind, id) in self.foreign and passed.status not in (0, 404, 429, 500, 503, 405):
                self.lost.append(f"{passed.method} on {kind} {id}, which is not ours")
            for each in self.standing:
                mine = (each.deed.thing, each.deed.id) == (kind, id)
                if mine and not self._holds(each.deed):
                    self._judge(each, passed)
            self._forget_undone()

    def _judge(self, each: Standing, passed: Passed) -> None:
        said = f"“{each.deed}” undone by {passed.method} {passed.path} (request {passed.number})"
        blame = self._blame(each)
        if self.replaces:
            self.counts["replaced as told"] += 1
        elif blame == "between":
            self.counts["unwinnable"] += 1
            self.tell(f"      unwinnable: {said}")
        elif passed.method == "DELETE":
            self.counts["deleted with its article"] += 1
        elif "sections" in passed.path:
            self.counts["not judged"] += 1
        else:
            self.lost.append(f"{said}: {blame}")

    def _blame(self, each: Standing) -> str:
        """Who could have known? Reads the touches of the thing from its last write backwards."""
        deed = each.deed
        mine = [t for t in list(self.center.touches) if (t.kind, t.id) == (deed.thing, deed.id)]
        writes = [touch.number for touch in mine if touch.way == "write"]
        last = writes[-1] if writes and writes[-1] > each.number else mine[-1].number + 1
        for touch in reversed([t for t in mine if t.number < last and t.way != "hand"]):
            if touch.number > each.number:
                if touch.way == "look":
                    return "it was seen"
                continue
            if touch.number <= self.begun:
                break
            return "between" if touch.way == "look" else "we wrote twice and looked once"
        return "never looked at"


def holds(deed: Deed, row: Row | None) -> bool:
    """Whether a deed still shows in the row of its thing."""
    if row is None or deed.kind == "delete":
        return row is None
    if deed.kind == "rename":
        return deed.token in row["names"].get(deed.locale, "")
    if deed.kind == "move":
        return deed.parent in row["parent_ids"]
    if deed.kind in ("publish", "unpublish"):
        return bool(row["contents"][deed.locale]["state"] == STATES[deed.kind])
    content = row["contents"].get(deed.locale) or {}
    staged = content.get("draft") or {}
    if deed.kind == "draft":
        return deed.token in staged.get(deed.field, "")
    return deed.token in content.get(deed.field, "") or deed.token in staged.get(deed.field, "")
