//! How much may be written of what stands elsewhere in a text.

/// What even the shortest text has, in bytes.
const LEAST: usize = 64 * 1024;

/// Bytes that may still be written for addresses, pictures, substitutions and labels. Two letters can refer to thousands of them, and
/// substitutions hold one another.
#[derive(Debug)]
pub struct Room(usize);

impl Room {
    /// Of a text of so many bytes: as many. One that uses each of its names once or twice needs no more, and so what comes out grows with
    /// what was sent.
    pub fn of(length: usize) -> Self {
        Self(length.max(LEAST))
    }

    /// Takes so many bytes, if there are as many.
    pub fn takes(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}
