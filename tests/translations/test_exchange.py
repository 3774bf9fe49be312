"""Laws of the way to a translator and back, over texts that nobody chose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import strategies as st

from publisher.body.marks import Line, Tag, fault_of, shape
from publisher.body.parting import environment, read
from publisher.body.rejoining import written
from publisher.model import ContentRules
from publisher.source.document import compile_document
from publisher.translations.exchange import po, xliff
from publisher.translations.exchange.handoff import Handoff, Returned, match
from publisher.translations.exchange.pages import page_of
from publisher.translations.exchange.returning import bring_home
from tests.often import holds

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
WORDS = st.text(
    alphabet=st.sampled_from("ab cdé 12.,!?*_`[]()<>&\\#|~:-+=\"'/{}^$@%;日\u00a0"), min_size=1
).filter(lambda text: any(letter.isalpha() for letter in text))
INLINE = st.recursive(
    st.one_of(WORDS, st.sampled_from(["`code`", "<br>", "![](x.png)", "[^1]", "&amp;", "\\*"])),
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["**{}**", "*{}*", "_{}_", "[{}](x.md)", "![{}](y.png)"]), inner
        ).map(lambda pair: pair[0].replace("{}", pair[1])),
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.lists(inner, min_size=1, max_size=3).map("".join),
    ),
    max_leaves=5,
)
LINES = INLINE.map(lambda text: " ".join(text.split()) or "a")
BLOCKS = st.one_of(
    LINES,
    LINES.map(lambda text: f"## {text}"),
    st.lists(LINES, min_size=1, max_size=3).map(lambda found: "\n".join(f"- {x}" for x in found)),
    st.tuples(LINES, LINES).map(lambda two: f"1. {two[0]}\n\n   {two[1]}"),
    st.tuples(LINES, LINES).map(lambda two: f"> [!NOTE]\n> {two[0]}\n> {two[1]}"),
    LINES.map(lambda text: f"| A | {text.replace('|', '')} |\n|---|---|\n| {'x'} | **b** |"),
    LINES.map(lambda text: f':::collapsible title="Some title"\n{text}\n:::'),
    st.sampled_from(["```\ncode\n```", "<div>raw</div>", "***", "[^1]: A note.", "<!-- no -->"]),
)
BODIES = st.lists(BLOCKS, min_size=1, max_size=6).map(lambda found: "\n\n".join(found) + "\n")


def page(body, title="A title", name="en/a.md"):
    raw = f"---\ntitle: {title}\ndescription: Some words\n---\n\n{body}".encode()
    document = compile_document(name, name, raw, ContentRules())
    return page_of(name, raw, {}, document.sections), {
        each.name: each.digest for each in document.sections
    }


def handed(found, digests, **changes):
    return Handoff(
        key="a",
        source_locale="en",
        target_locale="fr",
        file="content/en/a.md",
        digests=digests,
        units=tuple(found.units.values()),
        **changes,
    )


def through(form, handoff):
    (parcel,) = form.read("a", form.written(handoff))
    return parcel


def spoken(parts, how=str.upper):
    return tuple(how(part) if isinstance(part, str) else part for part in parts)


def answers(found, how=str.upper):
    return [
        Returned(id=unit.id, target=spoken(unit.source, how), ready=True, where="a")
        for unit in found.units.values()
    ]


def translated(raw, name="fr/a.md"):
    document = compile_document(name, name, raw, ContentRules())
    return page_of(name, raw, {}, document.sections)


def structure(found, how=lambda text: text):
    return [
        (piece.kind, shape(Line(spoken(piece.said.parts, how), piece.said.codes)))
        for piece in found.pieces
    ]


@holds(LINES, few=20, many=5000)
def test_a_line_is_written_as_it_was_read(text):
    env = environment()
    line = read(text, env)
    if line is not None and line.parts:
        again = written(line.parts, line.codes, env)
        assert again is None or shape(read(again, env)) == shape(line)


@holds(BODIES, few=5, many=1500)
def test_a_text_that_comes_back_untouched_changes_nothing(body):
    source, digests = page(body)
    for found in (match(source, None, ()), match(source, translated(source.raw), ())):
        for form in (xliff, po):
            parcel = through(form, handed(found, digests))
            home = bring_home(found, parcel.units, digests, parcel.digests, {})
            assert (home.raw, home.faults) == (None, ())


@holds(BODIES, few=5, many=1500)
def test_a_translation_has_the_structure_of_its_source_and_the_words_of_its_translator(body):
    source, digests = page(body)
    found = match(source, None, ())
    home = bring_home(found, answers(found), digests, digests, {})
    if home.faults:  # words between marks that no Markdown says: refused by name
        assert home.raw is None
        assert all("cannot be written" in fault.what for fault in home.faults)
        return
    target = translated(home.raw)
    expected = [
        (piece.kind, shape(Line(spoken(piece.said.parts), piece.said.codes)))
        if piece in found.units
        else (piece.kind, shape(piece.said))
        for piece in source.pieces
    ]
    assert structure(target) == expected
    back = match(source, target, home.fresh)
    assert {unit.id: unit.target for unit in back.units.values()} == {
        each.id: each.target for each in answers(found)
    }
    assert home.fresh == digests.keys()


@holds(BODIES, st.integers(0, 20), few=5, many=1500)
def test_an_edit_of_one_text_changes_its_block_and_no_other(body, number):
    source, digests = page(body)
    found = match(source, translated(source.raw), set(digests))
    units = list(found.units.values())
    unit = units[number % len(units)]
    back = [
        Returned(id=unit.id, target=spoken(unit.source, lambda t: t + "éé"), ready=True, where="a")
    ]
    home = bring_home(found, back, digests, digests, {})
    if home.faults or unit.target is None:
        return
    piece = next(piece for piece, other in found.units.items() if other is unit)
    before, after = source.source.split("\n"), home.raw.decode().split("\n")
    line = found.source.line_of(piece) - 1
    assert before[:line] == after[:line]
    tail = next((n for n in range(1, len(before)) if before[-n] != after[-n]), len(before))
    _, end = source.text.blocks[piece.block]
    last = line + 1 if piece in source.meta else source.first - 1 + end
    assert len(before) - tail < last


@holds(
    st.lists(st.one_of(WORDS, st.builds(Tag, st.just("alone"), st.integers(1, 9)))),
    few=60,
    many=3000,
)
def test_words_and_marks_survive_the_notation_of_po(parts):
    joined = []
    for part in parts:
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    assert po.parsed(po.spelt(tuple(joined))) == tuple(joined)


@pytest.mark.parametrize(
    "text", ["<1>", "</2/>", "\\<1>", "a\\", "\\\\<3/>", "<12x>", "1 < 2 and <b>"]
)
def test_what_looks_like_a_mark_in_a_text_stays_text(text):
    parts = (text, Tag("alone", 1), text)
    assert po.parsed(po.spelt(parts)) == parts


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("a", Tag("open", 1), "b", Tag("close", 1), Tag("alone", 2)), ""),
        (("a", Tag("alone", 2)), "the mark 1 is missing"),
        ((Tag("open", 1), Tag("alone", 2)), "never ended"),
        ((Tag("open", 1), Tag("alone", 2), Tag("close", 2), Tag("close", 1)), "does not end"),
        ((Tag("open", 1), Tag("close", 1), Tag("alone", 2), Tag("alone", 2)), "stands twice"),
        ((Tag("open", 1), Tag("close", 1), Tag("alone", 7)), "not one of this text"),
        ((Tag("alone", 1), Tag("alone", 2)), "pair"),
    ],
)
def test_marks_that_a_translator_broke_are_told(parts, said):
    line = read("**b** `c`", environment())
    fault = fault_of(parts, line.codes)
    assert (said in fault) if said else fault == ""


REAL = sorted(CORPORA.glob("*/content/en/**/*.md"))


@pytest.mark.slow
@pytest.mark.parametrize("path", REAL, ids=lambda path: "/".join(path.parts[-3:]))
def test_real_texts_go_and_come_home(path):
    raw = path.read_bytes()
    document = compile_document("en/a.md", "en/a.md", raw, ContentRules())
    if document.broken:
        return
    source = page_of("en/a.md", raw, {}, document.sections)
    digests = {each.name: each.digest for each in document.sections}
    found = match(source, None, ())
    for form in (xliff, po):
        parcel = through(form, handed(found, digests))
        assert [unit.id for unit in parcel.units] == [unit.id for unit in found.units.values()]
    home = bring_home(found, answers(found), digests, digests, {})
    assert home.faults == ()
    assert [kind for kind, _ in structure(translated(home.raw))] == [
        kind for kind, _ in structure(source)
    ]
    assert not re.search(rb"\n\n\n\n", home.raw) or re.search(rb"\n\n\n\n", raw)
