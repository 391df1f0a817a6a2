"""Sums of the products of residuals and their slopes, over directions.

An array holds the square of a residual, its products with the slopes, then those of slopes: one
block for each pair of tiles, in the order of `products`.
"""

from __future__ import annotations

from collections.abc import Iterator

from brianfit.engines.fused.derivatives import products
from brianfit.engines.fused.directions import n_tiles, tile_of
from brianfit.engines.fused.emit.expressions import ExpressionWriter, Identifiers
from brianfit.engines.fused.emit.names import LaneNames
from brianfit.engines.fused.ir import Node
from brianfit.engines.fused.loop_program import Together


def n_values(together: Together) -> int:
    """Return how many sums there are for a residual and a lane."""
    n, tile = n_tiles(together.number), tile_of(together.number)
    return 1 + n * tile + n * (n + 1) // 2 * tile**2


def product_loops(
    together: Together, lanes: LaneNames, writer: ExpressionWriter, identifiers: Identifiers
) -> list[str]:
    """Return the loops that go on with the sums; both factors are stored by then."""
    if not together.products:
        return []
    tile = range(tile_of(together.number))
    residual, block, beside = (identifiers.unique(name) for name in ("residual", "block", "beside"))
    ups = [identifiers.unique(f"slope_{k}") for k in tile]
    downs = [identifiers.unique(f"other_{k}") for k in tile]
    lines = []
    for name, (node, slope) in together.products.items():
        total = lanes.part_of_sum(name)

        def read(node: Node, place: str) -> str:
            return writer.literal(node) if node.is_constant else lanes.read(node, place)

        value = read(node, "lane")
        lines += [
            "# products of slopes",
            "for lane in range(lanes):",
            f"    {residual} = {value}",
            f"    {total}[lane] += {residual} * {residual}",
            f"{block} = (1 + N_TILES * TILE) * LANES",
            "for direction in range(N_TILES):",
            "    base = direction * TILE * LANES",
            "    for lane in range(lanes):",
            f"        {residual} = {value}",
            *(
                f"        {total}[base + {(k + 1)} * LANES + lane] += "
                f"{read(slope, _place('base', k))} * {residual}"
                for k in tile
            ),
            "    for other in range(direction + 1):",
            f"        {beside} = other * TILE * LANES",
            "        for lane in range(lanes):",
            *(f"            {ups[k]} = {read(slope, _place('base', k))}" for k in tile),
            *(f"            {downs[k]} = {read(slope, _place(beside, k))}" for k in tile),
            *(
                f"            {total}[{block} + {i * len(tile) + j} * LANES + lane] += "
                f"{ups[i]} * {downs[j]}"
                for i in tile
                for j in tile
            ),
            f"        {block} += TILE * TILE * LANES",
        ]
    return lines


def handed_over(total: str, row: int, together: Together) -> Iterator[str]:
    """Yield the lines that put the sums of a lane into `sums`, from `row` on.

    The compiler must not know how many there are: it would write the loop out.
    """
    n_sums = sum(1 for _ in products(together.number))
    yield f"sums[{row}, neuron] = {total}[lane]"
    yield "direction = 0"
    yield "other = -1  # the residual"
    yield f"for number in range({row + 1}, min({row + n_sums}, sums.shape[0])):"
    yield "    place = 1 + direction"
    yield "    if other >= 0:"
    yield "        up = direction // TILE"
    yield "        block = up * (up + 1) // 2 + other // TILE"
    yield "        place = (block * TILE + direction % TILE) * TILE + other % TILE"
    yield "        place += 1 + N_TILES * TILE"
    yield f"    sums[number, neuron] = {total}[place * LANES + lane]"
    yield "    other += 1"
    yield "    if other > direction:"
    yield "        direction += 1"
    yield "        other = -1"


def _place(base: str, k: int) -> str:
    return f"{base} + {k} * LANES + lane"


__all__ = ["handed_over", "n_values", "product_loops"]
