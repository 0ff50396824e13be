//! Projects: all of them, and one.

mod settings;

use leptos::prelude::*;
use schema::{
    problem::fault,
    project::{Project, ProjectPage, ProjectsPage, Summary},
    route,
    segment::Segment,
    user::Person,
};
use time::OffsetDateTime;

pub use self::settings::settings;
use super::{user::refusal, view};
use crate::part::{self, Crumb, Field, Icon, icon};

/// All projects, and the form for a new one.
pub fn projects(page: ProjectsPage) -> AnyView {
    let ProjectsPage { page, signed_in, filled, refused } = page;
    let next = page.next.as_deref().map(|cursor| route::with_query(route::PROJECTS, &[("cursor", cursor)]));
    let open = refused.is_some() || page.items.is_empty();
    let list = if page.items.is_empty() {
        part::empty(
            "No projects yet",
            "A project is a shared codebase: its components, the segments of its users, and the people who decide in it.",
            (),
        )
    } else {
        let rows = page.items.iter().map(row).collect_view();
        view! {
            <table>
                <thead><tr><th scope="col">"Project"</th><th scope="col" class="num">"Open deltas"</th><th scope="col" class="num">"Users"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let new = signed_in.then(|| {
        let form = view! {
            {Field::new("slug", "Short name").value(filled.slug).required().max(64).mono().hint("In its address: a-z, 0-9, '.', '_' and '-'.")
                .error(fault(&refused, "slug")).text("text")}
            {Field::new("name", "Name").value(filled.name).required().max(200).error(fault(&refused, "name")).text("text")}
            {Field::new("description", "What it is").value(filled.description).max(65_536).hint("Markdown.")
                .error(fault(&refused, "description")).area(4)}
            <div class="row-of">{part::submit("Create the project")}</div>
        };
        let form = part::post(route::PROJECTS, form);
        view! {
            <details class="panel" id="new" open=open>
                <summary>"New project"</summary>
                <div class="body stack-sm">
                    <p class="muted small">"You become its maintainer. Components, segments and releases come after."</p>
                    {refusal(&refused)}{form}
                </div>
            </details>
        }
        .into_any()
    });
    view! {
        <div class="narrow">
            <h1>"Projects"</h1>
            <div class="stack mt"><section class="panel">{list}</section>{part::pager(next)}{new}</div>
        </div>
    }
    .into_any()
}

fn row(project: &Summary) -> AnyView {
    // The first line says enough here.
    let about = project.description.lines().next().unwrap_or_default().to_owned();
    view! {
        <tr data-row>
            <td><a class="t" href=route::project(&project.slug)>{project.name.clone()}</a><span class="sub faint small">{about}</span></td>
            <td class="num" data-l="Open">{project.open}</td>
            <td class="num" data-l="Users">{project.users}</td>
        </tr>
    }
    .into_any()
}

/// A query as it is compared with others.
fn canonical(query: &str) -> String {
    schema::query::parse(query, &schema::query::DELTAS).map(|query| query.to_string()).unwrap_or_default()
}

/// One project: what it is, who uses it, what hits its users hardest.
pub fn project(page: ProjectPage) -> AnyView {
    let ProjectPage { project, html, hardest, opened, asked, shelves, signed_in, now } = page;
    let all = route::with_query(route::DELTAS, &[("q", &format!("is:open project:{}", project.slug))]);
    let new = route::with_query(route::DELTA_NEW, &[("project", &project.slug)]);
    let rows = hardest
        .iter()
        .map(|delta| {
            view! {
                <tr data-row>
                    <td>
                        {part::kind_mark(delta.kind.as_str())}" "{part::id_link(&delta.key.to_string(), &route::delta(delta.key))}" "
                        <a class="t" href=route::delta(delta.key)>{delta.title.clone()}</a>
                    </td>
                    <td data-l="Impact">{part::impact_in(delta.impact, delta.segment.as_deref().unwrap_or_default())}</td>
                    <td data-l="Updated" class="faint">{part::ago(delta.updated_at, now)}</td>
                </tr>
            }
        })
        .collect_view();
    let views = view::choose(shelves.iter(), Some(&canonical(&asked)));
    let views = (!views.is_empty()).then(|| view! { <nav aria-label="Saved views" class="chips">{views}</nav> });
    let title = opened.clone().unwrap_or_else(|| "Hardest hit".to_owned());
    let about = if opened.is_some() { "the project's own view" } else { "open, by impact" };
    let more = view! { <a class="link small" href=all>"All open deltas"</a> };
    let hardest = if hardest.is_empty() {
        part::empty("No open deltas", "What is wrong or missing is filed as a delta: what should be, beside what is.", ())
    } else {
        view! {
            <table>
                <thead><tr><th scope="col">"Delta"</th><th scope="col">"Impact"</th><th scope="col">"Updated"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let settings =
        project.mine.then(|| view! { <a class="btn" href=route::project_settings(&project.slug)>{icon(Icon::Settings)}"Settings"</a> });
    let file = signed_in.then(|| view! { <a class="btn primary" href=new data-key="n">{icon(Icon::Plus)}"File a delta"</a> });
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link("Projects", route::projects()), Crumb::text(project.slug.clone())])}
            <div class="bar"><h1>{project.name.clone()}</h1><span class="push"></span>{settings}{file}</div>
            <div class="two">
                <div class="stack">
                    {(!html.is_empty()).then(|| part::prose(&html))}
                    {views}
                    {part::panel_with(&title, about, more, hardest)}
                </div>
                <aside class="stack">{users(&project, signed_in, now)}{areas(&project)}{people(&project)}{ci(&project)}</aside>
            </div>
        </div>
    }
    .into_any()
}

/// The groups of users, with how many there are and the button to be one.
fn users(project: &Project, signed_in: bool, now: OffsetDateTime) -> AnyView {
    let list = project.segments.iter().map(|segment| segment_line(&project.slug, segment, signed_in, now)).collect_view();
    let about = "Say which users you are: impact is counted in these segments, always with how many there are. A vote counts in the segments you are in when you cast it.";
    let body = view! { <div class="body stack-sm"><p class="muted small">{about}</p><ul class="stack-sm">{list}</ul></div> };
    part::panel("Segments", body)
}

fn segment_line(project: &str, segment: &Segment, signed_in: bool, now: OffsetDateTime) -> AnyView {
    // Whoever is a user is one of everyone: there is nothing to leave.
    let button = (signed_in && !(segment.everyone && segment.mine)).then(|| {
        let action = route::segment_me(project, &segment.slug);
        let (words, class, value) = if segment.mine { ("Leave", "btn quiet small", "no") } else { ("Join", "btn small", "yes") };
        view! {
            <form class="act" method="post" action=action>
                <input type="hidden" name="member" value=value/>
                <button class=class type="submit">{words}<span class="hid">" "{segment.name.clone()}</span></button>
            </form>
        }
    });
    let about = (!segment.description.is_empty()).then(|| view! { <span class="faint xs">{segment.description.clone()}</span> });
    let mine = segment.mine.then(|| part::pill(part::Tone::Accent, "you"));
    let since = segment.since.map(|since| view! { " · you since "{part::ago(since, now)} });
    let users = if segment.members == 1 { "1 user".to_owned() } else { format!("{} users", segment.members) };
    view! {
        <li class="bar">
            <div class="grow stack-xs small"><span>{segment.name.clone()}" "{mine}</span><span class="faint xs">{users}{since}</span>{about}</div>
            {button}
        </li>
    }
    .into_any()
}

fn areas(project: &Project) -> AnyView {
    if project.components.is_empty() {
        return ().into_any();
    }
    let list = project
        .components
        .iter()
        .map(|component| {
            let query = format!("is:open project:{} component:{}", project.slug, component.slug);
            view! { <a class="pill" href=route::with_query(route::DELTAS, &[("q", &query)])>{component.name.clone()}</a> }
        })
        .collect_view();
    part::panel("Components", view! { <div class="body row-of">{list}</div> })
}

fn people(project: &Project) -> AnyView {
    let line = |person: &Person| {
        view! { <li>{part::avatar(&person.display_name, "")}" "<a href=route::person(&person.name)>{person.display_name.clone()}</a></li> }
    };
    let list = project.maintainers.iter().map(line).collect_view();
    let security = (!project.security.is_empty()).then(|| {
        let list = project.security.iter().map(line).collect_view();
        part::panel_with("Security group", "sees private deltas", (), view! { <ul class="body stack-sm small">{list}</ul> })
    });
    view! { {part::panel("Maintainers", view! { <ul class="body stack-sm small">{list}</ul> })}{security} }.into_any()
}

fn ci(project: &Project) -> AnyView {
    let release = project.releases.iter().find(|release| release.released_at.is_some()).map(|release| {
        view! { <p class="muted">"Latest release: "<span class="mono">{release.name.clone()}</span></p> }
    });
    let body = view! {
        <div class="body stack-sm small">
            {release}
            <a class="link" href=route::project_radar(&project.slug)>"Agreed, and nobody has committed"</a>
            {project.mine.then(|| view! { <a class="link" href=route::project_outsiders(&project.slug)>"Users without an account"</a> })}
            <a class="link" href=route::failures(&project.slug)>"What fails in CI"</a>
            <a class="link" href=route::runs(&project.slug)>"Runs"</a>
        </div>
    };
    part::panel("More of it", body)
}
