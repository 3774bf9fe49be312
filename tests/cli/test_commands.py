"""The smaller commands: init, demo, serve, state, doctor, schema, and apply's options."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import tomllib
import urllib.request

import frontmatter
import pytest
from jsonschema import Draft202012Validator

from tests.terminal import PROGRAM, ROOT, environment, process, run_in
from tests.world import SMALL, TOKEN, world


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


# init ------------------------------------------------------------------------------------------


def test_init_makes_a_repository_that_lint_has_nothing_to_say_about(tmp_path):
    made = run_in(tmp_path, "init", "help")
    assert made.code == 0
    assert "wrote help/publisher.toml" in made.err
    assert made.err.endswith("\nNext: cd help && publisher demo\n")
    assert (tmp_path / "help" / ".gitignore").read_text().count(".publisher/")
    linted = run_in(tmp_path / "help", "lint")
    assert linted.code == 0
    assert "nothing to complain about" in linted.err
    again = run_in(tmp_path, "init", "help")
    assert again.err == "Everything is there already.\n"


def test_init_leaves_what_is_there_as_it_is(tmp_path):
    (tmp_path / "publisher.toml").write_text('content = "docs"\n')
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "mine.md").write_text("# Mine\n\nText.\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ended = run_in(tmp_path, "init", "--ci", "none")
    assert ended.code == 0
    assert ended.err.endswith("\nNext: publisher demo\n")
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    new = {path.relative_to(tmp_path).as_posix() for path in after.keys() - before.keys()}
    schemas = {f".publisher/schema/{name}.json" for name in ("config", "frontmatter", "redirects")}
    assert new == {".gitignore"} | schemas
    assert after | before == after


def test_what_init_writes_tells_editors_which_keys_there_are(tmp_path):
    run_in(tmp_path, "init")
    for name, hint in (
        ("publisher.toml", r"^#:schema (\S+)$"),
        ("content/redirects.yml", r"^# yaml-language-server: \$schema=(\S+)$"),
    ):
        file = tmp_path / name
        (schema,) = re.findall(hint, file.read_text().splitlines()[0])
        Draft202012Validator.check_schema(json.loads((file.parent / schema).read_text()))


def test_init_where_nothing_can_be_written_is_a_sentence(tmp_path):
    (tmp_path / "help").write_text("in the way")
    ended = run_in(tmp_path, "init", "help")
    assert ended.code == 1
    assert "cannot write to help" in ended.err


# demo ------------------------------------------------------------------------------------------


def test_the_demo_tells_the_whole_story_and_ends(tmp_path):
    run_in(tmp_path, "init")
    port = free_port()
    ended = process(tmp_path, "demo", "--no-serve", "--port", str(port))
    assert ended.code == 0, str(ended)
    assert ended.out == ""
    told = ended.err
    assert told.index("$ publisher plan") < told.index("$ publisher apply --yes")
    assert "to create; 0 unchanged" in told
    assert "Nothing to do." in told[told.rindex("$ publisher plan") :]
    assert told.endswith(
        f"\nTo look at it: publisher serve --db .publisher/demo.db --port {port}\n"
    )
    assert "http://" not in told, "nothing listens any more"
    assert not (tmp_path / ".publisher" / "local.json").exists(), "the demo is a target of its own"


@pytest.mark.slow
def test_the_demo_that_is_over_can_be_looked_at_as_it_says(tmp_path):
    run_in(tmp_path, "init", "help")
    port = free_port()
    ended = process(tmp_path, "demo", "--no-serve", "-C", "help", "--port", str(port))
    said = ended.err.splitlines()[-1].removeprefix("To look at it: publisher ")
    with subprocess.Popen(
        [*PROGRAM, *shlex.split(said)],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert f"127.0.0.1:{port}" in running.stderr.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=20) as page:
                assert b"/collections/" in page.read()
        finally:
            running.kill()


def test_the_demo_of_the_sample_leaves_nothing_to_look_at_and_says_so(tmp_path):
    ended = run_in(tmp_path, "demo", "--no-serve")
    assert ended.err.endswith("\nTo look at it: publisher demo --serve\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_demo_starts_from_nothing_each_time(tmp_path):
    run_in(tmp_path, "init")
    for _ in range(2):
        ended = run_in(tmp_path, "demo", "--no-serve", "--port", str(free_port()))
        assert ended.code == 0, str(ended)
        assert "to create; 0 unchanged" in ended.err


def test_the_demo_needs_neither_files_nor_account(tmp_path):
    ended = run_in(tmp_path, "demo", "--no-serve", "--port", str(free_port()))
    assert ended.code == 0, str(ended)
    assert "Nothing to do." in ended.err


def test_the_demo_never_leaves_this_machine(tmp_path):
    """Also where somebody called another kind of target `local`."""
    run_in(tmp_path, "init")
    (tmp_path / "publisher.toml").write_text('[targets.local]\nkind = "intercom"\n')
    ended = run_in(tmp_path, "demo", "--no-serve", "--port", str(free_port()))
    assert ended.code == 0, str(ended)
    assert "(embedded, " in ended.err


# serve -----------------------------------------------------------------------------------------


def test_serve_answers_until_it_is_interrupted(tmp_path):
    run_in(tmp_path, "init")
    port = free_port()
    with subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(port)],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            line = running.stderr.readline()
            assert f"http://127.0.0.1:{port}" in line, line + running.stderr.read()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=20) as page:
                assert page.status == 200
                assert b"<html" in page.read()
            running.send_signal(signal.SIGINT)
            running.wait(timeout=20)
        finally:
            running.kill()
        assert running.returncode == 0
        assert "Traceback" not in running.stderr.read()


def test_a_port_that_is_taken_is_a_sentence(tmp_path):
    run_in(tmp_path, "init")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        for command in (["serve"], ["demo", "--serve"]):
            ended = run_in(tmp_path, *command, "--port", str(held.getsockname()[1]))
            assert ended.code == 1, str(ended)
            assert "cannot listen on port" in ended.err
            assert "--port" in ended.err


def test_an_unknown_quirk_is_answered_with_the_list(tmp_path):
    ended = run_in(tmp_path, "serve", "--quirk", "h3-flatened")
    assert ended.code == 64
    assert "h3-flattened" in ended.err


# apply -----------------------------------------------------------------------------------------


@pytest.mark.socket
def test_a_dry_run_shows_the_plan_and_writes_nothing_anywhere(story):
    ended = story.run("apply", "--dry-run", "--yes")
    assert ended.code == 0
    assert "billing/refunds" in ended.err
    assert story.writes == []
    assert not (story.folder / ".publisher" / "live.json").exists()


@pytest.mark.socket
def test_a_saved_plan_takes_no_planning_options(story):
    story.run("plan", "--out", "plan.json")
    ended = story.run("apply", "plan.json", "--overwrite", "billing/refunds")
    assert ended.code == 64
    assert "no planning options" in ended.err
    assert story.writes == []


@pytest.mark.socket
def test_a_saved_plan_knows_its_target(story, monkeypatch):
    story.run("plan", "--out", "plan.json")
    path = story.folder / "publisher.toml"
    settings = path.read_text()
    path.write_text(settings.replace('default_target = "live"\n', ""))
    assert path.read_text() != settings
    monkeypatch.setenv("CI", "true")
    refused = story.run("apply", "plan.json", "--target", "local")
    assert refused.code == 4, str(refused)
    monkeypatch.setenv("PUBLISHER_TARGET", "local")
    assert "made for" in story.run("apply", "plan.json").err
    monkeypatch.delenv("PUBLISHER_TARGET")
    assert story.run("apply", "plan.json").code == 0
    assert story.article("Refunds")


@pytest.mark.socket
@pytest.mark.parametrize(
    "name",
    [
        "the plan",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("plan.json", "plan.out")),
    ],
)
def test_the_plan_that_was_kept_is_applied_as_the_hint_says(story, name, monkeypatch):
    monkeypatch.chdir(story.folder.parent)
    folder = story.folder.name
    kept = process(
        story.folder.parent, "-C", folder, "plan", "--out", name, INTERCOM_ACCESS_TOKEN=TOKEN
    )
    hint = kept.err.splitlines()[-1].partition("exactly this: publisher ")[2]
    applied = process(story.folder.parent, *shlex.split(hint), INTERCOM_ACCESS_TOKEN=TOKEN)
    assert applied.code == 0, str(applied)
    assert story.article("Refunds")


@pytest.mark.socket
@pytest.mark.parametrize("text", ["{", '{"format": "another"}', "[]", "Text.\n"])
def test_a_file_that_is_no_plan_does_not_hide_the_key_it_is_called_like(story, text):
    (story.folder / "billing").mkdir()
    (story.folder / "billing" / "refunds").write_text(text)
    assert story.run("apply", "--yes", "billing/refunds").code == 0
    assert story.article("Refunds")
    assert len(story.center.rows("article")) == 1, "only what the key names"


@pytest.mark.socket
def test_a_plan_with_changes_exits_0_unless_asked(story):
    assert story.run("plan").code == 0
    assert story.run("plan", "--detailed-exitcode").code == 2


@pytest.mark.socket
def test_a_key_nobody_has_is_refused_with_the_one_that_was_meant(story):
    for command in (["plan"], ["apply", "--yes"]):
        ended = story.run(*command, "billing/refund")
        assert ended.code == 64
        assert "Did you mean billing/refunds?" in ended.err


# state -----------------------------------------------------------------------------------------


@pytest.mark.socket
def test_the_ledger_can_be_listed_shown_and_let_go_of(story):
    story.apply()
    rows = story.run("state", "list", "--format", "json").json
    assert {(row["kind"], row["key"]) for row in rows} == {
        ("collection", "billing"),
        ("collection", "orders"),
        ("article", "billing/refunds"),
        ("article", "orders/cancel"),
    }
    assert "4 things in the ledger of target live." in story.run("state", "list").err
    row = story.run("state", "show", "article:billing/refunds").json
    assert row["id"] == str(story.article("Refunds")["id"])
    story.center.calls.clear()
    assert "stays live" in story.run("state", "rm", "billing/refunds").err
    assert story.center.calls == []
    assert len(story.run("state", "list", "--format", "json").json) == 3
    assert "conflict" in story.notices()


@pytest.mark.socket
def test_a_key_the_ledger_does_not_know_is_refused(story):
    story.apply()
    for command in ("show", "rm"):
        ended = story.run("state", command, "billing/refund")
        assert ended.code == 64
        assert "Did you mean billing/refunds?" in ended.err


@pytest.mark.socket
def test_an_empty_ledger_is_no_fault(story):
    assert story.run("state", "list").code == 0
    assert story.run("state", "list", "--format", "json").json == []
    assert list((story.folder / ".publisher").glob("*")) == []


# doctor ----------------------------------------------------------------------------------------


def checks(outcome):
    """name → (mark, the rest), as the doctor said it."""
    lines = [line for line in outcome.err.splitlines() if line[:1] in "+~!" and ": " in line]
    return {line[2:].partition(": ")[0]: (line[0], line.partition(": ")[2]) for line in lines}


@pytest.mark.socket
def test_a_healthy_target_makes_the_doctor_content(story):
    story.configure(author="docs@example.com", assets_url="https://cdn.example.com/{name}")
    ended = story.run("doctor")
    assert ended.code == 0, str(ended)
    found = checks(ended)
    wanted = {"token", "articles", "collections", "teammates", "author", "images", "ledger"}
    assert wanted <= found.keys()
    assert {name for name, (mark, _) in found.items() if mark != "+"} == {"history"}
    assert "in no Git repository" in found["history"][1]
    assert story.writes == []


def test_the_doctor_needs_no_account_for_the_embedded_help_center(tmp_path):
    run_in(tmp_path, "init")
    assert run_in(tmp_path, "doctor").code == 0


@pytest.mark.socket
def test_the_doctor_names_a_missing_token(story, monkeypatch):
    monkeypatch.delenv("INTERCOM_ACCESS_TOKEN")
    ended = story.run("doctor")
    assert ended.code == 1
    assert "INTERCOM_ACCESS_TOKEN" in ended.err


@pytest.mark.socket
def test_the_doctor_tells_a_wrong_token_from_a_missing_permission(tmp_path):
    with world(tmp_path, token="another") as story:
        ended = story.write(SMALL).run("doctor")
        assert ended.code == 1
        assert "does not accept the token" in ended.err
        assert TOKEN not in ended.err
    with world(tmp_path, token=TOKEN, scopes=("read_articles_scope", "read_admins")) as story:
        ended = story.write(SMALL).run("doctor")
        found = checks(ended)
        assert found["articles"][0] == "+"
        assert found["external pages"][0] == "~"
        assert "Developer Hub" in ended.err
    with world(tmp_path, token=TOKEN, scopes=("read_articles_scope",)) as story:
        assert checks(story.write(SMALL).run("doctor"))["teammates"][0] == "~"


@pytest.mark.socket
@pytest.mark.parametrize("author", ["nobody@example.com", "99999"])
def test_the_doctor_finds_an_author_nobody_knows(story, author):
    story.configure(author=author)
    ended = story.run("doctor")
    assert ended.code == 1
    assert checks(ended)["author"] == ("!", f"{author} is no teammate of this workspace")


@pytest.mark.socket
def test_the_doctor_finds_that_images_have_no_address(story):
    found = checks(story.run("doctor"))
    assert found["images"][0] == "~"
    assert "assets_url" in found["images"][1]


@pytest.mark.socket
def test_the_doctor_finds_another_region(story):
    told = story.run("doctor")
    assert "region" not in checks(told), "the embedded workspace is in the region we ask"
    story.configure(region="au")
    found = checks(story.run("doctor"))
    assert found["region"][0] == "~"


@pytest.mark.socket
def test_the_doctor_finds_a_version_nobody_speaks(story):
    story.configure(api_version="3.0")
    ended = story.run("doctor")
    assert ended.code != 0
    assert "3.0" in ended.err


@pytest.mark.socket
def test_the_doctor_finds_another_workspace(story):
    story.configure(workspace="elsewhere")
    ended = story.run("doctor")
    assert ended.code != 0
    assert "pinned to elsewhere" in ended.err


@pytest.mark.socket
def test_the_doctor_asks_which_help_center(tmp_path):
    centers = [{"identifier": "one", "name": "One"}, {"identifier": "two", "name": "Two"}]
    with world(tmp_path, help_centers=centers) as story:
        ended = story.write(SMALL).run("doctor")
        assert ended.code != 0
        assert "help_center" in ended.err
        story.configure(help_center="two")
        assert story.run("doctor").code == 0


@pytest.mark.socket
def test_the_doctor_finds_a_damaged_ledger(story):
    story.apply()
    (story.folder / ".publisher" / "live.json").write_text("{")
    ended = story.run("doctor")
    assert ended.code == 1
    assert checks(ended)["ledger"][0] == "!"


@pytest.mark.socket
def test_the_doctor_finds_calls_in_doubt(story):
    story.apply()
    story.write({"en/orders/track.md": "# Track an order\n\nText.\n"})
    story.leave_in_doubt("orders/track", "Track an order")
    found = checks(story.run("doctor"))
    assert found["ledger"][0] == "~"
    assert "1 call of an earlier run in doubt" in found["ledger"][1]
    story.apply()
    assert checks(story.run("doctor"))["ledger"][0] == "+"


# schema ----------------------------------------------------------------------------------------


def schema(name, folder):
    made = run_in(folder, "schema", name)
    assert made.code == 0
    Draft202012Validator.check_schema(made.json)
    return Draft202012Validator(made.json)


def test_the_schema_of_frontmatter_fits_all_our_content(tmp_path):
    validator = schema("frontmatter", tmp_path)
    files = sorted((ROOT / "content").rglob("*.md"))
    assert len(files) > 50
    for path in files:
        validator.validate(frontmatter.load(path).metadata)
    assert not validator.is_valid({"titel": "x"})
    assert not validator.is_valid({"state": "live"})
    assert validator.is_valid({"x-mine": [1]})


def test_the_schema_of_the_configuration_fits_ours(tmp_path):
    validator = schema("config", tmp_path)
    for path in (ROOT / "publisher.toml", ROOT / "publisher" / "sample" / "publisher.toml"):
        validator.validate(tomllib.loads(path.read_text()))
    assert not validator.is_valid({"contents": "x"})
    assert not validator.is_valid({"targets": {"live": {"region": "moon"}}})
    assert validator.is_valid({"targets": {"live": {"api_version": 2.16}}})


@pytest.mark.socket
def test_the_schemas_of_plan_and_report_fit_what_is_really_written(story):
    story.apply("--report", "report.json")
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    story.center.edit_by_hand(story.article("Cancel an order")["id"], title="Another title")
    plan = schema("plan", story.folder)
    planned = story.run("plan", "--format", "json").json
    assert planned["changes"]
    assert planned["notices"]
    plan.validate(planned)
    report = schema("report", story.folder)
    document = json.loads((story.folder / "report.json").read_text())
    assert len(document["steps"]) > 3
    report.validate(document)
    assert not plan.is_valid(document)
    assert not report.is_valid(planned)
