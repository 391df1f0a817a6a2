"""The rule "abstract or final" as functions of parsed source, for the test beside this file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

from tests.architecture.source_tree import classes, functions, last_name

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
        )


def violations(records: Iterable[ClassRecord]) -> list[str]:
    """Return a sentence for each class that is neither abstract nor final, or overrides."""
    by_name = {record.name: record for record in records}
    found = []
    for record in by_name.values():
        if not _is_special(record, by_name):
            found += _shape_violations(record, by_name)
        found += _override_violations(record, by_name)
    return found


def _shape_violations(record: ClassRecord, by_name: Mapping[str, ClassRecord]) -> Iterator[str]:
    where = f"{record.place}: class {record.name}"
    if record.name.lstrip("_").startswith("Abstract"):
        if not _is_abstract(record, by_name):
            yield f"{where} is called abstract, but no base of it is ABC"
        if record.is_final:
            yield f"{where} is called abstract and marked @final"
    elif _is_contract(record):
        return
    elif not record.is_final:
        yield f"{where} is neither called Abstract... nor marked @final"


def _override_violations(record: ClassRecord, by_name: Mapping[str, ClassRecord]) -> Iterator[str]:
    for ancestor in _ancestors(record, by_name):
        for method in sorted(ancestor.written & (record.written | record.declared)):
            yield (
                f"{record.place}: {record.name}.{method} overrides "
                f"the written method {ancestor.name}.{method}"
            )


def _ancestors(record: ClassRecord, by_name: Mapping[str, ClassRecord]) -> list[ClassRecord]:
    found: dict[str, ClassRecord] = {}
    waiting = list(record.bases)
    while waiting:
        base = by_name.get(waiting.pop())
        if base is not None and base is not record and base.name not in found:
            found[base.name] = base
            waiting += base.bases
    return list(found.values())


def _is_special(record: ClassRecord, by_name: Mapping[str, ClassRecord]) -> bool:
    family = [record, *_ancestors(record, by_name)]
    bases = {base for member in family for base in member.bases}
    return any(base in SPECIAL_BASES or base.endswith(("Error", "Warning")) for base in bases)


def _is_abstract(record: ClassRecord, by_name: Mapping[str, ClassRecord]) -> bool:
    family = [record, *_ancestors(record, by_name)]
    return any("ABC" in member.bases for member in family)


def _is_contract(record: ClassRecord) -> bool:
    """Contract tests are subclassed by the authors of parts, as pytest wants it."""
    return record.name.endswith("Contract") and "brianfit/testing/" in record.place


def _has(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, decorator: str) -> bool:
    return any(last_name(one) == decorator for one in node.decorator_list)
