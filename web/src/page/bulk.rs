//! One change of many deltas: the bar below their list, and the page of what became of it.

use leptos::prelude::*;
use schema::{
    bulk::{Bar, Bulk, BulkPage, Change, Names, Row, RowState},
    place::Consensus,
    route,
};

use crate::part::{self, Crumb, Tone, Tried};

/// What stands below the list: out of sight until a delta is chosen.
pub fn bar(bar: &Bar) -> AnyView {
    let tried = Tried::of(&bar.refused, "bulk");
    let did = |what: &str| tried.typed("do").is_some_and(|did| did.starts_with(what));
    let button =
        |value: &'static str, words: &'static str| view! { <button class="btn" type="submit" name="do" value=value>{words}</button> };
    let projects = || bar.projects.clone();
    let states = Consensus::ALL.iter().map(|state| (state.to_string(), state.to_string())).collect();
    let field = |name: &'static str, label: &str| tried.field(name, label, "").within("bulk");
    let fault = |name: &'static str, at: &str| tried.fault(at).or_else(|| tried.fault(name));
    view! {
        // Enter in a field presses a form's first button: this one, which does nothing. The field's own may stand in another fold.
        <button type="submit" disabled hidden></button>
        <input type="hidden" name="q" value=bar.back.0.clone()/>
        <input type="hidden" name="cursor" value=bar.back.1.clone()/>
        // Above the bar, which is out of sight while nothing is chosen.
        {tried.above(&["of", "state", "change"])}
        <section class="panel bulk" aria-label="Change the chosen deltas">
            <div class="body stack-sm small">
                <p class="bar"><b>"With the chosen deltas"</b><span class="muted" data-chosen=""></span><span class="faint xs">"Each is changed where you may; the rest say why not. It can be undone."</span></p>
                <details class="fold" open=did("labels")><summary>"Labels"</summary>
                    <div class="stack-sm">
                        {field("labels", "Labels").error(fault("labels", "change.labels")).hint("With spaces between.").text("text")}
                        <div class="row-of">{button("labels.add", "Add")}{button("labels.remove", "Remove")}{button("labels.set", "Set these only")}</div>
                    </div>
                </details>
                <details class="fold" open=did("components")><summary>"Components"</summary>
                    <div class="stack-sm">
                        <div class="cols">
                            {field("project", "Project").select(projects())}
                            {field("components", "Components").error(fault("components", "change.components")).mono().hint("Short names, with spaces between.").text("text")}
                        </div>
                        <div class="row-of">{button("components.add", "Add")}{button("components.remove", "Remove")}{button("components.set", "Set these only")}</div>
                    </div>
                </details>
                <details class="fold" open=did("consensus")><summary>"Consensus"</summary>
                    <div class="stack-sm">
                        <div class="cols">{field("holds", "Project").select(projects())}{field("state", "It holds").select(states)}</div>
                        {field("rationale", "Rationale").max(2000).hint("Needed to decline, and past a project's rule.").text("text")}
                        <div class="row-of">{button("consensus", "Set the consensus")}</div>
                    </div>
                </details>
                <details class="fold" open=did("duplicate")><summary>"Duplicate"</summary>
                    <div class="stack-sm">
                        <div class="cols">
                            {field("of", "Of which delta").mono().max(24).placeholder("D-1042").text("text")}
                            {field("reason", "Why").max(2000).text("text")}
                        </div>
                        <div class="row-of">{button("duplicate", "Mark as duplicates")}</div>
                    </div>
                </details>
            </div>
        </section>
    }
    .into_any()
}

/// The page of what became of a change.
pub fn bulk(page: &BulkPage) -> AnyView {
    let bulk = &page.bulk;
    let waiting = bulk.count(RowState::Waiting);
    let total = bulk.rows.len();
    let progress = (waiting > 0).then(|| {
        if page.stopped {
            let words = format!("The server stopped before {waiting} of these were done: they were not changed. Choose them again.");
            return part::notice(Tone::Warn, &words);
        }
        let done = total - waiting;
        view! {
            <div class="stack-xs" role="status">
                <p>{format!("{done} of {total} done")}</p>
                <progress max=total.to_string() value=done.to_string() aria-label="Deltas changed"></progress>
            </div>
        }
        .into_any()
    });
    let undo = (bulk.undone_at.is_none() && bulk.count(RowState::Done) > 0 && (waiting == 0 || page.stopped)).then(|| {
        view! {
            <form class="act" method="post" action=route::bulk_undo(bulk.id)><button class="btn" type="submit" data-key="z">"Undo"<kbd>"Z"</kbd></button></form>
        }
    });
    let undone = bulk.undone_at.map(|at| view! { <p class="muted">"Undone "{part::ago(at, page.now)}"."</p> });
    let rows = bulk.rows.iter().map(row).collect_view();
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link("Deltas", route::deltas()), Crumb::text("Several at once")])}
            <div class="bar"><h1>{title(&bulk.change)}</h1><span class="push"></span>{undo}<a class="btn" href=route::deltas()>"Back to the deltas"</a></div>
            <p class="muted small">{summary(bulk)}" "{part::ago(bulk.at, page.now)}</p>
            <div class="stack mt">
                {progress}
                {undone}
                <section class="panel" aria-label="What became of each">
                    <table>
                        <thead><tr><th scope="col">"Delta"</th><th scope="col">"Outcome"</th><th scope="col">"Why"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn row(row: &Row) -> AnyView {
    let (tone, word) = match row.outcome {
        RowState::Waiting => (Tone::Plain, "waiting"),
        RowState::Done => (Tone::Good, "done"),
        RowState::Refused => (Tone::Bad, "refused"),
        RowState::Undone => (Tone::Plain, "undone"),
        RowState::Kept => (Tone::Warn, "not undone"),
    };
    let key = row.delta.to_string();
    view! {
        <tr data-row>
            <td>{part::id_link(&key, &route::delta(row.delta))}</td>
            <td>{part::pill(tone, word)}</td>
            <td class="muted">{row.detail.clone()}</td>
        </tr>
    }
    .into_any()
}

/// "3 done, 1 refused."
fn summary(bulk: &Bulk) -> String {
    let words = [(RowState::Done, "done"), (RowState::Refused, "refused"), (RowState::Undone, "undone"), (RowState::Kept, "not undone")];
    let counted = words.iter().filter(|(outcome, _)| bulk.count(*outcome) > 0);
    let counted: Vec<String> = counted.map(|(outcome, word)| format!("{} {word}", bulk.count(*outcome))).collect();
    if counted.is_empty() { format!("{} deltas,", bulk.rows.len()) } else { format!("{},", counted.join(", ")) }
}

/// "Add the labels gate, upgrade".
fn title(change: &Change) -> String {
    let names = |what: &str, names: &Names| match &names.set {
        Some(set) if set.is_empty() => format!("No {what}"),
        Some(set) => format!("Set the {what} {}", set.join(", ")),
        None => {
            let part = |verb: &str, list: &[String]| (!list.is_empty()).then(|| format!("{verb} the {what} {}", list.join(", ")));
            [part("Add", &names.add), part("Remove", &names.remove)].into_iter().flatten().collect::<Vec<_>>().join("; ")
        }
    };
    match change {
        Change::Labels(labels) => names("labels", labels),
        Change::Components(components) => format!("{} in {}", names("components", &components.names()), components.project),
        Change::Consensus(holds) => format!("{} in {}", part::capital(holds.state.as_str()), holds.project),
        Change::Duplicate(duplicate) => format!("Duplicates of {}", duplicate.of),
    }
}

#[cfg(test)]
mod tests {
    use schema::id::DeltaKey;
    use time::OffsetDateTime;

    use super::*;
    use crate::testing::html;

    #[test]
    fn the_first_button_of_the_form_does_nothing() {
        let html = html(|| super::bar(&Bar::default()));
        let first = html.find("<button").map(|at| &html[at..]).unwrap();
        let first = &first[..first.find('>').unwrap()];
        assert!(first.contains("type=\"submit\"") && first.contains("disabled") && first.contains("hidden"), "{first}");
        assert!(!first.contains("name="), "{first}");
    }

    #[test]
    fn what_became_of_each_is_called_its_outcome() {
        let holds = schema::bulk::Holds { project: "neutron".into(), state: Consensus::Agreed, rationale: String::new() };
        let row = Row { delta: DeltaKey(7), outcome: RowState::Refused, status: Some(403), detail: "Not yours.".into() };
        let at = OffsetDateTime::UNIX_EPOCH;
        let done = Bulk { id: Default::default(), change: Change::Consensus(holds), at, undone_at: None, rows: vec![row] };
        let html = html(move || bulk(&BulkPage { bulk: done, stopped: false, now: at }));
        assert!(html.contains(">Outcome<") && !html.contains("RowState"), "{html}");
        assert!(html.contains("<h1>Agreed in neutron</h1>") && html.contains("refused") && html.contains("Not yours."), "{html}");
    }
}
