"""`brianfit watch`: look at fits while they run, and ask them for something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brianfit.cli.terminal import BAD_INPUT, AsJson, say, say_aside, say_json

if TYPE_CHECKING:
    from brianfit._foundation.store_file.requests import Request
    from brianfit.watching.watched import Watched


def watch(  # noqa: PLR0913 - the options of a command
    stores: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RESULT.fit|FOLDER]...",
            help="Stores, or folders of them; this folder unless told.",
        ),
    ] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and end.")] = False,
    json: AsJson = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Show a page, with traces, on this machine only.")
    ] = False,
    every: Annotated[
        float, typer.Option(help="Seconds from one look to the next.", min=0.1, max=3600)
    ] = 1.0,
    by_time: Annotated[bool, typer.Option("--time", help="Draw the error against time.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Ask the fits to end after their round; all is kept.")
    ] = False,
    add_rounds: Annotated[
        int, typer.Option(help="Ask for more rounds.", min=0, max=1_000_000_000)
    ] = 0,
    add_seconds: Annotated[
        float, typer.Option(help="Ask for a longer limit of time.", min=0, max=1e9)
    ] = 0.0,
) -> None:
    """Watch fits: error, pace, time left, parameters at bounds, held-out error, whether stuck.

    Stores are read only. With --stop, --add-rounds or --add-seconds the fits under way are asked,
    and the command ends.
    """
    from brianfit._foundation.store_file.requests import Request
    from brianfit.watching.watched import Watched

    places = stores or [Path()]
    watched = Watched(places)
    request = Request(stop=stop, rounds=add_rounds, seconds=add_seconds)
    if request.stop or request.asks_for_more:
        _ask(watched, request)
    elif json:
        say_json({"stores": [frame.as_plain() for frame in watched.frames()]})
    elif browser:
        _show_page(watched, every=every)
    else:
        _show(watched, once=once, every=every, by_time=by_time)


def _ask(watched: Watched, request: Request) -> None:
    from brianfit.watching.control import ask_each, words_of

    answers = ask_each(watched.paths(), request)
    for store, problem in answers.items():
        say(f"{store}: {problem or words_of(request)}")
    if not answers or all(answers.values()):
        raise typer.Exit(BAD_INPUT)


def _show(watched: Watched, *, once: bool, every: float, by_time: bool) -> None:
    from rich.console import Console

    from brianfit.watching import live_screen

    console = Console(highlight=False, markup=False, emoji=False)
    if once or not console.is_terminal or console.is_dumb_terminal:
        live_screen.once(watched, console, by_time=by_time)
        return
    live_screen.LiveScreen(watched, console, every=every, by_time=by_time).run()


def _show_page(watched: Watched, *, every: float) -> None:
    from brianfit.watching.browser.server import serve

    with serve(watched, every=every) as server:
        say(server.address)
        say_aside(
            "Open this address in a browser on this machine. Ctrl-C ends the page, not the fit."
        )
        server.wait()
