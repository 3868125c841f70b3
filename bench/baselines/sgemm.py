"""The machine's own single-precision matrix rate, by the libraries that scientific Python brings."""

import time

import numpy
import torch
from threadpoolctl import threadpool_info, threadpool_limits

# rows, inner dimension, columns: a batch of tokens by weights as students have them, and a square
SHAPES = [(512, 896, 4864), (512, 4096, 4096), (2048, 2048, 2048)]
SECONDS_A_SHAPE = 0.4


def measure(task):
    threads = task["threads"]
    torch.set_num_threads(threads)
    started = time.perf_counter()
    with torch.no_grad(), threadpool_limits(threads):
        torch_rate = best_rate(torch_product)
        numpy_rate = best_rate(numpy_product)
    kernels = {info.get("architecture") for info in threadpool_info() if info["internal_api"] == "openblas"}
    return {
        "seconds": time.perf_counter() - started,
        "tokens": 0,
        "rows": 0,
        "losses": [],
        "facts": {
            "torchGflops": torch_rate,
            "numpyGflops": numpy_rate,
            "numpyKernels": ", ".join(sorted(filter(None, kernels))),
        },
    }


def best_rate(product):
    return max(rate(product(*shape), *shape) for shape in SHAPES)


def rate(run, rows, inner, columns):
    """Best of all runs, in 10^9 operations a second: a peak is what the machine can do, not what it does on average."""
    best = float("inf")
    end = time.perf_counter() + SECONDS_A_SHAPE
    while time.perf_counter() < end:
        started = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - started)
    return 2 * rows * inner * columns / best / 1e9


def torch_product(rows, inner, columns):
    a, b = torch.rand(rows, inner), torch.rand(columns, inner)
    return lambda: torch.nn.functional.linear(a, b)


def numpy_product(rows, inner, columns):
    a, b = (numpy.random.rand(*shape).astype("float32") for shape in ((rows, inner), (inner, columns)))
    out = numpy.empty((rows, columns), dtype="float32")
    return lambda: numpy.matmul(a, b, out=out)
