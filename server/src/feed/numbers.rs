//! The numbers behind a chart as CSV.

use schema::insight::{Ageing, ColumnTime, FlowDay, Forecast, Month, Part, Point, Week};

use super::csv::line;

/// The whole file: a line that names the columns, and one for each row.
pub fn csv(part: &Part) -> String {
    match part {
        Part::Flow(days) => file("day,backlog,ready,doing,review,done", days, |one: &FlowDay| {
            vec![words(one.day), words(one.backlog), words(one.ready), words(one.doing), words(one.review), words(one.done)]
        }),
        Part::CycleTime(times) => file("finished,cycle_days,lead_days,tasks", &times.points, |one: &Point| {
            vec![words(one.day), words(one.cycle), words(one.lead), words(one.tasks)]
        }),
        Part::Throughput(weeks) => file("week,finished", weeks, |one: &Week| vec![words(one.start), words(one.finished)]),
        Part::Ageing(tasks) => file("key,title,board,column,category,age_days,days_here", tasks, |one: &Ageing| {
            let (title, board, column) = (one.title.clone(), one.board.clone(), one.column_name.clone());
            vec![words(&one.key), title, board, column, words(one.category), words(one.age), words(one.here)]
        }),
        Part::Columns(columns) => file("board,column,name,stays,hours,standing,limit,days_over", columns, |one: &ColumnTime| {
            let (board, column, name) = (one.board.clone(), one.column.clone(), one.name.clone());
            let limit = one.limit.map(words).unwrap_or_default();
            vec![board, column, name, words(one.stays), words(one.hours), words(one.standing), limit, words(one.over)]
        }),
        Part::Commitments(months) => file("month,made,moved,kept,late,dropped", months, |one: &Month| {
            vec![one.month.month_text(), words(one.made), words(one.moved), words(one.kept), words(one.late), words(one.dropped)]
        }),
        Part::Impact(one) => file("tasks,deltas,impact", &[*one], |one| vec![words(one.tasks), words(one.deltas), words(one.impact)]),
        Part::Forecast(told) => file("tasks,p50,p85,p95,days,finished,thin", told.as_slice(), |one: &Forecast| {
            vec![words(one.tasks), words(one.p50), words(one.p85), words(one.p95), words(one.days), words(one.finished), words(one.thin)]
        }),
    }
}

fn words(value: impl ToString) -> String {
    value.to_string()
}

fn file<T>(head: &str, rows: &[T], cells: impl Fn(&T) -> Vec<String>) -> String {
    let mut text = format!("{head}\r\n");
    for row in rows {
        text.push_str(&line(&cells(row)));
    }
    text
}

#[cfg(test)]
mod tests {
    use schema::insight::Removed;

    use super::*;

    #[test]
    fn a_row_has_a_cell_for_each_column_and_no_formula() {
        let ageing = Ageing {
            key: "NW-7".parse().unwrap(),
            title: "=1+1".into(),
            board: "main".into(),
            column_name: "In, progress".into(),
            category: schema::board::Category::Doing,
            age: 3,
            here: 1,
        };
        assert_eq!(csv(&Part::Ageing(vec![ageing])).lines().nth(1), Some("NW-7,\"'=1+1\",main,\"In, progress\",doing,3,1"));
        assert_eq!(csv(&Part::Impact(Removed { tasks: 4, deltas: 2, impact: 90 })), "tasks,deltas,impact\r\n4,2,90\r\n");
        assert_eq!(csv(&Part::Forecast(None)), "tasks,p50,p85,p95,days,finished,thin\r\n");
    }
}
