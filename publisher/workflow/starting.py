"""The first minutes: write a repository to start from, and tell the whole story once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher import config as configs
from publisher.config import Config, Target
from publisher.errors import PublisherError
from publisher.helpcenter.serve import Server, serve
from publisher.plan.changes import Plan
from publisher.source.revision import has_remote
from publisher.workflow import applying, planning, schemas
from publisher.workflow.applying import Report, Tell
from publisher.workflow.pipelines import Forge, Pipeline, forge_of
from publisher.workflow.session import embedded
from publisher.workflow.sides import Asked

DEMO = "demo"
SCHEMAS = Path(".publisher", "schema")
"""Where the sample's files tell editors to look; written anew when a newer publisher knows more."""


def init(folder: Path, forge: Forge = "") -> tuple[Path, ...]:
    """Copy the sample into `folder`, each file only where absent; returns what was written.

    forge  whose pipeline is written: "github", "gitlab", "none", or "" for what the remote says.

    Where there is a remote, the example target keeps its ledger on a branch there.
    """
    written: list[Path] = []
    sample = resources.files("publisher") / "sample"
    has_content = (folder / "content").exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pipeline = Pipeline.of(folder, forge)
        for name, source in _files(sample):
            if (name.startswith("content/") and has_content) or not pipeline.wants(name):
                continue
            path = pipeline.place(name)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(_fitted(name, source.read_bytes(), pipeline))
                written.append(path)
    except OSError as error:
        raise PublisherError(f"cannot write to {folder}: {error.strerror}.") from error
    return (*written, *schemas.write(folder / SCHEMAS))


def _fitted(name: str, content: bytes, pipeline: Pipeline) -> bytes:
    if name == configs.FILE and has_remote(pipeline.folder):
        return content.replace(b'ledger = "file"', b'ledger = "git" ')
    return pipeline.fitted(content) if forge_of(name) else content


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda each: each.name):
        name = f"{above}{item.name}"
        if item.is_dir():
            yield from _files(item, f"{name}/")
        elif not name.endswith((".py", ".pyc")):
            yield name, item


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The demo under way: a plan that has been made, waiting to be applied.

    passing  it is told with the sample, and nothing of it is left when it ends.
    """

    config: Config
    target: Target
    heading: str
    plan: Plan
    port: int
    passing: bool

    def apply(self, tell: Tell) -> Report:
        """Apply it."""
        return applying.apply(
            self.config, self.target, Asked(), approve=lambda planned: True, tell=tell
        )

    def again(self) -> Plan:
        """Plan once more; there must be nothing left to do."""
        return planning.plan(self.config, self.target, Asked()).plan

    @property
    def database(self) -> Path:
        """Where the demo's help center is kept."""
        return self.config.state_folder / f"{self.target.name}.db"

    def show(self, say: Callable[[str], None]) -> None:
        """Say where to look, and keep the pages open until interrupted."""

        def ready(server: Server) -> None:
            say(f"{server.url}/{self.config.rules.default_locale}/")

        with embedded(self.config, self.target, port=self.port) as app:
            try:
                serve(app, self.port, on_ready=ready)
            except OSError as error:
                raise PublisherError(
                    f"cannot listen on port {self.port}: {error.strerror or error}. Try --port."
                ) from error


@contextmanager
def demo(config: Config, port: int) -> Iterator[Story]:
    """Begin the demo on an empty help center, with this folder's content or else the sample."""
    with TemporaryDirectory(prefix="publisher-demo-") as scratch:
        passing = not config.content_folder.is_dir()
        if passing:
            init(Path(scratch), "none")
            config = configs.load(Path(scratch), environment=config.environment)
        target = Target(name=DEMO, kind="local", on_removed="delete", on_drift="overwrite")
        _forget_last(config.state_folder)
        planned = planning.plan(config, target, Asked())
        yield Story(
            config=config,
            target=target,
            heading=planned.heading,
            plan=planned.plan,
            port=port,
            passing=passing,
        )


def _forget_last(folder: Path) -> None:
    try:
        for path in folder.glob(f"{DEMO}.*"):
            path.unlink()
    except OSError as error:
        raise PublisherError(f"cannot tidy {folder}: {error.strerror}.") from error
