//! A list as CSV (RFC 4180), safe to open in a spreadsheet.

use schema::{delta::Summary, route};
use time::format_description::well_known::Rfc3339;

/// The first line: what the columns are.
pub const HEAD: &str = "key,kind,title,visibility,state,regressed,impact,segment,lens,affected,places,consensus,committed,labels,comments,created_at,updated_at,url\r\n";

/// One delta as a line. `base` is the instance's address.
pub fn line(base: &str, delta: &Summary) -> String {
    let date = |at: time::OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    let joined = |words: Vec<String>| words.join("; ");
    let cells = [
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
                .map(|place| [place.project.clone()].into_iter().chain(place.components.clone()).collect::<Vec<_>>().join("/"))
                .collect(),
        ),
        joined(delta.places.iter().map(|place| place.consensus.as_str().to_owned()).collect()),
        joined(delta.committed.clone()),
        joined(delta.labels.clone()),
        delta.comments.to_string(),
        date(delta.created_at),
        date(delta.updated_at),
        format!("{base}{}", route::delta(delta.key)),
    ];
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
        assert_eq!(HEAD.trim_end().split(',').count(), 18);
    }
}
