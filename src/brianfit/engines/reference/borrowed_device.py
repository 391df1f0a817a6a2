"""Use the standalone device for simulations of our own, and give it back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.devices.device import RuntimeDevice, get_device

from brianfit._foundation.errors import InvalidValueError


def is_standalone() -> bool:
    """Return whether C++ standalone is the active device rather than run time.

    Raises
    ------
    InvalidValueError
        If it is neither.
    """
    device = get_device()
    if type(device) is CPPStandaloneDevice:
        return True
    if type(device) is RuntimeDevice:
        return False
    raise InvalidValueError(
        "The reference engine runs on Brian's devices 'runtime' and 'cpp_standalone', but the "
        f"active device is a {type(device).__name__}. Call set_device with one of these two."
    )


@contextmanager
def borrowed_device() -> Iterator[CPPStandaloneDevice]:
    """Give the active standalone device, emptied; whatever it held before comes back after.

    A script may have built and run networks of its own on it, whose results it still reads.
    """
    device = get_device()
    held = dict(vars(device))
    device.reinit()
    device.activate(build_on_run=False)
    try:
        yield device
    finally:
        vars(device).clear()
        vars(device).update(held)
