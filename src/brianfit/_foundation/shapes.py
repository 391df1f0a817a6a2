"""Array types that carry their shape, in the dimension names of the glossary.

The names are `n_samples`, `n_traces`, `n_steps`, `n_parameters`, `n_outputs`, in this order.
With jaxtyping installed (a test dependency) every call is checked against the annotations; a
user's installation does without it and pays nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int
else:
    try:
        from jaxtyping import Bool, Float, Int
    except ImportError:

        @final
        class _Unchecked:
            """Stand in for a jaxtyping type: subscription returns the bare array type."""

            def __class_getitem__(cls, item: tuple[Any, str]) -> Any:
                return item[0]

        Bool = Float = Int = _Unchecked

__all__ = ["Bool", "Float", "Int"]
