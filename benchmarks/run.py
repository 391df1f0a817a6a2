"""Run the benchmarks, print their tables, and store the figures with what they were measured on.

``make bench`` runs all of them; ``python benchmarks/run.py hh_traces ...`` those that are named.
A benchmark is a file in ``speed/`` or ``quality/`` with a function ``run`` that returns a `Table`.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import importlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
sys.path.insert(0, str(CHECKOUT))

from benchmarks.shared_folder import NotPossibleHere  # noqa: E402 - found by the path above
from benchmarks.tables import Table  # noqa: E402

RESULTS = CHECKOUT / "benchmarks" / "results" / "local"
PACKAGES = ("brianfit", "brian2", "numba", "numpy", "scipy", "cmaes")


def main() -> None:
    """Run what was asked for."""
    known = benchmarks()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    wanted = parser.parse_args().names or list(known)
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}")
    record = {"provenance": provenance(), "benchmarks": {}}
    print("\n".join(f"{key}: {value}" for key, value in record["provenance"].items()))
    for name in wanted:
        started = time.perf_counter()
        try:
            table: Table = importlib.import_module(known[name]).run()
        except NotPossibleHere as reason:
            print(f"\n{name}: skipped. {reason}")
            continue
        print(f"\n{table}\n  ({name}: {time.perf_counter() - started:.0f} s)", flush=True)
        record["benchmarks"][name] = [dataclasses.asdict(row) for row in table.rows]
    if record["benchmarks"]:
        print(f"\nStored in {store(record).relative_to(CHECKOUT)}")


def benchmarks() -> dict[str, str]:
    """Return every benchmark: name and module."""
    files = [
        file
        for folder in ("speed", "quality")
        for file in sorted((CHECKOUT / "benchmarks" / folder).glob("*.py"))
        if _has_run(file)
    ]
    return {file.stem: f"benchmarks.{file.parent.name}.{file.stem}" for file in files}


def provenance() -> dict[str, str]:
    """Return what the figures were measured on."""
    git = ["git", "-C", str(CHECKOUT)]
    commit = _output([*git, "rev-parse", "--short=12", "HEAD"])
    changed = _output([*git, "status", "--porcelain", "--untracked-files=no"])
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return {
        "commit": commit + (" with changes" if changed else ""),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "load": f"{os.getloadavg()[0]:.1f} (processes wanting a core before the start)",
        "versions": f"Python {platform.python_version()}, {', '.join(versions)}",
    }


def store(record: object) -> Path:
    """Write the figures to a file of their own and return its path."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json"
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return file


def _has_run(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body)


def _processor() -> str:
    """Return the name of the processor; Linux tells it in a file only."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
