"""What is read again after a save says what reading everything afresh would say."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import strategies as st

from publisher.model import ContentRules
from publisher.source import files
from publisher.source.memory import Memory
from publisher.source.reading_again import reread
from publisher.source.reading_all import read
from publisher.source.standing import Where
from tests.often import holds

FILES = ["en/a.md", "fr/a.md", "en/b.md", "en/c/d.md", "fr/c/d.md"]
PIECES = [
    "## B\n\nx",
    "#### C\n\nx",
    "1. x\n2. y",
    "![](/i.png)",
    "![i](/i.png)",
    "[x](/a.md)",
    "[x](/b.md#b)",
    "`{name}`",
    "```\nrun --all\n```",
    "maria@wayfarer.travel",
    "> said",
    "<!-- publisher-ignore blockquote, image-alt -->",
    "<!-- publisher-ignore-file article-orphan, parity-links, title-duplicate -->",
]
TEXTS = st.tuples(st.sampled_from(["A", "B"]), st.lists(st.sampled_from(PIECES), max_size=4))
SAVES = st.lists(st.tuples(st.sampled_from(FILES), TEXTS), min_size=1, max_size=5)


def write(folder, name, text):
    title, pieces = text
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: {title}\n---\n\nText.\n\n" + "\n\n".join(pieces) + "\n", "utf-8")


@holds(st.lists(TEXTS, min_size=5, max_size=5), SAVES, few=12, many=300)
def test_a_save_read_by_itself_gives_the_findings_of_everything_read_afresh(texts, saves):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "i.png").write_bytes(b"x")
        for name, text in zip(FILES, texts, strict=True):
            write(folder, name, text)
        where = Where(folder, ContentRules(), preview=True)
        standing = read(where, {}, Memory())
        for name, text in saves:
            write(folder, name, text)
            (found,) = [each for each in files.walk(folder).markdown if each.path == name]
            again = reread(standing, [found], Memory())
            fresh = read(where, {}, Memory())
            standing = fresh if again is None else again[0]
            assert standing.loaded.problems == fresh.loaded.problems
            assert standing.loaded.ignores == fresh.loaded.ignores
