//! Writing down a task, and changing one.

use leptos::prelude::*;
use schema::route;
use schema::task::page::{BoardChoice, TaskForm, TaskNewPage, TaskPage};
use schema::task::{PRIVATE_HINT, Priority, Relation, TEXT_MAX, TITLE_MAX};
use schema::user::Person;

use crate::island::editor::editor;
use crate::part::{self, Crumb, Field, Tone, Tried};

/// Every place a task can stand: value `board/column` and words.
pub(super) fn places(boards: &[BoardChoice]) -> Vec<(String, String)> {
    let one = boards.len() == 1;
    let column = |board: &BoardChoice, (slug, name): &(String, String)| {
        let words = if one { name.clone() } else { format!("{} · {name}", board.name) };
        (format!("{}/{slug}", board.slug), words)
    };
    boards.iter().flat_map(|board| board.columns.iter().map(move |known| column(board, known))).collect()
}

fn priorities() -> Vec<(String, String)> {
    Priority::ALL.iter().map(|priority| (priority.to_string(), priority.to_string())).collect()
}

fn members(members: &[Person]) -> String {
    let names: Vec<_> = members.iter().take(8).map(|member| member.name.as_str()).collect();
    format!("Handles of members, such as {}", names.join(", "))
}

fn fields(form: &TaskForm, people: &[Person], error: impl Fn(&str) -> Option<String>) -> AnyView {
    view! {
        {Field::new("title", "Title").value(form.title.clone()).hint(if form.private { PRIVATE_HINT } else { "" }).required().max(TITLE_MAX).error(error("title")).text("text")}
        {Field::new("body", "What is to be done").value(form.body.clone()).hint("Markdown. D-1042 and NW-207 become links.").max(TEXT_MAX).markdown().error(error("body")).area(5)}
        <div class="cols">
            {Field::new("priority", "Priority").value(form.priority.clone()).required().select(priorities())}
            {Field::new("assignees", "Who").value(form.assignees.clone()).hint(members(people)).mono().error(error("assignees")).text("text")}
            {Field::new("labels", "Labels").value(form.labels.clone()).hint("With commas between.").error(error("labels")).text("text")}
            {Field::new("estimate", "Estimate").value(form.estimate.clone()).error(error("estimate")).text("number")}
            {Field::new("due", "Due").value(form.due.clone()).error(error("due")).text("date")}
        </div>
    }
    .into_any()
}

/// The page that writes down a task.
pub fn new(page: &TaskNewPage) -> AnyView {
    let TaskNewPage { org, org_name, form, boards, members, errors } = page;
    let error = |field: &str| errors.iter().find(|(at, _)| at.starts_with(field)).map(|(_, words)| words.clone());
    let known = ["title", "body", "assignees", "labels", "estimate", "due", "delta", "column"];
    let other = errors.iter().find(|(at, _)| !known.iter().any(|field| at.starts_with(field)));
    let relations = Relation::ALL.iter().map(|relation| (relation.to_string(), relation.to_string())).collect();
    let body = view! {
        {fields(form, members, error)}
        <div class="cols">
            {Field::new("column", "Column").value(form.column.clone()).required().error(error("column")).select(places(boards))}
            {Field::new("delta", "For delta").value(form.delta.clone()).placeholder("D-1042").mono().error(error("delta")).text("text")}
            {Field::new("relation", "which it").value(form.relation.clone()).required().select(relations)}
        </div>
        {part::text_buttons("Create the task", &route::task_new(org), &route::org(org))}
    };
    view! {
        {part::crumbs(vec![Crumb::link(org_name.clone(), route::org(org)), Crumb::link("Tasks", route::tasks(org))])}
        <h1>"New task"</h1>
        <div class="slim mt">
            {other.map(|(_, words)| part::notice(Tone::Bad, words))}
            {if boards.is_empty() { no_board(org) } else { view! { {editor()}{part::post(&route::task_new(org), body)} }.into_any() }}
        </div>
    }
    .into_any()
}

fn no_board(org: &str) -> AnyView {
    let step = view! { <a class="btn primary" href=route::board_new(org)>"Create a board"</a> };
    part::empty("There is no board yet", "A task stands in a column of a board. Create the first one.", step)
}

/// Changing a task's own words, folded on its page.
pub(super) fn edit(page: &TaskPage) -> AnyView {
    let tried = Tried::of(&page.refused, "edit");
    let (own, value) = (&page.edit, |name: &str, own: &str| tried.typed(name).unwrap_or(own).to_owned());
    let form = TaskForm {
        title: value("title", &own.title),
        body: value("body", &own.body),
        priority: value("priority", &own.priority),
        assignees: value("assignees", &own.assignees),
        labels: value("labels", &own.labels),
        estimate: value("estimate", &own.estimate),
        due: value("due", &own.due),
        ..TaskForm::default()
    };
    let body = view! {
        {tried.above(&["title", "body", "assignees", "labels", "estimate", "due", "blocked_by"])}
        <input type="hidden" name="version" value=page.task.version.to_string()/>
        {fields(&form, &page.members, |field| tried.fault(field))}
        {tried.field("blocked_by", "Blocked by", &own.blocked_by).mono().hint("Keys of tasks of this organisation.").text("text")}
        <div class="row-of">{part::submit("Save")}{part::preview_button(&route::task(&page.task.key), "Save")}</div>
    };
    view! {
        <details class="panel" id="edit" open=tried.refused()><summary class="body">"Edit"</summary><div class="body">{editor()}{part::post(&route::task(&page.task.key), body)}</div></details>
    }
    .into_any()
}
