"""A team's own rules over a plan: asked before every write; who cannot be asked has said no."""

import json

import pytest

from tests.often import every_day

pytestmark = pytest.mark.socket

GUARD = '''"""Articles on billing leave only when finance says so."""

from publisher import problem


def check_billing_stays(plan):
    for change in plan.changes:
        if change.verb in ("unpublish", "delete") and change.ref.key.startswith("billing/"):
            yield problem("error", "finance must agree.", change, advice="Ask in #finance.")


def check_size(plan):
    if len(plan.changes) > 3:
        yield problem("warning", f"{len(plan.changes)} things change at once.")
'''

FREEZE = """from publisher import problem


def check_freeze(plan):
    return [problem("error", "no")]
"""


@pytest.fixture
def guarded(story):
    """The small site, applied, with a policy."""
    story.configure(top='[policy]\nfiles = ["policy/*.py"]\n', on_removed="delete")
    law(story, GUARD)
    story.apply()
    return story


def law(story, text, name="guard.py"):
    path = story.folder / "policy" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_a_rule_that_says_no_stops_the_whole_plan_and_nothing_is_written(guarded):
    guarded.remove("en/billing/refunds.md")
    guarded.remove("fr/billing/refunds.md")
    guarded.edit("en/orders/cancel.md", "See [refunds](../billing/refunds.md).", "See nothing.")
    guarded.center.calls.clear()
    planned = guarded.run("plan")
    assert planned.code == 0
    assert "policy/billing-stays: billing/refunds: finance must agree." in planned.err
    assert "Ask in #finance." in planned.err
    assert "STOP: the policy of this repository does not allow this plan" in planned.err
    refused = guarded.run("apply", "--yes", "--allow-deletes", "billing/refunds")
    assert refused.code == 6
    assert guarded.writes == []


def test_a_rule_that_only_warns_is_heard_and_stops_nothing(story):
    story.configure(top='[policy]\nfiles = ["policy/guard.py"]\n')
    law(story, GUARD)
    applied = story.apply()
    assert "policy/size: 4 things change at once." in applied.err
    assert story.article("Refunds")["contents"]["en"]["state"] == "published"


def test_a_saved_plan_is_judged_again_by_the_policy_of_the_day(guarded):
    guarded.edit("en/orders/cancel.md", "None.", "One euro.")
    guarded.run("plan", "--out", "plan.json")
    law(guarded, FREEZE)
    guarded.center.calls.clear()
    refused = guarded.run("apply", "plan.json")
    assert refused.code == 6
    assert "policy/freeze: no" in refused.err
    assert guarded.writes == []


def test_a_stop_that_is_in_the_saved_plan_stays_though_the_policy_has_gone(guarded):
    guarded.remove("en/billing/refunds.md")
    guarded.remove("fr/billing/refunds.md")
    guarded.edit("en/orders/cancel.md", "See [refunds](../billing/refunds.md).", "See nothing.")
    guarded.run("plan", "--out", "plan.json", "--allow-deletes", "billing/refunds")
    guarded.configure(top="", on_removed="delete")
    refused = guarded.run("apply", "plan.json")
    assert refused.code == 6
    assert guarded.article("Refunds")


def test_what_a_rule_says_of_a_saved_plan_is_said_once(guarded):
    law(guarded, FREEZE.replace("error", "warning"))
    guarded.edit("en/orders/cancel.md", "None.", "One euro.")
    guarded.run("plan", "--out", "plan.json")
    assert guarded.run("apply", "plan.json").err.count("policy/freeze: no") == 1


def test_a_rollback_asks_the_policy_too(guarded):
    guarded.edit("en/orders/cancel.md", "None.", "One euro.")
    applied = guarded.apply("--report", "report.json")
    told = json.loads((guarded.folder / "report.json").read_text())["apply_id"]
    assert applied.code == 0
    law(guarded, FREEZE)
    assert guarded.run("rollback", told, "--yes").code == 6
    assert "One euro" in guarded.body("Cancel an order")


@pytest.mark.parametrize(
    ("text", "said"),
    every_day(
        5,
        [
            (
                "import nowhere_at_all\n",
                "policy/guard.py:1: the policy failed with ModuleNotFoundError",
            ),
            (
                "def check_x(plan):\n    return 1 / 0\n",
                "policy/guard.py:2: the policy failed with ZeroD",
            ),
            (
                "def check_x(plan):\n    exit(0)\n",
                "policy/guard.py:2: the policy failed with SystemExit",
            ),
            ("def check_x(plan)\n", "policy/guard.py:1: the policy failed with SyntaxError"),
            ("def check_x(plan):\n    yield 'no'\n", "`check_x` answers 'no'; a rule yields what"),
            ("def check_x(plan):\n    return True\n", "`check_x` answers True; a rule yields what"),
            ("def check_x():\n    pass\n", "the policy failed with TypeError"),
            (
                "class No(BaseException):\n    pass\ndef check_x(plan):\n    raise No('x')\n",
                "policy/guard.py:4: the policy failed with No: x",
            ),
            (
                "import publisher\ndef check_x(plan):\n    yield publisher.problem('fatal', 'a')\n",
                "policy/guard.py:3: the policy failed with ValueError: severity is 'fatal'",
            ),
            (
                "from publisher import Problem\n"
                "def check_x(plan):\n    yield Problem(rule='x', severity='fatal', what='a')\n",
                "`check_x` answers Problem(rule='x', severity='fatal'",
            ),
            (
                "import publisher\ndef check_x(plan):\n    yield publisher.problem('error', 3)\n",
                "`check_x` answers Problem(",
            ),
            (
                "from functools import partial\n"
                "def no(plan):\n    return 3\ncheck_x = partial(no)\n",
                "`check_x` answers 3",
            ),
            ("x = 1\n", "policy/guard.py: has no rule. Write a function whose name begins with"),
        ],
    ),
)
def test_a_policy_that_cannot_be_asked_stops_the_run_and_names_the_line(guarded, text, said):
    guarded.edit("en/orders/cancel.md", "None.", "One euro.")
    law(guarded, text)
    guarded.center.calls.clear()
    refused = guarded.run("apply", "--yes")
    assert refused.code == 6, str(refused)
    assert said in refused.err
    assert "Traceback" not in refused.err
    assert guarded.writes == []


def test_a_policy_that_names_no_file_is_no_policy_and_so_an_error(guarded):
    (guarded.folder / "policy" / "guard.py").unlink()
    refused = guarded.run("plan")
    assert refused.code == 64
    assert "“policy/*.py” names no file" in refused.err


@pytest.mark.parametrize("pattern", ["../*.py", "/etc/*.py", "", "."])
def test_a_policy_outside_of_the_repository_is_refused_by_its_name(guarded, pattern):
    guarded.configure(top=f"[policy]\nfiles = [{json.dumps(pattern)}]\n")
    assert guarded.run("plan").code == 64


def test_a_link_that_leads_out_and_a_file_of_the_content_are_never_run(guarded, tmp_path):
    outside = tmp_path.parent / f"{tmp_path.name}-outside.py"
    outside.write_text("raise SystemExit('ran')\n")
    (guarded.folder / "policy" / "link.py").symlink_to(outside)
    refused = guarded.run("plan")
    assert refused.code == 64
    assert "policy/link.py: a policy must lie in the folder of publisher.toml" in refused.err
    guarded.write({"x.py": "raise SystemExit('ran')\n"})
    guarded.configure(top='[policy]\nfiles = ["content/*.py"]\n')
    refused = guarded.run("plan")
    assert refused.code == 64
    assert "not in the content folder; it is not run" in refused.err


def test_what_a_policy_prints_never_gets_into_a_plan_for_machines(guarded):
    law(guarded, "print('hello')\n\n\ndef check_x(plan):\n    print('asked')\n")
    planned = guarded.run("plan", "--format", "json")
    assert planned.json["changes"] == []
    assert "hello" in planned.err
    assert "asked" in planned.err
    assert not list((guarded.folder / "policy").rglob("*.pyc"))


def test_lint_asks_no_policy(guarded):
    law(guarded, "raise RuntimeError('ran')\n")
    assert guarded.run("lint").code == 0


def test_rules_may_be_written_with_dataclasses(guarded):
    law(
        guarded,
        "from __future__ import annotations\n\nfrom dataclasses import dataclass\n\n\n@dataclass\n"
        "class Limit:\n    most: int = 1\n\n\ndef check_x(plan):\n    assert Limit().most == 1\n",
    )
    assert guarded.run("plan").code == 0
