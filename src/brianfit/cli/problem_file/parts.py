"""Parts that a problem file can name: every ready metric and optimizer, by its kind.

Nothing is listed here. The kinds are the classes that a folder of the package offers, their keys
the arguments of the constructors; how a key is read follows from the annotation of the argument.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from brianfit._foundation.errors import BrianfitError, InvalidTypeError
from brianfit._foundation.parts import AbstractPart
from brianfit.cli.problem_file.document import Document, Place
from brianfit.cli.problem_file.values import (
    Converter,
    flag,
    list_of,
    number,
    plain_value,
    several_quantities,
    table_of,
    text,
    time,
    whole,
)

Kinds = Mapping[str, type[AbstractPart]]

_SUFFIXES = re.compile(r"(Metric|Optimizer)$")
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


def kinds_of(package: ModuleType, base: type[AbstractPart]) -> dict[str, type[AbstractPart]]:
    """Return the ready parts that a folder of the package offers, by the names that files use."""
    offered = (getattr(package, name) for name in package.__all__)
    ready = (one for one in offered if inspect.isclass(one) and issubclass(one, base))
    return {kind_name(one): one for one in ready if not inspect.isabstract(one)}


def kind_name(kind: type) -> str:
    """Return the name of a class as files write it: ``'van_rossum'`` for `VanRossum`."""
    return "_".join(_WORDS.findall(_SUFFIXES.sub("", kind.__name__))).lower()


def keys_of(kind: type[AbstractPart]) -> dict[str, Converter]:
    """Return how the arguments of a part are read, by name."""
    return {
        name: _converter(str(argument.annotation))
        for name, argument in _arguments(kind).items()
        if argument.kind is not argument.VAR_KEYWORD
    }


def needed_keys(kind: type[AbstractPart]) -> list[str]:
    """Return the arguments without which a part cannot be made."""
    return [
        name
        for name, argument in _arguments(kind).items()
        if argument.default is argument.empty and argument.kind is not argument.VAR_KEYWORD
    ]


def read_part(
    document: Document, place: Place, kinds: Kinds, name: str, given: Mapping[str, Any]
) -> AbstractPart | None:
    """Return a part of the kind `name`; what is wrong is noted in the document, which gives None.

    Parameters
    ----------
    given
        The arguments as the file has them.
    """
    kind = kinds[name]
    read = _read_arguments(document, place, name, kind, given)
    if read is None:
        return None
    try:
        return kind(**read)
    except BrianfitError as problem:
        named = re.match(r"`(\w+)`", str(problem))
        is_key = named is not None and named[1] in given
        document.complain((*place, named[1]) if named and is_key else place, problem)
        return None


def _read_arguments(
    document: Document,
    place: Place,
    name: str,
    kind: type[AbstractPart],
    given: Mapping[str, Any],
) -> dict[str, Any] | None:
    known, found, is_whole = keys_of(kind), {}, True
    takes_any = any(one.kind is one.VAR_KEYWORD for one in _arguments(kind).values())
    for key, value in given.items():
        if key not in known and not takes_any:
            listed = ", ".join(known) or "no keys"
            document.complain((*place, key), f"does not belong to {name!r}, which takes {listed}.")
            is_whole = False
            continue
        try:
            found[key] = known.get(key, plain_value)(value)
        except BrianfitError as problem:
            document.complain((*place, key), problem)
            is_whole = False
    missing = [key for key in needed_keys(kind) if key not in given]
    if missing:
        examples = ", ".join(f"{key} = {_example(kind, key)}" for key in missing)
        document.complain(place, f"{name!r} needs {examples}.")
    return found if is_whole and not missing else None


def _arguments(kind: type[AbstractPart]) -> dict[str, inspect.Parameter]:
    if kind.__init__ is object.__init__:
        return {}
    arguments = inspect.signature(kind.__init__).parameters
    return {name: argument for name, argument in arguments.items() if name != "self"}


def _converter(annotation: str) -> Converter:
    for word, convert in _BY_ANNOTATION.items():
        if re.search(rf"\b{word}\b", annotation):
            return convert
    return plain_value


def _example(kind: type[AbstractPart], key: str) -> str:
    annotation = str(_arguments(kind)[key].annotation)
    for word, example in _EXAMPLES.items():
        if re.search(rf"\b{word}\b", annotation):
            return example
    return "..."


def _times(value: Any) -> Any:
    """Return a time, or a list of times or of such lists."""
    return [_times(entry) for entry in value] if isinstance(value, list) and value else time(value)


def _no_function(value: Any) -> Any:
    raise InvalidTypeError(f"must be a function, which no file can hold, but is {value!r}.")


_BY_ANNOTATION: Mapping[str, Converter] = {
    "TimeLike": _times,
    "QuantityLike": several_quantities,
    "Combination": _no_function,
    "Features": list_of(text),
    "NumbersByName": table_of(number),
    "Number": number,
    "WholeNumber": whole(-1),
    "bool": flag,
    "int": whole(0),
    "float": number,
    "str": text,
}
"""How a value is read whose argument is annotated by a name; the first that fits."""

_EXAMPLES: Mapping[str, str] = {
    "TimeLike": '"4 ms"',
    "QuantityLike": '"10 mV"',
    "Features": '["Spikecount"]',
}
