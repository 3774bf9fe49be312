"""A plan's bodies, to be looked at in a preview: links lead to its pages, images are its own.

In a plan a body says `article:KEY` and `asset:DIGEST/NAME`. Where the preview has no page or no
picture for that, the address becomes one of `NOWHERE`, with what was meant after it, so that
whoever shows the body can mark the place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from publisher.body import refs
from publisher.body.vocabulary import is_intercom_image
from publisher.model import Article, Asset, Key, Ref
from publisher.source.links import NOWHERE
from publisher.workflow.session import asset_url

if TYPE_CHECKING:
    from publisher.workflow.previews.previewing import Preview, State

__all__ = ["NOWHERE", "page_of", "readdressed"]


def readdressed(preview: Preview) -> Callable[[str, str], str]:
    """Return what gives a body, of a locale, the preview's own addresses."""
    state = preview.state
    assets = state.loaded.site.assets
    by_name = {asset.public_name: asset for asset in assets.values()}

    def seen(html: str, locale: str) -> str:
        def address(url: str, image: bool) -> str:
            if not image:
                return _link(url, state, locale)
            if not url.startswith("asset:") and not is_intercom_image(url):
                return url
            return _picture(_asset(url, assets, by_name), preview) or NOWHERE + _name(url)

        return refs.rewrite(html, address)

    return seen


def page_of(ref: Ref, state: State, locale: str) -> str | None:
    """The preview's page of a thing in a locale, or in one that it has; None: it has no page."""
    remote = state.ids.get(ref)
    if remote is None or ref.kind == "source":
        return None
    if ref.kind == "page":
        return f"/fin/{remote}"
    thing = state.loaded.site.things.get(ref)
    if isinstance(thing, Article) and locale not in thing.translations:
        default = state.loaded.site.default_locale
        locale = default if default in thing.translations else next(iter(thing.translations))
    return f"/{locale}/{ref.kind}s/{remote}"


def _link(url: str, state: State, locale: str) -> str:
    reference = refs.parse(url)
    if reference is None or reference.kind == "asset":
        return url
    page = page_of(Ref(reference.kind, Key(reference.key)), state, locale)
    if page is None:
        return NOWHERE + quote(reference.key)
    return f"{page}#{quote(reference.anchor)}" if reference.anchor else page


def _asset(url: str, assets: Mapping[str, Asset], by_name: Mapping[str, Asset]) -> Asset | None:
    """The file of an image; of Intercom's own copy, the one it was copied from, by its name."""
    reference = refs.parse(url)
    if reference is not None:
        return assets.get(reference.key)
    return by_name.get(unquote(_name(url)))


def _name(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _picture(asset: Asset | None, preview: Preview) -> str | None:
    address = asset_url(preview.target)(asset) if asset else None
    if address is None:
        return None
    store = preview.center.store
    with store.reading():
        path = store.image_path(address)
    return f"/cdn{quote(path)}" if path else None
