//! "Who has committed": one delta side by side in every organisation, and one's own organisations' stance on it.

use leptos::prelude::*;
use schema::{
    id::DeltaKey,
    route,
    stance::{Stance, Standing},
    task::Commitment,
};

use super::{commitment, id_link, org_mark, panel_with, priority, stance, submit};

/// The table. What an organisation does not show is "private".
pub fn standings_panel(standings: &[Standing]) -> AnyView {
    let body = if standings.is_empty() {
        view! { <div class="body muted small">"Nobody has committed, and no organisation has said what it makes of this."</div> }.into_any()
    } else {
        let rows = standings.iter().map(row).collect_view();
        view! {
            <table>
                <thead><tr><th scope="col">"Organisation"</th><th scope="col">"Stance"</th><th scope="col">"Their priority"</th><th scope="col">"Task"</th><th scope="col">"Promise"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    panel_with("Who has committed", "each organisation decides for itself", (), body)
}

fn row(line: &Standing) -> AnyView {
    let hidden = |shown: bool| (!shown).then(|| view! { <span class="faint">{if line.inside { "—" } else { "private" }}</span> });
    let state = match (line.commitment, line.stance) {
        (Commitment::None, Some(word)) => stance(word.as_str()),
        (word, _) => commitment(word.as_str(), ""),
    };
    let rank = line.rank.map(|rank| view! { " "<span class="faint xs">{format!("#{rank}")}</span> });
    let task = line.task.as_ref().map(|task| {
        let column = line.column.clone().unwrap_or_default();
        view! { {id_link(&task.to_string(), &route::task(task))}" "{column} }
    });
    let moved = crate::page::org::moved(line.moves);
    let promise = match (&line.target, line.reason.is_empty()) {
        (Some(target), _) => view! { {target.clone()}" "<span class="faint xs">{moved}</span> }.into_any(),
        (None, false) => view! { <span class="faint small">{format!("“{}”", line.reason)}</span> }.into_any(),
        (None, true) => view! { <span class="faint">"—"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{org_mark(&line.org_name, "")}" "<a href=route::org(&line.org)>{line.org_name.clone()}</a></td>
            <td data-l="Stance">{state}</td>
            <td data-l="Priority">{line.priority.map(|word| priority(word.as_str()))}{rank}{hidden(line.priority.is_some())}</td>
            <td data-l="Task">{task}{hidden(line.task.is_some())}</td>
            <td data-l="Promise">{promise}</td>
        </tr>
    }
    .into_any()
}

/// A line of the table in a sentence: "committed for 2026.2", "declined — “we do not ship it”".
pub fn in_words(line: &Standing) -> String {
    let state = match (line.commitment, line.stance) {
        (Commitment::None, Some(stance)) => stance.to_string(),
        (commitment, _) => commitment.to_string(),
    };
    match (&line.target, line.reason.is_empty()) {
        (Some(target), _) => format!("{state} for {target}"),
        (None, false) => format!("{state} — “{}”", line.reason),
        (None, true) => state,
    }
}

/// What an organisation of the reader's own makes of the delta, to be changed. `line` is its line of the table, if it has
/// one; `org` its slug and name.
pub fn stance_form(delta: DeltaKey, org: (&str, &str), line: Option<&Standing>) -> AnyView {
    let (slug, name) = org;
    let current = line.and_then(|line| line.stance);
    let now = current.map_or("has not decided".to_owned(), |stance| format!("is on {stance}"));
    let action = route::triage_stance(slug, delta);
    if current == Some(Stance::Taken) {
        return ().into_any();
    }
    let options = [("considering", "Considering"), ("declined", "Not ours"), ("snoozed", "Snooze for a week")]
        .into_iter()
        .map(|(value, words)| {
            let chosen = current.is_some_and(|stance| stance.as_str() == value);
            view! { <option value=value selected=chosen>{words}</option> }
        })
        .collect_view();
    let reason = line.map(|line| line.reason.clone()).unwrap_or_default();
    let inbox = route::with_query(&route::triage(slug), &[("at", &delta.to_string())]);
    // The labels hold their fields: several of these forms may stand on one page, where ids would be taken twice.
    view! {
        <details>
            <summary class="small">{name.to_owned()}" "{now}</summary>
            <form class="form mt" method="post" action=action>
                <input type="hidden" name="days" value="7"/>
                <label class="f small">"Stance"<select class="in" name="stance">{options}</select></label>
                <label class="f small">"Why (needed for “not ours”: others read it)"<input class="in" type="text" name="reason" value=reason maxlength="2000"/></label>
                <div class="row-of">{submit("Save")}<a class="btn quiet" href=inbox>"Open in the inbox"</a></div>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    fn line(inside: bool) -> Standing {
        Standing {
            org: "nw".into(),
            org_name: "Northwind".into(),
            stance: Some(Stance::Taken),
            reason: String::new(),
            commitment: Commitment::Committed,
            target: Some("2026.2".into()),
            moves: 1,
            inside,
            priority: inside.then_some(schema::task::Priority::Urgent),
            rank: inside.then_some(3),
            task: inside.then(|| "NW-207".parse().unwrap()),
            column: inside.then(|| "In progress".into()),
        }
    }

    #[test]
    fn what_is_hidden_is_private() {
        let html = html(|| standings_panel(&[line(false)]));
        assert_eq!(html.matches("private").count(), 2, "{html}");
        assert!(html.contains("committed") && html.contains("2026.2") && html.contains("moved once"), "{html}");
    }

    #[test]
    fn what_is_seen_is_whole() {
        let html = html(|| standings_panel(&[line(true)]));
        assert!(html.contains("NW-207") && html.contains("#3") && html.contains("urgent") && !html.contains("private"), "{html}");
    }

    #[test]
    fn nobody_has_committed() {
        assert!(html(|| standings_panel(&[])).contains("Nobody has committed"));
        assert_eq!(in_words(&line(false)), "committed for 2026.2");
    }
}
