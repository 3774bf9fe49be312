"""GitLab's REST API, as far as we need it.

The token of a job (CI_JOB_TOKEN) may not write notes, so a project or personal access token with
the scope `api` is needed.

Sources: GitLab, REST API: "Notes", "Merge requests", "Commits" (merge requests of a commit),
"Job artifacts" (the archive may be a redirect), "Pagination" (`Link`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from publisher.forge import fields, names
from publisher.forge.archive import plan_in
from publisher.forge.asking import Asker, ForgeError
from publisher.forge.meeting import Comment

NEEDS = "the scope api, and the role Developer"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GitLab:
    """One project. `project` is its id or its full path."""

    asker: Asker
    project: str

    def own_comments(self, number: int) -> Sequence[Comment]:
        """See meeting.Forge."""
        me = fields.number(self.asker.row("GET", "user", "find out whose token this is"), "id")
        what = f"read the comments of merge request {number}"
        rows = self.asker.rows(f"{self._request(number)}/notes", what)
        ours = [
            self._comment(row, what)
            for row in rows
            if me and fields.number(row, "author", "id") == me and not row.get("system")
        ]
        return sorted(ours, key=lambda comment: comment.id)

    def add_comment(self, number: int, text: str) -> Comment:
        """See meeting.Forge."""
        what = f"comment on merge request {number}"
        path = f"{self._request(number)}/notes"
        return self._comment(self.asker.row("POST", path, what, json={"body": text}), what)

    def change_comment(self, number: int, comment: Comment, text: str) -> None:
        """See meeting.Forge."""
        path = f"{self._request(number)}/notes/{comment.id}"
        what = f"change our comment on merge request {number}"
        self.asker.ask("PUT", path, what, json={"body": text})

    def delete_comment(self, number: int, comment: Comment) -> None:
        """See meeting.Forge."""
        path = f"{self._request(number)}/notes/{comment.id}"
        self.asker.forget(path, f"delete our second comment on merge request {number}")

    def plan_of(self, commit: str) -> bytes | None:
        """See meeting.Forge."""
        for request in self._merged(commit):
            iid, head = fields.number(request, "iid"), fields.text(request, "sha")
            what = f"look for the plan of merge request {iid}"
            for pipeline in self.asker.rows(f"{self._request(iid)}/pipelines", what):
                # One of merged results runs on a commit of GitLab's own that is on no branch.
                results = pipeline.get("ref") == f"refs/merge-requests/{iid}/merge"
                if (head and pipeline.get("sha") == head) or results:
                    job = self._job(fields.number(pipeline, "id"), what)
                    if job is not None:
                        path = f"{self._here}/jobs/{job}/artifacts"
                        return plan_in(self.asker.download(path, "fetch the saved plan"))
        return None

    def backups_of(self, run: int, branch: str) -> Sequence[bytes]:
        """See meeting.Forge."""
        what, path = f"fetch the backup of job {run}", f"{self._here}/jobs/{run}"
        made = self.asker.row("GET", path, what)
        on_branch = made.get("ref") == branch and made.get("tag") is False
        if made.get("name") not in names.WRITING_JOBS or not on_branch:
            raise ForgeError(
                f"job {run} is none of {' and '.join(names.WRITING_JOBS)} on {branch}, so its "
                "backup is not trusted. Give the number in the address of the job that said how "
                "to undo it."
            )
        kept = made.get("artifacts_file")
        return [self.asker.download(f"{path}/artifacts", what)] if kept else []

    def propose(self, branch: str, base: str, title: str, text: str) -> str:
        """See meeting.Forge."""
        what = f"open a merge request of {branch}"
        path = f"{self._here}/merge_requests"
        looked = {"state": "opened", "source_branch": branch, "target_branch": base}
        words = {"title": title, "description": text}
        for row in self.asker.rows(path, what, looked):
            if row.get("source_project_id") == row.get("target_project_id"):
                path = f"{path}/{fields.number(row, 'iid')}"
                return fields.text(self.asker.row("PUT", path, what, json=words), "web_url")
        sides = {"source_branch": branch, "target_branch": base}
        return fields.text(self.asker.row("POST", path, what, json={**words, **sides}), "web_url")

    @property
    def _here(self) -> str:
        return f"projects/{quote(self.project, safe='')}"

    def _request(self, number: int) -> str:
        return f"{self._here}/merge_requests/{number}"

    def _comment(self, row: Row, what: str) -> Comment:
        id, body = fields.number(row, "id"), fields.text(row, "body")
        if not id:
            raise self.asker.nonsense(what)
        return Comment(id=id, body=body)

    def _merged(self, commit: str) -> Iterator[Row]:
        """The merge requests, of branches here, that were merged as `commit`.

        A fast-forward merge makes no commit of its own: the last one of the branch is merged.
        """
        path = f"{self._here}/repository/commits/{commit}/merge_requests"
        for row in self.asker.rows(path, f"look which merge request {commit[:10]} is from"):
            ways = [row.get(name) for name in ("merge_commit_sha", "squash_commit_sha")]
            as_commit = commit in ways or (not any(ways) and row.get("sha") == commit)
            own = row.get("source_project_id") == row.get("target_project_id") is not None
            if row.get("state") == "merged" and as_commit and own:
                yield row

    def _job(self, pipeline: int, what: str) -> int | None:
        """The newest job of ours in a pipeline that made its plan and still has it."""
        path = f"{self._here}/pipelines/{pipeline}/jobs"
        rows = self.asker.rows(path, what, {"scope[]": "success"})
        made = [
            fields.number(row, "id")
            for row in rows
            if row.get("name") == names.JOB
            and row.get("status") == "success"
            and row.get("artifacts_file")
        ]
        return max(made, default=None)
