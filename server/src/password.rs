//! Passwords: what is accepted, and how they are kept (argon2id).
//!
//! Working one out costs 19 MiB and tens of milliseconds: two at a time, 32 may wait, others are told to come back.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use schema::user::{PASSWORD_MAX, PASSWORD_MIN};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    clock,
    error::{Error, Kind, Result},
};

/// What working out a password costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// OWASP's first choice for argon2id.
pub const COST: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };
/// Worked out at the same time.
const RUNNING: usize = 2;
/// Waiting for their turn.
const WAITING: usize = 32;
/// The most common passwords of 8 characters or more, lower case, one a line.
const COMMON: &str = include_str!("common-passwords.txt");

/// Works passwords out, a few at a time.
#[derive(Debug)]
pub struct Passwords {
    argon: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    decoy: String,
}

impl Passwords {
    /// At this cost.
    ///
    /// # Errors
    /// When argon2 does not know such a cost.
    pub fn new(cost: Cost) -> Result<Self> {
        let Cost { memory, passes, lanes } = cost;
        let params = Params::new(memory, passes, lanes, None).map_err(|error| Error::start(format!("argon2: {error}")))?;
        // What the password of an unknown person is compared with: the same work, and no password gives it.
        let decoy = format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$c2FsdHNhbHRzYWx0c2FsdA${}", "A".repeat(43));
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (running, waiting) = (Arc::new(Semaphore::new(RUNNING)), Arc::new(Semaphore::new(RUNNING + WAITING)));
        Ok(Self { argon, running, waiting, decoy })
    }

    /// The text that is kept of a password.
    ///
    /// # Errors
    /// 429 when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let (turn, argon, password) = (self.turn().await?, self.argon.clone(), password.to_owned());
        let hashed = tokio::task::spawn_blocking(move || {
            let hashed = argon.hash_password_with_salt(password.as_bytes(), &clock::random::<16>());
            drop(turn);
            hashed
        });
        hashed.await?.map(|hash| hash.to_string()).map_err(|error| Error::start(format!("argon2: {error}")))
    }

    /// Whether a password is the one kept; where none is kept, false after the same work.
    ///
    /// # Errors
    /// 429 when too many wait.
    pub async fn verify(&self, password: &str, kept: Option<String>) -> Result<bool> {
        let (turn, argon, password) = (self.turn().await?, self.argon.clone(), password.to_owned());
        let (known, kept) = (kept.is_some(), kept.unwrap_or_else(|| self.decoy.clone()));
        let verified = tokio::task::spawn_blocking(move || {
            let verified = argon.verify_password(password.as_bytes(), kept.as_str()).is_ok();
            drop(turn);
            verified
        });
        Ok(verified.await? && known)
    }

    async fn turn(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let busy = |_| Error::new(Kind::TooMany, "Many people sign in right now. Try again in a moment.").retry_after(2);
        let waiting = self.waiting.clone().try_acquire_owned().map_err(busy)?;
        // The semaphore is never closed; were it, nobody could sign in.
        let running = self.running.clone().acquire_owned().await.map_err(|error| Error::start(error.to_string()))?;
        Ok((waiting, running))
    }
}

/// What is wrong with a new password of this person, if anything.
pub fn fault(password: &str, name: &str, email: &str) -> Option<String> {
    let lower = password.to_lowercase();
    let bytes = password.len();
    if bytes < PASSWORD_MIN {
        Some(format!("is too short: at least {PASSWORD_MIN} characters are needed"))
    } else if bytes > PASSWORD_MAX {
        Some(format!("is {bytes} bytes long; at most {PASSWORD_MAX} are taken"))
    } else if COMMON.lines().any(|common| common == lower) {
        Some("is one of the most common ones, which are tried first".to_owned())
    } else if lower == name.to_lowercase() || lower == email.to_lowercase() {
        Some("is your name or address, which is tried first".to_owned())
    } else if lower.chars().all(|c| lower.starts_with(c)) {
        Some("is one character over and over".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_in_force_is_owasps() {
        assert_eq!(COST, Cost { memory: 19_456, passes: 2, lanes: 1 });
        let passwords = Passwords::new(COST).unwrap();
        let params = passwords.argon.params();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19_456, 2, 1));
    }

    #[tokio::test]
    async fn a_password_is_kept_as_argon2id_and_known_again() {
        let passwords = Passwords::new(Cost { memory: 64, passes: 1, lanes: 1 }).unwrap();
        let kept = passwords.hash("correct horse").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
        assert!(passwords.verify("correct horse", Some(kept.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsf", Some(kept.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert_ne!(passwords.hash("correct horse").await.unwrap(), kept, "the salt is new each time");
    }

    #[test]
    fn the_decoy_is_real_work() {
        let passwords = Passwords::new(Cost { memory: 64, passes: 1, lanes: 1 }).unwrap();
        let refused = passwords.argon.verify_password(b"anything", passwords.decoy.as_str());
        assert!(matches!(refused, Err(argon2::password_hash::Error::PasswordInvalid)), "{refused:?}");
    }

    #[tokio::test]
    async fn only_so_many_wait() {
        let passwords = Passwords::new(Cost { memory: 64, passes: 1, lanes: 1 }).unwrap();
        let all = passwords.waiting.clone().acquire_many_owned(34).await.unwrap();
        assert_eq!(passwords.hash("correct horse").await.unwrap_err().kind(), Kind::TooMany);
        drop(all);
        assert!(passwords.hash("correct horse").await.is_ok());
    }

    #[test]
    fn what_is_tried_first_is_no_password() {
        for bad in ["short", "Password1", "qwertyuiop", "mara.kim", "mara@example.org", "zzzzzzzzzzz"] {
            assert!(fault(bad, "mara.kim", "mara@example.org").is_some(), "{bad}");
        }
        assert!(fault(&"ab".repeat(513), "", "").is_some() && fault(&"ab".repeat(512), "", "").is_none());
        assert_eq!(fault("correct horse", "mara", "mara@example.org"), None);
    }

    #[test]
    fn the_list_is_lower_case_and_long_enough_to_matter() {
        assert!(COMMON.lines().count() >= 150);
        assert!(COMMON.lines().all(|line| line.len() >= PASSWORD_MIN && line == line.to_lowercase()));
    }
}
