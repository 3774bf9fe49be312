"""A hand-off as XLIFF 1.2, the form that every translation tool and agency can open.

    <trans-unit id="fees.2.1f2e3d4c" approved="no" xml:space="preserve">
      <source>See <g id="1" ctype="link" equiv-text="refunds.md">refunds</g>.</source>
      <target state="needs-review-translation">Voir <g id="1" …>remboursements</g>.</target>

A pair of marks is a `<g>`, what stands alone an `<x/>`. 1.2 and not 2.1: decision 0033. What we
have to know again when the file comes back (section → digest) is the skeleton, which tools keep.

Source: OASIS, XLIFF 1.2 specification, 1 February 2008: inline elements, `state`, `skl`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree
from translate.storage.placeables import StringElem, xliff
from translate.storage.xliff import Xliff1File, Xliff1Unit

from publisher.body.marks import Code, Parts, Tag
from publisher.errors import PublisherError
from publisher.translations.exchange.handoff import Handoff, Returned, Unit
from publisher.translations.exchange.parcel import Parcel, on_one_line, parcel_of

SUFFIX = ".xlf"
_NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_CTYPES = {"bold": "bold", "italic": "italic", "link": "link", "image": "image", "break": "lb"}
_ON_G = frozenset({"bold", "italic", "link"})
"""What the specification's own list has for `<g>`; the others are ours, with `x-` before them."""
_STATES = {"unsure": "needs-review-translation", "done": "translated"}
_READY = frozenset({"translated", "signed-off", "final"})
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DEEPEST = 60


def written(handoff: Handoff) -> bytes:
    """Spell a hand-off. Raises PublisherError for a text with a character that XML has none for."""
    for unit in handoff.units:
        _check(unit, handoff)
    toolkit: Any = Xliff1File
    store = toolkit.parsestring(_frame(handoff))
    for unit in handoff.units:
        store.addunit(_unit(unit, handoff.file))
    root = store.document.getroot()
    for node in root.iter(etree.Element):  # the library makes some of 1.1, and some of none
        node.tag = f"{{{_NAMESPACE}}}{etree.QName(node).localname}"
    etree.cleanup_namespaces(root)
    out = BytesIO()
    store.serialize(out)
    return out.getvalue()


def _check(unit: Unit, handoff: Handoff) -> None:
    """Refuse what would come back as another text."""
    whose = (
        (unit.source, "this text"),
        (unit.target or (), f"its translation into {handoff.target_locale}"),
    )
    for parts, who in whose:
        found = _NOT_XML.search("".join(part for part in parts if isinstance(part, str)))
        if found:
            raise PublisherError(
                f"{handoff.file}:{unit.line}: {who} holds the invisible character "
                f"U+{ord(found[0]):04X}, which no XLIFF file can hold. Remove it; readers do not "
                "see it."
            )


def _frame(handoff: Handoff) -> bytes:
    """The file without its units; the library's own would say that it is XLIFF 1.1."""
    root = etree.Element(f"{{{_NAMESPACE}}}xliff", nsmap={None: _NAMESPACE}, version="1.2")
    languages = {
        "source-language": handoff.source_locale,
        "target-language": handoff.target_locale,
    }
    file = etree.SubElement(
        root, f"{{{_NAMESPACE}}}file", {"original": _legal(handoff.file), "datatype": "x-markdown"}
    )
    file.attrib.update(languages)
    header = etree.SubElement(file, f"{{{_NAMESPACE}}}header")
    skeleton = etree.SubElement(header, f"{{{_NAMESPACE}}}skl")
    inside = etree.SubElement(skeleton, f"{{{_NAMESPACE}}}internal-file", form="application/json")
    inside.text = json.dumps(Parcel.said(handoff))
    etree.SubElement(file, f"{{{_NAMESPACE}}}body")
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _unit(unit: Unit, file: str) -> Any:
    made: Any = Xliff1Unit("")
    made.rich_source = [_tree(unit.source, unit.codes)]
    if unit.target is not None:
        made.rich_target = [_tree(unit.target, unit.codes)]
        made.target_dom.set("state", _STATES[unit.state])
        made.xmlelement.set("approved", "yes" if unit.state == "done" else "no")
    made.setid(unit.id)
    made.addlocation(_legal(f"{file}:{unit.line}"))
    made.addnote(_legal(unit.note), origin="developer")
    return made


def _legal(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _tree(parts: Parts, codes: tuple[Code, ...]) -> StringElem:
    root = StringElem()
    above = [root]
    for part in parts:
        if isinstance(part, str):
            above[-1].sub.append(StringElem(part))
        elif part.edge == "close":
            above.pop()
        else:
            made = _mark(part, codes[part.code - 1])
            above[-1].sub.append(made)
            if part.edge == "open":
                above.append(made)
    return root


def _mark(tag: Tag, code: Code) -> Any:
    kind = xliff.G if tag.edge == "open" else xliff.X
    ctype = _CTYPES.get(code.name, "")
    known = ctype and (ctype in _ON_G) == (tag.edge == "open")
    shown = code.detail if tag.edge == "open" and code.detail else code.opens
    made: Any = kind(id=str(tag.code))
    made.xml_attrib = {
        "id": str(tag.code),
        "ctype": ctype if known else f"x-{code.name}",
        "equiv-text": _legal(" ".join((shown or code.detail).split())),
    }
    return made


# Reading ------------------------------------------------------------------------------------


def read(name: str, raw: bytes) -> Iterator[Parcel]:
    """Read what came back: one parcel for each `<file>`.

    Raises PublisherError for what is no XLIFF 1.x, or could do harm.
    """
    root = _root(name, raw)
    space = etree.QName(root).namespace or ""
    if etree.QName(root).localname != "xliff" or not space.startswith(_NAMESPACE[:-1]):
        raise PublisherError(
            f"{name} is no XLIFF 1.2. If your tool can choose, let it write the version that "
            "the exported file has."
        )
    for node in root.iterchildren(f"{{{space}}}file"):
        skeleton = "".join(node.xpath("string(.//*[local-name()='internal-file'])"))
        where = f"{name}:{node.sourceline}"
        units = tuple(_returned(unit, name) for unit in node.iter(f"{{{space}}}trans-unit"))
        languages = (node.get("source-language", ""), node.get("target-language", ""))
        yield parcel_of(where, skeleton, languages, units)


def _root(name: str, raw: bytes) -> Any:
    """Parse without fetching or expanding anything; a document type is refused unread."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(raw, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        what = str(error).partition(", line")[0]
        raise PublisherError(
            f"{name}:{line}: the XML cannot be read ({what}). Ask for the file again."
        ) from error
    if tree.docinfo.doctype:
        raise PublisherError(
            f"{name}: the file has a document type, which an XLIFF file has no use for. "
            "Remove the lines from `<!DOCTYPE` on."
        )
    return tree.getroot()


def _returned(node: Any, name: str) -> Returned:
    target = next(node.iterchildren(node.tag.replace("trans-unit", "target")), None)
    parts, fault = _parts(target) if target is not None else ((), "")
    state = target.get("state", "") if target is not None else ""
    approved = node.get("approved", "")
    ready = state in _READY or approved == "yes" or not (state or approved)
    has = any(isinstance(part, str) and part.strip() for part in parts)
    return Returned(
        id=node.get("id", ""),
        target=parts if has else None,
        ready=ready,
        where=f"{name}:{node.sourceline}",
        fault=fault,
    )


def _parts(node: Any) -> tuple[Parts, str]:
    """Read the words and marks of a target; and what in it is no mark that we gave out."""
    parts: list[str | Tag] = []
    fault = _walk(node, parts, 0)
    return on_one_line(parts), fault


def _walk(node: Any, parts: list[str | Tag], depth: int) -> str:
    fault = "marks stand in each other too deeply" if depth > _DEEPEST else ""
    _say(parts, node.text)
    for child in () if fault else node:
        if isinstance(child.tag, str):
            fault = fault or _mark_in(child, parts, depth)
        _say(parts, child.tail)
    return fault


def _mark_in(node: Any, parts: list[str | Tag], depth: int) -> str:
    name, number = etree.QName(node).localname, node.get("id", "")
    if name == "mrk":  # what tools mark for themselves: segments, terms
        return _walk(node, parts, depth + 1)
    if name not in ("g", "x") or not (number.isascii() and number.isdecimal() and len(number) < 6):
        return f"<{name}> is no mark of the exported file"
    if name == "x":
        parts.append(Tag("alone", int(number)))
        return ""
    parts.append(Tag("open", int(number)))
    fault = _walk(node, parts, depth + 1)
    parts.append(Tag("close", int(number)))
    return fault


def _say(parts: list[str | Tag], words: str | None) -> None:
    if words and parts and isinstance(parts[-1], str):
        parts[-1] += words
    elif words:
        parts.append(words)
