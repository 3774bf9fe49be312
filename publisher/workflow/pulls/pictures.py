"""Images of live texts: fetch what no file has yet, several at a time.

A signed address is used once and never kept. What the ledger knows Intercom to hold, and
what its name says is one of our own, is not fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import unquote

from publisher.body import tree
from publisher.body.reader import read
from publisher.body.vocabulary import is_intercom_image
from publisher.errors import RemoteError
from publisher.intercom.pictures import fetch
from publisher.model import Asset, Digest, digest_of_bytes
from publisher.pull.layout import image_path
from publisher.pull.names import folded
from publisher.workflow.session import Session

AT_ONCE = 8


@dataclass(slots=True, kw_only=True)
class Pictures:
    """What became of every image of the texts to be written.

    paths    Intercom's address, without its query → file below the content folder.
    drafts   files to be written.
    held     digest of the bytes → Intercom's address: it need not be hosted by anybody else.
    missing  addresses that could not be fetched, and why.
    unused   files that nothing shows in the end, and are not written.
    """

    paths: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, bytes] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    known: int = 0
    unused: frozenset[str] = frozenset()


def images_in(html: str) -> list[str]:
    """Every address of an image that Intercom keeps, in order, with its signature."""
    if "<img" not in html:
        return []
    shown = (block for block in tree.walk(read(html)) if isinstance(block, tree.Image))
    return [image.src for image in shown if is_intercom_image(image.src)]


def gather(  # noqa: PLR0913 - what is known of images, in each of its forms
    session: Session,
    texts: Iterable[tuple[str, str]],
    *,
    assets: Iterable[Asset],
    held: Mapping[str, str],
    taken: Collection[str],
    read: Callable[[str], bytes],
    contents: dict[str, bytes | str],
    dry_run: bool,
) -> Pictures:
    """Find or fetch every image.

    texts    (stem, HTML) of everything that is to be written.
    assets   files that the content shows already.
    held     of the ledger: digest → address.
    taken    names of all files below the content folder; `read` gives their bytes.
    contents what was fetched already, by address, or why it could not be; added to.
    dry_run  nothing is fetched: the address stands for the bytes.
    """
    found = Pictures()
    assets = tuple(assets)
    by_address = {address: digest_ for digest_, address in held.items()}
    by_digest = {asset.digest: asset.path for asset in assets}
    by_name = {asset.public_name: asset for asset in assets}
    wanted: dict[str, tuple[str, str]] = {}
    for stem, html in texts:
        for src in images_in(html):
            address = src.partition("?")[0]
            asset = by_name.get(_name(address))
            path = by_digest.get(Digest(by_address.get(address, "")))
            if asset:  # the digest in its name says whose copy this is
                found.held[asset.digest] = address
                path = path or asset.path
            if path:
                found.known += address not in found.paths
                found.paths[address] = path
            else:
                wanted.setdefault(address, (src, stem))
    _fetch(session, wanted, contents, dry_run=dry_run)
    names = {folded(path) for path in taken}
    for address, (_, stem) in wanted.items():
        content = contents[address]
        if isinstance(content, str):
            found.missing[address] = content
            continue
        digest_ = digest_of_bytes(content)
        path = by_digest.get(digest_)
        if path is None:
            path = image_path(stem, address, frozenset(), digest_)
            if path not in taken or read(path) != content:
                path = image_path(stem, address, names, digest_)
                names.add(folded(path))
                found.drafts[path] = content
            by_digest[digest_] = path
        found.paths[address] = path
        found.held[digest_] = address
    return found


def _name(address: str) -> str:
    return unquote(address.rpartition("/")[2])


def _fetch(
    session: Session,
    wanted: Mapping[str, tuple[str, str]],
    contents: dict[str, bytes | str],
    *,
    dry_run: bool,
) -> None:
    missing = {address: src for address, (src, _) in wanted.items() if address not in contents}
    if dry_run:
        contents.update({address: address.encode() for address in missing})
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda src: _asked(session, src), missing.values())
        contents.update(zip(missing, answers, strict=True))


def _asked(session: Session, url: str) -> bytes | str:
    try:
        return fetch(session.http, url)
    except RemoteError as error:
        return str(error)
