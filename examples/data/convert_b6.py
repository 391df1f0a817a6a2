"""Convert the recordings of cell B6 to the one small file that brianfit ships.

Run once, with the Igor files in the folder that is given as argument; needs the package igor2.
They come from the source distribution of BluePyEfe 2.3.63 (``tests/exp_data/B6``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import igor2.binarywave
import numpy as np

SWEEPS = (181, 182, 183, 184, 185)
TARGET = Path(__file__).parents[2] / "src/brianfit/data/cell_b6/cell_b6.npz"
# One step of the converter that digitised the recording; every value is a multiple of it.
CURRENT_STEP = 3.1248474e-12  # ampere
VOLTAGE_STEP = 3.12484748e-05  # volt
DT = 0.25e-3  # second


def read(folder: Path, channel: int, unit: float) -> np.ndarray:
    """Return the sweeps of one channel, shape (n_traces, n_values) [SI]."""
    files = [folder / f"B6_Ch{channel}_IDRest_{sweep}.ibw" for sweep in SWEEPS]
    return unit * np.array([igor2.binarywave.load(file)["wave"]["wData"] for file in files], float)


def as_counts(values: np.ndarray, step: float) -> np.ndarray:
    """Return values as whole numbers of converter steps, and check that nothing is lost."""
    counts = np.round(values / step).astype(np.int16)
    if np.abs(counts * step - values).max() > 1e-3 * step:
        raise SystemExit(f"The values are not multiples of {step}.")
    return counts


if __name__ == "__main__":
    source = Path(sys.argv[1])
    np.savez_compressed(
        TARGET,
        current=as_counts(read(source, channel=0, unit=1e-12), CURRENT_STEP),
        current_scale=CURRENT_STEP,
        voltage=as_counts(read(source, channel=3, unit=1e-3), VOLTAGE_STEP),
        voltage_scale=VOLTAGE_STEP,
        dt=DT,
        sweeps=np.array(SWEEPS),
    )
    print(f"Wrote {TARGET} ({TARGET.stat().st_size} bytes).")
