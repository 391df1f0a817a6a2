"""Public signatures say what they take: `Any` is rare."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

ROOMS = (
    *("data", "metrics", "optimizers", "library"),
    *("results", "fitting", "analysis", "plots"),
)
LARGEST_SHARE = 0.03  # of the annotations


def test_any_is_rare_in_public_signatures() -> None:
    annotations = [
        (f"{function.__module__}.{function.__qualname__} {name}", annotation)
        for function in _public_functions()
        for name, annotation in function.__annotations__.items()
        if not (function.__name__ == "__init__" and name == "return")
    ]

    vague = [where for where, annotation in annotations if _is_vague(annotation)]

    assert len(annotations) > 1000
    assert len(vague) <= LARGEST_SHARE * len(annotations), "\n".join(vague)


def test_finds_any_wherever_it_stands() -> None:
    assert _is_vague("Mapping[str, Any] | None")
    assert _is_vague(Any)
    assert not _is_vague("Company")
    assert not _is_vague("QuantityLike")


def _is_vague(annotation: object) -> bool:
    return annotation is Any or re.search(r"\bAny\b", str(annotation)) is not None


def _public_functions() -> Iterator[Callable[..., Any]]:
    """Yield functions and methods, each once."""
    seen = set()
    for room in ROOMS:
        module = importlib.import_module(f"brianfit.{room}")
        for name in module.__all__:
            for function in _functions_of(getattr(module, name)):
                if function not in seen:
                    seen.add(function)
                    yield function


def _functions_of(public: object) -> Iterator[Callable[..., Any]]:
    if inspect.isfunction(public):
        yield inspect.unwrap(public)
    if not inspect.isclass(public):
        return
    for name in dir(public):
        if name.startswith("_") and name != "__init__":
            continue
        member = inspect.getattr_static(public, name)
        member = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        if inspect.isfunction(member) and member.__module__.startswith("brianfit"):
            yield inspect.unwrap(member)
