"""What is in the archive that a job left behind. The archive is data: nothing is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from publisher.forge.asking import LARGEST, ForgeError

MOST_FILES = 100
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError)


def plan_in(archive: bytes) -> bytes:
    """Return the one JSON file of a zip. Raises ForgeError where there is not one, or too much."""
    plans = list(files_in(archive, ".json", of="the saved plan").values())
    if len(plans) != 1:
        raise ForgeError("the archive of the saved plan does not hold one plan.")
    return plans[0]


def files_in(archive: bytes, ending: str, *, of: str) -> Mapping[str, bytes]:
    """Return the files of a zip whose names end so, by name. Raises ForgeError, also for too much.

    of  what the archive holds, for messages.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as found:
            members = [each for each in found.infolist() if each.filename.endswith(ending)]
            total = sum(each.file_size for each in members)
            if len(members) > MOST_FILES or total > LARGEST:
                raise ForgeError(f"the archive of {of} is larger than we take.")
            return {each.filename: found.read(each) for each in members}
    except _DAMAGED as error:
        raise ForgeError(f"the archive of {of} cannot be read: {error}.") from error
