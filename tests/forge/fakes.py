"""GitHub and GitLab as a pull request's job meets them: strict, with pages, limits and strangers.

Each is a WSGI application that knows one repository. It answers only what its documentation lists
(anything else is a 404), checks the token at every call, and remembers the calls. `trouble` holds
answers that are given first, in their order: (status, headers, body). Files are at another host,
unless they are handed out `straight`.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import httpx
from werkzeug.wrappers import Request, Response

from publisher.forge import Forge, connect

TOKEN = "tok_forge_0123456789"
PROJECT = "acme/help"
STORE = "blobs.example.com"


def zipped(**files: str | bytes) -> bytes:
    """An archive; `plan_json="…"` is the file plan.json."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return made.getvalue()


class Fake:
    """What both have in common: who calls, pages, and troubles."""

    me = "github-actions[bot]"
    scheme = ""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.trouble: list[tuple[int, dict[str, str], str]] = []
        self.comments: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.archives: dict[str, bytes] = {}
        self.page = 100
        self.straight = False
        self.next = 100
        self.after_comment: Callable[[], None] = lambda: None

    def __call__(self, environ, start_response):
        request = Request(environ)
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        path = unquote(request.environ.get("RAW_URI", request.path).partition("?")[0])
        if request.host == STORE:
            assert not {"Authorization", "PRIVATE-TOKEN"} & set(request.headers.keys())
            return Response(self.archives[request.path.lstrip("/")])
        self.calls.append((request.method, path))
        if self.trouble:
            status, headers, body = self.trouble.pop(0)
            return Response(body, status=status, headers=headers)
        if not self.allows(request):
            return self.json({"message": "Bad credentials"}, 401)
        for method, pattern, act in self.routes():
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                return act(request, *found.groups())
        return self.json({"message": "Not Found"}, 404)

    def json(self, value: Any, status: int = 200) -> Response:
        return Response(json.dumps(value), status=status, content_type="application/json")

    def paged(self, request: Request, rows: list[Any], below: str = "") -> Response:
        number = int(request.args.get("page", 1))
        size = min(self.page, int(request.args.get("per_page", 30)))
        part = rows[(number - 1) * size : number * size]
        answer = self.json({below: part, "total_count": len(rows)} if below else part)
        if number * size < len(rows):
            more = "&".join(f"{k}={v}" for k, v in request.args.items() if k != "page")
            address = f"{request.base_url}?{more}&page={number + 1}"
            answer.headers["Link"] = f'<{address}>; rel="next", <{address}>; rel="last"'
        return answer

    def number(self) -> int:
        self.next += 1
        return self.next

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    @contextmanager
    def client(self, *, token: str = TOKEN, sleeps: list[float] | None = None) -> Iterator[Forge]:
        waited = [] if sleeps is None else sleeps
        with connect(
            self.kind,
            api=self.api,
            project=PROJECT,
            token=token,
            transport=httpx.WSGITransport(app=self),
            sleep=waited.append,
        ) as forge:
            yield forge


class FakeGitHub(Fake):
    """One repository on GitHub; `user` of a comment is a login."""

    kind, api = "github", "https://api.github.com"

    def __init__(self) -> None:
        super().__init__()
        self.pulls_of: dict[str, list[dict[str, Any]]] = {}
        self.artifacts: list[dict[str, Any]] = []
        self.runs: dict[int, dict[str, Any]] = {}

    def allows(self, request: Request) -> bool:
        return (
            request.headers.get("Authorization") == f"Bearer {TOKEN}"
            and request.headers.get("Accept") == "application/vnd.github+json"
        )

    def routes(self):
        repo = f"(?:/api/v3)?/repos/{PROJECT}"
        return [
            ("POST", "(?:/api)?/graphql", self.graphql),
            ("GET", rf"{repo}/issues/(\d+)/comments", self.list_comments),
            ("POST", rf"{repo}/issues/(\d+)/comments", self.add_comment),
            ("PATCH", rf"{repo}/issues/comments/(\d+)", self.change_comment),
            ("DELETE", rf"{repo}/issues/comments/(\d+)", self.delete_comment),
            ("GET", rf"{repo}/commits/(\w+)/pulls", self.list_pulls_of),
            ("GET", rf"{repo}/actions/artifacts", self.list_artifacts),
            ("GET", rf"{repo}/actions/runs/(\d+)", self.show_run),
            ("GET", rf"{repo}/actions/runs/(\d+)/artifacts", self.list_kept),
            ("GET", rf"{repo}/actions/artifacts/(\d+)/zip", self.download),
            ("GET", rf"{repo}/pulls", self.list_pulls),
            ("POST", rf"{repo}/pulls", self.add_pull),
            ("PATCH", rf"{repo}/pulls/(\d+)", self.change_pull),
        ]

    def say(self, number: int, body: str, user: str | None = None) -> dict[str, Any]:
        made = {
            "id": self.number(),
            "body": body,
            "user": {"login": user or self.me},
            "html_url": f"https://github.com/{PROJECT}/pull/{number}#issuecomment-{self.next}",
            "number": number,
        }
        self.comments.append(made)
        return made

    def graphql(self, request):
        assert request.get_json() == {"query": "query { viewer { login } }"}
        return self.json({"data": {"viewer": {"login": self.me}}})

    def list_comments(self, request, number):
        return self.paged(request, [c for c in self.comments if c["number"] == int(number)])

    def add_comment(self, request, number):
        body = request.get_json()["body"]
        if len(body.encode()) > 262_144:
            return self.json({"message": "Body is too long (maximum is 65536 characters)"}, 422)
        made = self.say(int(number), body)
        self.after_comment()
        return self.json(made, 201)

    def _comment(self, id):
        return next((c for c in self.comments if c["id"] == int(id)), None)

    def change_comment(self, request, id):
        comment = self._comment(id)
        if comment is None or comment["user"]["login"] != self.me:
            return self.json({"message": "Must have admin rights"}, 403)
        comment["body"] = request.get_json()["body"]
        return self.json(comment)

    def delete_comment(self, request, id):
        comment = self._comment(id)
        if comment is None:
            return self.json({"message": "Not Found"}, 404)
        self.comments.remove(comment)
        return Response(status=204)

    def list_pulls_of(self, request, commit):
        return self.paged(request, self.pulls_of.get(commit, []))

    def list_artifacts(self, request):
        named = [a for a in self.artifacts if a["name"] == request.args["name"]]
        return self.paged(request, named, below="artifacts")

    def list_kept(self, request, run):
        kept = [a for a in self.artifacts if a["workflow_run"]["id"] == int(run)]
        return self.paged(request, kept, below="artifacts")

    def show_run(self, request, id):
        run = self.runs.get(int(id))
        return self.json(run) if run else self.json({"message": "Not Found"}, 404)

    def download(self, request, id):
        if self.straight:
            return Response(self.archives[id])
        return Response(status=302, headers={"Location": f"https://{STORE}/{id}"})

    def list_pulls(self, request):
        owner, _, branch = request.args["head"].partition(":")
        assert (owner, request.args["state"]) == ("acme", "open")
        found = [p for p in self.requests if p["head"]["ref"] == branch]
        return self.paged(request, [p for p in found if p["base"]["ref"] == request.args["base"]])

    def add_pull(self, request):
        given = request.get_json()
        number = self.number()
        made = {
            "number": number,
            "title": given["title"],
            "body": given["body"],
            "head": {"ref": given["head"]},
            "base": {"ref": given["base"]},
            "html_url": f"https://github.com/{PROJECT}/pull/{number}",
        }
        self.requests.append(made)
        return self.json(made, 201)

    def change_pull(self, request, number):
        pull = next(p for p in self.requests if p["number"] == int(number))
        pull |= request.get_json()
        return self.json(pull)

    def merged(self, commit: str, head: str, plan: bytes, **differently: Any) -> None:
        """A pull request of our own branch, merged, and the plan that our workflow left of it."""
        ours = {"repo": {"full_name": PROJECT}}
        pull = {
            "merged_at": "2026-11-20T10:00:00Z",
            "merge_commit_sha": commit,
            "head": {"sha": head, **ours},
            "base": {"ref": "main", **ours},
        }
        run, artifact = self.number(), self.number()
        self.pulls_of[commit] = [pull | differently.get("pull", {})]
        self.runs[run] = {
            "path": ".github/workflows/publisher-plan.yml",
            "event": "pull_request",
            "head_branch": "topic",
            "head_sha": head,
            "repository": {"full_name": PROJECT},
            "head_repository": {"full_name": PROJECT},
        } | differently.get("run", {})
        self.artifacts.append(
            {
                "id": artifact,
                "name": f"publisher-plan-{head}",
                "expired": False,
                "workflow_run": {"id": run},
            }
            | differently.get("artifact", {})
        )
        self.archives[str(artifact)] = plan

    def applied(self, archive: bytes, **differently: Any) -> int:
        """A run that applied on main, and the archive that it kept; returns its number."""
        run, artifact = self.number(), self.number()
        self.runs[run] = {
            "path": ".github/workflows/publisher-apply.yml",
            "head_branch": "main",
            "repository": {"full_name": PROJECT},
            "head_repository": {"full_name": PROJECT},
        } | differently.get("run", {})
        kept = {"id": artifact, "name": "publisher-backup-1", "expired": False}
        made = kept | {"workflow_run": {"id": run}} | differently.get("artifact", {})
        self.artifacts.append(made)
        self.archives[str(artifact)] = archive
        return run


class FakeGitLab(Fake):
    """One project on GitLab; `user` of a note is an id."""

    kind, api, me = "gitlab", "https://gitlab.com/api/v4", 7

    def __init__(self) -> None:
        super().__init__()
        self.merged_as: dict[str, list[dict[str, Any]]] = {}
        self.pipelines: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []

    def allows(self, request: Request) -> bool:
        return request.headers.get("PRIVATE-TOKEN") == TOKEN

    def routes(self):
        here = f"/api/v4/projects/{PROJECT}"
        notes = rf"{here}/merge_requests/(\d+)/notes"
        return [
            ("GET", "/api/v4/user", lambda request: self.json({"id": self.me})),
            ("GET", notes, self.list_notes),
            ("POST", notes, self.add_note),
            ("PUT", rf"{notes}/(\d+)", self.change_note),
            ("DELETE", rf"{notes}/(\d+)", self.delete_note),
            ("GET", rf"{here}/repository/commits/(\w+)/merge_requests", self.list_merged),
            ("GET", rf"{here}/merge_requests/(\d+)/pipelines", self.list_pipelines),
            ("GET", rf"{here}/pipelines/(\d+)/jobs", self.list_jobs),
            ("GET", rf"{here}/jobs/(\d+)", self.show_job),
            ("GET", rf"{here}/jobs/(\d+)/artifacts", self.download),
            ("GET", rf"{here}/merge_requests", self.list_requests),
            ("POST", rf"{here}/merge_requests", self.add_request),
            ("PUT", rf"{here}/merge_requests/(\d+)", self.change_request),
        ]

    def say(self, number: int, body: str, user: int | None = None, **more: Any) -> dict[str, Any]:
        made = {"id": self.number(), "body": body, "author": {"id": user or self.me}, **more}
        made |= {"number": number, "system": more.get("system", False)}
        self.comments.append(made)
        return made

    def list_notes(self, request, number):
        return self.paged(request, [c for c in self.comments if c["number"] == int(number)])

    def add_note(self, request, number):
        made = self.say(int(number), request.get_json()["body"])
        self.after_comment()
        return self.json(made, 201)

    def change_note(self, request, number, id):
        note = next(c for c in self.comments if c["id"] == int(id))
        if note["author"]["id"] != self.me:
            return self.json({"message": "403 Forbidden"}, 403)
        note["body"] = request.get_json()["body"]
        return self.json(note)

    def delete_note(self, request, number, id):
        note = next((c for c in self.comments if c["id"] == int(id)), None)
        if note is None:
            return self.json({"message": "404 Not found"}, 404)
        self.comments.remove(note)
        return Response(status=204)

    def list_merged(self, request, commit):
        return self.paged(request, self.merged_as.get(commit, []))

    def list_pipelines(self, request, number):
        return self.paged(request, self.pipelines)

    def list_jobs(self, request, pipeline):
        assert request.args["scope[]"] == "success"
        return self.paged(request, [j for j in self.jobs if j["pipeline"] == int(pipeline)])

    def download(self, request, id):
        if self.straight:
            return Response(self.archives[id])
        return Response(status=302, headers={"Location": f"https://{STORE}/{id}"})

    def show_job(self, request, id):
        made = next((j for j in self.jobs if j["id"] == int(id)), None)
        return self.json(made) if made else self.json({"message": "404 Not found"}, 404)

    def applied(self, archive: bytes, **differently: Any) -> int:
        """A job that applied on main, and the archive that it kept; returns its number."""
        job = self.number()
        made = {"id": job, "name": "publisher-apply", "ref": "main", "tag": False}
        kept = {"pipeline": 0, "artifacts_file": {"filename": "artifacts.zip"}}
        self.jobs.append(made | kept | differently.get("run", {}))
        self.archives[str(job)] = archive
        return job

    def list_requests(self, request):
        wanted = {name: request.args[name] for name in ("source_branch", "target_branch")}
        assert request.args["state"] == "opened"
        return self.paged(
            request, [r for r in self.requests if all(r[n] == v for n, v in wanted.items())]
        )

    def add_request(self, request):
        number = self.number()
        made = request.get_json() | {
            "iid": number,
            "source_project_id": 1,
            "target_project_id": 1,
            "web_url": f"https://gitlab.com/{PROJECT}/-/merge_requests/{number}",
        }
        self.requests.append(made)
        return self.json(made, 201)

    def change_request(self, request, number):
        found = next(r for r in self.requests if r["iid"] == int(number))
        found |= request.get_json()
        return self.json(found)

    def merged(self, commit: str, head: str, plan: bytes, **differently: Any) -> None:
        """A merge request of our own branch, merged, and the plan that our job left of it."""
        pipeline, job = self.number(), self.number()
        request = {
            "iid": 5,
            "state": "merged",
            "sha": head,
            "merge_commit_sha": commit,
            "squash_commit_sha": None,
            "source_project_id": 1,
            "target_project_id": 1,
        }
        self.merged_as[commit] = [request | differently.get("pull", {})]
        self.pipelines.append({"id": pipeline, "sha": head} | differently.get("run", {}))
        self.jobs.append(
            {
                "id": job,
                "pipeline": pipeline,
                "name": "publisher-plan",
                "status": "success",
                "artifacts_file": {"filename": "artifacts.zip"},
            }
            | differently.get("artifact", {})
        )
        self.archives[str(job)] = plan
