"""The script of a fitted model gives what the fitter gives."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Equations, Hz, check_units, mS, ms, mV, nA, nS, pF, uF, volt

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.data import RecordingSet
from brianfit.engines import ReferenceEngine
from brianfit.fitting import Fitter, TraceFitter
from brianfit.fitting.after.brian_script import brian_script, quantity_text
from brianfit.fitting.problem.problem_from_record import problem_of
from brianfit.metrics import GammaFactor, MSEMetric
from brianfit.model import Model, Parameter, RegularOperation

LEAKY = """
dv/dt = (gl*(El - v) + I + k*(v_target - v))/C : volt (unless refractory)
gl : siemens (constant)
k : siemens (constant)
C : farad (constant)
n : integer (constant)
"""


def _fitter(**changes: Any) -> Fitter:
    model = Model(
        equations=Equations(LEAKY),
        threshold="v > Vt",
        reset="v = El - n*mV",
        refractory=2 * ms,
        method="exponential_euler",
        run_regularly=(RegularOperation(code="v += jump", dt=5 * ms),),
        initial_values={"v": "El"},
        namespace={},
    )
    current = np.zeros((2, 300))
    current[0, 100:], current[1, 50:] = 0.31, 0.74
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": current * nA},
        traces={"v": np.full((2, 300), -70.0) * mV},
        spikes=[np.array([5.0]) * ms, np.array([]) * ms],
    )
    given = {"dt": 0.1 * ms, "n_samples": 5, "engine": ReferenceEngine()}
    namespace = {"El": -70 * mV, "Vt": -52 * mV, "jump": 1 * mV}
    return Fitter(model, recordings, **{**given, "namespace": namespace, **changes})  # type: ignore[arg-type]


def _fitted() -> Fitter:
    fitter = _fitter()
    fitter.fit(
        n_rounds=1,
        callback=None,
        seed=3,
        metric={"v": MSEMetric(normalization=1 * mV), "spikes": GammaFactor(2 * ms, 30 * ms)},
        gl=[5 * nS, 20 * nS],
        C=[100 * pF, 300 * pF],
        k=Parameter(fixed=0.5 * nS),
        n=Parameter(2, 4),
    )
    return fitter


def _namespace_of(script: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), names)
    return names


def test_the_script_gives_the_traces_and_spikes_of_the_fitter() -> None:
    fitter = _fitted()
    expected = fitter.generate(["v", "spikes"])

    monitor, spikes = _namespace_of(brian_script(fitter.result))["simulate"]()

    np.testing.assert_allclose(monitor.v_, np.asarray(expected["v"]), rtol=1e-12)
    for trace, train in enumerate(expected["spikes"]):
        np.testing.assert_allclose(spikes.spike_trains()[trace] / ms, train / ms)
    assert spikes.count[1] >= 2


def test_the_script_holds_parameters_and_constants_with_units_a_reader_knows() -> None:
    script = brian_script(_fitted().result)

    assert '"k": 0.5 * nS,' in script
    assert '"El": -70.0 * mV,' in script or '"El": -70 * mV,' in script
    assert "v = El - n*mV" in script
    assert "brianfit" not in "".join(
        line for line in script.splitlines() if line.startswith(("import", "from"))
    )


def test_stimuli_are_kept_to_the_last_bit() -> None:
    generator = np.random.default_rng(5)
    current = generator.normal(size=(3, 40)) * 1e-10
    fitter = TraceFitter(
        model="dv/dt = (I - g*v)/(1*nfarad) : volt\ng : siemens (constant)",
        input={"I": current * brian2.amp},
        output={"v": np.zeros((3, 40)) * volt},
        dt=0.05 * ms,
        n_samples=4,
        method="euler",
        engine=ReferenceEngine(),
    )
    fitter.fit(n_rounds=1, callback=None, seed=1, g=[1 * nS, 9 * nS])

    given = _namespace_of(brian_script(fitter.result))["stimuli"]()["I_given"]

    np.testing.assert_array_equal(given.values, current.T)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.5 * nS, "12.5 * nS"),
        (-0.07 * volt, "-70 * mV"),
        (3, "3.0"),
        (5 * ms, "5 * ms"),
        (2 * Hz, "2 * Hz"),
    ],
)
def test_quantities_are_written_in_units_of_a_person(value: Any, text: str) -> None:
    assert quantity_text(value) == text


@pytest.mark.parametrize(
    "value", [1 * uF / brian2.cm**2, 0.3 * mS / brian2.cm**2, 7.1 * volt**2, 1 / volt, 1 / 3 * nA]
)
def test_quantities_read_back_exactly(value: Any) -> None:
    names: dict[str, Any] = {}
    exec("from brian2 import *\nfrom brian2.units.allunits import *", names)

    exec(f"read = {quantity_text(value)}", names)

    assert names["read"].dim == value.dim
    assert float(names["read"]) == float(value)


def test_a_model_with_a_python_function_has_no_script() -> None:
    @check_units(arg=1, result=1)  # type: ignore[untyped-decorator,unused-ignore]
    def twice(arg: Any) -> Any:
        return 2 * arg

    fitter = TraceFitter(
        model="dv/dt = (twice(1)*I - g*v)/(1*nfarad) : volt\ng : siemens (constant)",
        input={"I": np.zeros((1, 10)) * nA},
        output={"v": np.zeros((1, 10)) * volt},
        dt=0.1 * ms,
        n_samples=4,
        method="euler",
        engine=ReferenceEngine(),
    )
    fitter.fit(n_rounds=1, callback=None, seed=1, g=[1 * nS, 9 * nS])

    with pytest.raises(InvalidTypeError, match="twice"):
        brian_script(fitter.result)


def test_a_fit_without_a_best_sample_has_no_script() -> None:
    fitter = _fitter()
    fitter.fit(
        n_rounds=0,
        callback=None,
        metric={"v": MSEMetric(normalization=1 * mV), "spikes": GammaFactor(2 * ms, 30 * ms)},
        gl=[5 * nS, 20 * nS],
        C=[100 * pF, 300 * pF],
        k=Parameter(fixed=0.5 * nS),
        n=Parameter(2, 4),
    )

    with pytest.raises(InvalidValueError, match="no sample"):
        brian_script(fitter.result)


def test_code_that_is_run_regularly_is_part_of_the_record() -> None:
    result = _fitted().result

    assert result.problem is not None
    assert result.problem.run_regularly[0].code == "v += jump"
    assert problem_of(result.problem).model.run_regularly[0].dt == 5 * ms
