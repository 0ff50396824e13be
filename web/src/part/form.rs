//! Forms. Every interactive thing is one first: it works without script.
//!
//! No hidden token: the server refuses writes that come from another site by their origin.

use leptos::prelude::*;

/// One labelled field. Build it, then end with [`text`](Self::text), [`area`](Self::area) or [`select`](Self::select).
#[derive(Clone, Debug, Default)]
pub struct Field {
    name: String,
    form: String,
    label: String,
    value: String,
    hint: String,
    error: Option<String>,
    placeholder: String,
    autocomplete: Option<String>,
    required: bool,
    aside: Option<(&'static str, &'static str)>,
    autofocus: bool,
    mono: bool,
    markdown: bool,
    max: Option<usize>,
}

impl Field {
    /// A field of this name, with the label people read. Its id is `f-` and the name.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), ..Self::default() }
    }

    /// The form it is in, where a page has several with a field of this name: part of its id.
    #[must_use]
    pub fn within(mut self, form: &str) -> Self {
        self.form = format!("{form}-");
        self
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// A line of help under it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What is wrong with it, in the server's words.
    #[must_use]
    pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }

    /// An example, shown while it is empty. Never a substitute for the label.
    #[must_use]
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    /// What a browser may fill in: `username`, `email`, `current-password`, `new-password`, `name`, `off`.
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: impl Into<String>) -> Self {
        self.autocomplete = Some(autocomplete.into());
        self
    }

    /// It may be left out in one case only: words beside its label (instead of "optional"), and the class that shows them then.
    #[must_use]
    pub fn optional_where(mut self, class: &'static str, words: &'static str) -> Self {
        self.aside = Some((class, words));
        self
    }

    /// It must be filled in.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It has the focus when the page opens. At most one on a page.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// It holds a query, a slug or code: monospace.
    #[must_use]
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// It holds Markdown: with script there is a live preview, drafts are kept, and images can be dropped in.
    #[must_use]
    pub fn markdown(mut self) -> Self {
        self.markdown = true;
        self
    }

    /// The most characters it takes.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// A single line; `kind` is the input's type: `text`, `search`, `email`, `password`, `url`, `number`, `date`.
    pub fn text(self, kind: &'static str) -> AnyView {
        let (id, class, about, invalid) = (self.id(), self.class(), self.about(), self.invalid());
        let input = view! {
            <input
                class=class id=id type=kind dir="auto" name=self.name.clone() value=self.value.clone() required=self.required autofocus=self.autofocus
                placeholder=some(&self.placeholder) autocomplete=self.autocomplete.clone() maxlength=self.max.map(|max| max.to_string())
                aria-describedby=about aria-invalid=invalid
            />
        };
        self.wrap(input)
    }

    /// Several lines, at least `rows` of them.
    pub fn area(self, rows: u32) -> AnyView {
        let (id, class, about, invalid) = (self.id(), self.class(), self.about(), self.invalid());
        // Leptos writes the inside of a textarea as it is, as if it were a script: what people wrote must be escaped here.
        // The parser drops one line break after the tag: ours, so that the text's own first one stays.
        let value = format!("\n{}", self.value.replace('&', "&amp;").replace('<', "&lt;"));
        let area = view! {
            <textarea
                class=class id=id dir="auto" name=self.name.clone() rows=rows.to_string() required=self.required autofocus=self.autofocus
                placeholder=some(&self.placeholder) maxlength=self.max.map(|max| max.to_string()) aria-describedby=about aria-invalid=invalid
                data-md=self.markdown.then_some("")
            >{value}</textarea>
        };
        let tools = self.markdown.then(crate::island::editor::tools);
        self.wrap(view! { {area}{tools} })
    }

    /// One of several: value and words. The one equal to the field's value is chosen.
    pub fn select(self, options: Vec<(String, String)>) -> AnyView {
        let (id, class, about, invalid) = (self.id(), self.class(), self.about(), self.invalid());
        let options = options
            .into_iter()
            .map(|(value, words)| {
                let chosen = value == self.value;
                view! { <option value=value selected=chosen>{words}</option> }
            })
            .collect_view();
        let select = view! {
            <select
                class=class id=id name=self.name.clone() required=self.required autofocus=self.autofocus aria-describedby=about
                aria-invalid=invalid
            >{options}</select>
        };
        // A list always has an answer: nothing is left out.
        Self { required: true, ..self }.wrap(select)
    }

    fn id(&self) -> String {
        format!("f-{}{}", self.form, self.name)
    }

    fn class(&self) -> &'static str {
        if self.mono { "in mono" } else { "in" }
    }

    /// The ids of what describes the field.
    fn about(&self) -> Option<String> {
        let id = self.id();
        let error = self.error.as_ref().map(|_| format!("{id}-error"));
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        match (error, hint) {
            (Some(error), Some(hint)) => Some(format!("{error} {hint}")),
            (error, hint) => error.or(hint),
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.as_ref().map(|_| "true")
    }

    fn wrap(self, control: impl IntoView + 'static) -> AnyView {
        let id = self.id();
        let error = self.error.map(|error| view! { <p class="error" id=format!("{id}-error")>{error}</p> });
        let hint = (!self.hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{self.hint}</p> });
        let optional = (!self.required).then(|| {
            let (class, words) = self.aside.map_or(("hint".to_owned(), "optional"), |(class, words)| (format!("hint {class}"), words));
            view! { <span class=class>" "{words}</span> }
        });
        view! { <div class="f"><label for=id>{self.label}{optional}</label>{control}{error}{hint}</div> }.into_any()
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A box to tick.
pub fn check(name: &str, value: &str, label: &str, ticked: bool) -> AnyView {
    view! {
        <label class="check"><input type="checkbox" name=name.to_owned() value=value.to_owned() checked=ticked/><span>{label.to_owned()}</span></label>
    }
    .into_any()
}

/// One answer of a [`choice`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// The class of its dot: `s0` to `s4` for severities; empty for no dot.
    pub dot: &'static str,
}

/// How hard a delta hits somebody, as answers; `label` makes of each severity's word what people read.
pub fn severities(label: impl Fn(&str) -> String) -> Vec<Tick> {
    let dots = ["s0", "s1", "s2", "s3", "s4"];
    let tick = |(severity, (word, dot)): (usize, (&&str, &'static str))| Tick { value: severity.to_string(), label: label(word), dot };
    let mut answers: Vec<Tick> = schema::impact::SEVERITIES.iter().zip(dots).enumerate().map(tick).collect();
    // "Not affected" stands last: it is said least.
    answers.rotate_left(1);
    answers
}

/// One of several answers, as cards.
pub fn choice(name: &str, question: &str, answers: Vec<Tick>, chosen: Option<&str>) -> AnyView {
    let answers = answers
        .into_iter()
        .map(|Tick { value, label, dot }| {
            let ticked = chosen == Some(value.as_str());
            let dot = (!dot.is_empty()).then(|| view! { <span class=format!("dot {dot}")></span> });
            view! { <label><input type="radio" name=name.to_owned() value=value checked=ticked required/>{dot}{label}</label> }
        })
        .collect_view();
    view! { <fieldset class="vote"><legend class="hid">{question.to_owned()}</legend>{answers}</fieldset> }.into_any()
}

/// A form that writes: POST to `action`.
pub fn post(action: &str, body: impl IntoView + 'static) -> AnyView {
    view! { <form class="form" method="post" action=action.to_owned()>{body}</form> }.into_any()
}

/// A single button that writes: a form with the hidden values it sends. `class` is the button's: `btn`, `btn primary`, `btn quiet`.
pub fn act(action: &str, words: &str, class: &'static str, values: &[(&str, &str)]) -> AnyView {
    let values = values
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=(*name).to_owned() value=(*value).to_owned()/> })
        .collect_view();
    view! {
        <form class="act" method="post" action=action.to_owned()>{values}<button class=class type="submit">{words.to_owned()}</button></form>
    }
    .into_any()
}

/// The button that sends a form.
pub fn submit(words: &str) -> AnyView {
    view! { <button class="btn primary" type="submit">{words.to_owned()}</button> }.into_any()
}

/// A button that opens a small form above it: a popover, so without script too. `key` presses the button, none where it is empty;
/// `send` are the words of the form's own button, empty where it cannot be sent.
pub fn sheet(id: &str, words: &str, key: &'static str, class: &'static str, action: &str, fields: AnyView, send: &str) -> AnyView {
    let (id, title) = (id.to_owned(), format!("{id}-title"));
    let heading = words.trim_end_matches('…').to_owned();
    let mark = (!key.is_empty()).then(|| view! { <kbd>{key}</kbd> });
    view! {
        <button class=class type="button" popovertarget=id.clone() data-key=some(&key.to_lowercase())>{words.to_owned()}{mark}</button>
        <div class="sheet panel" id=id.clone() popover="auto" role="dialog" aria-labelledby=title.clone()>
            <form class="form body" method="post" action=action.to_owned()>
                <h2 id=title.clone()>{heading}</h2>
                {fields}
                <div class="row-of">
                    {(!send.is_empty()).then(|| submit(send))}
                    <button class="btn quiet" type="button" popovertarget=id.clone() popovertargetaction="hide">"Cancel"</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}

/// The button beside the one that sends a form to `action`: without script, the way to its texts as they would look. `words` are those of the
/// form's own button. With script the texts are shown where they are typed, and this is out of sight.
pub fn preview_button(action: &str, words: &str) -> AnyView {
    let to = schema::route::with_query(schema::route::PREVIEW, &[("to", action), ("words", words)]);
    view! { <button class="btn unscripted" type="submit" formaction=to formnovalidate>"Preview"</button> }.into_any()
}

/// The same for a form with Markdown in it, which goes to `action`.
pub fn text_buttons(words: &str, action: &str, back: &str) -> AnyView {
    view! { <div class="row-of">{submit(words)}<a class="btn quiet" href=back.to_owned()>"Cancel"</a>{preview_button(action, words)}</div> }
        .into_any()
}

/// A row of buttons: the one that sends the form, and the way back.
pub fn buttons(words: &str, back: &str) -> AnyView {
    view! { <div class="row-of">{submit(words)}<a class="btn quiet" href=back.to_owned()>"Cancel"</a></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn a_field_has_a_label_and_says_what_is_wrong_with_it() {
        let html =
            html(|| Field::new("title", "Title").value("a \"b\"").required().error(Some("is too long")).hint("One line.").text("text"));
        assert!(html.contains(r#"<label for="f-title">Title"#), "{html}");
        assert!(html.contains(r#"aria-describedby="f-title-error f-title-hint""#) && html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(html.contains(r#"value="a &quot;b&quot;""#) && html.contains("is too long"), "{html}");
        assert!(!html.contains("optional"), "{html}");
    }

    #[test]
    fn a_text_area_keeps_its_text() {
        let html = html(|| Field::new("body", "Body").value("</textarea><b>").area(4));
        assert!(html.contains("\n&lt;/textarea>&lt;b></textarea>") && html.contains("optional"), "{html}");
    }

    #[test]
    fn one_button_can_be_a_form() {
        let html = html(|| act("/deltas/D-1/watch", "Watch", "btn", &[("on", "1")]));
        assert!(html.contains(r#"method="post""#) && html.contains(r#"<input type="hidden" name="on" value="1">"#), "{html}");
    }

    #[test]
    fn the_chosen_option_is_selected() {
        let html = html(|| Field::new("k", "Kind").value("b").select(vec![("a".into(), "A".into()), ("b".into(), "B".into())]));
        assert!(html.contains(r#"<option value="b" selected>B"#) && !html.contains(r#"value="a" selected"#), "{html}");
    }

    #[test]
    fn severities_are_answers_from_the_least_on_with_not_affected_last() {
        let answers = severities(|word| word.replace("me ", "them "));
        let said: Vec<_> = answers.iter().map(|tick| (tick.value.as_str(), tick.label.as_str(), tick.dot)).collect();
        assert_eq!(said.first(), Some(&("1", "Cosmetic", "s1")));
        assert_eq!(said.get(3), Some(&("4", "Blocks them entirely", "s4")));
        assert_eq!(said.last(), Some(&("0", "Not affected", "s0")));
    }

    #[test]
    fn a_choice_is_a_group_of_radio_buttons() {
        let tick = |value: &str| Tick { value: value.into(), label: format!("answer {value}"), dot: "s3" };
        let html = html(|| choice("severity", "Does this affect you?", vec![tick("2"), tick("3")], Some("3")));
        assert!(html.contains("<legend class=\"hid\">Does this affect you?</legend>"), "{html}");
        assert!(html.contains(r#"value="3" checked"#) && !html.contains(r#"value="2" checked"#), "{html}");
    }
}
