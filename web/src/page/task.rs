//! A task: what an organisation will do, for which deltas, and what it promised.

mod form;
mod layout;
mod list;

pub use form::new;
use leptos::prelude::*;
pub use list::tasks;
use schema::route;
use schema::task::page::{Happening, TaskPage};
use schema::task::{Commitment, Promise, ReferenceKind, Relation, Task};

use crate::part::{self, About, Crumb, Icon, Tone, Tried, icon};

/// The whole page.
pub fn task(page: &TaskPage) -> AnyView {
    let TaskPage { org_name, board_name, column_name, task, may_change, refused, now, .. } = page;
    let target = target(task.target_release.as_deref(), task.target_date.map(|day| day.to_string()).as_deref());
    let steps = vec![
        Crumb::link(org_name.clone(), route::org(&task.org)),
        Crumb::link(board_name.clone(), route::board(&task.org, &task.board)),
        Crumb::text(task.key.to_string()),
    ];
    let labels = task.labels.iter().map(|label| part::pill(Tone::Plain, label)).collect_view();
    let body = match page.body_html.is_empty() {
        true => ().into_any(),
        false => part::panel("What is to be done", view! { <div class="body">{part::prose(&page.body_html)}</div> }),
    };
    let edit = may_change.then(|| form::edit(page));
    view! {
        {part::crumbs(steps)}
        <div class="bar head"><h1>{task.title.clone()}</h1></div>
        <div class="chips">
            {part::id(&task.key.to_string())}{part::priority(task.priority.as_str())}{part::pill(Tone::Plain, column_name)}
            {part::commitment(task.commitment.as_str(), &target)}{labels}
        </div>
        {refused.as_ref().map(|refused| part::notice(Tone::Bad, &refused.problem.in_words()))}
        {deliverable(task, *may_change)}{quiet(page)}
        <div class="two">
            <div class="stack">{body}{deltas(page)}{promises(page)}{references(page)}{files(page)}{edit}</div>
            <aside class="stack">
                {part::panel("At a glance", view! { <div class="body">{facts(page)}</div> })}
                {may_change.then(|| part::panel("Move to…", view! { <div class="body">{mover(page)}</div> }))}
                {part::panel("What happened", view! { <div class="body"><ul class="tl">{page.timeline.iter().map(|one| happened(one, *now)).collect_view()}</ul></div> })}
            </aside>
        </div>
    }
    .into_any()
}

/// Its files, and the way to bring more.
fn files(page: &TaskPage) -> AnyView {
    let key = &page.task.key;
    let refused = page.refused.as_ref().filter(|refused| refused.form == "file").map(|refused| refused.problem.in_words());
    let action = page.may_change.then(|| route::task_attachments(key));
    part::attachments(&page.files, About { key: key.to_string(), action, me: page.me.clone(), decides: page.may_change, refused }, page.now)
}

fn target(release: Option<&str>, day: Option<&str>) -> String {
    release.or(day).unwrap_or_default().to_owned()
}

/// Suggests the one next step, once work is finished whose promise still stands.
fn deliverable(task: &Task, may_change: bool) -> AnyView {
    let promised = matches!(task.commitment, Commitment::Intended | Commitment::Committed);
    if !may_change || !promised || task.done_at.is_none() {
        return ().into_any();
    }
    let button = part::act(&route::task_commitment(&task.key), "Mark delivered", "btn primary", &[("state", "delivered")]);
    view! { <div class="notice good" role="status">{icon(Icon::Check)}<div class="grow">"This is done, and the promise about it still stands."</div>{button}</div> }
        .into_any()
}

/// Asks who promised, once nothing was heard of the promise for long.
fn quiet(page: &TaskPage) -> AnyView {
    let task = &page.task;
    let Some((days, takeover)) = page.quiet.filter(|_| page.may_change && task.done_at.is_none()) else { return ().into_any() };
    let (release, day) = (task.target_release.clone().unwrap_or_default(), task.target_date.map(|day| day.to_string()).unwrap_or_default());
    let say = |words: &str, state: Commitment, note: &str, class: &'static str| {
        let fields = [("state", state.as_str()), ("target_release", release.as_str()), ("target_date", day.as_str()), ("note", note)];
        part::act(&route::task_commitment(&task.key), words, class, &fields)
    };
    let over = takeover.then(|| part::act(&route::task_takeover(&task.key), "Take over", "btn", &[]));
    let words = format!("Something is promised here, and nothing was heard of it for {days} days. Does it still stand?");
    let tools = view! {
        {say("Still on it", task.commitment, "Still on it.", "btn primary")}{over}{say("Take it back", Commitment::Withdrawn, "", "btn quiet")}
    };
    part::notice_with(Tone::Warn, &words, tools)
}

fn facts(page: &TaskPage) -> AnyView {
    let task = &page.task;
    let people = match task.assignees.is_empty() {
        true => view! { <span class="faint">"nobody yet"</span> }.into_any(),
        false => task
            .assignees
            .iter()
            .map(|person| view! { <span class="row-of">{part::avatar(&person.display_name, "")}{person.display_name.clone()}</span> })
            .collect_view()
            .into_any(),
    };
    let position = page.position.map(|(at, of)| {
        view! { <dt>"Place"</dt><dd><a class="link" href=route::priorities(&task.org)>{format!("#{at} of {of}")}</a>" in our order"</dd> }
    });
    let due = task.due.map(|due| view! { <dt>"Due"</dt><dd>{part::day(due.0)}</dd> });
    let estimate = task.estimate.map(|estimate| view! { <dt>"Estimate"</dt><dd>{estimate}</dd> });
    let done = task.done_at.map(|at| view! { <dt>"Done"</dt><dd>{part::ago(at, page.now)}</dd> });
    let blocks = task
        .blocked_by
        .iter()
        .map(|other| {
            let state = if other.done { part::pill(Tone::Good, "done") } else { part::pill(Tone::Bad, "open") };
            view! { <div>{part::id_link(&other.key.to_string(), &route::task(&other.key))}" "{other.title.clone()}" "{state}</div> }
        })
        .collect_view();
    let blocked = (!task.blocked_by.is_empty()).then(|| view! { <dt>"Blocked by"</dt><dd>{blocks}</dd> });
    let by = task.created_by.as_ref().map(|person| format!(" by {}", person.display_name));
    view! {
        <dl class="facts">
            <dt>"Who"</dt><dd>{people}</dd>
            <dt>"Stands in"</dt><dd><a class="link" href=route::board(&task.org, &task.board)>{page.board_name.clone()}</a>{format!(" · {}", page.column_name)}</dd>
            {position}{due}{estimate}{blocked}
            <dt>"Created"</dt><dd>{part::ago(task.created_at, page.now)}{by}</dd>
            {done}
        </dl>
    }
    .into_any()
}

/// The one way to move a card that works everywhere.
fn mover(page: &TaskPage) -> AnyView {
    let options = form::places(&page.boards);
    let here = format!("{}/{}", page.task.board, page.task.column);
    let tried = Tried::of(&page.refused, "place");
    let body = view! {
        {tried.above(&["column", "after"])}
        <input type="hidden" name="version" value=page.task.version.to_string()/>
        {tried.field("column", "Column", &here).required().select(options)}
        {tried.field("after", "Below card", "").placeholder("NW-180").mono().max(30).hint("Empty: its place in the order stays.").text("text")}
        <div>{part::submit("Move")}</div>
    };
    part::post(&route::task_placement(&page.task.key), body)
}

fn deltas(page: &TaskPage) -> AnyView {
    let TaskPage { task, may_change, .. } = page;
    let rows = task
        .deltas
        .iter()
        .map(|delta| {
            let remove = may_change.then(|| part::act(&route::task_unlink(&task.key, delta.key), "Unlink", "btn quiet small", &[]));
            view! {
                <tr data-row>
                    <td>{part::kind_mark(delta.kind.as_str())}" "{part::id_link(&delta.key.to_string(), &route::delta(delta.key))}" "<span class="t">{delta.title.clone()}</span></td>
                    <td>{part::impact(delta.impact)}</td>
                    <td>{part::pill(Tone::Plain, delta.relation.as_str())}" "{(!delta.open).then(|| part::pill(Tone::Good, "closed"))}</td>
                    <td class="num">{remove}</td>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let table = match task.deltas.is_empty() {
        true => view! { <div class="body muted">"Linked to no delta that you may see. A link says what this is for."</div> }.into_any(),
        false => view! {
            <table><caption class="hid">"Deltas this is for"</caption><thead class="hid"><tr><th>"Delta"</th><th>"Impact"</th><th>"Relation"</th><th>"Unlink"</th></tr></thead><tbody>{rows}</tbody></table>
        }
        .into_any(),
    };
    let relations = Relation::ALL.iter().map(|relation| (relation.to_string(), relation.to_string())).collect();
    let link = may_change.then(|| {
        let tried = Tried::of(&page.refused, "link");
        let body = view! {
            {tried.above(&["delta", "relation"])}
            <div class="cols">
                {tried.field("delta", "Delta", "").placeholder("D-1042").mono().required().max(30).text("text")}
                {tried.field("relation", "This task", "").required().select(relations)}
            </div>
            <div><button class="btn" type="submit">"Link"</button></div>
        };
        view! { <footer>{part::post(&route::task_deltas(&task.key), body)}</footer> }
    });
    part::panel_with("For these deltas", "", (), view! { {table}{link} })
}

fn promises(page: &TaskPage) -> AnyView {
    let task = &page.task;
    let moved = match task.moves {
        0 => String::new(),
        1 => "moved once".to_owned(),
        moves => format!("moved {moves} times"),
    };
    let rows = task.ledger.iter().rev().map(|one| promise(one, page)).collect_view();
    let ledger = match task.ledger.is_empty() {
        true => view! { <p class="muted">"Nothing was promised yet. Each promise is kept here with its date, so one that moved shows that it moved."</p> }.into_any(),
        false => view! { <ol class="tl">{rows}</ol> }.into_any(),
    };
    let form = page.may_change.then(|| {
        let states = Commitment::ALL.iter().map(|state| (state.to_string(), state.to_string())).collect();
        let day = task.target_date.map(|day| day.to_string()).unwrap_or_default();
        let tried = Tried::of(&page.refused, "promise");
        let body = view! {
            {tried.above(&["state", "target_release", "target_date", "note"])}
            <input type="hidden" name="version" value=task.version.to_string()/>
            <div class="cols">
                {tried.field("state", "We", task.commitment.as_str()).required().select(states)}
                {tried.field("target_release", "For release", task.target_release.as_deref().unwrap_or_default()).max(100).text("text")}
                {tried.field("target_date", "or day", &day).text("date")}
            </div>
            {tried.field("note", "Why", "").max(65_536).text("text")}
            <div><button class="btn" type="submit">"Promise"</button></div>
        };
        view! { <footer>{part::post(&route::task_commitment(&task.key), body)}</footer> }
    });
    part::panel_with("Promises", &moved, (), view! { <div class="body">{ledger}</div>{form} })
}

fn promise(one: &Promise, page: &TaskPage) -> AnyView {
    let Promise { state, target_release, target_date, note, by, at } = one;
    let target = target(target_release.as_deref(), target_date.map(|day| day.to_string()).as_deref());
    let words =
        if *state == Commitment::None { part::pill(Tone::Plain, "nothing promised") } else { part::commitment(state.as_str(), &target) };
    let (face, name) = who(by.as_ref());
    let note = (!note.is_empty()).then(|| view! { <div>{note.clone()}</div> });
    view! { <li>{face}<div class="ev">{words}" "{name}" · "{part::ago(*at, page.now)}{note}</div></li> }.into_any()
}

fn who(person: Option<&schema::user::Person>) -> (AnyView, String) {
    match person {
        Some(person) => (part::avatar(&person.display_name, ""), person.display_name.clone()),
        None => (icon(Icon::Settings).into_any(), "The server".to_owned()),
    }
}

fn references(page: &TaskPage) -> AnyView {
    let TaskPage { task, may_change, .. } = page;
    if task.references.is_empty() && !may_change {
        return ().into_any();
    }
    let rows = task
        .references
        .iter()
        .map(|one| {
            let words = if one.title.is_empty() { one.url.clone() } else { one.title.clone() };
            let remove = may_change.then(|| part::act(&route::task_reference_remove(&task.key, one.id), "Remove", "btn quiet small", &[]));
            view! {
                <li class="row-of">{part::pill(Tone::Plain, one.kind.as_str())}<a class="link grow" rel="noopener noreferrer nofollow" href=one.url.clone()>{words}</a>{remove}</li>
            }
            .into_any()
        })
        .collect_view();
    let form = may_change.then(|| {
        let kinds = ReferenceKind::ALL.iter().map(|kind| (kind.to_string(), kind.to_string())).collect();
        let tried = Tried::of(&page.refused, "reference");
        let body = view! {
            {tried.above(&["kind", "url", "title"])}
            <div class="cols">
                {tried.field("kind", "Kind", "change").required().select(kinds)}
                {tried.field("url", "Address", "").placeholder("https://…").required().max(2000).text("url")}
                // The form that changes the task has a title, too.
                {tried.field("title", "In words", "").within("reference").max(300).text("text")}
            </div>
            <div><button class="btn" type="submit">"Add"</button></div>
        };
        view! { <details open=tried.refused()><summary class="muted small">"Add an address"</summary><div class="mt">{part::post(&route::task_references(&task.key), body)}</div></details> }
    });
    part::panel("Elsewhere", view! { <div class="body stack-sm"><ul class="stack-xs">{rows}</ul>{form}</div> })
}

fn happened(one: &Happening, now: ::time::OffsetDateTime) -> AnyView {
    let (face, name) = who(one.by.as_ref());
    view! { <li>{face}<div class="ev">{format!("{name} {} · ", words(one))}{part::ago(one.at, now)}</div></li> }.into_any()
}

/// What happened, after the name of who did it.
fn words(one: &Happening) -> String {
    let text = |key: &str| one.data.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    match one.kind.as_str() {
        "attachment.added" => format!("attached {}", text("name")),
        "attachment.removed" => format!("removed the file {}", text("name")),
        "task.created" => "created this".to_owned(),
        "task.moved" if text("from") == text("column") => "gave it another place in the order".to_owned(),
        "task.moved" => format!("moved it to {}", text("column").replace('-', " ")),
        "task.left" => "took it to another board".to_owned(),
        "task.linked" => format!("linked it to {} ({})", text("delta"), text("relation")),
        "task.unlinked" => format!("unlinked it from {}", text("delta")),
        "task.committed" => match text("target") {
            target if target.is_empty() => format!("said {}", text("state")),
            target => format!("said {} for {target}", text("state")),
        },
        _ => {
            let changed = one.data.get("changed").and_then(|value| value.as_array());
            let names: Vec<_> = changed.into_iter().flatten().filter_map(|name| name.as_str()).map(|name| name.replace('_', " ")).collect();
            if names.is_empty() { "changed it".to_owned() } else { format!("changed {}", names.join(", ")) }
        }
    }
}
