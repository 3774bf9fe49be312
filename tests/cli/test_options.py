"""What every command understands, where it writes to, and what it says to a mistyped line."""

from __future__ import annotations

import re

import click
import pytest

from publisher.cli.program import publisher
from tests.terminal import process, run_in
from tests.world import SMALL

SECOND = '\n[targets.other]\nkind = "intercom"\nregion = "eu"\ntoken_env = "NOT_SET_ANYWHERE"\n'


def commands(group=publisher, *above):
    for name, command in group.commands.items():
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


COMMANDS = sorted(commands())


@pytest.fixture
def folder(tmp_path):
    """Sound content below `sub/`, and nothing else."""
    for name, text in SMALL.items():
        path = tmp_path / "sub" / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "sub" / "publisher.toml").write_text('locales = ["en", "fr"]\n')
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_its_common_options(command, tmp_path):
    shown = run_in(tmp_path, *command, "--help")
    assert shown.code == 0
    assert shown.err == ""
    about = [line.strip() for line in shown.out.splitlines()][2]
    assert len(about) > 10
    for option in ("--target", "--config", "-C", "--color", "--verbose", "--quiet"):
        assert option in shown.out
    assert list(tmp_path.iterdir()) == []


def test_no_summary_of_a_command_is_cut_off_on_a_narrow_terminal():
    groups = [publisher, *(one for one in publisher.commands.values() if hasattr(one, "commands"))]
    for group in groups:
        context = click.Context(group, terminal_width=80, max_content_width=80)
        assert "..." not in group.get_help(context).partition("Commands:")[2]


def test_every_option_of_every_command_says_what_it_is_for():
    for words in COMMANDS:
        command = publisher
        for word in words:
            command = command.commands[word]
        unsaid = [
            one.name for one in command.params if isinstance(one, click.Option) and not one.help
        ]
        assert not unsaid, words


def test_the_program_shows_its_commands_in_the_order_they_are_met(tmp_path):
    out = run_in(tmp_path, "--help").out
    assert out.index("  init ") < out.index("  plan ") < out.index("  apply ")


def test_the_version_goes_to_standard_output(tmp_path):
    from publisher import __version__

    assert run_in(tmp_path, "--version").out == f"publisher, version {__version__}\n"


@pytest.mark.parametrize(
    "line",
    [
        ["plann"],
        ["lint", "--fromat", "json"],
        ["lint", "--format", "xml"],
        ["show"],
        ["schema", "everything"],
        ["serve", "--port", "many"],
        ["--color", "sometimes", "lint"],
        ["status", "too", "much"],
        ["assets", "burn"],
        ["state", "show"],
        ["apply", "plan.json", "--yes=please"],
        ["-C", "nowhere", "lint"],
        ["lint", "-C", "nowhere"],
        ["--config", "nowhere.toml", "lint"],
        ["pull", "key", "--all"],
        ["pull", "--adopt", "--all"],
        ["plan", "--target", "nowhere"],
        ["assets", "push"],
        ["serve", "--quirk", "unheard-of"],
    ],
    ids=" ".join,
)
def test_a_mistyped_line_ends_with_64_and_not_with_clicks_2(line, tmp_path):
    ended = run_in(tmp_path, *line)
    assert ended.code == 64, str(ended)
    assert ended.out == ""
    assert ended.err.strip()
    assert "Traceback" not in ended.err


def test_a_mistyped_option_is_answered_with_the_one_that_was_meant(tmp_path):
    assert "--detailed-exitcode" in run_in(tmp_path, "plan", "--detailled-exitcode").err


def test_the_folder_may_stand_before_or_after_the_command(folder):
    assert run_in(folder, "-C", "sub", "lint").code == 0
    assert run_in(folder, "lint", "-C", "sub").code == 0


def test_what_stands_after_the_command_wins(folder):
    assert run_in(folder, "-C", "nowhere", "lint", "-C", "sub").code == 0
    assert run_in(folder, "--color", "never", "-C", "sub", "lint", "--color", "always").code == 0


@pytest.mark.parametrize("line", [["-C", "sub", "assets", "list"], ["assets", "-C", "sub", "list"]])
def test_a_folder_is_entered_once_however_deep_the_command(line, folder):
    ended = run_in(folder, *line)
    assert ended.code == 0, str(ended)
    assert "0 images." in ended.err


def test_another_configuration_may_stand_before_or_after_the_command(folder):
    (folder / "strict.toml").write_text('content = "sub/content"\ndefault_locale = "fr"\n')
    before = run_in(folder, "--config", "strict.toml", "lint")
    after = run_in(folder, "lint", "--config", "strict.toml")
    assert (before.code, before.err) == (after.code, after.err)
    assert before.code == 3
    assert "translation-without-source" in before.err


@pytest.mark.socket
def test_the_target_may_stand_before_or_after_the_command(story):
    path = story.folder / "publisher.toml"
    path.write_text(path.read_text() + SECOND)
    for line in (["--target", "other", "plan"], ["plan", "--target", "other"], ["plan", "-tother"]):
        ended = story.run(*line)
        assert ended.code == 64
        assert "NOT_SET_ANYWHERE" in ended.err
    assert story.run("plan").code == 0


@pytest.mark.socket
def test_the_first_line_names_target_workspace_and_help_center(story):
    for command in ("plan", "status"):
        first = story.run(command).err.splitlines()[0]
        assert "target live (127.0.0.1, API 2.16)" in first
        assert story.center.workspace_id in first
        assert "help center" in first
    assert story.apply().err.splitlines()[0].startswith("target live")


@pytest.mark.socket
def test_an_option_can_be_given_by_its_variable(story, monkeypatch):
    monkeypatch.setenv("PUBLISHER_PLAN_FORMAT", "json")
    assert story.run("plan").json["target"] == "live"
    monkeypatch.setenv("PUBLISHER_PLAN_DETAILED_EXITCODE", "1")
    assert story.run("plan").code == 2
    monkeypatch.setenv("PUBLISHER_PLAN_OUT", "kept.json")
    story.run("plan")
    assert (story.folder / "kept.json").exists()


# Colours ---------------------------------------------------------------------------------------


def colours(outcome):
    return "\x1b[" in outcome.err


@pytest.mark.socket
def test_colours_are_for_terminals_unless_they_are_asked_for(story, monkeypatch):
    assert not colours(story.run("plan"))
    assert not colours(story.run("plan", "--color", "never"))
    assert colours(story.run("plan", "--color", "always"))
    assert colours(story.run("--color", "always", "plan"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colours(story.run("plan"))
    assert not colours(story.run("plan", "--color", "auto"))
    assert colours(story.run("plan", "--color", "always")), "the command line beats NO_COLOR"


@pytest.mark.socket
def test_machine_formats_have_no_colours_even_when_asked(story):
    for form in ("json", "markdown"):
        assert "\x1b[" not in story.run("plan", "--format", form, "--color", "always").out


# Where things are written ----------------------------------------------------------------------


@pytest.mark.socket
@pytest.mark.parametrize(
    "line",
    [
        ["lint", "--format", "json"],
        ["lint", "--format", "github"],
        ["lint", "--format", "sarif"],
        ["plan", "--format", "json"],
        ["plan", "--format", "markdown"],
        ["status", "--format", "json"],
        ["assets", "list", "--format", "json"],
        ["state", "list", "--format", "json"],
        ["schema", "plan"],
    ],
    ids=" ".join,
)
def test_machine_formats_alone_go_to_standard_output(line, story):
    story.write({"en/orders/wide.md": "# Wide\n\n![](https://example.com/a.png) [x]()\n"})
    ended = story.run(*line)
    assert ended.code == 0, str(ended)
    assert ended.out
    assert "target live" not in ended.out
    if line[-1] in ("json", "sarif", "plan"):
        assert ended.json is not None


@pytest.mark.socket
@pytest.mark.parametrize(
    "line",
    [["lint"], ["plan"], ["status"], ["assets", "list"], ["state", "list"], ["doctor"]],
    ids=" ".join,
)
def test_what_is_said_to_people_goes_to_standard_error(line, story):
    ended = story.run(*line)
    assert ended.code == 0, str(ended)
    assert ended.out == ""
    assert ended.err


@pytest.mark.socket
def test_quiet_says_less_and_verbose_says_more(story):
    french = "# Remboursements\n\nVoir [annuler](../orders/cancel.md#fees).\n\n## Comment\n\nOui.\n"
    story.write({"fr/billing/refunds.md": french})
    loud, quiet = story.run("lint"), story.run("lint", "-q")
    assert "nothing to complain about" in loud.err
    assert quiet.err == ""
    assert story.run("-q", "lint").err == ""
    applied = story.apply("-q")
    assert "created collection" not in applied.err
    assert "Applied: " in applied.err
    text = "\n\n".join(f"Line {number} is new." for number in range(80))
    story.write({"en/orders/cancel.md": f"# Cancel an order\n\n{text}\n\n## Fees\n\nNone.\n"})
    assert "more lines (-v shows them)" in story.run("plan").err
    assert "more lines" not in story.run("plan", "-v").err


def test_many_warnings_are_counted_above_a_plan_and_shown_when_asked(story):
    for n in range(12):
        story.write({f"en/billing/b{n}.md": f"---\ntitle: B{n}\n---\n#### Deep\n\nText.\n"})
        story.write({f"fr/billing/b{n}.md": f"---\ntitle: B{n} fr\n---\nTexte.\n"})
    many = story.run("plan")
    assert re.search(r"warnings about the content: .*1[23] parity-headings", many.err)
    assert "To see them: publisher lint" in many.err
    assert "b3.md" not in many.err.partition("Readers will notice")[0]
    assert "b3.md:1: warning[parity-headings]" in story.run("plan", "-v").err


def test_no_line_of_an_authors_text_commands_the_machine_that_shows_a_plan(story):
    story.write({"en/billing/x.md": "---\ntitle: X\n---\nOne.\n\nTwo.\n"})
    story.apply()
    evil = "::add-mask::e\n\n##[group]x\n\n:::callout\nStays.\n:::\n"
    story.write({"en/billing/x.md": f"---\ntitle: X\n---\nOne.\n\n{evil}"})
    said = story.run("plan", "-v").err
    assert "add-mask" in said
    for line in click.unstyle(said).splitlines():
        assert not re.match(r"\s*::[\w-]+.*::", line)
        assert "##[" not in line


def test_what_is_wrong_is_said_even_when_quiet(folder):
    (folder / "sub" / "content" / "en" / "bad.md").write_text("")
    ended = run_in(folder, "-C", "sub", "lint", "-q")
    assert ended.code == 3
    assert "file-empty" in ended.err


def test_the_program_runs_as_a_module_of_python(folder):
    ended = process(folder, "-C", "sub", "lint")
    assert ended.code == 0, str(ended)
    assert "7 files" in ended.err or "5 files" in ended.err
