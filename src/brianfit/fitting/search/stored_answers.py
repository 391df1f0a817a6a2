"""What a round was told besides the errors of its samples, as bytes and back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from zipfile import BadZipFile

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.plain import from_plain, to_plain
from brianfit.fitting.search.replay import Answer, KnownRound, Refinement
from brianfit.objective import Evaluation, Linearisation
from brianfit.results import Round, StoredRound

_KINDS = {kind.__name__: kind for kind in (Answer, Evaluation, Linearisation, Refinement)}
_STRUCTURE = "structure"


def is_plain(answers: Sequence[Answer], done: Round) -> bool:
    """Return whether a round asked one question, the answer of which is the round itself."""
    return (
        len(answers) == 1
        and isinstance(answers[0].found, Evaluation)
        and answers[0].values is done.values
    )


def answers_as_bytes(answers: Sequence[Answer]) -> bytes:
    """Return answers in npz form: their arrays, and how these belong together as JSON."""
    arrays: dict[str, np.ndarray] = {}

    def keep(array: np.ndarray) -> str:
        name = f"array{len(arrays)}"
        arrays[name] = array
        return name

    structure = json.dumps(to_plain(list(answers), keep), allow_nan=False).encode()
    file = io.BytesIO()
    arrays[_STRUCTURE] = np.frombuffer(structure, np.uint8)
    savez: Callable[..., None] = np.savez
    savez(file, **arrays)
    return file.getvalue()


def known_round(stored: StoredRound) -> KnownRound:
    """Return what is known of a round that a store holds."""
    done = stored.round
    return KnownRound(
        done=done,
        answers=[_plain_answer(done)] if stored.answers is None else _read(stored.answers),
    )


def _plain_answer(done: Round) -> Answer:
    if done.trace_errors is None:
        raise StoreError("A round of the store has no errors by trace; it cannot be gone on with.")
    return Answer(values=done.values, found=done.evaluation)


def _read(blob: bytes) -> Sequence[Answer]:
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
            structure = json.loads(arrays[_STRUCTURE].tobytes())
            found = from_plain(structure, lambda name: np.asarray(arrays[name]), _KINDS)
    except (ValueError, KeyError, BadZipFile, EOFError) as error:
        raise StoreError(f"The answers of a round cannot be read: {error}") from error
    if not isinstance(found, list) or not all(isinstance(answer, Answer) for answer in found):
        raise StoreError("The answers of a round cannot be read.")
    return found
