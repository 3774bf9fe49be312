"""Markdown → the HTML we send, with its headings, links and findings.

    text ──markdown──► standard HTML ──reader──► blocks ──degrade──► blocks Intercom keeps
                                                        ──emit──► HTML in one line

Knows nothing of where links lead: the author's URLs stay, and the source room exchanges
them. Only a link within the page (`#fees`) is settled here, because here the headings are.
No input raises; what is wrong with it is a `Finding`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import unquote

from publisher.body import emit, refs, tree, unkept
from publisher.body.attributes import legible
from publisher.body.degrade import Degrading
from publisher.body.findings import Finding, Findings
from publisher.body.headings import Heading, Headings, levels_in, slug_of
from publisher.body.markdown import to_html
from publisher.body.reader import read
from publisher.body.tree import Blocks

__all__ = ["Finding", "Heading", "Link", "Rendered", "render"]

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Link:
    """The address of a link or image as it stands in the HTML, and its line in the file."""

    url: str
    line: int
    image: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A body, and what the other rooms need to know of it.

    headings    in order, without the one that became the title.
    links       one for each address that `refs.rewrite` will meet in `html`, in that order.
    levels      of the headings as the author wrote them, shallowest first.
    lines       for each top-level block of `html` (`canonical.blocks`), its line in the file.
    title       the first `# heading`, when asked to take it; None when there was none.
    written     the blocks as the author wrote them, before anything was fitted.
    """

    html: str
    headings: tuple[Heading, ...] = ()
    levels: tuple[int, ...] = ()
    links: tuple[Link, ...] = ()
    lines: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()
    title: str | None = None
    written: Blocks = field(default=(), compare=False, repr=False)


def render(
    text: str, *, heading_seed: str = "", first_line: int = 1, take_title: bool = False
) -> Rendered:
    """Render Markdown as Intercom's HTML.

    heading_seed  makes heading ids differ between articles and locales.
    first_line    the file's line on which `text` begins (after the frontmatter).
    take_title    take the first `# heading` out of the body, as the title.
    """
    findings = Findings()
    cleaned = legible(_SURROGATES.sub("\ufffd", text))
    html = to_html(cleaned, findings, first_line)
    unkept.tell(html, findings, first_line)
    blocks = read(html, zero_width=True, line=first_line)
    title, blocks = _taken_title(blocks) if take_title else (None, blocks)
    headings = Headings(heading_seed, levels_in(blocks))
    if title is not None:
        headings.unique(slug_of(title))  # GitHub counts it, too
    written, blocks = blocks, Degrading(findings, headings).blocks(blocks)
    html, links = _settle_anchors(blocks, headings, findings)
    return Rendered(
        html=html,
        headings=tuple(headings.found),
        levels=headings.levels,
        links=links,
        lines=tuple(block.line for block in blocks),
        findings=findings.told(),
        title=title,
        written=written,
    )


def _taken_title(blocks: Blocks) -> tuple[str | None, Blocks]:
    for place, block in enumerate(blocks):
        if isinstance(block, tree.Heading) and block.level == 1:
            return tree.plain(block.runs), (*blocks[:place], *blocks[place + 1 :])
    return None, blocks


def _settle_anchors(
    blocks: Blocks, headings: Headings, findings: Findings
) -> tuple[str, tuple[Link, ...]]:
    """Write the HTML; links within the page lead to heading ids, or are no links."""
    written = emit.addresses(blocks)
    links: list[Link] = []

    def settle(url: str, image: bool) -> str | None:
        line = next(written).line
        if url.startswith("#") and not image:
            found = headings.resolve(url[1:])
            if found is None:
                anchor = _readable(url[1:])
                findings.refuse(
                    "anchor-unresolved",
                    line,
                    f"no heading of this page is called `#{anchor}`; the link's text stays.",
                    _nearest(anchor, headings),
                )
                return None
            url = f"#{found}"
        links.append(Link(url, line, image))
        return url

    return refs.rewrite(emit.emit(blocks), settle), tuple(links)


def _nearest(anchor: str, headings: Headings) -> str:
    near = get_close_matches(anchor.lower(), [heading.slug for heading in headings.found], 1)
    return f"Did you mean `#{near[0]}`?" if near else ""


def _readable(anchor: str) -> str:
    decoded = unquote(anchor)
    return decoded if decoded.isprintable() else anchor
