//! Lists as CSV (RFC 4180), safe to open in a spreadsheet.

use schema::{delta::Summary, route, task::TaskSummary};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The first line of a list of deltas: what the columns are.
pub const DELTAS: &str = "key,kind,title,visibility,state,regressed,impact,segment,lens,affected,places,consensus,committed,labels,comments,created_at,updated_at,url\r\n";

/// The first line of a list of tasks.
pub const TASKS: &str =
    "key,title,priority,board,column,category,assignees,labels,due,commitment,target,blocked_by,deltas,updated_at,url\r\n";

/// One delta as a line. `base` is the instance's address.
pub fn delta(base: &str, delta: &Summary) -> String {
    line(&[
        delta.key.to_string(),
        delta.kind.as_str().to_owned(),
        delta.title.clone(),
        delta.visibility.as_str().to_owned(),
        delta.resolution.map_or("open", |resolution| resolution.as_str()).to_owned(),
        delta.regressed.to_string(),
        delta.impact.to_string(),
        delta.segment.clone().unwrap_or_default(),
        delta.lens.map(|lens| lens.to_string()).unwrap_or_default(),
        delta.affected.to_string(),
        joined(
            delta
                .places
                .iter()
                .map(|place| [place.project.clone()].into_iter().chain(place.components.clone()).collect::<Vec<_>>().join("/")),
        ),
        joined(delta.places.iter().map(|place| place.consensus.as_str().to_owned())),
        joined(delta.committed.iter().cloned()),
        joined(delta.labels.iter().cloned()),
        delta.comments.to_string(),
        date(delta.created_at),
        date(delta.updated_at),
        format!("{base}{}", route::delta(delta.key)),
    ])
}

/// One task as a line, with what it is for as far as its reader may see.
pub fn task(base: &str, task: &TaskSummary) -> String {
    let card = &task.card;
    line(&[
        card.key.to_string(),
        card.title.clone(),
        card.priority.as_str().to_owned(),
        task.board.clone(),
        task.column_name.clone(),
        task.category.as_str().to_owned(),
        joined(card.assignees.iter().map(|person| person.name.clone())),
        joined(card.labels.iter().cloned()),
        task.due.map(|day| day.to_string()).unwrap_or_default(),
        card.commitment.as_str().to_owned(),
        card.target.clone().unwrap_or_default(),
        joined(card.blocked_by.iter().map(ToString::to_string)),
        joined(card.deltas.iter().map(|delta| format!("{} {}", delta.key, delta.relation))),
        date(task.updated_at),
        format!("{base}{}", route::task(&card.key)),
    ])
}

fn date(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join("; ")
}

/// One line of these cells.
pub(super) fn line(cells: &[String]) -> String {
    let mut line = cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// One cell: in quotes where it must be. What a spreadsheet would take for a formula is led by an apostrophe, which it shows as text.
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', ';', '\t']) || formula { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_line() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
        }
    }

    #[test]
    fn the_first_line_names_each_column_once() {
        for (head, columns) in [(DELTAS, 18), (TASKS, 15)] {
            let names: std::collections::BTreeSet<&str> = head.trim_end().split(',').collect();
            assert!(names.len() == columns && head.ends_with("\r\n"), "{head}");
        }
    }
}
