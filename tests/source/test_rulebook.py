"""Every rule has a page; its example is found, and the mended one is not."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from publisher.body.findings import RULES as BODY_RULES
from publisher.source import RULES
from publisher.source.rules import page_of
from tests.terminal import run_in

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "rules"
ALONG = {"merge-conflict": {"blockquote"}}
"""Rule → what its example cannot avoid: Git's `>>>>>>>` are marks of a quotation."""
ON_THE_WEB = "web/test_outside.py::test_what_is_gone_or_has_moved_is_told_on_its_line"
ELSEWHERE = {
    "link-dead": (ON_THE_WEB, ON_THE_WEB),
    "link-moved": (ON_THE_WEB, ON_THE_WEB),
    "redirect-required": (
        "journeys/test_departures.py::"
        "test_an_article_that_is_removed_needs_a_redirect_and_the_advice_is_the_line_to_write",
        "journeys/test_departures.py::test_an_address_that_lives_needs_no_redirect",
    ),
}
"""Rule → the tests where it fires and where it is silent: it needs a history, or a network."""


def _loaded() -> ModuleType:
    sys.path.insert(0, str(FOLDER))  # as when it is run by hand
    try:
        spec = importlib.util.spec_from_file_location("rule_pages", FOLDER / "make.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(FOLDER))


make = _loaded()
IN_TEXT = sorted(name for name, rule in RULES.items() if rule.bad)


def rules_in(lines):
    return {make.rule_in(line) for line in lines}


@pytest.mark.parametrize("name", IN_TEXT)
def test_a_rule_fires_on_its_example_and_is_silent_when_that_is_mended(name):
    rule = RULES[name]
    assert rules_in(make.said(rule.bad)) == {name} | ALONG.get(name, set())
    assert rules_in(make.said(rule.good)) == set()


@pytest.mark.parametrize("name", sorted(make.SCENES))
def test_a_rule_fires_on_its_scene_and_is_silent_when_that_is_mended(name):
    found, mended = make.said_of_scene(name)
    assert rules_in(found) == {name}
    assert rules_in(mended) == set()


def test_every_rule_has_an_example_of_one_kind():
    kinds = [set(IN_TEXT), set(make.SCENES), set(ELSEWHERE)]
    assert set().union(*kinds) == set(RULES)
    assert sum(map(len, kinds)) == len(RULES)


@pytest.mark.parametrize("name", sorted(name for name, rule in RULES.items() if rule.options))
def test_the_options_that_a_page_shows_are_taken(name, tmp_path):
    advice = make.page(name).partition("## Change it")[2]
    shown = re.findall(rf"^\[lint\]\n{name} = .*$", advice, re.MULTILINE)
    assert len(shown) == 2
    (tmp_path / "content" / "en").mkdir(parents=True)
    for lines in shown:
        (tmp_path / "publisher.toml").write_text(lines)
        outcome = run_in(tmp_path, "lint")
        assert outcome.code == 0, outcome.err


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_rule_that_needs_more_than_files_is_met_elsewhere(name):
    for where in ELSEWHERE[name]:
        file, _, test = where.partition("::")
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert name in text
        assert f"\ndef {test}(" in text


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_says_why_it_matters(name):
    rule = RULES[name]
    assert rule.why.endswith(".")
    assert len(rule.why.split()) >= 20
    assert rule.about not in rule.why


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_page_of_a_rule_is_what_the_rule_says(name):
    page = (ROOT / page_of(name)).read_text(encoding="utf-8")
    assert page == make.page(name), "run docs/rules/make.py"


def test_the_list_names_all_rules_and_no_page_is_left_of_one_that_is_gone():
    assert (FOLDER / make.LIST).read_text(encoding="utf-8") == make.table()
    assert {path.stem for path in FOLDER.glob("*.md")} == {*RULES, "README"}


def test_the_tables_of_the_guide_are_what_the_rules_say():
    text = make.GUIDE.read_text(encoding="utf-8")
    assert text == make.guide(text), "run docs/rules/make.py"


def test_what_bodies_complain_about_stands_in_the_book():
    assert set(BODY_RULES) <= set(RULES)
    for name in BODY_RULES:
        assert RULES[name].about == BODY_RULES[name]
