"""The wording of a pull: what was written, what was proven, what to look at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.cli.show import notice_line
from publisher.plan import words
from publisher.workflow.pulls.pulling import Report

SHOWN = 40
"""Findings that are listed; `--format json` has all of them."""
VERBS: Mapping[str, str] = {
    "new": "written",
    "changed": "changed",
    "relinked": "changed",
    "moved": "moved",
    "removed": "removed",
}


def report_as_text(report: Report) -> Iterator[str]:
    """Say it in lines, the most important last."""
    yield from _adopted(report)
    yield from _files(report)
    if report.texts:
        yield from _blocks(report)
        yield from _images(report)
        yield from _links(report)
    yield from _looks(report)
    yield _summary(report)


def _adopted(report: Report) -> Iterator[str]:
    for ref in report.adopted:
        yield f"  linked {ref}"


def _files(report: Report) -> Iterator[str]:
    """Few files by name, many by number."""
    how = {text.path: text.how for text in report.texts}
    if len(how) <= SHOWN:
        for path, verb in sorted(how.items()):
            yield f"  {_verb(verb, report):9} {report.folder}/{path}"
        return
    counts = Counter(how.values())
    for verb, count in sorted(counts.items()):
        yield f"  {words.counted(count, 'file')} {_verb(verb, report)}"


def _verb(how: str, report: Report) -> str:
    return f"would be {VERBS[how]}" if report.dry_run else VERBS[how]


def _blocks(report: Report) -> Iterator[str]:
    if not report.blocks:
        return
    islands = report.islands
    count = sum(islands.values())
    line = f"{words.counted(report.blocks, 'block')} converted"
    if count:
        causes = ", ".join(f"{number} {cause}" for cause, number in islands.items())
        line += f", {count} of them kept as HTML ({causes})"
    yield f"{line}."


def _images(report: Report) -> Iterator[str]:
    images = report.images
    total = images.fetched + images.known + len(images.missing)
    if total:
        fetched = "to fetch" if report.dry_run else "fetched"
        line = f"{words.counted(total, 'image')}: {images.fetched} {fetched}"
        line += f", {images.known} here already" if images.known else ""
        line += f", {len(images.missing)} missing" if images.missing else ""
        yield f"{line}."


def _links(report: Report) -> Iterator[str]:
    if report.links or report.kept:
        line = f"{words.counted(report.links, 'link')} between articles made relative"
        line += f", {report.kept} left as they are live" if report.kept else ""
        yield f"{line}."


def _looks(report: Report) -> Iterator[str]:
    looks = report.looks()
    if looks:
        yield ""
    for problem in looks[:SHOWN]:
        yield f"! {notice_line(problem)}"
    if len(looks) > SHOWN:
        yield f"  … and {len(looks) - SHOWN} more; --format json lists them all."


def _summary(report: Report) -> str:
    if not report.texts and not report.adopted and not report.settled:
        if report.problems:
            return "Nothing was pulled; look at the lines above."
        return "Nothing to pull: the files say what is live."
    said = [f"{words.counted(report.removed, 'file')} removed"] if report.removed else []
    if len(report.texts) > report.removed:
        said.append(f"{words.counted(report.proven, 'file')} proven identical")
    line = ", ".join(said) or "No file had to change"
    if report.adopted:
        line += f", {words.counted(len(report.adopted), 'thing')} linked to what is live"
    if report.settled:
        line += f", {len(report.settled)} settled without a change"
    if report.problems:
        count = len(report.problems)
        line += f"; look at {words.verb(count, 'this one', f'these {count}')} above"
    return f"{line}." + (" This was a dry run; nothing was written." if report.dry_run else "")


def report_as_json(report: Report) -> str:
    """Say it for scripts."""
    return json.dumps(
        {
            "format": "publisher-pull/1",
            "dry_run": report.dry_run,
            "summary": _counts(report),
            "islands": dict(report.islands),
            "files": [
                {
                    "path": f"{report.folder}/{t.path}",
                    "thing": str(t.ref),
                    "how": t.how,
                    "identical": t.same,
                }
                for t in report.texts
            ],
            "adopted": [str(ref) for ref in report.adopted],
            "look": [_row(problem) for problem in report.looks()],
        },
        ensure_ascii=False,
        indent=1,
    )


def _counts(report: Report) -> dict[str, int]:
    return {
        "files": len({text.path for text in report.texts}),
        "identical": report.proven,
        "blocks": report.blocks,
        "islands": sum(report.islands.values()),
        "images": report.images.fetched,
        "images_missing": len(report.images.missing),
        "links": report.links,
        "links_kept": report.kept,
        "adopted": len(report.adopted),
        "look": len(report.problems),
    }


def _row(problem: Any) -> dict[str, Any]:
    spot = problem.spot
    return {
        "rule": problem.rule,
        "path": spot.path if spot else "",
        "line": spot.line if spot else 0,
        "what": problem.what,
        "advice": problem.advice,
    }
