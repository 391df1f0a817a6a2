"""A search and its store: what was found before, and what is found now."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, final

from brianfit._foundation.errors import FitStateError, StoreError
from brianfit._foundation.store_file.notes import ADDED, CALL, END, RESTART, key_of
from brianfit._foundation.store_file.requests import Request, RequestBox, request_of
from brianfit._foundation.strangers.escaping import version_text
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.stored_answers import answers_as_bytes, known_round
from brianfit.results import FitResult, StoredFit, StoredRound, StoreWriter, open_store
from brianfit.results.differences import record_differences

_logger = logging.getLogger(__name__)

_LONGEST_REASON = 500  # characters of why a fit ended, in a note

Describe = Callable[[Search], FitResult]
"""Returns the result of a search as it now is."""


@final
class Storage:
    """The store of a session: it keeps searches, one fit of the store each.

    A search that begins takes the next fit of the store, if there is one, as its past; so a script
    that was killed does the same calls again and comes to where it was.
    """

    def __init__(self, path: Any, describe: Describe) -> None:
        self.path = path
        self._describe = describe
        self._writer: StoreWriter | None = None
        self._search: Search | None = None
        self._fit = -1
        self._n_written = 0
        self._described: Any = None
        self._n_restarts = 0
        self._added: Mapping[int, Any] = {}
        self._box: RequestBox | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the store open for writing during one call of `fit`."""
        with open_store(self.path) as writer:
            self._writer, self._box = writer, RequestBox(writer.path)
            try:
                yield
            finally:
                self._box.remove()
                self._writer = self._box = None

    def next_fit(self) -> StoredFit | None:
        """Return the fit of the store that a search beginning now goes on with, if there is one."""
        number = self._fit + 1
        return self._open.fit(number) if number < self._open.n_fits else None

    def attach(self, search: Search, known: StoredFit | None) -> None:
        """Keep the rounds of `search` from now on; `known` is what `next_fit` returned.

        Raises
        ------
        StoreError
            If the store holds a fit of another problem.
        """
        if known is None:
            number = self._open.begin_fit(self._problem_of(search), self._describe(search))
            n_known = 0
        else:
            self._check_same(search, known)
            number, n_known = self._fit + 1, len(known.rounds)
            search.past.known = _KnownRounds(known.rounds)
            _logger.info("Going on from %d rounds in the store '%s'.", n_known, self.path)
        self._search, self._fit, self._n_written = search, number, n_known
        self._added, self._n_restarts = self._open.notes(ADDED, number), 0
        search.after_round = self.keep
        self.keep(search)

    def is_attached_to(self, search: Search) -> bool:
        """Return whether the rounds of `search` are kept here."""
        return self._search is search

    def keep(self, search: Search) -> None:
        """Write the rounds of `search` that are not in the store yet."""
        n_restarts = int(getattr(search.optimizer, "n_restarts", 0))
        has_restarted = n_restarts > self._n_restarts
        self._n_restarts = n_restarts
        if self._writer is None or search.history.n_rounds <= self._n_written:
            return
        first, end = self._n_written, search.history.n_rounds
        rounds = [_stored(search, number) for number in range(first, end)]
        is_better = search.best is not self._described
        self._writer.add(self._fit, first, rounds, self._describe(search) if is_better else None)
        self._n_written, self._described = end, search.best
        if has_restarted:
            self._note(RESTART, end, {"restarts": n_restarts})

    def note_call(self, search: Search, n_rounds: int, limits: Mapping[str, float]) -> None:
        """Note that a call of `fit` begins, and how far it may go."""
        history = search.history
        course = {"rounds": history.n_search_rounds + n_rounds, "since": history.n_rounds}
        self._note(CALL, self._n_written, {**course, **limits})

    def requested(self, n_rounds: int) -> Request:
        """Return what is asked of the fit after so many rounds.

        Rounds and time that are added are noted, and added again when the fit comes to the same
        round in a later process.
        """
        asked = Request() if self._box is None else self._box.taken()
        before = request_of(self._added.get(n_rounds))
        if asked.asks_for_more:
            self._note(ADDED, n_rounds, {**(before + asked).as_json(), "stop": False})
        return before + asked

    def _note(self, kind: str, number: int, content: Mapping[str, Any]) -> None:
        if self._writer is not None:
            process = f"process {os.getpid()} on {socket.gethostname()}"
            stamped = {**content, "at": time.time(), "process": process}
            self._writer.note(key_of(kind, self._fit, number), stamped)

    def finish(self, search: Search) -> None:
        """Write the result as it stands at the end of a call of `fit` or `refine`."""
        self.keep(search)
        if self._writer is not None and search.history.n_rounds >= self._n_written:
            result = self._describe(search)
            self._writer.add(self._fit, self._n_written, (), result)
            self._note(END, self._n_written, {"why": result.stop_reason[:_LONGEST_REASON]})

    def finish_after(self, problem: BaseException, search: Search) -> None:
        """Write the result after an exception, which a store that fails must not hide."""
        if isinstance(problem, StoreError):
            return
        try:
            self.finish(search)
        except StoreError as found:
            _logger.warning("%s", found)

    @property
    def _open(self) -> StoreWriter:
        if self._writer is None:
            raise FitStateError("The store is not open.")
        return self._writer

    def _problem_of(self, search: Search) -> Any:
        return self._describe(search).problem

    def _check_same(self, search: Search, known: StoredFit) -> None:
        if search.history.n_rounds > 0:
            raise StoreError(
                f"The store '{self.path}' holds a fit already, but this one began without it. Name "
                "another file as `store`, or give it with the first call of fit."
            )
        changed = record_differences(known.problem, self._problem_of(search))
        if changed:
            listed = "\n".join(f"  - {line}" for line in changed)
            raise StoreError(
                f"The store '{self.path}' belongs to another fit. What changed since:\n{listed}\n"
                "Undo these changes to go on with it, or name another file as `store`."
            )
        _say_versions(known.problem.versions, self._problem_of(search).versions)


@final
class _KnownRounds(Sequence[Any]):
    """The rounds of a store as a past; each is unpacked when it is needed."""

    def __init__(self, rounds: Sequence[StoredRound]) -> None:
        self._rounds = rounds
        self._last: tuple[Any, Any] = (None, None)  # a round is asked for several times in a row

    def __len__(self) -> int:
        return len(self._rounds)

    def __getitem__(self, number: Any) -> Any:
        if self._last[0] != number:
            self._last = number, known_round(self._rounds[number])
        return self._last[1]


def _stored(search: Search, number: int) -> StoredRound:
    special = search.past.special.get(number)
    return StoredRound(
        round=search.history.rounds[number],
        answers=None if special is None else answers_as_bytes(special),
    )


def _say_versions(before: Any, now: Any) -> None:
    changed = [
        f"{version_text(name)} {version_text(before.get(name, 'missing'))} -> "
        f"{version_text(now.get(name, 'missing'))}"
        for name in {**before, **now}
        if before.get(name) != now.get(name)
    ]
    if changed:
        _logger.warning(
            "Going on from a store that was written with other versions (%s); where they compute "
            "other numbers, the fit is refused.",
            ", ".join(changed),
        )


def storage_of(current: Storage | None, path: Any, describe: Describe) -> Storage | None:
    """Return the storage of a session after a call of `fit` with ``store=path``."""
    if path is None:
        return current
    is_same = current is not None and _absolute(current.path) == _absolute(path)
    return current if is_same else Storage(path, describe)


def _absolute(path: Any) -> Any:
    return Path(path).absolute() if isinstance(path, str | Path) else path
