"""The page of fits under way in a real browser: it follows a fit, fits a phone, and stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
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

TITLE = "(document.getElementById('title') || {}).textContent"
MANY = 100_000  # rounds that nobody waits for


def fit_for_long(store: Path) -> None:
    """Fit until somebody stops it; the pauses leave the processor to the page."""
    fit(store, n_rounds=MANY, callback=lambda *_: time.sleep(0.02))


def wait_long(browser: Browser, condition: str) -> None:
    """Wait for what needs a process with Brian at the lowest priority."""
    for _ in range(4):
        with suppress(TimeoutError):
            return browser.wait_for(condition)
    return browser.wait_for(condition)


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
    fitting = threading.Thread(target=fit_for_long, args=(store,))

    with serve(Watched([store]), every=0.1) as server:
        browser.resize(375, 800, is_phone=True)
        fitting.start()
        browser.call("Page.navigate", url=server.address)
        wait_long(browser, f"{TITLE} === 'cell.fit: running'")
        browser.value("window.confirm = () => true")
        browser.value("document.querySelector('[data-ask=stop]').click()")
        fitting.join(timeout=60)
        wait_long(browser, f"{TITLE} === 'cell.fit: ended'")
        wait_long(browser, "document.documentElement.dataset.sweeps === 'drawn'")
        curves = browser.value("document.querySelectorAll('.sweep-drawing .curve').length")
        width = browser.value("document.documentElement.scrollWidth")

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
