"""The rule "abstract or final" as functions of parsed source, for the test beside this file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import final

from tests.architecture.source_tree import FunctionNode, classes, functions, last_name

# Bases that make a class something else than a part: no interface, nothing to subclass by rule.
SPECIAL_BASES = frozenset(
    {
        "BaseException",
        "Enum",
        "Exception",
        "Flag",
        "IntEnum",
        "NamedTuple",
        "Protocol",
        "StrEnum",
        "TypedDict",
        "Warning",
    }
)


@final
@dataclass(frozen=True, kw_only=True)
class ClassRecord:
    """What the rule asks of one class."""

    place: str
    name: str
    bases: tuple[str, ...]
    is_final: bool
    written: frozenset[str]  # methods with a body
    declared: frozenset[str]  # abstract methods
    extends_constructor: bool  # its __init__ calls that of its base


def class_records(place: str, tree: ast.AST) -> Iterator[ClassRecord]:
    """Return a record for every class of a file."""
    for node in classes(tree):
        methods = [child for child in functions(node) if child in node.body]
        abstract = {method.name for method in methods if _has(method, "abstractmethod")}
        yield ClassRecord(
            place=place,
            name=node.name,
            bases=tuple(last_name(base) for base in node.bases),
            is_final=_has(node, "final"),
            written=frozenset(
                method.name
                for method in methods
                if method.name not in abstract and not _has(method, "overload")
            ),
            declared=frozenset(abstract),
            extends_constructor=any(
                method.name == "__init__" and _calls_a_constructor(method) for method in methods
            ),
        )


def violations(records: Iterable[ClassRecord]) -> list[str]:
    """Return a sentence for each class that is neither abstract nor final, or overrides."""
    known = list(records)
    found: list[str] = []
    for record in known:
        family = [record, *_ancestors(record, known)]
        if not _is_special(family):
            found += _shape_violations(record, family)
        found += _override_violations(record, family[1:])
    return found


def _shape_violations(record: ClassRecord, family: Sequence[ClassRecord]) -> Iterator[str]:
    where = f"{record.place}: class {record.name}"
    if record.name.lstrip("_").startswith("Abstract"):
        if not any("ABC" in member.bases for member in family):
            yield f"{where} is called abstract, but no base of it is ABC"
        if record.is_final:
            yield f"{where} is called abstract and marked @final"
    elif not record.is_final and not _is_contract(record):
        yield f"{where} is neither called Abstract... nor marked @final"


def _override_violations(record: ClassRecord, ancestors: Sequence[ClassRecord]) -> Iterator[str]:
    own = record.written | record.declared
    if record.extends_constructor:
        own -= {"__init__"}
    for ancestor in ancestors:
        for method in sorted(ancestor.written & own):
            yield (
                f"{record.place}: {record.name}.{method} overrides "
                f"the written method {ancestor.name}.{method}"
            )


def _ancestors(record: ClassRecord, known: Sequence[ClassRecord]) -> list[ClassRecord]:
    """Return the bases that the package defines, and theirs; a name of the same file goes first."""
    found: list[ClassRecord] = []
    waiting = [(record, name) for name in record.bases]
    while waiting:
        heir, name = waiting.pop()
        namesakes = [other for other in known if other.name == name and other is not heir]
        namesakes.sort(key=lambda other: other.place != heir.place)
        for base in namesakes[:1]:
            if base not in found:
                found.append(base)
                waiting += [(base, name) for name in base.bases]
    return found


def _is_special(family: Sequence[ClassRecord]) -> bool:
    bases = {base for member in family for base in member.bases}
    return any(base in SPECIAL_BASES or base.endswith(("Error", "Warning")) for base in bases)


def _is_contract(record: ClassRecord) -> bool:
    """Contract tests are subclassed by the authors of parts, as pytest wants it."""
    return record.name.endswith("Contract") and "brianfit/testing/" in record.place


def _calls_a_constructor(method: FunctionNode) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        for node in ast.walk(method)
    )


def _has(node: ast.ClassDef | FunctionNode, decorator: str) -> bool:
    return any(last_name(one) == decorator for one in node.decorator_list)
