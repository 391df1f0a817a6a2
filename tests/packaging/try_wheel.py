"""Install a wheel alone into an empty environment and use it as a new user would.

Run as ``python -m tests.packaging.try_wheel dist/*.whl``; needs an index of packages. Recordings of
real cells are tried too where `BRIANFIT_SHARED` names a folder that has them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

RECORDINGS = ("data/abf/171116sh_0018.abf", "data/nwb/99111002.nwb")
CHECKOUT = Path(__file__).parents[2]


def main(wheel: Path) -> None:
    """Try the commands one after the other; the first that fails ends it."""
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        tools = folder / "env" / "bin"
        _run(folder, tools / "pip", "install", "--quiet", str(wheel.resolve()))
        brianfit = tools / "brianfit"
        _run(folder, brianfit, "--version")
        _run(folder, brianfit, "doctor")
        _run(folder, brianfit, "demo", "--rounds", "10", "--quiet")
        assert (folder / "demo.html").stat().st_size > 100_000
        for path in _recordings():
            _try_recording(folder, brianfit, path)


def _try_recording(folder: Path, brianfit: Path, recording: Path) -> None:
    own = folder / recording.name
    shutil.copy(recording, own)
    _run(folder, brianfit, "doctor", own.name)
    _run(folder, brianfit, "init", own.name)
    _run(folder, brianfit, "fit", f"{own.stem}.toml", "--rounds", "5", "--quiet")
    _run(folder, brianfit, "report", f"{own.stem}.fit", "--quiet")
    assert own.with_suffix(".html").stat().st_size > 100_000


def _recordings() -> list[Path]:
    shared = Path(os.environ.get("BRIANFIT_SHARED", CHECKOUT.parent / "shared"))
    return [shared / name for name in RECORDINGS if (shared / name).exists()]


def _run(folder: Path, *command: object) -> None:
    words = [str(word) for word in command]
    sys.stdout.write(f"$ {' '.join([Path(words[0]).name, *words[1:]])}\n")
    sys.stdout.flush()
    # Nothing of the checkout may be seen.
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\nfailed with {done.returncode}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
