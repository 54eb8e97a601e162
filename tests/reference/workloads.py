"""Writes workloads.f32 and workloads.json: losses and gradients of the workloads' first step, by PyTorch in f64.

    python3 tests/reference/workloads.py        # torch 2.15

Each workload is written down here anew, from the formulas, and shares with src/bench only the generator of its numbers and
the order in which they are drawn: parameters first, then batches, all rounded to f32. The gradients (little-endian f32)
follow each other in the order of workloads.json, a tensor per parameter in order of declaration. The numbers are the
project's own, under its licence.
"""

import array
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Draws:
    """Numerical Recipes' generator modulo 2^32; parameters are what was drawn, in order."""

    def __init__(self):
        self.state, self.params = 7, []

    def uniform(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state / 2**32

    def normal(self):
        radius = math.sqrt(-2 * math.log(self.uniform() + 1e-12))
        return radius * math.cos(2 * math.pi * self.uniform())

    def normals(self, *shape, scale=1.0):
        return single([scale * self.normal() for _ in range(math.prod(shape))]).reshape(shape)

    def param(self, values):
        self.params.append(values.clone().requires_grad_())
        return self.params[-1]

    def weight(self, rows, columns):
        return self.param(self.normals(rows, columns, scale=1 / math.sqrt(rows)))

    def zeros(self, *shape):
        return self.param(torch.zeros(*shape))

    def ones(self, *shape):
        return self.param(torch.ones(*shape))

    def linear(self, rows, columns):
        return self.weight(rows, columns), self.zeros(columns)


def single(numbers):
    """Numbers rounded to f32, as f64."""
    return torch.tensor(numbers, dtype=torch.float64).to(torch.float32).to(torch.float64)


def apply(x, layer):
    return x @ layer[0] + layer[1]


def mlp(x, layers, activation):
    for i, layer in enumerate(layers):
        x = apply(x, layer)
        if i + 1 < len(layers):
            x = activation(x)
    return x


def circle(rows):
    def build(d):
        layers = [d.linear(2, 8), d.linear(8, 8), d.linear(8, 1)]
        x = single([10 * d.uniform() - 5 for _ in range(1000)]).reshape(500, 2)
        y = torch.where((x**2).sum(1, keepdim=True) < 9, 1.0, -1.0)
        return F.mse_loss(mlp(x[:rows], layers, torch.tanh), y[:rows])

    return build


def invariant(d):
    """Pairs of 5-vectors (p, q) as [500, 5, 2] and sin|p| - |q|^3/20 + p.q/(|p||q|)."""
    x = d.normals(500, 5, 2)
    p, q = x[..., 0], x[..., 1]
    pp, qq, pq = (p * p).sum(1), (q * q).sum(1), (p * q).sum(1)
    y = pp.sqrt().sin() - qq**1.5 / 20 + pq / (pp * qq).sqrt()
    return x, single(y.tolist()).reshape(500, 1)


def wide(d):
    layers = [d.linear(10, 384), d.linear(384, 384), d.linear(384, 1)]
    x, y = invariant(d)
    return F.mse_loss(mlp(x.reshape(500, 10), layers, F.silu), y)


def vectors(d):
    layers = []
    for depth in range(4):
        mix, norms = d.weight(64 if depth else 2, 64), d.linear(64, 64)
        scalars = d.weight(64, 64) if depth else None
        layers.append((mix, norms, scalars, d.linear(64, 64) if depth < 3 else None))
    readout = d.linear(64, 1)
    v, y = invariant(d)
    s = None
    for mix, norms, scalars, gate in layers:
        v = torch.einsum("bic,cd->bid", v, mix)
        t = apply(((v * v).sum(1) + 1e-6).sqrt(), norms)
        s = F.silu(t if s is None else t + s @ scalars)
        if gate is not None:
            v = v * torch.sigmoid(apply(s, gate))[:, None, :]
    return F.mse_loss(apply(s, readout), y)


def images(d):
    convolutions = []
    for ci, co in [(1, 16), (16, 32)]:
        convolutions.append((d.param(d.normals(co, ci, 3, 3, scale=1 / math.sqrt(9 * ci))), d.zeros(co, 1, 1)))
    dense = d.linear(32 * 49, 10)
    classes = [int(10 * d.uniform()) for _ in range(64)]
    pixels = [
        0.3 * d.normal() + (1 if (p % 28) * 10 // 28 == c else 0) for c in classes for p in range(784)
    ]
    h = single(pixels).reshape(64, 1, 28, 28)
    for w, bias in convolutions:
        h = F.max_pool2d(F.relu(F.conv2d(h, w, bias.reshape(-1), padding=1)), 2)
    return F.cross_entropy(apply(h.reshape(64, -1), dense), torch.tensor(classes))


def text(d):
    def norm():
        return d.ones(64), d.zeros(64)

    tokens, places = d.param(d.normals(32, 64, scale=0.02)), d.param(d.normals(64, 64, scale=0.02))
    layers = []
    for _ in range(2):
        first, heads, out = norm(), d.weight(64, 192), d.weight(64, 64)
        layers.append((first, heads, out, norm(), d.linear(64, 256), d.linear(256, 64)))
    last, readout = norm(), d.weight(64, 32)
    sequences = []
    for _ in range(32):
        token, sequence = int(32 * d.uniform()), []
        for _ in range(65):
            sequence.append(token)
            token = (5 * token + 7 + (d.uniform() < 0.1)) % 32
        sequences.append(sequence)
    sequences = torch.tensor(sequences)
    h = tokens[sequences[:, :-1]] + places
    for first, heads, out, second, up, down in layers:
        a = F.layer_norm(h, [64], *first, eps=1e-5) @ heads
        q, k, v = (z.reshape(32, 64, 4, 16).transpose(1, 2) for z in a.split(64, dim=-1))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + seen.transpose(1, 2).reshape(32, 64, 64) @ out
        u = apply(F.layer_norm(h, [64], *second, eps=1e-5), up)
        h = h + apply(u * torch.sigmoid(1.702 * u), down)
    logits = F.layer_norm(h, [64], *last, eps=1e-5) @ readout
    return F.cross_entropy(logits.reshape(-1, 32), sequences[:, 1:].reshape(-1))


def bodies(d):
    def column():
        return d.param(d.normals(64, 1, scale=0.001))

    embed = d.linear(1, 64)
    layers = []
    for depth in range(4):
        part = {"from": d.weight(64, 64), "to": d.weight(64, 64), "distance": d.weight(1, 64)}
        part |= {"charge": d.linear(1, 64), "message": d.linear(64, 64), "weight": d.linear(64, 64)}
        part |= {"weight_out": column(), "velocity": d.linear(64, 64)}
        part["velocity_out"] = (column(), d.zeros(1))
        if depth < 3:
            part |= {"own": d.weight(64, 64), "sum": d.linear(64, 64), "out": d.linear(64, 64)}
        layers.append(part)
    x, v = d.normals(100, 5, 3), d.normals(100, 5, 3, scale=0.5)
    charge = single([-1.0 if d.uniform() < 0.5 else 1.0 for _ in range(500)]).reshape(100, 5)
    pairs = (charge[:, :, None] * charge[:, None, :])[..., None]
    h = single(v.norm(dim=-1, keepdim=True).flatten().tolist()).reshape(100, 5, 1)
    target = single((x + 0.8 * v).flatten().tolist()).reshape(100, 5, 3)
    mask = (1 - torch.eye(5))[None, :, :, None]
    h = apply(h, embed)
    for part in layers:
        apart = x[:, :, None] - x[:, None, :]
        both = torch.cat([h[:, :, None].expand(-1, -1, 5, -1), h[:, None].expand(-1, 5, -1, -1)], dim=-1)
        m = both @ torch.cat([part["from"], part["to"]]) + apply(pairs, part["charge"])
        m = m + (apart**2).sum(-1, keepdim=True) @ part["distance"]
        m = F.silu(apply(F.silu(m), part["message"])) * mask
        weight = F.silu(apply(m, part["weight"])) @ part["weight_out"]
        speed = apply(F.silu(apply(h, part["velocity"])), part["velocity_out"])
        x = x + 0.25 * (apart * weight * mask).sum(2) + v * speed
        if "own" in part:
            h = h + apply(F.silu(h @ part["own"] + apply(m.sum(2), part["sum"])), part["out"])
    return F.mse_loss(x, target)


WORKLOADS = {
    "W1a": circle(10), "W1b": circle(500), "W2": wide, "W3": vectors, "W4": images, "W5": text, "W6": bodies,
}


def main():
    folder = pathlib.Path(__file__).parent
    index, data = [], array.array("f")
    for name, build in WORKLOADS.items():
        draws = Draws()
        loss = build(draws)
        loss.backward()
        shapes = [list(p.shape) for p in draws.params]
        index.append({"id": name, "loss": loss.item(), "shapes": shapes})
        for p in draws.params:
            data.extend(p.grad.flatten().tolist())
        print(name, loss.item(), len(shapes), file=sys.stderr)
    if sys.byteorder == "big":
        data.byteswap()
    (folder / "workloads.f32").write_bytes(data.tobytes())
    lines = ",\n".join(json.dumps(entry) for entry in index)
    (folder / "workloads.json").write_text(f"[\n{lines}\n]\n")


main()
