"""What the doctor says of the repository around a target."""

import json
import subprocess

import pytest

from publisher import __version__
from publisher.workflow.origin import UNKNOWN, requirement
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket


@pytest.fixture
def patient(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path) as made:
        made.write(SMALL)
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-qm", "begin")
        yield made


def git(folder, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


def found(world):
    ended = world.run("doctor", "--format", "json")
    return {check["name"]: check for check in ended.json}, ended.code


def test_a_repository_in_order_has_nothing_but_good_news(patient):
    patient.configure(assets_url="https://cdn.example.com/{name}")
    checks, code = found(patient)
    assert code == 0
    assert {name for name, check in checks.items() if check["state"] != "ok"} == set()
    assert checks["version"]["what"] == f"publisher {__version__}"
    assert checks["content"]["what"] == "5 files, no errors"
    assert patient.writes == []


def test_content_with_errors_is_a_failure_that_names_the_way(patient):
    patient.write({"en/bad.md": "---\ntitel: x\n---\nx\n"})
    checks, code = found(patient)
    assert code == 1
    assert checks["content"]["state"] == "failed"
    assert "publisher lint" in checks["content"]["advice"]


def test_a_policy_is_loaded_and_its_rules_are_named(patient):
    patient.configure(top='[policy]\nfiles = ["policy/*.py"]\n')
    policy = patient.folder / "policy" / "guard.py"
    policy.parent.mkdir()
    policy.write_text("def check_size(plan):\n    pass\n")
    assert found(patient)[0]["policy"]["what"] == "1 rule (policy/size)"
    policy.write_text("def check_size(plan)\n")
    checks, code = found(patient)
    assert code == 1
    assert "policy/guard.py:1" in checks["policy"]["what"]


def test_a_version_that_the_repository_does_not_want_is_a_failure(patient):
    patient.configure(top='requires = ">=99"\n')
    checks, code = found(patient)
    assert code == 1
    assert checks["version"]["state"] == "failed"


def test_a_shallow_clone_is_told_with_its_remedy(patient):
    assert found(patient)[0]["history"]["state"] == "ok"
    git(patient.folder, "commit", "-q", "--allow-empty", "-m", "more")
    (patient.folder / ".git" / "shallow").write_bytes(
        subprocess.run(
            ["git", "-C", str(patient.folder), "rev-parse", "HEAD"], capture_output=True, check=True
        ).stdout
    )
    history = found(patient)[0]["history"]
    assert history["state"] == "warning"
    assert "fetch-depth: 0" in history["advice"]


def told_of_jobs(patient, **files):
    jobs = patient.folder / ".github" / "workflows"
    jobs.mkdir(parents=True, exist_ok=True)
    for name, asked in files.items():
        (jobs / f"{name}.yml").write_text(f'run: pip install "{asked}"\n')
    return found(patient)[0]["jobs"]


def test_jobs_that_install_this_program_are_fine(patient):
    there = requirement() if requirement() != UNKNOWN else "publisher @ git+https://a.example/p@1"
    assert told_of_jobs(patient, apply=there)["state"] == "ok"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("publisher[s3]==0.0.1", "runs another version than"),
        (f"publisher=={__version__}", "installs whatever an index calls publisher"),
        (UNKNOWN, "does not say where publisher is kept"),
        (UNKNOWN.replace(" @", "[s3] @"), "does not say where publisher is kept"),
    ],
)
def test_jobs_that_install_another_program_are_named(patient, asked, words):
    told = told_of_jobs(patient, plan=asked)
    assert told["state"] == "warning"
    assert f".github/workflows/plan.yml {words}" in told["what"]
    assert "write “publisher @ git+" in told["advice"]


def test_a_token_that_only_reads_is_enough_for_the_doctor_who_says_what_is_not(
    patient, monkeypatch
):
    monkeypatch.setenv("INTERCOM_READ_TOKEN", "reads")
    monkeypatch.delenv("INTERCOM_ACCESS_TOKEN")
    checks, _ = found(patient)
    assert "apply does not" in checks["write token"]["what"]


def test_a_ledger_of_another_workspace_is_a_failure(patient):
    patient.apply()
    ledger = patient.folder / ".publisher" / "live.json"
    row = json.loads(ledger.read_text())
    ledger.write_text(json.dumps({**row, "workspace": "elsewhere"}))
    checks, code = found(patient)
    assert code == 1
    assert "belongs to workspace elsewhere" in checks["workspace"]["what"]
