//! What went wrong, told the same way everywhere: RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};

/// The kinds of problem there are. Each has one `type`, one title and one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The request cannot be read: not JSON, not UTF-8, a malformed header.
    Malformed,
    /// The caller is not signed in, or the token is not valid.
    Unauthenticated,
    /// The caller may see the thing but not do this.
    Forbidden,
    /// No such thing, or none the caller may see.
    NotFound,
    /// The method is not one of the resource's.
    MethodNotAllowed,
    /// It is in the way of what is there already: a taken name, a state that does not allow it.
    Conflict,
    /// The version in `If-Match` is not the current one. Nothing was changed.
    Stale,
    /// The body is larger than this resource takes.
    TooLarge,
    /// The media type or encoding is not taken here.
    UnsupportedMedia,
    /// The request was read, and a field of it cannot be accepted.
    Invalid,
    /// `If-Match` is needed here.
    PreconditionRequired,
    /// Too many requests; `Retry-After` tells when to come back.
    TooMany,
    /// It broke on our side. The cause is in the server's log under `instance`.
    Internal,
    /// The database, or the place where files are kept, does not answer now.
    Unavailable,
    /// The server has no room to store this.
    NoRoom,
}

impl Kind {
    /// Every kind, for the documentation and the tests.
    pub const ALL: [Self; 15] = [
        Self::Malformed,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::Stale,
        Self::TooLarge,
        Self::UnsupportedMedia,
        Self::Invalid,
        Self::PreconditionRequired,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
        Self::NoRoom,
    ];

    /// HTTP status, title, and the last part of the `type`.
    pub fn facts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::Malformed => (400, "The request cannot be read", "malformed"),
            Self::Unauthenticated => (401, "Sign in first", "unauthenticated"),
            Self::Forbidden => (403, "You may not do this", "forbidden"),
            Self::NotFound => (404, "There is no such thing", "not-found"),
            Self::MethodNotAllowed => (405, "This cannot be done here", "method-not-allowed"),
            Self::Conflict => (409, "This is in the way of what is there", "conflict"),
            Self::Stale => (412, "Somebody changed this before you", "stale"),
            Self::TooLarge => (413, "This is too large", "too-large"),
            Self::UnsupportedMedia => (415, "This kind of content is not taken here", "unsupported-media"),
            Self::Invalid => (422, "Something in this cannot be accepted", "invalid"),
            Self::PreconditionRequired => (428, "Say which version you mean", "precondition-required"),
            Self::TooMany => (429, "Too many requests", "too-many"),
            Self::Internal => (500, "Something broke on our side", "internal"),
            Self::Unavailable => (503, "What is stored cannot be reached now", "unavailable"),
            Self::NoRoom => (507, "There is no room to store this", "no-room"),
        }
    }

    /// HTTP status.
    pub fn status(self) -> u16 {
        self.facts().0
    }
}

/// One field that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where: a path such as `columns[2].name`, a query parameter, a header.
    pub field: String,
    /// What is wrong with it, as a plain sentence.
    pub detail: String,
}

/// RFC 9457.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `/help/problems#invalid`: what this kind means.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// This case in words: what, where, and what was kept.
    pub detail: String,
    /// The request's id, to find it in the log.
    #[serde(default)]
    pub instance: String,
    /// The fields at fault, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A form that was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Which.
    pub form: &'static str,
    /// What was typed: name and text of its fields.
    pub typed: Vec<(&'static str, String)>,
    /// Why.
    pub problem: Problem,
}

impl Problem {
    /// What a form says above its fields: where it marks those at fault, that it does; the words of the case otherwise.
    pub fn above(&self) -> &str {
        if self.errors.is_empty() { &self.detail } else { "Nothing was saved. Put right what is marked below." }
    }

    /// The words of the case where no field is marked, with the field as people call it: "Column 1, wip limit: must be 1 to 999".
    pub fn in_words(&self) -> String {
        self.errors.first().map_or_else(|| self.detail.clone(), |error| format!("{}: {}", spoken(&error.field), error.detail))
    }

    /// A problem of a kind, with this case's words.
    pub fn new(kind: Kind, detail: impl Into<String>, errors: Vec<FieldError>) -> Self {
        let (status, title, name) = kind.facts();
        Self {
            kind: format!("/help/problems#{name}"),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            instance: String::new(),
            errors,
        }
    }
}

/// The path of a field in words: `columns[0].wip_limit` is "Column 1, wip limit".
fn spoken(path: &str) -> String {
    let part = |part: &str| match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
        Some((list, at)) => {
            let at = at.parse::<usize>().map_or_else(|_| at.to_owned(), |at| (at + 1).to_string());
            format!("{} {at}", list.strip_suffix('s').unwrap_or(list))
        }
        None => part.to_owned(),
    };
    let words = path.split('.').map(part).collect::<Vec<_>>().join(", ").replace('_', " ");
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// What is wrong with a field, where a form was refused for it.
pub fn fault(refused: &Option<Problem>, field: &str) -> Option<String> {
    let problem = refused.as_ref()?;
    problem.errors.iter().find(|error| error.field == field).map(|error| error.detail.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_called_as_people_call_it() {
        let error = |field: &str| Problem::new(Kind::Invalid, "", vec![FieldError { field: field.into(), detail: "no".into() }]).in_words();
        assert_eq!(error("columns[0].wip_limit"), "Column 1, wip limit: no");
        assert_eq!(error("assignees[1]"), "Assignee 2: no");
        assert_eq!(error("until"), "Until: no");
    }
}
