//! How a number of channels is shared among ranks.

use super::MAX_RANK;

/// Multiplicities N_r by rank of a representation of about `channels` dimensions on Rᴰ (Finzi, Welling & Wilson 2021, the
/// uniform allocation): as long as something is left, the largest rank r with (r + 1) Dʳ dimensions to spare gets one
/// tensor, and every lower rank k gets D^{r−k}, so that each of them takes Dʳ dimensions. Ranks end at [`MAX_RANK`].
pub fn uniform(channels: usize, d: usize) -> Vec<usize> {
    let (mut counts, mut left) = (vec![0; MAX_RANK + 1], channels);
    while left > 0 {
        let fits = |r: &usize| (r + 1) * d.pow(*r as u32) <= left;
        let most = (0..=MAX_RANK).rev().find(fits).unwrap_or(0);
        for (k, count) in counts.iter_mut().enumerate().take(most + 1) {
            *count += d.pow((most - k) as u32);
        }
        left -= ((most + 1) * d.pow(most as u32)).min(left);
    }
    while counts.len() > 1 && counts.last() == Some(&0) {
        counts.pop();
    }
    counts
}
