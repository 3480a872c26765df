"""What the Python peers share: hashed numbers as ../models/numbers.ts has them, the timing of a step, and the line."""
import json
import os
import resource
import statistics
import time

import numpy as np


# -- numbers ----------------------------------------------------------------------------------------------------------

def hashed(count, k, scale, offset=0.0):
    """In float64: offset + scale (2 h(n, k) / 2^32 - 1) for n = 0, 1, ..."""
    with np.errstate(over='ignore'):
        h = np.arange(count, dtype=np.uint32) * np.uint32(0x85ebca6b) + np.uint32((k * 0x9e3779b1) & 0xffffffff)
        h ^= h >> np.uint32(15)
        h *= np.uint32(0x2c1b3c6d)
        h ^= h >> np.uint32(12)
        h *= np.uint32(0x297a2d39)
        h ^= h >> np.uint32(15)
    return offset + scale * (2 * (h.astype(np.float64) / 4294967296) - 1)


def labels(count, k, top):
    """Integers below `top`."""
    return np.floor(hashed(count, k, 0.5, 0.5) * top).astype(np.int64)


def checksums(arrays):
    """As ../data.ts: the sum of magnitudes, and of the positive numbers weighted by their place."""
    total = probe = 0.0
    for a in arrays:
        a = np.asarray(a, dtype=np.float64).ravel()
        total += float(np.abs(a).sum())
        probe += float((np.maximum(a, 0) * (1 + np.arange(a.size) % 7)).sum())
    return {'grad_checksum': total, 'grad_probe': probe}


# -- timing and the line ----------------------------------------------------------------------------------------------

def pin_jax():
    """XLA on one thread: its pool off, and the process on one core. Before jax is imported."""
    os.environ['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1'
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def timed(step, seconds, warm=0.0, least=5, longest=60):
    """Milliseconds of single steps: `warm` seconds without timing, then for `seconds`, at least `least` of them."""
    start, n = time.perf_counter(), 0
    while n < 1 or (time.perf_counter() - start < warm and n < 2000):
        step()
        n += 1
    times, start = [], time.perf_counter()
    while len(times) < least or (time.perf_counter() - start < seconds and len(times) < 20000):
        before = time.perf_counter()
        step()
        times.append((time.perf_counter() - before) * 1e3)
        if len(times) >= 3 and time.perf_counter() - start > longest:
            break
    return times


def peak():
    """Megabytes of this process at its largest."""
    try:
        with open('/proc/self/status') as status:
            return round(next(int(row.split()[1]) for row in status if row.startswith('VmHWM')) / 1024, 1)
    except OSError:
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def line(peer, workload, times, loss=None, grad_checksum=None, grad_probe=None, loss10=None, note='', **more):
    print(json.dumps({
        'peer': peer, 'workload': workload, 'ms_median': round(statistics.median(times), 5),
        'ms_min': round(min(times), 5), 'reps': len(times), 'rss_mb': peak(), 'loss': loss,
        'grad_checksum': grad_checksum, 'grad_probe': grad_probe, 'loss10': loss10, 'note': note, **more}))
