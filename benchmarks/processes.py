"""What a server takes of the machine: processor time and memory, of its own processes and of nobody else's. Linux only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessTree:
    """A process and all that it has started."""

    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time taken so far, by programs and by the system for them, to the nanosecond."""
        return sum(_cpu_seconds(pid) for pid in self._members())

    def resident_mb(self) -> float:
        """Return the memory of the largest process as it is now, MB."""
        return max(_status_mb(pid, "VmRSS") for pid in self._members())

    def peak_mb(self) -> float:
        """Return the most memory that any one process has had since `forget_peak`, MB."""
        return max(_status_mb(pid, "VmHWM") for pid in self._members())

    def forget_peak(self) -> None:
        """Begin a new peak at what is taken now."""
        for pid in self._members():
            with suppress(OSError):  # a kernel built without it: the peak is then that of the whole life
                Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")

    def _members(self) -> Iterator[int]:
        waiting = [self.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, children.read_text("ascii").split())


def _cpu_seconds(pid: int) -> float:
    # What clock_getcpuclockid(3) returns: the clock of all threads of a process, those that have ended included.
    return time.clock_gettime((~pid << 3) | 2)


def _status_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
