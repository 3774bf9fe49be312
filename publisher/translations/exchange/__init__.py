"""Texts on their way to a translator and back.

    source.md ──pages──► its pieces, each with its place in the file (`body.pieces`)
    fr.md     ──alike──► what of it is translated already
                  │
               handoff ──xliff, po──► a file for a translation tool or an agency
                                             │
    fr.md, changed ◄──weaving, returning── the file, edited

The texts of the source are exchanged in place: what a translator is not shown (code, raw HTML,
addresses, images) cannot be lost, and the structure is the source's own. Everything but `xliff`
and `po` is pure and needs no library of translators.
"""

from __future__ import annotations
