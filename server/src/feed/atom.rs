//! A list as an Atom feed (RFC 4287).

use std::fmt::Write;

use quick_xml::escape::escape;
use schema::{
    delta::{Summary, Visibility},
    route,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::clock;

/// Deltas with their ids inside, as a feed of the query `q` (its canonical text). `base` is the instance's address. Ids are those of the deltas, and
/// of the feed one made from query and instance: they stay when titles change.
pub fn atom(base: &str, q: &str, entries: &[(Uuid, Summary)]) -> String {
    let newest = entries.iter().map(|(_, delta)| delta.updated_at).max().unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let title = if q.is_empty() { "Deltas".to_owned() } else { format!("Deltas: {q}") };
    let list = format!("{base}{}?{}", route::DELTAS, query(q));
    let own = format!("{base}{}?{}", route::DELTAS_ATOM, query(q));
    let mut feed = String::with_capacity(600 + entries.len() * 700);
    // Writing to a String cannot fail.
    let _ = write!(
        feed,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>urn:uuid:{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
         <author><name>Deltaboard</name><uri>{}</uri></author>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        named(&own),
        text(&title),
        date(newest),
        text(base),
        text(&own),
        text(&list),
    );
    for (id, delta) in entries {
        let _ = write!(
            feed,
            "<entry>\n<id>urn:uuid:{id}</id>\n<title>{}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<published>{}</published>\n\
             <updated>{}</updated>\n<category term=\"{}\"/>\n",
            text(&format!("{} {}", delta.key, delta.title)),
            text(&format!("{base}{}", route::delta(delta.key))),
            date(delta.created_at),
            date(delta.updated_at),
            delta.kind.as_str(),
        );
        for label in &delta.labels {
            let _ = writeln!(feed, "<category term=\"{}\"/>", text(label));
        }
        let _ = write!(feed, "<summary type=\"text\">{}</summary>\n</entry>\n", text(&summary(delta)));
    }
    feed.push_str("</feed>\n");
    feed
}

/// The query as the list's address takes it: said also where it is empty.
fn query(q: &str) -> String {
    if q.is_empty() { "q=".to_owned() } else { route::with_query("", &[("q", q)]).trim_start_matches('?').to_owned() }
}

/// What there is to know of it in a line.
fn summary(delta: &Summary) -> String {
    let state = match (delta.resolution, delta.regressed) {
        (Some(resolution), _) => resolution.as_str(),
        (None, true) => "open, regressed",
        (None, false) => "open",
    };
    let mut words = vec![delta.kind.as_str().to_owned(), state.to_owned()];
    if delta.visibility == Visibility::Private {
        words.push("private".to_owned());
    }
    words.push(match &delta.segment {
        Some(segment) => format!("impact {} ({segment})", delta.impact),
        None => format!("impact {}", delta.impact),
    });
    words.extend(delta.lens.map(|lens| format!("{lens} through the lens")));
    words.extend(delta.places.iter().map(|place| {
        let parts = if place.components.is_empty() { String::new() } else { format!(" › {}", place.components.join(", ")) };
        format!("{}{parts}: {}", place.project, place.consensus.as_str())
    }));
    words.push(match delta.committed.as_slice() {
        [] => "nobody has committed".to_owned(),
        orgs => format!("committed: {}", orgs.join(", ")),
    });
    words.join(" · ")
}

/// Text between tags or in an attribute, without the characters that XML 1.0 has no place for.
fn text(text: &str) -> String {
    let held = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    escape(text.chars().filter(held).collect::<String>()).into_owned()
}

fn date(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// An id that is made from a name: the same for the same name.
fn named(name: &str) -> Uuid {
    let digest = clock::digest(name);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out_and_the_rest_escaped() {
        assert_eq!(text("a\u{1}\u{b}<b>&\"'\u{fffe}é🦀"), "a&lt;b&gt;&amp;&quot;&apos;é🦀");
    }

    #[test]
    fn the_id_of_a_feed_is_that_of_its_query() {
        assert_eq!(named("a"), named("a"));
        assert_ne!(named("a"), named("b"));
    }
}
