"""The workloads of src/bench for other libraries: the same parameters and batches, and losses written over the operations
of a library `o` (the classes Torch and Jax in peers.py)."""

import math

import numpy as np


class Draws:
    """Numerical Recipes' generator modulo 2^32. Parameters are noted in the order in which they are drawn."""

    def __init__(self):
        self.state, self.params = 7, []

    def uniform(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state / 2**32

    def normals(self, *shape, scale=1.0):
        def one():
            radius = math.sqrt(-2 * math.log(self.uniform() + 1e-12))
            return scale * radius * math.cos(2 * math.pi * self.uniform())

        return np.array([one() for _ in range(math.prod(shape))], np.float32).reshape(shape)

    def normal(self, *shape, scale):
        self.params.append(self.normals(*shape, scale=scale))

    def weight(self, rows, columns):
        self.normal(rows, columns, scale=1 / math.sqrt(rows))

    def fill(self, value, *shape):
        self.params.append(np.full(shape, value, np.float32))

    def linear(self, rows, columns):
        self.weight(rows, columns)
        self.fill(0, columns)


# A workload's `draw` notes parameters and gives batches.


class Plain:
    """W1 and W2: a network of three layers."""

    def __init__(self, sizes, batches, activation, adam):
        self.sizes, self.batches, self.activation, self.adam = sizes, batches, activation, adam

    def draw(self, d):
        for rows, columns in zip(self.sizes, self.sizes[1:]):
            d.linear(rows, columns)
        return self.batches(d)

    def loss(self, o, params, x, y):
        w1, b1, w2, b2, w3, b3 = params
        f = getattr(o, self.activation)
        return o.mean_square(o.linear(f(o.linear(f(o.linear(x, w1, b1)), w2, b2)), w3, b3) - y)


def circle(rows):
    def batches(d):
        x = np.array([10 * d.uniform() - 5 for _ in range(1000)], np.float32).reshape(500, 2)
        y = np.where((x.astype(float) ** 2).sum(1, keepdims=True) < 9, 1, -1).astype(np.float32)
        return [(x[i : i + rows], y[i : i + rows]) for i in range(0, 500, rows)]

    return batches


def invariant(d):
    """Pairs of 5-vectors as [500, 5, 2] and an invariant of theirs."""
    x = d.normals(500, 5, 2)
    p, q = x[..., 0].astype(float), x[..., 1].astype(float)
    pp, qq, pq = (p * p).sum(1), (q * q).sum(1), (p * q).sum(1)
    y = np.sin(np.sqrt(pp)) - qq**1.5 / 20 + pq / np.sqrt(pp * qq)
    return x, y.astype(np.float32)[:, None]


def flat_pairs(d):
    return [(x.reshape(500, 10), y) for x, y in (invariant(d) for _ in range(2))]


class Vectors:
    """W3: scalars and vectors in turn."""

    adam = True

    def draw(self, d):
        for depth in range(4):
            d.weight(64 if depth else 2, 64)
            d.linear(64, 64)
            if depth:
                d.weight(64, 64)
            if depth < 3:
                d.linear(64, 64)
        d.linear(64, 1)
        return [invariant(d) for _ in range(2)]

    def loss(self, o, params, v, y):
        take = iter(params).__next__
        for depth in range(4):
            v = v @ take()
            t = o.linear(o.sqrt((v * v).sum(1) + 1e-6), take(), take())
            s = o.silu(t + s @ take() if depth else t)
            if depth < 3:
                v = v * o.sigmoid(o.linear(s, take(), take()))[:, None]
        return o.mean_square(o.linear(s, take(), take()) - y)


class Images:
    """W4: two convolutions."""

    adam = True

    def draw(self, d):
        for ci, co in [(1, 16), (16, 32)]:
            d.normal(co, ci, 3, 3, scale=1 / math.sqrt(9 * ci))
            d.fill(0, co)
        d.linear(32 * 49, 10)
        return [self.batch(d) for _ in range(2)]

    @staticmethod
    def batch(d):
        classes = np.array([int(10 * d.uniform()) for _ in range(64)])
        bright = np.arange(28) * 10 // 28 == classes[:, None]
        noise = d.normals(64, 28, 28, scale=0.3)
        return (noise + bright[:, None, :]).astype(np.float32)[:, None], classes

    def loss(self, o, params, x, classes):
        w1, b1, w2, b2, w3, b3 = params
        h = o.images(x)
        for w, b in [(w1, b1), (w2, b2)]:
            h = o.pool(o.relu(o.conv(h, w, b)))
        return o.cross_entropy(o.linear(o.features(h), w3, b3), classes)


class Text:
    """W5: a transformer."""

    adam = True

    def draw(self, d):
        d.normal(32, 64, scale=0.02)
        d.normal(64, 64, scale=0.02)
        for _ in range(2):
            self.norm(d)
            d.weight(64, 192)
            d.weight(64, 64)
            self.norm(d)
            d.linear(64, 256)
            d.linear(256, 64)
        self.norm(d)
        d.weight(64, 32)
        return [self.batch(d) for _ in range(2)]

    @staticmethod
    def norm(d):
        d.fill(1, 64)
        d.fill(0, 64)

    @staticmethod
    def batch(d):
        rows = np.zeros((32, 65), np.int64)
        for row in rows:
            token = int(32 * d.uniform())
            for place in range(65):
                row[place] = token
                token = (5 * token + 7 + (d.uniform() < 0.1)) % 32
        return rows[:, :-1].copy(), rows[:, 1:].reshape(-1)

    def loss(self, o, params, x, y):
        take = iter(params).__next__
        h = (take()[x] + take()).reshape(32 * 64, 64)
        for _ in range(2):
            heads = (o.layer_norm(h, take(), take()) @ take()).reshape(32, 64, 3, 4, 16)
            h = h + o.causal_attention(heads[:, :, 0], heads[:, :, 1], heads[:, :, 2]).reshape(32 * 64, 64) @ take()
            u = o.linear(o.layer_norm(h, take(), take()), take(), take())
            h = h + o.linear(u * o.sigmoid(1.702 * u), take(), take())
        return o.cross_entropy(o.layer_norm(h, take(), take()) @ take(), y)


class Bodies:
    """W6: messages between five bodies. The first product of the messages is split by what it multiplies."""

    adam = True

    def draw(self, d):
        d.linear(1, 64)
        for depth in range(4):
            d.weight(64, 64)
            d.weight(64, 64)
            d.weight(1, 64)
            d.linear(1, 64)
            d.linear(64, 64)
            d.linear(64, 64)
            d.normal(64, 1, scale=0.001)
            d.linear(64, 64)
            d.normal(64, 1, scale=0.001)
            d.fill(0, 1)
            if depth < 3:
                d.weight(64, 64)
                d.linear(64, 64)
                d.linear(64, 64)
        return [self.batch(d) for _ in range(2)]

    @staticmethod
    def batch(d):
        x, v = d.normals(100, 5, 3), d.normals(100, 5, 3, scale=0.5)
        charge = np.array([-1 if d.uniform() < 0.5 else 1 for _ in range(500)], np.float32).reshape(100, 5)
        pairs = (charge[:, :, None] * charge[:, None, :])[..., None]
        speed = np.sqrt((v.astype(float) ** 2).sum(2, keepdims=True)).astype(np.float32)
        target = (x.astype(float) + 0.8 * v.astype(float)).astype(np.float32)
        mask = (1 - np.eye(5, dtype=np.float32))[None, :, :, None]
        return speed, x, v, pairs, mask, target

    def loss(self, o, params, h, x, v, pairs, mask, target):
        take = iter(params).__next__
        h = o.linear(h, take(), take())
        for depth in range(4):
            apart = x[:, :, None] - x[:, None]
            m = (h @ take())[:, :, None] + (h @ take())[:, None]
            m = m + (apart * apart).sum(3)[..., None] * take() + pairs * take() + take()
            m = o.silu(o.linear(o.silu(m), take(), take())) * mask
            weight = o.silu(o.linear(m, take(), take())) @ take()
            speed = o.linear(o.silu(o.linear(h, take(), take())), take(), take())
            x = x + 0.25 * (apart * weight * mask).sum(2) + v * speed
            if depth < 3:
                h = h + o.linear(o.silu(h @ take() + o.linear(m.sum(2), take(), take())), take(), take())
        return o.mean_square(x - target)


WORKLOADS = {
    "W1a": Plain([2, 8, 8, 1], circle(10), "tanh", adam=False),
    "W1b": Plain([2, 8, 8, 1], circle(500), "tanh", adam=False),
    "W2": Plain([10, 384, 384, 1], flat_pairs, "silu", adam=True),
    "W3": Vectors(),
    "W4": Images(),
    "W5": Text(),
    "W6": Bodies(),
}


def rate(work):
    return 1e-3 if work.adam else 0.03
