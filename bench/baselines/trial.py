"""One trial of a Python contender: reads its task as JSON from stdin, prints the result as the last line of stdout."""

import json
import os
import sys
import time

import hugging_face
import sgemm

CONTENDERS = {"score": hugging_face.score, "sgemm": sgemm.measure}


def peak_bytes():
    """Largest resident set of this process so far; None where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
            return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        return None


def busy_seconds():
    """Seconds for which any process kept a core busy since the machine started; None where the system does not tell."""
    try:
        with open("/proc/stat", encoding="ascii") as stat:
            user, nice, system, _idle, _waiting, *interrupts = map(int, stat.readline().split()[1:8])
            return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


def others_share(busy, own, seconds):
    """What other processes took of all cores, 0 to 1."""
    return min(1, max(0, (busy - own) / (seconds * os.cpu_count())))


if __name__ == "__main__":
    task = json.load(sys.stdin)
    busy, own, started = busy_seconds(), time.process_time(), time.perf_counter()
    result = CONTENDERS[task["kind"]](task)
    others = None
    if busy is not None:
        others = others_share(busy_seconds() - busy, time.process_time() - own, time.perf_counter() - started)
    print(json.dumps({**result, "peakBytes": peak_bytes(), "othersShare": others}))
