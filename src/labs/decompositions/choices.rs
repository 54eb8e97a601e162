//! What is printed on the pictures and what stands under them, and their names.

/// What is printed on the sheets, on the boxes, or on Minkowski space.
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
