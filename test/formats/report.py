"""What was checked and what was found: one area a line, with counts, and the place and reason of each fault."""

SHOWN_FAULTS = 10


class Area:
    """One subject of docs/formats.md."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts: dict[str, int] = {}
        self.faults: list[tuple[str, str]] = []

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def fault(self, place: str, reason: str) -> None:
        self.faults.append((place, reason))

    def expect(self, holds: bool, place: str, reason: str) -> bool:
        if not holds:
            self.fault(place, reason)
        return holds

    def lines(self) -> list[str]:
        state = f"{len(self.faults)} faults" if self.faults else "ok"
        counts = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        lines = [f"{self.name:<12} {state}  {counts}".rstrip()]
        lines += [f"  {place}: {reason}" for place, reason in self.faults[:SHOWN_FAULTS]]
        if len(self.faults) > SHOWN_FAULTS:
            lines.append(f"  and {len(self.faults) - SHOWN_FAULTS} more")
        return lines


class Report:
    """All areas, in the order in which they were begun."""

    def __init__(self) -> None:
        self.areas: list[Area] = []

    def area(self, name: str) -> Area:
        area = Area(name)
        self.areas.append(area)
        return area

    def sound(self) -> bool:
        return not any(area.faults for area in self.areas)
