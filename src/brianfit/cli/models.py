"""`brianfit models`: the models of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from brianfit.cli.terminal import AsJson, say, say_json

if TYPE_CHECKING:
    from brianfit.library import NeuronModel


def models(
    name: Annotated[str | None, typer.Argument(help="Show this model; all unless told.")] = None,
    json: AsJson = False,
) -> None:
    """List the models of the library, or show one."""
    from brianfit import library

    if name is None:
        ready = [library.get(one) for one in library.names()]
        if json:
            say_json({model.name: model.title for model in ready})
            return
        width = max(len(model.name) for model in ready)
        for model in ready:
            say(f"{model.name:<{width}}  {model.title}")
        return
    model = library.get(name)
    if json:
        say_json(_described(model))
    else:
        _show(model)


def _show(model: NeuronModel) -> None:
    from textwrap import dedent, indent

    say(f"{model.title} ({model.name})")
    say(f"{model.source} {model.notes}".strip())
    say(f"\nEquations\n{indent(dedent(model.equations).strip(), '  ')}")
    say(f"Threshold   {model.threshold}\nReset       {model.reset}")
    say(f"Refractory  {model.refractory}\nMethod      {model.method}")
    say("\nParameters")
    for name, how in model.parameters.items():
        say(f"  {name:<10}{words_of_parameter(how)}")
    if model.published:
        say("\nPublished sets")
        for name in model.published:
            say(f"  {name}: {model.published_in[name]}")


def _described(model: NeuronModel) -> dict[str, Any]:
    from brianfit._foundation.unit_text import text_of_quantity

    return {
        "name": model.name,
        "title": model.title,
        "source": model.source,
        "notes": model.notes,
        "equations": model.equations,
        "threshold": model.threshold,
        "reset": model.reset,
        "refractory": str(model.refractory),
        "method": model.method,
        "parameters": {name: words_of_parameter(how) for name, how in model.parameters.items()},
        "published": {
            name: {key: text_of_quantity(value) for key, value in values.items()}
            for name, values in model.published.items()
        },
    }


def words_of_parameter(how: Any) -> str:
    """Return how a fit treats a parameter unless told otherwise."""
    from brianfit._foundation.units import readable

    if how.fixed is not None:
        return f"{readable(how.fixed)} (fixed)"
    if how.tied is not None:
        return f"= {how.tied}"
    return f"{readable(how.low)} ... {readable(how.high)}"
