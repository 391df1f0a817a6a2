"""Where a result comes from, and how to get it again."""

from __future__ import annotations

from collections.abc import Mapping

from brianfit._foundation.shown.markup import Markup, join, tag
from brianfit.plots.report.contents import ReportContents

# Shown elsewhere on the page.
_SHOWN = frozenset(
    {
        "model",
        "threshold",
        "reset",
        "refractory",
        "method",
        "initial values",
        "external constants",
        "penalty",
    }
)


def settings(contents: ReportContents) -> Markup:
    """Return settings, seed, versions and the command."""
    result = contents.result
    rows = {"seed": str(result.seed), "stopped because": result.stop_reason}
    if result.strategy:
        rows["searched by"] = result.strategy
    if result.refinement:
        rows["local polish"] = result.refinement
    problem = result.problem
    if problem is not None:
        rows["optimizer"] = str(problem.optimizer)
    rows |= {name: text for name, text in result.settings.items() if name not in _SHOWN | set(rows)}
    parts = [_listed({name: text for name, text in rows.items() if text})]
    if contents.command:
        parts += [tag("h3", "To repeat the fit"), tag("pre", contents.command)]
    parts += [tag("h3", "Versions"), _listed(result.versions)]
    return join(*parts)


def methods(contents: ReportContents) -> Markup:
    """Return the fit in the words of a methods section, and its references."""
    result = contents.result
    paragraphs = [tag("p", text) for text in result.methods_text().strip().split("\n\n")]
    references = tag("details", tag("summary", "References as BibTeX"), tag("pre", result.bibtex()))
    return join(*paragraphs, references)


def script(contents: ReportContents) -> Markup:
    """Return the fitted model as a script that can be saved."""
    if not contents.has_script:
        return tag("p", contents.script)
    return join(
        tag(
            "p",
            "Needs Brian 2 alone. It holds the equations, the parameters found and the stimuli, "
            "and draws what the model makes of them.",
        ),
        tag(
            "div",
            tag(
                "a",
                "Save as fitted_model.py",
                id="save-script",
                class_="button",
                download="fitted_model.py",
                hidden="hidden",
            ),
            tag("button", "Copy", type="button", id="copy-script", hidden="hidden"),
            class_="tools",
        ),
        tag(
            "details",
            tag("summary", "Show the script"),
            tag("pre", contents.script, id="brian-script"),
            class_="no-print",
        ),
    )


def _listed(rows: Mapping[str, str]) -> Markup:
    pairs = [join(tag("dt", name), tag("dd", text)) for name, text in rows.items()]
    return tag("dl", *pairs, class_="settings")
