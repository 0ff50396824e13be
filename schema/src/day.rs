//! A day without a time, as `2026-12-12`.

use std::{fmt, str::FromStr};

use time::{Date, format_description::StaticFormatDescription, macros::format_description};

const FORMAT: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// A day in the calendar, of years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadDay;

impl fmt::Display for BadDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day such as 2026-12-12")
    }
}

impl std::error::Error for BadDay {}

impl Day {
    /// The first day of its month.
    #[must_use]
    pub fn month(self) -> Self {
        Self(self.0.replace_day(1).unwrap_or(self.0))
    }

    /// The first day of the month after it; of the last month there is, that month's.
    #[must_use]
    pub fn next_month(self) -> Self {
        let first = self.month();
        Self(first.0.checked_add(time::Duration::days(31)).unwrap_or(first.0)).month()
    }

    /// The first day of the month before it; of the first month there is, that month's.
    #[must_use]
    pub fn last_month(self) -> Self {
        let first = self.month();
        Self(first.0.previous_day().filter(|day| day.year() >= 1).unwrap_or(first.0)).month()
    }

    /// `2026-12`.
    #[must_use]
    pub fn month_text(self) -> String {
        format!("{:04}-{:02}", self.0.year(), u8::from(self.0.month()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl FromStr for Day {
    type Err = BadDay;
    fn from_str(text: &str) -> Result<Self, BadDay> {
        Date::parse(text, FORMAT).ok().filter(|day| (1..=9999).contains(&day.year())).map(Self).ok_or(BadDay)
    }
}

impl TryFrom<String> for Day {
    type Error = BadDay;
    fn try_from(text: String) -> Result<Self, BadDay> {
        text.parse()
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
        let format = SchemaFormat::KnownFormat(KnownFormat::Date);
        utoipa::openapi::ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_each_other_as_far_as_days_go() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (of, before, first, after) in [
            ("2026-01-31", "2025-12-01", "2026-01-01", "2026-02-01"),
            ("2024-02-29", "2024-01-01", "2024-02-01", "2024-03-01"),
            ("2026-12-01", "2026-11-01", "2026-12-01", "2027-01-01"),
            ("0001-01-15", "0001-01-01", "0001-01-01", "0001-02-01"),
            ("9999-12-31", "9999-11-01", "9999-12-01", "9999-12-01"),
        ] {
            let of = day(of);
            assert_eq!((of.last_month(), of.month(), of.next_month()), (day(before), day(first), day(after)), "{of}");
        }
        assert_eq!(day("2026-03-09").month_text(), "2026-03");
    }

    #[test]
    fn a_day_prints_as_it_is_read() {
        assert_eq!("2026-12-12".parse::<Day>().unwrap().to_string(), "2026-12-12");
        for bad in ["", "2026-2-1", "2026-02-30", "12 Dec", "2026-12-12T00:00:00Z", "-001-01-01"] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }
}
