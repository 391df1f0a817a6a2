"""Print the lowest allowed version of every package that brianfit needs, as constraints for pip."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def lowest_versions(text: str) -> list[str]:
    """Return ``name==version`` for every dependency ``name>=version`` of a pyproject file."""
    needed = tomllib.loads(text)["project"]["dependencies"]
    found = (re.match(r"^([\w.-]+)>=([\w.]+)$", entry) for entry in needed)
    return [f"{entry[1]}=={entry[2]}" for entry in found if entry]


if __name__ == "__main__":
    lines = lowest_versions((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    sys.stdout.write("\n".join([*lines, ""]))
