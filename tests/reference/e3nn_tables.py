"""Spherical harmonics, Wigner matrices and coupling tensors as e3nn computes them.

    pip install e3nn==0.6.0; python e3nn_tables.py > e3nn_tables.json

`harmonics`: Y_l with normalisation 'integral' at unit vectors. `wigner`: D^l at a rotation matrix.
`wigner_3j`: the entries [i, j, k, value] that are not zero.
"""

import json
from math import cos, sin, sqrt

import torch
from e3nn import o3

torch.set_default_dtype(torch.float64)

VECTORS = [[0.36, 0.48, 0.8], [-2 / 3, 1 / 3, 2 / 3], [0.0, 0.0, 1.0], [0.28, -0.96, 0.0]]
TRIPLES = [(a, b, c) for a in range(3) for b in range(3) for c in range(abs(a - b), min(a + b, 3) + 1)]
TRIPLES += [(3, 2, 4), (1, 4, 5), (3, 3, 3), (6, 1, 6)]


def rotation():
    """By 1.1 about (2, -3, 6)/7."""
    x, y, z = 2 / 7, -3 / 7, 6 / 7
    k = torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return torch.eye(3) + sin(1.1) * k + (1 - cos(1.1)) * k @ k


def rounded(values):
    return [round(v, 15) for v in values]


def main():
    r = rotation()
    tables = {"harmonics": [], "rotation": r.tolist(), "wigner": [], "wigner_3j": []}
    for v in VECTORS:
        for l in range(9):
            y = o3.spherical_harmonics(l, torch.tensor(v), True, "integral")
            tables["harmonics"].append({"l": l, "vector": v, "values": rounded(y.tolist())})
    for l in range(5):
        d = o3.Irrep(l, 1).D_from_matrix(r)
        tables["wigner"].append({"l": l, "matrix": [rounded(row) for row in d.tolist()]})
    for a, b, c in TRIPLES:
        w = o3.wigner_3j(a, b, c)
        entries = [[*map(int, i), round(float(w[tuple(i)]), 15)] for i in (w.abs() > 1e-10).nonzero()]
        tables["wigner_3j"].append({"l": [a, b, c], "entries": entries})
    rows = []
    for key, value in tables.items():
        if key == "rotation":
            rows.append(f'"{key}": {json.dumps(value)}')
        else:
            rows.append(f'"{key}": [\n' + ",\n".join(json.dumps(v) for v in value) + "\n]")
    print("{\n" + ",\n".join(rows) + "\n}")


if __name__ == "__main__":
    main()
