"""Writes exp_log.f64: exp and log of matrices that are hard in f64, by arithmetic with 120 digits, for tests/core/exp.

    python3 tests/reference/exp_log.py        # mpmath 1.4

Little-endian f64. Records: kind (0 exp, 1 log), n, M [n, n], result [n, n]. Results are the exact ones of the f64 matrix
M, rounded. Logarithms are found by inverse scaling and squaring and checked by exp.
"""

import pathlib
import random
import struct

import mpmath as mp

mp.mp.dps = 120
rng = random.Random(5)
records = []


def add(kind, rows):
    n = len(rows)
    m = mp.matrix([[mp.mpf(float(x)) for x in row] for row in rows])
    result = exp(m) if kind == 0 else log(m)
    records.append([float(kind), float(n)] + [float(x) for x in m] + [float(x) for x in result])


def exp(m):
    """Taylor series after halving; what squaring loses is far below 1e-60."""
    halvings = max(0, int(mp.ceil(mp.log(mp.mnorm(m, 1) + 1, 2)))) + 20
    x = m / mp.mpf(2) ** halvings
    total = term = mp.eye(m.rows)
    for k in range(1, 40):
        term = term * x / k
        total = total + term
    for _ in range(halvings):
        total = total * total
    return total


def log(m):
    """Roots by the iteration of Denman and Beavers, then the series of the logarithm."""
    root, roots = m.copy(), 0
    one = mp.eye(m.rows)
    while mp.mnorm(root - one, 1) > mp.mpf(10) ** -4:
        y, z = root, one
        for _ in range(60):
            y, z = (y + z ** -1) / 2, (z + y ** -1) / 2
        root, roots = y, roots + 1
    x = root - one
    total, power = mp.zeros(m.rows), one
    for k in range(1, 30):
        power = power * x
        total = total + power * (mp.mpf((-1) ** (k + 1)) / k)
    total = total * 2 ** roots
    assert mp.mnorm(exp(total) - m, 1) < mp.mpf(10) ** -50 * (1 + mp.mnorm(m, 1)), mp.nstr(m)
    return total


def normal(n, size):
    return [[size * rng.gauss(0, 1) for _ in range(n)] for _ in range(n)]


# exp: every size of norm, turns, far from normal, near the parabolic matrices.
for n in (2, 3, 4, 6):
    for size in (1e-6, 0.01, 0.1, 0.5, 1, 3, 10):
        for _ in range(3):
            add(0, normal(n, size))
for q in (-1e-3, -1e-9, -1e-16, 0, 1e-16, 1e-9, 1e-3):
    add(0, [[1, 2], [q, 1]])
    add(0, [[0.1, 2, 3], [q, 0.1, 1], [0, q, 0.1]])
for size in (1e3, 1e6):
    add(0, [[1, size, 0], [0, 1.5, size], [0, 0, -2]])
    add(0, [[1, size], [0, -1]])

# log: exponentials rounded to f64, wide scales, near the edge of what exp reaches.
for n in (2, 3, 4, 6):
    for size in (1e-6, 0.1, 0.5, 1):
        for _ in range(3):
            x = normal(n, size)
            add(1, exp(mp.matrix([[mp.mpf(v) for v in row] for row in x])).tolist())
for q in (-1e-2, -1e-4, -1e-7):
    add(1, [[-1, 1], [q, -1]])
    add(1, [[-1, 1, 2], [q, -1, 1], [0, 0, 3]])
for q in (-1e-9, 0, 1e-9):
    add(1, [[1, 1], [q, 1]])
    add(1, [[1, 1, 2], [q, 1, 1], [0, 0, 1]])
add(1, [[1e-8, 1, 0], [0, 1, 1], [0, 0, 1e8]])
add(1, [[1e-12, 1], [0, 1e12]])

path = pathlib.Path(__file__).with_suffix(".f64")
path.write_bytes(b"".join(struct.pack(f"<{len(r)}d", *r) for r in records))
print(path.name, len(records), "records,", path.stat().st_size, "bytes")
