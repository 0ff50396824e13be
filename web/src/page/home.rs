//! The first page: what waits for this person; for guests what this is; for a new instance what comes next.

use leptos::prelude::*;
use schema::{home::HomePage, route};

use crate::part::{self, Icon, icon};

/// The whole page.
pub fn home(page: HomePage) -> AnyView {
    match &page.person {
        None => guest(&page),
        Some(name) => {
            let hello = format!("Hello, {name}");
            view! { <div class="narrow"><h1>{hello}</h1><div class="stack mt">{steps(&page)}{mine(&page)}{projects(&page)}</div></div> }
                .into_any()
        }
    }
}

fn guest(page: &HomePage) -> AnyView {
    let register = page.registration_open.then(|| view! { <a class="btn" href=route::register()>"Create an account"</a> });
    view! {
        <div class="slim stack">
            <h1>"What is wrong, whom it hits, and who does something about it"</h1>
            <p>
                "Deltaboard keeps the "<a class="link" href=route::deltas()>"deltas"</a>
                " of codebases that several organisations share: each is a difference between the behaviour somebody desires and the behaviour the code has. "
                "Users say how much each one affects them, in groups of users that know their number. "
                <a class="link" href=route::orgs()>"Organisations"</a>
                " commit to tasks on their own boards, with their own priorities, and CI says what is still true."
            </p>
            <div class="row-of"><a class="btn primary" href=route::sign_in()>"Sign in"</a>{register}<a class="btn quiet" href=route::deltas()>"Look around"</a></div>
        </div>
        <div class="mt-lg">{projects(page)}</div>
    }
    .into_any()
}

/// What a new instance needs, one after the other; nothing once all is there.
fn steps(page: &HomePage) -> AnyView {
    let (project, org, board) = (page.has_project, !page.inboxes.is_empty(), !page.boards.is_empty());
    if project && (org || board) {
        return ().into_any();
    }
    let step = |done: bool, words: &'static str, about: &'static str, href: String| {
        let mark = if done {
            view! { <span class="good-ink">{icon(Icon::Check)}</span><span class="hid">"Done: "</span> }.into_any()
        } else {
            icon(Icon::ChevronRight).into_any()
        };
        view! {
            <li class="bar">
                {mark}
                <div class="grow"><p class="strong">{words}</p><p class="muted small">{about}</p></div>
                {(!done).then(|| view! { <a class="btn" href=href>"Begin"<span class="hid">": "{words}</span></a> })}
            </li>
        }
    };
    let list = view! {
        <ol class="body stack-sm">
            {step(true, "Your account", "It is there.", String::new())}
            {step(project, "The first project", "A shared codebase: its components, its groups of users, its maintainers.", route::projects())}
            {step(org, "Your organisation and its board", "What you commit to, in your own order. Others keep theirs.", route::org_new())}
        </ol>
    };
    part::panel("Next steps", list)
}

fn mine(page: &HomePage) -> AnyView {
    let tile = |n: i64, words: String, href: String| view! { <a class="panel tile" href=href><b>{n}</b><span class="muted small">{words}</span></a> };
    let inboxes = page
        .inboxes
        .iter()
        .map(|(slug, name, waiting)| tile(*waiting, format!("waiting in the inbox of {name}"), route::triage(slug)))
        .collect_view();
    let query = |q: &str| route::with_query(route::DELTAS, &[("q", q)]);
    let boards = page
        .boards
        .iter()
        .map(|(org, org_name, board, name)| {
            view! { <a class="btn" href=route::board(org, board)>{icon(Icon::Board)}{name.clone()}<span class="faint">{org_name.clone()}</span></a> }
        })
        .collect::<Vec<_>>();
    let boards = (!boards.is_empty()).then(|| view! { <nav class="row-of" aria-label="Your boards">{boards}</nav> });
    view! {
        <div>
            <div class="tiles">
                {inboxes}
                {tile(page.affecting, "open deltas that affect you".into(), query("is:open affecting:me"))}
                {tile(page.filed, "open deltas you filed".into(), query("is:open reporter:me"))}
            </div>
            {boards}
        </div>
    }
    .into_any()
}

fn projects(page: &HomePage) -> AnyView {
    if page.projects.is_empty() {
        return ().into_any();
    }
    let items = page
        .projects
        .iter()
        .map(|(slug, name)| view! { <a class="panel tile strong" href=route::project(slug)>{name.clone()}</a> })
        .collect_view();
    view! { <section class="stack-sm"><h2>"Projects"</h2><div class="grid">{items}</div></section> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn an_empty_instance_says_what_comes_next() {
        let html = html(|| home(HomePage { person: Some("Mara".into()), ..HomePage::default() }));
        assert!(html.contains("Next steps") && html.contains(r#"href="/projects""#) && html.contains(r#"href="/orgs/new""#), "{html}");
    }

    #[test]
    fn a_guest_reads_what_this_is() {
        let html = html(|| home(HomePage::default()));
        assert!(html.contains("codebases that several organisations share") && html.contains("/sign-in"), "{html}");
        assert!(!html.contains("Next steps") && !html.contains("Create an account"), "{html}");
    }
}
