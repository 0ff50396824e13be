//! A JSON list cut into its elements as it is read, so that a list of any length takes the memory of its longest element.

/// What a byte completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet.
    More,
    /// An element: its bytes are what was collected.
    Element,
    /// The list.
    End,
}

/// Where in a list the reading stands. Only strings and brackets are told apart: what an element is, its parser says.
#[derive(Debug, Default)]
pub struct Elements {
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// The element's bytes.
    pub bytes: Vec<u8>,
}

impl Elements {
    /// Takes the next byte after the list's opening bracket.
    pub fn take(&mut self, byte: u8) -> Step {
        if self.quoted {
            self.bytes.push(byte);
            match (self.escaped, byte) {
                (true, _) => self.escaped = false,
                (false, b'\\') => self.escaped = true,
                (false, b'"') => self.quoted = false,
                _ => {}
            }
            return Step::More;
        }
        match byte {
            b',' if self.depth == 0 => return Step::Element,
            b']' if self.depth == 0 => return Step::End,
            b'"' => self.quoted = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ if self.bytes.is_empty() && byte.is_ascii_whitespace() => return Step::More,
            _ => {}
        }
        self.bytes.push(byte);
        Step::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut elements = Elements::default();
        let mut found = Vec::new();
        for byte in text.bytes() {
            if elements.take(byte) != Step::More {
                found.push(String::from_utf8(std::mem::take(&mut elements.bytes)).unwrap());
            }
        }
        found
    }

    #[test]
    fn commas_and_brackets_in_strings_and_nested_lists_do_not_cut() {
        assert_eq!(cut(r#" {"a": [1, 2], "b": "x],\"{"} , [3,4] ,5]"#), [r#"{"a": [1, 2], "b": "x],\"{"} "#, "[3,4] ", "5"]);
        assert_eq!(cut("]"), [""]);
    }
}
