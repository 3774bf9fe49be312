"""The book of rules: of each, what it finds, what comes of it, and an example of both.

One module for each group. An entry holds all that is known of its rule, and everything that
speaks of rules is made of it: `publisher lint`, the table in the guide, docs/rules. Its examples
are run by tests/source/test_rulebook.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from publisher.source.rulebook import (
    blocks,
    directives,
    files,
    fin,
    frontmatter,
    identity,
    ignores,
    images,
    links,
    parity,
    privacy,
    redirects,
    tables,
    translations,
)
from publisher.source.rulebook.rule import Option, Rule

__all__ = ["GROUPS", "RULES", "Option", "Rule"]

GROUPS: Mapping[str, Mapping[str, Rule]] = MappingProxyType(
    {
        "Files and folders": files.RULES,
        "Keys, titles and collections": identity.RULES,
        "Frontmatter": frontmatter.RULES,
        "Links": links.RULES,
        "Images and videos": images.RULES,
        "Text": blocks.RULES,
        "Tables": tables.RULES,
        "`:::` blocks": directives.RULES,
        "What must not become public": privacy.RULES,
        "Translations": translations.RULES,
        "Translations beside their sources": parity.RULES,
        "Redirects": redirects.RULES,
        "Content for Fin": fin.RULES,
        "Comments that ignore rules": ignores.RULES,
    }
)
"""The rules by what they are about, in the order in which a reader meets them."""

RULES: Mapping[str, Rule] = MappingProxyType(
    dict(sorted((name, rule) for group in GROUPS.values() for name, rule in group.items()))
)
"""Every rule by its name."""
