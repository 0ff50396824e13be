//! Cursors of lists ordered by a time and an id: opaque to callers, exact for us.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Where a list goes on: after this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The row's time.
    pub at: OffsetDateTime,
    /// The row.
    pub id: Uuid,
}

impl Key {
    /// Reads a cursor that [`Key::cut`] wrote.
    ///
    /// # Errors
    /// 422 for any other text.
    pub fn read(cursor: Option<&str>) -> Result<Option<Self>> {
        cursor.map(|text| Self::parse(text).ok_or_else(|| Error::invalid("cursor", "is not one this list gave"))).transpose()
    }

    fn parse(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        let nanos = i128::from(i64::from_str_radix(micros, 16).ok()?).checked_mul(1000)?;
        Some(Self { at: OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?, id: Uuid::try_parse(id).ok()? })
    }

    fn write(self) -> String {
        // Times of this table are after 1970 and before the year 292,000: the microseconds fit.
        let micros = i64::try_from(self.at.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX);
        format!("{micros:x}.{}", self.id.simple())
    }

    /// Cuts rows of which one more than `limit` was asked to `limit`; gives the cursor of the rest, if there is any.
    pub fn cut<T>(rows: &mut Vec<T>, limit: i64, key: impl Fn(&T) -> Self) -> Option<String> {
        let limit = usize::try_from(limit).unwrap_or(0);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        rows.last().map(|row| key(row).write())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        let key = Key { at: datetime!(2026-11-22 10:00:00.123456 UTC), id: Uuid::from_u128(7) };
        assert_eq!(Key::read(Some(&key.write())).unwrap(), Some(key));
        for bad in ["", ".", "zz.0", "7", "1.xyz", "7fffffffffffffff.00000000000000000000000000000007"] {
            assert!(Key::read(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_that_ends_has_no_cursor() {
        let key = |id: &u128| Key { at: datetime!(2026-11-22 10:00 UTC), id: Uuid::from_u128(*id) };
        let mut rows = vec![1, 2, 3];
        assert!(Key::cut(&mut rows, 3, key).is_none());
        assert!(Key::cut(&mut rows, 2, key).is_some());
        assert_eq!(rows, [1, 2]);
    }
}
