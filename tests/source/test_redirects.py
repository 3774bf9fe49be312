"""redirects.yml: what is read of it, and what is wrong in which line."""

from __future__ import annotations

import pytest

from publisher.model import ContentRules, Redirect, Ref
from publisher.source.mending import mended
from publisher.source.redirects import retargeted, row, rows_in, without_rows

SITE = {
    "en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "en/billing/refunds.md": "---\ntitle: Refunds\nwas: billing/money\n---\n\nText.\n",
    "fr/billing/refunds.md": "---\ntitle: Remboursements\nstate: draft\n---\n\nTexte.\n",
    "en/billing/plans.md": "---\ntitle: Plans\nstate: draft\n---\n\nText.\n",
    "en/orders.md": "# Orders\n\nText.\n",
    "en/orders/cancel.md": "# Cancel\n\nText.\n",
}
UNSENT = ("key-without-effect", "redirects.yml", 1)


@pytest.fixture
def said(content):
    """What is complained about in a redirects.yml, as (rule, line); the one warning apart."""

    def complaints(text):
        content.add({**SITE, "redirects.yml": text})
        found = [each for each in content.problems() if each[1] == "redirects.yml"]
        return [(rule, line) for rule, _, line in found if rule != "key-without-effect"]

    return complaints


def test_redirects_stand_in_the_site_in_their_order(content):
    rows = (
        "- from: gone\n  to: billing/refunds\n  locale: en\n  target: live\n"
        "- {from: /en/articles/7-old/, to: orders}\n"
        "- {from: collection:off, to: collection:orders}\n"
    )
    content.add({**SITE, "redirects.yml": rows})
    assert content.load().site.redirects == (
        Redirect(start="gone", to=Ref("article", "billing/refunds"), locale="en", target="live"),
        Redirect(start="/en/articles/7-old", to=Ref("article", "orders")),
        Redirect(start="collection:off", to=Ref("collection", "orders")),
    )
    assert [each.spot.line for each in content.load().site.redirects] == [1, 5, 6]
    assert content.problems() == [UNSENT]


def test_without_the_file_and_with_an_empty_one_there_is_nothing_to_say(content):
    content.add(SITE)
    assert content.problems() == []
    content.add({"redirects.yml": "# none yet\n"})
    assert content.problems() == []
    assert content.load().site.redirects == ()


def test_that_nothing_is_sent_yet_is_said_once(content):
    content.add({**SITE, "redirects.yml": "- {from: a, to: orders}\n- {from: b, to: orders}\n"})
    assert content.problems() == [UNSENT]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("from: a\nto: orders\n", 1, "not a list"),
        ("# first\n- from: a\n", 2, "does not say `to:`"),
        ("- to: orders\n", 1, "does not say `from:`"),
        ("- from: a\n  too: orders\n", 2, "Did you mean `to`?"),
        ("- from: a\n  to: orders\n  locle: fr\n", 3, "Did you mean `locale`?"),
        ("- from: a\n  to: orders\n  to: orders\n", 3, "stands twice"),
        ("- from: a\n  to: orders\n  locale: fx\n", 3, "no locale of Intercom"),
        ("- from: a\n  to: [orders]\n", 2, "is not one text"),
        ("- a: b: c\n", 1, "not YAML"),
        ("- just text\n", 1, "is no redirect"),
        (
            "- from: https://help.example.com/en/articles/1-a\n  to: orders\n",
            1,
            "from: /en/articles",
        ),
        ("- from: /en/articles/1-a#b\n  to: orders\n", 1, "cannot be a path"),
        ("- from: a\n  to: /en/articles/1-a\n", 2, "is an address"),
        ("- from: a\n  to: en/orders.md\n", 2, "without .md"),
        ("- from: '#1'\n  to: orders\n", 1, "begins with `#`"),
        ("- [\n", 2, "not YAML"),
    ],
)
def test_what_cannot_be_understood_is_said_at_its_line(text, line, what, content):
    content.add({**SITE, "redirects.yml": text})
    problem = content.the("redirect-invalid")
    assert problem.spot.line == line
    assert what in f"{problem.what} {problem.advice}"
    assert problem.severity == "error"


def test_a_row_that_cannot_be_understood_does_not_hide_the_others(content):
    content.add({**SITE, "redirects.yml": "- {from: a}\n- {from: b, to: orders}\n"})
    assert [each.start for each in content.load().site.redirects] == ["b"]


@pytest.mark.parametrize("name", ["redirects.yaml", "en/redirects.yml"])
def test_a_file_of_another_name_or_in_another_place_is_not_read_and_that_is_said(content, name):
    content.add({**SITE, name: "- {from: a, to: nowhere}\n"})
    assert content.problems() == [("redirect-invalid", name, 1)]


@pytest.mark.parametrize(
    ("to", "advice"),
    [
        ("billing/refund", "Did you mean `billing/refunds`?"),
        ("billing/money", "It is called `billing/refunds` now."),
        ("collection:ordrs", "Did you mean `orders`?"),
        ("zzz", "Write the key"),
    ],
)
def test_a_target_that_is_not_there_is_named_with_what_was_meant(to, advice, content):
    content.add({**SITE, "redirects.yml": f"- from: a\n  to: {to}\n"})
    problem = content.the("redirect-target-missing")
    assert advice in problem.advice
    assert problem.severity == "error"
    assert content.load().site.redirects == ()


def test_a_target_that_nobody_reads_is_a_warning_in_that_language(said, content):
    assert said("- {from: a, to: billing/plans}\n") == [("redirect-target-missing", 1)]
    assert content.the("redirect-target-missing").severity == "warning"
    assert said("- {from: a, to: billing/refunds, locale: fr}\n") == [
        ("redirect-target-missing", 1)
    ]
    assert said("- {from: a, to: billing/refunds, locale: en}\n") == []
    assert said("- {from: a, to: billing/refunds}\n") == []


def test_a_circle_is_said_once_at_the_first_of_its_lines(said):
    rows = (
        "- {from: a, to: b}\n- {from: b, to: a}\n- {from: x, to: a}\n- {from: orders, to: orders}\n"
    )
    assert said(rows) == [("redirect-loop", 1), ("redirect-loop", 4)]


def test_a_chain_is_followed_and_the_advice_is_its_end(said, content):
    rows = "- {from: a, to: b}\n- {from: b, to: c}\n- {from: c, to: orders}\n"
    assert said(rows) == [("redirect-chain", 1), ("redirect-chain", 2)]
    problems = [e for e in content.load().problems if e.rule == "redirect-chain"]
    assert {each.advice for each in problems} == {"Write `to: orders`."}
    assert {each.severity for each in problems} == {"warning"}
    assert {each.to for each in content.load().site.redirects} == {Ref("article", "orders")}


def test_what_holds_in_other_languages_or_targets_leads_no_chain_and_is_no_double(said):
    assert said("- {from: a, to: orders, locale: fr}\n- {from: a, to: orders, locale: en}\n") == []
    assert said("- {from: a, to: orders, target: x}\n- {from: a, to: orders, target: y}\n") == []
    rows = "- {from: b, to: a, locale: en}\n- {from: a, to: orders, locale: fr}\n"
    assert said(rows) == [("redirect-target-missing", 1)]


def test_the_second_of_two_from_one_address_is_an_error(said):
    rows = "- {from: /a, to: orders}\n- {from: /a/, to: billing/refunds, locale: fr}\n"
    assert ("redirect-duplicate", 2) in said(rows)
    rows = "- {from: gone, to: orders}\n- {from: collection:gone, to: orders}\n"
    assert said(rows) == [("redirect-duplicate", 2)]


def test_what_is_there_needs_no_redirect_unless_it_is_hidden(said):
    assert said("- {from: billing/refunds, to: orders}\n") == [("redirect-shadowed", 1)]
    assert said("- {from: billing/refunds, to: orders, locale: fr}\n") == []
    assert said("- {from: billing/plans, to: orders}\n") == []
    assert said("- {from: billing, to: orders}\n") == [("redirect-shadowed", 1)]
    assert said("- {from: article:billing, to: orders}\n") == []


def test_new_targets_are_written_where_the_old_ones_stood():
    text = "- from: a # why\n  to: 'b'  # because\n- {to: article:b, from: b}\n"
    new = retargeted(text, {"b": "c d: e", "article:b": "article:c"})
    assert new == '- from: a # why\n  to: "c d: e"  # because\n- {to: article:c, from: b}\n'


@pytest.mark.parametrize("start", ["a/b", "collection:a", "ä/ü", "a, b", "null", "a: b", "it's"])
def test_a_redirect_that_is_written_is_read_again(start):
    [read], findings = rows_in("", row(start, start, "fr") + "\n")
    assert (read.start, read.to, read.locale, findings) == (start, start, "fr", [])
    assert without_rows(f"# kept\n{row(start, 'x')}\n", {start}) == "# kept\n"


def test_what_redirects_lead_to_is_followed_when_files_move():
    rows = b"- {from: a, to: billing/refunds} # one\r\n- {from: b, to: orders}\r\n"
    files = {name: text.encode() for name, text in SITE.items()} | {"redirects.yml": rows}
    moves = {f"{each}/billing/refunds.md": f"{each}/money.md" for each in ("en", "fr")}
    drafts = mended(files, moves, ContentRules())
    assert drafts["redirects.yml"] == rows.replace(b"billing/refunds", b"money")
    files["redirects.yml"] = b"- {from: b, to: orders}\n"
    assert "redirects.yml" not in mended(files, moves, ContentRules())
