//! The decompositions of the lab: all kinds of `maths::decompose`, their letters and their words.

use super::families::{Family, Picture};

/// The decompositions of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Translation times linear map.
    Affine,
    /// Rotation times stretch.
    Polar,
    /// Stretch times rotation.
    PolarLeft,
    /// Rotation, stretch along the axes, rotation: K A K.
    Cartan,
    /// Rotation, stretch along the axes, shear: K A N.
    Iwasawa,
    /// Rotation times triangle.
    Qr,
    /// Shear, stretch, shear: L D U.
    Gauss,
    /// Shear, exchange of axes, triangle.
    Bruhat,
    /// A triangle between a rotation and its inverse.
    Schur,
    /// A diagonalisable and a nilpotent part: a sum.
    Jordan,
    /// Three turns about axes; for a map that is no rotation those of its rotation factor.
    Euler,
    /// One turn about one axis; for a map that is no rotation that of its rotation factor.
    AxisAngle,
    /// Boost times rotation.
    BoostRotation,
    /// Rotation, boost along the last axis, rotation.
    LorentzKak,
}

use Show::{
    Affine, AxisAngle, BoostRotation, Bruhat, Cartan, Euler, Gauss, Iwasawa, Jordan, LorentzKak, Polar,
    PolarLeft, Qr, Schur,
};

impl Show {
    /// All.
    pub const ALL: [Self; 14] = [
        Affine,
        Polar,
        PolarLeft,
        Cartan,
        Iwasawa,
        Qr,
        Gauss,
        Bruhat,
        Schur,
        Jordan,
        Euler,
        AxisAngle,
        BoostRotation,
        LorentzKak,
    ];
    /// Those of a map of the plane.
    pub const LINEAR: [Self; 9] = [Polar, PolarLeft, Cartan, Iwasawa, Qr, Gauss, Bruhat, Schur, Jordan];
    /// Those of an affine map.
    pub const AFFINE: [Self; 10] =
        [Affine, Polar, PolarLeft, Cartan, Iwasawa, Qr, Gauss, Bruhat, Schur, Jordan];
    /// Those of a map of space.
    pub const SPACE: [Self; 11] =
        [Polar, PolarLeft, Cartan, Iwasawa, Qr, Gauss, Bruhat, Schur, Jordan, Euler, AxisAngle];
    /// Those of a rotation of space, the ones that say most about it first.
    pub const ROTATION: [Self; 11] =
        [Euler, AxisAngle, Polar, PolarLeft, Cartan, Iwasawa, Qr, Gauss, Bruhat, Schur, Jordan];
    /// Those of a Lorentz transformation, first those with factors that are Lorentz transformations too.
    pub const LORENTZ: [Self; 11] =
        [BoostRotation, LorentzKak, Polar, PolarLeft, Cartan, Iwasawa, Qr, Gauss, Bruhat, Schur, Jordan];

    /// Name of the kind in `maths::decompose`, and in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Affine => "affine",
            Polar => "polar",
            PolarLeft => "polar-left",
            Cartan => "kak",
            Iwasawa => "iwasawa",
            Qr => "qr",
            Gauss => "ldu",
            Bruhat => "bruhat",
            Schur => "schur",
            Jordan => "jordan-chevalley",
            Euler => "euler",
            AxisAngle => "axis-angle",
            BoostRotation => "boost-rotation",
            LorentzKak => "lorentz-kak",
        }
    }

    /// Name in the list.
    pub fn title(self) -> &'static str {
        match self {
            Affine => "Affine",
            Polar => "Polar",
            PolarLeft => "Polar, left",
            Cartan => "Cartan",
            Iwasawa => "Iwasawa",
            Qr => "QR",
            Gauss => "Gauss",
            Bruhat => "Bruhat",
            Schur => "Schur",
            Jordan => "Jordan–Chevalley",
            Euler => "Euler angles",
            AxisAngle => "Axis and angle",
            BoostRotation => "Boost, rotation",
            LorentzKak => "Lorentz–Cartan",
        }
    }

    /// Whether the factors of a Lorentz transformation are Lorentz transformations.
    pub fn is_lorentz(self) -> bool {
        matches!(self, BoostRotation | LorentzKak | Polar | PolarLeft)
    }

    /// Whether the factors are added and not multiplied: a sum is not played and has no order.
    pub fn is_sum(self) -> bool {
        self == Jordan
    }

    /// Letters of the factors as formula markup, in order of multiplication. In a group that translates, the
    /// translation stands first and the factors of the linear part follow.
    pub fn symbols(self, family: Family) -> &'static [&'static str] {
        let rotation = family == Family::Rotation3;
        let all: &'static [&'static str] = match self {
            Affine => &["T", "L"],
            Polar => &["T", "R", "S"],
            PolarLeft => &["T", "P", "R"],
            Cartan => &["T", "U", "Σ", "V^{T}"],
            Iwasawa => &["T", "K", "A", "N"],
            Qr => &["T", "Q", "R"],
            Gauss => &["T", "L", "D", "U"],
            Bruhat => &["T", "U", "W", "B"],
            // T is taken.
            Schur if family.moves() => &["T", "Q", "B", "Q^{T}"],
            Schur => &["", "Q", "T", "Q^{T}"],
            // The parts of the whole map, its translation in them.
            Jordan => return &["S", "N"],
            Euler if rotation => return &["Z_α", "Y_β", "Z_γ"],
            Euler => return &["Z_α", "Y_β", "Z_γ", "S"],
            AxisAngle if rotation => return &["R"],
            AxisAngle => return &["R", "S"],
            BoostRotation => return &["B", "R"],
            LorentzKak => return &["R_1", "B", "R_2"],
        };
        if family.moves() { all } else { &all[1..] }
    }

    /// The letters as the list shows them.
    pub fn formula(self, family: Family) -> String {
        self.symbols(family).join(if self.is_sum() { " + " } else { " · " })
    }

    /// What the list says when the pointer rests on it.
    pub fn hint(self, picture: Picture) -> &'static str {
        match self {
            Affine => "A linear map, then a translation",
            Polar if picture == Picture::Events => "A boost, then a turn",
            Polar => "A stretch along perpendicular lines, then a turn",
            PolarLeft if picture == Picture::Events => "A turn, then a boost",
            PolarLeft => "A turn, then a stretch along perpendicular lines",
            Cartan => "Turn, stretch along the axes, turn: the singular values",
            Iwasawa => "A shear, a stretch along the axes, then a turn",
            Qr => "A triangle with a positive diagonal, then a turn",
            Gauss => "A shear along one axis, a stretch, a shear along the other",
            Bruhat => "A triangle, an exchange of axes, a shear: it exists for every g",
            Schur => "Turn the axes to a line that g keeps: there g is triangular",
            Jordan => "A sum: what can be diagonalised, and a nilpotent part that commutes with it",
            Euler if picture == Picture::Space => "Turns about z, y and z again: the rotation factor of g",
            Euler => "Turns about z, y and z again",
            AxisAngle => "The rotation factor of g as one turn about one axis",
            BoostRotation => "A turn of space, then a boost",
            LorentzKak => "Turn, boost along the last axis, turn",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::decompose::Kind;

    #[test]
    fn the_lorentz_kinds_have_lorentz_factors_and_the_others_in_general_not() {
        for family in [Family::Lorentz3, Family::Lorentz4] {
            let g = super::super::inside::first(family);
            for show in Show::LORENTZ.into_iter().filter(|show| !show.is_sum()) {
                let found = super::super::factors::factors(family, show, &g).0.unwrap_or_default();
                let all = found.iter().all(|f| crate::maths::lorentz::metric_defect(f) < 1e-12);
                assert_eq!(all, show.is_lorentz(), "{family:?} {show:?}");
            }
        }
    }

    #[test]
    fn every_kind_is_shown_by_some_group_and_no_other() {
        let mut known: Vec<&str> = Kind::names().collect();
        let mut shown: Vec<&str> = Show::ALL.map(Show::slug).to_vec();
        known.sort_unstable();
        shown.sort_unstable();
        assert_eq!(shown, known);
        for show in Show::ALL {
            assert!(Family::ALL.iter().any(|f| f.shows().contains(&show)), "{show:?}");
        }
    }
}
