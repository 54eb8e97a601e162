"""Dimensions of spaces of equivariant maps, found without looking for null spaces where that is possible.

    python basis_dims.py [--emlp] > basis_dims.json

dim Hom_G(from, to) is the mean of conj(character of from) * (character of to) over the group:
- finite groups: the sum over all elements;
- compact and reductive groups: Weyl's integral, as the constant term of a Laurent polynomial with whole coefficients,
  on the maximal torus of every component (the second component of O(2m) has the measure of Sp(2m - 2)); groups that
  are not compact have the invariants of the compact form of their complexification;
- groups with translations are not reductive: the rank of their constraints over the rational numbers (sympy).
Closed forms are asserted on the way: Bell numbers for S(n), double factorials for O(n) in the stable range.
With --emlp, the dimensions that the library EMLP (pip install emlp==1.0.3) can give are asserted as well.
"""

import itertools
import json
import re
import sys
from functools import reduce
from math import comb, cos, pi

# ---- Laurent polynomials: {exponents: coefficient} ----


def mul(a, b):
    out = {}
    for (v, x), (w, y) in itertools.product(a.items(), b.items()):
        key = tuple(i + j for i, j in zip(v, w))
        out[key] = out.get(key, 0) + x * y
    return {k: c for k, c in out.items() if c != 0}


def add(a, b):
    out = dict(a)
    for k, c in b.items():
        out[k] = out.get(k, 0) + c
    return out


def scale(s, a):
    return {k: s * c for k, c in a.items()}


def star(a):
    """The character of the dual."""
    return {tuple(-i for i in k): (c.conjugate() if isinstance(c, complex) else c) for k, c in a.items()}


def power(a, n, rank):
    return reduce(mul, [a] * n, {(0,) * rank: 1})


# ---- components: character of the base space, of irreps and of Reg, kernel of the measure, share ----


class Component:
    def __init__(self, rank, base, roots=(), share=1.0, irrep=None, regular=None, fold=None):
        self.rank, self.base, self.share = rank, base, share
        self.kernel = reduce(mul, [{(0,) * rank: 1, tuple(-i for i in r): -1} for r in roots], {(0,) * rank: 1})
        self.irrep, self.regular, self.fold = irrep, regular, fold

    def atom(self, text):
        if m := re.fullmatch(r"T(?:(\d+)|\((\d+),(\d+)\))", text):
            p, q = (int(m[1]), 0) if m[1] else (int(m[2]), int(m[3]))
            return mul(power(self.base, p, self.rank), power(star(self.base), q, self.rank))
        if text == "Reg":
            return {(0,) * self.rank: self.regular}
        m = re.fullmatch(r"(\d+)([eo]?)", text)
        return self.irrep(int(m[1]), m[2])

    def rep(self, text):
        total = {}
        for term in text.split("+"):
            m = re.fullmatch(r"(?:(\d+)x|(\d+)(?=[TR]))?(.*)", term)
            factors = [self.atom(f) for f in m[3].split("*")]
            total = add(total, scale(int(m[1] or m[2] or 1), reduce(mul, factors)))
        return total

    def mean(self, f):
        f = mul(f, self.kernel)
        if self.fold:
            g = {}
            for k, c in f.items():
                g[self.fold(k)] = g.get(self.fold(k), 0) + c
            f = g
        zero = self.fold((0,) * self.rank) if self.fold else (0,) * self.rank
        return self.share * f.get(zero, 0)


def unit(n, i, s=1):
    return tuple(s if k == i else 0 for k in range(n))


def vec(*pairs, n):
    out = [0] * n
    for i, s in pairs:
        out[i] += s
    return tuple(out)


def pm(n, extra=0):
    """Weights +-e_i and `extra` as the coefficient of the weight zero."""
    out = {unit(n, i, s): 1 for i in range(n) for s in (1, -1)}
    if extra:
        out[(0,) * n] = out.get((0,) * n, 0) + extra
    return out


def roots_d(n):
    return [vec((i, 1), (j, s), n=n) for i in range(n) for j in range(i + 1, n) for s in (1, -1)]


def rotation_irrep(sign):
    return lambda l, p: {(m,): (sign if p == "o" else 1) for m in range(-l, l + 1)}


def so(n, share=1.0):
    m = n // 2
    roots = roots_d(m) + ([unit(m, i) for i in range(m)] if n % 2 else [])
    irrep = None
    if n == 3:
        irrep = rotation_irrep(1)
    if n == 2:
        irrep = lambda k, p: {(k,): 1, (-k,): 1} if k else {(0,): 1}
    return [Component(m, pm(m, n % 2), roots, share, irrep)]


def o(n):
    m = n // 2
    if n % 2:
        other = Component(m, scale(-1, pm(m, 1)), roots_d(m) + [unit(m, i) for i in range(m)], 0.5)
        other.irrep = rotation_irrep(-1) if n == 3 else None
    else:
        # diag(torus of rank m - 1, 1, -1), with the measure of Sp(2m - 2).
        r = m - 1
        other = Component(r, pm(r), roots_d(r) + [unit(r, i, 2) for i in range(r)], 0.5)
        if n == 2:
            other.base = {}
            other.irrep = lambda k, p: {} if k else {(): -1 if p == "o" else 1}
    return so(n, 0.5) + [other]


def linear(n, special, real_form=False):
    base = {unit(n, i): 1 for i in range(n)}
    if real_form:
        base = add(base, star(base))
    roots = [vec((i, 1), (j, -1), n=n) for i in range(n) for j in range(i + 1, n)]
    fold = (lambda w: tuple(x - w[-1] for x in w)) if special else None
    return [Component(n, base, roots, fold=fold)]


def sp(n):
    m = n // 2
    return [Component(m, pm(m), roots_d(m) + [unit(m, i, 2) for i in range(m)])]


def finite(traces):
    """traces[0] belongs to the identity."""
    return [
        Component(0, {(): complex(t)}, (), 1 / len(traces), regular=len(traces) if i == 0 else 0)
        for i, t in enumerate(traces)
    ]


def planar(n, reflections):
    """Rotations of the plane by 2 pi k/n, and as many reflections."""
    turns = finite([2 * cos(2 * pi * k / n) for k in range(n)] + [0] * reflections)
    for k, c in enumerate(turns):
        def irrep(m, p, k=k):
            if k >= n:
                return {(): 0 if m else (-1 if p == "o" else 1)}
            return {(): 2 * cos(2 * pi * k * m / n) if m else 1}
        c.irrep = irrep
    return turns


def s(n):
    return finite([sum(i == p for i, p in enumerate(perm)) for perm in itertools.permutations(range(n))])


def product(a, b):
    out = []
    for x, y in itertools.product(a, b):
        left = lambda f: {k + (0,) * y.rank: c for k, c in f.items()}
        right = lambda f: {(0,) * x.rank + k: c for k, c in f.items()}
        c = Component(x.rank + y.rank, add(left(x.base), right(y.base)), (), x.share * y.share)
        c.kernel = mul(left(x.kernel), right(y.kernel))
        if x.regular is not None and y.regular is not None:
            c.regular = x.regular * y.regular
        if x.fold or y.fold:
            fx, fy, r = x.fold or (lambda w: w), y.fold or (lambda w: w), x.rank
            c.fold = lambda w, fx=fx, fy=fy, r=r: fx(w[:r]) + fy(w[r:])
        out.append(c)
    return out


def group(name):
    if " x " in name:
        left, right = name.rsplit(" x ", 1)
        return product(group(left), group(right))
    family, args = re.fullmatch(r"(.*)\(([\d,]+)\)", name).groups()
    n = int(args.split(",")[-1])
    table = {
        "Trivial": lambda: [Component(0, {(): n})],
        "Z": lambda: finite([n] + [0] * (n - 1)),
        "C": lambda: planar(n, 0),
        "D": lambda: planar(n, n),
        "S": lambda: s(n),
        "SO": lambda: so(n),
        "O": lambda: o(n),
        "SO+": lambda: so(n + 1),
        "O1": lambda: o(n + 1),
        "SL": lambda: linear(n, True),
        "GL": lambda: linear(n, False),
        "GL+": lambda: linear(n, False),
        "U": lambda: linear(n, False, True),
        "SU": lambda: linear(n, True, True),
        "Sp": lambda: sp(n),
        "Scale": lambda: [Component(1, {(1,): n})],
    }
    return table["O1" if family == "O" and "," in args else family]()


def dimension(name, source, target):
    total = sum(c.mean(mul(star(c.rep(source)), c.rep(target))) for c in group(name))
    total = complex(total)
    assert abs(total - round(total.real)) < 1e-9, (name, source, target, total)
    return round(total.real)


# ---- groups with translations: exact rank ----


def affine_generators(name):
    from sympy import Matrix, eye, zeros

    family, n = re.fullmatch(r"(.*)\((\d+)\)", name).groups()
    n = int(n)

    def e(i, j):
        m = zeros(n + 1, n + 1)
        m[i, j] = 1
        return m

    rotations = [e(j, i) - e(i, j) for i in range(n) for j in range(i + 1, n)]
    lie = {
        "SE": rotations,
        "E": rotations,
        "Sim": rotations + [sum((e(i, i) for i in range(n)), zeros(n + 1, n + 1))],
        "Aff+": [e(i, j) for i in range(n) for j in range(n)],
        "Aff": [e(i, j) for i in range(n) for j in range(n)],
    }[family]
    flip = eye(n + 1)
    flip[0, 0] = -1
    return lie + [e(i, n) for i in range(n)], [flip] if family in ("E", "Aff") else []


def exact_dimension(name, source, target):
    """Over the rational numbers; one tensor power on each side."""
    from sympy import Matrix, QQ, eye, kronecker_product as kron, zeros
    from sympy.polys.matrices import DomainMatrix

    lie, discrete = affine_generators(name)
    n = lie[0].rows

    def powers(text):
        m = re.fullmatch(r"T(?:(\d+)|\((\d+),(\d+)\))", text)
        return (int(m[1]), 0) if m[1] else (int(m[2]), int(m[3]))

    def rho(text, g):
        p, q = powers(text)
        return reduce(kron, [g] * p + [g.inv().T] * q, eye(1))

    def drho(text, a):
        p, q = powers(text)
        out = zeros(1, 1)
        for part in [a] * p + [-a.T] * q:
            out = kron(out, eye(n)) + kron(eye(out.rows), part)
        return out

    rows = []
    for left, right in [(drho(target, a), drho(source, a)) for a in lie] + [
        (rho(target, h), rho(source, h)) for h in discrete
    ]:
        rows.append(kron(left, eye(right.rows)) - kron(eye(left.rows), right.T))
    c = Matrix.vstack(*rows)
    rank = DomainMatrix.from_Matrix(c).convert_to(QQ).rank()
    return c.cols - rank


# ---- the table ----

CASES = """
O(2): T1 T1, T2 T2, T0 T4, T(1,1) T2, 2T1+T0 T2+T0, 1x0o T2, 1x2 T2, 1x1+1x2 1x1*1, 1x3 T3
O(3): T1 T1, T2 T2, T3 T3, T0 T2, T0 T6, T1 T2, 2T0+T1+T2 T0+T1+2T2, 1x1o T1, 1x2e T2, 1x0e+1x1o+1x2e 1x1o*1o, 1x1e T2, 2x0e+3x1o+1x2e 1x0e+2x1o+1x2o, 1x3o T3, 1x1o*2e 1x1o+1x2o+1x3o
O(4): T1 T1, T2 T2, T0 T4, T1 T3
O(5): T1 T1, T2 T2, T0 T2, T1 T3, T0+T1+T2 T0+T1+T2, T3 T3
SO(2): T1 T1, T2 T2, T1 T2, 1x1+1x2 T2, 1x0 T2, 1x2 1x2, 2x3 1x3
SO(3): T1 T1, T2 T1, T2 T2, T3 T2, T0 T3, 1x1 T2, 1x2 1x1*1, 1x4 1x2*2, 3x0+2x1 1x0+1x1
SO(4): T2 T2, T0 T4
SO(5): T2 T2, T0 T5
SO+(1,1): T1 T1, T2 T2
SO+(1,2): T2 T1, T2 T2
SO+(1,3): T1 T1, T2 T2, T0 T4, T2 T1, T1 T3, T(1,1) T2, T0+2T1+T2 2T0+T1+T2, T3 T3
O(1,3): T2 T2, T0 T4, T1 T1, T(2,0) T(0,2)
SO+(1,4): T2 T2
SL(2): T1 T1, T2 T2, T1 T(0,1), T0 T4
SL(3): T1 T1, T2 T2, T1 T(0,2), T0 T3, T(1,1) T(1,1), T0 T(2,2), T2 T(0,1)
GL(2): T1 T1, T2 T2, T(1,1) T(1,1), T1 T(0,1)
GL+(3): T2 T2, T(1,1) T(1,1), T0 T3
Sp(2): T2 T2
Sp(4): T1 T1, T0 T2, T2 T2, T1 T(0,1), T0 T4
U(2): T1 T1, T2 T2
SU(2): T1 T1, T2 T2
S(3): T1 T1, T2 T2, Reg T1, Reg Reg
S(4): T0 T1, T1 T1, T1 T2, T2 T2, T3 T2, T3 T3, T0+T1+T2 T0+T1+T2, Reg T1, Reg Reg
S(5): T2 T2
D(4): T1 T1, T2 T2, T1 T2, Reg T1, Reg Reg, T3 T3, 1x1 T1, 1x2 T2, 1x0o T2, 1x4 1x4
D(6): T1 T1, T2 T2, 1x3 1x3
C(4): T1 T1, T2 T2, Reg T1
C(5): T2 T2, 1x2 1x3
Z(4): T0 T1, T1 T1, T2 T1, T2 T2, Reg T1
Z(2) x Z(3): T1 T1, T2 T2, T0 T2, Reg T1, Reg Reg
Z(2) x S(3): T1 T1, T1 T2
SO(3) x S(3): T1 T1, T1 T2, T2 T2
SO(2) x O(2): T1 T1, T2 T2
Trivial(3): T1 T1, T1 T2
Scale(3): T1 T1, T1 T2, T(1,1) T(1,1)
SE(2): T1 T1, T2 T1, T2 T2, T(0,1) T(0,1), T0 T2, T0 T(0,1), T(0,2) T0, T(1,1) T(1,1)
SE(3): T1 T1, T0 T(0,1), T1 T2, T2 T(0,1)
E(2): T2 T2, T2 T1, T(1,1) T(1,1), T0 T(0,2)
E(3): T1 T1
Sim(2): T1 T1, T2 T2, T(0,1) T(1,1)
Aff+(2): T1 T1, T2 T2, T0 T(0,1), T(1,1) T(1,1)
Aff(2): T2 T2
"""


def bell(n):
    return 1 if n == 0 else sum(comb(n - 1, k) * bell(k) for k in range(n))


def closed_forms():
    for n, k in [(3, 2), (4, 4), (5, 4)]:
        assert dimension(f"S({n})", "T0", f"T{k}") == bell(k)
    for n, k in [(2, 4), (3, 6), (4, 6), (5, 6)]:
        pairings = reduce(lambda a, b: a * b, range(1, k, 2))
        assert dimension(f"O({n})", "T0", f"T{k}") == pairings
        assert dimension(f"O({n})", "T0", f"T{k - 1}") == 0


def emlp_dimension(name, source, target):
    """By the library EMLP; None where it does not know the group or the representations."""
    import emlp.groups as g
    from emlp.reps import Scalar, T

    plain = r"T\d+|T\(\d+,\d+\)"
    if not all(re.fullmatch(rf"(\d*({plain}))(\+\d*({plain}))*", r) for r in (source, target)):
        return None
    family, args = name.split("(", 1)
    n = int(args.rstrip(")").split(",")[-1]) if " x " not in name else 0
    known = {
        "O": lambda: g.O13() if "," in args else g.O(n), "SO": lambda: g.SO(n), "SO+": lambda: g.SO13p(),
        "SL": lambda: g.SL(n), "S": lambda: g.S(n), "D": lambda: g.D(n), "C": lambda: g.Z(n), "Z": lambda: g.Z(n),
        "Sp": lambda: g.Sp(n // 2), "Trivial": lambda: g.Trivial(n),
    }
    # C(n) is Z(n) there only as a group, not on the same space.
    if " x " in name or family not in known or family == "C" or (family == "SO+" and n != 3):
        return None
    group = known[family]()

    def build(text):
        out = None
        for m in re.finditer(r"(\d*)(?:T(\d+)|T\((\d+),(\d+)\))", text):
            p, q = (int(m[2]), 0) if m[2] is not None else (int(m[3]), int(m[4]))
            for _ in range(int(m[1] or 1)):
                atom = T(p, q)(group) if p + q else Scalar(group)
                out = atom if out is None else out + atom
        return out

    maps = build(source) >> build(target)
    if maps.size() > 800:
        return None
    return int(maps.equivariant_basis().shape[-1])


def main():
    closed_forms()
    checked = 0
    rows = []
    for line in CASES.strip().splitlines():
        name, cases = line.split(": ")
        for case in re.split(r", ", cases):
            source, target = case.split(" ")
            affine = name.startswith(("SE(", "E(", "Sim(", "Aff"))
            value = (exact_dimension if affine else dimension)(name, source, target)
            rows.append({"group": name, "from": source, "to": target, "dimension": value,
                         "by": "rational rank" if affine else "characters"})
            if "--emlp" in sys.argv:
                other = emlp_dimension(name, source, target)
                if other is not None:
                    assert other == value, (name, source, target, value, other)
                    rows[-1]["by"] += ", EMLP"
                    checked += 1
    print(f"{len(rows)} dimensions, {checked} of them by EMLP as well", file=sys.stderr)
    print("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]")


if __name__ == "__main__":
    main()
