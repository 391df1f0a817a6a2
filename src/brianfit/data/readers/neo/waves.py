"""Waves of an experiment of Igor Pro to sweeps: such files hold waves, and no order of sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brian2 import amp, volt

from brianfit._foundation.units import Dimension
from brianfit.data.readers._base import FileContent
from brianfit.data.readers._headings import read_heading
from brianfit.data.readers._signals import Signal, Sweep


def sweeps_of_waves(experiments: Sequence[Sweep]) -> FileContent:
    """Return the waves of experiments by the number in their names, ``Vm_1`` with ``Im_1``.

    Where the numbers of voltages and currents are not the same, or one comes twice, all waves are
    signals of one sweep, and have to be named.
    """
    sweeps: list[Sweep] = []
    notes: dict[str, None] = {}
    for experiment in experiments:
        groups = _by_number(experiment.signals)
        if groups is None:
            sweeps.append(replace(experiment, number=len(sweeps)))
            continue
        notes["waves were paired by the number in their names"] = None
        for number, signals in groups.items():
            label = f"sweep {number}"
            sweeps.append(replace(experiment, signals=signals, label=label, number=len(sweeps)))
    return FileContent(sweeps=tuple(sweeps), notes=tuple(notes))


def _by_number(signals: Sequence[Signal]) -> dict[int, tuple[Signal, ...]] | None:
    """Return the signals of every sweep; None where numbers do not tell them."""
    families: dict[tuple[str, Dimension], dict[int, Signal]] = {}
    for signal in signals:
        if signal.dimensions not in (volt.dim, amp.dim):
            continue  # of an analysis
        name = read_heading(signal.name, {})
        family = families.setdefault((name.name, signal.dimensions), {})
        if name.number is None or name.number in family:
            return None
        family[name.number] = signal
    numbers = [sorted(family) for family in families.values()]
    if not numbers or len(numbers[0]) < 2 or any(own != numbers[0] for own in numbers):
        return None
    return {
        number: tuple(
            replace(family[number], name=stem, other_names=(family[number].name,))
            for (stem, _), family in families.items()
        )
        for number in numbers[0]
    }
