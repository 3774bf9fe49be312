"""A plan for a pull request: what it says, how it looks, and that it always fits and never breaks.

The whole look of a few plans is kept in `golden/`; `python -m tests.cli.test_markdown` writes it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from publisher.cli.escaping import GAP, clipped, code, length, one_line, plain
from publisher.cli.markdown import empty_as_markdown, is_worth_telling, plan_as_markdown
from publisher.model import Key, Problem, Reach, Ref, Spot
from publisher.plan.changes import BODIES, REMOVALS, Change, Edit, Origin, Plan
from tests.often import every_day, holds

GOLDEN = Path(__file__).parent / "golden"
MOST = 65_535
ORIGIN = Origin(
    target="production", made_at="2026-11-20T10:00:00Z", commit="0123456789abcdef0123456789abcdef"
)
RENDER = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def change(number, **more):
    body = "".join(f"<p>Line {line} of {number}.</p>" for line in range(more.pop("lines", 3)))
    settings = {
        "verb": "update",
        "ref": Ref("article", Key(f"a/{number}")),
        "id": str(number),
        "title": f"Title {number}",
        "why": "the English body changed",
        "stage": BODIES,
        "edits": (Edit(name="en.body", before="<p>Old.</p>", after=body),),
    }
    return Change(**{**settings, **more})


def removal(number, **more):
    settings = {"verb": "delete", "stage": REMOVALS, "why": "its file is gone", "edits": ()}
    return change(number, **{**settings, **more})


def plan_of(*changes, **more):
    counts = {verb: sum(c.verb == verb for c in changes) for verb in ("create", "update", "delete")}
    return Plan(**{"origin": ORIGIN, "changes": changes, "counts": counts, **more})


def conflict(what, *, rule="conflict", severity="error", path="content/en/a/1.md", advice=""):
    return Problem(rule=rule, severity=severity, what=what, advice=advice, spot=Spot(path, 3))


def everything():
    """One of each thing that a reviewer may meet."""
    moved = Edit(name="parent", before="billing", after="orders")
    title = Edit(name="fr.title", before="Remboursement", after="Remboursements")
    state = Edit(name="fr.state", before="published", after="draft")
    refunds = Edit(
        name="en.body",
        before="<p>Within 14 days.</p><p>Write to us.</p>",
        after="<p>Within 30 days.</p><p>Write to us.</p>",
    )
    return plan_of(
        change(0, verb="create", ref=Ref("collection", Key("billing")), title="Billing", edits=()),
        change(
            1,
            verb="create",
            ref=Ref("article", Key("billing/invoices")),
            title="Invoices",
            why="new",
            readers="draft",
            edits=(Edit(name="en.body", before=None, after="<p>Text.</p>"),),
        ),
        change(
            2, ref=Ref("article", Key("billing/refunds")), title="Refunds", edits=(refunds, title)
        ),
        change(3, verb="move", ref=Ref("article", Key("orders/cancel")), edits=(moved,)),
        change(4, ref=Ref("page", Key("handbook/hours")), title="Opening hours", edits=()),
        removal(
            5,
            ref=Ref("article", Key("orders/fax")),
            title="Order by fax",
            reach=Reach(views=1204, involved=400, resolved=312),
        ),
        removal(6, verb="unpublish", edits=(state,), title="Old", reach=Reach(views=0)),
        removal(7, ref=Ref("collection", Key("old")), title="Old things"),
        notices=(
            conflict("a note.", rule="title-long", severity="warning"),
            conflict(
                "billing/fees: the English body changed in Intercom and here since the last apply; "
                "their edit is kept and yours is not sent. Last edited there by Ana Ruiz on "
                "14 November 2026 at 10:22 UTC.",
                path="content/en/billing/fees.md",
                advice="look at it            https://help.example.com/en/articles/9\n"
                "bring both together   publisher pull billing/fees\n"
                "replace it            publisher apply --overwrite billing/fees",
            ),
        ),
    )


def large():
    """A plan of 3,000 changes in 60 collections, fifty removals among them."""
    changes = [
        change(n, ref=Ref("article", Key(f"collection-{n % 60:02}/article-{n}")), lines=4)
        for n in range(2950)
    ]
    lost = [
        removal(n, ref=Ref("article", Key(f"old/article-{n}")), reach=Reach(views=n))
        for n in range(50)
    ]
    drifts = [
        conflict(f"article-{n}: the English body changed in Intercom.", rule="drift")
        for n in range(40)
    ]
    return plan_of(*changes, *lost, notices=tuple(drifts))


PLANS = {
    "empty": plan_of,
    "everything": everything,
    "stopped": lambda: replace(
        everything(), stopped="it would remove 3 of 4 articles. To allow it: --allow-deletes 3"
    ),
    "large": large,
}


@functools.cache
def spelt(name):
    run = "https://github.com/acme/help/actions/runs/7"
    return plan_as_markdown(PLANS[name](), kept_in="plan.json", run=run)


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_looks_as_it_was_looked_at(name):
    assert spelt(name) == (GOLDEN / f"plan-{name}.md").read_text(encoding="utf-8")


def is_whole(text):
    """Every fence that opens closes, every fold too, and every row has its table's columns."""
    inside, columns = "", 0
    for line in text.splitlines():
        if inside:
            inside = "" if line == inside else inside
        elif found := re.fullmatch(r"(`{3,})\w*", line):
            inside = found[1]
        elif line.startswith("|"):
            columns = columns or line.count("|")
            assert line.count("|") == columns, line
        else:
            columns = 0
    assert not inside
    outside = re.sub(r"(?ms)^(`{3,})diff\n.*?^\1$", "", text)
    assert outside.count("<details>") == outside.count("</details>")
    assert outside.count("<summary>") == outside.count("</summary>") == outside.count("<details>")
    assert not re.search(r"<(?!/?(details|summary)>)", outside)


# It fits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "lines"), every_day(2, [(1, 3), (1, 5000), (12, 400), (400, 8)]))
def test_a_plan_is_never_longer_than_a_comment_may_be(count, lines):
    shown = plan_as_markdown(plan_of(*(change(n, lines=lines) for n in range(count))))
    assert length(shown) <= MOST
    is_whole(shown)
    if count * lines > 2500:
        assert "The whole is in the plan file: `publisher show PLAN.json`" in shown
    assert shown.splitlines()[-1].startswith("Plan: ")


def test_three_thousand_changes_are_counted_by_collection_and_every_removal_is_still_named():
    shown = spelt("large")
    is_whole(shown)
    assert length(shown) <= MOST
    for number in range(50):
        assert f"`old/article-{number}`" in shown
    for number in range(60):
        assert f"`collection-{number:02}/`" in shown
    assert "50 to update" in shown or "49 to update" in shown
    assert "The whole is in the plan file: `publisher show plan.json`" in shown


def test_even_a_thousand_removals_in_as_many_collections_fit():
    lost = [
        removal(n, ref=Ref("article", Key(f"{'long-' * 30}{n}/a")), title="t" * 500)
        for n in range(1000)
    ]
    shown = plan_as_markdown(plan_of(*lost, stopped="too many."))
    is_whole(shown)
    assert length(shown) <= MOST
    assert re.search(r"\*\*\d+ more\*\*, in no row here", shown)
    assert shown.index("STOP") < shown.index("Taken away from readers: 1000 articles")


def test_the_diffs_of_least_weight_are_left_out_first():
    words = change(1, lines=300)
    links = [replace(change(n, lines=300), cause="link") for n in range(2, 4)]
    shown = plan_as_markdown(plan_of(*links, words), limit=8000)
    assert "(a/1)</summary>" in shown
    assert "(a/3)</summary>" not in shown


def test_a_job_summary_takes_more():
    plan = plan_of(*(change(n, lines=100) for n in range(12)))
    assert "more diff" in plan_as_markdown(plan, limit=20_000)
    shown = plan_as_markdown(plan, limit=60_000)
    assert "more diff" not in shown
    assert 20_000 < length(shown) <= 60_000


def test_length_is_counted_in_units_of_utf_16():
    assert length("a😀é") == 4


# It cannot be broken out of ----------------------------------------------------------------------

NASTY = [
    "a | b <img src=x> </details> <script>",
    "@acme/support please read #12, !7, GH-3 and acme/help#4",
    "![x](https://evil.example/p.png) [y](javascript:alert(1)) www.evil.example https://evil.example",
    "``` ~~~ `code` **bold** _it_ \\` \\| $x$ :tada:",
    "first\n\n# second\r\n- third\u2028fourth\x00\x1b[31m",
    "\u202egnp.exe & &lt;b&gt; &#64;everyone",
]


@pytest.mark.parametrize("text", NASTY)
def test_words_of_others_stand_as_they_are_and_do_nothing(text):
    spelt = plain(text)
    assert "\n" not in spelt
    rendered = RENDER.renderInline(spelt)
    assert not re.search(r"<(?!/?p>)", rendered), rendered
    shown = re.sub(r"&(?:amp|lt|gt|quot);", _character, rendered).replace("\u200b", "")
    assert shown == one_line(text)
    assert not re.search(r"(?<!\u200b)[@#!](?=[\w])", rendered.replace("&#", "")), rendered


def _character(found):
    return {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}[found[0]]


@pytest.mark.parametrize("text", NASTY)
def test_a_plan_of_such_words_is_whole(text):
    nasty = change(1, title=text, why=text, ref=Ref("article", Key(f"{text}/{text}")))
    lost = removal(2, title=text, ref=Ref("article", Key(text)), why=text)
    noticed = conflict(text, advice=f"{text}   {text}", path=f"content/en/{text}.md")
    shown = plan_as_markdown(plan_of(nasty, lost, notices=(noticed,), stopped=text))
    is_whole(shown)
    assert not re.search(r"@\w", re.sub(r"`[^`\n]*`", "", shown)), shown


def test_a_fence_is_longer_than_any_inside():
    body = "<pre><code>```\ninner\n````</code></pre>"
    edit = Edit(name="en.body", before="<p>Old.</p>", after=body)
    shown = plan_as_markdown(plan_of(change(1, edits=(edit,))))
    is_whole(shown)
    outer = re.search(r"^(`+)diff$", shown, flags=re.MULTILINE)[1]
    assert len(outer) == 5


def test_a_key_is_code_unless_it_would_end_it():
    assert code("billing/refunds") == "`billing/refunds`"
    assert not set("`|<") & set(code("a`b|c<d"))


def test_a_long_text_is_parted_between_characters_as_people_see_them():
    family = "👩‍👩‍👧"
    assert clipped("e\u0301" * 10, 6) == "e\u0301e\u0301…"
    assert clipped(f"ab{family}", 4) == "ab…"
    assert clipped("short", 10) == "short"


def test_a_mention_is_parted_by_a_character_of_no_width():
    assert plain("@ana") == f"@{GAP}ana"


texts = st.one_of(
    st.text(max_size=80), st.sampled_from(NASTY), st.text("`|<>@#\\\n~[]*_ a", max_size=60)
)


@st.composite
def plans(draw):
    """Any plan: few things of any words, many times over."""
    changes = [
        draw(st.sampled_from([change, removal]))(
            n,
            title=draw(texts) * draw(st.sampled_from([1, 1, 60])),
            why=draw(texts),
            ref=Ref("article", Key(f"{draw(texts)}/{draw(texts)}")),
            edits=(
                Edit(
                    name=draw(st.sampled_from(["en.body", "fr.title"])),
                    before=draw(texts),
                    after=draw(texts) * draw(st.sampled_from([1, 500])),
                ),
            ),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    many = [
        replace(each, ref=Ref("article", Key(f"{n}{each.ref.key}")))
        for n in range(draw(st.sampled_from([1, 1, 90])))
        for each in changes
    ]
    notices = [
        conflict(
            draw(texts), advice=draw(texts), severity=draw(st.sampled_from(["error", "warning"]))
        )
        for _ in range(draw(st.integers(0, 3)))
    ] * draw(st.sampled_from([1, 80]))
    return plan_of(*many, notices=tuple(notices), stopped=draw(texts))


@holds(plans(), few=8, many=400)
def test_whatever_the_words_it_fits_and_its_fences_and_folds_balance(plan):
    shown = plan_as_markdown(plan, kept_in="plan.json")
    assert length(shown) <= MOST
    is_whole(shown)
    assert shown.splitlines()[-1].startswith("Plan: ")


# What it says -----------------------------------------------------------------------------------


def test_what_readers_lose_stands_first_with_the_readers_it_had():
    shown = plan_as_markdown(everything())
    assert "**read 1,204 times; Fin resolved 312 conversations with it**" in shown
    assert shown.index("Order by fax") < shown.index("billing/fees") < shown.index("Invoices")


def test_an_empty_plan_is_not_worth_a_comment_unless_something_stands_in_the_way():
    assert not is_worth_telling(plan_of())
    assert is_worth_telling(plan_of(change(1)))
    assert is_worth_telling(plan_of(notices=(conflict("x"),)))
    assert not is_worth_telling(plan_of(notices=(conflict("x", severity="warning"),)))
    assert "No changes" in empty_as_markdown(plan_of())


@pytest.mark.socket
def test_a_plan_as_markdown_folds_its_diffs(story):
    story.apply()
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    shown = story.run("plan", "--format", "markdown").out
    assert shown.startswith("### Help center plan for `live`\n\n**Readers will notice: ")
    assert "<details><summary>Refunds (billing/refunds)</summary>\n\n```diff\n" in shown
    assert "\n- Within 14 days." in shown
    assert "\n+ Within 30 days." in shown
    assert shown.rstrip().splitlines()[-1].startswith("Plan: 1 to update; 3 unchanged.")


if __name__ == "__main__":
    for name in PLANS:
        (GOLDEN / f"plan-{name}.md").write_text(spelt(name), encoding="utf-8")
