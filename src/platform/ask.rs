//! What a page may ask for: its numbers can be anything.

/// Most steps or pairs of one call.
pub const MOST: u32 = 1_000_000;

/// A whole number from `least` to [`MOST`], or a sentence about `what`.
///
/// # Errors
/// Where it is NaN, infinite, a fraction or out of range.
pub fn whole(what: &str, value: f64, least: u32) -> Result<u32, String> {
    if value.fract() == 0.0 && (f64::from(least)..=f64::from(MOST)).contains(&value) {
        Ok(value as u32)
    } else {
        Err(format!("{what} must be a whole number from {least} to {MOST}, not {value}"))
    }
}

/// How often in a row a device has been lost, when it is lost again after so many seconds: one that lived a minute
/// was healthy, and the count begins anew.
pub fn losses(before: u32, seconds: f64) -> u32 {
    if seconds >= 60.0 { 1 } else { before + 1 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn only_whole_numbers_in_range_are_taken() {
        assert_eq!(whole("n", 0.0, 0), Ok(0));
        assert_eq!(whole("n", 1e6, 1), Ok(MOST));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.5, 1e6 + 1.0, 4_294_967_297.0] {
            let said = whole("the number of steps", bad, 0).unwrap_err();
            assert!(
                said.starts_with("the number of steps must be a whole number from 0 to 1000000"),
                "{said}"
            );
        }
        assert!(whole("n", 0.0, 1).is_err());
    }

    #[test]
    fn a_healthy_minute_wipes_the_losses_out() {
        let after = |seconds: &[f64]| seconds.iter().fold(0, |before, s| losses(before, *s));
        assert_eq!(after(&[1.0, 1.0, 1.0]), 3);
        assert_eq!(after(&[300.0, 300.0, 300.0, 300.0]), 1);
        assert_eq!(after(&[1.0, 1.0, 61.0, 1.0]), 2);
    }
}
