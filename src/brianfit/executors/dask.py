"""Evaluate on a cluster, through Dask (package `distributed`)."""

from __future__ import annotations

import contextlib
import pickle
import time
import uuid
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from functools import lru_cache
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, SimulationError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.threads import limited_threads
from brianfit.executors._base import AbstractExecutor, Result
from brianfit.executors._limits import checked_limit
from brianfit.executors.chunks import LANES, Chunk, ChunkSizes
from brianfit.executors.in_time import Part, evaluated_in_time
from brianfit.executors.shared_work import SharedWork, shared_work

CLOSED = (
    "closed or lost. The rounds that were done are kept; to go on, call fit again with an executor "
    "that has a new client"
)
"""What to do when a cluster is gone."""

SHORTEST = 0.1
"""A chunk that takes less time than this [s] is not worth its way: some milliseconds each."""


@final
class DaskExecutor(AbstractExecutor):
    """Evaluate on the workers of a Dask cluster, however many there are at the time.

    The problem is sent to the cluster once; workers pass it on to each other. Workers may come and
    go: what a lost worker was doing is done by another one. Each task of a worker uses one thread,
    so that a worker should have as many threads as cores, or there should be as many workers.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    time_per_sample
        A sample that takes longer, evaluated alone, has the error inf; as for `SerialExecutor`,
        compiled code ends before it is given up. None: no limit.
    time_per_round
        Samples that are not done by then have the error inf. None: no limit.

    Raises
    ------
    MissingPackageError
        If `distributed` is not installed.
    SimulationError
        When there are no workers, or they are lost again and again on the same samples.

    References
    ----------
    M. Rocklin (2015), Dask: parallel computation with blocked algorithms and task scheduling, doi
    10.25080/Majora-7b98e3ed-013.
    """

    def __init__(
        self, client: Any, *, time_per_sample: Any = None, time_per_round: Any = None
    ) -> None:
        distributed = import_optional("distributed", extra="dask", purpose="DaskExecutor")
        if not isinstance(client, distributed.Client):
            raise InvalidTypeError(
                f"`client` must be a distributed.Client, but is {client!r}. For the cores of this "
                "machine: Client(processes=True, threads_per_worker=1)."
            )
        self.client = client
        self.time_per_sample = checked_limit("time_per_sample", time_per_sample)
        self.time_per_round = checked_limit("time_per_round", time_per_round)
        self._sizes = ChunkSizes(SHORTEST)
        self._sent: tuple[Any, Any] | None = None

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate chunks of samples on the workers that there are now."""
        if self.client.status != "running":
            raise SimulationError(f"The client of the executor, {self.client}, is {CLOSED}.")
        work = shared_work(evaluate)
        ends = time.monotonic() + self.time_per_round
        shared = self._send(work.shared)
        places = self._places()
        at_once = work.chunk_size(len(values))
        chunks = self._sizes.plan(len(values), len(places), at_once)
        futures = self._submitted(work, shared, values, chunks, places)
        try:
            parts = self._collected(futures, ends)
        finally:
            if self.client.status == "running":
                self.client.cancel([future for future in futures if not future.done()])
        found = {}
        for part in parts:
            if part.overdue:
                found[part.chunk.first] = work.failed(part.chunk.size, part.why)
                continue
            found[part.chunk.first] = part.found
            if part.chunk.size and work.at_once is None:
                self._sizes.note(part.chunk, part.seconds)
        return join([found[first] for first in sorted(found)])

    def _submitted(
        self,
        work: SharedWork,
        shared: Any,
        values: np.ndarray,
        chunks: Sequence[Chunk],
        places: Sequence[str],
    ) -> dict[Any, Chunk]:
        """Hand out the chunks; return the future of each."""
        limits = (self.time_per_sample, self.time_per_round)
        name = f"brianfit-{uuid.uuid4().hex}"
        futures: dict[Any, Chunk] = {}
        for number, place in enumerate(places[: len(chunks)]):
            share = chunks[number :: len(places)]
            # One message for all chunks of a place: each message costs some milliseconds.
            sent = self.client.map(
                evaluate_chunk,
                [values[chunk.first : chunk.last] for chunk in share],
                [chunk.first for chunk in share],
                key=[(name, chunk.first) for chunk in share],
                shared=shared,
                work=(work.call, work.settings, work.at_once),
                limits=limits,
                # Left to itself the scheduler would begin where the problem is already. Idle
                # workers still take over what is waiting elsewhere.
                workers=[place],
                allow_other_workers=True,
                pure=False,
            )
            futures.update(zip(sent, share, strict=True))
        return futures

    def _places(self) -> list[str]:
        """Return the address of a worker for each of the threads that there are now."""
        threads = self.client.ncores()
        if not threads:
            limit = 60 if np.isinf(self.time_per_round) else self.time_per_round
            try:
                self.client.wait_for_workers(1, timeout=limit)
            except TimeoutError as error:
                raise SimulationError(
                    f"The Dask cluster {self.client} has no workers, and none came within "
                    f"{limit:g} s. Start some, with cluster.scale(n) for instance."
                ) from error
            threads = self.client.ncores()
        most = max(threads.values())
        return [place for number in range(most) for place in threads if number < threads[place]]

    def _send(self, shared: Any) -> Any:
        """Return the future of what all chunks share, sent when it is new."""
        if self._sent is None or self._sent[0] is not shared:
            cloudpickle = import_optional("cloudpickle", extra="dask", purpose="DaskExecutor")
            with warnings.catch_warnings():
                # It is large, but it is sent once; as a task it is made again if it is lost.
                warnings.filterwarnings("ignore", message="Sending large graph")
                future = self.client.submit(
                    bytes, cloudpickle.dumps(shared), key=f"brianfit-problem-{uuid.uuid4().hex}"
                )
            self._sent = (shared, future)
        return self._sent[1]

    def _collected(self, futures: dict[Any, Chunk], ends: float) -> list[Part]:
        """Return what was found; what is not there when the round ends is overdue."""
        distributed = import_optional("distributed", extra="dask", purpose="DaskExecutor")
        try:
            if np.isfinite(ends):
                left = max(0.0, ends - time.monotonic())
                with contextlib.suppress(TimeoutError):
                    distributed.wait(list(futures), timeout=left)
            known = [future for future in futures if np.isinf(ends) or future.done()]
            parts = [part for found in self.client.gather(known) for part in found]
        except distributed.KilledWorker as error:
            raise SimulationError(
                f"Workers of the Dask cluster were lost again and again: {error}. Have they enough "
                "memory?"
            ) from error
        except CancelledError as error:
            raise SimulationError(
                f"The Dask cluster gave up what it was doing ({type(error).__name__}: {error}): "
                f"its scheduler, or the client, is {CLOSED}."
            ) from error
        late = [chunk for future, chunk in futures.items() if future not in set(known)]
        return parts + [Part(chunk=chunk, overdue="time_per_round") for chunk in late]


def evaluate_chunk(
    values: np.ndarray,
    first_sample: int,
    *,
    shared: bytes,
    work: tuple[Callable[..., Any], tuple[Any, ...], int | None],
    limits: tuple[float, float],
) -> list[Part]:
    """Evaluate a chunk on a worker; return it in one part, or in several if there are limits.

    Parameters
    ----------
    work
        What to call, what changes from round to round, and how many samples make a part.
    limits
        For a sample, and for all of them [s].
    """
    call, settings, at_once = work
    with limited_threads(1):
        problem = _unpacked(shared)
        is_limited = np.isfinite(limits).any()
        size = at_once or (LANES if is_limited else max(1, len(values)))
        return list(
            evaluated_in_time(
                lambda rows, first: call(problem, *settings, rows, first),
                values,
                first_sample,
                size=lambda: size,
                time_per_sample=limits[0],
                time_left=limits[1],
            )
        )


@lru_cache(maxsize=4)
def _unpacked(shared: bytes) -> Any:
    """Return what chunks share, made ready once in each worker."""
    return pickle.loads(shared)  # noqa: S301 - sent by the fit itself, within its own cluster
