//! What was worked out, within a number of bytes; the oldest goes first.

use std::collections::{HashMap, VecDeque};

use schema::delta::Format;

/// The beginning of a text's digest, its format, and the field it is of.
pub type Key = (u128, Format, &'static str);

/// What is kept.
#[derive(Debug)]
pub struct Kept<T> {
    most: usize,
    bytes: usize,
    found: HashMap<Key, (T, usize)>,
    order: VecDeque<Key>,
}

impl<T: Clone> Kept<T> {
    /// Nothing yet, of at most this many bytes.
    pub fn new(most: usize) -> Self {
        Self { most, bytes: 0, found: HashMap::new(), order: VecDeque::new() }
    }

    /// What is kept of a key.
    pub fn get(&self, key: &Key) -> Option<T> {
        self.found.get(key).map(|(value, _)| value.clone())
    }

    /// Keeps it, if it is not larger than all that may be kept.
    pub fn put(&mut self, key: Key, value: T, size: usize) {
        if size > self.most || self.found.contains_key(&key) {
            return;
        }
        while self.bytes + size > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            if let Some((_, size)) = self.found.remove(&oldest) {
                self.bytes -= size;
            }
        }
        self.found.insert(key, (value, size));
        self.order.push_back(key);
        self.bytes += size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_when_there_is_no_room() {
        let mut kept = Kept::new(100);
        for (key, size) in [(1, 60), (2, 30), (3, 50), (4, 101)] {
            kept.put((key, Format::Rst, "body"), key, size);
        }
        let there = |key: u128| kept.get(&(key, Format::Rst, "body")).is_some();
        assert!(!there(1) && there(2) && there(3) && !there(4));
    }
}
