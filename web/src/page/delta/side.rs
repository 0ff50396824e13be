//! Beside a delta: where it is, what it is related to, its labels, and what its reporter and maintainers may do.

use leptos::prelude::*;
use schema::{
    delta::{DeltaPage, Ref},
    query::Term,
    relation::Relation,
    route,
};

use super::timeline;
use crate::part::{self, Tried};

/// All of it.
pub(super) fn side(page: &DeltaPage) -> AnyView {
    view! { {places(page)}{related(page)}{labels(page)}{super::private::private(page)}{end(page)} }.into_any()
}

fn places(page: &DeltaPage) -> AnyView {
    let key = page.delta.key;
    let action = route::delta_places(key);
    let lines = page.delta.places.iter().map(|place| {
        let components = place.components.iter().map(|component| component.slug.as_str()).collect::<Vec<_>>().join(", ");
        let components = (!components.is_empty()).then(|| view! { " "<span class="faint">{format!("› {components}")}</span> });
        let removes = page.can.decides.contains(&place.project) && page.delta.places.len() > 1;
        let remove = removes.then(|| {
            view! {
                <form class="act" method="post" action=action.clone()>
                    <input type="hidden" name="project" value=place.project.clone()/>
                    <input type="hidden" name="remove" value="yes"/>
                    <button class="btn quiet small" type="submit">"Remove"<span class="hid">" from "{place.project_name.clone()}</span></button>
                </form>
            }
        });
        view! { <div class="bar"><span class="grow"><a href=route::project(&place.project)>{place.project.clone()}</a>{components}</span>{remove}</div> }
    });
    let lines = lines.collect_view();
    let form = (page.can.edit() || !page.projects.is_empty()).then(|| {
        let options = page.projects.iter().map(|(slug, name)| (slug.clone(), name.clone())).collect();
        let first = page.delta.places.first();
        let components = first.map(|place| place.components.iter().map(|component| component.slug.as_str()).collect::<Vec<_>>().join(" "));
        let first = first.map(|place| place.project.as_str()).unwrap_or_default();
        let tried = Tried::of(&page.refused, "place");
        let fields = view! {
            {tried.above(&["project", "components"])}
            {tried.field("project", "Project", first).within("place").required().select(options)}
            {tried.field("components", "Components", &components.unwrap_or_default()).within("place").mono().hint("Short names, with spaces between.").text("text")}
            <div class="row-of">{part::submit("Say where")}</div>
        };
        fold("Another project, or other components", &action, tried, fields)
    });
    part::panel("Where", view! { <div class="body small stack-sm">{lines}{form}</div> })
}

fn related(page: &DeltaPage) -> AnyView {
    view! { {duplicates(page)}{relations(page)} }.into_any()
}

/// What it stands for, and the way to find more.
fn duplicates(page: &DeltaPage) -> AnyView {
    let find = (page.can.edit() && page.delta.open).then(|| {
        view! { <a class="link" href=route::delta_duplicates(page.delta.key)>"Find and mark duplicates"</a> }
    });
    if page.delta.duplicates.is_empty() {
        return find.map(|find| part::panel("Duplicates", view! { <div class="body small">{find}</div> })).into_any();
    }
    let lines = page.delta.duplicates.iter().map(other).collect_view();
    let body = view! {
        <div class="body small stack-sm">
            <p class="muted">"Votes, comments and failures of the public ones count here, a person once."</p>
            {lines}{find}
        </div>
    };
    part::panel_with("Duplicates", "this one stands for them", (), body)
}

/// What it has to do with others.
fn relations(page: &DeltaPage) -> AnyView {
    if page.delta.relations.is_empty() && !page.can.edit() {
        return ().into_any();
    }
    let action = route::delta_relations(page.delta.key);
    let lines = page.delta.relations.iter().map(|related| {
        let key = related.delta.key.to_string();
        let words = timeline::relation(related.relation.as_str());
        let remove = page.can.edit().then(|| {
            view! {
                <form class="act" method="post" action=action.clone()>
                    <input type="hidden" name="relation" value=related.relation.to_string()/>
                    <input type="hidden" name="other" value=key.clone()/>
                    <input type="hidden" name="remove" value="yes"/>
                    <button class="btn quiet small" type="submit">"Remove"<span class="hid">{format!(": {words} {key}")}</span></button>
                </form>
            }
        });
        view! { <div class="bar"><div class="grow"><span class="faint xs">{words}</span>{other(&related.delta)}</div>{remove}</div> }
    });
    let lines = lines.collect_view();
    let form = page.can.edit().then(|| {
        let tried = Tried::of(&page.refused, "relation");
        let words = |relation: &Relation| (relation.to_string(), format!("This {}", timeline::relation(relation.as_str())));
        let fields = view! {
            {tried.above(&["relation", "other"])}
            {tried.field("relation", "Relation", "relates").within("relation").required().select(Relation::ALL.iter().map(words).collect())}
            {tried.field("other", "The other delta", "").within("relation").required().mono().max(24).placeholder("D-1042").text("text")}
            <div class="row-of">{part::submit("Relate them")}</div>
        };
        fold("Relate it to another delta", &action, tried, fields)
    });
    part::panel("Related", view! { <div class="body small stack-sm">{lines}{form}</div> })
}

fn other(other: &Ref) -> AnyView {
    view! {
        <div>
            {part::kind_mark(other.kind.as_str())}" "{part::id_link(&other.key.to_string(), &route::delta(other.key))}" "
            <a href=route::delta(other.key)>{other.title.clone()}</a>
        </div>
    }
    .into_any()
}

fn labels(page: &DeltaPage) -> AnyView {
    let labels = &page.delta.labels;
    if labels.is_empty() && !page.can.edit() {
        return ().into_any();
    }
    let pills = labels.iter().map(|label| view! { <a class="pill" href=labelled(label)>{label.clone()}</a> }).collect_view();
    let pills = (!labels.is_empty()).then(|| view! { <div class="row-of">{pills}</div> });
    let form = page.can.edit().then(|| {
        let tried = Tried::of(&page.refused, "labels");
        let fields = view! {
            {tried.above(&["labels"])}
            {tried.field("labels", "Labels", &labels.join(" ")).within("labels").hint("With spaces between.").text("text")}
            <div class="row-of">{part::submit("Set the labels")}</div>
        };
        let summary = if labels.is_empty() { "Add labels" } else { "Change" };
        fold(summary, &route::delta_labels(page.delta.key), tried, fields)
    });
    part::panel("Labels", view! { <div class="body small stack-sm">{pills}{form}</div> })
}

/// The deltas with this label.
fn labelled(label: &str) -> String {
    // A label may hold what a query would read as something else.
    route::with_query(route::DELTAS, &[("q", &format!("label:{}", Term::plain(label)))])
}

/// Ending the gap, or opening it again.
fn end(page: &DeltaPage) -> AnyView {
    let (key, can) = (page.delta.key, &page.can);
    let action = route::delta_resolution(key);
    let tried = |resolution: &str| Tried::of(&page.refused, "resolution").with("resolution", resolution);
    let version = || view! { <input type="hidden" name="version" value=page.delta.version.to_string()/> };
    if !page.delta.open {
        let form = can.reopen.then(|| {
            let tried = tried("open");
            let fields = view! {
                {tried.above(&["reason"])}
                {version()}<input type="hidden" name="resolution" value="open"/>
                {tried.field("reason", "Why it is open again", "").within("reopen").max(2000).text("text")}
                <div class="row-of">{part::submit("Reopen")}</div>
            };
            part::panel("Reopen", view! { <div class="body">{part::post(&action, fields)}</div> })
        });
        return form.into_any();
    }
    if !can.edit() {
        return ().into_any();
    }
    let close = can.maintainer.then(|| {
        let releases = std::iter::once((String::new(), "none named".to_owned()))
            .chain(page.releases.iter().map(|release| (release.name.clone(), release.name.clone())))
            .collect();
        let tried = tried("closed");
        let fields = view! {
            {tried.above(&["release", "reason"])}
            {version()}<input type="hidden" name="resolution" value="closed"/>
            {tried.field("release", "In the release", "").within("close").select(releases)}
            {tried.field("reason", "How it shows", "").within("close").max(2000).area(2)}
            <div class="row-of">{part::submit("Close")}</div>
        };
        fold("Close: actual now equals desired", &action, tried, fields)
    });
    let duplicate = {
        let tried = tried("duplicate");
        let fields = view! {
            {tried.above(&["duplicate_of", "reason"])}
            {version()}<input type="hidden" name="resolution" value="duplicate"/>
            <p><a class="link" href=route::delta_duplicates(key)>"Look for deltas like it"</a></p>
            {tried.field("duplicate_of", "Which delta stands for it", "").within("duplicate").required().mono().placeholder("D-1042").text("text")}
            {tried.field("reason", "Why", "").within("duplicate").max(2000).text("text")}
            <div class="row-of">{part::submit("Mark as a duplicate")}</div>
        };
        fold("Duplicate of another delta", &action, tried, fields)
    };
    let decline = can.maintainer.then(|| {
        let tried = tried("declined");
        let fields = view! {
            {tried.above(&["reason"])}
            {version()}<input type="hidden" name="resolution" value="declined"/>
            {tried.field("reason", "Why", "").within("decline").required().max(2000).area(2)}
            <div class="row-of">{part::submit("Decline")}</div>
        };
        fold("Decline: the behaviour is right", &action, tried, fields)
    });
    let withdraw = can.reporter.then(|| {
        let tried = tried("withdrawn");
        let fields = view! {
            {tried.above(&["reason"])}
            {version()}<input type="hidden" name="resolution" value="withdrawn"/>
            {tried.field("reason", "Why", "").within("withdraw").max(2000).text("text")}
            <div class="row-of">{part::submit("Withdraw")}</div>
        };
        fold("Withdraw what you reported", &action, tried, fields)
    });
    part::panel("End the gap", view! { <div class="body small stack-sm">{close}{duplicate}{decline}{withdraw}</div> })
}

/// A form behind its title; open where it was refused.
pub(super) fn fold(title: &'static str, action: &str, tried: Tried<'_>, fields: impl IntoView + 'static) -> AnyView {
    view! { <details class="fold" open=tried.refused()><summary>{title}</summary>{part::post(action, fields)}</details> }.into_any()
}

#[cfg(test)]
mod tests {
    use schema::query::{DELTAS, parse};

    use super::*;

    #[test]
    fn a_label_leads_to_the_deltas_with_that_label_whatever_stands_in_it() {
        for label in ["gate", "a,b", "c++(11)", "x*", "say:\"hi\""] {
            let query = format!("label:{}", Term::plain(label));
            assert_eq!(labelled(label), route::with_query(route::DELTAS, &[("q", &query)]));
            let read = parse(&query, &DELTAS).unwrap();
            assert_eq!(read.sole("label"), Some(label), "{query}");
        }
    }
}
