//! Marks of one glance: kind, pill, id, priority, people and organisations.

use leptos::prelude::*;

/// What a colour means. Never the only carrier of the meaning: the words say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// Chosen, own, live.
    Accent,
    /// As it should be.
    Good,
    /// Look here.
    Warn,
    /// Wrong, failing, over a limit.
    Bad,
    /// About a spec.
    Spec,
}

impl Tone {
    /// The tone's class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Spec => "spec",
        }
    }
}

/// Text in a rounded frame.
pub fn pill(tone: Tone, text: &str) -> AnyView {
    let class = format!("pill {}", tone.class());
    view! { <span class=class.trim_end().to_owned()>{text.to_owned()}</span> }.into_any()
}

/// A delta's kind (`bug`, `crash`, `spec`) as shape and word.
pub fn kind(kind: &str) -> AnyView {
    let (class, word) = kind_words(kind);
    view! { <span class=class>{word}</span> }.into_any()
}

/// A delta's kind as shape alone, for dense lists; the word is there for those who do not see it.
pub fn kind_mark(kind: &str) -> AnyView {
    let (class, word) = kind_words(kind);
    view! { <span class=class><span class="hid">{word}</span></span> }.into_any()
}

fn kind_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "crash" => ("kind crash", "Crash"),
        "spec" => ("kind spec", "Spec"),
        _ => ("kind bug", "Bug"),
    }
}

/// An id such as `D-1042` or `NW-207`.
pub fn id(id: &str) -> AnyView {
    view! { <span class="id">{id.to_owned()}</span> }.into_any()
}

/// An id that leads to its page.
pub fn id_link(id: &str, href: &str) -> AnyView {
    view! { <a class="id" href=href.to_owned()>{id.to_owned()}</a> }.into_any()
}

/// A task's priority (`urgent`, `high`, `normal`, `low`) as bars and word.
pub fn priority(priority: &str) -> AnyView {
    view! { <span class="priority">{bars(priority)}{priority.to_owned()}</span> }.into_any()
}

/// A task's priority as bars alone, for cards; the word is there for those who do not see it.
pub fn priority_bars(priority: &str) -> AnyView {
    view! { {bars(priority)}<span class="hid">{format!("{priority} priority")}</span> }.into_any()
}

fn bars(priority: &str) -> AnyView {
    let class = match priority {
        "urgent" => "prio p4",
        "high" => "prio p3",
        "normal" => "prio p2",
        _ => "prio p1",
    };
    view! { <span class=class aria-hidden="true"><b></b><b></b><b></b></span> }.into_any()
}

/// A person as initials on a colour of their own. Give `""` to `label` where the name stands beside it.
pub fn avatar(display_name: &str, label: &str) -> AnyView {
    let class = format!("avatar hue-{}", hue(display_name));
    mark(class, initials(display_name), label)
}

/// An organisation as its first letter on a colour of its own. Give `""` to `label` where the name stands beside it.
pub fn org_mark(name: &str, label: &str) -> AnyView {
    let class = format!("orgmark hue-{}", hue(name));
    let letter = name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    mark(class, letter, label)
}

fn mark(class: String, letters: String, label: &str) -> AnyView {
    if label.is_empty() {
        view! { <span class=class aria-hidden="true">{letters}</span> }.into_any()
    } else {
        let label = label.to_owned();
        view! { <span class=class role="img" aria-label=label.clone() title=label>{letters}</span> }.into_any()
    }
}

/// The first letters of the first and last word.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Which of the twelve colours a name has: the same name always the same (FNV-1a, since the standard hasher may change).
pub(super) fn hue(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % 12
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn a_kind_is_a_shape_and_a_word() {
        assert_eq!(html(|| kind("crash")), r#"<span class="kind crash">Crash</span>"#);
        assert!(html(|| kind_mark("spec")).contains(r#"<span class="hid">Spec</span>"#));
    }

    #[test]
    fn a_pill_escapes_what_people_wrote() {
        assert_eq!(html(|| pill(Tone::Good, "<b>")), r#"<span class="pill good">&lt;b&gt;</span>"#);
        assert_eq!(html(|| pill(Tone::Plain, "declined")), r#"<span class="pill">declined</span>"#);
    }

    #[test]
    fn a_person_has_initials_and_a_lasting_colour() {
        assert_eq!(initials("Mara Kim"), "MK");
        assert_eq!(initials("rené van der berg"), "RB");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials(""), "");
        assert_eq!(hue("Mara Kim"), hue("Mara Kim"));
    }

    #[test]
    fn a_mark_without_a_name_beside_it_says_the_name() {
        assert!(html(|| avatar("Mara Kim", "Mara Kim")).contains(r#"aria-label="Mara Kim""#));
        assert!(html(|| org_mark("Northwind", "")).contains(r#"aria-hidden="true""#));
    }

    #[test]
    fn a_priority_says_its_word() {
        assert!(html(|| priority("urgent")).contains("urgent"));
        assert!(html(|| priority_bars("low")).contains("low priority"));
    }
}
