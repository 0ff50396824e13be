//! How often something may be tried: in memory, so each server counts for itself, and a restart forgets.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use time::{Duration, OffsetDateTime};

use crate::{
    clock,
    error::{Error, Kind, Result},
};

/// Tries of one sign-in name in a minute.
pub const PER_ACCOUNT: i32 = 10;
/// Tries from one address in a minute.
pub const PER_ADDRESS: i32 = 30;
const MINUTE: Duration = Duration::MINUTE;
/// Keys held before those that are over are dropped.
const KEYS: usize = 50_000;

/// The tries of the last minute (or another span). A key of `most` tries a minute may try `most` times at once, then once every
/// `60 / most` seconds: only the moment at which all its tries are forgotten is held.
#[derive(Debug, Default)]
pub struct Limits {
    forgotten: Mutex<HashMap<Vec<u8>, OffsetDateTime>>,
}

impl Limits {
    /// Counts a try.
    ///
    /// # Errors
    /// 429 with the seconds to wait, when there were too many; this one is not counted then.
    pub fn take(&self, key: &str, most: i32, now: OffsetDateTime) -> Result<()> {
        match self.wait(key, most, MINUTE, now) {
            0 => Ok(()),
            seconds => Err(Error::new(Kind::TooMany, format!("That was tried too often. Try again in {seconds} s.")).retry_after(seconds)),
        }
    }

    /// Counts one of the `most` in a span of time, and gives 0; the seconds to wait, when there were too many: this one is not
    /// counted then.
    pub fn wait(&self, key: &str, most: i32, span: Duration, now: OffsetDateTime) -> u64 {
        let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        if forgotten.len() >= KEYS {
            forgotten.retain(|_, at| *at > now);
        }
        // A digest: what people type is of any length, and may be a password in the wrong field.
        let entry = forgotten.entry(clock::digest(key)).or_insert(now);
        let next = (*entry).max(now) + span / most;
        let wait = next - span - now;
        if wait.is_positive() {
            return u64::try_from(wait.whole_seconds()).unwrap_or_default() + 1;
        }
        *entry = next;
        0
    }

    /// Forgets a try: it went well.
    pub fn give_back(&self, key: &str, most: i32) {
        let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = forgotten.get_mut(&clock::digest(key)) {
            *at -= MINUTE / most;
        }
    }
}

/// The key of an address: of its network of 64 bits where it is one of version 6, of which everybody has many addresses.
pub fn address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("address:{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("address:{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_tries_wait_and_time_forgets_them() {
        let (limits, now) = (Limits::default(), OffsetDateTime::UNIX_EPOCH);
        for _ in 0..10 {
            limits.take("a", 10, now).unwrap();
        }
        assert_eq!(limits.take("a", 10, now).unwrap_err().kind(), Kind::TooMany);
        limits.take("b", 10, now).unwrap();
        assert!(limits.take("a", 10, now + Duration::seconds(5)).is_err());
        limits.take("a", 10, now + Duration::seconds(6)).unwrap();
        assert!(limits.take("a", 10, now + Duration::seconds(6)).is_err());
        for _ in 0..10 {
            limits.take("a", 10, now + Duration::minutes(2)).unwrap();
        }
    }

    #[test]
    fn what_went_well_is_not_counted() {
        let (limits, now) = (Limits::default(), OffsetDateTime::UNIX_EPOCH);
        for _ in 0..100 {
            limits.take("a", 10, now).unwrap();
            limits.give_back("a", 10);
        }
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        assert_eq!(address("2001:db8::1".parse().unwrap()), address("2001:db8::ffff:2".parse().unwrap()));
        assert_eq!(address("::ffff:10.0.0.1".parse().unwrap()), address("10.0.0.1".parse().unwrap()));
        assert_ne!(address("10.0.0.2".parse().unwrap()), address("10.0.0.1".parse().unwrap()));
    }
}
