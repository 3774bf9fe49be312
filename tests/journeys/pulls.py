"""What the stories of `publisher pull` share: a help center that people filled, and the law.

The law of a pull: what was pulled says what is live, so nothing is left to plan, to pull or
to complain about, and nobody's help center was touched.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.helpcenter.images import CDN
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Recorder:
    """Stands before the help center and notes which images were asked for, and with what token."""

    app: Callable
    images: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/cdn/"):
            self.images.append(environ["PATH_INFO"])
            self.tokens.add(environ.get("HTTP_AUTHORIZATION"))
        return self.app(environ, start_response)


def content(story: World) -> dict[str, bytes]:
    """Every file below the content folder."""
    root = story.folder / "content"
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found)}


def text(story: World, name: str) -> str:
    return (story.folder / "content" / name).read_bytes().decode()


def everything(story: World) -> dict[str, bytes]:
    """Every file of the content and of what the program keeps, but its cache and its lock."""
    kept = story.folder / ".publisher"
    found = (path for path in kept.glob("*") if path.is_file() and path.suffix != ".lock")
    return {**content(story), **{path.name: path.read_bytes() for path in found}}


def pulled(story: World, *arguments: str, expect: int = 0):
    """Pull; the help center is only read."""
    before = list(story.writes)
    outcome = story.run("pull", *arguments)
    assert outcome.code == expect, str(outcome)
    assert story.writes == before, "a pull wrote to the help center"
    return outcome


def assert_settled(story: World, *, again: bool = False) -> None:
    """Nothing to plan, all settled, nothing to complain about; `again`: nothing to pull either."""
    planned = story.run("plan", "--detailed-exitcode")
    assert planned.code == 0, str(planned)
    rows = story.run("status", "--format", "json").json
    assert {row["standing"] for row in rows} <= {"settled"}, rows
    linted = story.run("lint")
    assert linted.code == 0, str(linted)
    assert_unsigned(story)
    if again:
        before = everything(story)
        assert "Nothing to pull" in pulled(story).err
        pulled(story, "--all")
        assert everything(story) == before


def assert_unsigned(story: World) -> None:
    """No address that expires may be kept anywhere."""
    for name, kept in everything(story).items():
        assert b"signature=" not in kept, name
        assert b"expires=" not in kept, name


def show_image(story: World, name: str, bytes_: bytes | None = PNG, number: int = 1) -> str:
    """Let Intercom hold an image, and return its address; without bytes it cannot be fetched."""
    path = f"/i/o/local0001/{number}/0a1b/{name}"
    with story.center.store.writing():
        story.center.store.keep_image(
            path, origin=f"upload:{name}", name=name, content=bytes_, type="image/png"
        )
    return f"{CDN}{path}"


def edit_body(story: World, title: str, old: str, new: str, locale: str = "en") -> None:
    """A colleague changes some words of an article in Intercom's editor."""
    body = story.body(title, locale)
    assert old in body, body
    story.center.edit_by_hand(
        story.article(title)["id"], locale=locale, body=body.replace(old, new)
    )


def collection(story: World, title: str) -> str:
    """The id of the one collection with this title."""
    [found] = [row for row in story.center.rows("collection") if title in row["names"].values()]
    return str(found["id"])


def forget(story: World, *fields: str) -> None:
    """Turn the ledger into that of an older program, which did not know these fields."""
    path = story.folder / ".publisher" / "live.json"
    document = json.loads(path.read_text())
    for thing in document["things"]:
        for name in fields:
            thing.pop(name, None)
    path.write_text(json.dumps(document))


def start_over(story: World) -> None:
    """A colleague with nothing but the configuration: no content, no ledger."""
    for name in ("content", ".publisher"):
        if (story.folder / name).exists():
            (story.folder / name).rename(story.folder / f"former-{name}")


@dataclass(frozen=True)
class Git:
    """The repository around a story."""

    folder: Path

    def __call__(self, *arguments: str) -> str:
        who = ("-c", "user.email=a@example.com", "-c", "user.name=Ada", "-c", "core.autocrlf=false")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, capture_output=True, check=True
        )
        return done.stdout.decode()

    def keep(self) -> None:
        """Commit all of the content."""
        self("add", "-A", "content")
        self("commit", "-q", "--allow-empty", "-m", "kept")

    def changed(self) -> Mapping[str, tuple[int, int]]:
        """Lines added and taken out since the last commit, by file."""
        self("add", "-A", "content")
        rows = [row.split("\t") for row in self("diff", "--cached", "-M", "--numstat").splitlines()]
        return {name: (int(added), int(removed)) for added, removed, name in rows}

    def diff(self) -> list[str]:
        """The lines themselves, without what stands around them."""
        self("add", "-A", "content")
        lines = self("diff", "--cached", "-M", "-U0").splitlines()
        return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def repository(story: World) -> Git:
    """Make the story's folder a repository, with its content committed."""
    git = Git(story.folder)
    git("init", "-q")
    git.keep()
    return git
