"""The bytes of a local image, proven to be the ones a plan was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from publisher.errors import PublisherError, StalePlan
from publisher.model import Asset


def read_asset(folder: Path, asset: Asset) -> bytes:
    """Read an asset of the content folder.

    Raises StalePlan when its bytes are not those its token stands for any more, and
    PublisherError when it cannot be read.
    """
    path = folder / asset.path
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PublisherError(f"cannot read {path}: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest()[:16] != asset.digest:
        raise StalePlan(f"{path} changed after the plan was made. Make the plan again.")
    return content
