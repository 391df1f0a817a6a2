"""The page of fits under way in a real browser: it follows a fit, fits a phone, and stops it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from brianfit import load
from brianfit.watching import Watched
from brianfit.watching.browser.server import serve
from tests.browser import Browser, browser_path
from tests.faults.cell import assert_same_numbers, fit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser_path() is None, reason="needs Chromium or Chrome on the path"),
]

MANY = 100_000  # rounds that nobody waits for


@pytest.fixture
def browser() -> Iterator[Browser]:
    path = browser_path()
    assert path is not None
    with Browser(path) as opened:
        yield opened


def test_the_page_follows_a_fit_and_stops_it_after_its_round(
    browser: Browser, tmp_path: Path
) -> None:
    store = tmp_path / "cell.fit"
    fitting = threading.Thread(target=fit, args=(store,), kwargs={"n_rounds": MANY})

    with serve(Watched([store]), every=0.1) as server:
        browser.resize(375, 800, is_phone=True)
        fitting.start()
        browser.call("Page.navigate", url=server.address)
        browser.wait_for(
            "(document.getElementById('title') || {}).textContent === 'cell.fit: running'"
        )
        browser.wait_for("document.documentElement.dataset.sweeps === 'drawn'")
        curves = browser.value("document.querySelectorAll('.sweep-drawing .curve').length")
        width = browser.value("document.documentElement.scrollWidth")
        browser.value("window.confirm = () => true")
        browser.value("document.querySelector('[data-ask=stop]').click()")
        fitting.join(timeout=60)
        browser.wait_for("document.getElementById('title').textContent === 'cell.fit: ended'")

    assert not fitting.is_alive()
    result = load(store).result
    assert result.stop_reason == "a user asked for it to stop"
    assert_same_numbers(result, fit(n_rounds=result.history.n_rounds))
    assert curves == 6  # recorded, model and input of two sweeps
    assert width <= 375
    assert browser.complaints == []
    assert {urlsplit(url).hostname for url in browser.requests if url[:5] != "data:"} == {
        "127.0.0.1"
    }
