"""Examples of rules that no text on a page can be: bytes, links of the file system, sizes.

Each is made in a content folder that holds one article, `en/billing/refunds.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
ARTICLE = "# Refunds\n\nWe refund within 14 days.\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """`about`: one sentence for the page. `make`, `mend`: take the folder of the article."""

    about: str
    make: Callable[[Path], None]
    mend: Callable[[Path], None]


def utf_16(folder: Path) -> None:
    """Save the article as a Windows editor may."""
    (folder / "refunds.md").write_bytes(ARTICLE.encode("utf-16"))


def utf_8(folder: Path) -> None:
    """Save the article again."""
    (folder / "refunds.md").write_text(ARTICLE, encoding="utf-8")


def bell_in_a_name(folder: Path) -> None:
    """Name a file as only a program does."""
    (folder / "cards\a.md").write_text("# Cards\n\nAll of them.\n")


def plain_name(folder: Path) -> None:
    """Name it again."""
    (folder / "cards\a.md").rename(folder / "cards.md")


def loop(folder: Path) -> None:
    """Link to the folder above."""
    (folder / "again").symlink_to("..")


def no_loop(folder: Path) -> None:
    """Take the link away."""
    (folder / "again").unlink()


def way_out(folder: Path) -> None:
    """Link to a file beside the content folder."""
    (folder / "cards.md").symlink_to("../../../cards.md")


def no_way_out(folder: Path) -> None:
    """Put the file itself there."""
    (folder / "cards.md").unlink()
    (folder / "cards.md").write_text("# Cards\n\nAll of them.\n")


def endless(folder: Path) -> None:
    """Export a log under the name of an article."""
    (folder / "log.md").write_bytes(b"x")
    with (folder / "log.md").open("r+b") as file:
        file.truncate(9 * MEGABYTE)


def parted(folder: Path) -> None:
    """Keep what a person reads."""
    (folder / "log.md").write_text("# Log\n\nNothing happened.\n")


def folder_for_a_file(folder: Path) -> None:
    """Make a folder where an article should be."""
    (folder / "cards.md").mkdir()


def file_again(folder: Path) -> None:
    """Make it the article."""
    (folder / "cards.md").rmdir()
    (folder / "cards.md").write_text("# Cards\n\nAll of them.\n")


def poster(folder: Path) -> None:
    """Show an image as it came out of the camera."""
    (folder / "refunds.md").write_text(f"{ARTICLE}\n![The form](form.png)\n")
    with (folder / "form.png").open("wb") as file:
        file.truncate(21 * MEGABYTE)


def smaller(folder: Path) -> None:
    """Shrink it."""
    with (folder / "form.png").open("wb") as file:
        file.truncate(MEGABYTE)


SCENES: Mapping[str, Scene] = {
    "encoding": Scene("The article was saved as UTF-16.", utf_16, utf_8),
    "image-large": Scene("The article shows a file of 21 MB.", poster, smaller),
    "name-unreadable": Scene(
        "The name of a file holds the character that rings a bell.", bell_in_a_name, plain_name
    ),
    "symlink-loop": Scene("A symbolic link leads from `en/billing/again` to `en`.", loop, no_loop),
    "symlink-outside": Scene(
        "`en/billing/cards.md` is a symbolic link to a file beside the content folder.",
        way_out,
        no_way_out,
    ),
    "too-large": Scene("The export of a log is called `en/billing/log.md`.", endless, parted),
    "unreadable": Scene("A folder is called `en/billing/cards.md`.", folder_for_a_file, file_again),
}
"""By rule."""
