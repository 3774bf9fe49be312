"""The pipelines that `init` writes, and our own: least rights, pinned, and no stranger's code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from publisher.workflow.origin import requirement
from tests.terminal import run_in

ROOT = Path(__file__).parents[1]
OURS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
THEIRS = ("apply", "check", "drift", "plan", "rollback")
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")
MAY_WRITE = {
    "publisher-apply.yml": {"apply": {"contents"}},
    "publisher-drift.yml": {"drift": {"contents", "pull-requests"}},
    "publisher-plan.yml": {"plan": {"pull-requests"}},
    "publisher-rollback.yml": {"apply": {"contents"}},
}
"""The only rights to write in all of them."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What `init` writes for GitHub, by name."""
    folder = tmp_path_factory.mktemp("github")
    assert run_in(folder, "init", "--ci", "github").code == 0
    return {path.name: path for path in sorted((folder / ".github" / "workflows").iterdir())}


@pytest.fixture(scope="module")
def gitlab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gitlab")
    assert run_in(folder, "init", "--ci", "gitlab").code == 0
    return folder / ".gitlab-ci.yml"


def jobs(path):
    return yaml.safe_load(path.read_text())["jobs"]


def steps(paths):
    for path in paths:
        for job in jobs(path).values():
            yield from job["steps"]


def every(written):
    return [*written.values(), *OURS]


# What is written --------------------------------------------------------------------------------


def test_init_writes_one_file_for_each_task(written):
    assert list(written) == [f"publisher-{task}.yml" for task in THEIRS]


def test_no_mark_of_ours_is_left_and_what_is_installed_is_this_very_program(written, gitlab):
    for path in (*written.values(), gitlab):
        text = path.read_text()
        assert re.findall(r"@[A-Z]+@", text) == []
        assert set(re.findall(r"pip install .*?\"(.*)\"", text)) == {requirement()}


def test_a_pipeline_goes_to_the_root_of_the_repository_and_works_in_its_folder(tmp_path):
    subprocess.run(["git", "init", "-q", "-b", "trunk", str(tmp_path)], check=True)
    assert run_in(tmp_path, "init", "docs/help").code == 0
    path = tmp_path / ".github" / "workflows" / "publisher-apply.yml"
    made = yaml.safe_load(path.read_text())
    assert made["defaults"]["run"]["working-directory"] == "docs/help"
    assert made[True]["push"]["branches"] == ["trunk"], "YAML 1.1 reads `on` as true"
    assert "docs/help/.publisher/backup" in path.read_text()


@pytest.mark.parametrize(
    ("remote", "there", "missing"),
    [
        ("https://gitlab.com/a/b.git", ".gitlab-ci.yml", ".github"),
        ("git@github.com:a/b.git", ".github", ".gitlab-ci.yml"),
        ("https://git.example.com/a/b.git", ".github", ".gitlab-ci.yml"),
    ],
)
def test_the_remote_says_whose_pipeline_is_written(tmp_path, remote, there, missing):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", remote], check=True)
    assert run_in(tmp_path, "init").code == 0
    assert (tmp_path / there).exists()
    assert not (tmp_path / missing).exists()


def test_whoever_wants_no_pipeline_gets_none(tmp_path):
    assert run_in(tmp_path, "init", "--ci", "none").code == 0
    assert not (tmp_path / ".github").exists()
    assert not (tmp_path / ".gitlab-ci.yml").exists()


def test_a_pipeline_that_is_there_stays_as_it_is_and_init_says_what_to_set_up(tmp_path):
    mine = tmp_path / ".github" / "workflows" / "publisher-check.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n")
    made = run_in(tmp_path, "init", "--ci", "github")
    assert mine.read_text() == "mine\n"
    assert "INTERCOM_READ_TOKEN" in made.err
    assert "PUBLISHER_TARGET" in made.err


# Rights -----------------------------------------------------------------------------------------


def test_nothing_may_do_anything_until_a_job_says_so(written):
    for path in written.values():
        assert yaml.safe_load(path.read_text())["permissions"] == {}, path.name


def test_only_these_jobs_may_write_and_only_these_things(written):
    found = {}
    for path in written.values():
        for name, job in jobs(path).items():
            rights = {right for right, level in job["permissions"].items() if level == "write"}
            if rights:
                found.setdefault(path.name, {})[name] = rights
    assert found == MAY_WRITE


def test_our_own_may_only_read():
    for path in OURS:
        made = yaml.safe_load(path.read_text())
        for rights in (
            made["permissions"],
            *(j.get("permissions", {}) for j in jobs(path).values()),
        ):
            assert set(rights.values()) <= {"read"}, path.name


def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(written):
    for path in (*every(written), ROOT / "action.yml"):
        for line in path.read_text().splitlines():
            if found := re.search(r"uses:\s*(.*)", line):
                assert re.fullmatch(PINNED.pattern + r" # v\d+\.\d+\.\d+", found[1]), line


def test_every_file_pins_the_same_commit_of_an_action(written):
    found = {}
    for path in (*every(written), ROOT / "action.yml"):
        for action, commit in re.findall(r"uses: ([\w/-]+)@(\S+)", path.read_text()):
            found.setdefault(action, set()).add(commit)
    assert {action: len(commits) for action, commits in found.items()} == dict.fromkeys(found, 1)


def test_a_token_stays_in_the_checkout_only_where_something_is_pushed_or_a_ledger_read(written):
    keeps = set()
    for path in every(written):
        for name, job in jobs(path).items():
            for step in job["steps"]:
                if "actions/checkout@" in step.get("uses", ""):
                    assert "persist-credentials" in step["with"], path.name
                    keeps |= {(path.name, name)} if step["with"]["persist-credentials"] else set()
    assert keeps == {
        ("publisher-apply.yml", "apply"),
        ("publisher-drift.yml", "drift"),
        ("publisher-plan.yml", "plan"),
        ("publisher-rollback.yml", "plan"),
        ("publisher-rollback.yml", "apply"),
    }


# Strangers --------------------------------------------------------------------------------------


def test_no_workflow_runs_with_the_rights_of_this_repository_for_a_fork(written):
    for path in every(written):
        triggers = set(yaml.safe_load(path.read_text())[True])
        assert not triggers & {"pull_request_target", "workflow_run", "issue_comment"}, path.name


def test_no_job_with_a_secret_checks_out_what_somebody_proposes(written):
    trusted = {"${{ github.event.repository.default_branch }}", "${{ needs.content.outputs.base }}"}
    for path in every(written):
        triggers = yaml.safe_load(path.read_text())[True]
        for name, job in jobs(path).items():
            holds = "secrets." in str(job) or "github.token" in str(job) or "environment" in job
            outs = [s for s in job["steps"] if "actions/checkout@" in s.get("uses", "")]
            refs = {step["with"].get("ref", "") for step in outs}
            by_hand = set(triggers) == {"workflow_dispatch"} and "default_branch" in job.get(
                "if", ""
            )
            assert not holds or refs <= trusted or by_hand, (path.name, name)


def test_the_plan_takes_nothing_of_a_pull_request_but_its_content(written):
    made = jobs(written["publisher-plan.yml"])
    assert "secrets" not in str(made["content"])
    assert "environment" not in made["content"]
    ours = [line for line in map(str, runs(made["content"])) if "publisher" in line]
    assert ours == [], "what is checked out there is not read by anything of ours"
    assert "merge-base --is-ancestor HEAD" in str(made["plan"]), "the base is on our branch"


def runs(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def test_no_expression_stands_in_a_shell(written):
    for step in steps(every(written)):
        assert "${{" not in step.get("run", ""), step


def test_a_secret_goes_to_the_one_step_that_needs_it(written):
    for path in every(written):
        made = yaml.safe_load(path.read_text())
        assert "secrets" not in str(made.get("env", ""))
        for job in made["jobs"].values():
            assert "secrets" not in str(job.get("env", ""))


# Manners ----------------------------------------------------------------------------------------


def test_every_job_ends_by_itself(written):
    for path in every(written):
        for name, job in jobs(path).items():
            assert 0 < job["timeout-minutes"] <= 120, (path.name, name)


def test_what_writes_to_a_help_center_is_one_at_a_time_and_never_cancelled(written):
    apply = yaml.safe_load(written["publisher-apply.yml"].read_text())
    again = jobs(written["publisher-rollback.yml"])["apply"]
    once = {"group": "publisher-apply", "cancel-in-progress": False}
    assert (apply["concurrency"], again["concurrency"]) == (once, once)


def test_the_ledger_is_kept_whatever_became_of_the_apply(written):
    for name in ("publisher-apply.yml", "publisher-rollback.yml"):
        keeping = [s for s in jobs(written[name])["apply"]["steps"] if "ci keep" in str(s)]
        assert [step["if"] for step in keeping] == ["always()"]


def test_every_command_and_option_in_them_is_there(written, gitlab):
    said = "\n".join(path.read_text() for path in (*written.values(), gitlab))
    for line in re.findall(r"(?:^|[\s\"])publisher ((?:ci )?[a-z]+[^|>\n]*)", said):
        words = [word.strip('"') for word in line.split()]
        command = words[: 2 if words[0] == "ci" else 1]
        if command[0] not in ("ci", "lint", "plan", "apply", "rollback"):
            continue
        told = run_in(ROOT, *command, "--help")
        assert told.code == 0, line
        for option in (word for word in words if word.startswith("--")):
            assert option in told.out, line


# Linters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["regular", pytest.param("pedantic", marks=pytest.mark.slow)])
def test_zizmor_finds_nothing(written, tmp_path, persona):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path in every(written):
        (folder / path.name).write_text(path.read_text())
    (tmp_path / "action.yml").write_text((ROOT / "action.yml").read_text())
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [zizmor, "--offline", f"--persona={persona}", "--no-progress", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_they_are_what_the_schemas_of_the_forges_allow(written, gitlab):
    check("vendor.github-workflows", *every(written))
    check("vendor.github-actions", ROOT / "action.yml")
    check("vendor.gitlab-ci", gitlab)


def check(schema, *paths):
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, "--builtin-schema", schema, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_shell_can_read_every_script(written, gitlab):
    lines = [step["run"] for step in steps(every(written)) if "run" in step]
    for job in yaml.safe_load(gitlab.read_text()).values():
        lines += [*job.get("script", ()), *job.get("after_script", ())] if "script" in job else []
    read = ["bash", "-n", "-c", "\n".join(lines)]
    done = subprocess.run(read, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# GitLab -----------------------------------------------------------------------------------------


def test_on_gitlab_a_fork_gets_the_check_alone_and_an_apply_is_one_at_a_time(gitlab):
    made = yaml.safe_load(gitlab.read_text())
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in str(
        made["publisher-plan"]["rules"]
    )
    assert "rules" not in made["publisher-check"]
    for name in ("publisher-apply", "publisher-rollback"):
        assert made[name]["resource_group"] == "publisher-apply"
        assert made[name]["interruptible"] is False
        assert "ci keep" in str(made[name]["after_script"])


def test_on_gitlab_whoever_writes_begins_at_the_tip_of_the_branch(gitlab):
    made = yaml.safe_load(gitlab.read_text())
    for name in ("publisher-apply", "publisher-rollback"):
        lines = "\n".join(made[name]["script"])
        assert lines.index("git checkout --quiet --detach FETCH_HEAD") < lines.index("publisher ")
        assert made[name]["artifacts"]["public"] is False, "a backup holds drafts, too"


@pytest.mark.parametrize(
    ("job", "fetched"), [("", ""), ("12 34", "ci backup 12 34 --branch main\n")]
)
def test_on_gitlab_a_rollback_fetches_the_backup_of_the_job_that_is_named(gitlab, job, fetched):
    script = yaml.safe_load(gitlab.read_text())["publisher-rollback-plan"]["script"]
    stand_in = 'publisher() { (IFS=" "; echo "$*"); }\nset -eu\n'
    said = subprocess.run(
        ["bash", "-c", stand_in + "\n".join(script)],
        env={
            "PATH": "/usr/bin:/bin",
            "PUBLISHER_ROLLBACK_APPLY_ID": "0f",
            "PUBLISHER_ROLLBACK_JOB": job,
            "CI_DEFAULT_BRANCH": "main",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == f"{fetched}rollback 0f --out rollback.json\n"


def test_a_backup_is_fetched_by_us_and_not_from_whichever_run_is_named(written):
    path = written["publisher-rollback.yml"]
    (fetch,) = [step for step in jobs(path)["plan"]["steps"] if "if" in step]
    assert fetch["run"].startswith("publisher ci backup ")
    assert "run-id" not in path.read_text()


def test_on_gitlab_the_plan_reads_configuration_from_the_base(gitlab):
    lines = yaml.safe_load(gitlab.read_text())["publisher-plan"]["script"]
    order = [next(i for i, line in enumerate(lines) if part in line) for part in (
        "git archive", "git checkout", "ci content", "publisher plan",
    )]  # fmt: skip
    assert order == sorted(order)


# For others -------------------------------------------------------------------------------------


def test_the_action_takes_its_inputs_as_data():
    made = yaml.safe_load((ROOT / "action.yml").read_text())
    assert made["runs"]["using"] == "composite"
    for step in made["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_action_hands_on_whatever_a_plan_tells_a_job(tmp_path, monkeypatch):
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "a.md").write_text("# A\n\nText.\n")
    told = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(told))
    assert run_in(tmp_path, "plan", "--out", "plan.json").code == 0
    names = {line.partition("=")[0] for line in told.read_text().splitlines()}
    outputs = yaml.safe_load((ROOT / "action.yml").read_text())["outputs"]
    assert set(outputs) == names
    for name, output in outputs.items():
        assert output["value"] == f"${{{{ steps.run.outputs.{name} }}}}"


def test_nothing_that_lies_in_a_repository_is_imported(written, gitlab):
    for step in steps(written.values()):
        assert "python -m" not in step.get("run", ""), step
    for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]:
        assert "python" not in step.get("run", "") or "python -P " in step["run"]
    assert yaml.safe_load(gitlab.read_text())["variables"]["PYTHONSAFEPATH"] == "1"


def test_no_attribute_of_a_proposal_decides_what_is_archived(written, gitlab):
    packing = runs(jobs(written["publisher-plan.yml"])["content"])
    for text in (
        "\n".join(packing),
        "\n".join(yaml.safe_load(gitlab.read_text())["publisher-plan"]["script"]),
    ):
        assert text.index("-export-ignore -export-subst") < text.index("git archive")


def test_the_hook_for_pre_commit_lints():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "publisher-lint"
    assert hook["entry"].split()[:2] == ["publisher", "lint"]
    assert hook["language"] == "python"
