//! Help: the query language, the keys, the kinds of problem.

use leptos::prelude::*;
use schema::{home::HelpPage, problem::Kind, query::Help, route};

use crate::part::{self, Crumb};

/// The query language and the keys.
pub fn help(page: HelpPage) -> AnyView {
    let languages = page.languages.into_iter().map(|(title, fields)| part::panel(title, table(fields))).collect::<Vec<_>>();
    view! {
        <div class="narrow stack">
            <h1>"Help"</h1>
            <p class="muted">
                <a class="link" href="#queries">"Queries"</a>" · "<a class="link" href="#keys-help">"Keys"</a>" · "<a class="link" href="#insight">"Insight"</a>" · "<a class="link" href="#promises">"Promises"</a>" · "
                <a class="link" href=route::help_problems()>"What problems mean"</a>" · "<a class="link" href=route::reference()>"API"</a>
            </p>
            <section class="stack" id="queries">
                <h2>"Queries"</h2>
                {rules()}
                {languages}
            </section>
            <div id="keys-help">{part::panel("Keys", keys())}</div>
            <div id="insight">{part::panel("Insight", numbers())}</div>
            <div id="promises">{part::panel("Promises", promises())}</div>
        </div>
    }
    .into_any()
}

fn rules() -> AnyView {
    let line = |query: &'static str, words: &'static str| view! { <dt><code>{query}</code></dt><dd>{words}</dd> };
    view! {
        <dl class="facts">
            {line("is:open kind:crash", "side by side: both must hold")}
            {line("kind:crash,bug", "one of several values")}
            {line("component:ovs OR component:api", "one of the two; parentheses group")}
            {line("-label:wip NOT is:private", "what must not hold")}
            {line("impact:>40 impact:20..60", "comparisons and ranges, of numbers and dates")}
            {line("updated:<7d due:<+7d", "within the last seven days; within the next seven")}
            {line("\"session reset\" time*out", "words of the text; quotes keep them together, * is any text")}
            {line("sort:impact sort:-impact", "the order, and the order turned round")}
        </dl>
    }
    .into_any()
}

/// What the numbers of an organisation's insight mean, in short.
fn numbers() -> AnyView {
    let line = |name: &'static str, words: &'static str| view! { <dt>{name}</dt><dd>{words}</dd> };
    view! {
        <div class="body">
            <dl class="facts">
                {line("Begun", "when a task first came to a column of category doing or review; finished: when it came to one of category done")}
                {line("Cycle time", "the day it was finished − the day it was begun + 1")}
                {line("Lead time", "the same from the day it was written down")}
                {line("50, 85, 95 %", "so many in a hundred took that long or less: always a time that was measured")}
                {line("Age", "today − the day it was begun + 1")}
                {line("Throughput", "tasks finished in a week, from Monday")}
                {line("Over its limit", "days that ended with more tasks in a column than its limit of today")}
                {line("Promises", "late: kept after the day promised, or after its release came out; moved: for another target; dropped: withdrawn")}
                {line("Impact removed", "of closed deltas that finished tasks resolve or implement, each once, as far as you may see")}
                {line("Forecast", "each day to come is like some day of those shown, drawn at random, 2,000 times until the tasks are done")}
            </dl>
        </div>
    }
    .into_any()
}

/// What the words of a ledger mean, in short.
fn promises() -> AnyView {
    let line = |name: &'static str, words: &'static str| view! { <dt>{name}</dt><dd>{words}</dd> };
    view! {
        <div class="body">
            <dl class="facts">
                {line("Its day", "the day promised; for a release, the day that it is out, once its project says")}
                {line("Due soon, overdue", "within 14 days; its day has passed and it still stands")}
                {line("Moved", "for another release or day than before; each line of the ledger stays")}
                {line("Kept, kept late", "delivered by its day or without one; after its day")}
                {line("Dropped", "taken back, or expired")}
                {line("Gone quiet", "nothing about its task changed for as many days as its organisation says, 30 at first: who promised is asked")}
                {line("May be taken over", "quiet for twice as long: another member can take it over, and everybody who sees the promise sees that")}
                {line("Expired", "quiet for as long as the organisation says, its day passed or unknown: taken back by the server, with a line that says so")}
            </dl>
        </div>
    }
    .into_any()
}

fn table(fields: Vec<Help>) -> AnyView {
    let rows = fields
        .into_iter()
        .map(|Help { name, doc, values }| {
            let values = values.into_iter().map(|value| view! { <code>{value}</code>" " }).collect::<Vec<_>>();
            view! { <tr><th scope="row"><code>{name}":"</code></th><td>{doc}</td><td data-l="Values">{values}</td></tr> }
        })
        .collect::<Vec<_>>();
    view! {
        <table>
            <thead><tr><th scope="col">"Field"</th><th scope="col">"Finds"</th><th scope="col">"Values"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn keys() -> AnyView {
    let line = |keys: &[&'static str], words: &'static str| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect::<Vec<_>>();
        view! { <dt>{keys}</dt><dd>{words}</dd> }
    };
    view! {
        <dl class="body facts">
            {line(&["?"], "these keys, and what else the page has")}
            {line(&["/"], "search")}
            {line(&["j", "k"], "next and previous row")}
            {line(&["x"], "choose the row, where rows can be changed together")}
            {line(&["n"], "file a delta")}
            {line(&["c"], "new task")}
            {line(&["g", "h"], "first page")}
            {line(&["g", "d"], "deltas")}
            {line(&["g", "p"], "projects")}
            {line(&["g", "i"], "triage inbox")}
            {line(&["g", "b"], "board")}
            {line(&["g", "t"], "tasks")}
            {line(&["g", "s"], "settings")}
            {line(&["a", "l", "s", "d"], "in the triage inbox: accept, link, snooze, decline")}
            {line(&["z"], "undo the last decision")}
            {line(&["Ctrl", "Enter"], "in a field: send the form")}
            {line(&["↑", "↓"], "on a card: move it up or down")}
            {line(&["Shift", "←", "→"], "on a card: move it to the next column")}
        </dl>
    }
    .into_any()
}

/// What each kind of problem means, one anchor a kind: where the `type` of a problem leads.
pub fn problems() -> AnyView {
    let kinds = Kind::ALL
        .into_iter()
        .map(|kind| {
            let (status, title, name) = kind.facts();
            let about = meaning(kind);
            view! { <section class="stack-xs" id=name><h2>{title}</h2><p class="xs faint">{status}" "<code>{name}</code></p><p>{about}</p></section> }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="slim stack">
            {part::crumbs(vec![Crumb::link("Help", route::help()), Crumb::text("Problems")])}
            <h1>"What problems mean"</h1>
            <p class="muted">
                "The API answers what it refuses as "<code>"application/problem+json"</code>
                " (RFC 9457). Its "<code>"type"</code>" is one of these, "<code>"errors"</code>" names the fields at fault, and "
                <code>"instance"</code>" finds the request in the server's log."
            </p>
            {kinds}
        </div>
    }
    .into_any()
}

fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::Malformed => {
            "The body is not JSON or breaks off, or a header cannot be read. Nothing was changed: correct it and send it again."
        }
        Kind::Unauthenticated => {
            "Nobody is signed in, or the token is unknown, expired or revoked. Sign in, or send a valid token as Authorization: Bearer."
        }
        Kind::Forbidden => "You see the thing, but this is for others to do: the detail says who. A token may also lack the scope write.",
        Kind::NotFound => "There is nothing at this address, or nothing you may see: the two look the same on purpose.",
        Kind::MethodNotAllowed => "What is at this address does not take this method.",
        Kind::Conflict => {
            "It is in the way of what is there: a name that is taken, a state that does not allow it, the same request still running."
        }
        Kind::Stale => "The version in If-Match is not the current one. Nothing was overwritten: load it again and repeat your change.",
        Kind::TooLarge => "The body is larger than is taken here. Nothing was kept.",
        Kind::UnsupportedMedia => "This resource takes another Content-Type.",
        Kind::Invalid => "The request was read, and something in it cannot be accepted: errors names each field and what is wrong with it.",
        Kind::PreconditionRequired => "Send If-Match with the ETag you loaded, so that nobody's change is overwritten.",
        Kind::TooMany => "That was too much at once. Retry-After says after how many seconds to come back.",
        Kind::Internal => "It broke on our side and is logged. What you sent was not kept; trying again may work.",
        Kind::Unavailable => {
            "The database, or the place where files are kept, does not answer now. Nothing was kept: try again in a moment."
        }
        Kind::NoRoom => "The server's disk is full. Nothing was kept: its operator must make room.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn every_kind_of_problem_has_its_anchor() {
        let html = html(problems);
        for kind in Kind::ALL {
            assert!(html.contains(&format!(r#"id="{}""#, kind.facts().2)), "{kind:?}");
        }
    }
}
