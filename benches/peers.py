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

from peers_workloads import WORKLOADS, Draws, rate

# How far losses of the first step may be apart, relatively: f32, in other orders of summation.
AGREE = 1e-4


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
    if not losses:
        sys.exit(f"{work}: no peer is left")
    for _ in range(options.rounds):
        ms, losses["ours"] = ours(options.equiscope, work, options.threads, options.window)
        times["ours"].append(ms)
        for name in losses.keys() - {"ours"}:
            peers[name].send((None, options.window))
            times[name].append(peers[name].recv())
    medians = {name: statistics.median(laps) for name, laps in times.items()}
    best = min(losses.keys() - {"ours"}, key=medians.get)
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
