//! What a user of the language gives it: the fields that may be asked about.

use serde::Serialize;

/// The fields and sorts of one use of the language.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The fields, in the order help shows them. Names are lower case.
    pub fields: &'static [Field],
    /// What `sort:` takes; where empty, there is no `sort:`.
    pub sorts: &'static [SortKey],
}

/// One field that may be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// What stands before the colon.
    pub name: &'static str,
    /// What may stand behind it.
    pub kind: FieldKind,
    /// What it finds, for the help page.
    pub doc: &'static str,
}

/// What may stand behind a field's colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One of a closed set of words.
    Word(&'static [&'static str]),
    /// A short text, compared as a whole: `*` makes it a part of one.
    Text,
    /// A long text of many lines: the value is found anywhere in it.
    Prose,
    /// A whole number, a comparison or a range.
    Number,
    /// A day, an age or a time ahead.
    Date,
    /// The same, or one of a closed set of words.
    DateOr(&'static [&'static str]),
    /// A whole number, a comparison or a range, within so many of the last days: `>5/7d`.
    Rate,
    /// A slug or key, compared as a whole; the user of the language gives words such as `me` and `none` their meaning.
    Key,
    /// The same, and perhaps after a slash one of a closed set of words.
    KeyOf(&'static [&'static str]),
}

/// One order a list can have.
#[derive(Clone, Copy, Debug)]
pub struct SortKey {
    /// What stands behind `sort:`.
    pub name: &'static str,
    /// Which end comes first without `-`, for the help page.
    pub doc: &'static str,
}

impl Fields {
    /// The field of this name, in any case.
    pub fn find(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Every name that may stand before a colon.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let sort = (!self.sorts.is_empty()).then_some("sort");
        self.fields.iter().map(|field| field.name).chain(sort)
    }
}

/// One line of the help page, and what completion offers for a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Help {
    /// What stands before the colon.
    pub name: &'static str,
    /// What it finds.
    pub doc: String,
    /// The closed set of values, or examples; empty where only the instance's data knows them.
    pub values: Vec<&'static str>,
}

/// What may be asked: a line for each field, `sort` last.
pub fn help(fields: &Fields) -> Vec<Help> {
    let field = |field: &Field| {
        let values: &[&'static str] = match field.kind {
            FieldKind::Word(values) => values,
            FieldKind::Number => &[">40", "<=40", "20..60"],
            FieldKind::Date => &["<7d", ">3m", "2026-01-31", ">=2026-01-31", "<+7d"],
            FieldKind::DateOr(words) => {
                return Help { name: field.name, doc: field.doc.to_owned(), values: [words, &["<7d", ">=2026-01-31"]].concat() };
            }
            FieldKind::Rate => &[">5/7d", "0/1m", "1..5/2w"],
            FieldKind::Text | FieldKind::Prose | FieldKind::Key | FieldKind::KeyOf(_) => &[],
        };
        Help { name: field.name, doc: field.doc.to_owned(), values: values.to_vec() }
    };
    let mut lines: Vec<Help> = fields.fields.iter().map(field).collect();
    if !fields.sorts.is_empty() {
        let orders: Vec<String> = fields.sorts.iter().map(|sort| format!("{}: {}", sort.name, sort.doc)).collect();
        let doc = format!("The order ({}); - before it turns it round", orders.join("; "));
        lines.push(Help { name: "sort", doc, values: fields.sorts.iter().map(|sort| sort.name).collect() });
    }
    lines
}
