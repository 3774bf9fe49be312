"""Nested lists as marked paragraphs, for help centers that refuse a list in a list.

Intercom's guide says a nested list is refused with 400; bodies read from live workspaces
hold some. Where a workspace does refuse them, the items below an item become paragraphs of
it, each with a dash or its number before it: an item may hold several paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from publisher.body import tree
from publisher.body.emit import emit
from publisher.body.reader import read
from publisher.body.tree import Block, Blocks, Listing, Paragraph, Run, Runs, within


def has_nested_lists(html: str) -> bool:
    """Say whether a list stands in an item of another one."""
    if html.count("<ul>") + html.count("<ol>") < 2:
        return False
    return any(_nests(block) for block in read(html))


def flat_lists(html: str) -> str:
    """Return a body of ours with every nested list turned into marked paragraphs."""
    return emit(tuple(_flat(block) for block in read(html)))


def _nests(block: Block) -> bool:
    if isinstance(block, Listing):
        inner = (each for item in block.items for each in tree.walk(item))
        return any(isinstance(each, Listing) for each in inner)
    return any(_nests(inner) for group in within(block) for inner in group)


def _flat(block: Block) -> Block:
    if isinstance(block, Listing):
        items = tuple(tuple(_flat_item(item, "")) for item in block.items)
        return replace(block, items=items)
    if isinstance(block, (tree.Callout, tree.Collapsible)):
        return replace(block, blocks=tuple(_flat(inner) for inner in block.blocks))
    return block


def _flat_item(item: Blocks, mark: str) -> Iterator[Block]:
    """An item's blocks, its first paragraph marked; the lists in it laid out behind them."""
    for place, block in enumerate(item):
        if isinstance(block, Listing):
            for number, inner in enumerate(block.items, start=block.start):
                yield from _flat_item(inner, mark + (f"{number}. " if block.ordered else "– "))
        elif place == 0 and mark:
            yield from _marked(block, mark)
        else:
            yield block


def _marked(block: Block, mark: str) -> Iterator[Block]:
    said: Runs = (Run(mark, ()),)
    if isinstance(block, Paragraph):
        yield replace(block, runs=(*said, *block.runs))
    else:
        yield Paragraph(runs=said)
        yield block
