"""Chunks cover all samples once; their size follows from measured cost."""

from __future__ import annotations

import pytest

from brianfit.executors.chunks import Chunk, ChunkSizes


@pytest.mark.parametrize("n_samples", [1, 15, 16, 17, 200, 2001])
@pytest.mark.parametrize("n_workers", [1, 3, 8])
@pytest.mark.parametrize("cost", [None, 1e-6, 1e-3, 5.0])
def test_every_sample_is_in_one_chunk(n_samples: int, n_workers: int, cost: float | None) -> None:
    sizes = ChunkSizes()
    sizes.seconds_per_sample = cost

    chunks = sizes.plan(n_samples, n_workers)

    samples = [k for chunk in chunks for k in range(chunk.first, chunk.last)]
    assert samples == list(range(n_samples))


def test_cheap_samples_make_one_chunk_per_worker() -> None:
    sizes = ChunkSizes()
    sizes.note(Chunk(0, 100), 0.001)

    assert len(sizes.plan(1000, 2)) == 2


def test_dear_samples_make_four_chunks_per_worker() -> None:
    sizes = ChunkSizes()
    sizes.note(Chunk(0, 100), 1.0)  # 10 ms a sample: 5 s for each of two workers

    assert len(sizes.plan(1024, 2)) == 8


def test_no_chunk_takes_longer_than_ten_seconds_by_what_was_measured() -> None:
    sizes = ChunkSizes()
    sizes.note(Chunk(0, 1), 1.0)

    chunks = sizes.plan(1000, 2)

    assert max(chunk.size for chunk in chunks) <= 16  # ten samples, rounded up to lanes


def test_recent_costs_count_more() -> None:
    sizes = ChunkSizes()
    for seconds in (1.0, 3.0):
        sizes.note(Chunk(0, 1), seconds)

    assert sizes.seconds_per_sample == 2.0


def test_a_size_that_is_asked_for_is_kept() -> None:
    assert ChunkSizes().plan(3, 8, at_once=1) == [Chunk(0, 1), Chunk(1, 2), Chunk(2, 3)]


def test_chunks_are_as_long_as_their_way_is_worth() -> None:
    sizes = ChunkSizes(0.1)
    sizes.note(Chunk(0, 100), 0.032)  # 0.32 s for each of two workers: three chunks of 0.1 s

    assert len(sizes.plan(2000, 2)) == 6
