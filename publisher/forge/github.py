"""GitHub's REST API, as far as we need it.

Who we are is asked of GraphQL: `GET /user` is refused to the token of an Actions job, which
writes as `github-actions[bot]`. Enterprise servers have both APIs below one host, at /api/v3
and /api/graphql.

Sources: GitHub, REST API: "Issue comments", "Pull requests", "Actions artifacts" (the archive is
a redirect), "List pull requests associated with a commit".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.forge import fields, names
from publisher.forge.archive import plan_in
from publisher.forge.asking import Asker, ForgeError
from publisher.forge.meeting import Comment

NEEDS = "the permissions pull-requests: write, and actions: read for saved plans"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository. `project` is owner/name."""

    asker: Asker
    project: str

    def own_comments(self, number: int) -> Sequence[Comment]:
        """See meeting.Forge."""
        me = self._me()
        what = f"read the comments of pull request {number}"
        rows = self.asker.rows(f"{self._repo}/issues/{number}/comments", what)
        ours = [self._comment(row, what) for row in rows if fields.text(row, "user", "login") == me]
        return sorted(ours, key=lambda comment: comment.id)

    def add_comment(self, number: int, text: str) -> Comment:
        """See meeting.Forge."""
        what = f"comment on pull request {number}"
        path = f"{self._repo}/issues/{number}/comments"
        return self._comment(self.asker.row("POST", path, what, json={"body": text}), what)

    def change_comment(self, number: int, comment: Comment, text: str) -> None:
        """See meeting.Forge."""
        path = f"{self._repo}/issues/comments/{comment.id}"
        what = f"change our comment on pull request {number}"
        self.asker.ask("PATCH", path, what, json={"body": text})

    def delete_comment(self, number: int, comment: Comment) -> None:
        """See meeting.Forge."""
        path = f"{self._repo}/issues/comments/{comment.id}"
        self.asker.forget(path, f"delete our second comment on pull request {number}")

    def plan_of(self, commit: str) -> bytes | None:
        """See meeting.Forge."""
        for head, base in self._merged_heads(commit):
            name = names.ARTIFACT.format(sha=head)
            rows = self.asker.rows(
                f"{self._repo}/actions/artifacts",
                f"look for the plan of {head[:10]}",
                {"name": name},
                below="artifacts",
            )
            named = [row for row in rows if row.get("name") == name and not row.get("expired")]
            for row in sorted(named, key=lambda row: fields.number(row, "id"), reverse=True):
                if self._is_ours(row, head, base):
                    path = f"{self._repo}/actions/artifacts/{fields.number(row, 'id')}/zip"
                    return plan_in(self.asker.download(path, "fetch the saved plan"))
        return None

    def backups_of(self, run: int, branch: str) -> Sequence[bytes]:
        """See meeting.Forge."""
        what, path = f"fetch the backup of run {run}", f"{self._repo}/actions/runs/{run}"
        made = self.asker.row("GET", path, what)
        by_us = self._path_in_here(made) in names.WRITING
        if not by_us or made.get("head_branch") != branch:
            raise ForgeError(
                f"run {run} is none of “publisher apply” and “publisher rollback” on {branch}, so "
                "its backup is not trusted. Give the number in the address of the run that said "
                "how to undo it."
            )
        rows = self.asker.rows(f"{path}/artifacts", what, below="artifacts")
        kept = [row for row in rows if fields.text(row, "name").startswith(names.BACKUPS)]
        paths = [
            f"{self._repo}/actions/artifacts/{fields.number(row, 'id')}/zip"
            for row in kept
            if not row.get("expired")
        ]
        return [self.asker.download(each, what) for each in paths]

    def propose(self, branch: str, base: str, title: str, text: str) -> str:
        """See meeting.Forge."""
        what = f"open a pull request of {branch}"
        path, owner = f"{self._repo}/pulls", self.project.partition("/")[0]
        looked = {"state": "open", "head": f"{owner}:{branch}", "base": base}
        words = {"title": title, "body": text}
        for row in self.asker.rows(path, what, looked):
            if fields.text(row, "head", "ref") == branch:
                path = f"{path}/{fields.number(row, 'number')}"
                return fields.text(self.asker.row("PATCH", path, what, json=words), "html_url")
        made = self.asker.row("POST", path, what, json={**words, "head": branch, "base": base})
        return fields.text(made, "html_url")

    @property
    def _repo(self) -> str:
        return f"repos/{self.project}"

    def _me(self) -> str:
        address = self.asker.http.base_url
        path = "/api/graphql" if address.path.rstrip("/").endswith("/api/v3") else "/graphql"
        what = "find out whose token this is"
        where = str(address.copy_with(path=path))
        asked = {"query": "query { viewer { login } }"}
        found = self.asker.row("POST", where, what, json=asked, reads=True)
        me = fields.text(found, "data", "viewer", "login")
        if not me:
            raise self.asker.nonsense(what)
        return me

    def _comment(self, row: Row, what: str) -> Comment:
        id, body = fields.number(row, "id"), fields.text(row, "body")
        if not id:
            raise self.asker.nonsense(what)
        return Comment(id=id, body=body, url=fields.text(row, "html_url"))

    def _merged_heads(self, commit: str) -> Iterator[tuple[str, str]]:
        """Of the pull requests, of branches here, that were merged as `commit`.

        The last commit of each, and the branch it was for.
        """
        path = f"{self._repo}/commits/{commit}/pulls"
        for row in self.asker.rows(path, f"look which pull request {commit[:10]} is from"):
            merged = row.get("merged_at") and row.get("merge_commit_sha") == commit
            sides = {
                fields.text(row, side, "repo", "full_name").lower() for side in ("head", "base")
            }
            if merged and sides == {self.project.lower()}:
                yield fields.text(row, "head", "sha"), fields.text(row, "base", "ref")

    def _is_ours(self, artifact: Row, head: str, base: str) -> bool:
        """Whether the workflow we wrote made it, for this repository's own branches.

        Run by hand it counts as it stands on `base`: on another branch, anybody who may push could
        have changed it, for a pull request that shows nothing of that.
        """
        path = f"{self._repo}/actions/runs/{fields.number(artifact, 'workflow_run', 'id')}"
        made = self.asker.row("GET", path, "see which workflow made the plan")
        by_us = self._path_in_here(made) == names.WORKFLOW
        by_hand = made.get("event") == "workflow_dispatch"
        for_it = made.get("head_branch") == base if by_hand else made.get("head_sha") == head
        return by_us and for_it

    def _path_in_here(self, run: Row) -> str:
        """The workflow's file of a run, or "" for one that is not of this repository alone."""
        where = {
            fields.text(run, name, "full_name").lower()
            for name in ("repository", "head_repository")
        }
        path = fields.text(run, "path").partition("@")[0]
        return path if where == {self.project.lower()} else ""
