"""The plan in the archive that a job left behind. The archive is data: nothing is unpacked."""

from __future__ import annotations

import io
import zipfile

from publisher.forge.asking import LARGEST, ForgeError

MOST_FILES = 100


def plan_in(archive: bytes) -> bytes:
    """Return the one JSON file of a zip. Raises ForgeError where there is not one, or too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as found:
            members = found.infolist()
            plans = [m for m in members if m.filename.endswith(".json") and not m.is_dir()]
            if len(plans) != 1 or len(members) > MOST_FILES:
                raise ForgeError("the archive of the saved plan does not hold one plan.")
            with found.open(plans[0]) as file:
                text = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, ValueError) as error:
        raise ForgeError(f"the archive of the saved plan cannot be read: {error}.") from error
    except (NotImplementedError, EOFError) as error:
        raise ForgeError("the archive of the saved plan cannot be read.") from error
    if len(text) > LARGEST:
        raise ForgeError("the saved plan is larger than we take.")
    return text
