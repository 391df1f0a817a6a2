"""Steps of bounded least squares."""

from __future__ import annotations

import numpy as np

from brianfit.optimizers.local.trust_region import trust_region_steps


def normal_equations(
    n_searches: int, n_parameters: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points, and gradients and matrices of random least-squares problems."""
    random = np.random.default_rng(seed)
    jacobians = random.normal(size=(n_searches, 3 * n_parameters, n_parameters))
    residuals = random.normal(size=(n_searches, 3 * n_parameters))
    gradients = np.einsum("skp,sk->sp", jacobians, residuals)
    return (
        random.uniform(0.01, 0.99, size=(n_searches, n_parameters)),
        gradients,
        jacobians.transpose(0, 2, 1) @ jacobians,
    )


def test_a_step_inside_of_everything_is_that_of_gauss_and_newton() -> None:
    points = np.full((1, 2), 0.5)
    jacobian = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]])
    wanted = np.array([1e-5, -2e-5])
    gradient = -(jacobian.T @ jacobian @ wanted)[np.newaxis]

    steps = trust_region_steps(
        points, gradient, (jacobian.T @ jacobian)[np.newaxis], np.array([1.0])
    )

    # The scaling adds a curvature as small as the gradient.
    np.testing.assert_allclose(steps.moves[0], wanted, rtol=1e-3)


def test_steps_end_inside_of_the_box() -> None:
    points, gradients, matrices = normal_equations(200, 6, seed=1)

    steps = trust_region_steps(points, 100 * gradients, matrices, np.full(200, 10.0))

    ends = points + steps.moves
    assert np.all((ends > 0) & (ends < 1))


def test_steps_stay_within_the_trust_region() -> None:
    points, gradients, matrices = normal_equations(200, 6, seed=2)
    radii = np.geomspace(1e-6, 1.0, 200)

    steps = trust_region_steps(points, gradients, matrices, radii)

    assert np.all(steps.lengths <= radii * (1 + 1e-9))


def test_every_step_promises_an_improvement() -> None:
    points, gradients, matrices = normal_equations(200, 6, seed=3)

    steps = trust_region_steps(points, gradients, matrices, np.full(200, 0.3))

    assert np.all(steps.predicted > 0)


def test_a_direction_without_curvature_gives_no_endless_step() -> None:
    points = np.full((1, 2), 0.5)
    matrices = np.array([[[1.0, 0.0], [0.0, 0.0]]])

    steps = trust_region_steps(points, np.array([[0.1, 0.0]]), matrices, np.array([0.3]))

    assert np.all(np.isfinite(steps.moves))
    assert abs(steps.moves[0, 1]) < 1e-12


def test_without_any_slope_there_is_no_step() -> None:
    points, _, _ = normal_equations(3, 4, seed=4)

    steps = trust_region_steps(points, np.zeros((3, 4)), np.zeros((3, 4, 4)), np.full(3, 0.3))

    np.testing.assert_array_equal(steps.moves, 0.0)


def test_a_wall_is_approached_when_the_minimum_lies_beyond() -> None:
    point, minimum = np.array([[0.4, 0.4]]), np.array([-0.5, 0.6])
    curvature = np.array([[[2.0, 0.5], [0.5, 1.0]]])

    for _ in range(15):
        gradient = ((point - minimum) @ curvature[0])[0][np.newaxis]
        point = point + trust_region_steps(point, gradient, curvature, np.array([1.0])).moves

    # On the wall x = 0 the slope along y vanishes at 0.6 - 0.5*0.5.
    np.testing.assert_allclose(point[0], [0.0, 0.35], atol=1e-4)
