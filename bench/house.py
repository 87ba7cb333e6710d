"""Count the house: how much code there is, how full its folders are, and how much of it is docstring.

    python -m bench.house          # the figures
    python -m bench.house --all    # with every class name that stands twice, and every small module of one importer
    python -m bench.house --calls  # and the calls between a socket and the network or the SQL

Reads the files of this checkout as text; only to count calls it runs the server. Lines of code are those that are
neither blank, comment nor docstring, as the files are laid out by `ruff format`.
"""

import argparse
import ast
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PRODUCT: Final = (
    "protocol",
    "cameras",
    "language",
    "settings",
    "tables",
    "texts",
    "server",
    "client",
    "demo",
    "converter",
)
SMALL_LINES: Final = 60
NO_CODE: Final = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the project's root, its text and what that means."""

    path: Path
    source: str
    tree: ast.Module

    @property
    def name(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def lines(self) -> int:
        return self.source.count("\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.house", description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="list the names and modules behind the counts")
    parser.add_argument("--calls", action="store_true", help="run the server, and count the calls on its stacks")
    arguments = parser.parse_args()
    modules = list(product_modules())
    twice, small = names_that_stand_twice(modules), small_modules_of_one_importer(modules)
    folder, files = fullest_folder(modules)
    print(f"lines of code                                {sum(map(code_lines, modules)):>7,}")
    print(f"files in the fullest folder                  {files:>7}  {folder}")
    print(f"class names that stand for two things        {len(twice):>7}")
    print(f"modules under {SMALL_LINES} lines with one importer     {len(small):>7}")
    for room, words in docstring_words(modules):
        print(f"docstring words in 100 lines                 {words:>7.0f}  {room}")
    if arguments.calls:
        print_calls()
    if arguments.all:
        print("", *(f"{name}: {', '.join(places)}" for name, places in sorted(twice.items())), "", *small, sep="\n")


def print_calls() -> None:
    from bench.call_depth import call_depths  # it loads the models, which the other figures do not need

    for what, calls in call_depths().items():
        print(f"calls {what:<38} {calls:>7}")


def product_modules() -> Iterator[Module]:
    """Every Python file of the program, its two entry files not among them."""
    for folder in PRODUCT:
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            yield Module(path.relative_to(ROOT), source, ast.parse(source))


def code_lines(module: Module) -> int:
    """Lines with something on them that is neither a comment nor a docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for docstring in docstrings(module.tree):
        lines.difference_update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return len(lines)


def docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    """The docstrings of a module, its classes and functions, and the texts that stand below a constant."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, Documented) and isinstance(body, list):
            yield from (each for each in body if isinstance(each, ast.Expr) and _is_text(each.value))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def fullest_folder(modules: list[Module]) -> tuple[str, int]:
    files: dict[str, int] = defaultdict(int)
    for module in modules:
        files[module.path.parent.as_posix()] += 1
    return max(files.items(), key=lambda each: each[1])


def names_that_stand_twice(modules: list[Module]) -> dict[str, list[str]]:
    """Public class names with more than one definition, and where they stand."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module.name)
    return {name: found for name, found in places.items() if len(found) > 1}


def small_modules_of_one_importer(modules: list[Module]) -> list[str]:
    importers: dict[str, set[str]] = defaultdict(set)
    names = {module.name for module in modules}
    for module in modules:
        for name in imported_names(module):
            found = name if name in names else name.rpartition(".")[0]
            if found in names and found != module.name:
                importers[found].add(module.name)
    small = [each for each in modules if each.lines < SMALL_LINES and each.path.name != "__init__.py"]
    return [f"{each.path} ({each.lines})" for each in small if len(importers[each.name]) == 1]


def imported_names(module: Module) -> Iterator[str]:
    """What a module imports, by its full name; `from a import b` is a.b."""
    package = module.path.parent.parts
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def docstring_words(modules: list[Module]) -> Iterator[tuple[str, float]]:
    """For each room, a folder of the server or one of its neighbours, the words of docstrings in 100 lines."""
    words: dict[str, int] = defaultdict(int)
    lines: dict[str, int] = defaultdict(int)
    for module in modules:
        parts = module.path.parts
        room = "/".join(parts[:2]) if parts[0] in {"server", "client"} and len(parts) > 2 else parts[0]
        lines[room] += module.lines
        words[room] += sum(len(_text(each).split()) for each in docstrings(module.tree))
    return ((room, 100 * words[room] / lines[room]) for room in lines)


def _text(docstring: ast.Expr) -> str:
    assert isinstance(docstring.value, ast.Constant)
    return str(docstring.value.value)


if __name__ == "__main__":
    main()
