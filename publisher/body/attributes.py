"""What the attributes of an HTML element say, read the way a browser does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from publisher.body.vocabulary import ALIGNMENTS, declarations

Attributes = Mapping[str, str | None]

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")
_URL_NOISE = re.compile(r"[\t\n\r]")


def legible(text: str) -> str:
    """Return text without control characters and the like, which Intercom does not take.

    A space is left in their place: one that breaks a line or a page parts two words. A byte
    order mark parts nothing.
    """
    return _CONTROLS.sub(" ", text.replace("\ufeff", ""))


def classes_of(attributes: Attributes) -> list[str]:
    """Return the classes, in order."""
    return (attributes.get("class") or "").split()


def style_of(attributes: Attributes) -> dict[str, str]:
    """Return the declarations of `style`, in one spelling."""
    style = attributes.get("style") if attributes else None
    return declarations(style) if style else {}


def alignment_of(attributes: Attributes) -> str:
    """Return what aligns a block: Intercom's class, the old attribute, or CSS; "" for left."""
    if not attributes or (len(attributes) == 1 and attributes.get("class") == "no-margin"):
        return ""
    for name in classes_of(attributes):
        if name.startswith("intercom-align-"):
            side = name.rpartition("-")[2]
            return side if side in ALIGNMENTS else ""
    side = (attributes.get("align") or "").lower() or style_of(attributes).get("text-align", "")
    return side if side in ALIGNMENTS else ""


def url_of(attributes: Attributes, name: str) -> str:
    """Return an address as a browser reads it: no line ends in it, no spaces."""
    url = legible(_URL_NOISE.sub("", attributes.get(name) or "")).strip()
    return url.replace(" ", "%20")


def size_of(attributes: Attributes, name: str) -> str:
    """Return a width or height as it is written, in an attribute or in CSS, or ""."""
    return (attributes.get(name) or style_of(attributes).get(name, "")).strip()


def span_of(attributes: Attributes, name: str) -> int:
    """Return over how many columns or rows a cell goes, from 1 to 100."""
    value = (attributes.get(name) or "1").strip()
    return max(1, min(int(value), 100)) if value.isascii() and value.isdigit() else 1
