//! Organisations: all of them, a new one, and the first page of one.

use leptos::prelude::*;
use schema::{
    delta::Summary,
    org::{NewOrg, Openness, Org, OrgDetail, OrgNewPage, OrgPage, OrgsPage, Promise},
    problem::fault,
    route,
    triage::{COUNT_MAX, Item},
    user::Role,
    view::Shelf,
};

use crate::part::{self, Crumb, Field, Icon, Tone, icon};

/// All organisations one may see.
pub fn orgs(page: OrgsPage) -> AnyView {
    let OrgsPage { orgs, signed_in } = page;
    let new = signed_in.then(|| view! { <a class="btn primary push" href=route::org_new()>{icon(Icon::Plus)}"New organisation"</a> });
    let next = orgs.next.map(|cursor| route::with_query(route::ORGS, &[("cursor", &cursor)]));
    let list = if orgs.items.is_empty() {
        let step = if signed_in {
            view! { <a class="btn primary" href=route::org_new()>"Create the first one"</a> }.into_any()
        } else {
            view! { <a class="btn primary" href=route::sign_in()>"Sign in"</a> }.into_any()
        };
        part::empty("No organisation yet", "An organisation triages deltas into its own boards and says what it commits to.", step)
    } else {
        let rows = orgs.items.into_iter().map(row).collect_view();
        view! {
            <div class="panel">
                <table>
                    <thead><tr><th scope="col">"Organisation"</th><th scope="col">"Keys"</th><th scope="col">"What outsiders see"</th><th scope="col">"You"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {part::pager(next)}
        }
        .into_any()
    };
    view! { <div class="narrow"><div class="bar"><h1>"Organisations"</h1>{new}</div><div class="mt">{list}</div></div> }.into_any()
}

fn row(org: Org) -> AnyView {
    let role = org.role.map_or("", Role::as_str);
    view! {
        <tr data-row="">
            <td>{part::org_mark(&org.name, "")}" "<a class="t" href=route::org(&org.slug)>{org.name.clone()}</a></td>
            <td data-l="Keys"><span class="id">{format!("{}-1", org.key_prefix)}</span></td>
            <td data-l="Outsiders see">{openness_words(org.openness)}</td>
            <td data-l=(!role.is_empty()).then_some("You")>{role}</td>
        </tr>
    }
    .into_any()
}

/// What outsiders see, in a word or two.
pub fn openness_words(openness: Openness) -> &'static str {
    match openness {
        Openness::Open => "everything",
        Openness::Commitments => "stances and commitments",
        Openness::Closed => "nothing",
    }
}

/// A form for a new organisation.
pub fn new(page: OrgNewPage) -> AnyView {
    let OrgNewPage { new: NewOrg { slug, name, key_prefix }, refused } = page;
    let fields = view! {
        {refused.as_ref().map(|problem| part::notice(Tone::Bad, problem.above()))}
        {Field::new("name", "Name").value(name).required().autofocus().max(200).error(fault(&refused, "name")).text("text")}
        {Field::new("slug", "Address").value(slug).required().mono().max(64).placeholder("northwind").error(fault(&refused, "slug"))
            .hint("Part of its pages' addresses: lower case letters, digits, '.', '_' and '-'.").text("text")}
        {Field::new("key_prefix", "Key prefix").value(key_prefix).required().mono().max(8).placeholder("NW").error(fault(&refused, "key_prefix"))
            .hint("What its tasks' keys begin with: 2 to 8 capital letters or digits. It never changes.").text("text")}
        {part::buttons("Create the organisation", route::ORGS)}
    };
    view! {
        <div class="slim stack">
            <div>{part::crumbs(vec![Crumb::link("Organisations", route::orgs()), Crumb::text("New")])}<h1>"New organisation"</h1></div>
            <p class="muted">"You will be its first owner. Until you say otherwise, outsiders see its stances and commitments only."</p>
            {part::post(route::ORGS, fields)}
        </div>
    }
    .into_any()
}

/// The first page of an organisation.
pub fn org(page: OrgPage) -> AnyView {
    let OrgPage { detail: OrgDetail { org, members }, inbox, watches, boards, views, opened, promises, projects } = page;
    let slug = org.slug.clone();
    let belongs = org.role.is_some();
    let decides = org.role.is_some_and(|role| role >= Role::Member);
    let settings =
        belongs.then(|| view! { <a class="btn quiet push" href=route::org_settings(&org.slug)>{icon(Icon::Settings)}"Settings"</a> });
    let inbox = inbox.map(|(waiting, items)| waiting_panel(&slug, waiting, items, watches, projects));
    let boards = boards.map(|boards| {
        let body = if boards.is_empty() {
            let step = decides.then(|| part::act(&route::org_board(&slug), "Create a board", "btn primary", &[]));
            part::empty("No board yet", "A board shows the organisation's tasks in columns: backlog, ready, in progress, review, done.", step)
        } else {
            let rows = boards
                .into_iter()
                .map(|board| {
                    let href = route::board(&slug, &board.slug);
                    view! { <tr><td><a class="t" href=href>{board.name}</a></td><td class="num muted">{format!("{} open", board.tasks)}</td></tr> }
                })
                .collect_view();
            view! { <table><tbody>{rows}</tbody></table> }.into_any()
        };
        part::panel("Boards", body)
    });
    let members = members.map(|members| {
        let rows = members
            .into_iter()
            .map(|member| {
                let (name, href) = (member.person.display_name, route::person(&member.person.name));
                view! { <tr><td>{part::avatar(&name, "")}" "<a href=href>{name.clone()}</a></td><td class="num muted">{member.role.as_str()}</td></tr> }
            })
            .collect_view();
        part::panel("Members", view! { <table><tbody>{rows}</tbody></table> })
    });
    view! {
        {part::crumbs(vec![Crumb::link("Organisations", route::orgs()), Crumb::text(org.name.clone())])}
        <div class="bar">{part::org_mark(&org.name, "")}<h1>{org.name.clone()}</h1>
            <span class="muted small">{format!("outsiders see {}", openness_words(org.openness))}</span>{settings}</div>
        <div class="two">
            <div class="stack">{inbox}{viewed(views, opened)}{promised(&slug, promises)}</div>
            <aside class="stack">{boards}{members}</aside>
        </div>
    }
    .into_any()
}

/// A count as the navigation says it.
pub(super) fn count_words(count: i64) -> String {
    if count >= COUNT_MAX { format!("{}+", COUNT_MAX - 1) } else { count.to_string() }
}

fn waiting_panel(slug: &str, waiting: i64, items: Vec<Item>, watches: usize, projects: bool) -> AnyView {
    let body = if !projects {
        let step = view! { <a class="btn" href=route::projects()>"Start a project"</a> };
        part::empty("There is no project yet", "Deltas are filed in projects: the codebases that are shared.", step)
    } else if watches == 0 {
        let step = view! { <a class="btn primary" href=format!("{}#watches", route::org_settings(slug))>"Say what you watch"</a> };
        part::empty(
            "Nothing is watched yet",
            "A watch rule is a query over deltas. What it matches and you have not decided on waits here.",
            step,
        )
    } else if items.is_empty() {
        part::empty("Nothing waits", "Every open delta that you watch has a stance.", ())
    } else {
        let rows = items
            .into_iter()
            .map(|item| {
                let key = item.delta.key.to_string();
                let href = route::with_query(&route::triage(slug), &[("at", &key)]);
                view! {
                    <tr data-row="">
                        <td>{part::kind(item.delta.kind.as_str())}" "{part::id(&key)}</td>
                        <td class="grow"><a class="t" href=href>{item.delta.title}</a></td>
                        <td class="num">{part::impact(item.delta.impact)}</td>
                    </tr>
                }
            })
            .collect_view();
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    let all = (waiting > 0).then(|| view! { <a class="btn small" href=route::triage(slug)>"Triage them"</a> });
    let about = if waiting > 0 { format!("{} waiting", count_words(waiting)) } else { String::new() };
    part::panel_with("Triage inbox", &about, all, body)
}

/// The organisation's saved views, with what the default one shows.
fn viewed(shelves: Vec<Shelf>, opened: Option<(String, Vec<Summary>)>) -> Option<AnyView> {
    let chips = super::view::choose(shelves.iter(), None);
    if chips.is_empty() {
        return None;
    }
    let first = opened.map(|(name, found)| {
        let none = found.is_empty().then(|| view! { <p class="small muted">"Nothing matches at the moment."</p> });
        let rows = found.into_iter().map(|delta| {
            view! {
                <tr data-row>
                    <td>{part::kind_mark(delta.kind.as_str())}" "{part::id(&delta.key.to_string())}" "<a class="t" href=route::delta(delta.key)>{delta.title}</a></td>
                    <td class="end">{part::impact(delta.lens.unwrap_or(delta.impact))}</td>
                </tr>
            }
        });
        view! { <h3 class="small">{name}</h3>{none}<table><tbody>{rows.collect_view()}</tbody></table> }
    });
    let body = view! { <div class="body stack-sm"><nav aria-label="Saved views" class="chips">{chips}</nav>{first}</div> };
    Some(part::panel_with("Views", "", view! { <a class="link small" href=route::views()>"Change"</a> }, body))
}

fn promised(slug: &str, promises: Vec<Promise>) -> AnyView {
    let body = if promises.is_empty() {
        part::empty(
            "No open commitment",
            "What the organisation commits to, on a task, shows here with its target until it is delivered.",
            (),
        )
    } else {
        let rows = promises
            .into_iter()
            .map(|promise| {
                let key = promise.delta.to_string();
                let task = promise.task.map(|task| part::id_link(&task.to_string(), &route::task(&task)));
                let moved = moved(promise.moves);
                let label = promise.target.is_some().then_some("Target");
                view! {
                    <tr>
                        <td>{part::commitment(promise.commitment.as_str(), "")}</td>
                        <td class="grow">{part::id_link(&key, &route::delta(&key))}" "{promise.title}</td>
                        <td data-l=label>{promise.target}" "<span class="faint xs">{moved}</span></td>
                        <td>{task}</td>
                    </tr>
                }
            })
            .collect_view();
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    part::panel_with("Open commitments", "", view! { <a class="link small" href=route::ledger(slug)>"All promises"</a> }, body)
}

/// How often a promise moved, in words; nothing for never.
pub(crate) fn moved(moves: i64) -> String {
    match moves {
        0 => String::new(),
        1 => "moved once".to_owned(),
        n => format!("moved {n} times"),
    }
}

#[cfg(test)]
mod tests {
    use schema::view::{Owner, View};

    use super::*;
    use crate::testing::html;

    #[test]
    fn no_view_is_marked_where_none_is_shown() {
        let everything = View { slug: "all".into(), name: "All".into(), query: String::new(), default: false, version: 1 };
        let shelf = Shelf { owner: Owner::Org("nw".into()), name: "Northwind".into(), changes: true, views: vec![everything] };
        let html = html(move || viewed(vec![shelf], None));
        assert!(html.contains("All") && !html.contains("aria-current"), "{html}");
    }
}
