//! An organisation's settings: name, openness, members, watch rules, lens.

use leptos::prelude::*;
use schema::{
    lens::{Lens, Weight},
    org::{Member, Openness, Org, OrgSettingsPage},
    problem::{Problem, fault},
    route,
    triage::Watch,
    user::Role,
};

use super::org::count_words;
use crate::part::{self, Crumb, Field, Tick, Tone};

/// The whole page.
pub fn settings(page: OrgSettingsPage) -> AnyView {
    let OrgSettingsPage { org, members, watches, lens, typed, refused } = page;
    let (owner, decides) = (org.role == Some(Role::Owner), org.role.is_some_and(|role| role >= Role::Member));
    let typed = Typed { values: typed, refused };
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link(org.name.clone(), route::org(&org.slug)), Crumb::text("Settings")])}
            <h1>"Settings"</h1>
            <div class="stack mt">
                {typed.refused.as_ref().map(|problem| part::notice(Tone::Bad, problem.above()))}
                {owner.then(|| about(&org, &typed))}
                {people(&org, members, owner, &typed)}
                {owner.then(|| promises(&org, &typed))}
                <div id="watches">{rules(&org, watches, decides, &typed)}</div>
                <div id="lens">{weights(&org, lens, decides, &typed)}</div>
            </div>
        </div>
    }
    .into_any()
}

/// What was typed into the form that was refused.
struct Typed {
    values: Vec<(String, String)>,
    refused: Option<Problem>,
}

impl Typed {
    /// What was typed into a field, or what stands there.
    fn or(&self, field: &str, there: &str) -> String {
        self.values.iter().find(|(name, _)| name == field).map_or_else(|| there.to_owned(), |(_, value)| value.clone())
    }
    fn fault(&self, field: &str) -> Option<String> {
        fault(&self.refused, field)
    }
}

fn about(org: &Org, typed: &Typed) -> AnyView {
    let tick = |openness: &Openness| Tick {
        value: openness.to_string(),
        label: format!("{}: {}", named(*openness), openness.explained()),
        dot: "",
    };
    let ticks = Openness::ALL.iter().map(tick).collect();
    let chosen = typed.or("openness", org.openness.as_str());
    let fields = view! {
        <input type="hidden" name="version" value=org.version.to_string()/>
        {Field::new("name", "Name").value(typed.or("name", &org.name)).required().max(200).error(typed.fault("name")).text("text")}
        <div class="f"><span class="small">"What outsiders see"</span>{part::choice("openness", "What outsiders see", ticks, Some(&chosen))}</div>
        <div class="row-of">{part::submit("Save")}</div>
    };
    part::panel("Name and openness", view! { <div class="body">{part::post(&route::org_settings(&org.slug), fields)}</div> })
}

/// When silence about a promise is long.
fn promises(org: &Org, typed: &Typed) -> AnyView {
    let expires = org.expires_after.map(|days| days.to_string()).unwrap_or_default();
    let fields = view! {
        <input type="hidden" name="version" value=org.version.to_string()/>
        <div class="cols">
            {Field::new("quiet_after", "Quiet after days").value(typed.or("quiet_after", &org.quiet_after.to_string())).required()
                .hint("Without a word for so long, who promised is asked; after twice as long others may take it over.").error(typed.fault("quiet_after")).text("number")}
            {Field::new("expires_after", "Expires after days").value(typed.or("expires_after", &expires))
                .hint("Taken back by itself then, if its day has passed or is not known. Empty: never.").error(typed.fault("expires_after")).text("number")}
        </div>
        <div class="row-of">{part::submit("Save")}</div>
    };
    part::panel("Promises", view! { <div class="body">{part::post(&route::org_ledger(&org.slug), fields)}</div> })
}

fn named(openness: Openness) -> &'static str {
    match openness {
        Openness::Open => "Open",
        Openness::Commitments => "Commitments",
        Openness::Closed => "Closed",
    }
}

fn roles() -> Vec<(String, String)> {
    [
        (Role::Viewer, "Viewer: sees the work"),
        (Role::Member, "Member: does the work"),
        (Role::Owner, "Owner: also manages members and settings"),
    ]
    .into_iter()
    .map(|(role, words)| (role.to_string(), words.to_owned()))
    .collect()
}

fn people(org: &Org, members: Vec<Member>, owner: bool, typed: &Typed) -> AnyView {
    let rows = members.into_iter().map(|member| person(org, member, owner)).collect_view();
    let add = owner.then(|| {
        let fields = view! {
            <div class="cols">
                {Field::new("user", "Handle").value(typed.or("user", "")).required().mono().max(64).placeholder("mara").error(typed.fault("user")).text("text")}
                {Field::new("role", "Role").value(typed.or("role", "member")).required().select(roles())}
            </div>
            <div class="row-of">{part::submit("Add")}</div>
        };
        view! { <footer>{part::post(&route::org_members(&org.slug), fields)}</footer> }
    });
    part::panel("Members", view! { <table><tbody>{rows}</tbody></table>{add} })
}

fn person(org: &Org, member: Member, owner: bool) -> AnyView {
    let (name, shown) = (member.person.name, member.person.display_name);
    let remove = owner.then(|| part::act(&route::org_member_remove(&org.slug, &name), "Remove", "btn quiet small danger", &[]));
    let role = if owner {
        let options = Role::ALL
            .iter()
            .map(|role| view! { <option value=role.as_str() selected=*role == member.role>{role.as_str()}</option> })
            .collect_view();
        view! {
            <form class="row-of" method="post" action=route::org_members(&org.slug)>
                <input type="hidden" name="user" value=name.clone()/>
                <select class="in small" name="role" aria-label=format!("Role of {shown}")>{options}</select>
                <button class="btn small" type="submit">"Save"</button>
            </form>
        }
        .into_any()
    } else {
        member.role.as_str().into_any()
    };
    view! {
        <tr>
            <td>{part::avatar(&shown, "")}" "<a href=route::person(&name)>{shown.clone()}</a>" "<span class="faint xs">{format!("@{name}")}</span></td>
            <td>{role}</td>
            <td class="num">{remove}</td>
        </tr>
    }
    .into_any()
}

fn rules(org: &Org, watches: Vec<(Watch, i64)>, decides: bool, typed: &Typed) -> AnyView {
    let body = if watches.is_empty() {
        part::empty(
            "Nothing is watched yet",
            "A rule is a query over deltas. What it matches and has no stance of yours waits in the triage inbox.",
            (),
        )
    } else {
        let rows = watches.into_iter().map(|(watch, count)| rule(org, &watch, count, decides)).collect_view();
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    let add = decides.then(|| {
        let fields = view! {
            <div class="cols">
                {Field::new("slug", "Rule").value(typed.or("slug", "")).required().mono().max(64).placeholder("switching").error(typed.fault("watch")).text("text")}
                {Field::new("query", "Deltas to watch").value(typed.or("query", "")).required().mono().max(1000)
                    .placeholder("project:neutron component:ovs impact:>20").error(typed.fault("query")).text("text")}
            </div>
            {part::check("confirm", "true", "Also where that is 1,000 deltas or more", false)}
            <div class="row-of">{part::submit("Watch")}<span class="hint">"The name of a rule that is there changes its query."</span></div>
        };
        view! { <footer>{part::post(&route::org_watches(&org.slug), fields)}</footer> }
    });
    part::panel_with("What we watch", "fills the triage inbox", (), view! { {body}{add} })
}

fn rule(org: &Org, watch: &Watch, count: i64, decides: bool) -> AnyView {
    let found = format!("{} open", count_words(count));
    let href = route::with_query(route::DELTAS, &[("q", &format!("is:open ({})", watch.query))]);
    let remove = decides.then(|| part::act(&route::org_watch_remove(&org.slug, &watch.slug), "Remove", "btn quiet small", &[]));
    view! {
        <tr>
            <td class="t">{watch.slug.clone()}</td>
            <td class="grow"><code>{watch.query.clone()}</code></td>
            <td class="num"><a class="link" href=href>{found}</a></td>
            <td class="num">{remove}</td>
        </tr>
    }
    .into_any()
}

fn weights(org: &Org, lens: Lens, decides: bool, typed: &Typed) -> AnyView {
    let body = if lens.weights.is_empty() {
        part::empty(
            "Every segment weighs the same",
            "Say which users matter more to you: the same votes, your own order. Nobody else sees it.",
            (),
        )
    } else {
        let rows = lens.weights.iter().map(|weight| weight_row(org, weight, decides)).collect_view();
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    let add = decides.then(|| {
        let fields = view! {
            <div class="cols">
                {Field::new("project", "Project").value(typed.or("project", "")).required().mono().max(64).error(typed.fault("project")).text("text")}
                {Field::new("segment", "Segment").value(typed.or("segment", "")).required().mono().max(64).error(typed.fault("segment")).text("text")}
                {Field::new("weight", "Weight, 0 to 100").value(typed.or("weight", "5")).required().error(typed.fault("weight")).text("number")}
            </div>
            <div class="row-of">{part::submit("Weigh")}</div>
        };
        view! { <footer>{part::post(&route::org_lens(&org.slug), fields)}</footer> }
    });
    let whole = view! { <a class="link small" href=route::org_lens_page(&org.slug)>"All weights, and what they do"</a> };
    part::panel_with("Our lens", "a segment without a weight weighs 1", whole, view! { {body}{add} })
}

fn weight_row(org: &Org, weight: &Weight, decides: bool) -> AnyView {
    let Weight { project, segment, weight } = weight;
    let values = [("project", project.as_str()), ("segment", segment.as_str()), ("weight", "1")];
    let reset = decides.then(|| part::act(&route::org_lens(&org.slug), "Remove", "btn quiet small", &values));
    view! { <tr><td>{project.clone()}</td><td class="grow">{segment.clone()}</td><td class="num">{*weight}</td><td class="num">{reset}</td></tr> }.into_any()
}
