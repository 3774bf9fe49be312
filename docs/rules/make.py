"""Write the page of every rule of `publisher lint`, and the list of them.

    python docs/rules/make.py

A page is made of the rule's entry in `publisher/source/rulebook`; what is found in its example
is what `publisher lint` says of it, run here. The two tables of the guide's page about rules
are written as well. tests/source/test_rulebook.py fails when a page is not what this makes.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from scenes import SCENES, utf_8

from publisher.cli.main import main as run
from publisher.source.fixing import FIXES
from publisher.source.rulebook import GROUPS, RULES, Option, Rule

HERE = Path(__file__).parent
LIST = "README.md"
GUIDE = HERE.parents[1] / "content" / "en" / "reference" / "lint-rules.md"
_FENCE = re.compile(r"^`{3,}", re.MULTILINE)
_LANGUAGES = {".md": "markdown", ".toml": "toml", ".svg": "xml", ".yml": "yaml", ".py": "python"}
_FOUND = re.compile(r"content/(?P<path>[^:]+):(?P<line>\d+): ")
_IN_A_BLOCK, _IN_A_FILE = "publisher-ignore", "publisher-ignore-file"


def pages() -> dict[str, str]:
    """Return what has to stand in this folder, by the name of the file."""
    return {LIST: table(), **{f"{name}.md": page(name) for name in RULES}}


def table() -> str:
    """Return the list of all rules, by what they are about."""
    parts = [
        "# Rules of `publisher lint`\n",
        "Made by `docs/rules/make.py` from the rules themselves; do not edit these pages.\n",
    ]
    for group, rules in GROUPS.items():
        rows = [
            f"| [`{name}`]({name}.md) | {rule.severity} | {rule.about} |"
            for name, rule in sorted(rules.items())
        ]
        parts.append("\n".join([f"## {group}\n", "| Rule | Severity | |", "| --- | --- | --- |"]))
        parts[-1] += "\n" + "\n".join(rows) + "\n"
    return "\n".join(parts)


def guide(text: str) -> str:
    """Return the guide's page about rules with its tables as they have to be."""
    for heading, severity in (("Errors", "error"), ("Warnings", "warning")):
        rows = [f"| `{name}` | {r.about} |" for name, r in RULES.items() if r.severity == severity]
        before, mark, rest = text.partition(f"\n## {heading}\n")
        above, head, below = rest.partition("| --- | --- |\n")
        after = re.sub(r"\A(?:\|.*\n)*", "", below)
        text = "".join([before, mark, above, head, *(f"{row}\n" for row in rows), after])
    return text


def page(name: str) -> str:
    """Return the page of one rule."""
    rule = RULES[name]
    parts = [
        f"# {name}\n",
        f"**{rule.severity.capitalize()}.** {rule.about}\n",
        f"## Why it matters\n\n{rule.why}\n",
        *_examples(name, rule),
        *_tuning(name, rule),
        f"[All rules]({LIST})\n",
    ]
    return "\n".join(parts)


def _examples(name: str, rule: Rule) -> Iterator[str]:
    if rule.bad:
        yield "## An example\n"
        yield from _files(rule.bad)
        yield _told(name, said(rule.bad))
        yield "## The same, mended\n"
        yield from _files(rule.good)
    elif name in SCENES:
        yield f"## An example\n\n{SCENES[name].about}\n"
        yield _told(name, said_of_scene(name)[0])


def _told(name: str, lines: list[str]) -> str:
    found = "\n".join(line for line in lines if rule_in(line) == name)
    return f"`publisher lint` says:\n\n{_fenced(found, 'text')}"


def _files(files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        shown = path.removeprefix("../")
        yield f"`{shown}`{'' if text else ' (an empty file)'}\n"
        if text:
            yield _fenced(text, _LANGUAGES.get(Path(path).suffix, "text"))


def _fenced(text: str, language: str) -> str:
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}{language}\n{text.removesuffix(chr(10))}\n{marks}\n"


def _tuning(name: str, rule: Rule) -> Iterator[str]:
    other = "warning" if rule.severity == "error" else "error"
    if name in FIXES:
        yield "`publisher lint --fix` mends it, where only one thing can be meant.\n"
    yield "## Change it\n"
    yield f'In `publisher.toml`:\n\n```toml\n[lint]\n{name} = "{other}" # or "off"\n```\n'
    if rule.options:
        each = ", ".join(f"{key} = {_spelt(value)}" for key, value in rule.options.items())
        values = _fenced(f"[lint]\n{name} = {{ {each} }}", "toml")
        yield f"Its options, with the values that they have otherwise:\n\n{values}"
    yield from _ignoring(name, rule)


def _ignoring(name: str, rule: Rule) -> Iterator[str]:
    """Show the comments that silence the rule in its own example."""
    where = {_IN_A_BLOCK: "the block that follows it", _IN_A_FILE: "the whole file"}
    for word, silent in where.items():
        comment = f"<!-- {word} {name} -->"
        if _is_silenced(name, rule, comment):
            yield f"A comment silences it in {silent}:\n\n{_fenced(comment, 'markdown')}"


def _is_silenced(name: str, rule: Rule, comment: str) -> bool:
    places = [_FOUND.match(line) for line in said(rule.bad) if rule_in(line) == name]
    files = dict(rule.bad)
    for place in reversed(places):
        if place is None or not place["path"].endswith(".md"):
            return False
        text = _with_comment(files[place["path"]], int(place["line"]), comment)
        if text is None:
            return False
        files[place["path"]] = text
    left = {rule_in(line) for line in said(rule.bad)} - {name}
    return bool(places) and {rule_in(line) for line in said(files)} == left


def _with_comment(text: str, line: int, comment: str) -> str | None:
    """Put a comment before the block that a line is in; None: there is no place for it."""
    if _IN_A_FILE in comment:
        return f"{text}\n{comment}\n"
    above, lines = text.split("\n")[: line - 1], text.split("\n")
    if "" not in above:
        return None
    start = line - 1 - above[::-1].index("")
    return "\n".join([*lines[:start], comment, "", *lines[start:]])


def _spelt(value: Option) -> str:
    """Spell a value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def said(files: Mapping[str, str]) -> list[str]:
    """Return what `publisher lint` says of these files, one line for each finding."""
    return _said(tuple(files.items()))


@cache
def _said(files: tuple[tuple[str, str], ...]) -> list[str]:
    with _empty_folder():
        for path, text in files:
            file = Path("content", path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        return _findings()


@cache
def said_of_scene(name: str) -> tuple[list[str], list[str]]:
    """Return what `publisher lint` says of a scene, and of it mended."""
    folder = Path("content", "en", "billing")
    with _empty_folder():
        folder.mkdir(parents=True)
        utf_8(folder)
        SCENES[name].make(folder)
        found = _findings()
        SCENES[name].mend(folder)
        return found, _findings()


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    with TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


def _findings() -> list[str]:
    return [line for line in _output("lint").splitlines() if rule_in(line)]


def _output(*arguments: str) -> str:
    out = io.StringIO()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(out),
        contextlib.suppress(SystemExit),
    ):
        run(list(arguments))
    return out.getvalue()


def rule_in(line: str) -> str:
    """Return the rule that a line of `publisher lint` names, or nothing."""
    found = re.match(r"(?:\S+:\d+: |\S+: )?(?:error|warning)\[([a-z-]+)\] ", line)
    return found[1] if found else ""


def main() -> None:
    """Write all pages, and remove those of rules that are gone."""
    wanted = pages()
    for old in HERE.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (HERE / name).write_text(text, encoding="utf-8")
    GUIDE.write_text(guide(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
