"""What differs between two bodies beside their words, by name.

Every aspect is compared where both bodies have the same words, so that a new heading is no
change of the levels of the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from publisher.body import canonical, refs, tree
from publisher.body.reader import read
from publisher.body.vocabulary import declarations
from publisher.model import Asset
from publisher.plan.reading import HEADING_ID, IMAGE_DIGEST, unsigned

ORDER = (
    "heading levels",
    "alignment",
    "callout colours",
    "table style",
    "column widths",
    "merged cells",
)
_Aspects = Mapping[tuple[str, str], set[str]]
_FILE = re.compile(r'<img src="([^"]+)"')


def differing(before: str, after: str) -> list[str]:
    """Name what differs beside the words: "heading levels", "alignment" …; [] when nothing does."""
    left, right = _aspects(before), _aspects(after)
    shared = left.keys() & right.keys()
    found = {place[0] for place in shared if left[place] != right[place]}
    return [name for name in ORDER if name in found]


def unnamed(before: str, after: str) -> list[str]:
    """What can still differ where words and aspects are the same: "layout", or an anchor."""
    left, right = (_settled(html) for html in (before, after))
    if HEADING_ID.sub("", left) != HEADING_ID.sub("", right):
        return ["layout"]
    if left != right:
        return ["the heading a link leads to"]
    same = canonical.heading_ids(before) == canonical.heading_ids(after)
    return [] if same else ["heading anchors"]


def _settled(html: str) -> str:
    return IMAGE_DIGEST.sub("", unsigned(canonical.canonical(html)))


def replaced_images(before: str, after: str) -> list[str]:
    """File names of images that stay where they are and get other bytes."""
    shown = set(_FILE.findall(canonical.canonical(before)))
    bare = {IMAGE_DIGEST.sub("", name) for name in shown if IMAGE_DIGEST.search(name)}
    wanted = {
        Asset(token=each.key, path="").public_name: each.key.partition("/")[2]
        for each in refs.references(after)
        if each.kind == "asset"
    }
    found = (name for public, name in wanted.items() if name in bare and public not in shown)
    return list(dict.fromkeys(found))


def _aspects(html: str) -> _Aspects:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    blocks = read(canonical.canonical(html))
    for block in tree.walk(blocks):
        for name, words, value in _aspects_of(block):
            found[name, words].add(value)
    return found


def _aspects_of(block: tree.Block) -> Iterator[tuple[str, str, str]]:
    words = block.src if isinstance(block, tree.Image) else tree.text_of(block)
    if isinstance(block, tree.Heading):
        yield "heading levels", words, str(block.level)
    if isinstance(block, (tree.Heading, tree.Paragraph, tree.Image, tree.Button)):
        yield "alignment", IMAGE_DIGEST.sub("", words), block.align
    if isinstance(block, tree.Callout):
        yield "callout colours", words, f"{block.background} {block.border}"
    if isinstance(block, tree.Table):
        yield from _aspects_of_table(block, words)


def _aspects_of_table(table: tree.Table, words: str) -> Iterator[tuple[str, str, str]]:
    yield "table style", words, table.style
    for cell in (cell for row in table.rows for cell in row):
        said = " ".join(tree.text_of(block) for block in cell.blocks)
        style = declarations(cell.style)
        yield "column widths", said, style.pop("width", "")
        yield "table style", f"cell {said}", str(style)
        yield "merged cells", said, f"{cell.columns}×{cell.rows}"
