"""What Brian runs, written out for a reader."""

from __future__ import annotations

from brianfit.engines.reference.network import BuiltNetwork


def readable_source(built: BuiltNetwork) -> str:
    """Return the equations and the abstract code of a network that has been compiled."""
    group = built.group
    sections = [("equations", str(group.equations))]
    if built.definitions.code_at_start:
        sections.append(("start of every step", built.definitions.code_at_start))
    sections.append(("state update", group.state_updater.abstract_code))
    for event, thresholder in group.thresholder.items():
        sections.append((f"condition of the event '{event}'", thresholder.abstract_code))
    for event, resetter in group.resetter.items():
        sections.append((f"code at the event '{event}'", resetter.abstract_code))
    return "\n\n".join(f"# {title}\n{text.strip()}" for title, text in sections if text) + "\n"
