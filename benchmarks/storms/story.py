"""One story: a site, some rounds of edits in bad weather, and a calm end.

Everything random comes from the story's seed. Threads and processes run as they like, so the
same seed tells nearly the same story, not quite.
"""

from __future__ import annotations

import json
import re
import shutil
import traceback
from pathlib import Path
from random import Random
from typing import Any

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.colleague import WEIGHTS
from storms import clock, grounds, rounds, sites, verdict
from storms.colleague import Office
from storms.commands import Command
from storms.grounds import Ground, ground
from storms.readers import Watch
from storms.scene import APPLY, Result, Scene, Shop

MOST_APPLIES = 8
FINE = frozenset({0})
NOT_OURS = re.compile(r"publisher state rm (collection:\S+)")
WAYS = re.compile(r"publisher apply (--overwrite|--allow-deletes) (\S+)")
"""The ways out that notices name, to be followed as a user would."""


def tell(seed: int, shop: Shop, folder: Path, ledger: str) -> Result:
    """Tell the story of a seed in `folder`, which is removed when all is well.

    ledger   "file", "git", "s3" or "mixed".
    """
    chance, result = Random(seed), Result(seed=seed)
    kind = chance.choice(grounds.MIXED) if ledger == "mixed" else ledger
    scene = _begun(seed, chance, shop, ground(kind, folder / "work", shop.bucket), result)
    shop.gate.center = scene.center
    shop.gate.before, shop.gate.after = scene.office.perhaps, scene.look
    try:
        scene.write()
        for _ in range(chance.randint(2, 4)):
            rounds.play(scene)
            scene.edit()
        _end(scene)
    except Exception as error:  # a story that cannot be told is a finding, too
        scene.wrong(f"the story broke off: {error!r}\n{traceback.format_exc()}")
    finally:
        _close(scene)
    if not result.violations:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def _begun(seed: int, chance: Random, shop: Shop, place: Ground, result: Result) -> Scene:
    version = chance.choice(("2.7", "2.11", "2.14", "2.16", "2.16"))
    lag = chance.choice((0.0, 0.0, 3.0, 8.0))
    fin = version in ("2.14", "2.16") and chance.random() < 0.4
    site = sites.random_site(chance, deepest=2 if version == "2.7" else 3, fin=fin)
    center = HelpCenter(
        locales=("en", "fr"),
        public_url=shop.server.url,
        now=clock.now,
        sleep=clock.sleep,
        listing_lag=lag,
        log_touches=True,
        seed=str(seed),
    )
    settings = {
        "kind": "intercom",
        "base_url": shop.server.url,
        "api_version": version,
        "on_removed": chance.choice(("report", "draft", "delete", "delete")),
        "max_removals": "100%",
        "concurrency": chance.choice((1, 2, 4)),
        "listing_lag": lag + 1 if lag else 0,
        "ledger": place.setting,
    }
    _configure(place, site, settings)
    said = ", ".join(f"{name} {value}" for name, value in settings.items())
    result.steps.append(f"story {seed}: {said}, {len(site.pages)} articles")
    office = _office(seed, center, version, result)
    return Scene(
        shop=shop, chance=chance, ground=place, site=site, center=center, office=office,
        watch=Watch(center, office, site), result=result, on_removed=settings["on_removed"],
    )  # fmt: skip


def _configure(place: Ground, site: sites.Site, settings: dict[str, object]) -> None:
    lines = [
        'default_target = "live"',
        f"locales = {json.dumps(site.locales)}",
        "[targets.live]",
        *(f"{name} = {json.dumps(value)}" for name, value in settings.items()),
    ]
    (place.folder / "publisher.toml").write_text("\n".join([*lines, ""]))


def _office(seed: int, center: HelpCenter, version: str, result: Result) -> Office:
    """The colleague; before 2.16 no answer tells of a draft that waits, so none is left."""
    weights = {kind: w for kind, w in WEIGHTS.items() if kind != "draft" or version == "2.16"}
    office = Office(
        center=center,
        chance=Random(f"{seed} office"),
        seed=seed,
        weights=weights,
        tell=result.steps.append,
    )
    office.found_things()
    return office


def _close(scene: Scene) -> None:
    gate, counts = scene.shop.gate, scene.result.counts
    gate.settle()
    gate.center = None
    gate.before, gate.after = (lambda path: None), (lambda passed: None)
    counts.update({f"faults: {kind}": n for kind, n in scene.center.faults.struck.items()})
    counts.update(scene.office.counts)
    counts["requests"] += len(scene.center.calls)
    counts["dead links that are excused"] += len(scene.watch.excused)
    scene.center.close()


# The calm end --------------------------------------------------------------------------------


def _end(scene: Scene) -> None:
    """Calm weather, no colleague: settle everything, then compare."""
    scene.tell("  calm")
    scene.center.faults.calm()
    _wait_for_lists(scene)
    scene.office.begun = scene.touched()
    _settle(scene)
    scene.judge()
    scene.result.counts["deeds still standing"] += len(scene.office.standing)
    scene.office.replaces = True
    scene.office.name_again()
    _wait_for_lists(scene)
    _settle(scene, replacing=True)
    scene.judge()
    for what in verdict.doubles(scene.center):
        scene.wrong(what)
    for what in verdict.differences(scene.site, scene.center, scene.on_removed):
        scene.wrong(what)
    scene.run("plan", "--detailed-exitcode", foreseen=FINE)


def _wait_for_lists(scene: Scene) -> None:
    clock.sleep(scene.center.listing_lag + 1)


def _settle(scene: Scene, *, replacing: bool = False) -> None:
    """Apply until nothing is left to do, and, if `replacing`, no notice names a way out."""
    followed: set[tuple[str, str]] = set()
    for _ in range(MOST_APPLIES):
        command = scene.start(*APPLY, *(word for way in sorted(followed) for word in way))
        code = scene.end(command)
        if code == 7:
            scene.unlock(command)
        changes, ways = _left(scene)
        asked = replacing and _disown(scene)
        if code in (0, 4) and not changes and not (replacing and ways) and not asked:
            return
        if replacing:  # what is replaced as told may need another word, which the apply names
            more = set(WAYS.findall(command.said))
            followed = ways | more | (followed if more else set())
        _wait_for_lists(scene)
    scene.wrong(f"not settled after {MOST_APPLIES} applies:\n{_last_words(command)}")


def _left(scene: Scene) -> tuple[list[str], set[tuple[str, str]]]:
    """What a plan would still change, and the options its notices advise."""
    told = _plan(scene)
    advice = "\n".join(notice["advice"] for notice in told["notices"])
    return [change["key"] for change in told["changes"]], set(WAYS.findall(advice))


def _disown(scene: Scene) -> bool:
    """Say of collections that may be ours, renamed, that they are not: ours have their names."""
    advice = [n["advice"] for n in _plan(scene)["notices"] if "renamed or moved" in n["what"]]
    found = [key for each in advice for key in NOT_OURS.findall(each)]
    for key in found:
        scene.run("state", "rm", key, foreseen=FINE)
        scene.result.counts["called somebody else's"] += 1
    return bool(found)


def _plan(scene: Scene) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(scene.run("plan", "--format", "json", foreseen=FINE).told)
    return plan


def _last_words(command: Command) -> str:
    return command.said[-1500:]
