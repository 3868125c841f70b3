"""The machine's own ceilings, by the libraries that scientific Python brings: its single-precision matrix rate and the
rate at which it reads memory."""

import time

import numpy
import torch
from threadpoolctl import threadpool_info, threadpool_limits

# rows, inner dimension, columns: a batch of tokens by weights as students have them, and a square
SHAPES = [(512, 896, 4864), (512, 4096, 4096), (2048, 2048, 2048)]
SECONDS_A_SHAPE = 0.4
# far more than any cache holds
READ_FLOATS = 1 << 27


def measure(task):
    threads = task["threads"]
    torch.set_num_threads(threads)
    started = time.perf_counter()
    with torch.no_grad(), threadpool_limits(threads):
        torch_rate = best_rate(torch_product)
        numpy_rate = best_rate(numpy_product)
        read_rate = gigabytes_per_second()
    kernels = {info.get("architecture") for info in threadpool_info() if info["internal_api"] == "openblas"}
    return {
        "seconds": time.perf_counter() - started,
        "tokens": 0,
        "rows": 0,
        "losses": [],
        "facts": {
            "torchGflops": torch_rate,
            "numpyGflops": numpy_rate,
            "readGigabytesPerSecond": read_rate,
            "numpyKernels": ", ".join(sorted(filter(None, kernels))),
        },
    }


def best_rate(product):
    return max(rate(product(*shape), *shape) for shape in SHAPES)


def rate(run, rows, inner, columns):
    """In 10^9 operations a second."""
    return 2 * rows * inner * columns / shortest(run) / 1e9


def gigabytes_per_second():
    """Reading memory in order, on all threads."""
    values = torch.ones(READ_FLOATS)
    return values.nbytes / shortest(values.sum) / 1e9


def shortest(run):
    """Seconds of the best of many runs: a ceiling is what the machine can do, not what it does on average."""
    best = float("inf")
    end = time.perf_counter() + SECONDS_A_SHAPE
    while time.perf_counter() < end:
        started = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - started)
    return best


def torch_product(rows, inner, columns):
    a, b = torch.rand(rows, inner), torch.rand(columns, inner)
    return lambda: torch.nn.functional.linear(a, b)


def numpy_product(rows, inner, columns):
    a, b = (numpy.random.rand(*shape).astype("float32") for shape in ((rows, inner), (inner, columns)))
    out = numpy.empty((rows, columns), dtype="float32")
    return lambda: numpy.matmul(a, b, out=out)
