"""Evaluate in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import pickle
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import InvalidTypeError, SimulationError
from brianfit._foundation.shapes import Float
from brianfit._foundation.threads import available_threads
from brianfit.executors._base import AbstractExecutor, Result
from brianfit.executors._limits import checked_limit
from brianfit.executors.chunks import Chunk, ChunkSizes
from brianfit.executors.shared_work import SharedWork, shared_work
from brianfit.executors.worker import FAILED, READY, answer_from, message_of, serve

ATTEMPTS = 2
"""A chunk whose worker ended is tried once more."""


@final
@dataclass
class _Worker:
    """A process, and what it is doing."""

    process: Any
    connection: Connection
    knows: object = None
    chunk: Chunk | None = None
    deadline: float = np.inf


@final
@dataclass
class _Round:
    """The chunks of one round: to do, and done."""

    work: SharedWork
    values: np.ndarray
    waiting: deque[Chunk]
    deadline: float
    done: dict[int, Any] = field(default_factory=dict)
    lost: dict[Chunk, int] = field(default_factory=dict)


@final
class ProcessExecutor(AbstractExecutor):
    """Evaluate in several processes, each with its share of the processors.

    For models whose samples may run away or crash, and for metrics written in Python, of which
    threads would wait for one another. Processes are started with the first round and stay until
    `close`, or until the executor is forgotten; ``with ProcessExecutor() as executor:`` closes it.

    A script that uses processes must not fit when it is imported: its main part stands under
    ``if __name__ == "__main__":``.

    Parameters
    ----------
    workers
        Number of processes; None: one for every processor.
    time_per_sample
        A sample that takes longer has the error inf, as one that diverged. None: no limit.
    time_per_round
        Samples that are not done by then have the error inf. None: no limit.

    Raises
    ------
    SimulationError
        When a worker ended twice on the same samples.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        time_per_sample: Any = None,
        time_per_round: Any = None,
    ) -> None:
        self.workers = (
            available_threads() if workers is None else check_positive_integer("workers", workers)
        )
        self.time_per_sample = checked_limit("time_per_sample", time_per_sample)
        self.time_per_round = checked_limit("time_per_round", time_per_round)
        self._sizes = ChunkSizes()
        self._pool: list[_Worker] = []
        self._shared: tuple[Any, bytes] | None = None

    def __enter__(self) -> ProcessExecutor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Travel without the processes."""
        return {**self.__dict__, "_pool": [], "_shared": None}

    def close(self) -> None:
        """End the processes; a further round starts new ones."""
        for worker in self._pool:
            _end(worker)
        self._pool = []

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate chunks of samples wherever a process is free."""
        work = shared_work(evaluate)
        chunks = self._sizes.plan(len(values), self.workers, work.chunk_size(len(values)))
        round_ = _Round(
            work=work,
            values=values,
            waiting=deque(chunks),
            deadline=time.monotonic() + self.time_per_round,
        )
        try:
            while round_.waiting or any(worker.chunk for worker in self._pool):
                self._hand_out(round_)
                self._collect(round_)
                self._drop_overdue(round_)
        except BaseException:
            self._end_busy()
            raise
        return join([round_.done[first] for first in sorted(round_.done)])

    def _hand_out(self, round_: _Round) -> None:
        """Give waiting chunks to free workers; start workers where there are too few."""
        while round_.waiting:
            free = next((worker for worker in self._pool if worker.chunk is None), None)
            if free is None and len(self._pool) >= self.workers:
                return
            if free is None:
                free = self._started()
                self._pool.append(free)
            self._send(free, round_, round_.waiting.popleft())

    def _send(self, worker: _Worker, round_: _Round, chunk: Chunk) -> None:
        work = round_.work
        is_new = worker.knows is not work.shared
        task = (work.call, work.settings, round_.values[chunk.first : chunk.last], chunk.first)
        message = message_of(self._packed(work.shared) if is_new else None, task)
        worker.knows, worker.chunk = work.shared, chunk
        worker.deadline = np.inf  # until it has made the problem ready
        try:
            worker.connection.send_bytes(message)
        except OSError:
            self._lose(worker, round_)

    def _packed(self, shared: Any) -> bytes:
        if self._shared is None or self._shared[0] is not shared:
            try:
                packed = pickle.dumps(shared, protocol=pickle.HIGHEST_PROTOCOL)
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                raise InvalidTypeError(
                    f"`executor` sends the problem to other processes, but it cannot travel: "
                    f"{error}. Define your own metrics and functions in a module, not inside of a "
                    "function."
                ) from error
            self._shared = (shared, packed)
        return self._shared[1]

    def _collect(self, round_: _Round) -> None:
        """Wait until a worker answers, ends, or is overdue; take what there is."""
        busy = {worker.connection: worker for worker in self._pool if worker.chunk is not None}
        deadline = min([round_.deadline, *(worker.deadline for worker in busy.values())])
        timeout = None if np.isinf(deadline) else max(0.0, deadline - time.monotonic())
        for connection in wait(list(busy), timeout):
            worker = busy[connection]  # type: ignore[index]
            try:
                kind, found, seconds = answer_from(worker.connection.recv_bytes())
            except (EOFError, OSError):
                self._lose(worker, round_)
                continue
            if kind == READY:
                worker.deadline = time.monotonic() + self._allowance(worker.chunk)
                continue
            chunk, worker.chunk, worker.deadline = worker.chunk, None, np.inf
            if kind == FAILED:
                raise found
            if chunk is not None:
                round_.done[chunk.first] = found
                if chunk.size and round_.work.at_once is None:
                    self._sizes.note(chunk, seconds)

    def _allowance(self, chunk: Chunk | None) -> float:
        """Return the time that a chunk may take [s]."""
        return np.inf if chunk is None else max(1, chunk.size) * self.time_per_sample

    def _lose(self, worker: _Worker, round_: _Round) -> None:
        """Put the chunk of a worker that ended back, once."""
        chunk = worker.chunk
        self._remove(worker)
        if chunk is None:
            return
        round_.lost[chunk] = round_.lost.get(chunk, 0) + 1
        if round_.lost[chunk] >= ATTEMPTS:
            raise SimulationError(
                f"A worker process ended twice (exit code {worker.process.exitcode}) on samples "
                f"{chunk.first} to {chunk.last - 1} of a round. Was it killed, or out of memory? "
                "Use fewer `workers`, or a smaller `memory_limit`. If no worker ever begins, put "
                'the fit under `if __name__ == "__main__":`.'
            )
        round_.waiting.appendleft(chunk)

    def _drop_overdue(self, round_: _Round) -> None:
        """End workers that are overdue; samples that ran away have failed."""
        now = time.monotonic()
        is_over = now >= round_.deadline
        if is_over:
            for chunk in round_.waiting:
                self._fail(round_, chunk, "The round took longer than `time_per_round`.")
            round_.waiting.clear()
        for worker in list(self._pool):
            overdue = worker.chunk
            if overdue is None or not (is_over or now >= worker.deadline):
                continue
            self._remove(worker)
            if is_over or overdue.size <= 1:
                limit = "`time_per_round`" if is_over else "`time_per_sample`"
                self._fail(round_, overdue, f"Sample {overdue.first} took longer than {limit}.")
            else:
                round_.waiting.extendleft(reversed(overdue.halves()))

    @staticmethod
    def _fail(round_: _Round, chunk: Chunk, why: str) -> None:
        round_.done[chunk.first] = round_.work.failed(chunk.size, why)

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        threads = max(1, available_threads() // self.workers)
        process = context.Process(target=serve, args=(theirs, threads), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process=process, connection=ours)

    def _remove(self, worker: _Worker) -> None:
        self._pool.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()

    def _end_busy(self) -> None:
        for worker in [worker for worker in self._pool if worker.chunk is not None]:
            self._remove(worker)


def _end(worker: _Worker) -> None:
    try:
        worker.connection.send_bytes(b"")
    except OSError:
        worker.process.kill()
    worker.process.join(timeout=5.0)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.connection.close()
