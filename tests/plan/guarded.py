"""A small site, and what becomes of it, for the tests of guards."""

from __future__ import annotations

from dataclasses import replace

from tests.plan.builders import (
    applied,
    article,
    as_ref,
    plan,
    site,
)

MANY = [article(f"a{number}", f"<p>Text {number}.</p>") for number in range(20)]


def without(wanted, *names):
    gone = {as_ref(name) for name in names}
    return replace(wanted, things={r: t for r, t in wanted.things.items() if r not in gone})


def left(*names, things, paper=lambda made: made, **policy):
    """The plan after these files went."""
    before = site(*things, *MANY)
    return plan(without(before, *names), paper(applied(before)), **policy)


def notice(made, rule):
    [found] = [each for each in made.notices if each.rule == rule]
    return found


X = site(article("x", "<p>X.</p>", title="X", fr="<p>F.</p>"), article("y", "<p>Y.</p>"))


def with_x(body="<p>X.</p>", **more):
    """The same site with another article x."""
    more = {"title": "X", "fr": "<p>F.</p>", **more}
    return site(article("x", body, **more), article("y", "<p>Y.</p>"))


LINKED = '<p><a href="article:x">x</a></p>'


def linked(state, **more):
    """Article y links to x, which has this state."""
    return site(article("x", "<p>X.</p>", en={"state": state}, **more), article("y", LINKED))


def with_english_only():
    return site(article("x", "<p>X.</p>", title="X"), article("y", "<p>Y.</p>"))
