//! Matrix groups by name: base space, invariant form, generators, elements from handle coordinates.

use super::coords::{Coordinate, Coords};
use super::lorentz::boost;
use super::matrix::Matrix;
use super::matrix_group::{Factor, MatrixGroup, NamedGroup};
use std::f64::consts::TAU;
use std::fmt;
use std::str::FromStr;

/// A group of matrices on a small base space, written as in the command line and the URL: `O(2)`, `SO+(1,2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// C(n): rotations of R² by multiples of 2π/n.
    Cyclic(u32),
    /// D(n): C(n) with reflections, order 2n.
    Dihedral(u32),
    /// SO(n): rotations of Rⁿ, n = 2 or 3.
    Rotation(usize),
    /// O(n): rotations and reflections of Rⁿ, n = 2 or 3.
    Orthogonal(usize),
    /// SO⁺(1, n): boosts and rotations of Minkowski space R^{1,n}, n = 1 or 2, time first.
    Lorentz(usize),
    /// GL⁺(2): all linear maps of the plane that keep its orientation.
    GeneralLinear2,
}

/// Every group that a handle exists for, in the order of the menu.
pub const MENU: [Group; 9] = [
    Group::Rotation(2),
    Group::Orthogonal(2),
    Group::Cyclic(4),
    Group::Dihedral(6),
    Group::Rotation(3),
    Group::Orthogonal(3),
    Group::Lorentz(1),
    Group::Lorentz(2),
    Group::GeneralLinear2,
];

/// Largest order accepted for C(n) and D(n).
pub const MAX_FINITE_ORDER: u32 = 64;

/// Rapidity range of the handles: beyond it f32 keeps too few digits of E² − p² to be worth showing.
pub const MAX_RAPIDITY: f64 = 3.0;

impl Group {
    /// Dimension of the base space.
    pub fn dim(self) -> usize {
        match self {
            Self::Rotation(n) | Self::Orthogonal(n) => n,
            Self::Lorentz(n) => n + 1,
            Self::Cyclic(_) | Self::Dihedral(_) | Self::GeneralLinear2 => 2,
        }
    }

    /// Diagonal η of the form ⟨a, b⟩ = Σ ηᵢ aᵢ bᵢ that the group keeps: all +1, or (+1, −1, …) for Lorentz groups.
    /// GL⁺(2) keeps no form; the Euclidean one is returned, and a network built on it is not equivariant.
    pub fn metric(self) -> Vec<f64> {
        let mut eta = vec![1.0; self.dim()];
        if let Self::Lorentz(_) = self {
            eta[1..].fill(-1.0);
        }
        eta
    }

    /// Whether the group keeps [`Group::metric`], so that a network of inner products is equivariant under it.
    pub fn keeps_metric(self) -> bool {
        !matches!(self, Self::GeneralLinear2)
    }

    /// Whether the group is compact (then its Haar measure can be normalised).
    pub fn compact(self) -> bool {
        !matches!(self, Self::Lorentz(_) | Self::GeneralLinear2)
    }

    /// Number of elements, `None` for an infinite group.
    pub fn order(self) -> Option<u32> {
        match self {
            Self::Cyclic(n) => Some(n),
            Self::Dihedral(n) => Some(2 * n),
            _ => None,
        }
    }

    /// Whether the group has elements of determinant −1, so that its handle has a mirror.
    pub fn has_mirror(self) -> bool {
        matches!(self, Self::Dihedral(_) | Self::Orthogonal(_))
    }

    /// Number of equal steps of a full turn, for groups that meet the circle in finitely many points.
    pub fn turn_steps(self) -> Option<u32> {
        match self {
            Self::Cyclic(n) | Self::Dihedral(n) => Some(n),
            _ => None,
        }
    }

    /// The handle's coordinates that mean something for this group, the one swept by the orbit plot first.
    pub fn coordinates(self) -> &'static [Coordinate] {
        use Coordinate::{Angle, AxisX, AxisY, AxisZ, Direction, Mirror, Rapidity, Scale, Shear, Stretch};
        match self {
            Self::Cyclic(_) | Self::Rotation(2) => &[Angle],
            Self::Dihedral(_) | Self::Orthogonal(2) => &[Angle, Mirror],
            Self::Rotation(_) => &[Angle, AxisX, AxisY, AxisZ],
            Self::Orthogonal(_) => &[Angle, Mirror, AxisX, AxisY, AxisZ],
            Self::Lorentz(1) => &[Rapidity],
            Self::Lorentz(_) => &[Rapidity, Direction, Angle],
            Self::GeneralLinear2 => &[Angle, Scale, Stretch, Shear],
        }
    }

    /// The element with the given coordinates, in f64.
    ///
    /// | group | matrix |
    /// |---|---|
    /// | C(n), SO(2) | R(θ); θ is rounded to a multiple of 2π/n for C(n) |
    /// | D(n), O(2) | R(θ) F, F = diag(1, −1) when mirrored |
    /// | SO(3), O(3) | R(n, θ), times I − 2 n nᵀ when mirrored |
    /// | SO⁺(1,1) | B(η) = \[\[cosh η, sinh η\], \[sinh η, cosh η\]\] |
    /// | SO⁺(1,2) | B(η, φ) R(θ): rotation first, then the boost of rapidity η in the direction φ |
    /// | GL⁺(2) | R(θ) · s · diag(eᵃ, e⁻ᵃ) · \[\[1, k\], \[0, 1\]\] |
    pub fn element(self, c: &Coords) -> Matrix {
        match self {
            Self::Cyclic(n) => rotation2(snap(c.angle, n)),
            Self::Dihedral(n) => mirrored2(snap(c.angle, n), c.mirror),
            Self::Rotation(2) => rotation2(c.angle),
            Self::Orthogonal(2) => mirrored2(c.angle, c.mirror),
            Self::Rotation(_) => rotation3(c.unit_axis(), c.angle),
            Self::Orthogonal(_) if c.mirror => {
                &rotation3(c.unit_axis(), c.angle) * &reflection3(c.unit_axis())
            }
            Self::Orthogonal(_) => rotation3(c.unit_axis(), c.angle),
            Self::Lorentz(1) => boost(&[c.rapidity]),
            Self::Lorentz(_) => {
                let (s, k) = c.direction.sin_cos();
                let mut r = Matrix::identity(3);
                for (i, row) in rotation2(c.angle).to_rows().iter().enumerate() {
                    for (j, &v) in row.iter().enumerate() {
                        r[(i + 1, j + 1)] = v;
                    }
                }
                &boost(&[k * c.rapidity, s * c.rapidity]) * &r
            }
            Self::GeneralLinear2 => {
                let a = Matrix::diagonal(&[c.scale * c.stretch.exp(), c.scale * (-c.stretch).exp()]);
                let n = Matrix::from_rows(&[[1.0, c.shear], [0.0, 1.0]]);
                &(&rotation2(c.angle) * &a) * &n
            }
        }
    }

    /// The same group by its generators.
    pub fn matrix_group(self) -> MatrixGroup {
        NamedGroup::from(Factor::from(self)).build()
    }

    /// Basis of the Lie algebra, in the order of the conventions: rotations L_ij (or L_x, L_y, L_z), boosts K_i.
    pub fn lie_generators(self) -> Vec<Matrix> {
        self.matrix_group().lie().to_vec()
    }

    /// Generators of the part that the Lie algebra does not reach.
    pub fn discrete_generators(self) -> Vec<Matrix> {
        self.matrix_group().discrete().to_vec()
    }

    /// The name in proper type: SO⁺(1,2) instead of `SO+(1,2)`.
    pub fn pretty(self) -> String {
        self.to_string().replace('+', "⁺")
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cyclic(n) => write!(f, "C({n})"),
            Self::Dihedral(n) => write!(f, "D({n})"),
            Self::Rotation(n) => write!(f, "SO({n})"),
            Self::Orthogonal(n) => write!(f, "O({n})"),
            Self::Lorentz(n) => write!(f, "SO+(1,{n})"),
            Self::GeneralLinear2 => write!(f, "GL+(2)"),
        }
    }
}

/// A group name that cannot be read, with what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "‘{0}’ is not a group known here; known are SO(2), O(2), SO(3), O(3), C(n), D(n) with n from 1 to {MAX_FINITE_ORDER}, SO+(1,1), SO+(1,2), GL+(2)"
)]
pub struct UnknownGroup(pub String);

impl FromStr for Group {
    type Err = UnknownGroup;

    fn from_str(text: &str) -> Result<Self, UnknownGroup> {
        let unknown = || UnknownGroup(text.to_owned());
        let clean: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '⁺' { '+' } else { c }).collect();
        let (name, arguments) =
            clean.strip_suffix(')').and_then(|s| s.split_once('(')).ok_or_else(unknown)?;
        let n = || arguments.parse::<u32>().ok().filter(|n| (1..=MAX_FINITE_ORDER).contains(n));
        match (name, arguments) {
            ("SO", "2") => Ok(Self::Rotation(2)),
            ("SO", "3") => Ok(Self::Rotation(3)),
            ("O", "2") => Ok(Self::Orthogonal(2)),
            ("O", "3") => Ok(Self::Orthogonal(3)),
            ("SO+", "1,1") => Ok(Self::Lorentz(1)),
            ("SO+", "1,2") => Ok(Self::Lorentz(2)),
            ("GL+", "2") => Ok(Self::GeneralLinear2),
            ("C", _) => n().map(Self::Cyclic).ok_or_else(unknown),
            ("D", _) => n().map(Self::Dihedral).ok_or_else(unknown),
            _ => Err(unknown()),
        }
    }
}

/// R(θ) on the plane: anticlockwise by θ.
pub fn rotation2(angle: f64) -> Matrix {
    let (s, c) = angle.sin_cos();
    Matrix::from_rows(&[[c, -s], [s, c]])
}

fn mirrored2(angle: f64, mirror: bool) -> Matrix {
    let r = rotation2(angle);
    if mirror { &r * &Matrix::diagonal(&[1.0, -1.0]) } else { r }
}

/// R(n, θ) = I + sin θ [n]ₓ + (1 − cos θ) [n]ₓ² (Rodrigues) for a unit axis n.
pub fn rotation3(axis: [f64; 3], angle: f64) -> Matrix {
    let k = {
        let mut k = Matrix::zeros(3, 3);
        for (i, &a) in axis.iter().enumerate() {
            let l = cross3(i);
            for r in 0..3 {
                for c in 0..3 {
                    k[(r, c)] += a * l[(r, c)];
                }
            }
        }
        k
    };
    let k2 = &k * &k;
    // 1 − cos θ = 2 sin²(θ/2) keeps its digits near θ = 0.
    let (s, v) = (angle.sin(), 2.0 * (angle / 2.0).sin().powi(2));
    let mut m = Matrix::identity(3);
    for i in 0..3 {
        for j in 0..3 {
            m[(i, j)] += s * k[(i, j)] + v * k2[(i, j)];
        }
    }
    m
}

/// I − 2 n nᵀ: the reflection in the plane perpendicular to the unit vector n.
fn reflection3(n: [f64; 3]) -> Matrix {
    let mut m = Matrix::identity(3);
    for i in 0..3 {
        for j in 0..3 {
            m[(i, j)] -= 2.0 * n[i] * n[j];
        }
    }
    m
}

/// L_i with L_i v = e_i × v.
fn cross3(i: usize) -> Matrix {
    let (j, k) = ((i + 1) % 3, (i + 2) % 3);
    let mut m = Matrix::zeros(3, 3);
    m[(k, j)] = 1.0;
    m[(j, k)] = -1.0;
    m
}

/// The multiple of 2π/n nearest to the angle, in [0, 2π); snapping twice gives the same number.
pub fn snap(angle: f64, n: u32) -> f64 {
    let n = f64::from(n.max(1));
    let k = (angle / TAU * n).round().rem_euclid(n);
    TAU * k / n
}
