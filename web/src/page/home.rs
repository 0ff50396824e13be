//! The first page: what waits for this person; for guests what this is; for a new instance what comes next.

use leptos::prelude::*;
use schema::{home::HomePage, outsider::Claim, route};

use super::org::count_words;
use crate::part::{self, Icon, Tone, icon};

/// The whole page.
pub fn home(page: HomePage) -> AnyView {
    match &page.person {
        None => guest(&page),
        Some(name) => {
            let hello = format!("Hello, {name}");
            view! { <div class="narrow"><h1>{hello}</h1><div class="stack mt">{claims(&page)}{steps(&page)}{tiles(&page)}{questions(&page)}{mine(&page)}</div></div> }
                .into_any()
        }
    }
}

fn guest(page: &HomePage) -> AnyView {
    let register = page.registration_open.then(|| view! { <a class="btn" href=route::register()>"Create an account"</a> });
    let fresh = page.fresh.then(|| {
        let words = "Nobody has an account here yet. When the server started it printed an address, which makes the first one: open that.";
        part::notice(Tone::Plain, words)
    });
    view! {
        <div class="slim stack">
            {fresh}
            <h1>"What is wrong, whom it hits, and who does something about it"</h1>
            <p>
                "Deltaboard keeps the "<a class="link" href=route::deltas()>"deltas"</a>
                " of codebases that several organisations share: each is a difference between the behaviour somebody desires and the behaviour the code has. "
                "Users say how much each one affects them, in segments of users that know their number. "
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
            {step(project, "The first project", "A shared codebase: its components, its segments of users, its maintainers.", route::projects())}
            {step(org, "Your organisation and its board", "What you commit to, in your own order. Others keep theirs.", route::org_new())}
        </ol>
    };
    part::panel("Next steps", list)
}

/// How much waits, each with the way there; nothing for what is nothing.
fn tiles(page: &HomePage) -> AnyView {
    let tile = |n: i64, words: String, href: String| {
        (n > 0).then(|| view! { <a class="panel tile" href=href><b>{count_words(n)}</b><span class="muted small">{words}</span></a> })
    };
    let query = |q: &str| route::with_query(route::DELTAS, &[("q", q)]);
    let inboxes = page.inboxes.iter();
    let mut tiles: Vec<_> = inboxes
        .filter_map(|(slug, name, waiting)| tile(*waiting, format!("waiting in the inbox of {name}"), route::triage(slug)))
        .collect();
    tiles.extend(tile(page.affecting, "open deltas that affect you".into(), query("is:open affecting:me")));
    tiles.extend(tile(page.filed, "open deltas you filed".into(), query("is:open reporter:me")));
    (!tiles.is_empty()).then(|| view! { <div class="tiles">{tiles}</div> }).into_any()
}

/// Whom somebody says they are: votes that were recorded while they had no account.
fn claims(page: &HomePage) -> AnyView {
    let line = |claim: &Claim| {
        let votes = if claim.votes == 1 { "one vote".to_owned() } else { format!("{} votes", claim.votes) };
        let words = format!(
            "{} has recorded {votes} for “{}” and says that is you. Taken over, they are your own votes; where you voted yourself, that holds.",
            claim.of, claim.name
        );
        let action = route::claim(claim.id);
        let buttons = view! {
            <span class="row-of">{part::act(&action, "It is me", "btn small primary", &[("accept", "yes")])}{part::act(&action, "It is not", "btn small", &[("accept", "no")])}</span>
        };
        part::notice_with(Tone::Plain, &words, buttons)
    };
    page.claims.iter().map(line).collect_view().into_any()
}

/// Most questions that stand on the page.
const QUESTIONS: usize = 6;

/// Closed deltas that affected them: is it fixed for them?
fn questions(page: &HomePage) -> AnyView {
    if page.questions.is_empty() {
        return ().into_any();
    }
    let answers: i64 = page.questions.iter().map(|question| question.answers).sum();
    let about = if answers == 1 { "1 answer asked of you".to_owned() } else { format!("{answers} answers asked of you") };
    let rows = page.questions.iter().take(QUESTIONS).map(|question| {
        let key = question.delta.to_string();
        view! {
            <tr data-row="">
                <td class="grow">{part::kind_mark(question.kind.as_str())}" "{part::id(&key)}" "<a class="t" href=route::delta(&key)>{question.title.clone()}</a></td>
                <td class="end"><a class="btn small" href=route::delta(&key)>"Answer"<span class="hid">" about "{key.clone()}</span></a></td>
            </tr>
        }
    });
    part::panel_with("Fixed for you?", &about, (), view! { <table><tbody>{rows.collect_view()}</tbody></table> })
}

/// What waits and what one works on, beside the boards and projects where it is.
fn mine(page: &HomePage) -> AnyView {
    if page.inboxes.is_empty() {
        return projects(page);
    }
    view! {
        <div class="two">
            <div class="stack">{waiting(page)}{tasks(page)}</div>
            <aside class="stack">{boards(page)}{projects(page)}</aside>
        </div>
    }
    .into_any()
}

fn waiting(page: &HomePage) -> AnyView {
    let several = page.inboxes.len() > 1;
    let rows = page
        .waiting
        .iter()
        .map(|line| {
            let key = line.key.to_string();
            let org = page.inboxes.iter().find(|(slug, ..)| several && *slug == line.org);
            let org = org.map(|(_, name, _)| view! { <td class="muted small">{part::org_mark(name, "")}" "{name.clone()}</td> });
            let href = route::with_query(&route::triage(&line.org), &[("at", &key)]);
            view! {
                <tr data-row="">
                    <td class="grow">{part::kind_mark(line.kind.as_str())}" "{part::id(&key)}" "<a class="t" href=href>{line.title.clone()}</a></td>
                    {org}
                    <td class="num">{part::impact(line.impact)}</td>
                </tr>
            }
        })
        .collect_view();
    let body = if page.waiting.is_empty() {
        part::empty("Nothing waits", "What your organisation watches and has not decided on waits here.", ())
    } else {
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    part::panel("Waiting for you", body)
}

fn tasks(page: &HomePage) -> AnyView {
    let rows = page
        .tasks
        .iter()
        .map(|task| {
            view! {
                <tr data-row="">
                    <td class="grow">{part::priority_bars(&task.priority)}" "{part::id(&task.key.to_string())}" "<a class="t" href=route::task(&task.key)>{task.title.clone()}</a></td>
                    <td class="num muted">{task.column.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let body = if page.tasks.is_empty() {
        part::empty("No task is yours", "Open tasks that are assigned to you stand here.", ())
    } else {
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    part::panel("Your tasks", body)
}

fn boards(page: &HomePage) -> AnyView {
    if page.boards.is_empty() {
        return ().into_any();
    }
    let several = page.inboxes.len() > 1;
    let rows = page
        .boards
        .iter()
        .map(|board| {
            let org = several.then(|| view! { <span class="sub faint xs">{board.org_name.clone()}</span> });
            view! {
                <tr data-row="">
                    <td><a class="t" href=route::board(&board.org, &board.slug)>{board.name.clone()}</a>{org}</td>
                    <td class="num muted">{format!("{} open", board.tasks)}</td>
                </tr>
            }
        })
        .collect_view();
    part::panel("Boards", view! { <table><tbody>{rows}</tbody></table> })
}

fn projects(page: &HomePage) -> AnyView {
    if page.projects.is_empty() {
        return ().into_any();
    }
    let rows = page
        .projects
        .iter()
        .map(|(slug, name)| view! { <tr data-row=""><td><a class="t" href=route::project(slug)>{name.clone()}</a></td></tr> })
        .collect_view();
    part::panel("Projects", view! { <table><tbody>{rows}</tbody></table> })
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
