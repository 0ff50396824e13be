//! The place in a text where what was looked for stands, marked.

use std::ops::Range;

/// How long a snippet is, in bytes: about two lines.
const WIDTH: usize = 180;

/// Something found in a text.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where, in bytes; on the bounds of characters.
    pub at: Range<usize>,
    /// Which of the things looked for: one counts once.
    pub id: usize,
    /// How much it tells.
    pub weight: f64,
}

/// The stretch of the text that tells most of what was found, as HTML that holds nothing but text and `<mark>`; `None` without hits.
/// `hits` are in the order of where they begin.
pub fn snippet(text: &str, hits: &[Hit]) -> Option<String> {
    let mut best: Option<(f64, usize)> = None;
    for (from, first) in hits.iter().enumerate() {
        let mut seen: Vec<usize> = Vec::new();
        let mut sum = 0.0;
        for hit in hits[from..].iter().take_while(|hit| hit.at.end <= first.at.start + WIDTH) {
            if !seen.contains(&hit.id) {
                seen.push(hit.id);
                sum += hit.weight;
            }
        }
        if best.is_none_or(|(most, _)| sum > most) {
            best = Some((sum, from));
        }
    }
    let (_, from) = best?;
    let start = begin(text, hits[from].at.start);
    let end = end(text, (start + WIDTH).max(hits[from].at.end));
    let mut html = String::with_capacity(WIDTH + 60);
    if start > 0 {
        html.push('…');
    }
    let mut at = start;
    for hit in hits[from..].iter().filter(|hit| hit.at.end <= end) {
        if hit.at.start < at {
            continue;
        }
        escape(&mut html, &text[at..hit.at.start]);
        html.push_str("<mark>");
        escape(&mut html, &text[hit.at.clone()]);
        html.push_str("</mark>");
        at = hit.at.end;
    }
    escape(&mut html, &text[at..end]);
    if end < text.trim_end().len() {
        html.push('…');
    }
    Some(html)
}

/// Some words before the place, never in the middle of one.
fn begin(text: &str, at: usize) -> usize {
    let mut from = at.saturating_sub(WIDTH / 4);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    if from == 0 {
        return 0;
    }
    text[from..at].char_indices().find(|(_, c)| c.is_whitespace()).map_or(at, |(skip, c)| from + skip + c.len_utf8())
}

/// The end of the last whole word before the place.
fn end(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.trim_end().len();
    }
    let mut until = at;
    while !text.is_char_boundary(until) {
        until -= 1;
    }
    let cut = text[..until].rfind(char::is_whitespace).unwrap_or(until);
    if until - cut > WIDTH / 3 { until } else { cut }
}

/// Text as HTML, in one line: each white space is one blank.
fn escape(html: &mut String, text: &str) {
    let mut blank = html.ends_with(' ');
    for c in text.chars() {
        let is_blank = c.is_whitespace() || c.is_control();
        match c {
            _ if is_blank => {
                if !blank {
                    html.push(' ');
                }
            }
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
        blank = is_blank;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, words: &[&str]) -> Vec<Hit> {
        let found = |(id, word): (usize, &&str)| {
            text.match_indices(*word).map(move |(at, word)| Hit { at: at..at + word.len(), id, weight: 1.0 }).collect::<Vec<_>>()
        };
        let mut hits: Vec<Hit> = words.iter().enumerate().flat_map(found).collect();
        hits.sort_by_key(|hit| hit.at.start);
        hits
    }

    #[test]
    fn markup_in_the_text_stays_text() {
        let text = "a <script>alert('x')</script> & \"more\"";
        assert_eq!(
            snippet(text, &hits(text, &["script", "more"])).unwrap(),
            "a &lt;<mark>script</mark>&gt;alert(&#39;x&#39;)&lt;/<mark>script</mark>&gt; &amp; &quot;<mark>more</mark>&quot;"
        );
    }

    #[test]
    fn the_densest_stretch_is_shown() {
        let text = format!("agent {} the agent\n\n lost the session {}", "é and so on ".repeat(40), "later on ".repeat(60));
        let shown = snippet(&text, &hits(&text, &["agent", "session"])).unwrap();
        assert!(
            shown.contains("<mark>agent</mark> lost the <mark>session</mark>") && shown.starts_with('…') && shown.ends_with('…'),
            "{shown}"
        );
        assert!(snippet(&text, &[]).is_none());
    }

    #[test]
    fn a_text_without_blanks_has_an_end() {
        let text = format!("x{}", "日本".repeat(500));
        assert!(snippet(&text, &hits(&text, &["x"])).unwrap().len() < 400);
    }
}
