//! The fields of a JSON object, read with their types: what is absent or null is nothing, what is of another type is told.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::when;
use crate::ingest::text::clean;

/// A field's value, or why it cannot be read.
type Read<T> = Result<T, String>;

/// An object's fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The fields of a value that is an object.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(value: &'a Value) -> Read<Self> {
        value.as_object().map(Fields).ok_or_else(|| "not a JSON object".to_owned())
    }

    /// Whether there is a field that is not null.
    pub fn has(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A field's value unless it is null.
    pub fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// The fields' names.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str)
    }

    /// A text without what no database takes.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn text(self, name: &str) -> Read<Option<String>> {
        self.value(name).map(|value| value.as_str().map(clean).ok_or_else(|| format!("`{name}` is not a text"))).transpose()
    }

    /// A text that is not blank.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn some(self, name: &str) -> Read<Option<String>> {
        Ok(self.text(name)?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// The first of these that is there, as a text.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn any(self, names: &[&str]) -> Read<Option<String>> {
        names.iter().find(|name| self.has(name)).map_or(Ok(None), |name| self.text(name))
    }

    /// A text that has to be there.
    ///
    /// # Errors
    /// When it is missing, blank or of another type.
    pub fn need(self, name: &str) -> Read<String> {
        self.some(name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// A whole number; also one written as a text.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn int(self, name: &str) -> Read<Option<i64>> {
        let read = |value: &Value| value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        self.value(name).map(|value| read(value).ok_or_else(|| format!("`{name}` is not a whole number"))).transpose()
    }

    /// A truth; also as 0 or 1.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn flag(self, name: &str) -> Read<Option<bool>> {
        let read = |value: &Value| value.as_bool().or_else(|| value.as_i64().map(|number| number != 0));
        self.value(name).map(|value| read(value).ok_or_else(|| format!("`{name}` is neither true nor false"))).transpose()
    }

    /// A list; empty where there is none.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn list(self, name: &str) -> Read<&'a [Value]> {
        self.value(name).map_or(Ok(&[]), |value| value.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{name}` is not a list")))
    }

    /// An object.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn object(self, name: &str) -> Read<Option<Fields<'a>>> {
        self.value(name).map(|value| value.as_object().map(Fields).ok_or_else(|| format!("`{name}` is not an object"))).transpose()
    }

    /// The first of these that is there, as a time.
    ///
    /// # Errors
    /// When it is none.
    pub fn time(self, names: &[&str]) -> Read<Option<OffsetDateTime>> {
        let Some(name) = names.iter().find(|name| self.has(name)) else { return Ok(None) };
        let Some(text) = self.some(name)? else { return Ok(None) };
        when(&text).map(Some).ok_or_else(|| format!("`{name}` is {:?}, which is no time", text.chars().take(60).collect::<String>()))
    }

    /// The texts of a list, or the names of its objects.
    ///
    /// # Errors
    /// When it is no list, or of other things.
    pub fn words(self, name: &str) -> Read<Vec<String>> {
        let word = |value: &'a Value| match value {
            Value::String(text) => Ok(clean(text)),
            Value::Object(map) => Fields(map).need("name").map_err(|reason| format!("`{name}`: {reason}")),
            _ => Err(format!("`{name}` is not a list of names")),
        };
        self.list(name)?.iter().map(word).collect()
    }
}
