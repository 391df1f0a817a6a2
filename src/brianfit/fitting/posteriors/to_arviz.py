"""Draws for the package ArviZ, in either of its two interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float


def inference_data(draws: Mapping[str, Float[np.ndarray, "n_chains n_draws"]]) -> Any:
    """Return draws by parameter as ArviZ holds them.

    Raises
    ------
    MissingPackageError
        If ArviZ is not installed.
    """
    arviz = import_optional("arviz", extra="arviz", purpose="Handing draws to ArviZ")
    given = {name: np.array(values) for name, values in draws.items()}
    if int(str(arviz.__version__).partition(".")[0]) >= 1:
        return arviz.from_dict({"posterior": given})
    return arviz.from_dict(posterior=given)
