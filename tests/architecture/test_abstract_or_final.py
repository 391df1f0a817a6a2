"""A class is abstract or final, and a written method is never overridden."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.architecture.class_rules import class_records, violations
from tests.architecture.source_tree import package_files, parsed, relative

DECLARED = "class AbstractA(ABC):\n  @abstractmethod\n  def f(self): ...\n"
WRITTEN = "class AbstractA(ABC):\n  def f(self): return 1\n"
WRITTEN_BELOW = """
class AbstractB(AbstractA): ...
@final
class C(AbstractB):
  def f(self): return 2
"""


def _violations_of(source: str) -> list[str]:
    return violations(class_records("file.py", ast.parse(source)))


def test_every_class_of_the_package_is_abstract_or_final() -> None:
    records = [
        record for path in package_files() for record in class_records(relative(path), parsed(path))
    ]

    found = violations(records)

    assert not found, "\n".join(found)


def test_a_class_name_is_used_once() -> None:
    names = Counter(
        record.name
        for path in package_files()
        for record in class_records(relative(path), parsed(path))
        if not record.name.startswith("_")
    )

    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "source",
    [
        "class AbstractMetric(ABC): ...",
        "class AbstractTraceMetric(AbstractMetric): ...\nclass AbstractMetric(ABC): ...",
        "@final\nclass Model: ...",
        "@typing.final\n@dataclass(frozen=True)\nclass Model: ...",
        "class FitError(ValueError): ...\nclass BoundsError(FitError): ...",
        "class Reason(Enum): ...",
        "class Compares(Protocol): ...",
        DECLARED + "@final\nclass B(AbstractA):\n  def f(self): return 1",
    ],
)
def test_accepts(source: str) -> None:
    assert _violations_of(source) == []


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("class Model: ...", "neither called Abstract"),
        ("class AbstractMetric: ...", "no base of it is ABC"),
        ("@final\nclass AbstractMetric(ABC): ...", "marked @final"),
        (
            WRITTEN + "@final\nclass B(AbstractA):\n  def f(self): return 2",
            "B.f overrides the written method AbstractA.f",
        ),
        (
            WRITTEN + WRITTEN_BELOW,
            "C.f overrides the written method AbstractA.f",
        ),
    ],
)
def test_reports(source: str, complaint: str) -> None:
    (found,) = _violations_of(source)

    assert complaint in found
