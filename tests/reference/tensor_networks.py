"""Writes tensor_networks.json: values and gradients of the networks of the lab Tensors, by PyTorch in f64.

    python3 tests/reference/tensor_networks.py        # torch 2.15

The networks are written down here anew, from the formulas. Weights and inputs are not drawn but come from a formula of
their path and place, the weights rounded to f32, so that nothing but results has to be stored: the output, the gradient of
the sum of its squares with respect to the vectors, and the sum of the squared gradients of all weights. The numbers are
the project's own, under its licence.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
BATCH, WIDTH, HIDDEN = 3, 5, 7
MINKOWSKI = torch.tensor([1.0, -1.0, -1.0, -1.0])


class Weights:
    """w[i] = 0.5 sin(2.3 (i + 1) + 0.11 s), s the sum of the bytes of the path."""

    def __init__(self):
        self.made = []

    def __call__(self, path, *shape):
        phase = 0.11 * sum(path.encode())
        values = [0.5 * math.sin(2.3 * (i + 1) + phase) for i in range(math.prod(shape))]
        w = torch.tensor(values).float().double().reshape(shape).requires_grad_()
        self.made.append(w)
        return w

    def affine(self, path, x, out):
        return x @ self(path + ".weight", x.shape[-1], out) + self(path + ".bias", out)


def numbers(start, *shape):
    """x[i] = sin(0.9 i + start)."""
    return torch.tensor([math.sin(0.9 * i + start) for i in range(math.prod(shape))]).reshape(shape)


def inner(eta, a, b):
    return torch.einsum("i,bic,bic->bc", eta, a, b)


def outer(a, b):
    return torch.einsum("bic,bjc->bijc", a, b).flatten(1, 2)


def polynomial(w, t0, t1, eta, norms, tensors):
    """Two layers of tensor polynomials with products of different channels, linear gates, a linear read-out."""
    d, c = len(eta), WIDTH
    one = torch.diag(1 / eta).flatten()
    s, x, t = t0, t1, None
    for layer in range(2):
        p = f"net.{layer}."
        a, b = (x @ w(p + side, x.shape[2], c) for side in ("left", "right"))
        z = ([s] if s is not None else []) + [inner(eta, a, b) / math.sqrt(d)]
        z += [(inner(eta, a, a) + 1e-6).sqrt() / math.sqrt(d)] if norms else []
        z += [torch.einsum("k,bkc->bc", torch.diag(eta).flatten(), t) / d] if t is not None else []
        z = torch.cat(z, 1)
        h = F.silu(w.affine(p + "scalar.0", z, HIDDEN))
        h = w.affine(p + "scalar.2", F.silu(w.affine(p + "scalar.1", h, HIDDEN)), c)
        h = h + z @ w(p + "scalar.skip", z.shape[1], c)
        gated = w.affine(p + "gate.t1", h, c)[:, None] * a
        x2 = x @ w(p + "t1.skip", x.shape[2], c) + gated @ w(p + "t1.gated", c, c)
        t2 = None
        if tensors:
            y = (h @ w(p + "t2.from_t0", c, c))[:, None] * one[:, None] + outer(a, b) @ w(p + "t2.from_t1", c, c)
            y = y if t is None else y + t @ w(p + "t2.from_t2", c, c)
            t2 = (w.affine(p + "gate.t2", h, c)[:, None] * y) @ w(p + "t2.out", c, c)
        s, x, t = (h, x2, t2) if layer == 0 else (s + h, x + x2, t + t2 if tensors else None)
    return t @ w("net.out.t2", c, 1) if tensors else w.affine("net.out.t0", s, 1)


def released_scalar(w, _, t1, eta, definite):
    """Three mixing layers of vectors with a nonlinearity of their norms, then a network of norms without bias."""
    c, x = WIDTH, t1 @ w("net.vectors.0", t1.shape[2], WIDTH)
    for layer in (1, 2):
        q = inner(eta, x, x)
        factor = F.relu((q + 1e-6).sqrt() - 0.3) + 1e-5 if definite else (q.abs() + 1e-8).sqrt() + 1e-4
        x = (x * factor[:, None]) @ w(f"net.vectors.{layer}", c, c) + x
    s = inner(eta, x, x)
    s = (s + 1e-6).sqrt() if definite else s
    return F.relu(s @ w("net.scalars.0", c, c) + s) @ w("net.scalars.1", c, 1)


def released_tensor(w, t0, t1, eta):
    """Three layers of scalars, vectors and tensors without the normaliser."""
    c, state = WIDTH, (t0, t1, None)
    length = lambda v: ((v * v).sum(1) + 1e-6).sqrt()
    for layer in range(3):
        (s, v, t), p = state, f"net.{layer}."
        rest = [] if t is None else [t]
        z = torch.cat([s, length(v)] + [length(t) for t in rest], 1)
        h = w.affine(p + "t0.1", F.relu(w.affine(p + "t0.0", z, c)), c)
        v2 = ((v @ w(p + "t1.0", v.shape[2], c)) * h[:, None]) @ w(p + "t1.1", c, c)
        parts = torch.cat([s[:, None] * torch.eye(3).flatten()[:, None], outer(v, v)] + rest, 2)
        y = (parts @ w(p + "t2.0", parts.shape[2], c)) * h[:, None]
        t2 = y @ w(p + "t2.1", c, c) + (y if rest else 0)
        state = (h, v2, t2) if layer == 0 else (s + h, v + v2, t + t2)
    return state[2] @ w("net.out.t2", c, 1)


def egnn(w, t0, t1):
    """Two layers of EGNN with velocities over three bodies."""
    n, c = 3, WIDTH
    x, v = t1[..., :n].transpose(1, 2), t1[..., n:].transpose(1, 2)  # [B, N, D]
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    i, j = torch.tensor(pairs).T
    charges = (t0[:, i] * t0[:, j])[..., None]
    h = w.affine("net.embed", ((v * v).sum(2, keepdim=True) + 1e-6).sqrt(), c)
    first = None
    for layer in range(2):
        p = f"net.{layer}."
        apart = x[:, i] - x[:, j]
        squared = (apart * apart).sum(2, keepdim=True)
        first = squared if first is None else first
        m = h[:, i] @ w(p + "edge.0.receiver", c, c) + h[:, j] @ w(p + "edge.0.sender", c, c)
        m = m + w(p + "edge.0.bias", c) + squared * w(p + "edge.0.pair.0", 1, c)
        m = F.silu(m + charges * w(p + "edge.0.pair.1", 1, c) + first * w(p + "edge.0.pair.2", 1, c))
        m = F.silu(w.affine(p + "edge.1", m, c))
        factor = F.silu(w.affine(p + "force.0", m, c)) @ w(p + "force.1", c, 1)
        sums = lambda e: torch.zeros(BATCH, n, e.shape[2]).index_add(1, i, e)
        force = sums(apart * 100 * torch.tanh(factor / 100)) / (n - 1)
        x = x + force + v * w.affine(p + "drift.1", F.silu(w.affine(p + "drift.0", h, c)), 1)
        if layer == 0:
            h = h + w.affine(p + "node.1", F.silu(w.affine(p + "node.0", torch.cat([h, sums(m)], 2), c)), c)
    return x.transpose(1, 2)


EUCLIDEAN = torch.ones(5), torch.ones(3)
NETWORKS = {
    "grepsnet o5": (0, (5, 2), lambda w, s, v: polynomial(w, None, v, EUCLIDEAN[0], True, False)),
    "grepsnet inertia": (5, (3, 5), lambda w, s, v: polynomial(w, s, v, EUCLIDEAN[1], False, True)),
    "grepsnet lorentz": (0, (4, 4), lambda w, s, v: polynomial(w, None, v, MINKOWSKI, False, False)),
    "grepsnet-released o5": (0, (5, 2), lambda w, s, v: released_scalar(w, s, v, EUCLIDEAN[0], True)),
    "grepsnet-released inertia": (5, (3, 5), lambda w, s, v: released_tensor(w, s, v, EUCLIDEAN[1])),
    "grepsnet-released lorentz": (0, (4, 4), lambda w, s, v: released_scalar(w, s, v, MINKOWSKI, False)),
    "egnn nbody": (3, (3, 6), egnn),
}


def main():
    entries = []
    for name, (scalars, vectors, build) in NETWORKS.items():
        w, t1 = Weights(), numbers(0.6, BATCH, *vectors).requires_grad_()
        out = build(w, numbers(0.3, BATCH, scalars), t1)
        (out * out).sum().backward()
        squares = sum((p.grad * p.grad).sum().item() for p in w.made if p.grad is not None)
        gradient = t1.grad.flatten().tolist()
        entries.append({"network": name, "out": out.flatten().tolist(), "gradient": gradient, "weights": squares})
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    pathlib.Path(__file__).with_name("tensor_networks.json").write_text(f"[\n{lines}\n]\n")


main()
