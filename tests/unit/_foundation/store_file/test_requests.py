"""Requests beside a store are heard once, and nothing that makes no sense is."""

from __future__ import annotations

from pathlib import Path

import pytest

from brianfit._foundation.store_file.requests import (
    Request,
    RequestBox,
    ask,
    request_of,
    requests_of,
)


def test_a_request_is_heard_once(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    box = RequestBox(store)
    ask(store, Request(rounds=5))
    ask(store, Request(rounds=2, seconds=1.5))

    heard = [box.taken(), box.taken()]
    ask(store, Request(stop=True))

    assert heard == [Request(rounds=7, seconds=1.5), Request()]
    assert box.taken() == Request(stop=True)


def test_a_request_to_an_earlier_fit_is_not_heard(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    ask(store, Request(stop=True))

    box = RequestBox(store)

    assert box.taken() == Request()
    assert not requests_of(store).exists()


def test_half_a_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    box = RequestBox(store)
    path = requests_of(store)
    path.write_bytes(b'{"stop": tr')

    before = box.taken()
    path.write_bytes(b'{"stop": true}\n')

    assert (before, box.taken()) == (Request(), Request(stop=True))


@pytest.mark.parametrize(
    "line",
    [b"no json\n", b"[]\n", b"\xff\xfe\n", b'{"rounds": -3, "seconds": "x", "stop": 1}\n',
     b'{"rounds": 1e99, "seconds": Infinity}\n', b'{"rounds": true}\n', b"[" * 9999 + b"\n"],
)  # fmt: skip
def test_what_makes_no_sense_asks_for_nothing(tmp_path: Path, line: bytes) -> None:
    store = tmp_path / "cell.fit"
    box = RequestBox(store)
    requests_of(store).write_bytes(line)

    assert box.taken() == Request()


def test_a_request_is_the_same_after_it_was_written() -> None:
    request = Request(stop=True, rounds=3, seconds=2.5)

    assert request_of(request.as_json()) == request
