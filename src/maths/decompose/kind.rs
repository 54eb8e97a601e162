//! The table of decompositions: a kind more is a file more and a line more here.

use std::fmt;
use std::str::FromStr;

use super::{Composition, DecomposeError, Decomposition};
use super::{affine, axis_angle, bruhat, euler, jordan_chevalley, kak, ldu, lorentz, polar, qr, schur};
use crate::maths::matrix::Matrix;

/// One way to take a matrix apart. Two kinds are the same when their names are.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name in the command line, in the URL and in files.
    pub name: &'static str,
    /// Names of the factors, in order of multiplication.
    pub factors: &'static [&'static str],
    /// Product or sum.
    pub composition: Composition,
    /// Formula, what makes the factors unique, and where they do not exist: a sentence or three for `--help`.
    pub convention: &'static str,
    /// For a square matrix with at least one row and finite entries.
    pub(super) compute: fn(&Matrix) -> Result<Decomposition, DecomposeError>,
}

/// Every kind, in the order of the help text.
pub const KINDS: &[Kind] = &[
    polar::POLAR,
    polar::POLAR_LEFT,
    kak::KAK,
    qr::IWASAWA,
    qr::QR,
    ldu::LDU,
    bruhat::BRUHAT,
    schur::SCHUR,
    jordan_chevalley::JORDAN_CHEVALLEY,
    affine::AFFINE,
    euler::EULER,
    axis_angle::AXIS_ANGLE,
    lorentz::BOOST_ROTATION,
    lorentz::LORENTZ_KAK,
];

impl Kind {
    /// The names of all kinds, in the order of the table.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

/// No kind has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no decomposition '{asked}'; there are {}", Kind::names().collect::<Vec<_>>().join(", "))]
pub struct UnknownKind {
    /// What was asked for.
    pub asked: String,
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        KINDS
            .iter()
            .find(|kind| kind.name == text)
            .copied()
            .ok_or_else(|| UnknownKind { asked: text.to_owned() })
    }
}
