"""What a job on GitHub is told."""

import pytest

from publisher.cli import github
from publisher.cli.escaping import length
from publisher.config import Config
from tests.cli.test_markdown import change, plan_of
from tests.terminal import run_in


@pytest.fixture
def folder(tmp_path):
    article = tmp_path / "content" / "en" / "a.md"
    article.parent.mkdir(parents=True)
    article.write_text("# A\n\nText.\n")
    return tmp_path


def test_a_plan_goes_into_the_jobs_summary_and_its_counts_into_the_outputs(tmp_path, monkeypatch):
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    output.write_text("before=1\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    article = tmp_path / "content" / "en" / "a.md"
    article.parent.mkdir(parents=True)
    article.write_text("# A\n\nText.\n")
    assert run_in(tmp_path, "plan", "--out", "p.json").code == 0
    assert summary.read_text().startswith("### Help center plan for `local`")
    lines = output.read_text().splitlines()
    assert lines[0] == "before=1"
    assert {"has-changes=true", "create=1", "update=0", "plan-file=p.json"} <= set(lines)


def test_without_them_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "a.md").write_text("# A\n\nText.\n")
    assert run_in(tmp_path, "plan").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".publisher", "content"]


def test_a_job_on_gitlab_gets_its_outputs_as_variables(folder):
    assert run_in(folder, "plan", "--out", "p.json", "--outputs", "plan.env").code == 0
    lines = (folder / "plan.env").read_text().splitlines()
    assert {"PLAN_HAS_CHANGES=true", "PLAN_STOPPED=false", "PLAN_CREATE=1"} <= set(lines)
    assert "PLAN_FILE=p.json" in lines


def test_an_output_of_several_lines_cannot_name_another():
    spelt = github.as_outputs({"plan-file": "a\nhas-changes=false", "create": "1"})
    first, *_, last, create = spelt.splitlines()
    name, _, end = first.partition("<<")
    assert (name, last, create) == ("plan-file", end, "create=1")
    assert github.as_variables({"plan-file": "a\nb=c"}) == "PLAN_FILE=a b=c\n"


def test_what_an_apply_did_goes_into_the_summary_and_the_outputs(folder, monkeypatch):
    summary, output = folder / "summary.md", folder / "output"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    assert run_in(folder, "apply", "--yes").code == 0
    assert summary.read_text().startswith("### Help center: applied to `local`\n\n```\nApplied: 1 ")
    assert "\x1b" not in summary.read_text()
    assert {"exit-code=0", "failed=0"} <= set(output.read_text().splitlines())


def test_a_summary_that_is_nearly_full_gets_a_shorter_plan(tmp_path):
    plan = plan_of(*(change(n, lines=100) for n in range(40)))
    lengths = []
    for before in (0, 2**20 - 70_000):
        summary = tmp_path / f"{before}.md"
        summary.write_text("x" * before)
        github.hand_over(plan, Config(root=tmp_path, github_summary=str(summary)))
        lengths.append(length(summary.read_text()) - before)
        assert summary.stat().st_size <= github.SUMMARY
    assert lengths[0] > lengths[1]
