//! Text to look for, with wildcards.

/// Text to look for: a word, a phrase or a value; `*` in it stands for any text, also none, also over line ends.
///
/// A blank term (white space only) cannot be written as a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The literal pieces between wildcards: one where there is no wildcard. Only the first and last may be empty.
    parts: Vec<String>,
    /// The same, folded by [`fold`], so that matching folds only the subject.
    folded: Vec<String>,
}

/// The text in the form in which capitals do not count. Character by character, so that folding the pieces of a text
/// gives the pieces of the folded text (`str::to_lowercase` looks at neighbours).
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Term {
    /// Exactly this text: a `*` in it is a star.
    pub fn plain(text: &str) -> Self {
        Self::from_parts(vec![text.to_owned()])
    }

    /// This text, where each `*` is a wildcard.
    pub fn wildcard(text: &str) -> Self {
        Self::from_parts(text.split('*').map(str::to_owned).collect())
    }

    /// The literal pieces with a wildcard between each two.
    pub(super) fn from_parts(mut parts: Vec<String>) -> Self {
        let last = parts.len().saturating_sub(1);
        let mut at = 0;
        // Two wildcards side by side are one.
        parts.retain(|part| {
            at += 1;
            at == 1 || at == last + 1 || !part.is_empty()
        });
        let folded = parts.iter().map(|part| fold(part)).collect();
        Self { parts, folded }
    }

    /// The literal pieces between the wildcards, for a caller's own matching (`LIKE`, full-text search). Never empty; the
    /// first piece is empty where the term begins with a wildcard, the last where it ends with one.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The text, where there is no wildcard in it.
    pub fn as_word(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [word] => Some(word),
            _ => None,
        }
    }

    /// Is there nothing in it but white space?
    pub fn is_blank(&self) -> bool {
        self.as_word().is_some_and(|word| word.trim().is_empty())
    }

    /// Is the whole text this? Capitals do not count. Linear in the text's length.
    pub fn is(&self, text: &str) -> bool {
        self.is_folded(&fold(text))
    }

    /// Is this found anywhere in the text? Capitals do not count. Linear in the text's length.
    pub fn is_in(&self, text: &str) -> bool {
        self.is_in_folded(&fold(text))
    }

    fn is_folded(&self, text: &str) -> bool {
        let [first, between @ .., last] = self.folded.as_slice() else {
            return self.folded.first().is_some_and(|word| word == text);
        };
        let middle = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()));
        middle.is_some_and(|middle| in_order(between, middle))
    }

    pub(super) fn is_in_folded(&self, text: &str) -> bool {
        in_order(&self.folded, text)
    }
}

/// Are the pieces in the text, one after the other? Taking each at its first place leaves most room for the rest, so
/// nothing is ever tried twice.
fn in_order(pieces: &[String], text: &str) -> bool {
    let mut rest = text;
    pieces.iter().all(|piece| match rest.find(piece.as_str()) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}
