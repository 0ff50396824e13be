//! What recognises a delta's failures, and which tests decide about it.

use leptos::prelude::*;
use schema::{
    ci::{Evidence, Signature, SignaturesPage},
    route,
};

use crate::part::{self, Crumb, Field};

/// The page.
pub fn signatures(page: SignaturesPage) -> AnyView {
    let SignaturesPage { delta, evidence, tests, projects, now, maintained, query, error } = page;
    let key = delta.key.to_string();
    let steps = vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.clone(), route::delta(delta.key)), Crumb::text("CI")];
    let list = if evidence.signatures.is_empty() {
        let about = "A signature recognises this delta's failures from then on: CI is told that they are known, and by whom.";
        part::empty("No signature", about, ())
    } else {
        let rows = evidence.signatures.iter().map(|signature| one(&key, signature, maintained.contains(&signature.project))).collect_view();
        view! { <div class="body stack">{rows}</div> }.into_any()
    };
    let add = (!maintained.is_empty()).then(|| add(&key, &maintained, query, error));
    let deciders = projects
        .iter()
        .map(|project| decide(&key, project, tests.iter().find(|one| one.project == *project), maintained.contains(project)))
        .collect_view();
    let groups = evidence
        .groups
        .iter()
        .map(|group| {
            view! {
                <li><a href=route::failure_group(group.id)><code>{group.test.clone()}</code></a>" "<span class="muted">{format!("× {} · ", group.failures)}{part::ago(group.last_seen, now)}</span>
                <span class="msg">{group.message.lines().next().unwrap_or_default().to_owned()}</span></li>
            }
        })
        .collect_view();
    let groups = (!evidence.groups.is_empty())
        .then(|| part::panel_with("Failures it explains", "the last seen first", (), view! { <ul class="body stack-sm">{groups}</ul> }));
    view! {
        {part::crumbs(steps)}
        <h1>{format!("CI and {key}")}</h1>
        <p class="muted">{delta.title.clone()}</p>
        <div class="stack mt">
            {part::evidence_panel(&evidence, false, now)}
            {part::panel_with("Signatures", "what recognises its failures", (), view! { {list}{add} })}
            {deciders}
            {groups}
        </div>
    }
    .into_any()
}

fn one(delta: &str, signature: &Signature, may_edit: bool) -> AnyView {
    let groups = if signature.groups == 1 { "explains 1 group".to_owned() } else { format!("explains {} groups", signature.groups) };
    let head = view! { <p class="row-of"><code>{signature.query.clone()}</code><span class="muted small">{format!("{} · {groups} · version {}", signature.project, signature.version)}</span></p> };
    if !may_edit {
        return head.into_any();
    }
    let version = signature.version.to_string();
    // The name of the field carries the signature: ids stay unique on the page.
    let id = format!("query-{}", signature.id.simple());
    let edit = part::post(
        &route::delta_signature(delta, signature.id),
        view! {
            <input type="hidden" name="version" value=version.clone()/>
            <div class="f"><label for=id.clone()>"Change it"</label>
            <input class="in mono" id=id type="text" name="query" value=signature.query.clone() required maxlength="1000"/></div>
            <div class="row-of"><button class="btn small" type="submit">"Save"</button></div>
        },
    );
    let remove = part::act(
        &route::delta_signature_remove(delta, signature.id),
        "Take it out of force",
        "btn small danger",
        &[("version", &version)],
    );
    view! { <div class="stack-sm">{head}<details><summary class="small">"Change or remove"</summary><div class="stack-sm mt">{edit}{remove}</div></details></div> }.into_any()
}

fn add(delta: &str, projects: &[String], query: String, error: Option<String>) -> AnyView {
    let project = match projects {
        [one] => view! { <input type="hidden" name="project" value=one.clone()/> }.into_any(),
        several => {
            Field::new("project", "Project").required().select(several.iter().map(|slug| (slug.clone(), slug.clone())).collect()).into_any()
        }
    };
    let fields = view! {
        {Field::new("query", "New signature").value(query).required().mono().max(1000).error(error)
            .placeholder("test:*agent_restart* message:\"session reset\"")
            .hint("Over test, message, details, job and branch. Try it on the project's page of CI failures first.").text("text")}
        {project}
        <div class="row-of">{part::submit("Put it in force")}</div>
    };
    view! { <div class="body">{part::post(&route::delta_ci(delta), fields)}</div> }.into_any()
}

fn decide(delta: &str, project: &str, evidence: Option<&Evidence>, may_edit: bool) -> AnyView {
    let tests = evidence.map(|evidence| evidence.tests.join("\n")).unwrap_or_default();
    let body = if may_edit {
        let (tests_id, needed_id) = (format!("tests-{project}"), format!("needed-{project}"));
        let needed = evidence.map_or(1, |evidence| evidence.needed).to_string();
        // A textarea's inside is written as it is: what people wrote is escaped here.
        let text = format!("\n{}", tests.replace('&', "&amp;").replace('<', "&lt;"));
        let fields = view! {
            <div class="f"><label for=tests_id.clone()>"Tests, one a line"</label>
            <textarea class="in mono" id=tests_id name="tests" rows="3">{text}</textarea>
            <p class="hint">"Exactly as CI reports them. None: no test decides."</p></div>
            <div class="f"><label for=needed_id.clone()>"Passes in a row that each needs"</label>
            <input class="in" id=needed_id type="number" name="needed" value=needed min="1" max="10000" required/></div>
            <div class="row-of"><button class="btn" type="submit">"Save"</button></div>
        };
        part::post(&route::delta_evidence(delta, project), fields)
    } else if tests.is_empty() {
        view! { <p class="muted small">"None yet."</p> }.into_any()
    } else {
        view! { <pre>{tests}</pre> }.into_any()
    };
    part::panel_with(&format!("Tests that decide in {project}"), "", (), view! { <div class="body">{body}</div> })
}
