"""What may be changed in the domain's functions: one operator at a time, by the smallest step there is.

A change is compiled into the code of the function that holds it, so that it can be put into a running interpreter.
"""

import ast
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

ROOT = Path(__file__).resolve().parents[3]
DOMAIN = ROOT / "coldchain" / "domain"

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum", "maximum": "minimum"}
SIDES = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Change:
    """One changed place.

    Attributes:
        module: The domain module's name, such as ``bounds``.
        function: The outermost function or method that holds it.
        kind: ``comparison`` or ``operator``.
        was, becomes: The expression, as written and changed.
        line: Where it is now.
        node, step: Which node of the module's tree, in the order of `ast.walk`, and which of its operators.
        again: Which of several alike in the same function, from 0.
    """

    module: str
    function: str
    kind: str
    was: str
    becomes: str
    line: int
    node: int
    step: int
    again: int = 0

    @property
    def key(self) -> str:
        """The same change after lines have moved."""
        return f"{self.module}.{self.function}: {self.was} -> {self.becomes}" + (f" #{self.again}" * (self.again > 0))


def changes_of(module: str, text: str | None = None) -> list[Change]:
    """Every change of a module's functions; ``text`` stands for its file."""
    tree = ast.parse(source_of(module) if text is None else text)
    number = {id(node): index for index, node in enumerate(ast.walk(tree))}
    seen: dict[str, int] = {}
    found = []
    for function, body in _functions(tree):
        for node in _expressions(body):
            for step, (kind, swap) in enumerate(_swaps(node)):
                was = ast.unparse(node)
                undo = swap()
                becomes = ast.unparse(node)
                undo()
                line: int = getattr(node, "lineno", 0)
                change = Change(module, function, kind, was, becomes, line, number[id(node)], step)
                again = seen[change.key] = seen.get(change.key, -1) + 1
                found.append(Change(module, function, kind, was, becomes, line, number[id(node)], step, again))
    return found


def apply(change: Change) -> None:
    """Put a change into the running interpreter: the function's code is exchanged, whoever has imported it."""
    path = DOMAIN / f"{change.module}.py"
    tree = ast.parse(source_of(change.module))
    node = list(ast.walk(tree))[change.node]
    list(_swaps(node))[change.step][1]()
    whole = compile(tree, str(path), "exec")
    module = importlib.import_module(f"coldchain.domain.{change.module}")
    function_of(module, change.function).__code__ = _code(whole, change.function)


@cache
def source_of(module: str) -> str:
    """A module's text as it was when it was first asked for, whatever becomes of the file meanwhile."""
    return (DOMAIN / f"{module}.py").read_text(encoding="utf-8")


@cache
def text_of(module: str, function: str) -> str:
    """A function's own text, comments left out."""
    bodies = dict(_functions(ast.parse(source_of(module))))
    return "\n".join(ast.unparse(statement) for statement in bodies[function])


def function_of(module: ModuleType, name: str) -> FunctionType:
    """A function, method or property of a module, by its qualified name."""
    owner, _, own = name.rpartition(".")
    found = vars(getattr(module, owner) if owner else module)[own]
    if isinstance(found, property):
        found = found.fget
    found = getattr(found, "__func__", found)
    assert isinstance(found, FunctionType)
    return found


def _code(whole: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        inner = (constant for constant in whole.co_consts if isinstance(constant, CodeType))
        whole = next(code for code in inner if code.co_name == part)
    return whole


def _functions(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name, statement.body
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{statement.name}.{inner.name}", inner.body


def _expressions(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that runs: no annotation, no default, no assertion, no sentence of an error."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "args") and not isinstance(node, ast.Call):
                continue
            inner = value if isinstance(value, list) else [value]
            parts = [one for one in inner if isinstance(one, ast.AST)]
            waiting += [one for one in parts if not isinstance(one, ast.Assert | ast.Raise)]


Swap = Callable[[], Callable[[], None]]
"""Makes a change in the tree and returns what takes it back."""


def _swaps(node: ast.AST) -> Iterator[tuple[str, Swap]]:
    match node:
        case ast.Compare(ops=ops):
            for index, operator in enumerate(ops):
                yield "comparison", _item(ops, index, COMPARISONS[type(operator)]())
        case ast.BoolOp(op=operator):
            yield "operator", _field(node, "op", ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in ARITHMETIC:
            if not any(isinstance(one, ast.Constant | ast.JoinedStr | ast.Tuple | ast.List) and not _number(one)
                       for one in ast.iter_child_nodes(node)):  # fmt: skip
                yield "operator", _field(node, "op", ARITHMETIC[type(operator)]())
        case ast.UnaryOp(op=operator, operand=operand) if not isinstance(operand, ast.Constant):
            twice = ast.copy_location(ast.UnaryOp(operator, operand), node)  # not not x, ~~x, --x: as without it
            yield "operator", _field(node, "operand", twice)
        case ast.Name(id=name) if name in NAMES:
            yield "operator", _field(node, "id", NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield "operator", _field(node, "attr", NAMES[name])
        case ast.keyword(arg="side", value=ast.Constant(value="left" | "right" as side) as constant):
            yield "operator", _field(constant, "value", SIDES[side])


def _number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _item(values: list[ast.cmpop], index: int, new: ast.cmpop) -> Swap:
    def swap() -> Callable[[], None]:
        old, values[index] = values[index], new
        return lambda: values.__setitem__(index, old)

    return swap


def _field(node: ast.AST, name: str, new: object) -> Swap:
    def swap() -> Callable[[], None]:
        old = getattr(node, name)
        setattr(node, name, new)
        return lambda: setattr(node, name, old)

    return swap
