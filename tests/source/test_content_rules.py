"""The table of rules is complete, and every rule in it can be met."""

from __future__ import annotations

import ast
from pathlib import Path

from publisher import body, source
from publisher.source import RULES

ROOM = Path(source.__file__).parent


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def rules_given() -> set[str]:
    """What stands where `Finding` and its like take the name of a rule."""
    given = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = {"Finding": 0, "finding": 0, "_at": 1, "_Answer": 1}.get(name)
                if place is not None and len(node.args) > place:
                    argument = node.args[place]
                    given |= {argument.value} if isinstance(argument, ast.Constant) else set()
    return given


def test_every_rule_that_is_given_stands_in_the_table():
    assert rules_given() <= set(RULES)


def test_every_rule_of_the_table_is_given_somewhere():
    rooms = [*ROOM.glob("*.py"), *Path(body.__file__).parent.glob("*.py")]
    tables = ("rules", "findings")
    elsewhere = set().union(*(names_in(path) for path in rooms if path.stem not in tables))
    assert set(RULES) <= elsewhere


def test_every_rule_says_what_it_is_about_in_a_sentence():
    assert all(rule.about.endswith(".") and rule.about[0].isupper() for rule in RULES.values())
