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

from publisher.forge import names
from publisher.forge.archive import plan_in
from publisher.forge.asking import Asker
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
        ours = [self._comment(row, what) for row in rows if _author(row) == me]
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
        for head in self._merged_heads(commit):
            name = names.ARTIFACT.format(sha=head)
            rows = self.asker.rows(
                f"{self._repo}/actions/artifacts",
                f"look for the plan of {head[:10]}",
                {"name": name},
                below="artifacts",
            )
            newest = sorted(rows, key=lambda row: int(row.get("id") or 0), reverse=True)
            for row in newest:
                if row.get("name") == name and not row.get("expired") and self._is_ours(row, head):
                    path = f"{self._repo}/actions/artifacts/{int(row['id'])}/zip"
                    return plan_in(self.asker.download(path, "fetch the saved plan"))
        return None

    def propose(self, branch: str, base: str, title: str, text: str) -> str:
        """See meeting.Forge."""
        what = f"open a pull request of {branch}"
        path, owner = f"{self._repo}/pulls", self.project.partition("/")[0]
        looked = {"state": "open", "head": f"{owner}:{branch}", "base": base}
        words = {"title": title, "body": text}
        for row in self.asker.rows(path, what, looked):
            if row["head"].get("ref") == branch:
                path = f"{path}/{int(row['number'])}"
                return str(self.asker.row("PATCH", path, what, json=words).get("html_url", ""))
        made = self.asker.row("POST", path, what, json={**words, "head": branch, "base": base})
        return str(made.get("html_url", ""))

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
        try:
            return str(found["data"]["viewer"]["login"])
        except (KeyError, TypeError) as error:
            raise self.asker.nonsense(what) from error

    def _comment(self, row: Row, what: str) -> Comment:
        try:
            return Comment(
                id=int(row["id"]), body=row.get("body") or "", url=row.get("html_url") or ""
            )
        except (KeyError, TypeError, ValueError) as error:
            raise self.asker.nonsense(what) from error

    def _merged_heads(self, commit: str) -> Iterator[str]:
        """The last commits of the pull requests, of branches here, that were merged as `commit`."""
        path = f"{self._repo}/commits/{commit}/pulls"
        for row in self.asker.rows(path, f"look which pull request {commit[:10]} is from"):
            merged = row.get("merged_at") and row.get("merge_commit_sha") == commit
            head, base = row.get("head") or {}, row.get("base") or {}
            if merged and _repository(head) == _repository(base) == self.project.lower():
                yield str(head.get("sha") or "")

    def _is_ours(self, artifact: Row, head: str) -> bool:
        """Whether the workflow we wrote made it, for this repository's own branches."""
        run = artifact.get("workflow_run") or {}
        path = f"{self._repo}/actions/runs/{int(run.get('id') or 0)}"
        made = self.asker.row("GET", path, "see which workflow made the plan")
        where = [
            (made.get(name) or {}).get("full_name", "")
            for name in ("repository", "head_repository")
        ]
        by_us = str(made.get("path") or "").partition("@")[0] == names.WORKFLOW
        for_it = made.get("head_sha") == head or made.get("event") == "workflow_dispatch"
        return by_us and for_it and {name.lower() for name in where} == {self.project.lower()}


def _author(row: Row) -> str:
    return str((row.get("user") or {}).get("login", ""))


def _repository(side: Row) -> str:
    return str((side.get("repo") or {}).get("full_name", "")).lower()
