"""Which stimulus belongs to which response: by a key that is unique both ways, never by guess."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

from brianfit.data.readers.nwb.series import Part, Series

_NUMBERS = re.compile(r"\d+")


@final
@dataclass(frozen=True, kw_only=True)
class Pair:
    """A response and the stimuli that may be its own; one, if that is clear.

    Attributes
    ----------
    key
        Responses with the same key were recorded together.
    is_shared
        Whether the stimulus is meant for every sweep, and so begins with each of them.
    """

    response: Part
    stimuli: tuple[Part, ...]
    key: Hashable
    is_shared: bool = False


@final
@dataclass(frozen=True, kw_only=True)
class Pairs:
    """All pairs in the order of their sweeps, and how they were found."""

    pairs: tuple[Pair, ...]
    note: str


def paired(responses: Sequence[Series], stimuli: Sequence[Series]) -> Pairs:
    """Return the pairs of a file without a table of them.

    Sweep numbers tell them, or the one number by which names differ, or times, in this order; each
    only if it tells all of them apart.
    """
    numbers = _by_sweep_number(responses), _by_sweep_number(stimuli)
    if numbers[0] is not None and numbers[1] is not None:
        return _matched(responses, stimuli, numbers[0], numbers[1], "sweep number")
    names = _by_name(responses), _by_name(stimuli)
    # Numbers that begin at 1 here and at 0 there are no key: each must have its partner.
    if names[0] is not None and names[1] is not None and set(names[0]) == set(names[1]):
        return _matched(responses, stimuli, names[0], names[1], "the number in their names")
    order = _by_sweep_number(responses) or _by_name(responses) or list(range(len(responses)))
    if not stimuli:
        return Pairs(pairs=_pairs(responses, order, [()] * len(responses)), note="")
    if len(stimuli) == 1 and len(responses) > 1:
        return Pairs(
            pairs=_pairs(responses, order, [(stimuli[0].whole,)] * len(responses), is_shared=True),
            note=f"the one stimulus, '{stimuli[0].name}', was taken for every sweep",
        )
    together = _together(responses, stimuli)
    if together is not None:
        return Pairs(
            pairs=_pairs(responses, order, [(series.whole,) for series in together]),
            note="responses and stimuli were paired by their times",
        )
    every = tuple(series.whole for series in stimuli)
    return Pairs(pairs=_pairs(responses, order, [every] * len(responses)), note="")


def by_template(responses: Sequence[Series], templates: Sequence[Series]) -> Pairs:
    """Return the pairs of a file whose only stimuli are templates."""
    found = paired(responses, templates)
    pairs = tuple(
        Pair(response=p.response, stimuli=p.stimuli, key=p.key, is_shared=True) for p in found.pairs
    )
    return Pairs(pairs=pairs, note="the stimulus is a template, which begins with the response")


def _pairs(
    responses: Sequence[Series],
    order: Sequence[Hashable],
    stimuli: Sequence[tuple[Part, ...]],
    *,
    is_shared: bool = False,
) -> tuple[Pair, ...]:
    pairs = [
        Pair(response=series.whole, stimuli=stimuli[k], key=order[k], is_shared=is_shared)
        for k, series in enumerate(responses)
    ]
    return tuple(sorted(pairs, key=_place))


def _place(pair: Pair) -> tuple[Hashable, str]:
    return (pair.key, pair.response.series.name)


def _matched(
    responses: Sequence[Series],
    stimuli: Sequence[Series],
    own: Sequence[Hashable],
    others: Sequence[Hashable],
    how: str,
) -> Pairs:
    def stimuli_of(k: int) -> tuple[Part, ...]:
        electrode = responses[k].electrode
        return tuple(
            series.whole
            for series, key in zip(stimuli, others, strict=True)
            if key == own[k] and (not electrode or series.electrode in {electrode, ""})
        )

    return Pairs(
        pairs=_pairs(responses, own, [stimuli_of(k) for k in range(len(responses))]),
        note=f"responses and stimuli were paired by {how}",
    )


def _by_sweep_number(series: Sequence[Series]) -> list[Hashable] | None:
    numbers = [one.sweep_number for one in series]
    return None if None in numbers or not numbers else list(numbers)


def _by_name(series: Sequence[Series]) -> list[Hashable] | None:
    """Return the numbers by which the names differ; None unless they tell all series apart."""
    numbers = [tuple(int(text) for text in _NUMBERS.findall(one.name)) for one in series]
    if not numbers or len({len(found) for found in numbers}) > 1:
        return None
    if len(numbers) == 1:
        return list(numbers) if numbers[0] else None
    columns = list(zip(*numbers, strict=True))
    differing = [k for k, column in enumerate(columns) if len(set(column)) > 1]
    keys = [tuple(found[k] for k in differing) for found in numbers]
    electrodes = [one.electrode for one in series]
    if len(set(zip(keys, electrodes, strict=True))) < len(keys) or not differing:
        return None
    return list(keys)


def _together(responses: Sequence[Series], stimuli: Sequence[Series]) -> list[Series] | None:
    """Return the stimulus that overlaps with each response; None unless each has its own."""
    found = []
    for response in responses:
        own = [
            series
            for series in stimuli
            if series.start < response.end
            and response.start < series.end
            and (not response.electrode or series.electrode in {response.electrode, ""})
        ]
        if len(own) != 1:
            return None
        found.append(own[0])
    return found if len({series.place for series in found}) == len(responses) else None
