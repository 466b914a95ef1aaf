"""Change any comparison of the domain and a test must fail: ``make mutants``.

Each comparison is changed by the smallest step (``<`` to ``<=``, ``==`` to ``!=``, ``is`` to ``is not`` …) in a copy of
the tree, and the domain's tests are run against it. Prints what survives and the score.
"""

import argparse
import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = Path("coldchain/domain")

STEPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One changed comparison: the whole changed source, and how to find the place again."""

    file: Path
    line: int
    was: str
    source: str


def mutants_of(file: Path) -> Iterator[Mutant]:
    """Every comparison of a file, changed one at a time."""
    text = (ROOT / file).read_text(encoding="utf-8")
    places = [
        (number, index)
        for number, node in enumerate(ast.walk(ast.parse(text)))
        if isinstance(node, ast.Compare)
        for index in range(len(node.ops))
    ]
    for number, index in places:
        tree = ast.parse(text)
        node = list(ast.walk(tree))[number]
        assert isinstance(node, ast.Compare)
        was = ast.unparse(node)
        node.ops[index] = STEPS[type(node.ops[index])]()
        yield Mutant(file, node.lineno, was, ast.unparse(tree))


def survives(mutant: Mutant, timeout_s: int = 300) -> bool:
    """Whether the domain's tests pass although the comparison was changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("coldchain", "rules", "tests", "pyproject.toml"):
            source = ROOT / name
            copied = shutil.copytree if source.is_dir() else shutil.copy2
            copied(source, copy / name)
        (copy / mutant.file).write_text(mutant.source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "tests/domain"]
        try:
            done = subprocess.run(command, cwd=copy, capture_output=True, timeout=timeout_s, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def main() -> int:
    """Try every mutant and print the survivors; 0 where the score reaches 95 %."""
    parser = argparse.ArgumentParser(prog="python -m tests.domain.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", help="names of domain files without .py (default: all)")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    names = arguments.files or sorted(path.stem for path in (ROOT / DOMAIN).glob("*.py"))
    mutants = [mutant for name in names for mutant in mutants_of(DOMAIN / f"{name}.py")]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        alive = [m for m, lives in zip(mutants, pool.map(survives, mutants), strict=True) if lives]
    for mutant in alive:
        print(f"survives: {mutant.file}:{mutant.line}: {mutant.was}")
    killed = len(mutants) - len(alive)
    print(f"{killed} of {len(mutants)} changed comparisons were noticed ({100 * killed / max(len(mutants), 1):.1f} %)")
    return 0 if killed >= 0.95 * len(mutants) else 1


if __name__ == "__main__":
    raise SystemExit(main())
