"""Files of acquisition systems, made for tests."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

RATE = 10_000.0
N_VALUES = 500


def voltage(sweep: int) -> np.ndarray:
    """Return what the files hold as the response of a sweep [mV]."""
    return -70 + 5 * np.sin(np.arange(N_VALUES) / 50 + sweep)


def current(sweep: int) -> np.ndarray:
    """Return what the files hold as the stimulus of a sweep [pA]."""
    return np.where((np.arange(N_VALUES) > 100) & (np.arange(N_VALUES) < 400), 50.0 * sweep, 0.0)


def write_nwb(path: Path, *, n_sweeps: int) -> Path:
    """Write current-clamp sweeps, paired by their numbers; data in mV and pA with conversions."""
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries

    content = NWBFile("a test", "made", datetime(2020, 1, 1, tzinfo=UTC), institution="nowhere")
    device = content.create_device("amplifier")
    electrode = content.create_icephys_electrode(name="e0", device=device, description="patch")
    for k in range(n_sweeps):
        shared = {"electrode": electrode, "gain": 1.0, "rate": RATE, "sweep_number": np.uint32(k)}
        response = CurrentClampSeries(
            name=f"response {k}", data=voltage(k), conversion=1e-3, unit="volts", **shared
        )
        stimulus = CurrentClampStimulusSeries(
            name=f"stimulus {k}", data=current(k), conversion=1e-12, unit="amperes", **shared
        )
        content.add_acquisition(response)
        content.add_stimulus(stimulus)
    with NWBHDF5IO(str(path), "w") as file:
        file.write(content)
    return path


def write_winwcp(path: Path, *, n_sweeps: int) -> Path:
    """Write a WinWCP file of version 8: two channels of 16-bit integers."""
    sector, n_blocks = 512, 4 * N_VALUES // 512 + 1
    lines = {
        "VER": 8, "NC": 2, "NR": n_sweeps, "NBH": 2, "NBA": 2, "NBD": n_blocks, "ADCMAX": 2047,
        "DT": 1 / RATE, "YN0": "Vm", "YU0": "mV", "YG0": 0.01, "YO0": 0,
        "YN1": "Im", "YU1": "pA", "YG1": 0.01, "YO1": 1,
    }  # fmt: skip
    header = "".join(f"{key}={value}\r\n" for key, value in lines.items()).encode()
    parts = [header.ljust(1024, b"\0")]
    for k in range(n_sweeps):
        analysis = struct.pack("<8s4sfff8f", b"ACCEPTED", b"TEST", 1.0, 0.0, 1 / RATE, *[5.0] * 8)
        counts = np.zeros((n_blocks * sector // 4, 2), dtype="<i2")
        # One count is 5 V / 2047 / 0.01 = 0.244 units.
        counts[:N_VALUES, 0] = np.round(voltage(k) / (5 / 2047 / 0.01))
        counts[:N_VALUES, 1] = np.round(current(k) / (5 / 2047 / 0.01))
        parts += [analysis.ljust(1024, b"\0"), counts.tobytes()]
    path.write_bytes(b"".join(parts))
    return path


def write_nwb_of_both_clamps(path: Path, *, start: float = 0.0) -> Path:
    """Write one sweep in voltage clamp and two in current clamp, a second after each other."""
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.icephys import (
        CurrentClampSeries,
        CurrentClampStimulusSeries,
        VoltageClampSeries,
        VoltageClampStimulusSeries,
    )

    content = NWBFile("a test", "made", datetime(2020, 1, 1, tzinfo=UTC))
    device = content.create_device("amplifier")
    electrode = content.create_icephys_electrode(name="e0", device=device, description="patch")
    for k in range(3):
        shared = {
            "electrode": electrode, "gain": 1.0, "rate": RATE, "sweep_number": np.uint32(k),
            "starting_time": start + k,
        }  # fmt: skip
        clamped = VoltageClampSeries if k == 0 else CurrentClampSeries
        commanded = VoltageClampStimulusSeries if k == 0 else CurrentClampStimulusSeries
        values = {"response": 1e-3 * voltage(k), "stimulus": 1e-12 * current(k)}
        if k == 0:
            values = {"response": 1e-12 * current(1), "stimulus": 1e-3 * voltage(0)}
        content.add_acquisition(clamped(name=f"r{k}", data=values["response"], **shared))
        content.add_stimulus(commanded(name=f"s{k}", data=values["stimulus"], **shared))
    with NWBHDF5IO(str(path), "w") as file:
        file.write(content)
    return path


def write_igor_experiment(path: Path, waves: dict[str, tuple[np.ndarray, str]]) -> Path:
    """Write a packed experiment of Igor Pro: waves of version 5 [unit of each], without history.

    The layout is that of Technical Note PTN003 of WaveMetrics.
    """
    records = [struct.pack("<HhI", 3, 0, len(wave)) + wave for wave in map(_wave, waves.items())]
    path.write_bytes(b"".join(records))
    return path


def write_axograph(path: Path, columns: dict[str, np.ndarray]) -> Path:
    """Write a file of AxoGraph 4: times, then columns of 16-bit integers under ``name (unit)``."""
    n_values = len(next(iter(columns.values())))
    parts = [b"AxGr", struct.pack(">HH", 2, 1 + len(columns))]
    parts.append(struct.pack(">l80pff", n_values, b"Time (s)", 0.0, 1 / RATE))
    for title, values in columns.items():
        gain = float(np.abs(values).max()) / 32_000 or 1.0
        parts.append(struct.pack(">l80pf", n_values, title.encode(), gain))
        parts.append(np.round(values / gain).astype(">i2").tobytes())
    path.write_bytes(b"".join(parts))
    return path


def _wave(named: tuple[str, tuple[np.ndarray, str]]) -> bytes:
    name, (values, unit) = named
    data = values.astype("<f8").tobytes()
    header = struct.pack("<4x4x4xIhh6xh32s4x4x", values.size, 4, 0, 1, name.encode())
    header += struct.pack("<4I8d", values.size, 0, 0, 0, 1 / RATE, 1, 1, 1, 0, 0, 0, 0)
    header += struct.pack("<4s4s12xhhdd", unit.encode(), b"s", 0, 0, 0, 0)
    header = header.ljust(320, b"\0")
    sizes = struct.pack("<i", 320 + len(data)).ljust(58, b"\0") + b"\0\0"
    numbers = np.frombuffer(struct.pack("<hh", 5, 0) + sizes + header, dtype="<i2").astype(int)
    checksum = (-int(numbers.sum())) % 2**16
    return struct.pack("<hH", 5, checksum) + sizes + header + data
