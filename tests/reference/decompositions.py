"""Writes decompositions.f64: 1000 random matrices taken apart by SciPy, for tests/core/reference.rs.

    python3 tests/reference/decompositions.py        # NumPy 2.4, SciPy 1.17; seed 7

Little-endian f64. 250 records of each size n = 2 ... 5, in this order; a record holds, matrices row by row,

    M [n, n]       cycling through: Gaussian; condition number log-uniform to 1e6; rotation or reflection times a
                   scale; symmetric; exp(0.3 Gaussian)
    sigma [n]      singular values, descending
    polar [n, n]   orthogonal factor U of M = U P
    R [n, n]       of M = Q R, diagonal positive
    LU [n, n]      below the diagonal L, on and above it U, of M[rows] = L U
    rows [n]       the permutation, counted from 0
    re, im [n]     eigenvalues, sorted by real part, then by imaginary part, descending
    kappa          condition number of the matrix of eigenvectors (for the tolerance on eigenvalues)
    exp [n, n]     exp(M)
    log [n, n]     the principal log(M); NaN where M has a negative real eigenvalue, so that there is none
"""

import pathlib
import warnings

import numpy as np
import scipy.linalg as sl

EACH = 250
rng = np.random.default_rng(7)


def orthogonal(n):
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.sign(np.diag(r))


def sample(n, kind):
    g = rng.standard_normal((n, n))
    if kind == 1:
        condition = 10 ** rng.uniform(0, 6)
        return orthogonal(n) @ np.diag(condition ** -np.linspace(0, 1, n)) @ orthogonal(n)
    if kind == 2:
        return np.exp(rng.uniform(-1, 1)) * orthogonal(n)
    if kind == 3:
        return (g + g.T) / 2
    if kind == 4:
        return sl.expm(0.3 * g)
    return g


def record(m):
    n = len(m)
    u, _ = sl.polar(m)
    q, r = sl.qr(m)
    r = np.sign(np.diag(r))[:, None] * r
    p, low, up = sl.lu(m)
    rows = p.argmax(axis=0)
    assert np.allclose(m[rows], low @ up)
    values, vectors = np.linalg.eig(m)
    values = values[np.lexsort((-values.imag, -values.real))]
    has_log = not np.any((np.abs(values.imag) < 1e-12) & (values.real <= 0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log = sl.logm(m) if has_log else np.full((n, n), np.nan)
    assert np.all(np.isnan(log)) or np.max(np.abs(np.imag(log))) < 1e-12
    parts = [m, sl.svdvals(m), u, r, np.tril(low, -1) + up, rows, values.real, values.imag,
             np.linalg.cond(vectors), sl.expm(m), np.real(log)]
    return np.concatenate([np.ravel(np.asarray(part, dtype="<f8")) for part in parts])


data = [record(sample(n, k % 5)) for n in range(2, 6) for k in range(EACH)]
path = pathlib.Path(__file__).with_suffix(".f64")
np.concatenate(data).astype("<f8").tofile(path)
print(path.name, path.stat().st_size, "bytes")
