//! The order of an organisation's tasks: keys that leave room between any two, so that placing a card changes one row.
//!
//! A key is a head of eight digits of base 36 and a fraction of any length that does not end in `0`; keys compare as bytes. At
//! either end the head moves on by a step, so that keys stay short however many cards are added there; between two keys whose
//! heads touch, the fraction grows by about a digit for each five insertions at the same spot.

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const HEAD: usize = 8;
/// 36⁸: one more than the highest head.
const END: u64 = 2_821_109_907_456;
const MIDDLE: u64 = END / 2;
const STEP: u64 = 36 * 36;

/// A key longer than this asks for the order to be dealt out anew.
pub const LONG: usize = 200;

/// A key after `low` and before `high` (`None`: no bound). `None` where there is no room: the two are equal, out of order, no
/// keys, or the first key of all was reached.
pub fn between(low: Option<&str>, high: Option<&str>) -> Option<String> {
    match (low.map(split), high.map(split)) {
        (None, None) => Some(head(MIDDLE)),
        (Some(low), None) => {
            let (whole, fraction) = low?;
            match whole + STEP {
                next if next < END => Some(head(next)),
                _ => Some(head(whole) + &middle(fraction, None)?),
            }
        }
        (None, Some(high)) => {
            let (whole, fraction) = high?;
            match whole.checked_sub(STEP) {
                Some(next) => Some(head(next)),
                None if whole > 0 => Some(head(whole / 2)),
                None => (!fraction.is_empty()).then(|| middle("", Some(fraction)).map(|fraction| head(0) + &fraction))?,
            }
        }
        (Some(low), Some(high)) => {
            let ((low, low_fraction), (high, high_fraction)) = (low?, high?);
            match high.checked_sub(low)? {
                0 if low_fraction < high_fraction => Some(head(low) + &middle(low_fraction, Some(high_fraction))?),
                0 => None,
                1 => Some(head(low) + &middle(low_fraction, None)?),
                room => Some(head(low + room / 2)),
            }
        }
    }
}

/// The `index`th of an order dealt out anew.
pub fn dealt(index: u64) -> String {
    head((MIDDLE + index.saturating_mul(STEP)).min(END - 1))
}

fn split(key: &str) -> Option<(u64, &str)> {
    let (head, fraction) = key.split_at_checked(HEAD)?;
    let plain = key.bytes().all(|byte| DIGITS.contains(&byte)) && !fraction.ends_with('0');
    u64::from_str_radix(head, 36).ok().filter(|_| plain).map(|whole| (whole, fraction))
}

fn head(mut whole: u64) -> String {
    let mut digits = [b'0'; HEAD];
    for digit in digits.iter_mut().rev() {
        // Below 36.
        *digit = DIGITS[(whole % 36) as usize];
        whole /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// A fraction between two: `low` < it < `high`, where no `high` is 1.
fn middle(low: &str, high: Option<&str>) -> Option<String> {
    let (mut low, mut high) = (low.bytes().map(value), high.map(|high| high.bytes().map(value)));
    let mut out = String::new();
    loop {
        let from = low.next().unwrap_or(0);
        // Where the high one has run out, everything below it was ruled out by the digits before: no room.
        let to = match &mut high {
            Some(high) => high.next()?,
            None => 36,
        };
        match to.checked_sub(from)? {
            0 => out.push(char::from(DIGITS[from])),
            1 => {
                out.push(char::from(DIGITS[from]));
                // What follows is below the high one whatever it is.
                high = None;
            }
            room => {
                out.push(char::from(DIGITS[from + room / 2]));
                return Some(out);
            }
        }
    }
}

/// Of a digit: [`split`] let nothing else through.
fn value(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_stay_short_at_either_end() {
        let (mut first, mut last) = (dealt(0), dealt(0));
        for _ in 0..20_000 {
            let (before, after) = (between(None, Some(&first)).unwrap(), between(Some(&last), None).unwrap());
            assert!(before < first && last < after && before.len() == HEAD && after.len() == HEAD);
            (first, last) = (before, after);
        }
    }

    #[test]
    fn there_is_room_at_one_spot_for_hundreds() {
        let (low, high) = (dealt(0), dealt(1));
        let (mut from_above, mut from_below) = (high.clone(), low.clone());
        for _ in 0..400 {
            from_above = between(Some(&low), Some(&from_above)).unwrap();
            from_below = between(Some(&from_below), Some(&high)).unwrap();
            assert!(low < from_above && from_below < high);
        }
        assert!(from_above.len() < LONG && from_below.len() < LONG);
    }

    #[test]
    fn what_is_out_of_order_or_no_key_has_no_room() {
        let (a, b) = (dealt(0), dealt(1));
        assert_eq!(between(Some(&b), Some(&a)), None);
        assert_eq!(between(Some(&a), Some(&a)), None);
        for bad in ["", "short", "ABCDEFGH", "00000000x0", "0000000é"] {
            assert_eq!(between(Some(bad), None), None, "{bad}");
        }
        assert_eq!(between(None, Some("00000000")), None);
    }

    proptest! {
        /// Insert anywhere, any number of times: the order is always total and as asked.
        #[test]
        fn inserting_anywhere_keeps_one_total_order(spots in prop::collection::vec(any::<prop::sample::Index>(), 1..200)) {
            let mut keys: Vec<String> = vec![dealt(0)];
            for spot in spots {
                let at = spot.index(keys.len() + 1);
                let key = between(at.checked_sub(1).map(|i| keys[i].as_str()), keys.get(at).map(String::as_str)).unwrap();
                keys.insert(at, key);
            }
            prop_assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        }
    }
}
