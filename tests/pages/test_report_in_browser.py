"""A report in a real browser: it loads, zooms, fits a phone and prints."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.page import page
from tests.browser import Browser, browser_path
from tests.unit.plots.fitted import prediction, result

# A browser is no package that pip could install, so that its absence is never a failure.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser_path() is None, reason="needs Chromium or Chrome on the path"),
]

SMALLEST = 10.5  # CSS pixels, 8 points on paper
# Every text that is shown, at the size at which it is shown; a drawing may be scaled.
SMALLEST_TEXT = """
(() => {
  let least = {pixels: Infinity};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || holder.closest('script, style, math')) continue;
    if (!holder.getClientRects().length) continue;
    const matrix = holder.getScreenCTM ? holder.getScreenCTM() : null;
    const scale = matrix ? Math.hypot(matrix.a, matrix.b) : 1;
    const pixels = scale * parseFloat(getComputedStyle(holder).fontSize);
    if (pixels < least.pixels) least = {pixels, text: walker.currentNode.textContent.trim()};
  }
  return least;
})()
"""
DRAWN = "document.documentElement.dataset.sweeps === 'drawn'"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    contents = ReportContents(
        title="A cell <in> a browser",
        result=result(at_bound={"C": "upper"}),
        prediction=prediction(),
        held_out=None,
        notes=(),
        standard_errors={"g_L": 1e-10},
        command="python fit.py",
        script="print(1 < 2)\n",
        has_script=True,
        written=datetime(2026, 1, 2, tzinfo=UTC),
    )
    path = tmp_path_factory.mktemp("report") / "cell.html"
    path.write_text(page(contents), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(report: Path) -> Iterator[Browser]:
    path = browser_path()
    assert path is not None
    with Browser(path) as browser:
        browser.resize(1280, 900)
        browser.open(report)
        browser.wait_for(DRAWN)
        yield browser


@pytest.fixture
def browser(opened: Browser, report: Path) -> Browser:
    """Return the browser with the page as it is at first."""
    opened.resize(1280, 900)
    opened.open(report)
    opened.wait_for(DRAWN)
    return opened


def _time_labels(browser: Browser, sweep: int = 0) -> list[str]:
    labels = browser.value(
        f"[...document.querySelectorAll('.sweep-drawing')[{sweep}].querySelectorAll("
        "':scope > text.tick')].map((text) => text.textContent)"
    )
    assert isinstance(labels, list)
    return labels


def test_nothing_complains_and_nothing_is_fetched(browser: Browser, report: Path) -> None:
    assert browser.complaints == []
    assert {url for url in browser.requests if not url.startswith("data:")} == {report.as_uri()}


@pytest.mark.parametrize(("width", "shown"), [(1280, "broad"), (375, "narrow")])
def test_every_figure_is_drawn_once_for_the_width_at_hand(
    browser: Browser, report: Path, width: int, shown: str
) -> None:
    browser.resize(width, 844)
    browser.open(report)

    drawn = browser.value(
        "[...document.querySelectorAll('.drawing')].filter((d) => d.getBoundingClientRect().width)"
        ".map((d) => d.classList[1])"
    )

    assert drawn == 6 * [shown]


@pytest.mark.parametrize("width", [375, 768, 1280])
def test_the_smallest_text_can_be_read(browser: Browser, report: Path, width: int) -> None:
    browser.resize(width, 844, is_phone=width < 500)
    browser.open(report)
    browser.wait_for(DRAWN)

    smallest = browser.value(SMALLEST_TEXT)

    assert smallest["pixels"] >= SMALLEST, smallest


def test_no_table_is_wider_than_a_phone(browser: Browser, report: Path) -> None:
    browser.resize(375, 844, is_phone=True)
    browser.open(report)
    browser.wait_for(DRAWN)

    widest = browser.value(
        "Math.max(...[...document.querySelectorAll('main *')]"
        ".filter((e) => !e.closest('pre, math, svg')).map((e) => e.scrollWidth))"
    )

    assert widest <= 375


def test_the_policy_of_the_page_refuses_what_would_be_fetched(browser: Browser) -> None:
    before = len(browser.complaints)

    answer = browser.value("fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'refused')")

    assert answer == "refused"
    assert any("Content Security Policy" in text for text in browser.complaints[before:])
    del browser.complaints[before:]


def test_every_sweep_is_drawn_with_its_curves_and_spikes(browser: Browser) -> None:
    count = "document.querySelectorAll('.sweep-drawing {}').length"

    assert browser.value(count.format(".curve.recorded")) == 2
    assert browser.value(count.format(".curve.model")) == 2
    assert browser.value(count.format(".curve.input")) == 2
    assert browser.value(count.format(".spikes.recorded")) == 2


def test_dragging_zooms_all_sweeps_and_a_double_click_shows_all_again(browser: Browser) -> None:
    whole = _time_labels(browser)
    box = browser.value(
        "(() => { const b = document.querySelector('.sweep-drawing').getBoundingClientRect();"
        "return [b.x, b.y, b.width, b.height]; })()"
    )
    middle = box[1] + box[3] / 3

    browser.mouse("pressed", box[0] + 0.5 * box[2], middle)
    browser.mouse("moved", box[0] + 0.6 * box[2], middle)
    browser.mouse("released", box[0] + 0.7 * box[2], middle)
    zoomed = _time_labels(browser)
    other = _time_labels(browser, 1)
    for clicks in (1, 2):
        browser.mouse("pressed", box[0] + 0.5 * box[2], middle, clicks=clicks)
        browser.mouse("released", box[0] + 0.5 * box[2], middle, clicks=clicks)

    assert float(zoomed[0]) > 15
    assert float(zoomed[-1]) < 45
    assert other == zoomed
    assert _time_labels(browser) == whole


def test_sweeps_zoom_apart_when_they_are_not_linked(browser: Browser) -> None:
    whole = _time_labels(browser, 1)
    browser.value("document.getElementById('sweeps-linked').click()")

    browser.value("document.querySelector('.sweep-drawing').focus()")
    browser.key("+")

    assert _time_labels(browser, 0) != whole
    assert _time_labels(browser, 1) == whole


def test_buttons_zoom_and_show_all(browser: Browser) -> None:
    whole = _time_labels(browser)

    browser.value("document.querySelector('[data-zoom=in]').click()")
    zoomed = _time_labels(browser)
    browser.value("document.querySelector('[data-zoom=all]').click()")

    assert zoomed != whole
    assert _time_labels(browser) == whole


def test_a_pointer_over_a_sweep_reads_its_values(browser: Browser) -> None:
    box = browser.value(
        "(() => { const b = document.querySelector('.sweep-drawing').getBoundingClientRect();"
        "return [b.x, b.y, b.width, b.height]; })()"
    )

    browser.mouse("released", box[0] + 0.5 * box[2], box[1] + box[3] / 3)
    browser.mouse("moved", box[0] + 0.5 * box[2], box[1] + box[3] / 3)

    text = browser.value("document.querySelector('.readout').textContent")
    assert "model −60.00 mV" in text
    assert "recorded −6" in text


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen_needs_no_scrolling_sideways(
    browser: Browser, report: Path, width: int
) -> None:
    browser.resize(width, 844, is_phone=width < 500)
    browser.open(report)
    browser.wait_for(DRAWN)

    assert browser.value("document.documentElement.scrollWidth") <= width


def test_the_script_can_be_saved_as_it_is(browser: Browser) -> None:
    text = browser.value("document.getElementById('brian-script').textContent")

    assert text == "print(1 < 2)\n"
    assert browser.value("document.getElementById('save-script').hidden") is False
    assert browser.value("document.getElementById('save-script').href").startswith("blob:")


def test_it_prints_on_paper_with_its_drawings(browser: Browser, tmp_path: Path) -> None:
    printed = tmp_path / "cell.pdf"
    printed.write_bytes(browser.pdf())

    assert printed.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(printed), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "A cell <in> a browser" in text
        assert "time [ms]" in text
        assert "Zoom in" not in text


def test_a_picture_of_the_page_is_not_blank(browser: Browser) -> None:
    picture = browser.picture()

    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1280
    assert height > 2000
    assert len(picture) > 50_000
