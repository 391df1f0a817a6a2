"""Gather the files of changelog.d under the heading of a release in CHANGELOG.md."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
KINDS = {
    "numbers": "Results that differ",
    "feature": "New",
    "change": "Changed",
    "deprecation": "On its way out",
    "fix": "Mended",
}


def fragments(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each kind, by their number."""
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for path in folder.glob("*.*.md"):
        number, kind, _ = path.name.split(".")
        if not number.isdigit() or kind not in KINDS:
            raise SystemExit(f"{path}: expected a name like 12.fix.md, with one of {list(KINDS)}.")
        found[kind].append(path)
    return {kind: sorted(paths, key=_number) for kind, paths in found.items()}


def _number(path: Path) -> int:
    return int(path.name.partition(".")[0])


def section(version: str, date: str, found: dict[str, list[Path]]) -> str:
    """Return the text of a release."""
    lines = [f"## {version} ({date})", ""]
    for kind, paths in found.items():
        if paths:
            lines += [f"### {KINDS[kind]}", "", *map(_entry, paths), ""]
    return "\n".join(lines)


def _entry(path: Path) -> str:
    text = path.read_text(encoding="utf-8").strip()
    return "- " + re.sub(r"\n(?=.)", "\n  ", text)


def with_release(changes: str, release: str) -> str:
    """Return the changes with a release above the newest one."""
    head, mark, rest = changes.partition("\n## ")
    if not mark:
        raise SystemExit("CHANGELOG.md has no heading of a release.")
    return f"{head}\n{release}\n## {rest}"


def main(version: str) -> None:
    """Write the release and remove what was gathered."""
    found = fragments(ROOT / "changelog.d")
    if not any(found.values()):
        raise SystemExit("There is nothing in changelog.d.")
    changes = ROOT / "CHANGELOG.md"
    release = section(version, datetime.now(UTC).date().isoformat(), found)
    changes.write_text(with_release(changes.read_text(encoding="utf-8"), release), encoding="utf-8")
    for paths in found.values():
        for path in paths:
            path.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"\d+\.\d+\.\d+", sys.argv[1]):
        raise SystemExit("Expected a version: make changelog VERSION=0.2.0")
    main(sys.argv[1])
