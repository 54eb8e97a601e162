//! The base space of a group, or that of one factor of a direct product.

use super::super::matrix::Matrix;
use super::super::matrix_group::MatrixGroup;
use super::regular::Elements;
use super::{Factor, Part, Rep, RepError, irreps};

/// Entries outside of the blocks of a product, relative to the largest, that are rounding.
const ROUNDING: f64 = 1e-12;

/// The coordinates start … start + dim of the base space, and the finite group that acts there if `Reg` speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Space {
    start: usize,
    pub(super) dim: usize,
    pub(super) elements: Option<Elements>,
}

impl Space {
    /// Order of the group that acts there, as far as it matters.
    pub(super) fn order(&self) -> usize {
        self.elements.as_ref().map_or(1, Elements::order)
    }

    /// What a matrix of the whole base space does there; `None` where it mixes the space with others.
    pub(super) fn block(&self, m: &Matrix) -> Option<Matrix> {
        let inside = |i: usize| (self.start..self.start + self.dim).contains(&i);
        let size = m.data().iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        let mixes = |i, j| inside(i) != inside(j) && m[(i, j)].abs() > ROUNDING * size;
        let apart = (0..m.rows()).all(|i| !(0..m.cols()).any(|j| mixes(i, j)));
        apart.then(|| m.block(self.start, self.start, self.dim, self.dim))
    }

    /// The group of what a group does there; generators that do nothing are left out.
    fn group(&self, whole: &MatrixGroup, name: &str) -> Option<MatrixGroup> {
        let one = Matrix::identity(self.dim);
        let blocks = |list: &[Matrix]| list.iter().map(|m| self.block(m)).collect::<Option<Vec<Matrix>>>();
        let mut lie = blocks(whole.lie())?;
        lie.retain(|a| a.frobenius() > 0.0);
        let mut discrete = blocks(whole.discrete())?;
        discrete.retain(|h| *h != one);
        MatrixGroup::new(name, self.dim, lie, discrete).ok()
    }
}

/// The base spaces that a representation speaks of: the whole, and those of the factors of a direct product.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spaces {
    whole: Space,
    factors: Vec<(String, Space)>,
}

impl Spaces {
    /// Those of a group, with the elements that `Reg` needs.
    pub(super) fn of(group: &MatrixGroup, rep: &Rep) -> Result<Self, RepError> {
        let mut start = 0;
        let named = group.named().map_or(&[][..], |named| named.factors());
        let factors = named.iter().map(|factor| {
            let space = Space { start, dim: factor.dim(), elements: None };
            start += factor.dim();
            (factor.to_string(), space)
        });
        let whole = Space { start: 0, dim: group.dim(), elements: None };
        let mut spaces = Self { whole, factors: factors.collect() };
        for part in rep.parts().filter(|part| part.factor == Factor::Regular) {
            let elements = Elements::of(&spaces.group(part, group)?)?;
            spaces.get_mut(part, group)?.elements = Some(elements);
        }
        Ok(spaces)
    }

    /// That every part has a meaning on the group, which may be a smaller one than that of the spaces.
    pub(super) fn accept(&self, group: &MatrixGroup, rep: &Rep) -> Result<(), RepError> {
        for part in rep.parts() {
            self.find(part, group)?;
            if let Factor::Irrep { degree, parity } = part.factor {
                irreps::accept(*part, degree, parity, &self.group(part, group)?)?;
            }
        }
        Ok(())
    }

    /// The space of a part that was accepted; the whole otherwise.
    pub(super) fn get(&self, part: &Part) -> &Space {
        let factor = |k: u8| self.factors.get(usize::from(k).wrapping_sub(1));
        part.of.and_then(factor).map_or(&self.whole, |(_, space)| space)
    }

    /// With the elements that either of two has, of one group.
    pub(super) fn merged(mut self, other: &Self) -> Self {
        let fill = |mine: &mut Space, theirs: &Space| {
            mine.elements = mine.elements.take().or_else(|| theirs.elements.clone());
        };
        fill(&mut self.whole, &other.whole);
        self.factors.iter_mut().zip(&other.factors).for_each(|(mine, theirs)| fill(&mut mine.1, &theirs.1));
        self
    }

    /// Place of the factor that a part speaks of; `None` for the whole.
    fn find(&self, part: &Part, group: &MatrixGroup) -> Result<Option<usize>, RepError> {
        let Some(k) = part.of else { return Ok(None) };
        match usize::from(k).checked_sub(1).filter(|i| *i < self.factors.len()) {
            Some(i) => Ok(Some(i)),
            None => Err(RepError::NoFactor {
                atom: part.to_string(),
                group: group.name().to_owned(),
                why: match self.factors.len() {
                    0 => "only products of groups with names have factors".to_owned(),
                    count => format!("the factors are counted from 1 to {count}"),
                },
            }),
        }
    }

    fn get_mut(&mut self, part: &Part, group: &MatrixGroup) -> Result<&mut Space, RepError> {
        Ok(match self.find(part, group)? {
            Some(i) => &mut self.factors[i].1,
            None => &mut self.whole,
        })
    }

    /// The group that acts on the space of a part.
    fn group(&self, part: &Part, group: &MatrixGroup) -> Result<MatrixGroup, RepError> {
        let Some(i) = self.find(part, group)? else { return Ok(group.clone()) };
        let (name, space) = &self.factors[i];
        space.group(group, name).ok_or_else(|| RepError::NoFactor {
            atom: part.to_string(),
            group: group.name().to_owned(),
            why: "a generator mixes the factors".to_owned(),
        })
    }
}
