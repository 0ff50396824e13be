//! One connection for all the reads of a request: handing it back to the pool and taking it again costs as much as a read.

use std::{
    cell::RefCell,
    future::Future,
    ops::{Deref, DerefMut},
};

use sqlx::{Postgres, pool::PoolConnection};

use super::readers::Seat;

tokio::task_local! {
    /// The connection between two reads of the request at hand.
    static KEPT: RefCell<Option<Kept>>;
}

/// A connection nobody reads with at the moment.
#[derive(Debug)]
pub enum Kept {
    Sqlite(Seat),
    Postgres(PoolConnection<Postgres>),
}

/// A connection that is kept between reads.
pub trait Keep: DerefMut + Sized {
    /// As what is kept.
    fn keep(self) -> Kept;
    /// What was kept, if it is one of these.
    fn kept(kept: Kept) -> Option<Self>;
}

macro_rules! keep {
    ($database:ident, $conn:ty) => {
        impl Keep for $conn {
            fn keep(self) -> Kept {
                Kept::$database(self)
            }
            fn kept(kept: Kept) -> Option<Self> {
                if let Kept::$database(conn) = kept { Some(conn) } else { None }
            }
        }
    };
}
keep!(Sqlite, Seat);
keep!(Postgres, PoolConnection<Postgres>);

/// Runs a part of a request that only reads, and waits for nothing else: its reads share a connection, which goes back to the pool at
/// its end, or when it comes to write after all. The reads follow one another, and are of one database.
pub async fn with_one_reader<T>(part: impl Future<Output = T>) -> T {
    match KEPT.try_with(|_| ()) {
        Ok(()) => part.await,
        Err(_) => KEPT.scope(RefCell::new(None), part).await,
    }
}

/// Gives back what is kept: who waits for the pool while keeping one of its connections could wait for ever.
pub fn let_go() {
    drop(KEPT.try_with(RefCell::take));
}

/// A connection that reads; at its end it is kept, where [`with_one_reader`] is around.
#[derive(Debug)]
pub struct Reader<C: Keep>(Option<C>);

impl<C: Keep> Reader<C> {
    /// The one kept, or the one that `taken` comes to.
    pub async fn of(taken: impl Future<Output = sqlx::Result<C>>) -> sqlx::Result<Self> {
        let kept = KEPT.try_with(RefCell::take).ok().flatten().and_then(C::kept);
        Ok(Self(Some(match kept {
            Some(conn) => conn,
            None => taken.await?,
        })))
    }
}

impl<C: Keep> Deref for Reader<C> {
    type Target = C;
    fn deref(&self) -> &C {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl<C: Keep> DerefMut for Reader<C> {
    fn deref_mut(&mut self) -> &mut C {
        self.0.as_mut().expect("it is there until it is dropped")
    }
}

impl<C: Keep> Drop for Reader<C> {
    fn drop(&mut self) {
        let Some(conn) = self.0.take() else { return };
        let replaced = KEPT.try_with(|kept| kept.replace(Some(conn.keep())));
        drop(replaced);
    }
}
