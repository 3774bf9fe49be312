"""One comment of ours per pull request and name: found again, changed in place, never doubled.

It is known by its first line, which nobody sees, and by who wrote it: a comment of somebody
else that quotes the line is theirs. Two jobs that run at once both write one and both look
again afterwards; both keep the oldest, so that one remains whoever was faster.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from publisher.forge.meeting import Comment, Forge

Done = Literal["created", "updated", "unchanged", "left out"]


def put_comment(
    forge: Forge, number: int, name: str, text: str, *, only_if_there: bool = False
) -> tuple[Done, str]:
    """Keep `text` as our comment called `name` on pull request `number`.

    only_if_there  change the comment where there is one already, but write no new one.

    Returns what was done and the comment's address ("" where the forge does not tell). Deletes
    our own doubles of the comment. Raises ForgeError.
    """
    body = f"{first_line(name)}\n{text}"
    found, done = _ours(forge, number, name), False
    if not found:
        if only_if_there:
            return "left out", ""
        added = forge.add_comment(number, body)
        found, done = _ours(forge, number, name) or [added], True
    kept, *doubles = found
    changed = _text(kept.body) != _text(body)
    if changed:
        forge.change_comment(number, kept, body)
    for double in doubles:
        forge.delete_comment(number, double)
    return "created" if done else "updated" if changed else "unchanged", kept.url


def first_line(name: str) -> str:
    """The line that names a comment of ours; whatever the name, it stays one HTML comment."""
    return f"<!-- publisher: {quote(name, safe='').replace('-', '%2D')} -->"


def _ours(forge: Forge, number: int, name: str) -> list[Comment]:
    line = first_line(name)
    return [each for each in forge.own_comments(number) if each.body.splitlines()[:1] == [line]]


def _text(body: str) -> str:
    """What a forge may store with other line ends, or without the last one."""
    return "\n".join(body.splitlines()).rstrip()
