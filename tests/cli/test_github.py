"""What a job on GitHub is told."""

from tests.terminal import run_in


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
