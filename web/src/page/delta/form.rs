//! Filing a delta, and editing one.

use leptos::prelude::*;
use schema::{
    delta::{EditPage, FilePage, Format, Kind, NOTE_MAX, SPEC_MAX, Shown, TITLE_MAX},
    occurrence::{PLATFORM_MAX, VERSION_MAX},
    problem::{Problem, fault},
    route,
};

use super::super::user::refusal;
use crate::island::{editor::editor, similar::similar_panel};
use crate::part::{self, Crumb, Field, Tone};

/// The page to file a delta. Without script, what is similar is shown once it is sent, before it is filed.
pub fn file(page: FilePage) -> AnyView {
    let FilePage { shown, projects, similar, crashes, found, refused } = page;
    if projects.is_empty() {
        let step = view! { <a class="btn primary" href=route::projects()>"Create a project"</a> };
        let empty =
            part::empty("No project yet", "A delta is a gap in a project: its code does something else than somebody desires.", step);
        return view! { <div class="slim"><h1>"File a delta"</h1><section class="panel mt">{empty}</section></div> }.into_any();
    }
    let asked = !similar.is_empty();
    let known: Vec<_> = crashes
        .iter()
        .filter_map(|alike| Some((similar.iter().find(|one| one.delta.key == alike.key)?.delta.clone(), alike.clone())))
        .collect();
    let same = known.iter().any(|(_, alike)| alike.same);
    let options = std::iter::once((String::new(), "Choose a project".to_owned())).chain(projects).collect();
    let words = if asked { "It is none of these: file it" } else { "File it" };
    // What was found when it was sent stands above; what is found while one types, below what is typed in: nothing jumps.
    let panel = similar_panel(&shown.project, &similar, &crashes);
    let (above, below) = if asked { (Some(panel), None) } else { (None, Some(panel)) };
    let fields = view! {
        {part::known_crashes(&known)}
        {part::found_trace(found.as_ref())}
        {kinds(shown.kind.unwrap_or(Kind::Bug))}
        {Field::new("project", "Project").value(shown.project.clone()).required().error(fault(&refused, "project")).select(options)}
        {texts(&shown, &refused, true)}
        {crash(&shown, &refused)}
        {below}
        {Field::new("components", "Components").value(shown.components.clone()).mono().hint("Short names, with spaces between.")
            .error(components_fault(&refused)).text("text")}
        {part::check("private", "yes", "Private: only you, the project's security group and people you invite see it", shown.private)}
        // Who was shown what is similar, here or while they typed, files it.
        <input type="hidden" name="seen" value="yes" disabled=!asked/>
        <input type="hidden" name="known" value="yes" disabled=!same/>
        {part::text_buttons(words, route::DELTA_NEW, &route::deltas())}
    };
    view! {
        <div class="slim">
            {part::crumbs(vec![Crumb::link("Deltas", route::deltas()), Crumb::text("New")])}
            <h1>"File a delta"</h1>
            <p class="muted mt">"Say what should be, and what is. Whom it hits, users say by their votes; who does something about it, organisations say for themselves."</p>
            <div class="stack mt">
                {refusal(&refused)}
                {above}
                {editor()}{part::post(route::DELTA_NEW, fields)}
            </div>
        </div>
    }
    .into_any()
}

/// The kinds as cards: shape, word, and what it means.
fn kinds(chosen: Kind) -> AnyView {
    let cards = Kind::ALL
        .iter()
        .map(|kind| {
            let about = match kind {
                Kind::Bug => "The code does something it should not.",
                Kind::Crash => "The code falls over.",
                Kind::Spec => "The code lacks something that is described here.",
            };
            view! {
                <label>
                    <input type="radio" name="kind" value=kind.as_str() checked=*kind == chosen required/>
                    {part::kind(kind.as_str())}<span class="muted">{about}</span>
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="vote"><legend class="hid">"Kind"</legend>{cards}</fieldset> }.into_any()
}

/// The fields both forms have.
fn texts(shown: &Shown, refused: &Option<Problem>, new: bool) -> AnyView {
    let max = schema::delta::TEXT_MAX;
    let format = shown.body_format.map_or("", Format::as_str);
    let formats = [("", "Work it out from the text"), ("markdown", "Markdown"), ("rst", "reStructuredText")];
    let formats = formats.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let title = Field::new("title", "Title").value(shown.title.clone()).required().max(TITLE_MAX).error(fault(refused, "title"));
    let title = if new { title.placeholder("Port stays DOWN after the agent restarts") } else { title };
    view! {
        {title.text("text")}
        <div class="cols">
            {Field::new("desired", "Desired").value(shown.desired.clone()).required().max(max).markdown().hint("What should be. Markdown.")
                .error(fault(refused, "desired")).area(5)}
            {Field::new("actual", "Actual").optional_where("only-spec", "may be empty for a spec").value(shown.actual.clone())
                .max(max).markdown().hint("What is. Markdown.").error(fault(refused, "actual")).area(5)}
        </div>
        {Field::new("body", "What else there is to know").value(shown.body.clone()).max(SPEC_MAX).markdown()
            .hint("Steps, versions, logs. Of a spec, the whole specification: headings make its outline.").error(fault(refused, "body")).area(5)}
        {Field::new("body_format", "Written in").value(format).hint("What stands in the field above. Desired and actual are Markdown.")
            .error(fault(refused, "body_format")).select(formats)}
    }
    .into_any()
}

/// What goes with a crash: its trace, the version and the platform.
fn crash(shown: &Shown, refused: &Option<Problem>) -> AnyView {
    let wrong = |name: &str| fault(refused, &format!("occurrence.{name}")).or_else(|| fault(refused, name));
    view! {
        <fieldset class="only-crash stack">
            <legend>"The crash as you saw it"</legend>
            {Field::new("trace", "Stack trace").value(shown.trace.clone()).mono().error(wrong("trace"))
                .hint("As it was printed, with the log around it if you like. Secrets that are recognised are taken out; look it over yourself.").area(6)}
            <div class="cols">
                {Field::new("version", "Version").value(shown.version.clone()).max(VERSION_MAX).placeholder("2.4.1").error(wrong("version")).text("text")}
                {Field::new("platform", "Platform").value(shown.platform.clone()).max(PLATFORM_MAX).placeholder("Debian 12, x86_64").error(wrong("platform")).text("text")}
            </div>
        </fieldset>
    }
    .into_any()
}

/// What is wrong with any of the components.
fn components_fault(refused: &Option<Problem>) -> Option<String> {
    let errors = &refused.as_ref()?.errors;
    errors.iter().find(|error| error.field.starts_with("components")).map(|error| error.detail.clone())
}

/// The page to edit a delta.
pub fn edit(page: EditPage) -> AnyView {
    let EditPage { key, version, shown, theirs, refused } = page;
    let visibility = if shown.private { "private" } else { "public" };
    let options = vec![
        ("public".to_owned(), "Everybody".to_owned()),
        ("private".to_owned(), "Its reporter, its projects' security groups and invited people".to_owned()),
    ];
    let stale = theirs.is_some();
    let told = theirs.map_or_else(|| refusal(&refused), |theirs| beside(theirs, &shown));
    let fields = view! {
        <input type="hidden" name="version" value=version.to_string()/>
        {kinds(shown.kind.unwrap_or(Kind::Bug))}
        {texts(&shown, &refused, false)}
        {Field::new("note", "Why you change it").value(shown.note.clone()).max(NOTE_MAX).hint("One line, kept with the revision.")
            .error(fault(&refused, "note")).text("text")}
        {Field::new("visibility", "Who may see it").value(visibility).required().select(options)}
        {part::text_buttons(if stale { "Save over theirs" } else { "Save" }, &route::delta_edit(&key), &route::delta(&key))}
    };
    view! {
        <div class="slim">
            {part::crumbs(vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.clone(), route::delta(&key)), Crumb::text("Edit")])}
            <h1>{format!("Edit {key}")}</h1>
            <p class="muted mt">"A change of text makes a new revision. Positions stated on the one before are marked as such."</p>
            <div class="stack mt">{told}{editor()}{part::post(&route::delta_edit(&key), fields)}</div>
        </div>
    }
    .into_any()
}

/// What others saved while one typed: the fields in which it is not what was typed.
fn beside(theirs: Shown, mine: &Shown) -> AnyView {
    let same = |text: &str, other: &str| text.replace("\r\n", "\n") == other.replace("\r\n", "\n");
    let fields = [
        ("Title", theirs.title, &mine.title),
        ("Desired", theirs.desired, &mine.desired),
        ("Actual", theirs.actual, &mine.actual),
        ("What else there is to know", theirs.body, &mine.body),
    ];
    let fields = fields
        .into_iter()
        .filter(|(_, text, mine)| !same(text, mine))
        .map(|(name, text, _)| view! { <h3>{name}</h3><p class="pre">{if text.is_empty() { "empty".to_owned() } else { text }}</p> })
        .collect_view();
    let words = "Somebody changed this delta while you wrote. Nothing of theirs is overwritten yet, and what you wrote stands below. Take \
                 over what you want to keep of theirs; then save.";
    view! { {part::notice(Tone::Warn, words)}{part::panel("What they saved", view! { <div class="body stack-sm small">{fields}</div> })} }
        .into_any()
}
