"""Writes emlp.json: outputs of EMLP (Finzi, Welling & Wilson 2021) under four groups, by numpy in f64.

    python3 tests/reference/emlp.py        # numpy 2

The network is written down here anew. Equivariant linear maps are not taken from a basis: every weight is a dense matrix
between all components of two tensors, projected on the maps that commute with the group, so that the result does not depend
on which basis somebody else chose. Weights and inputs come from a formula of their path and place; only results are
stored. The numbers are the project's own, under its licence.
"""

import itertools
import json
import math
import pathlib

import numpy as np

BATCH, DEPTH = 3, 2
# Little of a dense matrix is left when it is projected.
DENSE = 2.0


def numbers(path, *shape):
    """0.5 sin(2.3 i² + 0.11 s), s the sum of the bytes of the path."""
    phase = 0.11 * sum(path.encode())
    return 0.5 * np.sin(2.3 * np.arange(math.prod(shape), dtype=float) ** 2 + phase).reshape(shape)


def wave(start, *shape):
    """2 sin(0.9 i² + start)."""
    return 2 * np.sin(0.9 * np.arange(math.prod(shape), dtype=float) ** 2 + start).reshape(shape)


class Group:
    """A group of matrices that keep a diagonal form: its Lie algebra, and elements that the algebra does not reach."""

    def __init__(self, metric, flips):
        self.metric, self.d, self.known = np.diag(metric), len(metric), {}
        # A η + η Aᵀ = 0: turns between directions of equal sign, boosts between others.
        pairs = itertools.combinations(range(self.d), 2)
        self.algebra = [self.generator(i, j, -metric[i] * metric[j]) for i, j in pairs]
        self.flips = [np.diag([-1.0 if i == flip else 1.0 for i in range(self.d)]) for flip in flips]

    def generator(self, i, j, sign):
        a = np.zeros((self.d, self.d))
        a[i, j], a[j, i] = 1.0, sign
        return a

    def element(self, h, rank):
        """h ⊗ … ⊗ h."""
        return self.kron([h] * rank)

    def derivative(self, a, rank):
        """a ⊗ 1 ⊗ … + 1 ⊗ a ⊗ … + …"""
        one, total = np.eye(self.d), np.zeros((self.d**rank,) * 2)
        for k in range(rank):
            total += self.kron([one] * k + [a] + [one] * (rank - k - 1))
        return total

    @staticmethod
    def kron(factors):
        out = np.eye(1)
        for factor in factors:
            out = np.kron(out, factor)
        return out

    def commuting(self, a, b):
        """Orthonormal rows that span the maps W from rank a to rank b with ρ(h) W = W ρ(h) and dρ(A) W = W dρ(A)."""
        if (a, b) not in self.known:
            rows, columns = self.d**b, self.d**a
            normal = np.zeros((rows * columns,) * 2)
            acts = [(self.element(h, b), self.element(h, a)) for h in self.flips]
            acts += [(self.derivative(x, b), self.derivative(x, a)) for x in self.algebra]
            for left, right in acts:
                c = np.kron(left, np.eye(columns)) - np.kron(np.eye(rows), right.T)
                normal += c.T @ c
            values, vectors = np.linalg.eigh(normal)
            self.known[a, b] = vectors[:, values < 1e-9].T
        return self.known[a, b]

    def project(self, w, a, b):
        """Dense matrices [..., Dᵇ, Dᵃ] on the commuting ones."""
        basis = self.commuting(a, b)
        flat = w.reshape(-1, w.shape[-2] * w.shape[-1])
        return ((flat @ basis.T) @ basis).reshape(w.shape)


def allocation(channels, d):
    """How many tensors of each rank share so many dimensions evenly, the largest possible rank first."""
    counts, left = {}, channels
    while left > 0:
        rank = max(r for r in range(4) if r == 0 or (r + 1) * d**r <= left)
        for k in range(rank + 1):
            counts[k] = counts.get(k, 0) + d ** (rank - k)
        left -= (rank + 1) * d**rank
    return [counts[k] for k in range(len(counts))]


def linear(group, path, x, counts):
    """Tensors of rank a, [B, Dᵃ, C], to as many of rank b as `counts` says: all maps that commute, and invariants as bias."""
    out = []
    for b, count in enumerate(counts):
        y = np.zeros((BATCH, group.d**b, count))
        for a, t in enumerate(x):
            if t is not None and count:
                w = DENSE * numbers(f"{path}.{a}to{b}", t.shape[2], count, group.d**b, group.d**a)
                y += np.einsum("coij,njc->nio", group.project(w, a, b), t)
        if count:
            bias = DENSE * numbers(f"{path}.bias{b}", count, group.d**b, 1)
            y += group.project(bias, 0, b)[:, :, 0].T
        out.append(y if count else None)
    return out


def bilinear(group, path, x, counts):
    """Σ w[c, n, o] ⟨X_{a+b}[n], X_a[c]⟩ over the last a indices, n over the first min(N, D^{a+b}) tensors."""
    out = [np.zeros_like(t) for t in x]
    for b, count in enumerate(counts):
        for a in range(len(x)):
            if a + b == 0 or a + b >= len(x):
                continue
            used = min(x[a + b].shape[2], group.d ** (a + b))
            left = x[a + b][:, :, :used].reshape(BATCH, group.d**b, group.d**a, used)
            lowered = group.kron([group.metric] * a)
            product = np.einsum("nijm,jk,nkc->nimc", left, lowered, x[a])
            name, c = f"{path}.{a}to{b}", x[a].shape[2]
            if b == 0:
                w = numbers(name, used, c, count).transpose(1, 0, 2)
            else:
                w = numbers(name, c, used, count)
            out[b] += np.einsum("nimc,cmo->nio", product, w)
    return out


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def network(group, width, t0, t1, outputs):
    """Blocks of linear map, a tenth of the bilinear one, and gates; then a linear map to the one type that leaves."""
    hidden = allocation(width, group.d)
    gated = [sum(hidden)] + hidden[1:]
    x = [t0[:, None] if t0 is not None else None, t1]
    for layer in range(DEPTH):
        y = linear(group, f"net.{layer}.linear", x, gated)
        y = [u + 0.1 * v for u, v in zip(y, bilinear(group, f"net.{layer}.bilinear", y, gated))]
        scalars, gates = y[0][:, :, : hidden[0]], y[0][:, :, hidden[0] :]
        x, start = [scalars * sigmoid(scalars)], 0
        for t, count in zip(y[1:], hidden[1:]):
            x.append(t * sigmoid(gates[:, :, start : start + count]))
            start += count
    return linear(group, "net.out", x, outputs)[-1]


NETWORKS = {
    "o5": (Group([1.0] * 5, [0]), 80, 0, 2, [1]),
    "inertia": (Group([1.0] * 3, [0]), 110, 5, 5, [0, 0, 1]),
    "lorentz": (Group([1.0, -1.0, -1.0, -1.0], [0, 1]), 50, 0, 4, [1]),
    "chirality": (Group([1.0] * 3, []), 110, 0, 3, [1]),
}


def main():
    lines = []
    for name, (group, width, scalars, vectors, outputs) in NETWORKS.items():
        t0 = wave(0.3, BATCH, scalars) if scalars else None
        out = network(group, width, t0, wave(0.6, BATCH, group.d, vectors), outputs)
        lines.append(json.dumps({"task": name, "width": width, "out": out.flatten().tolist()}))
    text = ",\n".join(lines)
    pathlib.Path(__file__).with_name("emlp.json").write_text(f"[\n{text}\n]\n")


main()
