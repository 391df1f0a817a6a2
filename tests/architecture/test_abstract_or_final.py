"""A class is abstract or final; a written method is never overridden, a constructor extended."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.class_rules import class_records, violations
from tests.architecture.source_tree import package_files, parsed, relative

DECLARED = "class AbstractA(ABC):\n  @abstractmethod\n  def f(self): ...\n"
WRITTEN = "class AbstractA(ABC):\n  def f(self): return 1\n"
EXTENDED = """
class AbstractA(ABC):
  def __init__(self, x): self.x = x
@final
class B(AbstractA):
  def __init__(self, x, y):
    AbstractA.__init__(self, x)
"""
REPLACED = EXTENDED.replace("AbstractA.__init__(self, x)", "self.z = y")
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
        EXTENDED,
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
        (REPLACED, "B.__init__ overrides the written method AbstractA.__init__"),
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
