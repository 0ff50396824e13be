//! "Who has committed": one delta side by side in every organisation, and one's own organisations' stance on it.

use leptos::prelude::*;
use schema::{
    id::DeltaKey,
    route,
    stance::{Stance, Standing},
    task::Commitment,
};

use super::{Field, act, commitment, id_link, org_mark, panel_with, priority, sheet, stance};

/// The table. What an organisation does not show is "private". Below it what the reader's own organisations (slug and name) have
/// not taken on, to be decided.
pub fn standings_panel(delta: DeltaKey, standings: &[Standing], own: &[(String, String)]) -> AnyView {
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
    let own = own.iter().map(|(slug, name)| decide(delta, (slug, name), standings.iter().find(|line| line.org == *slug))).collect_view();
    panel_with("Who has committed", "each organisation decides for itself", (), view! { {body}{own} })
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

/// What an organisation of the reader's own (slug and name) makes of the delta, to be changed. `line` is its line of the table, if
/// it has one. What is taken on is its task's to say.
fn decide(delta: DeltaKey, org: (&str, &str), line: Option<&Standing>) -> AnyView {
    let (slug, name) = org;
    let current = line.and_then(|line| line.stance);
    let words = match current {
        Some(Stance::Taken) => return ().into_any(),
        Some(Stance::Considering) => "is considering it",
        Some(Stance::Declined) => "has declined it",
        Some(Stance::Snoozed) => "has put it off",
        None => "has not decided",
    };
    let action = route::triage_stance(slug, delta);
    // Not the inbox: it holds only what the organisation watches.
    let take = route::with_query(&route::task_new(slug), &[("delta", &delta.to_string())]);
    let considering = (current != Some(Stance::Considering)).then(|| act(&action, "Considering", "btn", &[("stance", "considering")]));
    let declined = (current != Some(Stance::Declined)).then(|| {
        let why = Field::new("reason", "Why is it not yours?").within(slug).required().autofocus().max(2000);
        let fields = view! {
            <input type="hidden" name="stance" value="declined"/>
            {why.hint("Others read this where you let them.").area(2)}
        };
        sheet(&format!("no-{slug}"), "Not ours…", "", "btn", &action, fields.into_any(), "Not ours")
    });
    view! {
        <footer class="row-of">
            <span class="small">{org_mark(name, "")}" "{name.to_owned()}" "<span class="muted">{words}</span></span>
            <span class="push"></span>
            <a class="btn primary" href=take>"Take it on"</a>{considering}{declined}
        </footer>
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
        let html = html(|| standings_panel(DeltaKey(7), &[line(false)], &[]));
        assert_eq!(html.matches("private").count(), 2, "{html}");
        assert!(html.contains("committed") && html.contains("2026.2") && html.contains("moved once"), "{html}");
    }

    #[test]
    fn what_is_seen_is_whole() {
        let html = html(|| standings_panel(DeltaKey(7), &[line(true)], &[]));
        assert!(html.contains("NW-207") && html.contains("#3") && html.contains("urgent") && !html.contains("private"), "{html}");
    }

    #[test]
    fn ones_own_organisation_decides_here_until_it_has_taken_it_on() {
        let own = [("nw".to_owned(), "Northwind".to_owned())];
        let none = html(|| standings_panel(DeltaKey(7), &[], &own));
        for words in [
            "has not decided",
            r#"href="/orgs/nw/tasks/new?delta=D-7""#,
            "Considering",
            "Not ours…",
            r#"action="/orgs/nw/triage/D-7/stance""#,
        ] {
            assert!(none.contains(words), "{words}: {none}");
        }
        let considering = Standing { stance: Some(Stance::Considering), commitment: Commitment::None, ..line(true) };
        let html_of = |line: Standing| html(|| standings_panel(DeltaKey(7), &[line], &own));
        assert!(!html_of(considering).contains(">Considering</button>"));
        assert!(!html_of(line(true)).contains("<footer"));
    }

    #[test]
    fn nobody_has_committed() {
        assert!(html(|| standings_panel(DeltaKey(7), &[], &[])).contains("Nobody has committed"));
        assert_eq!(in_words(&line(false)), "committed for 2026.2");
    }
}
