"""Formats for other programs: their shape, and that they never break what they stand in."""

from __future__ import annotations

import json
import re

import pytest

from publisher.cli import formats
from publisher.model import Key, Problem, Ref, Spot
from publisher.plan.changes import BODIES, REMOVALS, Change, Edit, Origin, Plan
from tests.terminal import run_in

FAULTY = {
    "en/one.md": "---\ntitle: One\ntitel: Uno\n---\nText.\n",
    "en/two.md": "# Two\n\n[nowhere](gone.md) and\n\n4. four\n",
}


@pytest.fixture
def faulty(tmp_path):
    for name, text in FAULTY.items():
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


# lint ------------------------------------------------------------------------------------------


def test_findings_as_text_begin_with_path_and_line(faulty):
    ended = run_in(faulty, "lint")
    assert ended.code == 3
    lines = ended.err.splitlines()
    assert lines[0].startswith("content/en/one.md:3: error[frontmatter-unknown-key] ")
    assert lines[1].startswith("content/en/two.md:3: error[link-unresolved] ")
    assert lines[2].startswith("content/en/two.md:5: warning[list-start] ")
    assert lines[-1] == "2 files read: 2 errors, 1 warning."


def test_findings_as_json_say_the_same(faulty):
    rows = run_in(faulty, "lint", "--format", "json").json
    assert [(row["path"], row["line"], row["rule"], row["severity"]) for row in rows] == [
        ("content/en/one.md", 3, "frontmatter-unknown-key", "error"),
        ("content/en/two.md", 3, "link-unresolved", "error"),
        ("content/en/two.md", 5, "list-start", "warning"),
    ]
    assert "title" in rows[0]["advice"]


def test_findings_stand_on_the_lines_of_a_pull_request(faulty):
    lines = run_in(faulty, "lint", "--format", "github").out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(
        "::error file=content/en/one.md,line=3,title=frontmatter-unknown-key::"
    )
    assert lines[2].startswith("::warning file=content/en/two.md,line=5,title=list-start::")


def test_a_workflow_command_cannot_be_broken_out_of():
    problem = Problem(
        rule="x", severity="error", what="100%\n::set-output", spot=Spot("a,b:c\n.md", 1)
    )
    said = formats.problems_as_github([problem])
    assert "\n" not in said
    assert "file=a%2Cb%3Ac%0A.md" in said
    assert "100%25%0A::set-output" in said


def test_findings_as_sarif_have_the_shape_of_2_1_0(faulty):
    sarif = run_in(faulty, "lint", "--format", "sarif").json
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "publisher"
    about = {rule["id"]: rule["shortDescription"]["text"] for rule in driver["rules"]}
    assert all(text and text != rule for rule, text in about.items())
    for result in run["results"]:
        assert result["ruleId"] in about
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("content/en/")
        assert place["region"]["startLine"] >= 1


def test_clean_content_is_an_empty_list_in_every_format(tmp_path):
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "a.md").write_text("# A\n\nText.\n")
    assert run_in(tmp_path, "lint", "--format", "json").json == []
    assert run_in(tmp_path, "lint", "--format", "github").out.strip() == ""
    assert run_in(tmp_path, "lint", "--format", "sarif").json["runs"][0]["results"] == []


def test_lint_can_look_at_a_few_files_and_still_knows_the_others(faulty):
    rows = run_in(faulty, "lint", "content/en/two.md", "--format", "json").json
    assert {row["path"] for row in rows} == {"content/en/two.md"}
    assert len(run_in(faulty, "lint", "content/en", "--format", "json").json) == 3
    assert run_in(faulty, "lint", "./content/en/two.md", "--format", "json").json == rows
    assert len(run_in(faulty, "lint", str(faulty / "content"), "--format", "json").json) == 3


def test_lint_refuses_a_path_that_is_not_there(faulty):
    ended = run_in(faulty, "lint", "content/en/too.md")
    assert ended.code == 64
    assert "content/en/too.md: there is no such file" in ended.err


def test_lint_refuses_a_path_outside_the_content(faulty):
    (faulty / "README.md").write_text("# Hello\n")
    ended = run_in(faulty, "lint", "content/en/two.md", "README.md")
    assert ended.code == 64
    assert "README.md: is not in the content folder (content)" in ended.err
    assert run_in(faulty, "lint", ".").code == 3, "the content folder is in it"


def test_lint_of_a_few_files_does_not_hide_what_is_wrong_with_the_whole(tmp_path):
    assert "content-missing" in run_in(tmp_path, "lint", ".").err
    (tmp_path / "content" / "en").mkdir(parents=True)
    assert "content-empty" in run_in(tmp_path, "lint", "content/en").err


# plan ------------------------------------------------------------------------------------------


@pytest.mark.socket
def test_a_plan_reads_the_same_in_every_format(story):
    planned = story.run("plan", "--format", "json").json
    text, markdown = story.run("plan").err, story.run("plan", "--format", "markdown").out
    assert [change["key"] for change in planned["changes"]]
    for change in planned["changes"]:
        for shown in (text, markdown):
            assert change["key"] in shown
            assert change["title"] in shown
            assert change["why"] in shown


@pytest.mark.socket
def test_a_plan_as_markdown_folds_its_diffs(story):
    story.apply()
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    shown = story.run("plan", "--format", "markdown").out
    assert shown.startswith("### Help center plan for `live`\n\n**Readers will notice: ")
    assert "<details><summary>billing/refunds</summary>\n\n```diff\n" in shown
    assert "\n- Within 14 days." in shown
    assert "\n+ Within 30 days." in shown
    assert shown.rstrip().splitlines()[-1].startswith("Plan: 1 to update; 3 unchanged.")


def change(number, **more):
    body = "".join(f"<p>Line {line} of {number}.</p>" for line in range(more.pop("lines", 3)))
    settings = {
        "verb": "update",
        "ref": Ref("article", Key(f"a/{number}")),
        "title": f"Title {number}",
        "why": "the English body changed",
        "stage": BODIES,
        "edits": (Edit(name="en.body", before="<p>Old.</p>", after=body),),
    }
    return Change(**{**settings, **more})


def plan_of(*changes, **more):
    return Plan(origin=Origin(target="live"), changes=changes, **more)


def fences_are_whole(text):
    """Every fence that opens closes, and every fold too."""
    runs = re.findall(r"^(`{3,})(\w*)$", text, flags=re.MULTILINE)
    assert len(runs) % 2 == 0
    for opening, closing in zip(runs[::2], runs[1::2], strict=True):
        assert opening == (closing[0], "diff")
        assert closing[1] == ""
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize(("count", "lines"), [(1, 3), (1, 5000), (40, 400), (3000, 1), (800, 20)])
def test_a_plan_as_markdown_is_never_longer_than_a_comment_may_be(count, lines):
    shown = formats.plan_as_markdown(plan_of(*(change(n, lines=lines) for n in range(count))))
    assert len(shown) <= 65_535
    fences_are_whole(shown)
    if count * lines > 3000:
        assert "in the plan file" in shown
    assert shown.rstrip().splitlines()[-1].startswith("Plan: ")


def test_a_single_line_that_is_too_long_is_left_out_whole():
    shown = formats.plan_as_markdown(plan_of(change(1, title="x" * 70_000), change(2)))
    assert len(shown) <= 65_535
    assert "in the plan file" in shown


def test_a_fence_is_longer_than_any_inside():
    body = "<pre><code>```\ninner\n````</code></pre>"
    edit = Edit(name="en.body", before="<p>Old.</p>", after=body)
    shown = formats.plan_as_markdown(plan_of(change(1, edits=(edit,))))
    outer = re.search(r"^(`+)diff$", shown, flags=re.MULTILINE)[1]
    assert shown.count(outer) == 2
    inner = max(len(run) for run in re.findall(r"`+", shown) if run != outer)
    assert len(outer) > inner


def test_a_title_cannot_break_out_of_its_cell():
    shown = formats.plan_as_markdown(
        plan_of(change(1, title="a | b <img src=x>", ref=Ref("article", Key("x|y"))))
    )
    (row,) = (line for line in shown.splitlines() if line.startswith("| update"))
    assert row.replace("\\|", "").count("|") == 4
    assert "<img" not in shown


def test_what_readers_lose_stands_first_in_markdown():
    gone = change(9, verb="delete", stage=REMOVALS, why="the file is gone", edits=())
    shown = formats.plan_as_markdown(plan_of(change(1), gone, stopped="too many removals."))
    assert shown.index("too many removals.") < shown.index("Taken away") < shown.index("a/1")
    assert "> [!CAUTION]" in shown


# show ------------------------------------------------------------------------------------------


@pytest.mark.socket
def test_a_saved_plan_is_shown_in_every_format(story):
    saved = story.folder / "plan.json"
    assert story.run("plan", "--out", str(saved)).code == 0
    shown = story.run("show", "plan.json")
    assert shown.code == 0
    assert "stale" not in shown.err
    assert "with publisher " in shown.err
    assert story.run("show", "plan.json", "--format", "json").out.strip() == (
        saved.read_text().strip()
    )
    assert story.run("show", "plan.json", "--format", "markdown").out.startswith("### Help center")


@pytest.mark.socket
def test_a_stale_plan_is_shown_and_says_so(story):
    story.run("plan", "--out", "plan.json")
    story.apply()
    shown = story.run("show", "plan.json")
    assert shown.code == 0
    assert "stale: the ledger has moved on" in shown.err
    assert "billing/refunds" in shown.err
    assert story.run("show", "plan.json", "--format", "json").json["id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no plan"),
        ("{}", "no plan of publisher"),
        ("[1]", "no plan of publisher"),
        ('{"format": "publisher-plan/99"}', "publisher-plan/99"),
        ('{"format": "publisher-plan/1"}', "damaged"),
    ],
)
def test_a_file_that_is_no_plan_is_a_sentence(text, said, tmp_path):
    (tmp_path / "plan.json").write_text(text)
    ended = run_in(tmp_path, "show", "plan.json")
    assert ended.code == 1
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.socket
def test_a_plan_that_was_edited_by_hand_is_refused(story):
    story.run("plan", "--out", "plan.json")
    path = story.folder / "plan.json"
    document = json.loads(path.read_text())
    document["changes"][0]["title"] = "Something else"
    path.write_text(json.dumps(document))
    for line in (["show", "plan.json"], ["apply", "plan.json"]):
        ended = story.run(*line)
        assert ended.code == 1
        assert "changed after it was made" in ended.err
    assert story.writes == []


# status ----------------------------------------------------------------------------------------


@pytest.mark.socket
def test_the_status_of_everything_as_text_and_as_json(story):
    assert story.run("status", "--detailed-exitcode").code == 2
    story.apply()
    settled = story.run("status", "--detailed-exitcode")
    assert settled.code == 0
    assert ", 0 drifted" in settled.err
    story.center.edit_by_hand(story.article("Refunds")["id"], title="Our refunds")
    story.edit("en/orders/cancel.md", "None.", "Some.")
    ended = story.run("status", "--detailed-exitcode", "--format", "json")
    assert ended.code == 2
    by_key = {(row["kind"], row["key"], row["locale"]): row["standing"] for row in ended.json}
    assert by_key["article", "billing/refunds", "en"] == "drift"
    assert by_key["article", "billing/refunds", "fr"] == "settled"
    assert by_key["article", "orders/cancel", "en"] == "update"
    text = story.run("status")
    assert text.code == 0
    assert "1 to update, 1 drifted" in text.err
