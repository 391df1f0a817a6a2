"""What a round was told besides the errors of its samples, as bytes and back."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Sequence
from tokenize import TokenError
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.plain import from_plain, to_plain
from brianfit.fitting.search.replay import Answer, KnownRound, Refinement
from brianfit.objective import Evaluation, Linearisation
from brianfit.results import Round, StoredRound

_KINDS = {kind.__name__: kind for kind in (Answer, Evaluation, Linearisation, Refinement)}
_STRUCTURE = "structure"
_UNREADABLE = (
    ValueError, TypeError, KeyError, EOFError, SyntaxError, TokenError, BadZipFile, RuntimeError,
)  # fmt: skip
"""What NumPy and zipfile raise over forged forms; packed with a password is a RuntimeError."""

_npy_form: Any = np.lib.format  # its functions have no types


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
        answers=(
            [_plain_answer(done)] if stored.answers is None else answers_of_bytes(stored.answers)
        ),
    )


def _plain_answer(done: Round) -> Answer:
    if done.trace_errors is None:
        raise StoreError("A round of the store has no errors by trace; it cannot be gone on with.")
    return Answer(values=done.values, found=done.evaluation)


def answers_of_bytes(blob: bytes) -> Sequence[Answer]:
    """Return the answers of which `answers_as_bytes` made these bytes.

    Raises
    ------
    StoreError
        If it did not.
    """
    try:
        arrays = _arrays(blob)
        structure = json.loads(arrays[_STRUCTURE].tobytes())
        found = from_plain(structure, lambda name: arrays[name], _KINDS)
    except _UNREADABLE as error:
        raise StoreError(f"The answers of a round cannot be read: {error}") from error
    if not isinstance(found, list) or not all(isinstance(answer, Answer) for answer in found):
        raise StoreError("The answers of a round cannot be read.")
    return found


def _arrays(blob: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an npz form, which together are no longer than the form itself."""
    with ZipFile(io.BytesIO(blob)) as packed:
        members = packed.infolist()
        is_packed = any(member.compress_type != ZIP_STORED for member in members)
        if is_packed or sum(member.file_size for member in members) > len(blob):
            raise StoreError(
                "The answers of a round cannot be read: they are packed, which brianfit does not "
                "write, and may be of any size."
            )
        return {
            member.filename.removesuffix(".npy"): _array(packed.read(member)) for member in members
        }


def _array(content: bytes) -> np.ndarray:
    """Return the array of an npy form, in rows or columns, that is as long as it says."""
    file = io.BytesIO(content)
    if _npy_form.read_magic(file) != (1, 0):
        raise ValueError("an array has another form")
    shape, _, dtype = _npy_form.read_array_header_1_0(file)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError("an array is not as long as it says")
    file.seek(0)
    return np.asarray(_npy_form.read_array(file, allow_pickle=False))
