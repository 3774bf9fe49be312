"""Small changes of the code, one at a time: the mutants that `mutation.py` tries.

The changes are mutmut's (of the three it makes of a text, the first), and two of our own: a
condition that is dropped, wherever one stands (`if`, `and`, `or`, a filter), and a statement
that is left out. What compiles to the same code, and what changes only a default or a
decorator, is no mutant.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

AROUND = 40
"""How many letters of the code around a change are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change; `number` counts a file's.

    lines  on which the changed code stands; `whole` those of its function.
    """

    file: str
    number: int
    function: str
    lines: range
    whole: range
    change: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.file}:{self.lines.start} {self.function}: {self.change}"


def dropped_conditions(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The same without a condition: what it let through passes always, or never."""
    if isinstance(node, cst.If | cst.CompIf | cst.While):
        yield node.with_changes(test=cst.Name("False"))
    if isinstance(node, cst.If | cst.CompIf):
        yield node.with_changes(test=cst.Name("True"))
    if isinstance(node, cst.BooleanOperation):
        yield node.left
        yield node.right


def left_out(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Nothing in place of a call for its effect, a raise, an early return or a change in place."""
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call | cst.Yield):
        yield cst.Pass()
    if isinstance(node, cst.Raise | cst.AugAssign):
        yield cst.Pass()


OPERATORS = (
    *mutation_operators,
    (cst.CSTNode, dropped_conditions),
    (cst.BaseSmallStatement, left_out),
)


class Changes(cst.CSTVisitor):
    """Every change of one function's body, with the lines it stands on."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, range]] = []

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        return False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if not super().on_visit(node):
            return False
        place = self.get_metadata(PositionProvider, node, None)
        for kind, operator in OPERATORS:
            if place and isinstance(node, kind):
                made = operator(node)
                made = itertools.islice(made, 1) if isinstance(node, cst.SimpleString) else made
                lines = range(place.start.line, place.end.line + 1)
                if isinstance(node, cst.If | cst.While):
                    end = self.get_metadata(PositionProvider, node.test).end.line
                    lines = range(place.start.line, end + 1)
                self.found += [(node, each, lines) for each in made]
        return True


def functions(module: cst.Module) -> Iterator[tuple[str, cst.FunctionDef]]:
    """Functions and methods by their qualified names."""
    for each in module.body:
        if isinstance(each, cst.FunctionDef):
            yield each.name.value, each
        elif isinstance(each, cst.ClassDef):
            inside = (node for node in each.body.body if isinstance(node, cst.FunctionDef))
            yield from ((f"{each.name.value}.{node.name.value}", node) for node in inside)


def mutants(file: str, house: Path) -> Iterator[Mutant]:
    """All mutants of a file, told apart by the code they compile to."""
    wrapper = MetadataWrapper(cst.parse_module((house / "publisher" / file).read_text("utf-8")))
    positions = wrapper.resolve(PositionProvider)
    number = itertools.count()
    for name, function in functions(wrapper.module):
        changes = Changes()
        place = positions[function]
        changes.metadata = {PositionProvider: positions}
        function.body.visit(changes)
        method = "." in name
        known = {fingerprint(compiled(function, method=method))}
        for node, becomes, lines in changes.found:
            try:
                code = compiled(function.deep_replace(node, becomes), method=method)
            except (SyntaxError, cst.CSTValidationError):
                continue
            if fingerprint(code) not in known:
                known.add(fingerprint(code))
                yield Mutant(
                    file=file,
                    number=next(number),
                    function=name,
                    lines=lines,
                    whole=range(place.start.line, place.end.line + 1),
                    change=difference(spelt(node), spelt(becomes)),
                    code=code,
                )


def compiled(function: cst.FunctionDef, *, method: bool) -> CodeType:
    """The code of one function; that of a method knows its class."""
    bare: cst.BaseStatement = function.with_changes(decorators=(), leading_lines=())
    if method:
        bare = cst.ClassDef(name=cst.Name("Owner"), body=cst.IndentedBlock(body=[bare]))
    text = "from __future__ import annotations\n" + cst.Module(body=[bare]).code
    code = compile(text, "mutant", "exec")
    for _ in range(2 if method else 1):
        code = next(each for each in code.co_consts if isinstance(each, CodeType))
    return code


def fingerprint(code: CodeType) -> tuple[object, ...]:
    """What a piece of code does, whatever lines it stands on."""
    consts = tuple(
        fingerprint(each) if isinstance(each, CodeType) else (type(each), repr(each))
        for each in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars)
    return (code.co_code, consts, names, code.co_exceptiontable)


def spelt(node: cst.CSTNode) -> str:
    return " ".join(cst.Module(body=[]).code_for_node(node).split())


def shared(one: str, other: str) -> int:
    """How many letters two texts begin with in common."""
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)


def difference(was: str, becomes: str) -> str:
    """Both, without what is the same at either end, but for a few letters around it."""
    start = shared(was, becomes)
    end = shared(was[start:][::-1], becomes[start:][::-1])
    first, last = max(start - AROUND, 0), max(end - AROUND, 0)
    before, after = (text[first : len(text) - last] for text in (was, becomes))
    return f"{before}  →  {after}"
