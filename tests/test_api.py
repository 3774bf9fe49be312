"""The verbs and nouns for a team's own scripts, as docs/python-api.md shows them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import publisher
from publisher import PublisherError, Repository, problem, read_plan, write_plan
from publisher.errors import ContentRefused, StalePlan

PAGE = Path(__file__).parents[1] / "docs" / "python-api.md"
ARTICLE = "---\ntitle: Refunds\n---\nWithin 14 days.\n"


@pytest.fixture
def folder(tmp_path):
    """A repository with one article and the embedded help center."""
    (tmp_path / "content" / "en" / "billing").mkdir(parents=True)
    (tmp_path / "content" / "en" / "billing" / "refunds.md").write_text(ARTICLE)
    return tmp_path


@pytest.fixture
def repository(folder):
    return Repository.at(folder, environment={})


def test_a_script_loads_plans_applies_and_has_nothing_left_to_do(repository):
    assert not repository.load().problems
    plan = repository.plan()
    assert [(change.verb, change.ref.key) for change in plan.changes] == [
        ("create", "billing"),
        ("create", "billing/refunds"),
    ]
    report = repository.apply(plan)
    assert report.exit_code == 0
    assert repository.plan().changes == ()


def test_a_plan_is_applied_once_whoever_asks(repository):
    plan = repository.plan()
    repository.apply(plan)
    with pytest.raises(StalePlan, match="may have been applied already"):
        repository.apply(plan)


def test_one_key_may_be_written_as_it_is(repository):
    plan = repository.plan("collection:billing")
    assert [change.ref.key for change in plan.changes] == ["billing"]


def test_a_plan_can_be_kept_in_a_file_and_read_again(repository, tmp_path):
    plan = repository.plan()
    write_plan(plan, tmp_path / "plan.json")
    assert repository.apply(read_plan(tmp_path / "plan.json")).exit_code == 0


def test_a_plan_that_is_none_is_an_error_and_no_traceback_of_another_kind(tmp_path):
    (tmp_path / "plan.json").write_bytes(b"\xff")
    for path in ("plan.json", "absent.json"):
        with pytest.raises(PublisherError, match="cannot read"):
            read_plan(tmp_path / path)


def test_what_was_edited_there_comes_home(repository, folder):
    repository.apply(repository.plan())
    (folder / "content" / "en" / "billing" / "refunds.md").unlink()
    pulled = repository.pull(["billing/refunds"], dry_run=True)
    assert pulled.heading


def test_content_with_errors_is_refused_with_its_problems(repository, folder):
    (folder / "content" / "en" / "billing" / "bad.md").write_text("---\ntitel: x\n---\nx\n")
    with pytest.raises(ContentRefused) as refusal:
        repository.plan()
    assert "frontmatter-unknown-key" in [each.rule for each in refusal.value.problems]
    assert refusal.value.exit_code == 3


def test_a_problem_names_the_file_of_its_change(repository):
    change = repository.plan().changes[1]
    made = problem("error", "no.", change, advice="Ask.")
    assert str(made.spot) == f"{change.path}:1"
    assert made.what == "billing/refunds: no."


def test_every_name_that_is_promised_is_there_and_nothing_else_is_pretended():
    for name in publisher.__all__:
        assert getattr(publisher, name) is not None
        assert name in dir(publisher)
    with pytest.raises(AttributeError, match="no attribute 'Publisher'"):
        publisher.Publisher  # noqa: B018 - it is looked for, and not there


def test_importing_the_package_imports_none_of_its_rooms():
    program = (
        "import sys, publisher\n"
        "print([name for name in sys.modules if name.startswith('publisher.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "block", re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.M | re.S)
)
def test_the_examples_of_the_page_run(block, folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CI", raising=False)
    scope = {"__name__": "example"}
    exec(compile(block, str(PAGE), "exec"), scope)
    for name, value in scope.items():
        if name.startswith("check_"):
            assert isinstance(list(value(Repository.at(folder).plan()) or ()), list)
