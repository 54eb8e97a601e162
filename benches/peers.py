"""Training steps of this engine and of PyTorch and JAX in turns, on the processor.

    python3 benches/peers.py EQUISCOPE [W1a W2 ...]     # torch 2.15, jax 0.10, numpy

    EQUISCOPE       the command, built with `cargo build --release`
    --threads N     for everyone (default 2)
    --rounds N      (default 7)
    --window MS     how long a measurement takes about (default 500)
    --peer NAME     several times (default all): torch (eager), torch-compile, jax (a jitted step),
                    jax-scan (many steps in one call)

In each round everyone trains for a window, one after the other; peers stay loaded in processes of their own. Workloads
are those of src/bench, with the same parameters and batches: the losses of the first step have to agree, or the row says
so and the exit code is 1. A line per workload has the ratio of the medians, best peer over ours, with the smallest and
the largest ratio of a round. Numbers mean something on a machine that does nothing else, and are printed with its load.
"""

import argparse
import json
import math
import multiprocessing
import os
import statistics
import subprocess
import sys
import time

import numpy as np

# How far losses of the first step may be apart, relatively: f32, in other orders of summation.
AGREE = 1e-4


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


# Workloads: `draw` notes parameters and gives batches, `loss` is written over the operations of a library `o`.


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


class Torch:
    """PyTorch, a step at a time: the optimisers in their quickest form."""

    def __init__(self, threads, compiled):
        import torch

        torch.set_num_threads(threads)
        self.torch, self.f, self.compiled = torch, torch.nn.functional, compiled
        self.tanh, self.sigmoid, self.sqrt = torch.tanh, torch.sigmoid, torch.sqrt
        self.silu, self.relu = self.f.silu, self.f.relu

    def linear(self, x, w, b):
        return self.torch.addmm(b, x, w) if x.dim() == 2 else x @ w + b

    def mean_square(self, x):
        return (x * x).mean()

    def images(self, x):
        return x

    def conv(self, h, w, b):
        return self.f.conv2d(h, w, b, padding=1)

    def pool(self, h):
        return self.f.max_pool2d(h, 2)

    def features(self, h):
        return h.flatten(1)

    def layer_norm(self, x, gain, bias):
        return self.f.layer_norm(x, (x.shape[-1],), gain, bias, 1e-5)

    def causal_attention(self, q, k, v):
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        return self.f.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)

    def cross_entropy(self, logits, classes):
        return self.f.cross_entropy(logits, classes)

    def open(self, work):
        draws, optim = Draws(), self.torch.optim
        self.batches = [tuple(self.torch.from_numpy(a) for a in batch) for batch in work.draw(draws)]
        self.params = [self.torch.from_numpy(p).requires_grad_() for p in draws.params]
        kind = (lambda p: optim.Adam(p, rate(work), fused=True)) if work.adam else (
            lambda p: optim.SGD(p, rate(work), foreach=True))
        self.optimiser, self.step = kind(self.params), 0

        def loss(params, *batch):
            return work.loss(self, params, *batch)

        self.loss = self.torch.compile(loss) if self.compiled else loss

    def run(self, steps):
        """Trains; says how many steps that were, and the loss of the first."""
        first = None
        for _ in range(steps):
            self.optimiser.zero_grad(set_to_none=True)
            loss = self.loss(self.params, *self.batches[self.step % len(self.batches)])
            loss.backward()
            self.optimiser.step()
            first = loss if first is None else first
            self.step += 1
        return steps, float(first.detach())


class Jax:
    """JAX, the whole step in one compiled function, or many steps in it."""

    def __init__(self, _, scan):
        os.environ["JAX_PLATFORMS"] = "cpu"
        import jax

        self.jax, self.np, self.scan = jax, jax.numpy, scan
        self.tanh, self.sqrt = self.np.tanh, self.np.sqrt
        self.sigmoid, self.silu, self.relu = jax.nn.sigmoid, jax.nn.silu, jax.nn.relu

    def linear(self, x, w, b):
        return x @ w + b

    def mean_square(self, x):
        return (x * x).mean()

    def images(self, x):
        return self.np.transpose(x, (0, 2, 3, 1))

    def conv(self, h, w, b):
        w = self.np.transpose(w, (2, 3, 1, 0))
        return self.jax.lax.conv_general_dilated(
            h, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + b

    def pool(self, h):
        size = (1, 2, 2, 1)
        return self.jax.lax.reduce_window(h, -self.np.inf, self.jax.lax.max, size, size, "VALID")

    def features(self, h):
        return self.np.transpose(h, (0, 3, 1, 2)).reshape(h.shape[0], -1)

    def layer_norm(self, x, gain, bias):
        x = x - x.mean(-1, keepdims=True)
        return x * self.jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * gain + bias

    def causal_attention(self, q, k, v):
        places = self.np.arange(q.shape[1])
        scores = self.np.einsum("bthd,bshd->bhts", q, k) / math.sqrt(q.shape[-1])
        scores = self.np.where(places[:, None] >= places, scores, -self.np.inf)
        return self.np.einsum("bhts,bshd->bthd", self.jax.nn.softmax(scores), v)

    def cross_entropy(self, logits, classes):
        chosen = self.np.take_along_axis(self.jax.nn.log_softmax(logits), classes[:, None], 1)
        return -chosen.mean()

    def update(self, work, state, gradients):
        params, m, v, t = state
        each = self.jax.tree.map
        if not work.adam:
            return each(lambda p, g: p - rate(work) * g, params, gradients), m, v, t + 1
        m = each(lambda m, g: m + 0.1 * (g - m), m, gradients)
        v = each(lambda v, g: v + 0.001 * (g * g - v), v, gradients)
        a, b = 1 / (1 - 0.9 ** (t + 1.0)), 1 / (1 - 0.999 ** (t + 1.0))
        change = lambda p, m, v: p - rate(work) * a * m / (self.np.sqrt(v * b) + 1e-8)
        return each(change, params, m, v), m, v, t + 1

    def open(self, work):
        draws = Draws()
        batches = work.draw(draws)
        frames = len(batches)
        params = [self.np.asarray(p) for p in draws.params]
        moments = [[self.np.zeros_like(p) for p in params] if work.adam else [] for _ in range(2)]
        self.state = (params, *moments, self.np.int32(0))
        self.step, self.many = 0, (10 if work.adam else 100) if self.scan else 1

        def one(state, batch):
            loss, gradients = self.jax.value_and_grad(lambda p: work.loss(self, p, *batch))(state[0])
            return self.update(work, state, gradients), loss

        def several(state, stacked):
            def body(state, _):
                return one(state, [a[state[3] % frames] for a in stacked])

            return self.jax.lax.scan(body, state, None, self.many)

        self.function = self.jax.jit(several if self.scan else one, donate_argnums=0)
        stacked = [self.np.stack(arrays) for arrays in zip(*batches)]
        self.batches = [stacked] if self.scan else [[self.np.asarray(a) for a in batch] for batch in batches]

    def run(self, steps):
        """Trains; says how many steps that were, and the loss of the first."""
        calls, first = -(-steps // self.many), None
        for _ in range(calls):
            self.state, loss = self.function(self.state, self.batches[self.step % len(self.batches)])
            first = loss if first is None else first
            self.step += 1
        self.jax.block_until_ready(self.state)
        return calls * self.many, float(first.reshape(-1)[0])


PEERS = {
    "torch": lambda threads: Torch(threads, compiled=False),
    "torch-compile": lambda threads: Torch(threads, compiled=True),
    "jax": lambda threads: Jax(threads, scan=False),
    "jax-scan": lambda threads: Jax(threads, scan=True),
}


def serve(pipe, name, threads):
    """What a peer's process does: workloads in, first losses and times out; where something breaks, what."""
    peer, steps = None, 1
    while (order := pipe.recv()) is not None:
        try:
            work, window = order
            peer = peer or PEERS[name](threads)
            if work:
                peer.open(WORKLOADS[work])
                _, loss = peer.run(1)
                steps = fitting(peer, window)
                pipe.send(loss)
            else:
                pipe.send(lap(peer, steps)[1])
        except Exception as error:  # noqa: BLE001: whatever a library throws is reported with its name
            pipe.send(f"{type(error).__name__}: {error}".splitlines()[0])


def lap(peer, steps):
    """How many steps were made, and milliseconds of one."""
    start = time.perf_counter()
    done, _ = peer.run(steps)
    return done, 1e3 * (time.perf_counter() - start) / done


def fitting(peer, window):
    """Steps that fill a window, found by trying; the first laps also warm up."""
    steps, done, each = 1, 0, 0.0
    while done * each < window / 4:
        done, each = lap(peer, steps)
        steps = max(done, min(10 * done, round(window / max(each, 1e-6))))
    return max(1, round(window / each))


def ours(command, work, threads, window):
    words = [command, "bench", work, "--backend", "cpu", "--threads", threads, "--rounds", 1, "--window", window]
    done = subprocess.run([*map(str, words), "--json"], capture_output=True, text=True, check=True)
    row = json.loads(done.stdout)
    return row["ms_per_step"], row["first_loss"]


def duel(work, peers, options):
    """A row for a workload."""
    losses, times = {}, {"ours": []}
    for name, pipe in peers.items():
        pipe.send((work, options.window))
        answer = pipe.recv()
        if isinstance(answer, str):
            print(f"{work}: without {name}: {answer}", file=sys.stderr)
        else:
            losses[name], times[name] = answer, []
    for _ in range(options.rounds):
        ms, losses["ours"] = ours(options.equiscope, work, options.threads, options.window)
        times["ours"].append(ms)
        for name in times.keys() - {"ours"}:
            peers[name].send((None, options.window))
            times[name].append(peers[name].recv())
    medians = {name: statistics.median(laps) for name, laps in times.items()}
    best = min(medians.keys() - {"ours"}, key=medians.get)
    ratios = [theirs / own for theirs, own in zip(times[best], times["ours"])]
    own = losses["ours"]
    return {
        "workload": work,
        "threads": options.threads,
        "peer": best,
        "peer_ms": medians[best],
        "ours_ms": medians["ours"],
        "ratio": medians[best] / medians["ours"],
        "min": min(ratios),
        "max": max(ratios),
        "rounds": options.rounds,
        "ms": medians,
        "first_losses": losses,
        "agree": all(abs(loss - own) <= AGREE * abs(own) for loss in losses.values()),
        "load": os.getloadavg()[0],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("equiscope")
    parser.add_argument("workloads", nargs="*", default=[], metavar="W")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--window", type=int, default=500)
    parser.add_argument("--peer", action="append", choices=PEERS)
    options = parser.parse_args()
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    # Inherited by everyone: JAX makes as many threads as it may use cores.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    spawn, peers = multiprocessing.get_context("spawn"), {}
    for name in options.peer or PEERS:
        peers[name], end = spawn.Pipe()
        spawn.Process(target=serve, args=(end, name, options.threads), daemon=True).start()
    agree = True
    for work in options.workloads or WORKLOADS:
        row = duel(work, peers, options)
        agree &= row["agree"]
        print(json.dumps(row), flush=True)
    for pipe in peers.values():
        pipe.send(None)
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
