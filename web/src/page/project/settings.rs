//! A project's settings: one small form a thing.

use leptos::prelude::*;
use schema::{
    place::Rule,
    project::{Project, SettingsPage},
    route,
    user::Person,
};

use crate::part::{self, Crumb, Field, Tone, Tried};

/// The whole page.
pub fn settings(page: SettingsPage) -> AnyView {
    let project = &page.project;
    let steps = vec![
        Crumb::link("Projects", route::projects()),
        Crumb::link(project.slug.clone(), route::project(&project.slug)),
        Crumb::text("Settings"),
    ];
    let refused = page.refused.as_ref();
    view! {
        <div class="narrow">
            {part::crumbs(steps)}
            <h1>{format!("Settings of {}", project.name)}</h1>
            <div class="stack mt">
                {refused.map(|refused| part::notice(Tone::Bad, refused.problem.above()))}
                {about(&page)}
                {maintainers(&page)}
                {decision(&page)}
                {security(&page)}
                {components(&page)}
                {segments(&page)}
                {releases(&page)}
                {tokens(project)}
                {imports(project)}
            </div>
        </div>
    }
    .into_any()
}

/// A field of one of the page's forms, with what was typed, else with `value`, and what is wrong.
fn field(page: &SettingsPage, form: &'static str, name: &'static str, label: &str, value: &str) -> Field {
    Tried::of(&page.refused, form).field(name, label, value).within(form)
}

fn about(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let form = view! {
        <input type="hidden" name="version" value=project.version.to_string()/>
        {field(page, "about", "name", "Name", &project.name).required().max(200).text("text")}
        {field(page, "about", "description", "What it is", &project.description).max(65_536).hint("Markdown.").area(5)}
        <div class="row-of">{part::submit("Save")}</div>
    };
    part::panel("About", view! { <div class="body">{part::post(&route::project_settings(&project.slug), form)}</div> })
}

fn maintainers(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let action = route::project_maintainers(&project.slug);
    let rows = named(&project.maintainers, &action, project.maintainers.len() > 1);
    let form = view! {
        {field(page, "maintainers", "name", "Add a maintainer", "").required().max(64).mono().hint("Their handle.").text("text")}
        <div class="row-of">{part::submit("Add")}</div>
    };
    let body = view! { <div class="body stack">{rows}{part::post(&action, form)}</div> };
    part::panel_with("Maintainers", "they decide here", (), body)
}

/// What makes the project hold that something is agreed.
fn decision(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let rules = [
        (Rule::Maintainers, "Its maintainers say so"),
        (Rule::Lazy, "Nobody objects for some days (lazy consensus)"),
        (Rule::Approvals, "So many maintainers approve"),
    ]
    .map(|(rule, words)| (rule.to_string(), words.to_owned()));
    let here = &project.decision;
    let form = view! {
        {field(page, "decision", "rule", "A delta is agreed here when", here.rule.as_str()).required().select(rules.into())}
        <div class="cols">
            {field(page, "decision", "days", "Days without objection", &here.days().to_string()).hint("For lazy consensus. 1 to 365.").text("number")}
            {field(page, "decision", "approvals", "Approvals by maintainers", &here.approvals().to_string()).hint("For approvals. 1 to 20.").text("number")}
        </div>
        <p class="hint">
            "An objection to the current text holds it up until it is taken back, or a maintainer answers it with a reason. Maintainers may
            always set the consensus themselves: past the rule they say why."
        </p>
        <div class="row-of">{part::submit("Decide like this")}</div>
    };
    let body = view! { <div class="body">{part::post(&route::project_decision(&project.slug), form)}</div> };
    part::panel_with("Consensus", "how this project decides", (), body)
}

fn security(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let action = route::project_security(&project.slug);
    let rows = if project.security.is_empty() {
        view! { <p class="muted small">"Nobody is named: all maintainers see private deltas. From the first name on, only those named here do."</p> }.into_any()
    } else {
        named(&project.security, &action, true)
    };
    let form = view! {
        {field(page, "security", "name", "Add to the security group", "").required().max(64).mono().hint("Their handle.").text("text")}
        <div class="row-of">{part::submit("Add")}</div>
    };
    let body = view! { <div class="body stack">{rows}{part::post(&action, form)}</div> };
    part::panel_with("Security group", "they see private deltas", (), body)
}

/// People, each with the button that takes them out where that is possible.
fn named(people: &[Person], action: &str, removable: bool) -> AnyView {
    let rows = people.iter().map(|person| {
        let remove = removable.then(|| {
            view! {
                <form class="act" method="post" action=action.to_owned()>
                    <input type="hidden" name="name" value=person.name.clone()/>
                    <input type="hidden" name="remove" value="yes"/>
                    <button class="btn quiet small danger" type="submit">"Remove"<span class="hid">" "{person.display_name.clone()}</span></button>
                </form>
            }
        });
        view! {
            <li class="bar">
                {part::avatar(&person.display_name, "")}<span class="grow">{person.display_name.clone()}" "<span class="id">"@"{person.name.clone()}</span></span>
                {remove}
            </li>
        }
    });
    let rows = rows.collect_view();
    view! { <ul class="stack-sm">{rows}</ul> }.into_any()
}

fn components(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let rows = project
        .components
        .iter()
        .map(|component| view! { <li><span class="id">{component.slug.clone()}</span>" "{component.name.clone()}</li> })
        .collect_view();
    let form = view! {
        <div class="cols">
            {field(page, "components", "slug", "Short name", "").required().max(64).mono().hint("One that is there is renamed.").text("text")}
            {field(page, "components", "name", "Name", "").required().max(200).text("text")}
        </div>
        <div class="row-of">{part::submit("Save the component")}</div>
    };
    let action = route::project_components(&project.slug);
    let body = view! { <div class="body stack"><ul class="stack-xs small">{rows}</ul>{part::post(&action, form)}</div> };
    part::panel_with("Components", "areas of the code", (), body)
}

fn segments(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let rows = project
        .segments
        .iter()
        .map(|segment| {
            view! {
                <li><span class="id">{segment.slug.clone()}</span>" "{segment.name.clone()}" "<span class="faint">{format!("{} users", segment.members)}</span></li>
            }
        })
        .collect_view();
    let form = view! {
        <div class="cols">
            {field(page, "segments", "slug", "Short name", "").required().max(64).mono().hint("One that is there is changed.").text("text")}
            {field(page, "segments", "name", "Name", "").required().max(200).placeholder("vendor-x driver users").text("text")}
        </div>
        {field(page, "segments", "description", "Who belongs to it", "").max(2000).placeholder("You run the vendor-x driver in production.").text("text")}
        <div class="row-of">{part::submit("Save the segment")}</div>
    };
    let action = route::project_segments(&project.slug);
    let body = view! { <div class="body stack"><ul class="stack-xs small">{rows}</ul>{part::post(&action, form)}</div> };
    part::panel_with("Segments", "impact is counted in these", (), body)
}

fn releases(page: &SettingsPage) -> AnyView {
    let project = &page.project;
    let rows = project
        .releases
        .iter()
        .map(|release| {
            let when = match release.released_at {
                Some(at) => part::day(at.date()),
                None => view! { <span class="faint">"to come"</span> }.into_any(),
            };
            view! { <li><span class="mono">{release.name.clone()}</span>" "{when}</li> }
        })
        .collect_view();
    let form = view! {
        <div class="cols">
            {field(page, "releases", "name", "Release", "").required().max(64).mono().placeholder("2026.2").text("text")}
            {field(page, "releases", "released", "Came out on", "").hint("Empty while it is to come.").text("date")}
        </div>
        <div class="row-of">{part::submit("Save the release")}</div>
    };
    let action = route::project_releases(&project.slug);
    let body = view! { <div class="body stack"><ul class="stack-xs small">{rows}</ul>{part::post(&action, form)}</div> };
    part::panel("Releases", body)
}

fn tokens(project: &Project) -> AnyView {
    let body = view! {
        <div class="body bar">
            <p class="muted small grow">"CI reports its runs with a token of this project, and is told which failures are known."</p>
            <a class="btn" href=route::project_tokens(&project.slug)>"CI tokens"</a>
        </div>
    };
    part::panel("CI", body)
}

fn imports(project: &Project) -> AnyView {
    let body = view! {
        <div class="body bar">
            <p class="muted small grow">"Records of Launchpad, GitHub, StoryBoard, Bugzilla and Jira come in from a file: first only tried, then for good."</p>
            <a class="btn" href=route::imports(&project.slug)>"Import"</a>
        </div>
    };
    part::panel("Import", body)
}
