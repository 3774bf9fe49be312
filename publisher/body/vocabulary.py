"""What Intercom's article HTML is made of: tags, colours, video hosts, styles.

Facts only, as tables and as the few functions that read them; the shapes were taken from
real bodies. Source: reference "How Intercom really treats article bodies", §1 (callout
palette, video iframes, alignment classes) and §3.4 (the six supported video providers).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit


def names(listed: str) -> frozenset[str]:
    """Read names that are listed apart by spaces."""
    return frozenset(listed.split())


MARKS = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "cite": "i",
    "dfn": "i",
    "var": "i",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
"""How an author may spell the three marks Intercom keeps besides the link."""

KEPT_MARKS = frozenset({"a", "b", "i", "code"})

SILENT = names(
    "abbr acronym address article bdi bdo body caption center data figcaption figure hgroup "
    "html label main map nobr noscript picture rb rp ruby search section slot span tbody td "
    "tfoot th thead time tr wbr"
)
"""Wrappers that say nothing a reader would miss."""

SECTIONS = names("aside dialog dl fieldset footer form header nav")
"""Blocks that Intercom would unwrap or refuse; their content is prose."""

OPAQUE = names(
    "applet canvas frameset head marquee math noembed noframes plaintext script select "
    "style svg template textarea title xmp"
)
"""Elements whose inside is not prose."""

UNSAFE = frozenset({"script", "style", "template", "applet", "noembed", "noframes"})
KNOWN = names(
    "abbr address aside bdo big blink button cite datalist dd del dfn dialog dir div dl dt "
    "fieldset font footer form frame header input ins keygen legend mark meter nav nobr "
    "optgroup option output progress q rp rt ruby s samp section small span strike sub "
    "summary sup u var video"
)
"""Tags of HTML that Intercom drops; any other is more likely a placeholder than a tag."""
BREAKS = names(
    "address article caption center dd dt figcaption figure hgroup legend li main optgroup "
    "option p search section summary td th tr"
)
"""Elements that begin a paragraph of their own, wherever they stand."""

ALERTS = {
    "NOTE": "blue",
    "TIP": "green",
    "IMPORTANT": "gray",
    "WARNING": "yellow",
    "CAUTION": "red",
}
"""GitHub's five alerts, one colour each, so that a callout finds its way back to its alert.
Intercom's palette has no purple; gray is what was left for IMPORTANT."""

CALLOUTS = {
    "gray": ("#e8e8e880", "#73737633"),
    "blue": ("#e3e7fa80", "#334bfa33"),
    "green": ("#d7efdc80", "#1bb15733"),
    "red": ("#fed9db80", "#fd3a5733"),
    "yellow": ("#feedaf80", "#fbc91633"),
}
"""Background and border of the callouts in Intercom's editor."""

ALIGNMENTS = frozenset({"center", "right", "justify"})
CELL_STYLES = frozenset({"background-color", "width", "padding", "border-left", "border-top"})
TABLE_STYLES = frozenset({"border", "border-radius", "border-collapse", "border-spacing"})
"""What real tables and their cells are styled with; §1, Table."""
LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

INTERCOM_IMAGE_HOSTS = re.compile(
    r"(?:downloads|uploads)(?:\.(?:eu|au))?\.intercomcdn\.(?:com|eu)"
    r"|uploads(?:\.(?:eu|au))?\.intercomusercontent\.(?:com|eu)"
    r"|(?:[a-z0-9-]+\.)?(?:(?:eu|au)\.)?intercom-attachments(?:-\d)?\.(?:com|eu)",
    re.IGNORECASE,
)
"""Hosts on which Intercom keeps its copies of images; §1, Image."""
_SIGNING = re.compile(
    r"(?:\A|&(?:amp;)?)(?:expires|signature|req)(?:=[^&]*)?(?=&|\Z)", re.IGNORECASE
)
_AND = re.compile(r"\A&(?:amp;)?")
_IN_TEXT = re.compile(
    rf"""//(?:{INTERCOM_IMAGE_HOSTS.pattern})(?::\d*)?/[^\s"'<>?]*\?[^\s"'<>()]*""", re.IGNORECASE
)

_RGBA = re.compile(r"rgba?\(([^()]*)\)")
_SOLID = re.compile(r"#[0-9a-f]{6}ff\Z")
_HEX3 = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])([0-9a-f])?\Z")


class Video(NamedTuple):
    """A video: its host, its id there, and Vimeo's key to unlisted ones."""

    provider: str
    id: str
    key: str = ""

    @property
    def address(self) -> str:
        """The URL Intercom embeds."""
        url = _EMBEDDED[self.provider].format(id=self.id)
        return f"{url}?h={self.key}" if self.key else url


_EMBEDDED = {
    "youtube": "https://www.youtube.com/embed/{id}?rel=0",
    "vimeo": "https://player.vimeo.com/video/{id}",
    "loom": "https://www.loom.com/embed/{id}",
    "wistia": "https://fast.wistia.net/embed/iframe/{id}",
    "vidyard": "https://play.vidyard.com/{id}",
    "streamio": "https://streamio.com/{id}",
}
PROVIDERS = tuple(_EMBEDDED)

_VIDEO_URLS = tuple(
    (provider, re.compile(rf"(?:https?:)?//(?:www\.|m\.)?{pattern}", re.IGNORECASE))
    for provider, pattern in (
        ("youtube", r"youtu\.be/([\w-]{6,})(?:[?#&].*)?\Z"),
        ("youtube", r"youtube\.com/watch/?\?(?:[^#]*&)?v=([\w-]{6,})(?:[&#].*)?\Z"),
        (
            "youtube",
            r"youtube(?:-nocookie)?\.com/(?:embed|shorts|live|v)/([\w-]{6,})/?(?:[?#&].*)?\Z",
        ),
        ("vimeo", r"(?:player\.)?vimeo\.com/(?:video/)?(\d+)(?:/[0-9a-f]+)?/?(?:[?#].*)?\Z"),
        ("loom", r"loom\.com/(?:share|embed)/(?:[\w-]*-)?([0-9a-f]{16,})/?(?:[?#].*)?\Z"),
        (
            "wistia",
            r"(?:[\w-]+\.)?wistia\.(?:com|net)/(?:medias|embed/(?:iframe|medias))/(\w+)/?(?:[?#.].*)?\Z",
        ),
        (
            "vidyard",
            r"(?:play|share|[\w-]+\.hubs)\.vidyard\.com/(?:watch/)?([\w-]{6,})(?:\.html)?/?(?:[?#].*)?\Z",
        ),
        ("streamio", r"(?:[\w-]+\.)?streamio\.com/([^\s\"<>]+)\Z"),
    )
)
_VIDEO_HOSTS = tuple(
    (provider, re.compile(rf"(?:[\w-]+\.)*{hosts}", re.IGNORECASE))
    for provider, hosts in (
        ("youtube", r"(?:youtu\.be|youtube(?:-nocookie)?\.com)"),
        ("vimeo", r"vimeo\.com"),
        ("loom", r"loom\.com"),
        ("wistia", r"wistia\.(?:com|net)"),
        ("vidyard", r"vidyard\.com"),
        ("streamio", r"streamio\.com"),
    )
)
_VIDEO_KEY = re.compile(r"(youtube|vimeo|loom|wistia|vidyard|streamio):([^\s:]+)(?::(\w+))?\Z")
_VIMEO_HASH = re.compile(r"vimeo\.com/(?:video/)?\d+/([0-9a-f]+)")


def video(url: str) -> Video | None:
    """Recognise the video behind an address to watch, share or embed it; None if it is none.

    Also reads `PROVIDER:ID`, the canonical spelling.
    """
    if known := _VIDEO_KEY.match(url):
        return Video(known[1], known[2], known[3] or "")
    for provider, pattern in _VIDEO_URLS:
        if found := pattern.match(url):
            return Video(provider, found[1], _vimeo_key(url) if provider == "vimeo" else "")
    return None


def provider_of(url: str) -> str:
    """Name the video host an address leads to, whether or not it names a video; or ""."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return next((name for name, known in _VIDEO_HOSTS if known.fullmatch(host)), "")


def _vimeo_key(url: str) -> str:
    in_path = _VIMEO_HASH.search(url)
    query = url.partition("?")[2].partition("#")[0]
    key = in_path[1] if in_path else parse_qs(query).get("h", [""])[0]
    return key if re.fullmatch(r"\w+", key) else ""


def declarations(style: str) -> dict[str, str]:
    """Read a `style` attribute; names and values in one spelling, sorted by name."""
    found = {}
    for declaration in style.lower().split(";"):
        name, colon, value = declaration.partition(":")
        value = " ".join(_RGBA.sub(_hex8, value).split())
        if colon and value:
            found[name.strip()] = _long_hex(value)
    return dict(sorted(found.items()))


def _hex8(colour: re.Match[str]) -> str:
    """Spell rgb()/rgba() as #rrggbb[aa]; leave what is not numbers as it stands."""
    parts = colour[1].replace(",", " ").replace("/", " ").split()
    try:
        channels = [min(255, max(0, round(float(part)))) for part in parts[:3]]
        alpha = [min(255, max(0, round(_share(part) * 255))) for part in parts[3:4]]
    except (ValueError, OverflowError):
        return colour[0]
    if len(channels) < 3:
        return colour[0]
    return "#" + "".join(f"{number:02x}" for number in channels + alpha)


def _share(part: str) -> float:
    return float(part[:-1]) / 100 if part.endswith("%") else float(part)


def _long_hex(value: str) -> str:
    """Spell a colour with two digits for each part, and none for what hides nothing."""
    short = _HEX3.match(value)
    if short:
        value = "#" + "".join(digit * 2 for digit in short.groups(default=""))
    return value[:7] if _SOLID.match(value) else value


def is_intercom_image(url: str) -> bool:
    """Tell whether an address is of Intercom's own copy of an image."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return INTERCOM_IMAGE_HOSTS.fullmatch(host) is not None


def unsigned(url: str) -> str:
    """Return an address without what lets it open for a day; other hosts' are left alone.

    Intercom signs the addresses of what it keeps anew at every reading; §2.2.
    """
    address, mark, fragment = url.partition("#")
    place, asked, query = address.partition("?")
    if not asked or not is_intercom_image(address):
        return url
    rest = _SIGNING.sub("", query)
    if rest == query:
        return url
    rest = _AND.sub("", rest)
    return "".join((place, asked if rest else "", rest, mark, fragment))


def unsigned_within(html: str) -> str:
    """Return HTML, or any text, with no signature in its addresses."""
    return _IN_TEXT.sub(lambda found: unsigned(found[0]), html)
