//! Cursors: where the next page of a list starts, opaque to clients. The sort values and the id of the last row, as JSON
//! in hexadecimal digits.

use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

use crate::error::{Error, Result};

/// Writes the values of the last row.
pub fn write(values: &impl Serialize) -> String {
    // Numbers and texts can always be written as JSON.
    serde_json::to_vec(values).unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// 422 for anything else.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    let digits = text.as_bytes();
    let bytes: Option<Vec<u8>> = digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect())
        .flatten();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Error::invalid("cursor", "is not one of this list; start again without it"))
}

/// A time as a cursor holds it: microseconds since 1970.
pub fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1000).unwrap_or_default()
}

/// The time that [`micros`] wrote; none outside the years 1 to 9999, which both databases know.
pub fn time(micros: i64) -> Option<OffsetDateTime> {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok();
    time.filter(|time| (1..=9999).contains(&time.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        assert_eq!(read::<(String, i64)>(&write(&("é\"", 7))).unwrap(), ("é\"".to_owned(), 7));
        let now = OffsetDateTime::UNIX_EPOCH + time::Duration::microseconds(7);
        assert_eq!((time(micros(now)), time(i64::MAX), time(-100_000_000_000_000_000)), (Some(now), None, None));
        for bad in ["", "7", "zz", "+1+1", "7b7d", "ffff"] {
            assert!(read::<(String, i64)>(bad).is_err(), "{bad}");
        }
    }
}
