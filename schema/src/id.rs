//! Human keys. Inside, everything is a UUIDv7; outside, a delta is `D-1042` and a task `NW-207`.

use std::{fmt, str::FromStr};

/// A delta's key: `D-` and its number over the whole instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeltaKey(pub i64);

/// A task's key: the organisation's prefix and the task's number in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskKey {
    /// The organisation's key prefix, upper case: 2 to 8 letters or digits, a letter first, never `D`.
    pub prefix: String,
    /// Counted from 1 in the organisation.
    pub number: i64,
}

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a key such as D-1042 or NW-207")
    }
}

impl std::error::Error for BadKey {}

fn number(digits: &str) -> Result<i64, BadKey> {
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadKey);
    }
    digits.parse().map_err(|_| BadKey)
}

impl fmt::Display for DeltaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D-{}", self.0)
    }
}

impl FromStr for DeltaKey {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let digits = text.strip_prefix("D-").or_else(|| text.strip_prefix("d-")).ok_or(BadKey)?;
        number(digits).map(Self)
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.prefix, self.number)
    }
}

impl FromStr for TaskKey {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (prefix, digits) = text.rsplit_once('-').ok_or(BadKey)?;
        let prefix = prefix.to_ascii_uppercase();
        if !is_prefix(&prefix) {
            return Err(BadKey);
        }
        Ok(Self { prefix, number: number(digits)? })
    }
}

/// Whether a text can be an organisation's key prefix: 2 to 8 upper case letters or digits, a letter first.
pub fn is_prefix(text: &str) -> bool {
    (2..=8).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a text can be a slug: 1 to 64 of `a-z 0-9 . _ -`, a letter or digit first.
pub fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'))
}

macro_rules! as_text {
    ($($key:ty),*) => {$(
        impl serde::Serialize for $key {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $key {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $key {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $key {}
    )*};
}
as_text!(DeltaKey, TaskKey);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_as_they_are_read() {
        assert_eq!("D-1042".parse::<DeltaKey>().unwrap().to_string(), "D-1042");
        assert_eq!("nw-207".parse::<TaskKey>().unwrap().to_string(), "NW-207");
        for bad in ["", "D-", "D-0", "D-01", "D-x", "D-99999999999999999999", "1042", "D--4", "D-+4"] {
            assert_eq!(bad.parse::<DeltaKey>(), Err(BadKey), "{bad}");
        }
        for bad in ["", "NW", "N-1", "NW-0", "1W-2", "NORTHWIND-2", "Nö-2"] {
            assert_eq!(bad.parse::<TaskKey>(), Err(BadKey), "{bad}");
        }
    }

    #[test]
    fn slugs_are_short_and_plain() {
        assert!(is_slug("oslo.db") && is_slug("vendor-x") && is_slug("a"));
        assert!(!is_slug("") && !is_slug("-a") && !is_slug("Nova") && !is_slug("a/b") && !is_slug(&"a".repeat(65)));
    }
}
