"""Answers of a store take no more memory than their bytes do."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest

from brianfit._foundation.errors import StoreError
from brianfit.fitting.search.replay import Answer, Refinement
from brianfit.fitting.search.stored_answers import answers_as_bytes, answers_of_bytes


def npz(save: Callable[..., None], **arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def test_answers_come_back() -> None:
    values = np.asfortranarray([[1.0, np.nan], [3.0, 4.0]])

    (answer,) = answers_of_bytes(
        answers_as_bytes([Answer(values=values, found=Refinement(words="better"))])
    )

    np.testing.assert_array_equal(answer.values, values)
    assert answer.found == Refinement(words="better")


def test_packed_answers_are_refused_before_they_are_unpacked() -> None:
    blob = npz(np.savez_compressed, structure=np.zeros(10**7, np.uint8))

    with pytest.raises(StoreError, match="they are packed, which brianfit does not write"):
        answers_of_bytes(blob)


def test_an_array_that_claims_to_be_longer_than_it_is_is_refused() -> None:
    blob = npz(np.savez, structure=np.zeros(10, np.uint8))
    forged = blob.replace(b"(10,)", b"(99,)")

    with pytest.raises(StoreError, match="cannot be read"):
        answers_of_bytes(forged)
