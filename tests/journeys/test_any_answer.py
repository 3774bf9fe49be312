"""Whatever a server answers, a command ends in words: no traceback, no hang, no write in doubt.

A wrapper before the help center damages answers, each case by a seed of its own: what Intercom's
schema allows and nobody expects, what it does not allow, and what is no answer of an API at all.
STRANGE_ANSWERS says how many cases there are to be of each kind; without it there are a few
everyday, and of the tests marked slow many times as many.
"""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import PublisherError
from publisher.helpcenter import HelpCenter
from publisher.intercom import observe
from publisher.intercom.dialect import Call, Reply, dialect
from publisher.intercom.transport import Transport, client
from publisher.intercom.walk import walk
from tests.journeys.test_crashes import PAGES, ROOT
from tests.often import every_day
from tests.world import SMALL, TOKEN, World, world

pytestmark = pytest.mark.socket
SLOW = (pytest.mark.slow, pytest.mark.timeout(1200))
CODES = {*range(8), 64, 130}
MOST_REQUESTS = 500
READING = (
    ("plan",),
    ("plan", "--format", "json"),
    ("status",),
    ("status", "--format", "json"),
    ("pull",),
    ("pull", "--all"),
    ("pull", "--adopt", "--format", "json"),
    ("doctor",),
)
LISTINGS = (
    "/help_center/collections",
    "/articles",
    "/ai/content_import_sources",
    "/ai/external_pages",
)
READ_FIRST = ("/me", "/help_center/help_centers", *LISTINGS)
DEEP = 400


@dataclass(frozen=True)
class Answer:
    """An answer of a server: what a wrapper may change."""

    status: str
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.content) if self.content.strip() else None

    def saying(self, data: Any) -> Answer:
        return self.of(json.dumps(data).encode())

    def of(self, content: bytes, **headers: str) -> Answer:
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = [(n, v) for n, v in self.headers if n.lower() not in {"content-length", *named}]
        size = ("Content-Length", str(len(content)))
        return Answer(self.status, (*kept, *named.items(), size), content)


Damage = Callable[[Answer], Answer]


@dataclass
class Tampering:
    """Stands before the help center, counts requests and damages the answers to some."""

    app: Any
    method: str = "GET"
    path: str = ""
    damage: Damage | None = None
    requests: int = 0
    struck: list[bytes] = field(default_factory=list)

    def __call__(self, environ, start_response):
        self.requests += 1
        held: list[Any] = []
        content = b"".join(self.app(environ, lambda *line: held.append(line)))
        answer = Answer(held[0][0], tuple(held[0][1]), content)
        if self.damage and environ["REQUEST_METHOD"] in self.method and self._meant(environ):
            answer = self.damage(answer)
            self.struck.append(answer.content[:2000])
        start_response(answer.status, list(answer.headers))
        return [answer.content]

    def _meant(self, environ) -> bool:
        return environ["PATH_INFO"] == self.path or (
            self.path.endswith("*") and environ["PATH_INFO"].startswith(self.path[:-1])
        )


@dataclass
class Stage:
    """One world, put back before every case into the state it had when it was ready."""

    made: World
    kept: Path
    tampering: Tampering

    def fresh(self) -> World:
        self.tampering.method, self.tampering.damage = "GET", None
        shutil.rmtree(self.made.folder)
        shutil.copytree(self.kept / "folder", self.made.folder)
        self.made.center.close()
        shutil.copy(self.kept / "center.db", self.kept / "used.db")
        self.made.center = self.tampering.app = HelpCenter(
            self.kept / "used.db", locales=("en", "fr", "de")
        )
        self.tampering.requests = 0
        self.tampering.struck.clear()
        return self.made

    def files(self) -> dict[str, bytes]:
        content = self.made.folder / "content"
        return {
            path.relative_to(content).as_posix(): path.read_bytes()
            for path in sorted(content.rglob("*"))
            if path.is_file()
        }


@pytest.fixture(scope="module")
def only_stage(tmp_path_factory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
        environment.delenv("CI", raising=False)
        with staged(tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("folder")) as made:
            yield made


@pytest.fixture
def stage(only_stage: Stage) -> Stage:
    only_stage.fresh()
    return only_stage


@contextmanager
def staged(kept: Path, folder: Path) -> Iterator[Stage]:
    """Applied once; then changed here, edited there, with things of a colleague beside it."""
    tampering = Tampering(None)

    def before(center: HelpCenter) -> Tampering:
        tampering.app = center
        return tampering

    with world(folder, wrap=before, path=kept / "first.db") as made:
        made.write({**SMALL, **PAGES})
        made.apply()
        edited = made.article("Refunds")["id"]
        made.center.edit_by_hand(edited, "fr", body="<p>Sous 15 jours.</p>")
        home = made.center.create_by_hand("collection", title="Theirs")
        made.center.create_by_hand("article", title="Hers", body="<p>Hers.</p>", parent_id=home)
        made.edit("en/orders/cancel.md", "None.", "One euro.")
        made.write({"en/orders/new.md": "---\ntitle: New\n---\nNew.\n"})
        made.center.close()
        shutil.copytree(folder, kept / "folder")
        shutil.copy(kept / "first.db", kept / "center.db")
        yield Stage(made, kept, tampering)


# Damages ------------------------------------------------------------------------------------


def nested(depth: int, *, inside: Any = None) -> Any:
    for _ in range(depth):
        inside = [inside]
    return inside


def odd_value(chance: random.Random) -> Any:
    """Something that JSON can say, and that is hardly meant here."""
    return chance.choice(
        [
            None,
            "",
            " ",
            "\0",
            "\ud83d",
            "a\udc00b \ud83d\ude00",
            "one\ntwo\u202ethree",
            "<p>" * 300,
            "<ul><li>" * 60 + "x",
            "<table><tr><td><div><b><a href=x><img>",
            "article:no/where#x",
            "../../etc/passwd",
            "http://[::1",
            "https://evil.example/x?page=2",
            "9" * 5000,
            "published",
            "#1",
            "en",
            "x.y",
            0,
            1,
            -1,
            1.5,
            float("nan"),
            float("inf"),
            -float("inf"),
            10**30,
            True,
            False,
            [],
            {},
            [[]],
            [None],
            ["en", 5, None],
            {"a": {"b": [None, {"c": ""}]}},
            {"en": {"title": "x", "body": "<p>x"}, "\ud83d": {"title": "y"}, "": {"title": "z"}},
            {"no.where": {"title": "x"}, "id": {"title": "Indonesian"}, "type": {"title": "t"}},
            nested(DEEP),
        ]
    )


def places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, as the way there."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for name, value in pairs:
        yield (*above, name)
        if isinstance(value, dict | list):
            yield from places(value, (*above, name))


def put(data: Any, way: tuple[Any, ...], value: Any) -> None:
    for name in way[:-1]:
        data = data[name]
    data[way[-1]] = value


def odd_fields(chance: random.Random) -> Damage:
    """One or some fields anywhere say something else, are gone, or are there besides."""

    def damage(answer: Answer) -> Answer:
        data = answer.data
        for _ in range(chance.choice([1, 1, 2, 5])):
            ways = list(places(data)) if data else []
            if not ways:
                break
            way = chance.choice(ways)
            above = data
            for name in way[:-1]:
                above = above[name]
            what = chance.choice(["put", "put", "put", "drop", "add", "reorder"])
            if what == "drop":
                del above[way[-1]]
            elif what == "add" and isinstance(above, dict):
                above[chance.choice(["", "x", "type", "parent_id", "\ud83d"])] = odd_value(chance)
            elif what == "reorder" and isinstance(above, dict):
                for name in sorted(above, key=lambda _: chance.random()):
                    above[name] = above.pop(name)
            else:
                above[way[-1]] = odd_value(chance)
        return answer.saying(data)

    return damage


def odd_columns(chance: random.Random) -> Damage:
    """One field says the same odd thing in every row."""
    value, pick = odd_value(chance), chance.random()

    def damage(answer: Answer) -> Answer:
        data = answer.data
        found = data.get("data") if isinstance(data, dict) else None
        rows = found if isinstance(found, list) else [data]
        names = sorted({name for row in rows for name in row})
        for row in rows if names else ():
            row[names[int(pick * len(names))]] = value
        return answer.saying(data)

    return damage


def odd_lists(chance: random.Random) -> Damage:
    """Rows twice, missing, of another kind or in another order; pages that count oddly."""

    def damage(answer: Answer) -> Answer:
        data = answer.data
        rows = data.get("data")
        if isinstance(rows, list) and rows:
            row = copy.deepcopy(chance.choice(rows))
            another = {
                **row,
                "id": chance.choice([0, "", 1.5, True, None, "105", 10**30, "a/../b"]),
            }
            other = {**row, "type": "tour"}
            for _ in range(chance.choice([0, 1, 2])):
                chance.choice(
                    [
                        lambda: rows.append(row),
                        lambda: rows.append(other),
                        lambda: rows.append(another),
                        lambda: rows.append(odd_value(chance)),
                        lambda: rows.pop() if rows else None,
                        rows.clear,
                        rows.reverse,
                        lambda: rows.extend(rows * 3),
                    ]
                )()
        data["total_count"] = chance.choice([data.get("total_count"), 0, -1, 10**9, "many", 1.5])
        itself = "http://127.0.0.1/articles?page=1&per_page=250"
        following = chance.choice(
            [
                None,
                itself,
                "https://evil.example/articles?page=2",
                {"page": 1, "starting_after": "same"},
                {"starting_after": ["x"]},
                "http://[",
                "?starting_after=",
                7,
            ]
        )
        data["pages"] = chance.choice(
            [
                data.get("pages"),
                {"type": "pages", "next": following, "page": 1, "total_pages": 10**9},
                {"next": following, "total_pages": float("inf")},
                following,
            ]
        )
        return answer.saying(data)

    return damage


def refusals(chance: random.Random) -> Damage:
    """A refusal, of the sort that is not asked again, with an envelope nobody can read."""
    status = chance.choice(["400 Bad", "401 No", "403 No", "404 No", "409 No", "410 Gone"])
    status = chance.choice([status, "418 I'm a teapot", "422 No", "301 Moved", "302 Found"])
    said = chance.choice([b"", b"null", b"[]", b"[[[", b"<html>", b"\xff\xfe", b'"x"', b"{}"])
    errors = [odd_value(chance), {"code": odd_value(chance), "message": odd_value(chance)}]
    listed = {"type": "error.list", "errors": chance.choice([errors, errors[1:], errors[0], {}])}
    headers = {"location": chance.choice(["", "http://[", "/me", "https://evil.example/\xff"])}

    def damage(answer: Answer) -> Answer:
        content = chance.choice([said, json.dumps(listed).encode()])
        return Answer(status, answer.headers, b"").of(content, **headers)

    return damage


def odd_headers(chance: random.Random) -> Damage:
    """A good answer under headers that mean nothing."""
    said = ["", "soon", "-1", "nan", "inf", "1e400", "9" * 400, "\xb2", "0x10", "1,2", "\xff"]
    names = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Date"]
    names += ["Retry-After", "Content-Type", "X-Request-Id", "Intercom-Version"]
    some = {name: chance.choice(said) for name in chance.sample(names, 4)}
    return lambda answer: answer.of(answer.content, **some)


def garbage(chance: random.Random) -> Damage:
    """No answer of an API: bytes, half an answer, a wrong encoding, a server out of its mind."""

    def damage(answer: Answer) -> Answer:
        content = chance.choice(
            [
                b"",
                chance.randbytes(chance.randrange(2000)),
                answer.content[: chance.randrange(len(answer.content) + 1)],
                answer.content.replace(b'"', b"'"),
                answer.content + b"}",
                answer.content.decode().encode("utf-16"),
                b"\xef\xbb\xbf" + answer.content,
                b'{"data": [], "total_count": ' + b"9" * 5000 + b"}",
                b'{"data": [1e999, -1e999, NaN]}',
                b'"' + b"\\ud800" * 9 + b'"',
                *(json.dumps(value).encode() for value in (None, True, 5, "x", [], {})),
            ]
        )
        status = chance.choice(["200 OK", answer.status, "204 No Content", "206 Partial Content"])
        status = chance.choice([status, "299 x", "500 x", "503 x", "599 x", "408 x"])
        headers = chance.choice(
            [
                {},
                {"Content-Encoding": "gzip"},
                {"Content-Encoding": "deflate, br, x"},
                {"Content-Type": "text/html; charset=nonsense"},
                {"Content-Type": "\xff"},
                {"Retry-After": chance.choice(["soon", "-5", "nan", "1e9", "3"])},
                {"Content-Type": "application/json; charset=utf-16"},
            ]
        )
        return Answer(status, answer.headers, b"").of(content, **headers)

    return damage


# Reading ------------------------------------------------------------------------------------


def run(stage: Stage, seed: object, *arguments: str):
    """Run a command; it must end with a documented code, in words, after a few requests."""
    try:
        outcome = stage.made.run(*arguments)
    except Exception as error:
        about = f"seed {seed}: {arguments}, {stage.tampering.path}: {error!r}"
        pytest.fail(f"{about}\n{traceback.format_exc()[-3000:]}\n{stage.tampering.struck[:1]}")
    about = f"seed {seed}: {arguments}\n{outcome}"
    assert outcome.code in CODES, about
    assert "Traceback" not in outcome.out + outcome.err, about
    assert stage.tampering.requests < MOST_REQUESTS, about
    if outcome.code == 1:
        assert "error: " in outcome.err or arguments[0] in ("doctor", "apply"), about
    return outcome


def read_with(stage: Stage, kind: Callable[[random.Random], Damage], seed: int) -> None:
    """Run a reading command against a damage: nothing is written there, and no file lost."""
    chance = random.Random(f"{kind.__name__} {seed}")
    made = stage.fresh()
    before = stage.files()
    stage.tampering.method = "GET"
    stage.tampering.path = chance.choice([*READ_FIRST, *LISTINGS, "/articles/*"])
    stage.tampering.damage = kind(chance)
    made.configure(api_version=chance.choice(["2.16", "2.16", "2.9", "2.17", "Preview"]))
    command = chance.choice(READING)
    outcome = run(stage, seed, *command)
    after = stage.files()
    assert made.writes == [], f"seed {seed}: {command}"
    assert len(after) >= len(before), f"seed {seed}: {command}\n{outcome}"
    if command[0] != "pull" or outcome.code in (1, 64):
        assert after == before, f"seed {seed}: {command}\n{outcome}"


ODD = (odd_fields, odd_columns, odd_lists, refusals, odd_headers)


def cases(everyday: int, slow: int) -> pytest.MarkDecorator:
    """How many seeds to try: a few, and for whoever waits many."""
    chosen = int(os.environ.get("STRANGE_ANSWERS", 0))
    few, many = chosen or everyday, chosen or slow
    return pytest.mark.parametrize(
        "seeds", [range(few), pytest.param(range(few, few + many), marks=SLOW)], ids=["few", "many"]
    )


@pytest.mark.parametrize("kind", every_day(3, ODD))
@cases(2, 83)
def test_reading_an_odd_answer_ends_in_words_and_changes_nothing_live(stage, kind, seeds):
    for seed in seeds:
        read_with(stage, kind, seed)


# Writing ------------------------------------------------------------------------------------


def theirs(made: World) -> list[Any]:
    """What a colleague has there: not ours to touch."""
    articles = [row for row in made.center.rows("article") if "Hers" in str(row["contents"])]
    homes = [row for row in made.center.rows("collection") if "Theirs" in str(row["names"])]
    return [*articles, *homes]


def apply_with(
    stage: Stage, kind: Callable[[random.Random], Damage], seed: int, methods: str
) -> None:
    """Apply against a damage: nothing of others changes, and a good server mends the rest."""
    chance = random.Random(f"{kind.__name__} {methods} {seed}")
    made = stage.fresh()
    others, before = theirs(made), stage.files()
    stage.tampering.method = methods
    reads = [*READ_FIRST, "/articles/*", "/help_center/collections/*"]
    stage.tampering.path = chance.choice(
        ["/articles", "/articles/*"] if methods != "GET" else reads
    )
    stage.tampering.damage = kind(chance)
    run(stage, seed, "apply", "--yes")
    assert stage.files() == before
    assert theirs(made) == others, f"seed {seed}"
    assert [call for call in made.writes if call[0] == "DELETE"] == []
    stage.tampering.damage = None
    run(stage, seed, "apply", "--yes")
    assert theirs(made) == others, f"seed {seed}"
    titles = [row["contents"]["en"]["title"] for row in made.center.rows("article")]
    assert titles.count("New") <= 1, f"seed {seed}: {titles}"


@pytest.mark.parametrize("kind", every_day(3, ODD))
@cases(1, 26)
def test_an_apply_that_reads_odd_answers_leaves_alone_what_is_not_ours(stage, kind, seeds):
    for seed in seeds:
        apply_with(stage, kind, seed, "GET")


@pytest.mark.parametrize("kind", [odd_fields, refusals, odd_headers])
@cases(1, 26)
def test_odd_answers_to_writes_leave_nothing_twice(stage, kind, seeds):
    for seed in seeds:
        apply_with(stage, kind, seed, "POST PUT")


@cases(1, 26)
def test_after_garbage_in_answer_to_a_creation_the_next_apply_finds_it(stage, seeds):
    for seed in seeds:
        apply_with(stage, garbage, seed, "POST")


# Garbage, with a clock of our own -------------------------------------------------------------


@dataclass
class Clock:
    """Seconds that pass only when somebody sleeps, and what was said meanwhile."""

    now: float = 1_800_000_000.0
    slept: float = 0.0
    said: list[str] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds <= 3600
        self.now += seconds
        self.slept += seconds


def look_at_all(stage: Stage, clock: Clock) -> None:
    """All that a command reads of a help center, without a real second of waiting."""
    speaks = dialect("2.16")
    with client(stage.made.url) as http:
        send = Transport(
            http,
            token=TOKEN,
            dialect=speaks,
            sleep=clock.sleep,
            now=lambda: clock.now,
            jitter=lambda: 0.0,
        ).send
        for look in (
            lambda: observe.account(send),
            lambda: observe.help_centers(send, speaks),
            lambda: observe.admins(send),
            lambda: observe.observe(
                send, speaks, known={("article", "9"): "a"}, default_locale="en", fin=True
            ),
        ):
            try:
                look()
            except PublisherError as error:
                clock.said.append(str(error))


@cases(8, 150)
def test_garbage_is_asked_for_again_a_few_times_and_then_told_in_words(stage, seeds):
    for seed in seeds:
        chance = random.Random(f"garbage {seed}")
        stage.tampering.requests = 0
        stage.tampering.path = chance.choice([*READ_FIRST, "/admins", "/articles/*"])
        stage.tampering.damage = garbage(chance)
        clock = Clock()
        look_at_all(stage, clock)
        assert stage.tampering.requests < MOST_REQUESTS, seed
        assert clock.slept < 600, seed
        assert all(each.isprintable() for each in clock.said), seed


def test_a_list_without_end_is_given_up_and_does_not_count_as_read():
    asked = []

    def endless(call: Call) -> Reply:
        asked.append(call)
        following = {"page": len(asked) + 1, "starting_after": f"after {len(asked)}"}
        return Reply(status=200, data={"data": [{"id": len(asked)}], "pages": {"next": following}})

    rows, complete = walk(endless, "/articles", "list every article")
    assert not complete
    assert len(rows) == len(asked) < 5_000


WRONG = (
    {"data": {}, "app": []},
    {"data": None, "app": None, "id": None},
    {"data": [None], "id": {}},
    {"data": [{"title": "without an id"}], "id": [], "app": {}},
    {"data": [{"id": [1]}], "id": 1.5},
)


@pytest.mark.parametrize(
    ("wrong", "command"),
    [
        *[(each, ("plan",)) for each in WRONG],
        (WRONG[0], ("pull", "--all")),
        (WRONG[0], ("apply", "--yes")),
        *[pytest.param(each, ("pull", "--all"), marks=SLOW) for each in WRONG[1:]],
        *[pytest.param(each, ("apply", "--yes"), marks=SLOW) for each in WRONG[1:]],
    ],
    ids=str,
)
def test_nothing_is_written_after_an_answer_that_the_schema_does_not_allow(stage, command, wrong):
    for path in READ_FIRST:
        made = stage.fresh()
        before = stage.files()
        stage.tampering.path = path
        stage.tampering.damage = lambda answer: answer.saying({**answer.data, **wrong})
        outcome = run(stage, path, *command)
        assert outcome.code == 1, str(outcome)
        assert "the answer is not one of Intercom's API" in outcome.err
        assert made.writes == []
        assert stage.files() == before


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_an_answer_nested_too_deeply_is_no_answer(stage, opening):
    stage.tampering.path = "/me"
    stage.tampering.damage = lambda answer: answer.of(opening * 100_000)
    look_at_all(stage, Clock())


def test_a_cookie_that_no_header_can_hold_is_not_sent_back(stage):
    stage.tampering.path = "/me"
    stage.tampering.damage = lambda answer: answer.of(answer.content, Set_Cookie="a=\xb2")
    look_at_all(stage, Clock())


# Garbage, in real processes and with real waits -----------------------------------------------


@pytest.mark.slow
def test_whoever_gets_nothing_but_garbage_ends_with_one_sentence(stage):
    stage.fresh().center.calls.clear()
    before = stage.files()
    stage.tampering.path = "/articles"
    stage.tampering.damage = lambda answer: answer.of(b"\x1f\x8b\xff[", Content_Encoding="gzip")
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "INTERCOM_ACCESS_TOKEN": TOKEN,
        "HOME": str(stage.made.folder),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "publisher", *command],
            cwd=stage.made.folder,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in (("plan",), ("status",), ("pull", "--dry-run"), ("apply", "--yes"))
    ]
    for process in running:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 1, said
        assert "error: could not list every article" in said
        assert "Traceback" not in said
    assert stage.tampering.requests < MOST_REQUESTS
    assert stage.made.writes == []
    assert stage.files() == before
