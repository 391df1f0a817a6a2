"""Evaluate on a cluster, through Dask (package `distributed`)."""

from __future__ import annotations

import pickle
import time
import uuid
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, SimulationError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.threads import limited_threads
from brianfit.executors._base import AbstractExecutor, Result
from brianfit.executors._limits import checked_limit
from brianfit.executors.chunks import Chunk, ChunkSizes
from brianfit.executors.shared_work import SharedWork, shared_work


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

    def __init__(self, client: Any, *, time_per_round: Any = None) -> None:
        distributed = import_optional("distributed", extra="dask", purpose="DaskExecutor")
        if not isinstance(client, distributed.Client):
            raise InvalidTypeError(
                f"`client` must be a distributed.Client, but is {client!r}. For the cores of this "
                "machine: Client(processes=True, threads_per_worker=1)."
            )
        self.client = client
        self.time_per_round = checked_limit("time_per_round", time_per_round)
        self._sizes = ChunkSizes()
        self._sent: tuple[Any, Any] | None = None

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate chunks of samples on the workers that there are now."""
        work = shared_work(evaluate)
        shared = self._send(work.shared)
        at_once = work.chunk_size(len(values))
        places = self._places()
        chunks = self._sizes.plan(len(values), len(places), at_once)
        name = f"brianfit-{uuid.uuid4().hex}"
        futures = {
            self.client.submit(
                evaluate_chunk,
                shared,
                work.call,
                work.settings,
                values[chunk.first : chunk.last],
                chunk.first,
                key=(name, chunk.first),
                # Left to itself the scheduler would begin where the problem is already. Idle
                # workers still take over what is waiting elsewhere.
                workers=[places[number % len(places)]],
                allow_other_workers=True,
                pure=False,
            ): chunk
            for number, chunk in enumerate(chunks)
        }
        try:
            done = self._collected(futures, is_measured=work.at_once is None)
        finally:
            self.client.cancel([future for future in futures if not future.done()])
        for chunk in chunks:
            if chunk.first not in done:
                done[chunk.first] = _failed(work, chunk)
        return join([done[chunk.first] for chunk in chunks])

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

    def _collected(self, futures: dict[Any, Chunk], *, is_measured: bool) -> dict[int, Any]:
        """Return the results by first sample, as far as they come within the time."""
        distributed = import_optional("distributed", extra="dask", purpose="DaskExecutor")
        limit = None if np.isinf(self.time_per_round) else self.time_per_round
        done: dict[int, Any] = {}
        try:
            for future in distributed.as_completed(futures, timeout=limit):
                found, seconds = future.result()
                chunk = futures[future]
                done[chunk.first] = found
                if chunk.size and is_measured:
                    self._sizes.note(chunk, seconds)
        except (TimeoutError, distributed.TimeoutError):
            return done
        except distributed.KilledWorker as error:
            raise SimulationError(
                f"Workers of the Dask cluster were lost again and again: {error}. Have they enough "
                "memory?"
            ) from error
        return done


def evaluate_chunk(
    shared: bytes,
    call: Callable[..., Any],
    settings: tuple[Any, ...],
    values: np.ndarray,
    first_sample: int,
) -> tuple[Any, float]:
    """Evaluate a chunk on a worker; return the result and the time that it took [s]."""
    with limited_threads(1):
        problem = _unpacked(shared)
        started = time.perf_counter()
        found = call(problem, *settings, values, first_sample)
        return found, time.perf_counter() - started


@lru_cache(maxsize=4)
def _unpacked(shared: bytes) -> Any:
    """Return what chunks share, made ready once in each worker."""
    return pickle.loads(shared)  # noqa: S301 - sent by the fit itself, within its own cluster


def _failed(work: SharedWork, chunk: Chunk) -> Any:
    why = f"Samples {chunk.first} to {chunk.last - 1} took longer than `time_per_round`."
    return work.failed(chunk.size, why)
