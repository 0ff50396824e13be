//! Orphan radar: high impact, agreed, nobody has committed.

use leptos::prelude::*;
use schema::{
    radar::{Group, Orphan, RadarPage, Sector, query},
    route,
};
use time::OffsetDateTime;

use crate::part::{self, Crumb};

/// The whole page.
pub fn radar(page: RadarPage) -> AnyView {
    let RadarPage { radar, project, now } = page;
    let (action, crumbs) = match &project {
        Some((slug, name)) => (
            route::project_radar(slug),
            Some(part::crumbs(vec![Crumb::link(name.clone(), route::project(slug)), Crumb::text("Orphan radar")])),
        ),
        None => (route::radar(), None),
    };
    let impact = radar.impact;
    let all = project.is_some().then(|| view! { <a class="link small" href=route::radar()>"All projects"</a> });
    let form = view! {
        <form class="row-of one" method="get" action=action>
            <label class="small" for="f-impact">"Impact from"</label>
            <input class="in small num" id="f-impact" type="number" name="impact" min="1" max="100" value=impact.to_string()/>
            <button class="btn small" type="submit">"Show"</button>
        </form>
    };
    let body = if radar.projects.is_empty() {
        let step = view! { <a class="btn" href=route::with_query(route::DELTAS, &[("q", "is:open consensus:agreed sort:impact")])>"What is agreed"</a> };
        part::panel(
            "Nothing on the radar",
            part::empty("No orphans", "Everything that is agreed and hits that many has somebody who committed to it.", step),
        )
    } else {
        radar.projects.iter().map(|sector| one(sector, impact, project.is_none(), now)).collect_view().into_any()
    };
    view! {
        <div class="narrow">
            {crumbs}
            <div class="bar"><h1>"Orphan radar"</h1><span class="push"></span>{all}{form}</div>
            <p class="muted small">
                "Open deltas that hit many and that a project agrees on, and nobody has committed to. What an organisation that shows nothing has committed to is unknown here."
            </p>
            <div class="stack mt">{body}</div>
        </div>
    }
    .into_any()
}

fn one(sector: &Sector, impact: i64, leads: bool, now: OffsetDateTime) -> AnyView {
    let href = route::with_query(route::DELTAS, &[("q", &query(&sector.project, None, impact))]);
    let tools = view! {
        <span class="row-of small">
            {leads.then(|| view! { <a class="link" href=route::project_radar(&sector.project)>"Only this project"</a> })}
            <a class="link" href=href>"In the list"</a>
        </span>
    };
    let about = if sector.count == 1 { "1 delta".to_owned() } else { format!("{} deltas", sector.count) };
    let groups = sector.groups.iter().map(|one| group(sector, one, impact, now)).collect_view();
    part::panel_with(&sector.name, &about, tools, groups)
}

fn group(sector: &Sector, group: &Group, impact: i64, now: OffsetDateTime) -> AnyView {
    let rows = group.worst.iter().map(|orphan| row(orphan, now)).collect_view();
    let name = match &group.component {
        Some(component) => {
            let href = route::with_query(route::DELTAS, &[("q", &query(&sector.project, Some(component), impact))]);
            view! { <a class="strong" href=href>{group.name.clone()}</a> }.into_any()
        }
        None => view! { <span class="strong">{group.name.clone()}</span> }.into_any(),
    };
    let more = group.count - i64::try_from(group.worst.len()).unwrap_or_default();
    let count = if more > 0 { format!("{} · the hardest {} of them", group.count, group.worst.len()) } else { group.count.to_string() };
    view! {
        <table class="even">
            <caption class="cap small">{name}" "<span class="faint">{count}</span></caption>
            <thead class="hid"><tr><th scope="col">"Delta"</th><th scope="col">"Impact"</th><th scope="col">"Agreed"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(orphan: &Orphan, now: OffsetDateTime) -> AnyView {
    let key = orphan.key.to_string();
    let agreed = orphan.agreed_at.map(|at| view! { "agreed "{part::ago(at, now)} });
    let people = if orphan.affected == 1 { "1 person".to_owned() } else { format!("{} people", orphan.affected) };
    view! {
        <tr data-row="">
            <td class="grow">{part::kind_mark(orphan.kind.as_str())}" "{part::id(&key)}" "<a class="t" href=route::delta(orphan.key)>{orphan.title.clone()}</a></td>
            <td class="nowrap">{part::impact_in(orphan.impact, orphan.segment.as_deref().unwrap_or_default())}" "<span class="xs faint">{people}</span></td>
            <td class="muted small nowrap end">{agreed}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use schema::radar::Radar;

    use super::*;
    use crate::testing::html;

    #[test]
    fn an_empty_radar_says_what_that_means() {
        let page = RadarPage { radar: Radar { impact: 40, projects: Vec::new() }, project: None, now: OffsetDateTime::UNIX_EPOCH };
        let html = html(|| radar(page));
        assert!(html.contains("No orphans") && html.contains(r#"name="impact""#) && html.contains(r#"value="40""#), "{html}");
    }
}
