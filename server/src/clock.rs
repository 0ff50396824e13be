//! Time, ids and randomness: the one place that asks the machine for them. Tests set the time.
#![allow(clippy::disallowed_methods, reason = "this is where the others are sent to")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A clock that can be moved.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// Now, UTC, in whole microseconds: what both databases keep.
    pub fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc() + Duration::microseconds(self.ahead_micros.load(Ordering::Relaxed));
        now.replace_nanosecond(now.microsecond() * 1000).unwrap_or(now)
    }

    /// Moves the clock to a time, from which it goes on: for what is told as if it had happened then.
    pub fn set(&self, to: OffsetDateTime) {
        let ahead = (to - OffsetDateTime::now_utc()).whole_microseconds();
        self.ahead_micros.store(i64::try_from(ahead).unwrap_or(0), Ordering::Relaxed);
    }

    /// Moves the clock forward, for tests.
    pub fn advance(&self, by: Duration) {
        self.ahead_micros.fetch_add(i64::try_from(by.whole_microseconds()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

/// A new id: a UUIDv7, rising within this process.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Bytes that nobody can guess.
///
/// # Panics
/// Where the operating system has no randomness to give: nothing safe can be done then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// A secret as text: a prefix that scanners recognise and 256 random bits in base 32 (Crockford's letters, lower case).
pub fn secret(prefix: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bytes = random::<32>();
    let mut text = String::with_capacity(prefix.len() + 52);
    text.push_str(prefix);
    let (mut bits, mut held) = (0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(LETTERS[(bits >> held & 31) as usize]));
        }
    }
    if held > 0 {
        text.push(char::from(LETTERS[(bits << (5 - held) & 31) as usize]));
    }
    text
}

/// SHA-256: how secrets are kept.
pub fn digest(text: impl AsRef<[u8]>) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_ref()).to_vec()
}
