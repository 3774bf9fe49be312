"""Whatever the ledger and the journal hold, a command ends in words and writes nothing unasked.

Files are damaged, each case by a seed of its own: bytes that are gone, garbled or doubled, fields
of another type, fields besides, formats of the future. A file that cannot be read as a whole
stops every command before the help center hears of a write, and is left as it lies.
STRANGE_LEDGERS says how many cases there are of each kind; without it there are a few everyday,
and of the tests marked slow many times as many.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from publisher.errors import LedgerError
from publisher.ledger import opening
from publisher.ledger.book import Ledger
from publisher.ledger.home import Home, beside
from publisher.ledger.records import Intent
from publisher.model import Entry, Key, Ref, RemoteId
from tests.journeys.test_any_answer import (
    CODES,
    MOST_REQUESTS,
    Stage,
    odd_value,
    only_stage,
    places,
    stage,
)
from tests.often import few_and_many
from tests.world import World

__all__ = ["only_stage", "stage"]

pytestmark = pytest.mark.socket
SLOW = (pytest.mark.slow, pytest.mark.timeout(1200))
COMMANDS = (
    ("plan",),
    ("apply", "--yes"),
    ("status",),
    ("pull",),
    ("state", "rm", "billing/refunds"),
)
MANY = int(os.environ.get("STRANGE_LEDGERS", "0"))
Damage = Callable[[bytes, random.Random], bytes]


# Damages ------------------------------------------------------------------------------------


def cut_short(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def garbled(content: bytes, chance: random.Random) -> bytes:
    """Some bytes are others."""
    held = bytearray(content)
    for _ in range(chance.choice([1, 1, 3, 30])):
        held[chance.randrange(len(held))] = chance.randrange(256)
    return bytes(held)


def shuffled(content: bytes, chance: random.Random) -> bytes:
    """A piece is missing, there twice, or somewhere else."""
    one, other = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    piece, rest = content[one:other], content[:one] + content[other:]
    at = chance.randrange(len(rest) + 1)
    return chance.choice([rest, content[:other] + content[one:], rest[:at] + piece + rest[at:]])


def replaced(content: bytes, chance: random.Random) -> bytes:
    """Something else altogether."""
    lines = content.splitlines(keepends=True)
    return chance.choice(
        [
            b"",
            b"\n",
            b"\0" * len(content),
            b"\xef\xbb\xbf" + content,
            content.decode().encode("utf-16"),
            chance.randbytes(len(content)),
            content * 2,
            b"<<<<<<< ours\n" + content + b">>>>>>> theirs\n",
            b"".join(sorted(lines, key=lambda _: chance.random())),
            b"[" * 100_000,
            b'{"format":' * 50_000,
            json.dumps(odd_value(chance)).encode() + b"\n",
        ]
    )


def odd_fields(content: bytes, chance: random.Random) -> bytes:
    """Some fields say something else, are gone, or are there besides; it is JSON as before."""
    lines = content.splitlines() if _is_lines(content) else [content]
    for _ in range(chance.choice([1, 1, 2, 4])):
        at = chance.randrange(len(lines))
        lines[at] = json.dumps(_odd(json.loads(lines[at]), chance)).encode()
    return b"\n".join(lines) + b"\n"


def _is_lines(content: bytes) -> bool:
    return content.startswith(b'{"event"')


def _odd(data: object, chance: random.Random) -> object:
    ways = list(places(data))
    if not ways:
        return odd_value(chance)
    way = chance.choice(ways)
    above = data
    for name in way[:-1]:
        above = above[name]
    what = chance.choice(["put", "put", "drop", "add"])
    if what == "drop":
        del above[way[-1]]
    elif what == "add" and isinstance(above, dict):
        above[chance.choice(["", "x", "id", "kind", "sent", "\ud83d"])] = odd_value(chance)
    else:
        above[way[-1]] = odd_value(chance)
    return data


def of_the_future(content: bytes, chance: random.Random) -> bytes:
    number = chance.choice([b"0", b"99", b"x", b"1.5", b"-1"])
    return content.replace(b"publisher-ledger/", b"publisher-ledger/" + number).replace(
        b"publisher-journal/", b"publisher-journal/" + number
    )


DAMAGES: tuple[Damage, ...] = (
    cut_short,
    garbled,
    shuffled,
    replaced,
    odd_fields,
    odd_fields,
    of_the_future,
)


INTENT = Intent(
    id="e" * 32,
    ref=Ref("article", Key("x")),
    action="birth",
    would=Entry(ref=Ref("article", Key("x")), id=RemoteId(""), title="X"),
    meant={},
)


# Files --------------------------------------------------------------------------------------


def home_of(made: World) -> Home:
    return beside(made.folder / ".publisher", "live")


def with_journal(made: World) -> Home:
    """Leave what a run leaves that was killed: each kind of event, and calls in doubt."""
    home = home_of(made)
    with opening.opened(home, command="publisher apply", new_id=lambda: "1") as journal:
        ref = Ref("article", Key("orders/cancel"))
        entry = journal.ledger.entries[ref]
        new = replace(entry, ref=Ref("article", Key("orders/new")), id="", title="New")
        intents = [
            Intent(id=f"{number:032x}", ref=each.ref, action=action, would=each, meant={"x": "y"})
            for number, (each, action) in enumerate(
                [(entry, "write"), (entry, "write"), (new, "birth")]
            )
        ]
        journal.begin(intents)
        journal.done(intents[0], entry)
        journal.failed(intents[1])
        journal.hold("d" * 64, "https://downloads.intercomcdn.com/i/o/1/x.png?signed=1")
        journal.adopt(ref, entry)
        journal.rename(Ref("article", Key("orders/moved")), ref.key)
        journal.rename(ref, Key("orders/moved"))
        left = home.journal.read_bytes(), home.place.get("ledger").content
    home.journal.write_bytes(left[0])
    (home.folder / "live.json").write_bytes(left[1])
    return home


def read(home: Home) -> Ledger | LedgerError:
    try:
        return opening.read(home)
    except LedgerError as error:
        return error


@dataclass(frozen=True)
class Case:
    """Which file is damaged how; the seed decides all the rest."""

    file: str
    seed: int

    def strike(self, home: Home) -> random.Random:
        chance = random.Random(f"{self.file} {self.seed}")
        path = home.folder / self.file
        path.write_bytes(chance.choice(DAMAGES)(path.read_bytes(), chance))
        return chance


def cases(few: int, many: int) -> Iterator[object]:
    for seed in range(max(many, MANY)):
        marks = SLOW if seed >= max(few, MANY) else ()
        for file in ("live.json", "live.journal"):
            yield pytest.param(Case(file, seed), id=f"{file}-{seed}", marks=marks)


# Laws ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", tuple(cases(4, 400)))
def test_a_command_ends_in_words_and_writes_nothing_unless_the_ledger_is_whole(
    stage: Stage, case: Case
):
    made = stage.fresh()
    home = with_journal(made)
    chance = case.strike(home)
    command = chance.choice(COMMANDS)
    whole, files = isinstance(read(home), Ledger), stage.files()
    kept = {path: path.read_bytes() for path in (home.journal, home.folder / "live.json")}

    ended = made.run(*command)

    assert ended.code in CODES, str(ended)
    assert "Traceback" not in ended.err + ended.out
    assert stage.tampering.requests <= MOST_REQUESTS
    if not whole:
        assert ended.code == 1, str(ended)
        assert "error: " in ended.err
        assert {path: path.read_bytes() for path in kept} == kept, "it lies as it lay"
        assert stage.files() == files
    if not whole or command[0] != "apply":
        assert made.writes == []


@few_and_many("seeds", 15, 60)
@pytest.mark.parametrize("damage", sorted(set(DAMAGES), key=lambda each: each.__name__))
@pytest.mark.parametrize("file", ["live.json", "live.journal"])
def test_a_file_is_read_as_a_whole_or_refused_in_one_sentence(stage: Stage, file, damage, seeds):
    """Whatever is taken for whole can be kept, and reads the same again."""
    home = with_journal(stage.fresh())
    kept = {path: path.read_bytes() for path in (home.journal, home.folder / "live.json")}
    for seed in range(max(seeds, MANY)):
        for path, content in kept.items():
            is_meant = path.name == file
            path.write_bytes(damage(content, random.Random(seed)) if is_meant else content)
        ledger = read(home)
        if isinstance(ledger, LedgerError):
            assert str(home.folder) in str(ledger), seed
            continue
        with opening.opened(home, command="publisher apply", new_id=lambda: "1") as journal:
            journal.begin([INTENT])  # a line after those that were there
            journal.failed(INTENT)
            journal.ledger.changed = True
        again = opening.read(home)
        assert (again.entries, again.doubts) == (ledger.entries, ledger.doubts), seed
        assert (again.images, again.taken) == (ledger.images, ledger.taken), seed
