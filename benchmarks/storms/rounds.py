"""A round in bad weather: one to three applies, killed, doubled, with a colleague at work."""

from __future__ import annotations

import time

from storms.commands import Command
from storms.gate import Passed
from storms.readers import Poller
from storms.scene import APPLY, Scene

WEATHER = (
    "429", "500", "500-after", "503-html", "405-captcha", "drop-before", "drop-after",
    "drop-mid-answer", "timeout", "truncate", "not-json", "slow",
)  # fmt: skip
SLOWEST = 20.0
KNOWN = frozenset({0, 6})
"""After these no creation is in doubt any more; after 4 one may be asked about, after 7 nobody
looked."""


def play(scene: Scene) -> None:
    """Play one round; the reader in the browser reads all the while."""
    _weather(scene)
    chance, office = scene.chance, scene.office
    office.share = chance.choice((0, 0.02, 0.05, 0.1))
    with Poller(scene.shop.server.port) as reader:
        for _ in range(chance.randint(1, 3)):
            office.begun = scene.touched()
            _apply(scene)
            if chance.random() < 0.25:
                scene.lose_disk()
            if chance.random() < 0.3:
                scene.edit()
    office.share = 0.0
    scene.heard(reader)
    scene.judge()


def _weather(scene: Scene) -> None:
    chance = scene.chance
    worst = chance.choice((0, 0.02, 0.08, 0.25))
    kinds = chance.sample(WEATHER, chance.randint(2, 6))
    shares = {kind: worst * chance.random() / len(kinds) * 2 for kind in kinds}
    scene.tell(f"  weather: {', '.join(f'{k} {s:.1%}' for k, s in shares.items() if s)}")
    scene.center.faults.rain(seed=chance.getrandbits(32), shares=shares, slowest=SLOWEST)


def _apply(scene: Scene) -> None:
    """Start an apply, perhaps a second one beside it, and perhaps kill the first."""
    chance, gate = scene.chance, scene.shop.gate
    kill = chance.choice(("", "", "request", "request", "moment"))
    argv = _saved_plan(scene) if chance.random() < 0.15 else APPLY
    commands: list[Command] = []
    strikes = gate.count + chance.randint(1, 60) if kill == "request" else -1

    def after(passed: Passed) -> None:
        if passed.number == strikes and commands:
            scene.shop.launcher.kill(commands[0])
            scene.tell(f"      kill -9 after request {strikes}: {passed.method} {passed.path}")
        scene.look(passed)

    gate.after = after
    commands.append(scene.start(*argv, plain=chance.random() < 0.05))
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0, 0.05))
        commands.append(scene.start(*APPLY))
        scene.result.counts["two at once"] += 1
    if kill == "moment" and not commands[0].ended.wait(chance.uniform(0.005, 0.4)):
        scene.shop.launcher.kill(commands[0])
    codes = [scene.end(command) for command in commands]
    gate.settle()
    gate.after = scene.look
    _afterwards(scene, commands, codes)


def _afterwards(scene: Scene, commands: list[Command], codes: list[int]) -> None:
    """The ledger can be read whatever happened; a dead run's lock is taken away."""
    if KNOWN.issuperset(codes):
        scene.office.settle()
    if -9 in codes:
        scene.run("state", "list", foreseen=frozenset({0}))
    if codes == [7]:
        scene.unlock(commands[0])


def _saved_plan(scene: Scene) -> tuple[str, ...]:
    """Make a plan to be applied as it is; the colleague may come in between."""
    path = scene.ground.folder / "plan.json"
    path.unlink(missing_ok=True)
    scene.run("plan", "--out", path.name, *APPLY[2:])
    if scene.chance.random() < 0.5:
        scene.office.act()
    return ("apply", path.name) if path.exists() else APPLY
