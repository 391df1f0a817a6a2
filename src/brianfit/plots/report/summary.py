"""The head of a report: what was found, and what to be wary of."""

from __future__ import annotations

from collections.abc import Iterator

from brianfit._foundation.shown.markup import Markup, join, tag
from brianfit.plots.report.contents import ReportContents, number_text
from brianfit.results import verdict_on

_MANY_FAILED = 0.1  # of all samples


def summary(contents: ReportContents) -> Markup:
    """Return the facts of a fit and its warnings."""
    facts = [
        tag("div", tag("dt", name), tag("dd", text), class_="fact")
        for name, text in _facts(contents)
    ]
    return join(_verdict(contents), tag("dl", *facts, class_="facts"), _warnings(contents))


def _verdict(contents: ReportContents) -> Markup:
    """Return whether the fit is good, on the sweeps that are shown."""
    verdict = verdict_on(contents.result, contents.prediction)
    if contents.prediction is None and verdict.is_good:
        return tag("p", "Whether the fit is good is not known: it was not simulated.")
    if verdict.is_good:
        return tag("p", tag("strong", "The fit is good."), class_="verdict good", role="status")
    problems = [tag("li", text) for text in verdict.problems]
    heading = tag("strong", "The fit is not good.")
    return tag("div", heading, tag("ul", *problems), class_="verdict bad", role="alert")


def _facts(contents: ReportContents) -> Iterator[tuple[str, str]]:
    result = contents.result
    history = result.history
    yield "error", number_text(result.error, result.dimensions.error)
    if contents.held_out is not None:
        yield (
            "error on what was held out",
            number_text(contents.held_out.error, contents.held_out.dimensions),
        )
    yield from _spike_counts(contents)
    yield "evaluations", f"{history.n_evaluations:,}".replace(",", "\u2009")
    yield "rounds", str(history.n_rounds)
    yield "time of the search", readable_seconds(history.seconds)
    yield "seed", str(result.seed)


def _spike_counts(contents: ReportContents) -> Iterator[tuple[str, str]]:
    prediction = contents.prediction
    if prediction is None or prediction.spikes is None or not prediction.recordings.has_spikes:
        return
    recorded = [
        sum(train.size for train in recording.spike_trains) / len(recording.spike_trains)
        for recording in prediction.recordings
    ]
    simulated = sum(train.size for train in prediction.spikes)
    yield "spikes in the model / recorded", f"{simulated} / {sum(recorded):.4g}"


def readable_seconds(seconds: float) -> str:
    """Return a time in the unit a person would use."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    if seconds < 3600:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3600:.3g} h"


def _warnings(contents: ReportContents) -> Markup | None:
    found = [tag("li", text) for text in warnings_of(contents)]
    if not found:
        return None
    heading = tag("strong", "To be wary of")
    return tag("div", heading, tag("ul", *found), class_="warnings", role="note")


def warnings_of(contents: ReportContents) -> Iterator[str]:
    """Yield a sentence for everything that makes a fit less sure."""
    result = contents.result
    if not result.best_values:
        yield "No sample could be scored: there are no parameters."
    n_evaluations = result.history.n_evaluations
    if n_evaluations and result.n_failed > _MANY_FAILED * n_evaluations:
        share = 100 * result.n_failed / n_evaluations
        yield f"{share:.0f} % of the samples could not be scored, because they diverged."
    yield from verdict_on(contents.result, contents.prediction).notes
    yield from contents.notes
    if "interrupted" in result.stop_reason:
        yield f"The fit did not come to its end: {result.stop_reason}."
