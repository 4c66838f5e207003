"""Where the texts that a person is shown come from: a walk through the syntax of the package."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (ast.Module, *FUNCTIONS)

Path_ = tuple[int | str, ...]
_DEEPEST = 6


@dataclass(frozen=True)
class Leaf:
    """Where a text ends up when it is traced: at a literal, at `said`, or at something else."""

    kind: str  # "literal", "said", "loose"
    text: str
    place: str


@dataclass
class Package:
    """All modules, with what is defined and called in them."""

    trees: dict[str, ast.Module]
    parent: dict[ast.AST, ast.AST] = field(default_factory=dict)
    module: dict[ast.AST, str] = field(default_factory=dict)
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, root: Path) -> Package:
        """Read every module below a folder."""
        files = sorted(root.rglob("*.py"))
        trees = {str(f.relative_to(root)): ast.parse(f.read_text(encoding="utf-8")) for f in files}
        package = cls(trees)
        for name, tree in package.trees.items():
            for node in ast.walk(tree):
                package.module[node] = name
                for child in ast.iter_child_nodes(node):
                    package.parent[child] = node
                if isinstance(node, ast.FunctionDef):
                    package.functions[node.name].append(node)
                elif isinstance(node, ast.ClassDef):
                    package.classes[node.name] = node
                elif isinstance(node, ast.Call):
                    package.calls[called(node)].append(node)
        return package

    def place(self, node: ast.AST) -> str:
        """Module and line."""
        return f"{self.module[node]}:{getattr(node, 'lineno', 0)}"

    def imports(self, module: str) -> dict[str, str]:
        """Names that a module takes from others of the package, and which."""
        found: dict[str, str] = {}
        for node in ast.walk(self.trees[module]):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("povtarget."):
                stem = str(node.module).removeprefix("povtarget.").replace(".", "/")
                file = f"{stem}.py" if f"{stem}.py" in self.trees else f"{stem}/__init__.py"
                for alias in node.names:
                    module_file = f"{stem}/{alias.name}.py"
                    known = alias.asname or alias.name
                    found[known] = module_file if module_file in self.trees else file
        return found

    def defined(self, name: str, user: ast.AST) -> list[ast.FunctionDef]:
        """Functions that a name may mean where it is used."""
        all_ = self.functions.get(name, [])
        here = [each for each in all_ if self.module[each] == self.module[user]]
        file = self.imports(self.module[user]).get(name)
        return here or [each for each in all_ if self.module[each] == file]

    def callers(self, function: ast.FunctionDef) -> list[ast.Call]:
        """Calls that may be of a function."""
        return [
            call
            for call in self.calls[function.name]
            if function in self.defined(function.name, call)
            or (isinstance(call.func, ast.Attribute) and len(self.functions[function.name]) == 1)
        ]

    def is_said(self, call: ast.Call) -> bool:
        """Whether a call is of `povtarget.sayings.said`."""
        return self.imports(self.module[call]).get(called(call)) == "sayings.py"

    def scope(self, node: ast.AST) -> ast.AST:
        """The function or module around a node."""
        node = self.parent[node]
        while not isinstance(node, SCOPES):
            node = self.parent[node]
        return node


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument by position or name; None where it is not given."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if any(isinstance(each, ast.Starred) for each in call.args[: position + 1]):
        return next(each for each in call.args if isinstance(each, ast.Starred))
    return call.args[position] if position < len(call.args) else None


def fields(node: ast.ClassDef, package: Package) -> list[str]:
    """Names of the fields of a dataclass, those of its base in the package first."""
    inherited: list[str] = []
    for base in node.bases:
        if getattr(base, "id", "") in package.classes:
            inherited += fields(package.classes[base.id], package)  # type: ignore[attr-defined]
    own = [e.target.id for e in node.body if isinstance(e, ast.AnnAssign)]  # type: ignore[union-attr]
    return inherited + own


class Tracer:
    """Follows a text backwards to where it was written.

    A path says which part of a value is meant: of a pair its first is (0,), of a list of pairs
    the second of any is ("*", 1).
    """

    def __init__(self, package: Package, fine: frozenset[str] = frozenset()) -> None:
        self.package = package
        self.fine = fine  # functions whose answers are said already
        self.seen: set[tuple[int, Path_]] = set()

    def leaves(self, node: ast.expr, path: Path_ = ()) -> Iterator[Leaf]:
        """Literals that may be the value of an expression, or the part of it at a path."""
        if (id(node), path) in self.seen or len(path) > _DEEPEST:
            return
        self.seen.add((id(node), path))
        handler = getattr(self, f"_{type(node).__name__}", None)
        if handler is None:
            yield self._loose(node)
        else:
            yield from handler(node, path)

    def _loose(self, node: ast.expr) -> Leaf:
        return Leaf("loose", ast.unparse(node), self.package.place(node))

    def _Constant(self, node: ast.Constant, path: Path_) -> Iterator[Leaf]:
        if isinstance(node.value, str) and node.value:
            yield Leaf("literal", node.value, self.package.place(node))

    def _IfExp(self, node: ast.IfExp, path: Path_) -> Iterator[Leaf]:
        yield from self.leaves(node.body, path)
        yield from self.leaves(node.orelse, path)

    def _BoolOp(self, node: ast.BoolOp, path: Path_) -> Iterator[Leaf]:
        for value in node.values:
            yield from self.leaves(value, path)

    def _BinOp(self, node: ast.BinOp, path: Path_) -> Iterator[Leaf]:
        if path and isinstance(node.op, ast.Add | ast.BitOr):  # lists, or mappings
            yield from self.leaves(node.left, path)
            yield from self.leaves(node.right, path)
        else:
            yield self._loose(node)

    def _NamedExpr(self, node: ast.NamedExpr, path: Path_) -> Iterator[Leaf]:
        yield from self.leaves(node.value, path)

    def _Starred(self, node: ast.Starred, path: Path_) -> Iterator[Leaf]:
        yield from self.leaves(node.value, ("*", *path))

    def _Tuple(self, node: ast.Tuple | ast.List | ast.Set, path: Path_) -> Iterator[Leaf]:
        at, rest = (path[0], path[1:]) if path else ("*", ())
        has_starred = any(isinstance(each, ast.Starred) for each in node.elts)
        if isinstance(at, int) and at < len(node.elts) and not has_starred:
            yield from self.leaves(node.elts[at], rest)
        else:
            for each in node.elts:
                yield from self.leaves(each, rest)

    _List = _Set = _Tuple

    def _Dict(self, node: ast.Dict, path: Path_) -> Iterator[Leaf]:
        is_key = path[:1] == ("key",)
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                yield from self.leaves(value, path)
            else:
                yield from self.leaves(key if is_key else value, path[1:])

    def _ListComp(self, node: ast.ListComp | ast.GeneratorExp, path: Path_) -> Iterator[Leaf]:
        yield from self.leaves(node.elt, path[1:])

    _GeneratorExp = _SetComp = _ListComp

    def _DictComp(self, node: ast.DictComp, path: Path_) -> Iterator[Leaf]:
        yield from self.leaves(node.key if path[:1] == ("key",) else node.value, path[1:])

    def _Subscript(self, node: ast.Subscript, path: Path_) -> Iterator[Leaf]:
        index = node.slice.value if isinstance(node.slice, ast.Constant) else "*"
        if isinstance(node.slice, ast.Slice):
            yield from self.leaves(node.value, path)
        else:
            yield from self.leaves(node.value, (index if isinstance(index, int) else "*", *path))

    def _Call(self, node: ast.Call, path: Path_) -> Iterator[Leaf]:
        name = called(node)
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name == "said" and self.package.is_said(node):
            yield from self.said(node)
        elif name in self.fine:
            return
        elif of is None and name in ("dict", "tuple", "list", "sorted", "reversed", "iter"):
            for each in node.args[:1]:
                yield from self.leaves(each, path)
        elif isinstance(node.func, ast.Subscript) and not node.args:
            return  # list[str]()
        elif name in ("MappingProxyType", "array"):
            yield from self.leaves(node.args[0], path)
        elif of is None and name == "next":
            yield from self.leaves(node.args[0], ("*", *path))
            for each in node.args[1:]:
                yield from self.leaves(each, path)
        elif of is not None and name in ("get", "pop") and node.args:
            yield from self.leaves(of, ("*", *path))
            for each in node.args[1:]:
                yield from self.leaves(each, path)
        elif of is not None and name == "items":
            yield from self.leaves(of, ("key" if path[1:2] == (0,) else "*", *path[2:]))
        elif of is not None and name in ("values", "keys"):
            yield from self.leaves(of, ("key" if name == "keys" else "*", *path[1:]))
        elif name == "zip" and isinstance(at := (*path, "", "")[1], int) and at < len(node.args):
            yield from self.leaves(node.args[at], ("*", *path[2:]))
        elif name == "enumerate" and path[1:2] == (1,):
            yield from self.leaves(node.args[0], ("*", *path[2:]))
        elif self.package.defined(name, node):
            for function in self.package.defined(name, node):
                yield from self._returned(function, path)
        else:
            yield self._loose(node)

    def said(self, node: ast.Call) -> Iterator[Leaf]:
        """The templates that a call of `said` may have."""
        for leaf in Tracer(self.package, self.fine).leaves(node.args[0]):
            yield leaf if leaf.kind == "loose" else Leaf("said", leaf.text, leaf.place)

    def _returned(self, function: ast.FunctionDef, path: Path_) -> Iterator[Leaf]:
        for node in ast.walk(function):
            if not isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) or node.value is None:
                continue
            if self.package.scope(node) is function:
                yield from self.leaves(node.value, path[isinstance(node, ast.Yield) :])

    def _Attribute(self, node: ast.Attribute, path: Path_) -> Iterator[Leaf]:
        found = node.attr in ("message", "expected", "problems")  # those of another fault
        here = self.package.module[node]
        near = self.package.imports(here)
        for name, definition in self.package.classes.items():
            names = fields(definition, self.package)
            is_near = name in near or self.package.module[definition] == here
            if is_near and node.attr in names and name not in ("Fault", "Notice"):
                found = True
                yield from self._field(name, definition, names, node.attr, path)
        for other in ast.walk(self.package.trees[here]):
            if not isinstance(other, ast.Attribute) or other.attr != node.attr or other is node:
                continue
            if isinstance(other.ctx, ast.Store) or self._is_grown(other):
                found = True
                yield from self._stored(other, path)
                yield from self._grown(other, path)
        holders = [
            n for n, d in self.package.classes.items() if node.attr in fields(d, self.package)
        ]
        if not found and len(holders) == 1:
            definition = self.package.classes[holders[0]]
            names = fields(definition, self.package)
            yield from self._field(holders[0], definition, names, node.attr, path)
        elif not found:
            yield from self._of_module(node, path)

    def _of_module(self, node: ast.Attribute, path: Path_) -> Iterator[Leaf]:
        """A constant of another module, as ``module.NAME``."""
        base = getattr(node.value, "id", "")
        file = self.package.imports(self.package.module[node]).get(base, "")
        bound = (
            list(self._bound(node.attr, self.package.trees[file], path))
            if file in self.package.trees
            else []
        )
        yield from (leaf for leaf in bound if leaf is not None)
        if not bound:
            yield self._loose(node)

    def _field(
        self, name: str, definition: ast.ClassDef, names: list[str], attr: str, path: Path_
    ) -> Iterator[Leaf]:
        for each in definition.body:
            if isinstance(each, ast.AnnAssign) and each.value is not None:
                is_factory = isinstance(each.value, ast.Call)  # field(default_factory=...)
                if each.target.id == attr and not is_factory:  # type: ignore[union-attr]
                    yield from self.leaves(each.value, path)
        for call in self.package.calls[name]:
            given = argument(call, names.index(attr), attr)
            if given is not None:
                yield from self.leaves(given, path)

    def _Name(self, node: ast.Name, path: Path_) -> Iterator[Leaf]:
        scope = self.package.scope(node)
        while True:
            found = list(self._bound(node.id, scope, path))
            if found or isinstance(scope, ast.Module):
                break
            scope = self.package.scope(scope)
        if not found:
            file = self.package.imports(self.package.module[scope]).get(node.id)
            if file in self.package.trees:
                found = list(self._bound(node.id, self.package.trees[file], path))
        if found:
            yield from (leaf for leaf in found if leaf is not None)
        else:
            yield self._loose(node)

    def _bound(self, name: str, scope: ast.AST, path: Path_) -> Iterator[Leaf | None]:
        """What is bound to a name in a scope; a None first where anything is."""
        for node in ast.walk(scope):
            if isinstance(node, ast.Name) and node.id == name:
                if isinstance(node.ctx, ast.Store) and self.package.scope(node) is scope:
                    yield None
                    yield from self._stored(node, path)
                elif self._is_grown(node):
                    yield from self._grown(node, path)
                else:
                    yield from self._set(node, path)
        if isinstance(scope, FUNCTIONS):
            arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
            names = [each.arg for each in arguments]
            if name in names:
                yield None
                yield from self._passed(scope, names, name, path)

    def _is_grown(self, node: ast.expr) -> bool:
        method = self.package.parent[node]
        return isinstance(method, ast.Attribute) and method.attr in (
            "append",
            "extend",
            "setdefault",
        )

    def _grown(self, node: ast.expr, path: Path_) -> Iterator[Leaf]:
        """What is appended to a list."""
        method = self.package.parent[node]
        call = self.package.parent[method]
        if (
            isinstance(method, ast.Attribute)
            and isinstance(call, ast.Call)
            and call.func is method
        ):
            if method.attr == "append":
                yield from self.leaves(call.args[0], path[1:])
            elif method.attr == "extend":
                yield from self.leaves(call.args[0], path)
            elif path[:1] != ("key",):
                yield from self.leaves(call.args[1], path[1:])

    def _set(self, node: ast.Name, path: Path_) -> Iterator[Leaf]:
        """What is put under a key: ``name[key] = value``."""
        place = self.package.parent[node]
        holder = self.package.parent[place]
        if not isinstance(place, ast.Subscript) or place.value is not node or path[:1] == ("key",):
            return
        if isinstance(holder, ast.Assign) and place in holder.targets:
            yield from self.leaves(holder.value, path[1:])

    def _stored(self, target: ast.AST, path: Path_) -> Iterator[Leaf]:
        holder = self.package.parent[target]
        while isinstance(holder, ast.Tuple | ast.List | ast.Starred):
            if not isinstance(holder, ast.Starred):
                path = (holder.elts.index(target), *path)  # type: ignore[arg-type]
            target, holder = holder, self.package.parent[holder]
        if isinstance(holder, ast.Subscript) and isinstance(holder.ctx, ast.Store):
            return
        if isinstance(holder, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            if holder.value is not None:
                yield from self.leaves(holder.value, path)
        elif isinstance(holder, ast.For | ast.comprehension):
            yield from self.leaves(holder.iter, ("*", *path))
        elif isinstance(holder, ast.ExceptHandler | ast.withitem):
            yield self._loose(target)  # type: ignore[arg-type]

    def _passed(
        self, function: ast.AST, names: list[str], name: str, path: Path_
    ) -> Iterator[Leaf]:
        """What callers give for a parameter."""
        if not isinstance(function, ast.FunctionDef):
            return
        position = names.index(name) - (names[0] in ("self", "cls"))
        given = function.args
        positional = zip(reversed(given.args), reversed(given.defaults), strict=False)
        for each, default in (*positional, *zip(given.kwonlyargs, given.kw_defaults, strict=True)):
            if each.arg == name and default is not None:
                yield from self.leaves(default, path)
        for call in self.package.callers(function):
            value = argument(call, position, name)
            if isinstance(value, ast.Starred):
                yield from self.leaves(value.value, (position - call.args.index(value), *path))
            elif value is not None:
                yield from self.leaves(value, path)
