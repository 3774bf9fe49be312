"""Choose one of our drawings for the icon a collection names.

Intercom's icons have names like "book-bookmark"; this site has drawn fourteen. A name
is read word by word; what is not a name (an emoji) is shown as it is, and what we cannot
draw becomes a folder, which is what Intercom falls back to as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OTHERWISE = "folder"

DRAWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "book": ("book", "bookmark", "library", "guide", "article", "document", "file", "page"),
        "rocket": ("rocket", "launch", "start", "rise", "flag", "play", "wand", "magic"),
        "gear": ("gear", "cog", "settings", "tool", "wrench", "tools", "sliders", "config"),
        "card": ("card", "billing", "payment", "money", "dollar", "coin", "wallet", "invoice"),
        "people": ("people", "person", "user", "users", "team", "account", "profile", "contact"),
        "lock": ("lock", "security", "shield", "key", "privacy", "password", "fingerprint"),
        "chat": ("chat", "message", "messages", "conversation", "speech", "mail", "email", "inbox"),
        "chart": ("chart", "graph", "report", "reports", "analytics", "statistics", "pie"),
        "question": ("question", "help", "faq", "lifebuoy", "support", "info", "bulb", "idea"),
        "plug": ("plug", "integration", "integrations", "api", "code", "link", "puzzle", "app"),
        "bell": ("bell", "notification", "notifications", "alert", "megaphone", "news"),
        "cart": ("cart", "shop", "order", "orders", "bag", "store", "box", "package", "truck"),
        "phone": ("phone", "mobile", "device", "tablet", "desktop", "laptop", "screen"),
        "folder": ("folder", "archive", "collection"),
    }
)


def icon_of(name: str) -> tuple[str, str]:
    """Return (drawing, "") for the name of an icon, or ("", text) for one to be shown as text."""
    if name and not name.isascii():
        return "", name
    for word in name.lower().replace("_", "-").split("-"):
        for drawing, names in DRAWN.items():
            if word in names:
                return drawing, ""
    return OTHERWISE, ""
