//! The factors of g one after another, in the order that was chosen.

use super::settings::{Settings, natural};
use crate::maths::Matrix;

/// Entries that differ by less than this, in units of the larger matrix, are the same picture.
const SAME: f64 = 1e-9;

/// One factor at its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its position in order of multiplication.
    pub factor: usize,
    /// Its letter, as formula markup.
    pub symbol: &'static str,
    /// The factor.
    pub matrix: Matrix,
}

/// A chain of pictures: `plates[0]` is x itself, tile k takes plate k to plate k + 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Factors in the order in which they act.
    pub tiles: Vec<Tile>,
    /// Products of the factors that have acted, the identity first.
    pub plates: Vec<Matrix>,
    /// Whether the last plate is g.
    pub agrees: bool,
    /// The tiles are terms of a sum: then the plates are x, what each term makes of x, and g·x.
    pub sum: bool,
}

impl Chain {
    /// The chain of the factors, given in order of multiplication; each has a letter and a place in the order.
    pub fn new(s: &Settings, g: &Matrix, factors: &[Matrix]) -> Self {
        let symbols = s.show.symbols(s.family);
        let known = factors.len().min(symbols.len());
        if known == 0 {
            return Self::whole(g);
        }
        if s.show.is_sum() {
            return Self::sum(g, &symbols[..known], factors);
        }
        let order = if s.order.len() == known { s.order.clone() } else { natural(s.family, s.show) };
        let tiles: Vec<Tile> = order
            .into_iter()
            .filter(|k| *k < known)
            .map(|k| Tile { factor: k, symbol: symbols[k], matrix: factors[k].clone() })
            .collect();
        let mut plates = vec![Matrix::identity(g.rows())];
        for tile in &tiles {
            let next = plates.last().map(|p| &tile.matrix * p);
            plates.extend(next);
        }
        let agrees =
            plates.last().is_some_and(|last| last.max_difference(g) <= SAME * g.frobenius().max(1.0));
        Self { tiles, plates, agrees, sum: false }
    }

    /// g in one step, where it has no factors.
    fn whole(g: &Matrix) -> Self {
        let tiles = vec![Tile { factor: 0, symbol: "g", matrix: g.clone() }];
        Self { tiles, plates: vec![Matrix::identity(g.rows()), g.clone()], agrees: true, sum: false }
    }

    /// g as a sum of terms.
    fn sum(g: &Matrix, symbols: &[&'static str], terms: &[Matrix]) -> Self {
        let named = symbols.iter().zip(terms).enumerate();
        let tiles: Vec<Tile> =
            named.map(|(factor, (symbol, m))| Tile { factor, symbol, matrix: m.clone() }).collect();
        let mut plates = vec![Matrix::identity(g.rows())];
        plates.extend(tiles.iter().map(|t| t.matrix.clone()));
        plates.push(g.clone());
        Self { tiles, plates, agrees: true, sum: true }
    }

    /// What the tiles make of x: g where the order is right or does not matter.
    pub fn product(&self) -> &Matrix {
        // There is always a first plate.
        &self.plates[self.plates.len() - 1]
    }

    /// The product as formula markup, the factor that acts first on the right: `UΣV^{T}`; or the sum.
    pub fn formula(&self) -> String {
        if self.sum {
            return self.tiles.iter().map(|t| t.symbol).collect::<Vec<_>>().join(" + ");
        }
        self.tiles.iter().rev().map(|t| t.symbol).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::group::rotation2;

    #[test]
    fn a_sum_shows_its_terms_and_not_their_product() {
        let mut s = Settings::default();
        s.set_show(super::super::settings::Show::Jordan);
        let g = Matrix::from_rows(&[[1.0, 2.0], [0.0, 1.0]]);
        let (one, n) = (Matrix::identity(2), Matrix::from_rows(&[[0.0, 2.0], [0.0, 0.0]]));
        let chain = Chain::new(&s, &g, &[one.clone(), n.clone()]);
        assert!(chain.sum && chain.agrees);
        assert_eq!(chain.plates, [one.clone(), one, n, g.clone()]);
        assert_eq!((chain.product(), chain.formula().as_str()), (&g, "S + N"));
    }

    #[test]
    fn the_order_matters_and_the_chain_says_so() {
        let mut s = Settings::default();
        let (u, v) = (rotation2(110f64.to_radians()), rotation2(-25f64.to_radians()));
        let factors = [u, Matrix::diagonal(&[1.72, 1.0 / 1.72]), v];
        let chain = Chain::new(&s, &s.g.clone(), &factors);
        assert!(chain.agrees && chain.plates.len() == 4);
        assert_eq!(chain.formula(), "UΣV^{T}");
        assert_eq!(chain.tiles[0].symbol, "V^{T}");
        s.order = vec![0, 1, 2];
        let chain = Chain::new(&s, &s.g.clone(), &factors);
        assert!(!chain.agrees);
        assert_eq!(chain.formula(), "V^{T}ΣU");
        // Two rotations commute: their order does not matter.
        s.order = vec![0, 2, 1];
        let turns = [rotation2(0.3), Matrix::identity(2), rotation2(1.1)];
        assert!(Chain::new(&s, &rotation2(1.4), &turns).agrees);
    }
}
