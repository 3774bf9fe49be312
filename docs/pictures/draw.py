"""Draw `plan.svg`: a real plan on the embedded help center, as a terminal shows it.

    python docs/pictures/draw.py

Run it again when the wording of a plan has changed. The photographs beside it are of `make.py`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

PROGRAM = (sys.executable, "-m", "publisher")
HERE = Path(__file__).parent
SETTINGS = """\
locales = ["en", "fr"]

[targets.local]
on_removed = "draft"
on_drift = "keep"
"""
COLUMNS = 100


def publisher(folder: Path, *arguments: str) -> str:
    """Run a command; returns what it said on standard error."""
    done = subprocess.run(
        [*PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stderr


def a_day_of_work(folder: Path) -> None:
    """Write a small site, publish it, then change, add and remove something."""
    files = {
        "en/billing/_index.md": "---\ntitle: Billing\n---\n",
        "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
        "en/billing/refunds.md": (
            "# Refunds\n\nYou can ask for a refund within 14 days of the payment.\n\n"
            "It takes five working days to arrive.\n"
        ),
        "fr/billing/refunds.md": "# Remboursements\n\nVous disposez de 14 jours.\n",
        "en/billing/cheques.md": "# Pay by cheque\n\nSend it by post.\n",
    }
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "publisher.toml").write_text(SETTINGS)
    publisher(folder, "apply", "--yes")
    for name in ("en", "fr"):
        path = folder / "content" / name / "billing" / "refunds.md"
        path.write_text(path.read_text(encoding="utf-8").replace("14", "30"), encoding="utf-8")
    (folder / "content/en/billing/cards.md").write_text("# Pay by card\n\nWe take all cards.\n")
    (folder / "content/en/billing/cheques.md").unlink()


def drawn(shown: str) -> str:
    """Make a terminal's text an SVG that asks nobody for its fonts."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), color_system="truecolor")
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="publisher plan", unique_id="plan")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        a_day_of_work(Path(scratch))
        shown = publisher(Path(scratch), "plan", "--color", "always")
    (HERE / "plan.svg").write_text(drawn(f"$ publisher plan\n{shown}"), encoding="utf-8")
