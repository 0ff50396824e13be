//! What changed between two texts, word by word.

use std::time::Duration;

use schema::delta::Piece;
use similar::{ChangeTag, TextDiff};

/// Longest time spent on finding a small difference; after that a larger one is given.
const PATIENCE: Duration = Duration::from_millis(50);

/// The pieces of `new` and of what is gone of `old`, in order; empty when they are equal.
pub fn words(old: &str, new: &str) -> Vec<Piece> {
    if old == new {
        return Vec::new();
    }
    let diff = TextDiff::configure().timeout(PATIENCE).diff_words(old, new);
    let mut pieces: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match pieces.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => pieces.push((change.tag(), change.value().to_owned())),
        }
    }
    let piece = |(tag, text)| match tag {
        ChangeTag::Equal => Piece::Same(text),
        ChangeTag::Delete => Piece::Gone(text),
        ChangeTag::Insert => Piece::New(text),
    };
    pieces.into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_is_gone_and_new() {
        let pieces = words("A port is DOWN now.", "A port is ACTIVE now.");
        let expected =
            vec![Piece::Same("A port is ".into()), Piece::Gone("DOWN".into()), Piece::New("ACTIVE".into()), Piece::Same(" now.".into())];
        assert_eq!(pieces, expected);
        assert!(words("same", "same").is_empty());
    }

    #[test]
    fn two_long_texts_that_share_nothing_do_not_take_long() {
        let (old, new): (String, String) = (0..10_000).map(|i| (format!("a{i} "), format!("b{i} "))).unzip();
        let started = tokio::time::Instant::now();
        assert!(!words(&old, &new).is_empty());
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}
