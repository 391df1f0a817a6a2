"""The page is for whoever has its address on this machine; texts of stores are texts in it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final
from urllib.parse import urlsplit

import pytest

from brianfit._foundation.store_file.requests import requests_of
from brianfit.results import open_store
from brianfit.watching import Watched
from brianfit.watching.browser.best_model import answer as answer_of
from brianfit.watching.browser.parts import parts_of
from brianfit.watching.browser.server import PageServer, serve
from brianfit.watching.browser.simulations import Simulations
from tests.unit.plots.fitted import problem, recordings
from tests.unit.watching.written import write_store

pytestmark = pytest.mark.slow

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("watched")
    cell = recordings(labels=[EVIL, "second"])
    write_store(
        place / "cell.fit",
        problem=problem(recordings=cell),
        trace_labels=(EVIL, "second"),
        stop_reason=EVIL,
    )
    return place


@pytest.fixture(scope="module", autouse=True)
def nothing_is_simulated() -> Iterator[None]:
    """Start no process with Brian; what it answers has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulations, "want", lambda *_: None)
        yield


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[PageServer]:
    with serve(Watched([folder]), every=0.05) as running:
        yield running


@final
@dataclass(frozen=True)
class Answer:
    """What a server answers."""

    status: int
    headers: Mapping[str, str]
    body: str


@contextmanager
def asking(server: PageServer, path: str, **request: Any) -> Iterator[http.client.HTTPResponse]:
    """Yield the answer to a request; `path` is relative to the page."""
    address = urlsplit(server.address)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    with closing(connection):
        place = path if path.startswith("/") else address.path + path
        connection.request("POST" if "body" in request else "GET", place, **request)
        with connection.getresponse() as answer:
            yield answer


def ask(server: PageServer, path: str, **request: Any) -> Answer:
    """Return the whole answer to a request."""
    with asking(server, path, **request) as answer:
        return Answer(answer.status, dict(answer.headers), answer.read().decode())


def first_event(server: PageServer, kind: str) -> Any:
    """Return what the first event of a kind tells."""
    with asking(server, "events?store=0") as answer:
        while line := answer.readline():
            if line == f"event: {kind}\n".encode():
                return json.loads(answer.readline().removeprefix(b"data: "))
    raise AssertionError("the events ended")


def test_the_page_and_its_files_are_served_with_a_strict_policy(server: PageServer) -> None:
    for name in ("", "report.css", "watch.css", "traces.js", "watch.js"):
        answer = ask(server, name)

        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "http" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 404),
        ("/events", {}, 404),
        ("/wrong-token/", {}, 404),
        ("../../etc/passwd", {}, 404),
        ("server.py", {}, 404),
        ("", {"Host": "evil.example"}, 421),
        ("", {"Host": "127.0.0.1"}, 421),
    ],
)
def test_whoever_does_not_know_the_address_gets_nothing(
    server: PageServer, path: str, headers: dict[str, str], status: int
) -> None:
    assert ask(server, path, headers=headers).status == status


def test_only_the_loopback_address_is_listened_to(server: PageServer) -> None:
    assert urlsplit(server.address).hostname == "127.0.0.1"
    assert len(urlsplit(server.address).path) > 30


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, '{"store": 0, "stop": true}', 403),
        ({"Content-Type": "application/json", "Origin": "http://evil.example"}, "{}", 403),
        ({"Content-Type": "application/json"}, " " * 20_000, 413),
    ],
)
def test_a_request_from_elsewhere_is_refused(
    server: PageServer, headers: dict[str, str], body: str, status: int
) -> None:
    assert ask(server, "ask", headers=headers, body=body).status == status


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"store": 0, "stop": true}', "asked to stop after its round"),
        ('{"store": 0, "rounds": 10}', "asked for 10 more rounds"),
        ('{"store": 7, "stop": true}', "makes no sense"),
        ('{"store": 0}', "makes no sense"),
        ("[", "makes no sense"),
    ],
)
def test_a_request_goes_to_the_store_with_the_number(
    server: PageServer, folder: Path, body: str, words: str
) -> None:
    first_event(server, "frames")
    with open_store(folder / "cell.fit"):
        answer = ask(server, "ask", headers={"Content-Type": "application/json"}, body=body)
        told = requests_of(folder / "cell.fit")

        assert words in json.loads(answer.body)["words"]
        assert told.exists() == ("asked" in words)
        told.unlink(missing_ok=True)


def test_texts_of_a_store_are_texts_in_the_page(server: PageServer, folder: Path) -> None:
    fit = first_event(server, "frames")["fits"]["0"]
    odd = replace(
        Watched([folder]).frames()[0], cell=EVIL, words=EVIL, path=Path(f"{EVIL[8:]}.fit")
    )

    for part in (fit, parts_of(odd)):
        assert not any("<script" in str(text) for text in part.values())
    assert "&lt;script&gt;" in fit["head"]


def test_several_stores_have_a_line_each(folder: Path, tmp_path: Path) -> None:
    write_store(tmp_path / "other.fit")
    with serve(Watched([folder, tmp_path]), every=0.05) as running:
        told = first_event(running, "frames")

    assert [fit["title"] for fit in told["fits"].values()] == ["cell.fit", "other.fit"]
    assert 'href="#1"' in told["overview"]


def test_nothing_runs_on_when_the_server_ends(folder: Path) -> None:
    before = threading.active_count()

    with serve(Watched([folder]), every=0.05) as running:
        first_event(running, "frames")

    assert threading.active_count() <= before + 1  # the answer to a browser may be under way


def test_the_best_model_is_simulated_on_every_sweep(folder: Path) -> None:
    found = answer_of(folder / "cell.fit")

    assert found["words"] == ""
    assert [sweep["label"] for sweep in found["sweeps"]["sweeps"]] == [EVIL, "second"]
    roles = [line["role"] for line in found["sweeps"]["sweeps"][0]["panels"][0]["lines"]]
    assert roles == ["recorded", "model"]
    assert "<script" not in found["drawings"] + found["figures"] + found["by_sweep"]
    assert found["drawings"].count("sweep-holder") == 2


def test_a_model_that_cannot_be_simulated_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "no.fit").write_bytes(b"no store")

    assert "cannot be simulated" in answer_of(tmp_path / "no.fit")["words"]
