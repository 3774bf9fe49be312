"""The law of the house: which room may use which, and which libraries it may touch."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "publisher"
STONES = {"errors", "model"}
MAY_IMPORT = {
    "errors": {"model"},  # for a type only; it is not imported at run time
    "model": {"errors"},
    "config": STONES,
    "body": STONES,
    "plan": STONES | {"body"},
    "pull": STONES | {"body", "plan"},
    "source": STONES | {"body"},
    "intercom": STONES,
    "ledger": STONES,
    "apply": STONES | {"body", "plan", "intercom", "ledger"},
    "assets": STONES,
    "translations": STONES | {"body", "source"},
    "forge": STONES,
    "web": STONES,
    "helpcenter": set(),
    "workflow": STONES
    | {"config", "body", "plan", "pull", "source", "intercom", "ledger", "apply"}
    | {"assets", "translations", "forge", "web", "helpcenter"},
    "api": STONES | {"config", "plan", "source", "workflow"},
    "preview": STONES | {"plan", "config", "workflow", "helpcenter"},
    "cli": STONES | {"plan", "config", "workflow", "preview"},
    "sample": set(),
}
LIBRARIES = {
    "errors": set(),
    "model": set(),
    "config": set(),
    "body": {"markdown_it", "mdit_py_plugins", "selectolax"},
    "plan": set(),
    "pull": set(),
    "source": {"frontmatter", "yaml", "pathspec"},
    "intercom": {"httpx", "tenacity"},
    "ledger": {"filelock", "boto3", "botocore"},
    "apply": set(),
    "assets": {"boto3", "botocore"},
    "translations": {"lxml", "translate"},
    "forge": {"httpx", "tenacity"},
    "web": {"httpx"},
    "api": set(),
    "helpcenter": {"werkzeug", "jinja2", "selectolax", "markdown_it", "_typeshed"},
    "workflow": {"httpx", "packaging"},
    "preview": {"jinja2", "markupsafe", "watchdog", "werkzeug", "_typeshed"},
    "cli": {"click", "rich"},
}
OFF_THE_HALLWAY = {
    "checks": set(),
    "ci": {"pulls"},
    "moves": {"pulls"},
    "previews": {"pulls"},
    "pulls": set(),
    "translators": set(),
}
"""Which of the folders of `workflow` each of them may use; what lies beside them uses none."""
FILES = sorted(path for path in HOUSE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


@functools.cache
def imported(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file, in full."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_imported(path: Path) -> set[str]:
    ours = [name.split(".") for name in imported(path) if name.split(".")[0] == "publisher"]
    return {parts[1] for parts in ours if len(parts) > 1 and parts[1] != "__version__"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_only_use_the_rooms_below_them(room):
    used = {str(path): rooms_imported(path) - {room} for path in FILES if room_of(path) == room}
    assert {path: names for path, names in used.items() if not names <= MAY_IMPORT[room]} == {}


def test_the_folders_off_the_hallway_only_use_the_hallway_and_what_they_may():
    for path in FILES:
        if room_of(path) == "workflow":
            own = path.relative_to(HOUSE / "workflow").parts[0]
            parts = [name.split(".") for name in imported(path)]
            used = {p[2] for p in parts if p[:2] == ["publisher", "workflow"] and len(p) > 2}
            assert used & set(OFF_THE_HALLWAY) <= OFF_THE_HALLWAY.get(own, set()) | {own}, path


@pytest.mark.parametrize("room", LIBRARIES)
def test_rooms_only_use_the_libraries_that_are_theirs(room):
    used = {str(path): outside(path) for path in FILES if room_of(path) == room}
    assert {path: names for path, names in used.items() if not names <= LIBRARIES[room]} == {}


def outside(path: Path) -> set[str]:
    """The libraries a file imports that are not Python's own."""
    names = {name.split(".")[0] for name in imported(path)} - {"publisher"}
    return names - set(sys.stdlib_module_names) - {"__future__"}


def test_every_file_stands_in_a_room_that_the_law_knows():
    rooms = {room_of(path) for path in FILES} - {"__init__", "__main__"}
    assert rooms <= set(MAY_IMPORT)


def test_the_environment_is_read_in_one_place():
    readers = {
        room_of(path)
        for path in FILES
        if {"os.environ", "os.getenv"} & imported(path)
        or "os.environ" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"config"}


def test_help_is_instant_because_nothing_heavy_is_imported():
    heavy = ["httpx", "markdown_it", "selectolax", "lxml", "werkzeug", "jinja2", "yaml", "rich"]
    program = (
        "import sys\n"
        "from publisher.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
