//! The groups of the lab and what each of them offers.

use super::choices::{Panel, Subject};
use super::shows::Show;
use crate::maths::exp::geodesic::Space;

/// How every own group is called in the URL.
pub const OWN: &str = "own";

/// The groups of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// SL(2, R): maps of the plane that keep areas.
    Special2,
    /// GL⁺(2, R): all linear maps of the plane that keep its orientation.
    General2,
    /// Aff⁺(2, R): a map of GL⁺(2, R) and then a translation, in homogeneous coordinates.
    Affine2,
    /// SL(3, R): maps of space that keep volumes.
    Special3,
    /// GL⁺(3, R): all linear maps of space that keep its orientation.
    General3,
    /// SO(3): rotations of space.
    Rotation3,
    /// SO⁺(1,1): boosts of time and one direction.
    Lorentz2,
    /// SO⁺(1,2): boosts and rotations of time and a plane.
    Lorentz3,
    /// SO⁺(1,3): boosts and rotations of time and space.
    Lorentz4,
    /// A group of maps of the plane by its own generators; see [`super::own`].
    Own2,
    /// A group of maps of space by its own generators.
    Own3,
}

/// What the elements of a group act on, and so what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A sheet in the plane.
    Plane,
    /// A box in space.
    Space,
    /// Events in Minkowski space, time up.
    Events,
}

impl Family {
    /// Those with a name, in the order of the menu.
    pub const ALL: [Self; 9] = [
        Self::Special2,
        Self::General2,
        Self::Affine2,
        Self::Special3,
        Self::General3,
        Self::Rotation3,
        Self::Lorentz2,
        Self::Lorentz3,
        Self::Lorentz4,
    ];

    /// As it stands in the URL and on the command line.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Special2 => "SL(2)",
            Self::General2 => "GL+(2)",
            Self::Affine2 => "Aff+(2)",
            Self::Special3 => "SL(3)",
            Self::General3 => "GL+(3)",
            Self::Rotation3 => "SO(3)",
            Self::Lorentz2 => "SO+(1,1)",
            Self::Lorentz3 => "SO+(1,2)",
            Self::Lorentz4 => "SO+(1,3)",
            Self::Own2 | Self::Own3 => OWN,
        }
    }

    /// As it is printed.
    pub fn title(self) -> &'static str {
        match self {
            Self::Special2 => "SL(2, R)",
            Self::General2 => "GL⁺(2, R)",
            Self::Affine2 => "Aff⁺(2, R)",
            Self::Special3 => "SL(3, R)",
            Self::General3 => "GL⁺(3, R)",
            Self::Rotation3 => "SO(3)",
            Self::Lorentz2 => "SO⁺(1,1)",
            Self::Lorentz3 => "SO⁺(1,2)",
            Self::Lorentz4 => "SO⁺(1,3)",
            Self::Own2 | Self::Own3 => "own group",
        }
    }

    /// Rows of its matrices.
    pub fn size(self) -> usize {
        match self {
            Self::Special2 | Self::General2 | Self::Lorentz2 | Self::Own2 => 2,
            Self::Affine2 | Self::Special3 | Self::General3 | Self::Rotation3 => 3,
            Self::Lorentz3 | Self::Own3 => 3,
            Self::Lorentz4 => 4,
        }
    }

    /// What its elements act on.
    pub fn picture(self) -> Picture {
        match self {
            Self::Special2 | Self::General2 | Self::Affine2 | Self::Own2 => Picture::Plane,
            Self::Special3 | Self::General3 | Self::Rotation3 | Self::Own3 => Picture::Space,
            Self::Lorentz2 | Self::Lorentz3 | Self::Lorentz4 => Picture::Events,
        }
    }

    /// Where its geodesics run; of an own group in GL⁺(n), since none are known inside.
    pub fn space(self) -> Space {
        match self {
            Self::Special2 | Self::General2 | Self::Special3 | Self::General3 => Space::Linear,
            Self::Own2 | Self::Own3 => Space::Linear,
            Self::Affine2 => Space::Affine,
            Self::Rotation3 => Space::Rotation,
            Self::Lorentz2 | Self::Lorentz3 | Self::Lorentz4 => Space::Lorentz,
        }
    }

    /// Whether it was given by its generators.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Own2 | Self::Own3)
    }

    /// Whether its elements also translate: the last row then is 0 0 1.
    pub fn moves(self) -> bool {
        self == Self::Affine2
    }

    /// Its decompositions in the order of the list.
    pub fn shows(self) -> &'static [Show] {
        match self {
            Self::Special2 | Self::General2 | Self::Own2 => &Show::LINEAR,
            Self::Affine2 => &Show::AFFINE,
            Self::Special3 | Self::General3 | Self::Own3 => &Show::SPACE,
            Self::Rotation3 => &Show::ROTATION,
            Self::Lorentz2 | Self::Lorentz3 | Self::Lorentz4 => &Show::LORENTZ,
        }
    }

    /// What can be printed on its pictures.
    pub fn subjects(self) -> &'static [Subject] {
        match self.picture() {
            Picture::Events => &[Subject::Letter, Subject::Points],
            _ => &Subject::ALL,
        }
    }

    /// What can stand under its chain. Boosts are those of R^{1,2}.
    pub fn panels(self) -> &'static [Panel] {
        match self.picture() {
            Picture::Plane if self.is_own() => &[Panel::Map, Panel::Haar],
            Picture::Plane | Picture::Events => &Panel::ALL,
            Picture::Space => &[Panel::Map, Panel::Haar],
        }
    }

    /// Whether det g = 1 is a choice that was made here; see [`Family::with_det`].
    pub fn keeps_det(self) -> bool {
        matches!(self, Self::Special2 | Self::Special3)
    }

    /// The group of the same maps with determinants kept or free; none where that is no choice.
    pub fn with_det(self, kept: bool) -> Option<Self> {
        match self {
            Self::Special2 | Self::General2 => Some(if kept { Self::Special2 } else { Self::General2 }),
            Self::Special3 | Self::General3 => Some(if kept { Self::Special3 } else { Self::General3 }),
            _ => None,
        }
    }
}
