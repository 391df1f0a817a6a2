"""Names are words of the glossary; the words it replaces are not used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGE, functions, package_files, parsed, relative

FORBIDDEN_MODULES = re.compile(r"utils?|helpers?|misc|common|managers?|handle_.*|stuff|tools?")

# Published scripts import it; it hands on names of the older toolbox.
NAMED_BY_OTHERS = {PACKAGE / "utils.py"}

# word: what the glossary calls it
REPLACED_WORDS = {
    "candidate": "sample",
    "individual": "sample",
    "generation": "round",
    "epoch": "round",
    "episode": "trace",
    "fitness": "objective",
    "manager": "what it does",
    "helper": "what it does",
    "util": "what it does",
    "handle": "what is done",
}

# Defined names in which such a word is the right one: the format or package it speaks of has it.
RIGHT_WORDS = frozenset[str]()


def test_modules_are_named_after_what_they_hold() -> None:
    names = {
        path.relative_to(PACKAGE): path.stem
        for path in package_files()
        if path not in NAMED_BY_OTHERS
    }

    wrong = [str(path) for path, name in names.items() if FORBIDDEN_MODULES.fullmatch(name)]
    wrong += [
        str(folder)
        for folder in {path.parent for path in names}
        if FORBIDDEN_MODULES.fullmatch(folder.name)
    ]

    assert wrong == []


def test_defined_names_keep_to_the_glossary() -> None:
    found = [complaint for path in package_files() for complaint in _complaints(path)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["n_candidates", "next_generation", "FitnessTable", "_run_helper"])
def test_finds_the_words_that_the_glossary_replaces(name: str) -> None:
    assert _replaced_words(name)


@pytest.mark.parametrize("name", ["n_samples", "generate", "utilise", "PopulationState"])
def test_leaves_other_words_alone(name: str) -> None:
    assert not _replaced_words(name)


def _complaints(path: Path) -> Iterator[str]:
    for name, line in _defined_names(parsed(path)):
        for word in _replaced_words(name):
            yield f"{relative(path)}:{line}: {name}; the word is {REPLACED_WORDS[word]}"


def _defined_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno
    for function in functions(tree):
        yield function.name, function.lineno
        arguments = function.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            yield argument.arg, argument.lineno


def _replaced_words(name: str) -> list[str]:
    if name in RIGHT_WORDS:
        return []
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return [word for word in REPLACED_WORDS for part in words if part.lower() in (word, f"{word}s")]
