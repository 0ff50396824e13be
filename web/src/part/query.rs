//! The search box of a list: a query, shown with its fields marked while nobody types in it.

use leptos::prelude::*;
use schema::{
    query::{Fields, Of},
    route,
};

use super::icon::{Icon, icon};
use crate::island::complete::Complete;

/// A form that searches: GET `action?q=`, with an example of what to ask; fields and values are completed as one types. `error` says what is wrong with the query, in the
/// server's words. An address that ends in `#q` gives the box the focus.
pub fn query_box(action: &str, q: &str, of: Of, example: &'static str, error: Option<&str>) -> AnyView {
    let (about, invalid) = (error.map(|_| "q-error"), error.map(|_| "true"));
    let fields: &Fields = of.fields();
    let error = error.map(|words| view! { <p class="error mt" id="q-error" role="alert">{words.to_owned()}</p> });
    let form = view! {
        <form class="query" id="search" role="search" method="get" action=action.to_owned() novalidate=true>
            <div class="bar">
                <label class="field grow">
                    {icon(Icon::Search)}
                    <span class="hid">"Query"</span>
                    // The marked text stands where the typed one does for as long as they are the same: `pattern` takes nothing else.
                    <span class="code">
                        <input
                            type="search" id="q" name="q" value=q.to_owned() maxlength="1000" placeholder=example
                            autocomplete="off" spellcheck="false" pattern=exactly(q) data-key="/" aria-describedby=about aria-invalid=invalid
                        />
                        <span class="q" aria-hidden="true">{marked(q, fields)}</span>
                    </span>
                </label>
                <button class="btn" type="submit">"Search"</button>
            </div>
            <ul class="offers panel" id="q-list" role="listbox" aria-label="Ways to go on" data-complete=route::api::completions() data-of=of.as_str() hidden></ul>
            {error}
        </form>
    };
    view! { <Complete>{form}</Complete> }.into_any()
}

/// A regular expression that takes this text only.
fn exactly(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if r"^$\.*+?()[]{}|/".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// The query with its fields' names in bold.
fn marked(q: &str, fields: &Fields) -> Vec<AnyView> {
    pieces(q, fields).into_iter().map(|(name, text)| if name { view! { <b>{text}</b> }.into_any() } else { text.into_any() }).collect()
}

/// The text in pieces: whether it is a field's name with its colon, and the text.
fn pieces(q: &str, fields: &Fields) -> Vec<(bool, String)> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    let (mut rest, mut quoted, mut begins) = (q, false, true);
    while let Some(c) = rest.chars().next() {
        let name = rest
            .find(':')
            .filter(|_| begins && !quoted)
            .map(|at| &rest[..at])
            .filter(|name| fields.names().any(|known| known.eq_ignore_ascii_case(name)));
        if let Some(name) = name {
            let (field, after) = rest.split_at(name.len() + 1);
            pieces.push((true, field.to_owned()));
            (rest, begins) = (after, false);
            continue;
        }
        match pieces.last_mut() {
            Some((false, text)) => text.push(c),
            _ => pieces.push((false, c.to_string())),
        }
        quoted ^= c == '"';
        begins = c.is_whitespace() || matches!(c, '(' | '-');
        rest = &rest[c.len_utf8()..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use schema::query::{DELTAS, Of};

    use super::*;
    use crate::testing::html;

    #[test]
    fn fields_are_marked_and_nothing_is_lost() {
        let q = r#"is:open -kind:bug (a::b OR KIND:crash) "is:open" foo:bar é"#;
        let pieces = pieces(q, &DELTAS);
        let names: Vec<_> = pieces.iter().filter(|(name, _)| *name).map(|(_, text)| text.as_str()).collect();
        assert_eq!(names, ["is:", "kind:", "KIND:"]);
        assert_eq!(pieces.iter().map(|(_, text)| text.as_str()).collect::<String>(), q);
    }

    #[test]
    fn the_box_says_what_is_wrong() {
        let html = html(|| query_box("/deltas", "knid:bug", Of::Deltas, "is:open", Some("Column 1: …")));
        assert!(
            html.contains(r#"aria-describedby="q-error""#) && html.contains(r#"id="q-error""#) && html.contains(">Column 1: …<"),
            "{html}"
        );
        assert_eq!(exactly("a.b*(é)"), r"a\.b\*\(é\)");
    }
}
