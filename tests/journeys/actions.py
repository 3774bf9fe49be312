"""A small GitHub: a bare repository, pull requests, and jobs that run as their files say.

The workflow files are read from the repository, as GitHub does it. `run:` lines are really run:
ours in this process, others in a shell. Of actions, only those are known that we use, and each
does here what it does there. An expression that is not known is an error, and so is a secret that
a job asks for outside of its environment.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from unittest import mock

import yaml
from werkzeug import Request, Response

from tests.world import Outcome, World

REPOSITORY = "acme/help"
ALICE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TEMPLATE_DIR": "",
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}
NO_PERSON = {
    name: value for name, value in ALICE.items() if "Ana" not in value and "@" not in value
}
"""On a runner nobody has told Git who they are."""
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
NAME = re.compile(r"(?<![\w'.])[a-z][\w-]*(?:\.[\w-]+)+|(?:always|failure)\(\)")


def git(folder: Path, *arguments: str, who: Mapping[str, str] = ALICE) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **who},
        check=False,
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class Pull:
    """A pull request; `head` is its last commit."""

    number: int
    branch: str
    head: str
    merged_as: str = ""
    fork: bool = False


@dataclass
class Job:
    """How a job ended: what its commands said, by command, and whether all of them went well."""

    name: str
    steps: list[tuple[str, Outcome]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    skipped: bool = False
    outputs_written: str = ""
    summary: str = ""

    @property
    def code(self) -> int:
        return next((outcome.code for _, outcome in self.steps if outcome.code), 0)

    def said(self, command: str) -> str:
        return "".join(str(outcome) for line, outcome in self.steps if command in line)


@dataclass
class Hub:
    """The repository at `remote`, with what its settings hold. `folder` is where jobs work."""

    folder: Path
    center: object
    url: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    pulls: list[Pull] = field(default_factory=list)
    artifacts: list[dict] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    proposals: list[dict] = field(default_factory=list)
    count: int = 0

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def clone(self, name: str, ref: str = "main", who: Mapping[str, str] = ALICE) -> World:
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        git(self.folder, "clone", "--quiet", str(self.remote), name, who=who)
        if ref != "main":
            git(place, "fetch", "--quiet", "origin", ref, who=who)
            git(place, "checkout", "--quiet", "--detach", "FETCH_HEAD", who=who)
        return World(folder=place, center=self.center)

    # What people do ----------------------------------------------------------------------------

    def branch(self, name: str) -> World:
        made = self.clone(name)
        git(made.folder, "checkout", "--quiet", "-b", name)
        return made

    def open_pull(self, made: World, *, fork: bool = False) -> Pull:
        git(made.folder, "add", "--all")
        git(made.folder, "commit", "--quiet", "--allow-empty", "-m", made.folder.name)
        number = len(self.pulls) + 1
        head = git(made.folder, "rev-parse", "HEAD")
        git(made.folder, "push", "--quiet", "origin", f"HEAD:refs/pull/{number}/head")
        self.pulls.append(Pull(number, made.folder.name, head, fork=fork))
        self._merged(self.pulls[-1], f"refs/pull/{number}/merge")
        return self.pulls[-1]

    def merge(self, pull: Pull) -> None:
        pull.merged_as = self._merged(pull, "refs/heads/main")

    def _merged(self, pull: Pull, into: str) -> str:
        made = self.clone("merging")
        git(made.folder, "fetch", "--quiet", "origin", f"refs/pull/{pull.number}/head")
        git(made.folder, "merge", "--quiet", "--no-ff", "-m", f"#{pull.number}", "FETCH_HEAD")
        git(made.folder, "push", "--quiet", "--force", "origin", f"HEAD:{into}")
        return git(made.folder, "rev-parse", "HEAD")

    # What jobs do ------------------------------------------------------------------------------

    def run(self, workflow: str, pull: Pull | None = None, **inputs: str) -> dict[str, Job]:
        """Run a workflow: of a pull request, by hand when there are inputs, else of a push."""
        self.count += 1
        text = git(self.remote, "show", f"main:.github/workflows/publisher-{workflow}.yml")
        jobs = yaml.safe_load(text)["jobs"]
        known = self._event(pull, inputs)
        done: dict[str, Job] = {}
        for name, job in jobs.items():
            done[name] = self._job(name, job, workflow, pull, {**known, **_needs(done)}, done)
        return done

    def _event(self, pull: Pull | None, inputs: Mapping[str, str]) -> dict[str, str]:
        by_hand = "workflow_dispatch" if inputs else "push"
        about = {
            "github.event.pull_request.number": str(pull.number) if pull else "",
            "github.event.pull_request.base.sha": git(self.remote, "rev-parse", "main")
            if pull
            else "",
            "github.event.pull_request.base.ref": "main",
            "github.event.merge_group.base_sha": "",
            "github.event.pull_request.head.repo.full_name": "mallory/help"
            if pull and pull.fork
            else REPOSITORY,
            "github.event.repository.default_branch": "main",
            "github.event_name": "pull_request" if pull else by_hand,
            "github.repository": REPOSITORY,
            "github.ref_name": "main",
            "github.token": "ghs_test",
            "github.run_attempt": "1",
            "always()": "true",
        }
        names = ("number", "allow-deletes", "overwrite", "yes", "apply-id", "run")
        given = {f"inputs.{name}": inputs.get(name.replace("-", "_"), "") for name in names}
        return {
            **about,
            **given,
            "vars.PUBLISHER_TARGET": self.variables.get("PUBLISHER_TARGET", ""),
        }

    def _job(self, name, job, workflow, pull, known, done) -> Job:
        made = Job(name)
        waits = [job["needs"]] if "needs" in job else []
        idle = any(done[each].skipped or done[each].code for each in waits)
        if idle or not _holds(job.get("if", "true"), known):
            made.skipped = True
            return made
        temp = self.folder / f"temp-{self.count}-{name}"
        temp.mkdir()
        secrets = self.secrets.get(job.get("environment", ""), {})
        known = {**known, "runner.temp": str(temp)}
        known |= {f"secrets.{key}": value for key, value in secrets.items()}
        for step in job["steps"]:
            condition = str(step.get("if", "true"))
            if made.code and not re.search(r"(always|failure)\(\)", condition):
                continue
            if _holds(condition, {**known, "failure()": "true" if made.code else ""}):
                self._step(step, made, workflow, pull, known, temp)
        made.outputs = {
            key: _filled(value, known) for key, value in (job.get("outputs") or {}).items()
        }
        return made

    def _step(self, step, made: Job, workflow, pull, known, temp: Path) -> None:
        place = self.folder / f"job-{self.count}-{made.name}"
        settings = {key: _filled(value, known) for key, value in (step.get("with") or {}).items()}
        action = step.get("uses", "").partition("@")[0]
        if action == "actions/checkout":
            usual = f"refs/pull/{pull.number}/merge" if pull else "main"
            self.clone(place.name, settings.get("ref", usual), NO_PERSON)
        elif action == "actions/upload-artifact":
            self._upload(settings, place, workflow, pull)
        elif action == "actions/download-artifact":
            wanted = settings.get("pattern") or settings["name"]
            run = int(settings.get("run-id") or self.count)
            held = [
                a
                for a in self.artifacts
                if fnmatch(a["name"], wanted) and a["workflow_run"]["id"] == run
            ]
            assert held, f"no artifact {wanted}"
            for path, content in held[-1]["files"].items():
                target = place / settings["path"] / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        elif "run" in step and "pip install" not in step["run"]:
            env = {key: _filled(value, known) for key, value in (step.get("env") or {}).items()}
            outcome = self._line(step["run"], place, temp, env)
            made.steps.append((step["run"], outcome))
            made.outputs_written = "\n".join(_read(temp / "output"))
            made.summary = "\n".join(_read(temp / "summary"))
            for line in _read(temp / "output"):
                key, _, value = line.partition("=")
                known[f"steps.{step.get('id')}.outputs.{key}"] = value

    def _line(self, line: str, place: Path, temp: Path, env: Mapping[str, str]) -> Outcome:
        ours = {
            **NO_PERSON,
            "CI": "true",
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.url,
            **env,
        }
        private = ("INTERCOM_", "GITHUB_", "PUBLISHER_", "GIT_AUTHOR", "GIT_COMMITTER", "EMAIL")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(private)}
        with mock.patch.dict(os.environ, {**kept, **ours}, clear=True):
            if not line.startswith("publisher "):
                done = subprocess.run(
                    ["bash", "-eo", "pipefail", "-c", line],
                    cwd=place,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                return Outcome(done.returncode, done.stdout, done.stderr)
            words, _, into = line.partition(">>")
            arguments = [os.path.expandvars(word) for word in shlex.split(words)[1:]]
            outcome = World(folder=place, center=self.center).run(*arguments)
            if into:
                Path(os.path.expandvars(into.strip().strip('"'))).write_text(outcome.out)
            return outcome

    def _upload(self, settings, place: Path, workflow: str, pull: Pull | None) -> None:
        path = place / settings["path"]
        listed = place.glob(settings["path"]) if "*" in path.name else path.rglob("*")
        found = [path] if path.is_file() else [p for p in listed if p.is_file()]
        above = path.parent if path.is_file() or "*" in path.name else path
        assert found or settings.get("if-no-files-found") == "ignore", f"nothing at {path}"
        self.artifacts.append(
            {
                "id": len(self.artifacts) + 1,
                "name": settings["name"],
                "expired": False,
                "workflow_run": {"id": self.count},
                "head_sha": pull.head if pull else "",
                "path": f".github/workflows/publisher-{workflow}.yml",
                "files": {str(each.relative_to(above)): each.read_bytes() for each in found},
            }
        )

    # What the API says -------------------------------------------------------------------------

    def __call__(self, environ, start_response):
        request = Request(environ)
        assert request.headers.get("Authorization") == "Bearer ghs_test", request.path
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix(f"/repos/{REPOSITORY}")
        said: object = []
        if path == "/graphql":
            said = {"data": {"viewer": {"login": "github-actions[bot]"}}}
        elif path.endswith("/comments") and request.method == "POST":
            self.comments.append(request.get_json()["body"])
            said = {"id": len(self.comments), "body": self.comments[-1]}
        elif found := re.fullmatch(r"/commits/(\w+)/pulls", path):
            said = [_pull_row(p) for p in self.pulls if p.merged_as == found[1]]
        elif path == "/actions/artifacts":
            named = [a for a in self.artifacts if a["name"] == request.args["name"]]
            rows = [{key: value for key, value in a.items() if key != "files"} for a in named]
            said = {"total_count": len(rows), "artifacts": rows}
        elif found := re.fullmatch(r"/actions/runs/(\d+)/artifacts", path):
            kept = [a for a in self.artifacts if a["workflow_run"]["id"] == int(found[1])]
            rows = [{key: value for key, value in a.items() if key != "files"} for a in kept]
            said = {"total_count": len(rows), "artifacts": rows}
        elif found := re.fullmatch(r"/actions/runs/(\d+)", path):
            made = next(a for a in self.artifacts if a["workflow_run"]["id"] == int(found[1]))
            side = {"full_name": REPOSITORY}
            said = {
                "path": made["path"],
                "head_sha": made["head_sha"],
                "event": "pull_request" if made["head_sha"] else "push",
                "head_branch": "topic" if made["head_sha"] else "main",
                "repository": side,
                "head_repository": side,
            }
        elif found := re.fullmatch(r"/actions/artifacts/(\d+)/zip", path):
            return Response(_zipped(self.artifacts[int(found[1]) - 1]["files"]))
        elif path == "/pulls" and request.method == "POST":
            self.proposals.append(request.get_json())
            said = {"number": 100, "html_url": f"https://github.test/{REPOSITORY}/pull/100"}
        return Response(json.dumps(said), mimetype="application/json")


def _pull_row(pull: Pull) -> dict:
    return {
        "number": pull.number,
        "merged_at": "2026-01-01T00:00:00Z",
        "merge_commit_sha": pull.merged_as,
        "head": {
            "sha": pull.head,
            "repo": {"full_name": "mallory/help" if pull.fork else REPOSITORY},
        },
        "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
    }


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _read(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _needs(done: Mapping[str, Job]) -> dict[str, str]:
    return {
        f"needs.{name}.outputs.{key}": value
        for name, job in done.items()
        for key, value in job.outputs.items()
    }


def _value(expression: str, known: Mapping[str, str]) -> object:
    """What an expression says: names, texts, and the few operators that we use."""
    spelt = NAME.sub(lambda found: repr(known[found[0]]), expression)
    spelt = re.sub(r"\bfalse\b", "False", re.sub(r"\btrue\b", "True", spelt))
    return eval(spelt.replace("&&", " and ").replace("||", " or "), {"__builtins__": {}})


def _holds(condition: object, known: Mapping[str, str]) -> bool:
    text = str(condition).strip()
    return bool(_value(" ".join((text if text != "True" else "true").split()), known))


def _filled(value: object, known: Mapping[str, str]) -> str:
    return EXPRESSION.sub(lambda found: str(_value(found[1], known)), str(value))
