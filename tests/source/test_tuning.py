"""`[lint]` is refused where it names what does not exist, or a value that cannot be."""

from __future__ import annotations

import pytest

from publisher import config
from publisher.errors import ConfigError
from publisher.workflow.content import lint


def read(folder, table):
    (folder / "publisher.toml").write_text(f"[lint]\n{table}\n", "utf-8")
    (folder / "content" / "en").mkdir(parents=True, exist_ok=True)
    return lint(config.load(folder, environment={}))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('imge-alt = "off"', ("“imge-alt”", "Did you mean image-alt?")),
        ("imge-large = { max_mb = 3 }", ("“imge-large”", "Did you mean image-large?")),
        ("title-long = { maxx = 3 }", ("title-long", "“maxx”", "Did you mean max?")),
        ("image-alt = { max = 3 }", ("image-alt", "“max”", "no options")),
        ('title-long = { max = "3" }', ("max is '3'", "a number")),
        ("title-long = { max = true }", ("max is True", "a number")),
        ("title-long = { max = -1 }", ("max is -1", "not below 0")),
        ('email-address = { allow = "a.com" }', ("allow", "a list of texts")),
    ],
)
def test_a_slip_in_the_table_is_named_with_what_was_meant(tmp_path, table, words):
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, table)
    assert all(word in str(refused.value) for word in words)


def test_a_rule_can_be_graded_and_tuned_at_once(tmp_path):
    page = tmp_path / "content" / "en" / "b" / "a.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Refunds\n\nx\n", "utf-8")
    found = read(tmp_path, 'title-long = { severity = "error", max = 3 }').problems
    assert [(each.rule, each.severity) for each in found] == [("title-long", "error")]
