"""Whatever lies in a content folder, a command ends in words: no traceback, no hang.

What lint refuses, no command sends. STRANGE_CONTENT says how many folders are to be tried; without
it there are a few everyday, and of the tests marked slow many times as many.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.often import every_day, few_and_many
from tests.world import SMALL, TOKEN, Outcome, World, world

pytestmark = [pytest.mark.socket, pytest.mark.timeout(120)]
SLOW = (pytest.mark.slow, pytest.mark.timeout(1200))
CODES = {*range(8), 64, 130}
REAL = Path(__file__).parents[2] / "content"
COMMANDS = (("lint",), ("plan",), ("apply", "--yes"), ("assets", "list"))
TOP = "---\ntitle: Strange\n---\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01"


@pytest.fixture(scope="module")
def only_place(tmp_path_factory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
        environment.delenv("CI", raising=False)
        with world(tmp_path_factory.mktemp("place")) as made:
            yield made


@pytest.fixture
def place(only_place: World) -> World:
    """A small site, and a help center that knows nothing of it."""
    emptied(only_place)
    return only_place


def emptied(made: World) -> World:
    shutil.rmtree(made.folder / "content", ignore_errors=True)
    shutil.rmtree(made.folder / ".publisher", ignore_errors=True)
    for kind in ("page", "source", "article", "collection"):
        for row in reversed(made.center.rows(kind)):
            made.center.delete_by_hand(kind, row["id"])
    made.configure()
    return made.write(SMALL)


def run(made: World, about: object, *arguments: str) -> Outcome:
    """Run a command; it must end with a documented code, in words that a terminal can show."""
    try:
        outcome = made.run(*arguments)
    except Exception:
        pytest.fail(f"{about}: {arguments}\n{traceback.format_exc()[-3000:]}")
    assert outcome.code in CODES, f"{about}: {arguments}\n{outcome}"
    assert "Traceback" not in outcome.out + outcome.err, f"{about}: {arguments}\n{outcome}"
    (outcome.out + outcome.err).encode()
    return outcome


def survive(made: World, about: object = "") -> int:
    """Run everything that reads content; return what lint said."""
    made.center.calls.clear()
    lint, plan, apply, _ = (run(made, about, *command).code for command in COMMANDS)
    assert lint in (0, 3, 64), f"{about}: {lint}"
    if lint == 3:
        assert (plan, apply) == (3, 3), f"{about}: {plan}, {apply}"
        assert made.writes == [], about
    return lint


def cases(everyday: int, slow: int) -> pytest.MarkDecorator:
    """How many seeds to try: a few, and for whoever waits many."""
    chosen = int(os.environ.get("STRANGE_CONTENT", 0))
    few, many = chosen or everyday, chosen or slow
    return pytest.mark.parametrize(
        "seeds", [range(few), pytest.param(range(few, few + many), marks=SLOW)], ids=["few", "many"]
    )


# Bytes --------------------------------------------------------------------------------------

SNIPPETS = (
    *(
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\r",
        b"\r\n",
        b"\t",
        b"\x1b[31m",
        b"\x85",
    ),
    *(b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xf4\x8f\xbf\xbf", b"---\n", b"```\n", b":::\n", b"~~~"),
    *(
        b"| a |\n|---|\n",
        b"> ",
        b"- ",
        b"1. ",
        b"    ",
        b"# ",
        b"===\n",
        b"{#",
        b"}",
        b"{",
        b"[",
        b"](",
    ),
    *(b"![", b"](../", b"<!--", b"<div>", b"</td>", b"<table>", b"&#0;", b"&#xD800;", b"<a href='"),
    *(
        b"[^1]",
        b"[^1]: x",
        b"[x]: y\n",
        b"\\",
        b"*",
        b"**_",
        b"`",
        b"<![CDATA[",
        b"<?",
        b"javascript:",
    ),
    *(
        b"title: ",
        b": ",
        b"!!python/object:os.system ",
        b"&a [*a]",
        b"<<: *a",
        b'"\\ud800"',
        b"? - x\n",
    ),
)


def mutated(chance: random.Random, raw: bytes) -> bytes:
    """The bytes of a file after some accidents."""
    held = bytearray(raw)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        start = chance.randrange(len(held) + 1)
        end = min(len(held), start + chance.choice([0, 1, 1, 5, 40, 400]))
        what = chance.choice(["snippet", "snippet", "snippet", "cut", "twice", "byte", "end"])
        if what == "snippet":
            held[start:start] = chance.choice(SNIPPETS) * chance.choice([1, 1, 1, 2, 50])
        elif what == "cut":
            del held[start:end]
        elif what == "twice":
            held[start:start] = held[start:end] * chance.choice([1, 3])
        elif what == "byte" and start < len(held):
            held[start] = chance.randrange(256)
        elif what == "end" and chance.random() < 0.1:
            del held[start:]
    return bytes(held)


REAL_FILES = sorted(path for path in REAL.rglob("*.md"))
NAMES = ("en/billing/refunds.md", "en/billing/_index.md", "fr/billing/refunds.md", "en/new/x.md")
NAMES += ("fin/handbook/_source.md", "fin/handbook/en/policy.md", "_index.md", "en/_index.md")


def strange(chance: random.Random) -> dict[str, bytes]:
    """Some files, of chance or of the real content after accidents."""
    files = {}
    for name in chance.sample(NAMES, chance.choice([1, 1, 2, 4])):
        if chance.random() < 0.15:
            files[name] = chance.randbytes(chance.choice([0, 1, 10, 1000]))
        else:
            files[name] = mutated(chance, chance.choice(REAL_FILES).read_bytes())
    return files


@cases(8, 150)
def test_any_bytes_are_content_or_refused_in_words(place, seeds):
    for seed in seeds:
        emptied(place)
        place.write(strange(random.Random(f"bytes {seed}")))
        survive(place, seed)


# Frontmatter --------------------------------------------------------------------------------

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
)
FRONTMATTER = {
    "bomb": f"title: x\n{BOMB}",
    "bomb of a title": f"{BOMB}\ntitle: *a9",
    "inside itself": "title: &a [*a]",
    "merged into itself": "x: &a\n  <<: *a\ntitle: x",
    "an object": "title: !!python/object/apply:os.system ['touch hacked']",
    "a module": "title: !!python/module:os",
    "an unknown tag": "title: !what x",
    "binary": "title: !!binary aGVsbG8=",
    "a set": "title: !!set {a, b}",
    "a date": "title: 2026-11-21",
    "a moment": "title: x\npublish_at: 2026-11-21T99:99:99Z",
    "no date at all": "title: x\npublish_at: 9999999999999999-01-01",
    "keys twice": "title: a\ntitle: b",
    "tabs": "title:\tx\n\tdescription: y",
    "a huge number": f"title: {'9' * 6000}\norder: {'9' * 6000}",
    "orders": "title: x\norder: 1e999",
    "order of nothing": "title: x\norder: .nan",
    "half an emoji": 'title: "a\\ud83d b"',
    "half an emoji as a key": '"\\ud83d": x\ntitle: x',
    "half an emoji as an address": 'title: x\nkey: "a/\\udc00"\nwas: ["\\ud800"]',
    "half an emoji in a tag": 'title: x\ntags: ["\\ud800"]\nicon: "\\ud800"',
    "beyond Unicode": 'title: "\\U00110000"',
    "far beyond Unicode": 'title: "\\UFFFFFFFF"',
    "a zero byte": 'title: "a\\0b"\ndescription: "\\x07\\x1b[2J"',
    "no character": 'title: "\\xZZ"',
    "a bell in a key": 'title: x\nkey: "a\\x07b"',
    "a key that leaves": "title: x\nkey: ../../x",
    "a huge key": f"title: x\nkey: {'k/' * 3000}k",
    "deep": "title: " + "[" * 3000 + "]" * 3000,
    "deep blocks": "title:\n" + "\n".join("  " * n + "- " for n in range(1, 300)),
    "two documents": "title: x\n...\n---\ntitle: y",
    "a directive": "%YAML 9.9\n--- \ntitle: x",
    "keys that are lists": "? [a, b]\n: c\ntitle: x",
    "a key that is a map": "? {a: b}\n: c",
    "an empty key": ": x\ntitle: x",
    "a null key": "~: x\ntitle: x",
    "a number as a key": "5: x\ntitle: x",
    "a list": "- title\n- x",
    "words": "just words",
    "only an anchor": "&a",
    "an unknown alias": "title: *nowhere",
    "a comment": "# nothing",
    "fin of a list": "title: x\nfin: [agent]",
    "fin of everything": "title: x\nfin: {agent: {a: b}, page: [], copilot: ~}",
    "an author": "title: x\nauthor: a@b@c",
    "a state of lists": "title: x\nstate: [[published]]",
    "a long line": "title: " + "x" * 90_000,
    "too long": "title: x\n" + "# x\n" * 40_000,
    "a huge title": "title: |\n" + "  word\n" * 9_000,
    "a BOM inside": "\ufefftitle: x",
    "another line end": "title: a\u2028b\u2029c\x85d",
    "right to left": "title: \u202ex\u2066",
    "no character of YAML": "title: \ufffe\uffff",
}


@few_and_many("among", list(FRONTMATTER)[::5], list(FRONTMATTER))
@pytest.mark.parametrize(
    "name",
    ["en/billing/refunds.md", pytest.param("en/billing/_index.md", marks=pytest.mark.slow)],
)
def test_any_frontmatter_is_read_or_refused_in_words(place, name, among):
    for about in among:
        said = FRONTMATTER[about]
        emptied(place)
        place.write({name: f"---\n{said}\n---\n\nText.\n"})
        survive(place, about)
        assert not (place.folder / "hacked").exists()


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n\n"], ids=repr)
def test_lines_may_end_as_they_like(place, end):
    text = "---\ntitle: Ends\n---\nOne.\n\n## Two\n\n- three\n"
    place.write({"en/ends.md": text.replace("\n", end)})
    assert survive(place) == 0


# Names --------------------------------------------------------------------------------------


def folder(at: Path) -> None:
    at.mkdir()


def loop(at: Path) -> None:
    at.symlink_to(at.name)


def around(at: Path) -> None:
    at.symlink_to("..")


def outward(at: Path) -> None:
    at.symlink_to("/etc/passwd")


def out_folder(at: Path) -> None:
    at.symlink_to("/etc")


def nowhere(at: Path) -> None:
    at.symlink_to("no\nwhere")


def device(at: Path) -> None:
    at.symlink_to("/dev/zero")


def fifo(at: Path) -> None:
    os.mkfifo(at)


def listening(at: Path) -> None:
    here = os.getcwd()
    os.chdir(at.parent)  # the address of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(at.name)
    finally:
        os.chdir(here)


def unreadable(at: Path) -> None:
    at.write_text(TOP + "Text.\n")
    at.chmod(0)


def article(at: Path) -> None:
    at.write_text(TOP + "Text.\n")


SHAPES = (folder, loop, around, outward, out_folder, nowhere, device, fifo, listening, unreadable)
STRANGE_NAMES = (
    *(
        b"\xff\xfe.md",
        b"a\xc3.md",
        b"new\nline.md",
        b"\x1b[31m.md",
        b" .md",
        b".md",
        b"..md",
        b"a .md",
    ),
    *(
        b"-rf.md",
        b"*.md",
        b"#1.md",
        b"a:b.md",
        b"a\\b.md",
        b"a%2Fb.md",
        b"%.md",
        b"%ff.md",
        b"?x=1.md",
    ),
    *(b"con.md", b"NUL.md", b"aux.txt.md", b"a.md.md", b"A.MD", b"'\".md", b"<b>.md", b"a&b.md"),
    *(b"article:x.md", b"collection:x", b"en", b"fin", b"_index", b"_source.md", b"_index.MD"),
    *("e\u0301.md".encode(), "\u00e9.md".encode(), "\u202e.md".encode(), "\u2028.md".encode()),
    *("\U0001f600.md".encode(), "\u200b.md".encode(), "\ufeff.md".encode(), b"x" * 252 + b".md"),
    *(b"Refunds.md", b"REFUNDS.md", b"refunds.MD", b"...", b"~", b"a..md", b"\xed\xa0\x80.md"),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("below", every_day(1, ["en/billing", "", "en", "fin"]))
def test_what_is_no_file_is_passed_by_or_refused(place, shape, below):
    for name in ("x.md", "image.png", "deep"):
        at = place.folder / "content" / below / name
        at.parent.mkdir(exist_ok=True)
        shape(at)
    place.edit("en/billing/refunds.md", "Write to us.", "![](../image.png) [x](../deep) [y](x.md)")
    survive(place, shape.__name__)


@pytest.mark.slow
@pytest.mark.parametrize("make", [article, folder], ids=lambda each: each.__name__)
@pytest.mark.parametrize("below", ["", "en", "en/billing", "fr"])
def test_files_may_have_any_name(place, make, below):
    for name in STRANGE_NAMES:
        emptied(place)
        at = os.path.join(os.fsencode(place.folder / "content" / below), name)
        if os.path.lexists(at):
            continue
        make(Path(os.fsdecode(at)))
        place.write({"en/orders/to.md": TOP + f"[x](../{os.fsdecode(name)!a}) ![](<{name!r}>)\n"})
        survive(place, name)


def test_twins_in_case_or_in_their_accents_never_overwrite_each_other(place):
    place.write({"en/Orders/Cancel.md": TOP + "a", "en/orders/CANCEL.md": TOP + "b"})
    place.write({"en/caf\u00e9.md": TOP + "a", "en/cafe\u0301.md": TOP + "b"})
    assert survive(place) == 3


def test_folders_may_be_as_deep_as_the_disk_allows(place):
    place.write({f"en/{'d/' * 400}x.md": TOP + "Text.\n"})
    survive(place)


@pytest.mark.parametrize(
    "content", ["content/en", "content/en/orders/cancel.md", "fifo", "/dev/null"]
)
def test_the_content_folder_itself_may_be_anything(place, content):
    os.mkfifo(place.folder / "fifo") if not (place.folder / "fifo").exists() else None
    place.configure(top=f'content = "{content}"')
    survive(place, content)


# Texts --------------------------------------------------------------------------------------

MEGA = 1_000_000
TEXTS: dict[str, Callable[[], str]] = {
    "a line of 5 MB": lambda: "word " * MEGA,
    "one word of 5 MB": lambda: "x" * 5 * MEGA,
    "more than may be": lambda: "x" * 9 * MEGA,
    "many paragraphs": lambda: "a\n\n" * 10_000,
    "deep quotes": lambda: "> " * 5_000 + "x",
    "deep quotes below each other": lambda: "\n".join("> " * n + "x" for n in range(1, 400)),
    "deep lists": lambda: "\n".join("  " * n + "- x" for n in range(500)),
    "deep lists in one line": lambda: "- " * 5_000 + "x",
    "deep numbers": lambda: "1. " * 3_000 + "x",
    "deep HTML": lambda: "<div>" * 5_000 + "x",
    "deep spans": lambda: "x <b>" * 5_000 + "x",
    "deep emphasis": lambda: "*a **b " * 3_000,
    "stars": lambda: "*" * 50_000,
    "underscores": lambda: "_a" * 30_000,
    "open brackets": lambda: "[" * 50_000,
    "open images": lambda: "![" * 20_000,
    "links in links": lambda: "[" * 500 + "x" + "](y)" * 500,
    "brackets and parentheses": lambda: "[a](" * 20_000,
    "backticks": lambda: "".join("`" * n + " " for n in range(500)),
    "open code": lambda: "```\n" * 5_001,
    "directives": lambda: ":::note\n" * 1_000 + "x\n",
    "deep directives": lambda: "\n".join(":" * (900 - n) + "note" for n in range(890)),
    "tables": lambda: ("|" * 500 + "\n" + "|-" * 499 + "|\n") + ("|x" * 499 + "|\n") * 50,
    "entities": lambda: "&amp;&#0;&#xD800;&#99999999;&nosuch;" * 5_000,
    "autolinks": lambda: "<http://a> " * 5_000,
    "open angles": lambda: "<" * 50_000,
    "comments": lambda: "<!-- " * 10_000,
    "declarations": lambda: "<?php <![CDATA[ <!X " * 3_000,
    "definitions": lambda: "".join(f"[{n}]: y\n" for n in range(5_000)) + "[1]" * 5_000,
    "footnotes": lambda: "".join(f"[^{n}]: [^{n + 1}]\n\n" for n in range(500)) + "[^0]",
    "headings alike": lambda: "## Same\n\n" * 3_000,
    "headings of signs": lambda: "## ---\n\n## \u200b\n\n## {#a}\n\n## x {#a}\n\n## x {#a b}\n",
    "underlines": lambda: "a\n===\n" * 3_000 + "-\n" * 3_000,
    "bad addresses": lambda: (
        "[a](http://[::1) [b](//[) [c](%00) [d](a%ff.md) [e](?) [f](#%) [g](..)"
    ),
    "bad images": lambda: "![](http://[) ![](%00.png) ![](../../../etc/passwd) ![](data:,x) ![](/)",
    "our own references": lambda: (
        "[x](article:no/where#y) [y](asset:0/../x) ![](asset:a/b) [z](page:)"
    ),
    "addresses that leave": lambda: f"[x]({'../' * 2_000}etc/passwd) ![]({'../' * 2_000}x.png)",
}


EVERYDAY = ("deep quotes", "deep HTML", "bad addresses", "bad images", "our own references")
EVERYDAY += ("directives",)


@pytest.mark.parametrize(
    "names",
    [EVERYDAY, pytest.param(tuple(TEXTS), marks=(pytest.mark.slow, pytest.mark.timeout(600)))],
    ids=["few", "all"],
)
def test_any_text_is_rendered_or_refused_in_bounded_time(place, names):
    for name in names:
        emptied(place)
        place.write({"en/strange.md": TOP + "\n" + TEXTS[name]() + "\n"})
        survive(place, name)


# What stands beside it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        b"\0",
        b"\xff\xfe\n",
        b"!\n",
        b"[\n",
        b"**/**/**\n" * 500,
        b"*" * 3_000,
        b"\\\n",
        b"/\n",
        b"*\n",
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", every_day(1, [".publisherignore", "../.publisherignore"]))
def test_any_list_of_what_to_ignore_is_read_or_refused(place, said, name):
    place.write({name: said})
    survive(place, said)
    (place.folder / ".publisherignore").unlink(missing_ok=True)


def test_what_is_kept_between_runs_may_be_damaged(place):
    survive(place)
    kept = [path for path in (place.folder / ".publisher").rglob("*.json") if "cache" in str(path)]
    assert kept
    chance = random.Random(1)
    strange = [b"", b"null", b"[]", b"{}", b"\xff", b'{"meta": 5}', b"[" * 100_000, b"[1e999]"]
    for path in kept:
        whole = path.read_bytes()
        strange_here = [
            *strange,
            mutated(chance, whole),
            whole.replace(b'"lines": [', b'"lines": [{}, '),
        ]
        path.write_bytes(chance.choice(strange_here))
    assert survive(place) == 0


# Configuration ------------------------------------------------------------------------------

VALUES = (
    *("1", "-1", "0", f"{'9' * 300}", "1.5", "nan", "inf", "true", "[]", "{}", '""', '" "', '"x"'),
    *(
        '"\\u0000"',
        '"\\n"',
        '"../content"',
        '"."',
        '"http://["',
        '"%"',
        '"\\u00b2"',
        '"999999999999%"',
    ),
    *("[1]", "[[]]", "[{}]", '["\\u0000"]', '["en", "en"]', "{a = 1}", "{a = []}", "2026-11-21"),
    *("07:32:00", "1e999", f'"{"x" * 5000}"', '["**/*[", "!"]', '"s3://"', '"git"', "'''\n'''"),
)
TOP_KEYS = (
    "content default_locale locales default_state default_target requires frontmatter lint targets"
)
TARGET_KEYS = (
    "kind region api_version token_env read_token_env workspace author help_center base_url "
    "on_removed on_drift max_removals assets_url assets concurrency rate_share listing_lag ledger "
    "manage fin_locales nested_lists"
)


def configured(made: World, above: str, target: str) -> None:
    """A publisher.toml of which one line is strange."""
    lines = ['default_target = "live"'] if "default_target" not in above else []
    lines += [above, "[targets.live]" if "targets" not in above else ""]
    if "targets" not in above:
        given = {"base_url": f'"{made.url}"', "listing_lag": "0"}
        lines += [
            f"{name} = {value}" for name, value in given.items() if not target.startswith(name)
        ]
    (made.folder / "publisher.toml").write_text("\n".join([*lines, target]) + "\n")


@pytest.mark.slow
@pytest.mark.parametrize("key", TOP_KEYS.split())
def test_any_value_in_the_configuration_is_followed_or_refused(place, key):
    for value in VALUES:
        configured(place, f"{key} = {value}", "")
        survive(place, f"{key} = {value}")


@pytest.mark.slow
@pytest.mark.parametrize("key", TARGET_KEYS.split())
def test_any_value_of_a_target_is_followed_or_refused(place, key):
    for value in VALUES:
        if key == "base_url" and not value.strip("\"' \n"):
            continue  # means Intercom's own host, and no test speaks to that
        configured(place, "", f"{key} = {value}")
        survive(place, f"{key} = {value}")


@pytest.mark.parametrize("said", [b"\xff", b"\0", b"[", b"= 1", b"[[targets]]"], ids=repr)
def test_any_bytes_of_configuration_are_refused(place, said):
    (place.folder / "publisher.toml").write_bytes(said[:100_000])
    assert run(place, said, "lint").code == 64


@pytest.mark.parametrize(
    "said", ['aliases = {"title" = "title"}', 'aliases = {x = ""}', "ignore = [[]]"]
)
def test_any_aliases_of_frontmatter_are_followed_or_refused(place, said):
    configured(place, f"[frontmatter]\n{said}", "")
    survive(place, said)


@pytest.mark.parametrize("said", ["9" * 5_000, "[" * 5_000], ids=["digits", "brackets"])
def test_a_configuration_beyond_what_can_be_read_is_refused(place, said):
    (place.folder / "publisher.toml").write_text(f"concurrency = {said}")
    assert run(place, said[:9], "lint").code == 64
