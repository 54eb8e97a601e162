//! The groups, the decompositions and the pictures of the lab, and their names.

use crate::maths::exp::geodesic::Space;

/// The groups of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// SL(2, R): maps of the plane that keep areas.
    Special2,
    /// GL⁺(2, R): all linear maps of the plane that keep its orientation.
    General2,
    /// Aff⁺(2, R): a map of GL⁺(2, R) and then a translation, in homogeneous coordinates.
    Affine2,
}

impl Family {
    /// In the order of the menu.
    pub const ALL: [Self; 3] = [Self::Special2, Self::General2, Self::Affine2];

    /// As it stands in the URL and on the command line.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Special2 => "SL(2)",
            Self::General2 => "GL+(2)",
            Self::Affine2 => "Aff+(2)",
        }
    }

    /// As it is printed.
    pub fn title(self) -> &'static str {
        match self {
            Self::Special2 => "SL(2, R)",
            Self::General2 => "GL⁺(2, R)",
            Self::Affine2 => "Aff⁺(2, R)",
        }
    }

    /// Rows of its matrices.
    pub fn size(self) -> usize {
        if self.moves() { 3 } else { 2 }
    }

    /// Whether its elements also translate: the last row then is 0 0 1.
    pub fn moves(self) -> bool {
        self == Self::Affine2
    }

    /// Its decompositions in the order of the list.
    pub fn shows(self) -> &'static [Show] {
        if self.moves() { &Show::ALL } else { &Show::LINEAR }
    }

    /// Where its geodesics run.
    pub fn space(self) -> Space {
        match self {
            Self::Special2 | Self::General2 => Space::Linear,
            Self::Affine2 => Space::Affine,
        }
    }

    /// Whether det g = 1.
    pub fn keeps_det(self) -> bool {
        self == Self::Special2
    }
}

/// The decompositions of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Translation times linear map.
    Affine,
    /// Rotation times stretch.
    Polar,
    /// Rotation, stretch along the axes, rotation: K A K.
    Cartan,
    /// Rotation, stretch along the axes, shear: K A N.
    Iwasawa,
    /// Shear, stretch, shear: L D U.
    Gauss,
    /// A triangle between a rotation and its inverse.
    Schur,
}

impl Show {
    /// Those of a matrix, in the order of the list.
    pub const LINEAR: [Self; 5] = [Self::Polar, Self::Cartan, Self::Iwasawa, Self::Gauss, Self::Schur];
    /// All, in the order of the list.
    pub const ALL: [Self; 6] =
        [Self::Affine, Self::Polar, Self::Cartan, Self::Iwasawa, Self::Gauss, Self::Schur];

    /// Name of the kind in `maths::decompose`, and in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Affine => "affine",
            Self::Polar => "polar",
            Self::Cartan => "kak",
            Self::Iwasawa => "iwasawa",
            Self::Gauss => "ldu",
            Self::Schur => "schur",
        }
    }

    /// Name in the list.
    pub fn title(self) -> &'static str {
        match self {
            Self::Affine => "Affine",
            Self::Polar => "Polar",
            Self::Cartan => "Cartan",
            Self::Iwasawa => "Iwasawa",
            Self::Gauss => "Gauss",
            Self::Schur => "Schur",
        }
    }

    /// Letters of the factors as formula markup, in order of multiplication. In a group that translates, the
    /// translation stands first and the factors of the linear part follow.
    pub fn symbols(self, family: Family) -> &'static [&'static str] {
        let all: &'static [&'static str] = match self {
            Self::Affine => &["T", "L"],
            Self::Polar => &["T", "R", "S"],
            Self::Cartan => &["T", "U", "Σ", "V^{T}"],
            Self::Iwasawa => &["T", "K", "A", "N"],
            Self::Gauss => &["T", "L", "D", "U"],
            // T is taken.
            Self::Schur if family.moves() => &["T", "Q", "B", "Q^{T}"],
            Self::Schur => &["", "Q", "T", "Q^{T}"],
        };
        if family.moves() { all } else { &all[1..] }
    }

    /// What the list says when the pointer rests on it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Affine => "A linear map, then a translation",
            Self::Polar => "A stretch along two perpendicular lines, then a turn",
            Self::Cartan => "Turn, stretch along the axes, turn: the singular values",
            Self::Iwasawa => "A shear, a stretch along the axes, then a turn",
            Self::Gauss => "A shear along one axis, a stretch, a shear along the other",
            Self::Schur => "Turn the axes to a line that g keeps: there g is triangular",
        }
    }
}

/// What is printed on the sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The letter F.
    Letter,
    /// A drawn landscape.
    Photo,
    /// A cloud of points.
    Points,
}

impl Subject {
    /// In the order of the choice.
    pub const ALL: [Self; 3] = [Self::Letter, Self::Photo, Self::Points];

    /// Name in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Photo => "photo",
            Self::Points => "points",
        }
    }

    /// Name in the choice.
    pub fn title(self) -> &'static str {
        match self {
            Self::Letter => "Letter",
            Self::Photo => "Photo",
            Self::Points => "Points",
        }
    }
}

/// What stands under the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The map and the two ways to g.
    Map,
    /// Random elements on the map, and their marginals.
    Haar,
    /// Two boosts of Minkowski space and the turn they leave.
    Boosts,
}

impl Panel {
    /// In the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Map, Self::Haar, Self::Boosts];

    /// Name in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Haar => "haar",
            Self::Boosts => "boosts",
        }
    }
}
