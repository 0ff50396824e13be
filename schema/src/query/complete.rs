//! What could stand at a place of a query that is still being written.

use serde::{Deserialize, Serialize};

use super::{
    fields::{Field, FieldKind, Fields, help},
    lexer::{MAX_CHARS, ends_word, name_len},
    term::Term,
    vocabulary::{DELTAS, TASKS},
};

/// Most completions that are offered.
pub const COMPLETIONS: usize = 10;

/// The word at a place of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// What it is a part of.
    pub part: Part,
    /// What stands before the place, in lower case and without an opening quote.
    pub begins: String,
    /// The same as it is written.
    pub written: String,
    /// Where what is to be replaced begins and ends, in characters.
    from: usize,
    to: usize,
}

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A field's name, or a free word.
    Name,
    /// A value of this field; none of `sort:`.
    Value(Option<&'static Field>),
}

/// What the list of completions takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct CompletionsQuery {
    /// What is asked for: `deltas` or `tasks`.
    pub of: Of,
    /// The query as far as it is written, at most 1000 characters.
    #[serde(default)]
    pub q: String,
    /// Where in it one writes, in UTF-16 code units as browsers count; its end when absent.
    pub at: Option<usize>,
}

words! {
    /// What a query finds.
    Of {
        /// Deltas: lists, watch rules, saved views.
        Deltas = "deltas",
        /// Tasks: lists, boards.
        Tasks = "tasks",
    }
}

impl Of {
    /// The fields it has.
    pub fn fields(self) -> &'static Fields {
        match self {
            Self::Deltas => &DELTAS,
            Self::Tasks => &TASKS,
        }
    }
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Completion {
    /// What is offered: a field with its colon, or a value.
    pub text: String,
    /// What it finds; empty where the text says it.
    pub about: String,
    /// The query with it.
    pub query: String,
    /// Where one writes on in that, in UTF-16 code units.
    pub at: usize,
}

/// The word at a place, `at` in UTF-16 code units; none inside of a quoted free text, or where it can be no query.
pub fn stub(text: &str, at: Option<usize>, fields: &Fields) -> Option<Stub> {
    let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
    if chars.len() > MAX_CHARS || chars.iter().any(|c| c.is_control()) {
        return None;
    }
    let at = at.map_or(chars.len(), |at| characters(&chars, at));
    // Where the word begins: after a blank or a parenthesis that is in no quotes.
    let (mut start, mut quoted) = (0, false);
    for (place, c) in chars[..at].iter().enumerate() {
        let escaped = quoted && place > 0 && chars[place - 1] == '\\';
        quoted ^= *c == '"' && !escaped;
        if !quoted && matches!(c, ' ' | '\t' | '\n' | '\r' | '(' | ')') {
            start = place + 1;
        }
    }
    if matches!(chars.get(start), Some('-')) && start < at {
        start += 1;
    }
    let end = |from: usize, ends: &dyn Fn(char) -> bool| (from..chars.len()).find(|place| ends(chars[*place])).unwrap_or(chars.len());
    let written = |from: usize| chars[from..at].iter().collect::<String>();
    let Some(len) = name_len(&chars[start..]).filter(|len| start + len < at) else {
        let (written, to) = (written(start), end(at, &|c| ends_word(c) || c == ':'));
        let stub = Stub { part: Part::Name, begins: written.to_lowercase(), written, from: start, to };
        return (!quoted).then_some(stub);
    };
    let name: String = chars[start..start + len].iter().collect();
    let field = fields.find(&name);
    let sorts = name.eq_ignore_ascii_case("sort") && !fields.sorts.is_empty();
    if field.is_none() && !sorts {
        return None;
    }
    // The last of several values.
    let (mut from, mut inside) = (start + len + 1, false);
    for (place, c) in chars[..at].iter().enumerate().skip(start + len + 1) {
        inside ^= *c == '"';
        if *c == ',' && !inside {
            from = place + 1;
        }
    }
    let written = written(from).trim_start_matches('"').to_owned();
    let to = if inside {
        (at..chars.len()).find(|place| chars[*place] == '"').map_or(chars.len(), |place| place + 1)
    } else {
        end(at, &|c| ends_word(c) || c == ',')
    };
    Some(Stub { part: Part::Value(field), begins: written.to_lowercase(), written, from, to })
}

/// How many characters so many UTF-16 code units are.
fn characters(chars: &[char], units: usize) -> usize {
    let mut left = units;
    chars.iter().take_while(|c| left.checked_sub(c.len_utf16()).inspect(|rest| left = *rest).is_some()).count()
}

impl Stub {
    /// What the language itself offers here: names of fields, values of closed sets, examples of numbers and dates.
    pub fn offered(&self, fields: &Fields) -> Vec<(String, String)> {
        let lines = help(fields);
        match self.part {
            Part::Name => {
                let begins = lines.iter().filter(|line| line.name.starts_with(&self.begins));
                begins.map(|line| (format!("{}:", line.name), line.doc.clone())).collect()
            }
            Part::Value(field) => {
                let name = field.map_or("sort", |field| field.name);
                let values = lines.into_iter().find(|line| line.name == name).map(|line| line.values).unwrap_or_default();
                let (minus, begins) = match self.begins.strip_prefix('-').filter(|_| field.is_none()) {
                    Some(rest) => ("-", rest),
                    None => ("", self.begins.as_str()),
                };
                let about = |value: &str| match field {
                    None => fields.sorts.iter().find(|sort| sort.name == value).map(|sort| sort.doc.to_owned()).unwrap_or_default(),
                    Some(_) => String::new(),
                };
                let fits = values.into_iter().filter(|value| value.starts_with(begins));
                fits.map(|value| (format!("{minus}{value}"), about(value))).collect()
            }
        }
    }

    /// Whether a value may be followed by a further one of another kind: those are written on, without a space.
    fn goes_on(&self, text: &str) -> bool {
        text.ends_with([':', '/'])
    }

    /// The query with this in the place of the word.
    pub fn completed(&self, query: &str, (text, about): (String, String)) -> Completion {
        let bare = self.part == Part::Name
            || matches!(self.part, Part::Value(Some(Field { kind, .. })) if !matches!(kind, FieldKind::Key | FieldKind::KeyOf(_) | FieldKind::Text));
        let written = if bare { text.clone() } else { Term::plain(&text).to_string() };
        let before: String = query.chars().take(self.from).collect();
        let after: String = query.chars().skip(self.to).collect();
        // What stands behind a name that is there already is its value.
        let after = if text.ends_with(':') { after.strip_prefix(':').unwrap_or(&after).to_owned() } else { after };
        let space = if self.goes_on(&text) || after.starts_with([' ', ',', ')']) { "" } else { " " };
        let head = format!("{before}{written}{space}");
        let at = head.encode_utf16().count();
        Completion { text, about, query: head + &after, at }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::DELTAS, *};

    fn offers(text: &str) -> Vec<String> {
        let Some(stub) = stub(text, None, &DELTAS) else { return Vec::new() };
        stub.offered(&DELTAS).into_iter().map(|offer| stub.completed(text, offer).query).collect()
    }

    #[test]
    fn fields_values_and_orders_are_offered_where_one_writes() {
        assert_eq!(offers("is:open comp"), ["is:open component:"]);
        assert_eq!(offers("is:open -(KI"), ["is:open -(kind:"]);
        assert_eq!(offers("kind:c"), ["kind:crash "]);
        assert_eq!(offers("kind:bug,cr"), ["kind:bug,crash "]);
        assert_eq!(offers("sort:-imp"), ["sort:-impact "]);
        assert_eq!(offers("knid:b"), [""; 0]);
        assert_eq!(offers("\"a kind:b"), [""; 0]);
        assert!(offers("").len() > 15 && offers("impact:").contains(&"impact:>40 ".to_owned()));
    }

    #[test]
    fn what_stands_around_stays_and_one_writes_on_behind_it() {
        let text = "é😀 ki:bug updated:<7d";
        let stub = stub(text, Some(6), &DELTAS).unwrap();
        assert_eq!((stub.begins.as_str(), stub.part), ("ki", Part::Name));
        let done = stub.completed(text, ("kind:".to_owned(), String::new()));
        assert_eq!((done.query.as_str(), done.at), ("é😀 kind:bug updated:<7d", 9));
        let quoted = super::stub("label:\"a b", None, &DELTAS).unwrap();
        assert_eq!(quoted.begins, "a b");
        assert_eq!(quoted.completed("label:\"a b", ("a big one".to_owned(), String::new())).query, "label:\"a big one\" ");
    }

    proptest! {
        #[test]
        fn any_text_at_any_place_is_answered(text in "[-a-z:,\"\\\\( )*é😀]{0,30}", at in 0usize..40) {
            if let Some(stub) = stub(&text, Some(at), &DELTAS) {
                for offer in stub.offered(&DELTAS) {
                    let done = stub.completed(&text, offer);
                    prop_assert!(done.at <= done.query.encode_utf16().count());
                }
            }
        }
    }
}
