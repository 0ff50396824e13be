//! A form that was refused, shown again as it was sent: open, with what was typed and with what is wrong.

use leptos::prelude::*;
use schema::problem::Refused;

use super::{Field, Tone, notice};

/// What was just tried in one of a page's forms; nothing where that form was not the refused one.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a>(Option<&'a Refused>);

impl<'a> Tried<'a> {
    /// What was tried in the form of this name.
    pub fn of(refused: &'a Option<Refused>, form: &str) -> Self {
        Self(refused.as_ref().filter(|refused| refused.form == form))
    }

    /// Of several forms of one name, the one that sends this value.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        if self.typed(name) == Some(value) { self } else { Self(None) }
    }

    /// Whether the form was refused: then what folds it is open.
    pub fn refused(self) -> bool {
        self.0.is_some()
    }

    /// What was typed into a field.
    pub fn typed(self, name: &str) -> Option<&'a str> {
        self.0?.typed.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// What is wrong with a field, or with one of the things listed in it.
    pub fn fault(self, name: &str) -> Option<String> {
        let errors = &self.0?.problem.errors;
        errors.iter().find(|error| is_of(&error.field, name)).map(|error| error.detail.clone())
    }

    /// A field with what was typed, else with `value`, and with what is wrong. The one at fault has the focus, so that the page
    /// opens there.
    pub fn field(self, name: &'static str, label: &str, value: &str) -> Field {
        let field = Field::new(name, label).value(self.typed(name).unwrap_or(value)).error(self.fault(name));
        if self.first().is_some_and(|first| is_of(first, name)) { field.autofocus() } else { field }
    }

    /// The refusal in words, above the fields, where none of these is marked for it.
    pub fn above(self, fields: &[&str]) -> Option<AnyView> {
        let marked = self.first().is_some_and(|first| fields.iter().any(|name| is_of(first, name)));
        self.0.filter(|_| !marked).map(|refused| notice(Tone::Bad, &refused.problem.in_words()))
    }

    fn first(self) -> Option<&'a str> {
        self.0?.problem.errors.first().map(|error| error.field.as_str())
    }
}

/// Whether the path of a field, such as `labels[2]`, is of this field.
fn is_of(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

#[cfg(test)]
mod tests {
    use schema::problem::{FieldError, Kind, Problem};

    use super::*;
    use crate::testing::html;

    fn refused(errors: Vec<FieldError>) -> Option<Refused> {
        let typed = vec![("project", "neutron".to_owned()), ("labels", "a b".to_owned())];
        Some(Refused { form: "labels", typed, problem: Problem::new(Kind::Invalid, "It is in the way.", errors) })
    }

    #[test]
    fn a_refused_form_keeps_what_was_typed_and_marks_the_field() {
        let refused = refused(vec![FieldError { field: "labels[1]".into(), detail: "is too long".into() }]);
        let html = html(move || Tried::of(&refused, "labels").field("labels", "Labels", "old").text("text"));
        assert!(html.contains(r#"value="a b""#) && html.contains("is too long") && html.contains("autofocus"), "{html}");
    }

    #[test]
    fn another_form_knows_nothing_of_it() {
        let refused = refused(Vec::new());
        assert!(!Tried::of(&refused, "guests").refused());
        assert!(!Tried::of(&refused, "labels").with("project", "nova").refused());
        assert!(Tried::of(&refused, "labels").with("project", "neutron").above(&["labels"]).is_some());
    }
}
