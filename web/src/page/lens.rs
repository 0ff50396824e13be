//! An organisation's lens: what each segment weighs, and the two orders side by side.

use leptos::prelude::*;
use schema::{
    lens::{LensPage, Ranked, Weighed},
    route,
};

use crate::part::{self, Crumb, Tone};

/// The whole page.
pub fn lens(page: LensPage) -> AnyView {
    let LensPage { org, segments, effect, preview, any, decides, refused } = page;
    let notice = match (&refused, preview) {
        (Some(problem), _) => Some(part::notice(Tone::Bad, &problem.in_words())),
        (None, true) => Some(part::notice(Tone::Warn, "A preview: these weights are not kept until you save them.")),
        (None, false) => None,
    };
    let about = if any {
        "The same votes in your own order: each segment weighs what you say. Your inbox goes by it; a delta's page shows you the score. Nobody else sees any of it."
    } else {
        "Every segment weighs the same, so you have no lens. Say which users matter more to you: the same votes, your own order. Nobody else sees it."
    };
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link(org.name.clone(), route::org(&org.slug)), Crumb::text("Lens")])}
            <h1>"Our lens"</h1>
            <p class="muted small">{about}</p>
            <div class="stack mt">
                {notice}
                {weights(&route::org_lens_page(&org.slug), &segments, decides)}
                <div class="pair">
                    {order("Through the lens", "places moved, beside impact alone", &effect.lens, true)}
                    {order("By impact alone", "as everybody sees it", &effect.impact, false)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn weights(action: &str, segments: &[Weighed], decides: bool) -> AnyView {
    if segments.is_empty() {
        return part::panel("Weights", part::empty("No segments yet", "A project's maintainers name the segments of its users.", ()));
    }
    let mut projects: Vec<(&str, Vec<&Weighed>)> = Vec::new();
    for one in segments {
        match projects.last_mut() {
            Some((slug, of)) if *slug == one.project => of.push(one),
            _ => projects.push((&one.project, vec![one])),
        }
    }
    let folds = projects
        .into_iter()
        .map(|(slug, of)| {
            let weighs = of.iter().any(|one| one.weight.trim() != "1");
            let name = of.first().map(|one| one.project_name.clone()).unwrap_or_default();
            let id = slug.to_owned();
            let rows = of.into_iter().map(|one| field(one, decides)).collect_view();
            view! { <details class="fold" open=weighs id=format!("w-{id}")><summary>{name}</summary><div class="weights">{rows}</div></details> }
        })
        .collect_view();
    let send = decides.then(|| {
        view! {
            <div class="row-of">
                {part::submit("Save")}
                <button class="btn" type="submit" formmethod="get">"Preview"</button>
                <span class="hint">"0 does not count, 1 is usual, 100 is most."</span>
            </div>
        }
    });
    let form = view! { <form class="body stack-sm" method="post" action=action.to_owned()>{folds}{send}</form> };
    part::panel_with("Weights", "of each project's segments", (), form)
}

fn field(one: &Weighed, decides: bool) -> AnyView {
    let users = if one.members == 1 { "1 user".to_owned() } else { format!("{} users", one.members) };
    let about = view! { <span class="grow">{one.name.clone()}" "<span class="faint xs">{users}</span></span> };
    let weight = one.weight.clone();
    if !decides {
        return view! { <div class="bar small">{about}<b class="num">{weight}</b></div> }.into_any();
    }
    // No slug has a slash in it: what is between them is where one ends.
    let name = format!("{}/{}", one.project, one.segment);
    let id = format!("w-{name}");
    let input = view! { <input class="in small num" id=id.clone() type="number" min="0" max="100" name=name value=weight/> };
    view! { <label class="bar small" for=id>{about}{input}</label> }.into_any()
}

fn order(title: &str, about: &str, ranked: &[Ranked], through: bool) -> AnyView {
    let rows = ranked
        .iter()
        .map(|one| {
            let key = one.key.to_string();
            let score = if through { one.lens } else { one.impact };
            let moved = match one.moves {
                0 => view! { <span class="faint">"–"</span> }.into_any(),
                n => {
                    let (mark, words) = if n > 0 { ("▲", "up") } else { ("▼", "down") };
                    let about = format!("{words} {} through the lens", n.abs());
                    let title = about.clone();
                    view! { <span class="nowrap muted" title=title><span aria-hidden="true">{mark}{n.abs()}</span><span class="hid">{about}</span></span> }.into_any()
                }
            };
            view! {
                <tr data-row="">
                    <td class="grow">{part::kind_mark(one.kind.as_str())}" "{part::id(&key)}" "<a class="t" href=route::delta(one.key)>{one.title.clone()}</a></td>
                    <td class="num xs">{moved}</td>
                    <td class="num">{part::impact(score)}</td>
                </tr>
            }
        })
        .collect_view();
    let body = if ranked.is_empty() {
        part::empty("Nothing hits anybody", "Open deltas that somebody voted on stand here.", ())
    } else {
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    part::panel_with(title, about, (), body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    fn one(project: &str, segment: &str) -> Weighed {
        Weighed {
            project: project.into(),
            project_name: project.into(),
            segment: segment.into(),
            name: segment.into(),
            members: 2,
            weight: "1".into(),
        }
    }

    #[test]
    fn each_weight_has_an_id_of_its_own_whatever_the_names_are() {
        let segments = [one("a", "b-c"), one("a-b", "c")];
        let html = html(move || weights("/orgs/nw/lens", &segments, true));
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.len(), 4, "{html}");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4, "{ids:?}");
        assert!(html.contains("for=\"w-a/b-c\"") && html.contains("for=\"w-a-b/c\""), "{html}");
    }

    #[test]
    fn who_only_reads_the_weights_has_no_label_without_a_field() {
        let html = html(|| weights("/orgs/nw/lens", &[one("a", "b")], false));
        assert!(!html.contains("<label") && !html.contains("<input") && html.contains("2 users"), "{html}");
    }
}
