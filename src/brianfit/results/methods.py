"""A fit in the words of a methods section, and the papers that it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

from brianfit._foundation.units import SECOND, readable
from brianfit.results.history import History
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.score import ValidationCourse
from brianfit.results.tables import Dimensions


@runtime_checkable
class Outcome(Protocol):
    """What is told of a fit; a `FitResult` is one, and explains it."""

    @property
    def best_values(self) -> Mapping[str, float]: ...
    @property
    def error(self) -> float: ...
    @property
    def history(self) -> History: ...
    @property
    def dimensions(self) -> Dimensions: ...
    @property
    def at_bound(self) -> Mapping[str, str]: ...
    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]: ...
    @property
    def stop_reason(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def versions(self) -> Mapping[str, str]: ...
    @property
    def trace_labels(self) -> tuple[str, ...]: ...
    @property
    def standard_errors(self) -> Mapping[str, float]: ...
    @property
    def refinement(self) -> str: ...
    @property
    def problem(self) -> ProblemRecord | None: ...
    @property
    def validation(self) -> ValidationCourse | None: ...
    @property
    def n_failed(self) -> int: ...


@final
@dataclass(frozen=True, kw_only=True)
class Reference:
    """A paper.

    Attributes
    ----------
    key
        By which BibTeX knows it.
    words
        How the text refers to it.
    kind
        The kind of entry of BibTeX.
    entries
        Its fields.
    """

    key: str
    words: str
    kind: str
    entries: Mapping[str, str]

    @property
    def bibtex(self) -> str:
        """Return the entry of a bibliography."""
        lines = "".join(f"  {name} = {{{text}}},\n" for name, text in self.entries.items())
        return f"@{self.kind}{{{self.key},\n{lines}}}"


def _article(key: str, words: str, *fields: str) -> Reference:
    names = ("author", "title", "journal", "year", "volume", "pages", "doi")
    entries = {name: text for name, text in zip(names, fields, strict=True) if text}
    return Reference(key=key, words=words, kind="article", entries=entries)


_BRIAN = _article(
    "stimberg2019brian", "Stimberg et al., 2019",
    "Stimberg, Marcel and Brette, Romain and Goodman, Dan F. M.",
    "Brian 2, an intuitive and efficient neural simulator",
    "eLife", "2019", "8", "e47314", "10.7554/eLife.47314",
)  # fmt: skip
_CMA = _article(
    "hansen2001cma", "Hansen and Ostermeier, 2001",
    "Hansen, Nikolaus and Ostermeier, Andreas",
    "Completely derandomized self-adaptation in evolution strategies",
    "Evolutionary Computation", "2001", "9", "159--195", "10.1162/106365601750190398",
)  # fmt: skip
_DIFFERENTIAL = _article(
    "storn1997differential", "Storn and Price, 1997",
    "Storn, Rainer and Price, Kenneth",
    "Differential evolution -- a simple and efficient heuristic for global optimization over "
    "continuous spaces",
    "Journal of Global Optimization", "1997", "11", "341--359", "10.1023/A:1008202821328",
)  # fmt: skip
_SWARM = Reference(
    key="kennedy1995particle", words="Kennedy and Eberhart, 1995", kind="inproceedings",
    entries={
        "author": "Kennedy, James and Eberhart, Russell",
        "title": "Particle swarm optimization",
        "booktitle": "Proceedings of the International Conference on Neural Networks (ICNN'95)",
        "year": "1995", "volume": "4", "pages": "1942--1948", "doi": "10.1109/ICNN.1995.488968",
    },
)  # fmt: skip
_NSGA = _article(
    "deb2002nsga", "Deb et al., 2002",
    "Deb, Kalyanmoy and Pratap, Amrit and Agarwal, Sameer and Meyarivan, T.",
    "A fast and elitist multiobjective genetic algorithm: NSGA-II",
    "IEEE Transactions on Evolutionary Computation", "2002", "6", "182--197", "10.1109/4235.996017",
)  # fmt: skip

_SEARCHES: Mapping[str, tuple[str, Reference | None]] = {  # class: its name in words, its paper
    "CMAESOptimizer": ("the covariance matrix adaptation evolution strategy", _CMA),
    "GuidedCMAESOptimizer": ("a covariance matrix adaptation evolution strategy", _CMA),
    "LedCMAESOptimizer": ("a covariance matrix adaptation evolution strategy", _CMA),
    "DifferentialEvolution": ("differential evolution", _DIFFERENTIAL),
    "MultiStartLeastSquares": ("least squares from many starts", None),
    "ParetoOptimizer": ("a multi-objective evolutionary algorithm", _NSGA),
    "ParticleSwarm": ("particle swarm optimization", _SWARM),
    "RandomSearch": ("random search", None),
}


def methods_text(result: Outcome) -> str:
    """Return two paragraphs that tell what was fitted to what, how, and what came out."""
    paragraphs = (_of_the_model(result), _of_the_search(result))
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs) + "\n"


def methods_references(result: Outcome) -> tuple[Reference, ...]:
    """Return the papers that `methods_text` refers to, and the program itself."""
    found = [_program(result), _BRIAN]
    paper = _search_of(result)[1]
    return (*found, paper) if paper is not None else tuple(found)


def _program(result: Outcome) -> Reference:
    version = result.versions.get("brianfit", "")
    return Reference(
        key="brianfit",
        words="brianfit",
        kind="software",
        entries={
            "author": "{The brianfit developers}",
            "title": "brianfit: fit neuron models written as Brian 2 equations to recordings",
            "version": version,
        },
    )


def _of_the_model(result: Outcome) -> Iterator[str]:
    problem = result.problem
    versions = result.versions
    tools = f"brianfit {versions.get('brianfit', '')} and Brian 2"
    tools += f" {versions.get('brian2', '')} ({_BRIAN.words})"
    if problem is None:
        yield f"A model was fitted to {_sweeps(len(result.trace_labels))} with {tools}."
    else:
        yield (
            f"A model in the form of differential equations was fitted to {_recorded(problem)} "
            f"with {tools}; it was integrated by the method '{problem.method or 'of Brian'}' in "
            f"steps of {readable(problem.dt, SECOND)}."
        )
        yield from _compared(problem)
    free = [_free(result, name) for name in result.history.parameter_names]
    yield f"{_counted(len(free), 'parameter was', 'parameters were')} free: {'; '.join(free)}."
    held = sorted(set(result.best_values) - set(result.history.parameter_names))
    if held:
        values = (f"{name} = {_value(result, name, result.best_values[name])}" for name in held)
        yield f"Fixed or computed from the others were {'; '.join(values)}."


def _compared(problem: ProblemRecord) -> Iterator[str]:
    if problem.metrics:
        compared = (f"{name} by {metric}" for name, metric in problem.metrics.items())
        yield f"Outputs and recordings were compared: {'; '.join(compared)}."


def _of_the_search(result: Outcome) -> Iterator[str]:
    history = result.history
    name, paper = _search_of(result)
    cited = f"{name} ({paper.words})" if paper is not None else name
    yield (
        f"Parameters were searched by {cited} in {history.n_rounds} rounds with "
        f"{history.n_evaluations} evaluations in all (seed {result.seed}); the search ended "
        f"because {result.stop_reason}."
    )
    if result.n_failed:
        share = 100 * result.n_failed / max(1, history.n_evaluations)
        yield f"{share:.2g} % of the samples could not be scored and were left out."
    if result.refinement:
        yield f"The best sample was then {result.refinement}."
    if not result.best_values:
        yield "No sample could be scored."
        return
    found = [_found(result, name) for name in history.parameter_names]
    lowest = readable(result.error, result.dimensions.error)
    yield f"The lowest error, {lowest}, was reached at {'; '.join(found)}."
    if result.at_bound:
        sides = ", ".join(f"{name} at its {side} bound" for name, side in result.at_bound.items())
        yield f"The search ended with {sides}."
    if result.validation is not None:
        yield f"On recordings that were not fitted: {result.validation}."


def _search_of(result: Outcome) -> tuple[str, Reference | None]:
    if result.problem is None:
        return "an optimizer", None
    optimizer = result.problem.optimizer
    known = _SEARCHES.get(optimizer.name) if optimizer.is_ready_made else None
    return (str(optimizer), None) if known is None else known


def _recorded(problem: ProblemRecord) -> str:
    recordings = problem.recordings
    seconds = float(sum(recordings.durations))
    outputs = ", ".join(problem.output_names)
    return f"{_sweeps(len(recordings))} of {readable(seconds, SECOND)} in all (outputs: {outputs})"


def _free(result: Outcome, name: str) -> str:
    low, high = (_value(result, name, bound) for bound in result.bounds[name])
    return f"{name} between {low} and {high}"


def _found(result: Outcome, name: str) -> str:
    text = f"{name} = {_value(result, name, result.best_values[name])}"
    if name in result.standard_errors:
        text += f" ± {_value(result, name, result.standard_errors[name])} (standard error)"
    return text


def _value(result: Outcome, name: str, value: float) -> str:
    return readable(value, result.dimensions.parameters[name])


def _sweeps(number: int) -> str:
    return _counted(number, "sweep", "sweeps")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
