"""Values go to plain text and back; nothing in the text is run."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pytest
from brian2 import ms, mV, nS, siemens, volt
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import StoreError
from brianfit._foundation.plain import Unknown, from_plain, to_plain
from brianfit._foundation.units import dimensions_of


@final
@dataclass(frozen=True)
class Record:
    """A record with a default."""

    first: Any
    second: Any = "default"


def there_and_back(value: Any, *, through: Any = lambda text: text) -> Any:
    arrays: dict[str, np.ndarray] = {}

    def keep(array: np.ndarray) -> str:
        arrays[str(len(arrays))] = array
        return str(len(arrays) - 1)

    text = json.dumps(to_plain(value, keep), allow_nan=False)
    return from_plain(json.loads(through(text)), arrays.__getitem__, {"Record": Record})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.just("$"), inner, max_size=3)
        | st.builds(Record, inner, inner)
    ),
    max_leaves=8,
)


@given(values)
def test_every_value_comes_back(value: Any) -> None:
    found = there_and_back(value)

    assert repr(found) == repr(value)


@pytest.mark.parametrize(
    "value", [3 * mV, [1.0, 2.0] * nS, 2 * siemens / volt**2, 0 * ms, 1 * volt**0.5]
)
def test_quantities_keep_their_units(value: Any) -> None:
    found = there_and_back(value)

    assert dimensions_of(found) is dimensions_of(value)
    np.testing.assert_array_equal(np.asarray(found), np.asarray(value))


def test_arrays_are_kept_apart() -> None:
    value = {"a": np.arange(6.0).reshape(2, 3), "b": [np.array([True])]}

    found = there_and_back(value)

    np.testing.assert_array_equal(found["a"], value["a"])
    np.testing.assert_array_equal(found["b"][0], value["b"][0])


def test_dimensions_come_back_as_the_same_object() -> None:
    assert there_and_back(siemens.dim) is siemens.dim


@pytest.mark.parametrize("value", [math.exp, object(), {1, 2}, np.array([None])])
def test_what_a_file_cannot_hold_is_described(value: Any) -> None:
    assert isinstance(there_and_back(value), Unknown)


def test_fields_that_are_missing_get_their_default_and_others_are_left_out() -> None:
    found = there_and_back(Record(1, 2), through=lambda text: text.replace("second", "third"))

    assert found == Record(1)


def test_a_record_of_an_unknown_kind_is_not_made() -> None:
    found = there_and_back(Record(1), through=lambda text: text.replace("Record", "Popen"))

    assert isinstance(found, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        '{"$": "module", "name": "os"}',
        '{"$": "number", "is": "1"}',
        '{"$": "quantity", "value": 1}',
        '{"$": "quantity", "value": "x", "powers": [0, 0, 0, 1, 0, 0, 0]}',
        '{"$": "record", "kind": "Record", "fields": {}}',
        '{"$": "mapping", "items": [[[1], 2]]}',
        '{"$": ["number"]}',
    ],
)
def test_text_that_was_tampered_with_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        from_plain(json.loads(text), {}.__getitem__, {"Record": Record})
