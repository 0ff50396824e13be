//! One connection for all the reads of a request: handing it back to the pool and taking it again costs as much as a read.

use std::{
    cell::RefCell,
    future::Future,
    ops::{Deref, DerefMut},
};

use sqlx::{Database, Pool, Postgres, Sqlite, pool::PoolConnection};

use crate::error::Result;

tokio::task_local! {
    /// The connection between two reads of the request at hand.
    static KEPT: RefCell<Option<Kept>>;
}

/// A connection nobody reads with at the moment.
#[derive(Debug)]
pub enum Kept {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A database whose connections are kept between reads.
pub trait Reads: Database {
    /// As what is kept.
    fn keep(conn: PoolConnection<Self>) -> Kept;
    /// What was kept, if it is one of these.
    fn kept(kept: Kept) -> Option<PoolConnection<Self>>;
}

macro_rules! reads {
    ($database:ident) => {
        impl Reads for $database {
            fn keep(conn: PoolConnection<Self>) -> Kept {
                Kept::$database(conn)
            }
            fn kept(kept: Kept) -> Option<PoolConnection<Self>> {
                if let Kept::$database(conn) = kept { Some(conn) } else { None }
            }
        }
    };
}
reads!(Sqlite);
reads!(Postgres);

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
pub struct Reader<D: Reads>(Option<PoolConnection<D>>);

impl<D: Reads> Reader<D> {
    /// The one kept, or one of the pool's.
    pub async fn of(pool: &Pool<D>) -> Result<Self> {
        let kept = KEPT.try_with(RefCell::take).ok().flatten().and_then(D::kept);
        Ok(Self(Some(match kept {
            Some(conn) => conn,
            None => pool.acquire().await?,
        })))
    }
}

impl<D: Reads> Deref for Reader<D> {
    type Target = D::Connection;
    fn deref(&self) -> &D::Connection {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl<D: Reads> DerefMut for Reader<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        self.0.as_mut().expect("it is there until it is dropped")
    }
}

impl<D: Reads> Drop for Reader<D> {
    fn drop(&mut self) {
        let Some(conn) = self.0.take() else { return };
        let replaced = KEPT.try_with(|kept| kept.replace(Some(D::keep(conn))));
        drop(replaced);
    }
}
