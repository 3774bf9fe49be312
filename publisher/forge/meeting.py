"""What we ask of a forge, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment of ours. `id` grows with time; `url` leads people to it, or is ""."""

    id: int
    body: str
    url: str = ""


class Forge(Protocol):
    """GitHub or GitLab. Everything raises ForgeError, in a sentence."""

    def own_comments(self, number: int) -> Sequence[Comment]:
        """The comments of pull request `number` that this very token wrote, oldest first."""

    def add_comment(self, number: int, text: str) -> Comment:
        """Write a new one."""

    def change_comment(self, number: int, comment: Comment, text: str) -> None:
        """Give one of ours another text."""

    def delete_comment(self, number: int, comment: Comment) -> None:
        """Take one of ours away; one that is gone already is fine."""

    def plan_of(self, commit: str) -> bytes | None:
        """The JSON of the plan saved for the pull request that was merged as `commit`.

        None where there is no such pull request, or no plan of ours for its last commit: it came
        from a fork, the plan has expired, or another workflow made it.
        """

    def backups_of(self, run: int, branch: str) -> Sequence[bytes]:
        """The archives (zip) in which an apply of ours on `branch` kept its backups.

        run  number of a run on GitHub, of a job on GitLab: what its address ends with.

        Raises ForgeError for one of another workflow or branch. Empty where they have expired.
        """

    def propose(self, branch: str, base: str, title: str, text: str) -> str:
        """Open the pull request of `branch` into `base`, or renew its words; return its address."""
